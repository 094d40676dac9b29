"""An eleventh time: payloads and structured logs whose members nobody had written rules for."""
import json
import urllib.parse

# persons and passwords, in the languages of customers
PASSWORDS = ("senhaAtual", "senha_nova", "contrasenaNueva", "contrase\u00f1a_actual", "motDePasseActuel", "nouveau_mot_de_passe")
NAMES = ("vorname", "Nachname", "geburtsname", "prenom", "pr\u00e9nom", "nomDeFamille", "nom_famille", "apellido", "apellidos",
         "primerApellido", "nombre_completo", "sobrenome", "nomeCompleto", "cognome", "voornaam", "achternaam", "fornavn", "etternavn", "efternamn")
BIRTHS = ("geburtsdatum", "Geburtstag", "dateNaissance", "date_de_naissance", "fechaNacimiento", "fecha_de_nacimiento", "dataNascimento",
          "data_de_nascimento", "data_di_nascita", "geboortedatum")
STREETS = ("adresse", "anschrift", "direccion", "direcci\u00f3n", "endereco", "endere\u00e7o", "indirizzo", "strasse", "calle")
PHONES = ("telefon", "telefonnummer", "handynummer", "telefono", "tel\u00e9fono", "telefone", "celular", "telefoonnummer", "movil")
NUMBERS = ("kontonummer", "numeroCompte", "numero_de_cuenta", "numeroConta", "rekeningnummer", "steuernummer", "sozialversicherungsnummer",
           "numeroSecuriteSociale", "reisepass", "passeport", "pasaporte", "numeroPassaporte", "personalausweis")
CODES = ("plz", "postleitzahl", "code_postal", "codigoPostal", "c\u00f3digo_postal")

# names of other members: persons, numbers of so many digits, what a machine made, what somebody made up
PERSONS = ("nameOnCard", "beneficiaryName", "recipient_name", "contactName", "employeeName", "passenger-name", "policyholderName", "billingName")
DIGITS = (("taxpayerId", 9), ("ein", 9), ("visaNumber", 8), ("clabe", 18), ("npi", 10), ("puk", 8), ("twoFactorCode", 6), ("unlock_code", 6), ("pinNumber", 4),
          ("securitycode", 3))
MADE = ("pswd", "userPswd", "passwrd", "psw", "unlockPword")
PHRASES = ("mnemonicPhrase", "recovery_phrase", "backupPhrase")

KEPT = ({"secretScanning": "beta", "secretEngine": "kv-v2", "passwordComplexity": "high", "tokenDriver": "jwt"},
        {"passwordHashRounds": 12, "kdfIterations": 600000, "passwordEntropy": 71, "secretLevel": "low"},
        {"credentialsExpiration": "2026-06-11T12:00:00Z", "tokenExpiration": 1781200331},
        {"i18n": {"password.hint": "At least 12 characters", "password.rule": "Minimum 8 characters long"}},
        {"errors": {"password": ["at least one digit is needed"], "token": "needs to be renewed by you"}},
        {"apiKey": {"type": "apiKey", "in": "header", "description": "Key of the partner"}},
        {"Resource": "arn:aws:secretsmanager:*:*:secret:prod/*", "Effect": "Deny"}, {"Resource": ["arn:aws:secretsmanager:*:*:secret:*"]},
        {"request": {"codeParameter": "{####}", "linkParameter": "{##Click Here##}"}},
        {"auth": "oauth2", "session": "sliding", "family": "ipv4"}, {"auth": {"type": "jwt", "user": "kim"}}, {"font": {"family": "Inter Tight", "weight": 400}},
        {"tokens": {"input": 12, "output": 90, "model": "claude-3-haiku-20240307"}}, {"tokens": ["the", "quick2", "brown-fox", "##ing"]},
        {"units": {"AccessToken": "hours", "RefreshToken": "days"}}, {"errors": {"password": ["TOO_SHORT"], "pin": "MUST_BE_NUMERIC"}},
        {"type": "CredentialAccess:IAMUser/AnomalousBehavior", "severity": 8}, {"pinNumber": 13, "pat": "daily", "ein": "aus", "kek": None},
        {"senhaExpirada": False, "senhaTamanho": 8, "motDePasseExpire": True}, {"vornameLength": 20, "nachname": None, "telefonType": "mobil"},
        {"adresse": "unbekannt", "direccion": "norte", "telefon": "gesperrt", "plz": "siehe oben"},
        {"queryStringParameters": {"code": "E4010", "lang": "sv"}}, {"query": {"state": "NY", "signatureVersion": "4"}})


