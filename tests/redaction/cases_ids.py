"""Cases of payment and bank data, identities of governments, contact and health data."""
from gens import CARDS, CITIES, DOMAINS, grouped


# --- payment ----------------------------------------------------------------------------------------------------------------

CARD_LINES = ("charge declined for %s code 51", "card %s added to wallet", "pan=%s exp ok", "retry auth on %s, attempt 2", "CC: %s", "{\"card\":\"%s\",\"cur\":\"EUR\"}",
              "payment with %s approved", "<pan>%s</pan>", "number '%s' tokenised", "PAN[%s]", "swipe=%s;", "captured (%s)", "%s was rejected by the acquirer",
              "karte %s abgelehnt", "tarjeta %s rechazada", "input: %s\n")


def cards(c):
    v = c.v
    for brand in CARDS:
        number = v.card(brand)
        c.hit("card_" + brand, c.one(CARD_LINES) % number, number)
        number, text = v.card_grouped(brand, c.one(" ", "-"))
        if len(number) in (14, 15, 16):
            c.hit("card_grouped", c.one(CARD_LINES) % text, text, also_not=[number])
        number = v.card(brand)
        c.hit("card_json", {"order": v.word(), "payment": {"source": number, "currency": "USD"}}, number, ["USD"])
    number = v.card("visa", 16)
    c.hit("card_json_number", {"tx": {"amount": 1200, "instrument": int(number)}}, number, ["1200"])
    number = v.card("mastercard", 16)
    c.hit("card_text_number", "{\"amount\":77,\"instrument\":%s,\"ok\":true}" % number, number, ["77"])
    number = v.card("visa", 13)
    c.hit("card_visa13", "legacy card %s expired" % number, number, ["expired"])
    number = v.card("visa", 19)
    c.hit("card_visa19", "card %s added" % grouped(number, (4, 4, 4, 4, 3)), grouped(number, (4, 4, 4, 4, 3)), ["added"], also_not=[number])
    first, second = v.card("visa", 16), v.card("amex")
    c.hit("cards_two", "move token from %s to %s done" % (first, second), [first, second], ["done"])
    number = v.card("visa", 16)
    c.hit("card_in_form", "POST body: amount=10&number=%s&exp_month=12" % number, number, ["amount=10"])
    number = v.card("discover", 16)
    c.hit("card_in_path", "GET /v1/cards/%s/limits 200" % number, number, ["/limits"])
    number = v.card("visa", 16)
    c.hit("card_key", {c.one("pan", "cardNumber", "card_number", "cc_card_number", "CardNumber"): number, "scheme": "visa"}, number, ["visa"])
    number = v.card("mir", 16)
    c.hit("card_narrow_spaces", "card\u00a0%s ok" % number, number)
    number, one, two = v.tracks()
    c.hit("track1", "reader raw: %s" % one, number, ["reader raw"])
    number, one, two = v.tracks()
    c.hit("track2", c.one("swipe data %s from term 4", "{\"track\":\"%s\"}", "emv t57 %s") % two, number)
    number, one, two = v.tracks()
    c.hit("track_json", {"terminal": "t-4", "magstripe": one + two}, number, ["t-4"])
    for key in ("cvv", "cvc", "CVV2", "cvv_code", "securityCode", "card_cvc", "cvc2"):
        code = v.of("123456789", 1) + v.of("0123456789", 2)
        while code in "2026":
            code = v.of("123456789", 3)
        if v.below(2):
            c.hit("cvv_json", {"op": "pay", key: int(code) if v.below(2) else code, "ok": False}, code, ["pay"])
        else:
            c.hit("cvv_text", c.one("pay %s=%s result ok", "pay {%s: '%s'} result ok", "pay \"%s\":\"%s\" result ok") % (key, code), code, ["result ok"])


