"""Names that hold for some values only, vendors with odd tokens, and protocols that carry a password without a name for it."""

# what stands before a token, and what it is made of (gens.Values)
VENDORS = (lambda v: "AQE%shmfxK%s==-%s=" % (v.pick("y", "x", "k"), v.b64(90), v.b64(43)), lambda v: "live_" + v.b62(30), lambda v: "test_" + v.b62(30),
           lambda v: "access_token$%s$%s$%s" % (v.pick("production", "sandbox"), v.hex(16), v.hex(32)),
           lambda v: "1/12%s:%s" % (v.digits(14), v.hex(32)), lambda v: "2/12%s/12%s:%s" % (v.digits(14), v.digits(14), v.hex(32)))
FRAMES = ("client built with %s ok=true", "403 for %s ok=true", "[sdk] (%s) ok=true", "sent Bearer %s ok=true", "k=%s ok=true", '{"note":"tried %s","ok=true":1}')

PIN_CODES = ("pin_code=%s ok=true", "PIN code: %s, ok=true", "your PIN code is %s ok=true", '{"pin_code":"%s","ok=true":1}', '{"pinCode":%s,"ok=true":1}')
EXPIRIES = ('{"card_expiry":"%s","ok=true":1}', "cardExpiration=%s ok=true", "cc_exp: %s, ok=true", '{"card":{"cardExpiryDate":"%s","ok=true":1}}')
ROUTING = ('{"routing_key":"%s","event_action":"trigger"}', "routing_key=%s event_action=trigger", "routing-key: %s, event_action=trigger")
SIGNED = ('{"sig":"%s","alg=":"x"}', '{"payload":{"n":1,"alg=":"x"},"sig":"%s"}')
BRACED = ("Driver={ODBC Driver 18};Server=h;UID=kim;PWD={%s};Encrypt=yes", "Server=h;Password={%s};Encrypt=yes")

# a password in a place of its own; what follows must stay
PLACED = ("{tag} LOGIN kim %s\nok=true", '{tag} LOGIN "kim" "%s"\nok=true', "redis> AUTH %s\nok=true", "AUTH default %s\nok=true", "db{n}.example.com:5432:app:kim:%s\nok=true",
          "*:*:*:kim:%s\nok=true", "#0 /srv/db.php({n}): PDO->__construct('mysql:host=127....', 'kim', '%s') ok=true", 'new PDO("pgsql:host=h;dbname=x", "kim", "%s", $ok=true)',
          "openssl enc -aes-256-cbc -k %s -in ok=true", "put-parameter --name /app{n}/password --value %s --ok=true", "put-parameter --type SecureString --value %s --ok=true",
          " id | login | password   \n----+-------+----------\n  {n} | ok=true   | %s\n", "| user | password |\n|---|---|\n| ok=true | %s |\n",
          "+----+----------+\n| id | password |\n+----+----------+\n|  {n} | %s |\n+----+ ok=true")
# ... and where it must look like one
CHOSEN = ("tried credentials kim:%s ok=true", "wrong pwd (%s) ok=true", 'Kennwort lautet "%s", ok=true', "das Kennwort ist %s ok=true", "user\tpassword\nok=true\t%s",
          "id  login    password\n1   ok=true  %s\n")

PLAIN = ('{{"pincode":"560001"}}', '{{"pin_code":560001,"city":"Bengaluru"}}', "PIN code is 110001, New Delhi", '{{"pin_code_length":4}}', "card ending in 4242 declined, exp=04/29",
         '{{"card_expiry":3600}}', '{{"card_expiry":"13/27"}}', "step 12/27 of card_expiry job", '{{"routing_key":"orders.created"}}', "routing_key=tenant42.order.created",
         '{{"routing_key":"{uuid}"}}', "test_getUserByIdReturns404WhenMissin passed", "page 1/{digits} of 2", "build 2/{digits}/9 ok", '{{"sig":"SIGTERM"}}', '{{"sig":9}}',
         "Params={{a=1, type=x}} ok", "USER LOGIN failed today", "2026 LOGIN kim failed", "250-AUTH LOGIN PLAIN NTLM", "AUTH SCRAM-SHA-256", "BEGIN x{digits}",
         "main.py:5432:load:users:err42 happened", "db.example.com:5432:app", "10:11:12:kim:x1y2z3", "new PDO('mysql:host=h', 'kim', $x1)", "f('mysql:host=h', 'kim', 'r4venq9')",
         "credentials file:config1.json", "credentials arn:aws:iam::1:role/r1", "password (sha256) and pwd (min8chars)", "das Kennwort fehlt in Zeile 12", "curl -k https://h/a1b2c3",
         "openssl req -key server1.key", "put-parameter --name /x/limit --value a1b2c3d4", "field | password\nkind | required", "password\nis a word", "a  password  b\nthe word is above it12")


def vendors(c):
    for make in VENDORS:
        token = make(c.v)
        c.hit("vendor", c.one(*FRAMES) % token, token, ["ok=true"])


def partial(c):
    for frame in PIN_CODES:
        pin = str(c.v.between(1000, 99999))
        c.hit("pin_code", frame % pin, pin, ["ok=true"])
    for frame in EXPIRIES:
        expiry = "%02d%s%s" % (c.v.between(1, 12), c.one("/", " / "), c.one("27", "2029", "31"))
        expiry = expiry if frame[0] == "{" else expiry.replace(" ", "")  # bare, it would end at the blank
        c.hit("expiry", frame % expiry, expiry, ["ok=true"])
    for frame in ROUTING:
        key = c.one(c.v.hex(32), "R0" + c.v.of("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", 30))
        c.hit("routing", frame % key, key, ["event_action"])
    for frame in SIGNED:
        sig = c.one(c.v.hex(64), c.v.b64(43) + "=", c.v.b64u(86))
        c.hit("sig", frame % sig, sig, ["alg="])
    for frame in BRACED:
        password = c.v.password() + c.one(";", "", "; ") + c.v.b62(4)
        c.hit("braced", frame % password, password, ["Encrypt=yes"])


def placed(c):
    for frame in PLACED:
        password = c.v.until(c.v.password, lambda p: any(ch.islower() for ch in p) and not set(p) & set("'\"|\\$"))
        c.hit("placed", frame.replace("{tag}", "a%03d" % c.v.between(1, 999)).replace("{n}", str(c.v.between(1, 99))) % password, password, ["ok=true"])
    for frame in CHOSEN:
        password = c.v.b62(c.v.between(3, 6)) + c.one("!", "#", "-", "") + c.v.digits(2) + c.v.b62(3) + "x"
        c.hit("chosen", frame % password, password, ["ok=true"])


def plain(c):
    for text in PLAIN:
        c.neg("neg_shaped", text.format(uuid=c.v.uuid(), digits="12" + c.v.digits(14)))


ROUNDS = (vendors, partial, placed)
BENIGN = (plain,)