def foreign(c):
    for name in PASSWORDS:
        p = c.v.password()
        c.hit("password", {"dados": {name: p, "keep": 1}}, p, ["keep"])
    for name in NAMES:
        n = c.one("Anselma", "Ottilie", "Figueiredo", "Castellanos", "Solveigh", "Okonkwo") + c.one("", " Maria", "-Lund")
        c.hit("name", {"person": {name: n, "keep": 1}}, n, ["keep"])
    for name in BIRTHS:
        d = "19%d-0%d-1%d" % (50 + c.v.below(49), 1 + c.v.below(9), c.v.below(10))
        c.hit("birth", {"person": {name: d, "keep": 1}}, d, ["keep"])
    for name in STREETS:
        s = "%s %d" % (c.one("Lindenweg", "Rua das Flores", "Calle Luna", "impasse du Four", "Kongens gate"), 1 + c.v.below(200))
        c.hit("street", {"lieferung": {name: s, "keep": 1}}, s, ["keep"])
    for name, n in [(x, 9) for x in PHONES] + [(x, 10) for x in NUMBERS] + [(x, 5) for x in CODES]:
        number = c.v.digits(n)
        c.hit("number", {"konto": {name: number, "keep": "x"}}, number, ["keep"])


def members(c):
    for name in PERSONS:
        n = "%s %s" % (c.one("Petra", "Caleb", "Mihai", "KATARZYNA"), c.one("Whitlock", "Adeyemi", "Szymanska"))
        c.hit("person", {"order": {name: n, "keep": 1}}, n, ["keep"])
    for name, n in DIGITS:
        number = c.v.digits(n)
        c.hit("digits", {"order": {name: number, "keep": "x"}}, number, ["keep"])
    for name in MADE:
        p = c.v.password()
        c.hit("made", {"cfg": {name: p, "keep": 1}}, p, ["keep"])
    for name in PHRASES:
        p = " ".join(c.one("glacier", "velvet", "willow", "pelican", "quartz", "topaz") for _ in range(12))
        c.hit("words", {"wallet": {name: p, "keep": 1}}, p, ["keep"])
    pat, kek = c.v.b62(52), c.v.b64u(43)
    c.hit("random", {"pat": pat, "kek": kek, "keep": 1}, [pat, kek], ["keep"])
    data = c.v.b64(300)
    c.hit("random", {"users": [{"name": "keep", "user": {"client-key-data": data}}]}, data, ["keep"])


def parameters(c):
    """What stands in a query is judged as in a URL."""
    digest, code = c.v.hex(64), c.one(c.v.uuid(), c.v.b64u(40))
    c.hit("presigned", {"queryStringParameters": {"X-Amz-Signature": digest, "X-Amz-Date": "20260611T101112Z"}}, digest, ["20260611T101112Z"])
    c.hit("presigned", {"multiValueQueryStringParameters": {"Signature": [digest], "Expires": ["1781200331"]}}, digest, ["1781200331"])
    c.hit("callback", {"queryStringParameters": {"code": code, "state": "keep"}}, code, ["keep"])
    c.hit("callback", {"req": {"query": {"state": "keep", "lang": "fi", "code": code}}}, code, ["keep", "fi"])
    c.hit("header", {"headers": {"x-amz-signature": digest, "host": "keep.example.com"}}, digest, ["keep.example.com"])