def bank(c):
    v = c.v
    for country in [None] * 8 + ["DE", "GB", "FR", "NL", "ES", "IT", "CH"]:
        iban = v.iban(country)
        shape = v.below(4)
        if shape == 0:
            c.hit("iban_json", {c.one("account", "iban", "beneficiary", "creditorAccount"): iban, "amount": "12.50"}, iban, ["12.50"])
        elif shape == 1:
            text = grouped(iban, (4,) * 9)
            c.hit("iban_grouped", c.one("transfer to %s booked", "payee %s unknown", "IBAN: %s") % text, text, also_not=[iban])
        elif shape == 2:
            c.hit("iban_lower", c.one("sepa credit to %s ok", "iban=%s&x=1") % iban.lower(), iban.lower())
        else:
            c.hit("iban_text", c.one("SEPA mandate on %s active", "debit %s returned: AC04", "from=%s", "(%s) closed", "Konto %s gesperrt") % iban, iban)
    aba = v.aba()
    c.hit("aba", c.one("ach: routing_number=%s type=ppd", "routing number: %s type=ppd", "{'routingNumber': '%s', 'sec': 'type=ppd'}", "routingNumber %s, type=ppd") % aba
          if v.below(3) else "ach routing_number=%s type=ppd" % aba, aba, ["type=ppd"])
    number = v.digits(v.between(8, 12))
    c.hit("bank_account", c.one("account_number=%s bank=blue", "accountNumber: %s bank=blue", "Account Number: %s bank=blue", "{\"accountNumber\":%s,\"x\":\"bank=blue\"}") % number,
          number, ["bank=blue"])
    code = "%s-%s-%s" % (v.of("123456789", 2), v.of("123456789", 2), v.of("123456789", 2))
    c.hit("sort_code", c.one("sort_code=%s", "sort code %s on file", "sortCode: %s", "{\"sortCode\":\"%s\"}") % code, code)
    number, code = v.digits(8), "%s%s" % (v.of("123456789", 2), v.digits(4))
    c.hit("uk_bank", {"payee": {"sortCode": code, "accountNumber": number, "ref": "INV-A"}}, [code, number], ["INV-A"])


PAYMENT = (cards, bank)


# --- governments ------------------------------------------------------------------------------------------------------------

def countries(v):
    """kind, value as written, free-standing allowed, names of its field, words before it."""
    cpf, cnpj, nino, ssn = v.cpf(), v.cnpj(), v.nino(), v.ssn()
    yield "us_ssn", ssn, True, ("ssn", "socialSecurityNumber", "social_security_number", "taxpayerSsn"), ("SSN", "social security number")
    yield "us_ssn_spaces", v.ssn(" "), True, ("ssn",), ("ssn", "SSN")
    yield "us_ssn_bare", v.ssn(""), False, ("ssn", "SSN", "ssn_number", "applicantSsn"), ("SSN", "ssn", "social security")
    yield "ca_sin", grouped(v.sin(), (3, 3, 3), v.pick("-", " ")), False, ("sin", "socialInsuranceNumber", "social_insurance_number"), ("SIN", "social insurance number")
    yield "uk_nhs", either(v, lambda n: (n, grouped(n, (3, 3, 4))), v.nhs()), False, ("nhsNumber", "nhs_number", "nhs"), ("NHS number", "nhs no")
    yield "uk_nino", nino, False, ("nino", "nationalInsuranceNumber", "national_insurance"), ("NINO", "national insurance number")
    yield "uk_nino_spaced", grouped(v.nino(), (2, 2, 2, 2, 1)), True, ("nino",), ("NI number", "nino")
    yield "br_cpf", "%s.%s.%s-%s" % (cpf[:3], cpf[3:6], cpf[6:9], cpf[9:]), True, ("cpf", "documento_cpf"), ("CPF", "cpf")
    yield "br_cpf_bare", v.cpf(), False, ("cpf", "CPF", "clienteCpf"), ("CPF", "cpf")
    yield "br_cnpj", "%s.%s.%s/%s-%s" % (cnpj[:2], cnpj[2:5], cnpj[5:8], cnpj[8:12], cnpj[12:]), True, ("cnpj",), ("CNPJ",)
    yield "br_cnpj_bare", v.cnpj(), False, ("cnpj", "empresa_cnpj"), ("CNPJ", "cnpj")
    yield "in_aadhaar", either(v, lambda n: (n, grouped(n, (4, 4, 4))), v.aadhaar()), False, ("aadhaar", "aadhaarNumber", "aadhaar_no"), ("Aadhaar", "aadhaar number")
    yield "in_pan", v.india_pan(), True, ("panNumber", "pan_no"), ("PAN", "pan no")
    yield "es_dni", v.dni(), True, ("dni", "documentoDni"), ("DNI",)
    yield "es_nie", v.nie(), True, ("nie",), ("NIE",)
    yield "it_cf", v.codice_fiscale(), True, ("codiceFiscale", "codice_fiscale"), ("codice fiscale", "CF")
    yield "pl_pesel", v.pesel(), False, ("pesel", "numerPesel"), ("PESEL", "pesel")
    yield "nl_bsn", v.bsn(), False, ("bsn", "klantBsn"), ("BSN", "bsn")
    yield "de_tin", v.german_tin(), False, ("steuerId", "steuer_id", "taxId"), ("Steuer-ID", "steuerliche identifikationsnummer")
    yield "fr_nir", v.nir(), False, ("nir", "assureNir"), ("NIR", "numero de securite sociale")
    yield "se_pnr", v.personnummer(v.below(2) == 0), False, ("personnummer", "pnr"), ("personnummer", "Personnummer")
    yield "au_tfn", either(v, lambda n: (n, grouped(n, (3, 3, 3))), v.tfn()), False, ("tfn", "taxFileNumber", "tax_file_number"), ("TFN", "tax file number")
    yield "sg_nric", v.nric(), True, ("nric", "nricNumber"), ("NRIC",)
    yield "cn_id", v.china_id(), False, ("nationalId", "national_id", "idCardNumber"), ("national id", "id card")
    yield "passport", v.passport(), False, ("passport", "passportNumber", "passport_no"), ("passport", "passport number", "Passport No")
    yield "licence", v.licence(), False, ("driversLicense", "driver_licence", "driverLicenseNumber", "drivingLicence"), ("driver's licence", "driving licence")