def events(c):
    code, token, value = c.v.digits(6), c.v.hex(32), c.v.b62(20)
    session = c.v.until(lambda: c.v.b64u(300), lambda s: s[0] not in "-_" and any(ch in s for ch in "-_"))
    c.hit("code", {"triggerSource": "CustomMessage_ForgotPassword", "request": {"codeParameter": code}}, code, ["CustomMessage_ForgotPassword"])
    c.hit("session", {"ChallengeName": "SMS_MFA", "Session": session}, session, ["SMS_MFA"])
    c.hit("rpc", {"jsonrpc": "2.0", "method": "host.get", "auth": token, "id": 8}, token, ["host.get"])
    c.hit("push", {"subscription": {"endpoint": "https://push.example.com/s", "keys": {"auth": value}}}, value, ["push.example.com"])
    c.hit("parameter", {"Parameters": [{"Name": "/prod/app/mail", "Type": "SecureString", "Value": value}, {"Name": "/a", "Type": "String", "Value": "on"}]},
          value, ["/prod/app/mail"])
    access, refresh = (c.v.until(lambda: c.v.b64u(40), lambda s: sum(ch.isdigit() for ch in s) > 2) for _ in range(2))
    c.hit("tokens", {"tokens": {"access": access, "refresh": refresh, "type": "bearer"}}, [access, refresh], ["bearer"])
    c.hit("tokens", {"tokens": [{"value": access, "created": "2026-05-01"}]}, access, ["2026-05-01"])
    family, given = c.one("Fontaine", "Lindqvist"), c.one("Oluwaseun", "Renske")
    c.hit("human", {"resourceType": "Patient", "name": [{"use": "official", "family": family, "given": [given]}]}, [family, given], ["official"])
    c.hit("human", {"name": {"given": [given, "K"], "family": family}, "active": True}, [family, given], ["active"], c.one("default", "hipaa"))


def programs(c):
    """What programs hand to others, and print."""
    p, key, pin = c.v.password(), c.v.b62(24), c.v.digits(4)
    c.hit("argv", {"argv": ["curl", "-sS", c.one("-u", "--user"), "keep:" + p, "https://x.example.com"]}, p, ["keep"])
    c.hit("argv", {"healthcheck": ["CMD", "curl", "-u", "keep:" + p, "http://x"]}, p, ["keep"])
    c.hit("asgi", {"msg": "headers [(b'host', b'keep'), (b'x-api-key', b'%s')]" % key}, key, ["keep"])
    c.hit("some", {"msg": "Card { name: \"keep\", pin: Some(%s) }" % pin}, pin, ["keep"])
    c.hit("escaped", "event {'message': 'p={\"m\":\"{\\\\\"user.pin\\\\\":%s,\\\\\"k\\\\\":1}\"} keep'}" % pin, pin, ["keep"])


def statements(c):
    """Values that a statement of SQL has places for, and that are logged in a list of their own."""
    p, pin = c.v.password(), c.v.digits(4)
    update = c.one('UPDATE "users" SET "name" = $1, "password" = $2 WHERE "id" = $3', "update users set name=?, password=? where id=?",
                   "UPDATE users SET name = %s, password_hash = %s WHERE id = %s", "UPDATE users SET name = @p0, pwd = @p1 WHERE id = @p2")
    insert = c.one("INSERT INTO users (name, password) VALUES ($1, $2)", 'insert into "users" ("name", "password") values (?, ?)')
    c.hit("bound", {"sql": update, c.one("params", "bindings", "parameters"): ["keep", p, 4]}, p, ["keep"])
    c.hit("bound", {"query": insert, "values": ["keep", p], "ms": 4}, p, ["keep"])
    c.hit("bound", "Executing (default): %s; [\"keep\", \"%s\"]" % (insert, p), p, ["keep"])
    c.hit("bound", "query: %s -- PARAMETERS: [\"keep\",\"%s\",4]" % (update, p), p, ["keep"])
    c.hit("bound", "(0.002) %s; args=('keep', '%s', 4)" % (update, p), p, ["keep"])
    c.hit("bound", "[SQL: SELECT 1 FROM cards WHERE name = ? AND pin = ?] [parameters: ('keep', '%s')]" % pin, pin, ["keep"])