def either(v, forms, value):
    return v.pick(forms(value))


# Official names in other languages: a fair wish, but no list of them is promised.
LONG_WORDS = ("steuerliche identifikationsnummer", "numero de securite sociale", "id card", "nhs no")
FREE = ("background check for %s returned clear", "applicant %s verified", "kyc document %s accepted", "duplicate of %s found", "record %s merged", "doc: %s",
        "lookup(%s) -> 1 row", "{\"note\":\"sent %s by fax\"}", "%s,active,2", "consulta %s ok")
NAMED = ("%(w)s: %(x)s verified", "%(w)s %(x)s rejected", "%(w)s=%(x)s", "invalid %(w)s '%(x)s'", "%(w)s is %(x)s", "check of %(w)s %(x)s took 4 ms", "%(w)s #%(x)s",
         "[%(w)s %(x)s]")


def government(c):
    v = c.v
    for kind, value, free, keys, words in countries(v):
        key = c.one(keys)
        c.hit(kind + "_key", {"step": "kyc", key: value, "tries": 2}, value, ["kyc"])
        if value.isdigit() and not value.startswith("0") and len(value) < 16 and v.below(2):
            c.hit(kind + "_number", "{\"step\":\"kyc\",\"%s\":%s}" % (c.one(keys), value) + "", value, ["kyc"])
    for kind, value, free, keys, words in countries(v):
        c.hit(kind + "_text", c.one("step=kyc %s=%s", "kyc {'%s': '%s'}", "kyc %s: %s, ok", "kyc \"%s\":\"%s\"") % (c.one(keys), value), value, ["kyc"])
    for kind, value, free, keys, words in countries(v):
        word = c.one(words)
        c.hit(kind + "_words", c.one(NAMED) % {"w": word, "x": value}, value, soft=word in LONG_WORDS)
    for kind, value, free, keys, words in countries(v):
        if free:
            c.hit(kind + "_free", c.one(FREE) % value, value)


def ssn_shapes(c):
    """Serials with every number of zero digits: naive patterns miss some of them."""
    v = c.v
    for serial in ("0001", "0090", "0800", "7000", "0123", "1203", "4560", "8989"):
        ssn = "%03d-%02d-%s" % (v.between(1, 665), v.between(1, 99), serial)
        if ssn[:6] not in ("078-05", "219-09"):
            c.hit("us_ssn_serials", c.one(FREE) % ssn, ssn)


GOVERNMENT = (government, ssn_shapes)


# --- contact ----------------------------------------------------------------------------------------------------------------

MAIL_LINES = ("mail to %s bounced (550)", "user %s signed in", "invite sent to <%s>", "from=%s subject=ok", "duplicate account: %s", "SMTP RCPT TO:<%s>", "mailto:%s",
              "notify(%s)", "[%s] unsubscribed", "'%s' is not verified", "to:%s;", "contact %s, please", "{\"to\":\"%s\",\"n\":1}", "owner: %s\n", "%s", "cc %s and ops",
              "%s: permission denied", "username=%s ok", "login?user=%s&x=1", "<email>%s</email>", "E-Mail an %s wurde gesendet", "correo de %s rechazado")


def emails(c):
    v = c.v
    for _ in range(10):
        mail = v.email()
        c.hit("email", c.one(MAIL_LINES) % mail, mail)
    for _ in range(3):
        mail = v.email()
        c.hit("email_json", {c.one("email", "to", "login", "contactEmail", "user", "recipient", "reply_to"): mail, "campaign": "spring"}, mail, ["spring"])
    mail = v.email()
    c.hit("email_percent", "GET /unsubscribe?addr=%s&c=9" % mail.replace("@", "%40"), mail.replace("@", "%40"), ["c=9"], also_not=[mail])
    mail = v.fresh(lambda: "%s.%s@%s" % (v.first().upper(), v.last().upper(), v.pick(DOMAINS).upper()))
    c.hit("email_upper", "RCPT %s accepted" % mail, mail, ["accepted"])
    mail = v.fresh(lambda: "%s%d@b\u00fccher-%s.example" % (v.first().lower(), v.between(10, 99), v.word()))
    c.hit("email_idn", "bounce: %s unknown" % mail, mail, ["unknown"])
    one, two = v.email(), v.email()
    c.hit("email_list", "recipients=[%s, %s] sent=2" % (one, two), [one, two], ["sent=2"])
    c.hit("email_list_json", {"to": (pair := [v.email(), v.email()]), "template": "welcome"}, pair, ["welcome"])
    mail = v.email()
    c.hit("email_as_key", {"usage": {mail: 4}, "window": "1h"}, mail, ["1h"])
    mail = v.email()
    c.hit("email_named", "From: \"%s\" <%s>" % ("Support Team", mail), mail, ["Support Team"])
    mail = v.email()
    c.hit("email_path", "GET /users/%s/orders 200" % mail, mail, ["/orders"])
    mail = v.email()
    c.hit("email_conflict", "ERROR: duplicate key value violates unique constraint \"users_email_key\" DETAIL: Key (email)=(%s) already exists." % mail, mail,
          ["already exists"])
    mail = v.email()
    c.hit("email_claims", {"requestContext": {"authorizer": {"claims": {"email": mail, "aud": "web-1"}}}}, mail, ["web-1"])


def phones(c):
    v = c.v
    for _ in range(6):
        phone = v.phone()
        c.hit("phone", c.one("sms to %s queued", "caller %s hung up", "otp sent to %s", "{\"to\":\"%s\"}", "tel:%s", "from=%s", "whatsapp:%s delivered", "(%s)") % phone, phone)
    phone = v.us_phone()
    c.hit("phone_us", c.one("call back %s after 5pm", "customer phone: %s", "ph %s") % phone, phone)
    for key in ("phone", "mobile", "phoneNumber", "telephone", "mobile_number", "contactPhone", "Telephone"):
        phone = c.one(v.phone(), v.us_phone(), "0" + v.digits(10), v.fresh(lambda: "206-555-%04d" % v.between(100, 9999)))
        c.hit("phone_key", {key: phone, "channel": "sms"}, phone, ["sms"])
    phone = v.fresh(lambda: "%s-555-%04d" % (v.pick("206", "312", "415", "617"), v.between(100, 9999)))
    c.hit("phone_context", c.one("phone %s unreachable", "mobile: %s", "phone=%s", "call phone number %s") % phone, phone)
    phone = "447700900" + v.of("0123456789", 3)
    c.hit("msisdn", c.one("msisdn=%s op=3", "{'msisdn': '%s', 'op': 3}", "MSISDN: %s op 3") % phone, phone)