def unbound(c):
    c.neg("neg_bound", {"sql": "SELECT 1 FROM items WHERE sku = $1 AND price < $2", "params": [c.v.b62(12), c.v.below(99)]})
    c.neg("neg_bound", {"query": "INSERT INTO audit (action, at) VALUES (?, ?)", "values": ["password changed", c.v.epoch_ms()]})
    c.neg("neg_bound", "Executing (default): SELECT id, password_hash FROM users WHERE id = $1; [\"%s\"]" % c.v.uuid())


def encoded(c):
    """JSON with blanks, as Python and PHP write it, in a form, and what other containers encode."""
    p = c.v.until(c.v.password, lambda v: urllib.parse.quote_plus(v) == v)
    form = urllib.parse.quote_plus(json.dumps({"user": "kim", "password": p, "note": "keep"}))
    c.hit("form", "payload=%s&x=1" % form, p, ["keep"])
    c.hit("form", {"log": "body=%s took 3ms" % form, "x-amz-meta-ctx": form}, p, ["keep"])


def nested(c):
    """An object and its member say together what their names in one do."""
    n = "%s %s" % (c.one("Petra", "Caleb", "Mihai"), c.one("Whitlock", "Adeyemi", "Szymanska"))
    number, key, session = c.v.digits(11), c.v.b62(32), c.v.uuid()
    for head in ("customer", "patient", "contact", "employee", "passenger", "beneficiary"):
        c.hit("name", {"order": {head: {"id": "keep-7", "name": n}}}, n, ["keep-7"])
    c.hit("holder", {"card": {"holder": n, "brand": "keep"}}, n, ["keep"])
    c.hit("number", {"debit": {"account": {"number": number, "kind": "keep"}}}, number, ["keep"])
    c.hit("number", {"bank": {"account": number, "name": "keep"}}, number, ["keep"])
    c.hit("number", {"tax": {"id": number[:9]}, "name": "keep"}, number[:9], ["keep"])
    c.hit("key", {"api": {"key": key, "host": "keep"}}, key, ["keep"])
    c.hit("session", {"session": {"id": session, "page": "keep"}}, session, ["keep"])


def unnested(c):
    for body in ({"product": {"name": "Lamp"}, "customer": {"tier": {"name": "gold"}, "id": 77}}, {"license": {"key": "apache-2.0", "name": "Apache License 2.0"}},
                 {"account": {"number": 12, "id": "acc-7"}, "shipping": {"name": "Express", "key": "dhl-express-2"}}, {"storage": {"key": "in/a1.csv"}},
                 {"issue": {"key": "OPS-4411"}, "service": {"key": "orders-v2", "name": "orders"}}, {"device": {"id": c.v.uuid(), "code": "SM-G991B"}},
                 {"user": {"name": "kim"}, "card": {"id": "card-7", "no": 3}}):
        c.neg("neg_nested", body)


def cursors(c):
    for name in ("sequenceToken", "syncToken", "resumeToken", "startingToken", "cursor_token"):
        c.neg("neg_cursor", {name: c.v.b64u(40), "keep": 2})
    c.neg("neg_cursor", {"Step": "createSecret", "ClientRequestToken": c.v.uuid()})


def kept(c):
    for body in KEPT:
        c.neg("neg_kept", json.loads(json.dumps(body)))


ROUNDS = (foreign, members, parameters, events, programs, statements, encoded, nested)
BENIGN = (cursors, kept, unbound, unnested)