def people(c):
    v = c.v
    for one, two in (("firstName", "lastName"), ("given_name", "family_name"), ("first_name", "last_name"), ("givenName", "familyName")):
        first, last = v.first(), v.last()
        c.hit("name_key", {one: first, two: last, "segment": "b2b"}, [first, last], ["b2b"])
    name = v.fresh(lambda: "%s %s" % (v.first(), v.last()))
    c.hit("full_name", {c.one("fullName", "full_name", "displayName", "display_name"): name, "tier": "gold"}, name, ["gold"])
    first, last = v.first(), v.last()
    c.hit("name_text", c.one("firstName=%s lastName=%s tier=gold", "{'first_name': '%s', 'last_name': '%s', 'x': 'tier=gold'}", "given_name: %s, family_name: %s, tier=gold") % (
        first, last), [first, last], ["tier=gold"])
    birth = v.birth()
    c.hit("birth", {c.one("dob", "dateOfBirth", "date_of_birth", "DOB"): birth, "ok": "adult"}, birth, ["adult"])
    birth = v.birth()
    c.hit("birth_text", c.one("dob=%s adult", "\"dateOfBirth\":\"%s\" adult", "date_of_birth: %s adult") % birth, birth, ["adult"])
    street, zipcode = v.street(), "%05d" % v.between(10000, 99999)
    c.hit("address", {"shippingAddress": {"line1": street, "city": v.pick(CITIES), "postalCode": zipcode, "country": "NO"}, "carrier": "posten"}, [street, zipcode], ["posten"])
    street = v.street()
    c.hit("address_part", {c.one("street", "address1", "streetAddress", "street_address"): street, "zone": "z-4"}, street, ["z-4"])
    zipcode = "%05d" % v.between(10000, 99999)
    c.hit("postal_code", {c.one("postalCode", "postal_code"): zipcode, "zone": "z-a"}, zipcode, ["z-a"])
    street, zipcode = v.street(), "%05d" % v.between(10000, 99999)
    c.hit("billing", {"billing_address": {"address1": street, "postal_code": zipcode}, "plan": "pro"}, [street, zipcode], ["pro"])


CONTACT = (emails, phones, people)


# --- health -----------------------------------------------------------------------------------------------------------------

def health(c):
    v = c.v
    for key, value in (("mrn", "MRN" + v.digits(7)), ("medicalRecordNumber", v.digits(8)), ("insuranceId", "INS-" + v.digits(8)), ("insurance_id", v.digits(9)),
                       ("diagnosis", v.pick("type 2 diabetes", "acute bronchitis", "lumbar stenosis")), ("medication", v.pick("metformin 500mg", "lisinopril 10mg")),
                       ("dea", v.dea()), ("deaNumber", v.dea()), ("npi", v.npi()), ("mbi", v.mbi()), ("medicare_mbi", v.mbi())):
        soft = key in ("medicalRecordNumber",)
        c.hit("health_key", {"encounter": "e-4", key: value, "ward": "b2"}, value, ["b2"], policy="hipaa", soft=soft)
    for word, value in (("MRN", v.digits(8)), ("DEA number", v.dea()), ("NPI", v.npi()), ("MBI", v.mbi()), ("Medicare MBI", v.mbi()), ("mrn", v.digits(7))):
        c.hit("health_text", c.one("%s: %s on chart", "chart lookup %s %s", "%s=%s", "invalid %s '%s'") % (word, value), value, policy="hipaa")
    for key, value in (("diagnosis", v.pick("migraine", "hypertension")), ("mrn", "MRN" + v.digits(7)), ("medication", "amoxicillin 250mg")):
        c.hit("health_default", {"encounter": "e-5", key: value, "ward": "b3"}, value, ["b3"])


HEALTH = (health,)
