"""The same promises once more in other words: cases written without a look at the first ones, to see whether the redactor knows
the rules or only the examples."""
import base64
import json
import urllib.parse

from cases_shapes import b64, core
from gens import grouped

# (text with %s for the secret, what must stay)
PASSWORDS = (
    ("[%(ts)s] imap4 LOGIN mailbox-7 failed; tried passwd \"%%s\" twice", "imap4 LOGIN mailbox-7 failed"), ("ftp> user anonymous / PASS: %s / 530 denied", "530 denied"),
    ("bootstrap: ADMIN_PASSWORD=%s ADMIN_USER=root9", "ADMIN_USER=root9"), ("pg_pass=%s pg_host=db-4", "pg_host=db-4"), ("cfg.smtp.password -> %s (from ssm)", "(from ssm)"),
    ("Hibernate: hibernate.connection.password=%s, hibernate.dialect=x", "hibernate.dialect=x"), ("props {javax.persistence.jdbc.password=%s, javax.persistence.jdbc.user=app}", "user=app"),
    ("WARN  HikariPool-1 - dataSource{password=%s, poolName=main}", "poolName=main"), ("django.db settings: {'ENGINE': 'pg', 'PASSWORD': '%s', 'PORT': ''}", "'ENGINE': 'pg'"),
    ("redis.AuthenticationError with kwargs password='%s', db=0", "db=0"), ("LoginDto(username=kim4, password=%s, otp=null)", "username=kim4"),
    ("Received: CreateUser(name: \"kim\", initialPassword: \"%s\", role: VIEWER)", "role: VIEWER"), ("input: %%{\"password\" => \"%s\", \"locale\" => \"nb\"}", "\"locale\" => \"nb\""),
    ("[debug] Parameters: {\"email_opt_in\"=>\"1\", \"user\"=>{\"current_password\"=>\"%s\"}}", "email_opt_in"), ("&{ID:4 Pass:x Passphrase:%s TTL:30}", "TTL:30"),
    ("conf=struct{DbPwd:\"%s\", DbName:\"crm\"}", "DbName:\"crm\""), ("print_r: [db_pwd] => %s [db_name] => crm", "[db_name] => crm"), ("stdout: new root passwd is '%s'", "new root"),
    ("SecretKey : %s | KeyId : k77", "KeyId : k77"), ("@password=%s @timeout=30", "@timeout=30"), ("{ \"db\" : { \"pwd\" :\"%s\" , \"ssl\":true } }", "\"ssl\":true"),
    ("retry {password: %s} -> 401 after 14ms", "401 after 14ms"), ("chpasswd: app password=%s ok", "chpasswd: app"),
    ("vault kv put secret/db password=%s ttl=1h", "ttl=1h"), ("ansible: changed: [web-1] => (item={'user': 'x1', 'password': '%s'})", "changed: [web-1]"),
    ("TF_VAR_db_password=%s terraform plan", "terraform plan"), ("-e POSTGRES_PASSWORD=%s -e POSTGRES_DB=crm", "POSTGRES_DB=crm"), ("login form posted: username=kim4&passwd=%s&lang=et", "lang=et"),
    ("MAIL_PASSWORD='%s' # rotated", "# rotated"), ("connectionParams: password: %s\nconnectionParams: port: 993", "port: 993"), ("password-> '%s'; realm -> 'corp'", "'corp'"),
    ("enteredPassword=\"%s\" match=false tries=3", "match=false tries=3"), ("attempt with password \"%s\" refused", "refused"),
    ("the user's password was '%s' before the change", "before the change"), ("password: '%s', user: 'kim5'", "user: 'kim5'"),
    ("Setting password=[%s] for queue q-9", "queue q-9"), ("ldapsearch -D cn=ops -w x --bind-password %s -b dc=x", "-b dc=x"), ("mongosh --host m-2 --username ops --password %s --quiet", "--quiet"),
    ("mysqladmin -u root -p%s status", "status"), ("curl -sS -u ops:%s -X DELETE https://es-1:9200/idx", "-X DELETE"), ("openssl pkcs12 -in a.p12 -passout pass:%s -nodes", "-nodes"),
    ("docker login registry.local -u ci -p %s", "registry.local"), ("sqlcmd --server s-1 --password=%s --query x", "--query x"),
    ("CREATE USER reader IDENTIFIED WITH mysql_native_password BY '%s'", "reader"), ("ALTER USER \"app\" PASSWORD '%s'", "ALTER USER \"app\""), ("alter user app4 identified by '%s' account unlock", "account unlock"),
    ("CREATE LOGIN etl WITH PASSWORD = N'%s', CHECK_POLICY = ON", "CHECK_POLICY = ON"), ("SET PASSWORD FOR 'bob7'@'%%' = '%s'", "'bob7'"),
    ("<Credentials><UserName>kim6</UserName><Password>%s</Password></Credentials>", "kim6"), ("<wsse:Password Type=\"#PasswordText\">%s</wsse:Password><wsse:Nonce/>", "<wsse:Nonce/>"),
    ("<connectionStrings><add name=\"m\" connectionString=\"Server=s;Password=%s;Encrypt=yes\"/></connectionStrings>", "add name=\"m\""),
    ("<setting name=\"smtpPassword\" value=\"%s\"/>", "<setting name="), ("<param><name>password</name><value>%s</value></param>", "<param>"),
)
TOKENS = (
    ("oauth: exchanged refresh_token=%s for new access", "for new access"), ("sending X-Auth-Token: %s\nto edge", "to edge"), ("{'headers': {'x-api-key': '%s', 'accept': '*/*'}}", "'accept': '*/*'"),
    ("apiKey -> \"%s\" (len ok)", "(len ok)"), ("ws connect wss://rt.example.com/socket?token=%s&room=9", "room=9"), ("GET /hooks/in?api_key=%s HTTP/1.1", "HTTP/1.1"),
    ("opened https://idp.example.com/cb#id_token=%s&session_state=x1", "session_state"), ("Set-Cookie: SESSION=%s; Path=/", ""), ("cookie: __Host-session=%s", ""), ("cookies={'auth_token': '%s'}", ""),
    ("req.headers.cookie = 'lang=fi; connect.sid=%s'", ""), ("token=%s has been revoked", "has been revoked"), ("clientSecret='%s', clientId='web-9'", "clientId='web-9'"),
    ("jwt secret is '%s' in dev", "in dev"), ("signing_key: %s\nalgorithm: HS512", "algorithm: HS512"), ("grant=client_credentials client_secret=%s scope=a.b", "scope=a.b"),
    ("headers: [('authorization', 'Bearer %s'), ('host', 'h9')]", ""), ("Authorization=[Bearer %s]", ""), ("\"Authorization\": \"token %s\"", ""), ("auth_header: 'Basic-ish', bearer_token: '%s'", ""),
    ("proxy-authorization: Bearer %s", ""), ("AUTHORIZATION => Bearer %s", ""), ("http.request.header.authorization=[\"Bearer %s\"]", ""), ("CaseInsensitiveDict({'X-Api-Key': '%s', 'Via': 'e1'})", "'Via': 'e1'"),
    ("< x-amz-security-token: %s\n< date: today", "< date: today"), ("x-vault-token: %s", ""), ("headers Map { 'x-csrf-token' => '%s', 'dnt' => '1' }", "'dnt' => '1'"),
    ("integration_key=%s routing ok", "routing ok"), ("Ocp-Apim-Subscription-Key: %s\nAccept: a/b", "Accept: a/b"), ("x-functions-key=%s&code_ok=1", "code_ok=1"),
    ("POST /device grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=%s&client_id=tv", "client_id=tv"),
    ("grant_type=authorization_code&client_id=spa&code=%s", "client_id=spa"), ("client_assertion=%s&client_assertion_type=jwt", ""), ("sessionToken: '%s', ttlSeconds: 900", "ttlSeconds: 900"),
    ("SharedAccessKey=%s;EntityPath=hub", "EntityPath=hub"), ("DefaultEndpointsProtocol=https;AccountName=st9;AccountKey=%s", "AccountName=st9"), ("account_key=\"%s\" container=\"c1\"", "container=\"c1\""),
    ("https://st9.blob.core.windows.net/c/f?sv=2024-01-01&sp=r&sig=%s", "sp=r"), ("encryptionKey=%s;mode=gcm", "mode=gcm"), ("PRIVATE-TOKEN: %s", ""), ("recovery code: %s used", "used"),
)
URLS = ("postgres://svc:%s@10.1.2.3:5432/app", "mongodb://root:%s@mongo-0,mongo-1:27017/admin?replicaSet=rs0", "amqp://guest:%s@rabbit:5672//", "redis://app:%s@elasticache-1:6379/2",
        "mysql2://web:%s@rds.internal/shop_production", "https://ci-bot:%s@gitlab.internal/group/repo.git", "ssh://deploy:%s@bastion:22", "imaps://inbox:%s@mail.internal:993",
        "elasticsearch://elastic:%s@es-2:9200", "sqlserver://sa:%s@sql-7:1433?database=hr", "cockroachdb://app:%s@crdb-1:26257/bank", "couchbase://cb:%s@cb-1/bucket")
PLACES = ("SQLAlchemy engine(%s)", "prisma: Can't reach %s", "broker_url = '%s'", "dial %s: i/o timeout", "Error: getaddrinfo ENOTFOUND for %s", "spring.datasource.url=%s", "using [%s]",
          "git clone %s failed", "{\"target\":\"%s\",\"n\":1}", "connect(\"%s\")")


def texts(c):
    v = c.v
    for template, keep in PASSWORDS:
        secret = v.password().replace("$", "-").replace("#", "_")
        text = template % {"ts": v.iso()} % secret if "%(ts)s" in template else template % secret
        soft = "SET PASSWORD FOR" in template or "<name>password</name>" in template  # forms that are not promised
        c.hit("second_password", text, secret, [keep] if keep in text and keep else [], soft=soft)
    for template, keep in TOKENS:
        secret = v.b62(c.one(24, 32, 43, 64)) if "sig=" not in template else urllib.parse.quote(v.b64(43) + "=", safe="")
        c.hit("second_token", template % secret, secret, [keep] if keep else [])
    for url in URLS:
        secret = v.password().replace("#", "_").replace("!", "-")
        c.hit("second_url", c.one(PLACES) % (url % secret), secret)


def records(c):
    v = c.v

    def one(kind, make, keep=(), policy="default", value=None):
        secret = value if value is not None else v.password()
        c.hit(kind, make(secret), secret, keep, policy)

    one("second_json", lambda s: {"cmd": "BIND", "ldap": {"dn": "cn=app", "bindPassword": s}, "ms": 14}, ["cn=app"])
    one("second_json", lambda s: {"form": {"fields": [{"key": "newPassword", "value": s}, {"key": "locale", "value": "sv"}]}}, ["sv"])
    one("second_json", lambda s: {"request": {"password": [s]}, "ok": 1}, ["ok"])
    one("second_json", lambda s: {"settings": {"mail.smtp.password": s, "mail.smtp.port": 587}}, ["587"])
    one("second_json", lambda s: {"secrets": {"stripe": s, "region": "eu-west-9"}}, ["eu-west-9"])
    one("second_json", lambda s: {"credential": {"type": "basic7", "data": {"user": "x9q", "value": s}}}, ["basic7"])
    one("second_json", lambda s: {"Environment": [{"Name": "TZ", "Value": "CET"}, {"Name": "SMTP_PASSWORD", "Value": s}]}, ["CET"])
    one("second_json", lambda s: {"parameters": {"password": {"value": s, "type": "securestring"}, "sku": {"value": "S1"}}}, ["S1"])
    one("second_json", lambda s: {"UserParameters": json.dumps({"pwd": s, "job": "j7"})}, ["j7"])
    one("second_number", lambda s: {"kiosk": "k1", "smsOtp": int(s), "lang": "et"}, ["et"], value=v.otp())
    one("second_number", lambda s: "{\"verify\":{\"mfa_code\":%s},\"seq\":7}" % s, ["seq"], value=v.otp())
    one("second_number", lambda s: "otp=%s accepted for kim" % s, ["accepted for kim"], value=v.otp())
    one("second_number", lambda s: "customer PIN: %s wrong" % s, ["wrong"], value=v.digits(4))
    one("second_event", lambda s: {"requestContext": {"authorizer": {"lambda": {"token": s}}, "stage": "v7"}}, ["v7"], value=v.b62(40))
    one("second_event", lambda s: {"identitySource": "Bearer " + s, "methodArn": "arn:aws:x"}, ["arn:aws:x"], value=v.b62(40))
    one("second_event", lambda s: {"headers": {"Cookie": "sid=%s; lang=fi" % s}, "path": "/a9"}, ["/a9"], value=v.b62(32))
    one("second_event", lambda s: {"multiValueQueryStringParameters": {"access_token": [s], "p": ["3"]}}, ["3"], value=v.b62(40) + "x")
    one("second_event", lambda s: {"queryStringParameters": {"api_key": s, "zone": "z9"}}, ["z9"], value=v.b62(40))
    one("second_event", lambda s: {"rawQueryString": "sig=%s&zone=z9" % s}, ["zone=z9"], value=v.hex(64))
    one("second_event", lambda s: {"request": {"password": s, "validationData": None}, "userName": "kim-9", "triggerSource": "UserMigration_Authentication"}, ["kim-9"])
    one("second_event", lambda s: {"request": {"clientMetadata": {"inviteToken": s}, "session": []}}, value=v.b62(40))
    one("second_event", lambda s: {"Records": [{"Sns": {"Message": "{\"api_key\":\"%s\",\"zone\":\"z8\"}" % s}}]}, ["z8"], value=v.b62(40))
    one("second_event", lambda s: {"Records": [{"body": "{\"Message\":\"{\\\"dbPassword\\\":\\\"%s\\\"}\"}" % s, "messageId": "m-7"}]}, ["m-7"])
    one("second_event", lambda s: {"detail": {"requestParameters": {"masterUserPassword": s, "dBInstanceIdentifier": "db-77"}}}, ["db-77"])
    one("second_event", lambda s: {"statusCode": 201, "multiValueHeaders": {"set-cookie": ["session=%s; Secure" % s]}, "body": "created"}, ["created"], value=v.b62(40))
    one("second_event", lambda s: {"statusCode": 200, "body": "{\"idToken\":\"%s\",\"expiresIn\":\"3600\"}" % s}, ["3600"], value=v.b62(60))
    one("second_event", lambda s: {"headers": [["Authorization", "Bearer " + s], ["Host", "h-8"]]}, ["h-8"], value=v.b62(40))
    one("second_event", lambda s: {"request": {"headers": {"x-api-key": [{"key": "X-Api-Key", "value": s}], "via": [{"key": "Via", "value": "edge-8"}]}}}, ["edge-8"], value=v.b62(40))
    one("second_event", lambda s: {"errorMessage": "Invalid login: 535 user=%s" % s, "errorType": "Smtp"}, ["Smtp"], value=v.email())
    one("second_event", lambda s: {"trace": ["File app.py line 4", "conn = 'postgres://x:%s@db/x'" % s]}, ["File app.py line 4"])
    whole = json.dumps({"pin": "0000", "note": "form", "secretAnswer": "x", "password": (p := v.password())})
    c.hit("second_b64", {"path": "/login7", "isBase64Encoded": True, "body": b64(whole)}, core(whole, p), ["/login7"], also_not=[p])
    whole = "grant_type=password&username=kim&password=%s&scope=all" % (p := v.simple_password())
    c.hit("second_b64", {"isBase64Encoded": True, "body": b64(whole), "path": "/token8"}, core(whole, p), ["/token8"], also_not=[p])
    whole = json.dumps({"user": {"mail": (m := v.email())}, "kind": "order.created"})
    c.hit("second_b64", {"Records": [{"kinesis": {"data": b64(whole)}, "eventID": "shard-7:1"}]}, core(whole, m), ["shard-7:1"], also_not=[m])
    whole = "From: <%s> Subject: hello there friend" % (m := v.email())
    c.hit("second_b64", "mime part %s end" % b64(whole), core(whole, m), ["mime part"], also_not=[m])
    creds = base64.b64encode(("kim:" + v.password()).encode()).decode()
    c.hit("second_basic", "urllib3 hdr {'Authorization': 'Basic %s', 'TE': 'x'}" % creds, creds)
    creds = base64.b64encode(("svc:" + v.password()).encode()).decode()
    c.hit("second_basic", "curl -H \"Authorization: Basic %s\" https://x.example" % creds, creds)
    creds = base64.b64encode(("svc:" + v.password()).encode()).decode()
    c.hit("second_basic", "upstream sent basic %s and was refused" % creds, creds, ["was refused"])
    response = v.hex(32)
    c.hit("second_digest", "authorization: Digest username=\"kim\", realm=\"x\", qop=auth, nc=00000001, cnonce=\"0a4f\", response=\"%s\", opaque=\"q\"" % response, response)
    text = "/oauth?u=%s" % urllib.parse.quote(json.dumps({"client_secret": (s := v.b62(30))}))
    c.hit("second_percent", "GET %s 200" % text, s)
    text = urllib.parse.quote("https://a.example/reset?token=%s&x=1" % (s := v.b62(30)), safe="")
    c.hit("second_percent", "redirect_uri=%s" % text, s)
    c.hit("second_entities", "&lt;Password&gt;%s&lt;/Password&gt;&lt;Zone&gt;z4&lt;/Zone&gt;" % (s := v.simple_password()), s, ["z4"])
    c.hit("second_entities", "value=&#39;password=%s&#39; zone=z4" % (s := v.simple_password()), s, ["zone=z4"])
    lines = v.pem("RSA PRIVATE KEY", 5)
    c.hit("second_pem", "KEY<<EOF\n%s\nEOF\nexit 0" % "\n".join(lines), lines[1:-1], ["exit 0"])
    lines = v.pem("EC PRIVATE KEY", 4)
    c.hit("second_pem_split", "\n".join(["cat tls.key"] + lines + ["$ uptime"]), lines[1:-1], ["cat tls.key", "$ uptime"], split="lines")
    lines = v.pem("PRIVATE KEY", 4)
    c.hit("second_pem", {"cert": {"key": "\\n".join(lines), "cn": "x9.example"}}, lines[1:-1], ["x9.example"])
    c.hit("second_split", "deploying\npassword:\n%s\nready in 4s" % (s := v.password()), s, ["deploying", "ready in 4s"], split="lines")
    c.hit("second_split", "- key: api_token\n- api_token:\n    %s\n- done" % (s := v.b62(32)), s, ["- done"], split="lines")
    c.hit("second_multipart", "--b1\r\nContent-Disposition: form-data; name=\"api_key\"\r\nContent-Type: text/plain\r\n\r\n%s\r\n--b1\r\nContent-Disposition: form-data; name=\"zone\"\r\n\r\nz3\r\n--b1--" % (
        s := v.b62(32)), s, ["z3"])


def identities(c):
    v = c.v
    for template, make in (
            ("Visa ending check: full number %s", lambda: v.card("visa", 16)), ("pos: swipe ok %s auth=77", lambda: v.card("mastercard", 16)), ("amex %s over limit", lambda: v.card("amex")),
            ("3ds challenge for %s", lambda: v.card_grouped("visa", " ")[1]), ("card-on-file:%s", lambda: v.card("discover")), ("jcb=%s&x=1", lambda: v.card("jcb")),
            ("acct %s credited", lambda: v.iban("BE")), ("IBAN %s invalid BIC", lambda: v.iban("PL")), ("wire from %s", lambda: v.iban("SE")), ("payout -> %s", lambda: v.iban("IE")),
            ("claimant %s, plan B", lambda: v.ssn()), ("tax form W-2 for %s", lambda: v.ssn()), ("ssn last seen %s", lambda: v.ssn(" ")), ("SSN=%s", lambda: v.ssn("")),
            ("sin=%s province=QC", lambda: v.sin()), ("NHS number %s booked", lambda: v.nhs()), ("nino: %s", lambda: v.nino()), ("cpf %s bloqueado", lambda: v.cpf()), ("CNPJ: %s ativa", lambda: v.cnpj()),
            ("aadhaar no %s kyc", lambda: v.aadhaar()), ("PAN card %s linked", lambda: v.india_pan()), ("dni %s caducado", lambda: v.dni()), ("titular %s con NIE", lambda: v.nie()),
            ("codice fiscale %s non trovato", lambda: v.codice_fiscale()), ("pesel=%s ok", lambda: v.pesel()), ("BSN %s onbekend", lambda: v.bsn()), ("steuerId: %s", lambda: v.german_tin()),
            ("NIR: %s", lambda: v.nir()), ("personnummer %s saknas", lambda: v.personnummer()), ("TFN: %s", lambda: v.tfn()), ("nric %s ok", lambda: v.nric()), ("nationalId=%s", lambda: v.china_id()),
            ("passport no. %s expired", lambda: v.passport()), ("passportNumber: %s", lambda: v.passport()), ("driver license %s", lambda: v.licence()),
            ("bounce <%s>: mailbox full", lambda: v.email()), ("Reply-To: %s", lambda: v.email()), ("kim via %s joined", lambda: v.email()), ("git author Kim <%s>", lambda: v.email()),
            ("queue:mail:%s:pending", lambda: v.email()), ("s3 key users/%s/avatar.png", lambda: v.email()), ("?email=%s&ok=1", lambda: v.email()),
            ("twilio: To=%s Status=sent", lambda: v.phone()), ("WhatsApp %s offline", lambda: v.phone()), ("dialling %s", lambda: v.us_phone()), ("phone number %s is invalid", lambda: "0" + v.digits(10)),
            ("mobile=%s", lambda: "07" + v.digits(9))):
        value = make()
        c.hit("second_identity", template % value, value)
    first, last = v.first(), v.last()
    c.hit("second_names", {"customer": {"firstName": first, "lastName": last, "loyalty": "L4"}}, [first, last], ["L4"])
    c.hit("second_names", "{'given_name': '%s', 'locale': 'fi-FI'}" % (n := v.fresh(lambda: v.first() + v.of("abcdefgh", 3))), n, ["fi-FI"])
    c.hit("second_names", {"passenger": {"full_name": (n := v.fresh(lambda: v.first() + " " + v.last())), "seat": "14C"}}, n, ["14C"])
    c.hit("second_address", {"delivery": {"street": (s := v.street()), "zone": "z7"}}, s, ["z7"])
    c.hit("second_address", {"billingAddress": {"line1": (s := v.street()), "country": "FI"}, "cart": "c-9"}, s, ["c-9"])
    c.hit("second_birth", "patient dob: %s ward=7" % (d := v.birth()), d, ["ward=7"])
    ip = v.ip()
    c.hit("second_strict", "denied %s -> 443 rule=r8" % ip, ip, ["rule=r8"], policy="strict")
    ip = v.ip6()
    c.hit("second_strict", {"client": {"address": ip}, "rule": "r8"}, ip, ["r8"], policy="strict")
    mac = v.mac("-")
    c.hit("second_strict", {"macAddress": mac, "ap": "ap-8"}, mac, ["ap-8"], policy="strict")
    c.hit("second_strict", "btc out %s pending" % (a := v.bitcoin()), a, ["pending"], policy="strict")
    c.hit("second_hipaa", {"mrn": (m := v.digits(8)), "unit": "u4"}, m, ["u4"], policy="hipaa")
    c.hit("second_hipaa", "rx by DEA %s for lisinopril" % (m := v.dea()), m, policy="hipaa")
    c.hit("second_hipaa", {"diagnosis": "fibromyalgia", "unit": "u5"}, "fibromyalgia", ["u5"], policy="hipaa")
    c.hit("second_pci", {"pan": (n := v.card("visa", 16)), "cvv": (x := "9" + v.of("123456789", 2)), "mode": "live"}, [n, x], ["live"], policy="pci")
    c.hit("second_failure", {"event": "auth.denied", "principal": (m := v.email()), "client_ip": "203.0.113.8", "reason": "locked", "failures": 12}, m, ["203.0.113.8", "locked", "12"])


BENIGN_TEXTS = (
    "cognito token endpoint answered in 31 ms", "password strength: weak", "Password reset requested", "secret scanning finished: 0 findings", "no secrets found in repo", "token ring adapter up",
    "session-manager-plugin 1.2.650.0", "authorization server metadata refreshed", "key=value pairs parsed: 14", "private key permissions are too open", "public key fingerprint matches",
    "credentials rotated 4 days ago", "cookie policy updated", "cookies enabled: true", "auth=none tls=1.3", "auth: disabled", "basic checks passed", "bearer auth configured", "Bearer realm=\"api\"",
    "WWW-Authenticate: Bearer error=\"invalid_token\"", "WWW-Authenticate: Basic realm=\"restricted\"", "Access-Control-Allow-Headers: Authorization,X-Api-Key", "Vary: Origin, Cookie",
    "Access-Control-Expose-Headers: X-CSRF-Token", "schema field secret is deprecated", "column password does not exist", "Unknown column 'token' in 'where clause'", "pinned to core 4", "PIN pad offline",
    "otp issuer: acme", "otp length must be 6", "passphrase required for key", "passcode retry limit reached", "sort code invalid", "iban missing", "card declined", "card number is invalid",
    "routing number must have 9 digits", "account number format error", "ssn not provided", "email is required", "phone verified", "address line too long", "missing parameter: api_key", "--password is required",
    "error: flag provided but not defined: -token", "Usage: app [--token-file FILE] [--user NAME]", "passwordAttempts=3", "token_bucket_capacity=100", "tokenizer=cl100k", "token_rate=4.1/s",
    "detokenize took 4 ms", "tokenized 812 items", "secretary assigned", "secretion model v2", "compass=ready", "bypass=true", "passenger=4 seats=7", "passive mode on", "passed=41 failed=0", "surpassed limit",
    "keyboard layout fi", "monkey=1", "keyspace=events", "keyframe=24", "hotkey ctrl-k", "author=kim", "authored by kim", "authority=https://login.example.com/common", "signature_version=4", "signed_headers=host",
    "sid_count=4", "csrf protection enabled", "sessions active: 41", "jwt_lifetime=900", "jwks_uri=https://idp.example.com/.well-known/jwks.json", "dsn_count=2", "pin_count=5", "pins=A1,A2",
    "Duration: 3 ms", "retry 3/5", "cost=0.0000166667", "x=3.14159265358979", "pi 3.141592653589793238", "lat 60.1699 lon 24.9384", "1,234,567,890,123", "0x7ffee4b2c1a0", "0xdeadbeef", "-1e-9", "1_000_000_000_000",
    "2026-11-04 10:11:12,345", "20261104101112", "2026W45", "P3DT4H", "PT15M", "UTC+02:00", "10:11:12.131415", "Wed, 04 Nov 2026 10:11:12 GMT", "[04/Nov/2026:10:11:12 +0200]",
    "com.example.auth.PasswordResetTokenRepositoryImpl", "TokenBasedRememberMeServices", "org.springframework.security.web.authentication.www.BasicAuthenticationFilter", "SecretKeyFactory.generateSecret",
    "arn:aws:iam::aws:policy/SecretsManagerReadWrite", "AWS::Serverless::Api", "aws:cloudformation:stack-name", "Fn::GetAtt", "s3:GetObject", "kms:Decrypt", "secretsmanager:DescribeSecret", "logs:PutLogEvents",
    "text/html; charset=utf-8", "application/vnd.api+json", "multipart/form-data; boundary=----x", "gzip, deflate, br", "max-age=31536000; includeSubDomains", "no-cache, no-store", "en-US,en;q=0.9,fi;q=0.8",
    "linux/amd64", "node:20-alpine", "python:3.12-slim@x", "postgres:16.4-bookworm", "v1.30.4+k3s1", "go1.23.3", "1.2.3-rc.1+build.5", "sha-%(h7)s", "rev %(h12)s", "%(h40)s", "%(h64)s", "sha256-%(b43)s=",
    "etag=\"%(h32)s-14\"", "upload id %(h32)s", "key id %(u)s", "kid=%(u)s", "client_id=%(u)s", "tenant_id: %(u)s", "user_id=%(u)s", "device %(u)s opened", "txn %(u)s committed",
    "order %(d8)s", "po-%(d8)s-%(d8)s", "ticket #%(d8)s", "parcel %(d8)s.%(d8)s", "bucket app-logs-%(d12)s-eu-west-1", "%(d12)s.dkr.ecr.eu-west-1.amazonaws.com/web:9",
    "/aws/lambda/auth-token-svc", "/prod/db/host", "https://sqs.eu-west-1.amazonaws.com/%(d12)s/q", "https://abc123.execute-api.eu-west-1.amazonaws.com/prod/token",
    "https://docs.example.com/guides/password-reset", "https://example.com/confirm-your-email-address", "https://example.com/verify", "/reset-password?step=2", "/magic/8-ball", "/invite/friends", "/activate", "mailto:",
    "@media (max-width: 600px)", "@Inject", "@org/pkg@1.0.0", "x@1", "a@b", "user@localhost", "root@ip-10-0-0-4", "git@gitlab.internal:team/repo.git", "sprite@3x.png", "java.lang.String@1b2c3d", "@-rule", "foo@bar!baz",
    "::1", "ff02::1", "10.0.0.1:8080", "127.0.0.1", "0.0.0.0/0", "192.168.1.0/24", "version 10.0.19045.3803", "release 2.4.6.1", "Chrome/131.0.0.0", "OpenSSL 1.1.1w",
    "{}", "[]", "null", "\"\"", "{\"a\":{}}", "---", "===", "***", "...", "[INFO]", "ok", "-", "%%", "100%%", "50%% off", "a=b", "a: b", "a=>b", "k=", "=v", "k:", ":v", "\\n", "tab\there", "caf\u00e9 \u2603 \U0001f600",
    "[secret]", "user=[email] action=login", "password=[secret]", "token=[secret] ok", "[jwt]", "card [credit_card-4242] ok", "password=<hidden>", "password=[REDACTED]", "pwd=****",
    "token=${TOKEN}", "apiKey: ${API_KEY}", "password: ''", "password=\"\"", "secret=null", "secret: none", "token=", "pin: null", "otp: \"\"",
)


def wrong_crc(v):
    """A token whose checksum does not fit."""
    token = v.crc_token("ghp_")
    return token[:-1] + ("1" if token[-1] == "0" else "0")


def details(c):
    """Sentences of the rules that are easily overlooked."""
    v = c.v
    token = wrong_crc(v)
    c.hit("second_detail", c.one("git: token %s refused", "GITHUB_TOKEN=%s", "{\"token\":\"%s\"}", "auth token: %s") % token, token)
    a, b, d = v.password(), v.b62(30), v.password()
    c.hit("second_container", {"credentials": {"label": "blue9", "id": "cr-77", "created": "2026-01-02", "expires": "2027-01-02", "bucket": "b-9", "pass": a, "nested": {"list": [b, {"x": d}]}}}, [a, b, d],
          ["blue9", "cr-77", "2026-01-02", "2027-01-02", "b-9"])
    c.hit("second_keyed", {"quota": {(one := v.email()): 3, (two := v.email()): 4}, "unit": "rps"}, [one, two], ["rps"])
    c.hit("second_keyed", "{\"seen\":{\"%s\":true},\"unit\":\"rps\"}" % (m := v.email()), m, ["rps"])
    number = v.card("maestro", 16)
    c.hit("second_detail", "debit card %s used" % number, number, ["used"])
    c.hit("second_detail", {"attributes": [{"Name": "phone_number", "Value": (p := v.phone().replace(" ", "").replace("-", ""))}, {"Name": "zoneinfo", "Value": "CET"}]}, p, ["CET"])
    c.hit("second_detail", {"a": {"b": {"c": {"d": {"e": [{"f": {"apiSecret": (s := v.b62(30))}}]}}}}, "unit": "rps"}, s, ["rps"])
    c.hit("second_detail", "request {\"auth\":{\"type\":\"basic\",\"password\":\"%s\"},\"path\":\"/a7\"} took 4ms" % (s := v.password()), s, ["/a7"])
    c.hit("second_detail", "password %s\x1b[0m=\x1b[1m%s\x1b[0m zone=z9" % ("", (s := v.password())), s, ["zone=z9"])
    c.hit("second_detail", {"password": {"current": (s := v.password()), "next": (t := v.password())}}, [s, t])
    c.hit("second_detail", {"token": [(s := v.b62(30)), (t := v.b62(30))]}, [s, t])
    c.hit("second_detail", {"passwords": [(s := v.password()), (t := v.password())], "unit": "rps"}, [s, t], ["rps"], soft=True)
    c.hit("second_detail", "ERROR login(kim) { code: 'E7', config: { auth: { username: 'kim', password: '%s' }, url: '/x7' } }" % (s := v.password()), s, ["/x7"])
    c.hit("second_detail", "2026-11-04 10:11:12 [main] DEBUG o.a.h.wire - http-outgoing-0 >> \"Authorization: Basic %s[\\r][\\n]\"" % (
        s := base64.b64encode(("svc:" + v.password()).encode()).decode()), s, ["http-outgoing-0"])
    c.hit("second_detail", "http-outgoing-1 >> \"{\"user\":\"kim\",\"password\":\"%s\"}\"" % (s := v.password()), s, ["http-outgoing-1"])
    c.hit("second_detail", "npm ERR! //registry.npmjs.org/:_authToken=%s" % (s := v.crc_token("npm_")), s, ["npm ERR!"])
    c.hit("second_detail", "java.sql.SQLException: Cannot create PoolableConnectionFactory (user=app, password=%s) at db-7" % (s := v.password()), s, ["at db-7"])
    c.hit("second_detail", "Traceback: login(user='kim', password='%s') got TypeError" % (s := v.password()), s, ["TypeError"])
    c.hit("second_detail", "pydantic: password='%s' username='kim9'" % (s := v.password()), s, ["username='kim9'"])
    c.hit("second_detail", "Config(db=DbConfig(host='h7', password=SecretStr('%s')))" % (s := v.password()), s, ["host='h7'"])
    c.hit("second_detail", "zap {\"level\":\"info\",\"msg\":\"dial\",\"opts\":\"{Addr:r-1:6379 Password:%s DB:0}\"}" % (s := v.password()), s, ["Addr:r-1:6379", "DB:0"])
    for template, keep in (("level=warn msg=\"bind failed password=%s\" dur=3ms", "dur=3ms"), ("E: 'user=kim password=%s' at auth.c:41", "auth.c:41"), ("said \"token: %s\" then left", "then left"),
                           ("{\"error\":\"mount failed: password=%s\",\"n\":7}", "mount failed"), ("[\"--set\",\"db.password=%s\",\"--wait\"]", "--wait"), ("exec (`x --secret=%s`) rc=1", "rc=1")):
        c.hit("second_before_quote", template % (s := v.simple_password()), s, [keep])
    c.hit("second_detail", "winston: error connecting {\"connectionString\":\"Server=s;User Id=a;Password=%s\"}" % (s := v.password()), s, ["winston"])


URLS_WITHOUT = (
    "postgres://db-1:5432/shop", "redis://cache-2:6379/0", "https://user@host.example/repo.git", "mysql://${DB_USER}:${DB_PASS}@db/x", "postgres://app:***@db-1/shop", "amqp://guest@rabbit:5672",
    "mongodb://m-0:27017,m-1:27017/?replicaSet=rs0", "https://example.com:8443/a@b", "http://[::1]:8080/x", "jdbc:postgresql://pg-4/crm?ssl=true", "jdbc:oracle:thin:@//ora-1:1521/ORCL",
    "s3://bucket/key@2x.png", "git+ssh://git@github.example/org/repo", "ldap://ldap-1:389/dc=x", "kafka://b-1:9092,b-2:9092", "ws://rt-1/socket", "file:///var/task/a:b@c", "https://a.example/@scope/pkg/-/pkg-1.2.3.tgz",
    "mailer smtp://smtp-3:587", "dsn_host=pg-1", "Server=sql-1;Database=hr;Integrated Security=true", "Endpoint=sb://ns.servicebus.windows.net/", "host=pg dbname=crm user=app sslmode=require",
)
NAMES_THAT_STAY = (
    "pan=45 tilt=10 zoom=2", "address=0.0.0.0:8080", "bind_address: 127.0.0.1", "session: closed by peer", "vpn session=up", "code: ER_DUP_ENTRY", "exit code: 137", "error code=ECONNRESET", "status code 504",
    "email_verified=true", "phone_verified: false", "email_count=4", "phone_type=home", "device_type=tablet", "ip_version=4", "mobile=true", "name=service-a", "hostname=ip-10-0-0-4", "filename=report.csv",
    "username=kim42", "user: kim42", "login=robot-3 ok", "company_name=Acme", "table_name=orders", "last_login=2026-11-01", "first_seen=2026-10-01", "first=40 last=50", "license=Apache-2.0", "healthcheck=pass", "health: green",
    "key=name sort=asc", "keys: 14", "key: orders/9", "tokens=14", "tokens: 900", "card_type=visa", "card_count=2", "cards: 3", "account_id=acc_77", "account: 4 open", "account_type=checking",
    "card_last4=4242", "last4: 1881", "cardBrand=amex", "expiry_month=12", "iban_count=2", "bank_name=Nordea", "country=FI", "city_count=4", "region: eu-north-1", "zip=true", "state=open", "province=QC",
    "passenger_name_record=on", "author_name=redactor", "signature_version=4", "sig_alg=ed25519", "assertion_count=4", "assertions: 412 passed", "pin_layout=A", "pinned: 4", "opt=4 otp_issuer=acme", "cookie_domain=.example.com",
    "cookie_count=3", "set_cookie_count=1", "auth_type=iam", "authorizer=lambda-authorizer-v2", "authorization_endpoint=https://idp.example.com/authorize", "jwt_issuer=https://idp.example.com", "jwt_format=compact",
    "bearer_methods_supported=header", "basic=true", "digest=%(h64)s", "hash=%(h40)s", "nonce=%(h12)s", "salt_length=16", "iv_size=12", "checksum=%(h32)s", "crc=%(h7)s", "sub=%(u)s", "aud=web-9", "iss=https://idp.example.com",
    "uid=1000 gid=1000", "pid=4411", "tid=9", "mac_count=3", "lat=60.17 lon=24.94", "geo: 60.1699,24.9384", "imei_count=2", "vin_count=9", "mrn_format=8d", "diagnosis_count=2", "dob_required=true",
)


def wrong_numbers(c):
    """What looks like the number of a card, an account or a person, and fails its check."""
    v = c.v

    def off(value):
        """With another last digit or letter."""
        last = value[-1]
        other = chr(ord(last) - 1) if last not in "0Aa" else chr(ord(last) + 1)
        return value[:-1] + other

    cpf, cnpj = off(v.cpf()), off(v.cnpj())
    for text in ("lote %s.%s.%s-%s" % (cpf[:3], cpf[3:6], cpf[6:9], cpf[9:]), "lote %s.%s.%s/%s-%s" % (cnpj[:2], cnpj[2:5], cnpj[5:8], cnpj[8:12], cnpj[12:]), "unit %s sold" % off(v.dni()),
                 "unit %s sold" % off(v.nie()), "model %s shipped" % off(v.codice_fiscale()), "crate %s weighed" % off(v.nric()), "ref %s booked" % off(v.iban("DE")), "ref %s booked" % off(v.iban("FR")),
                 "ref %s booked" % off(v.iban("GB")), "blob %s stored" % off(v.card("visa", 16)), "blob %s stored" % off(v.card("amex")), "blob %s" % grouped(off(v.card("visa", 16)), (4, 4, 4, 4), "-"),
                 "wallet-like %s" % off(v.bitcoin()), "ghp_%s is too short" % v.b62(20), "AKIA%s" % v.of("ABCDEFGHJKLM", 9), "sk_live_short", "xoxb-123", "SG.short.key", "npm_%s" % v.b62(12), "AIza%s" % v.b62(12)):
        c.neg("second_wrong", text)


STRICT_TEXTS = (
    "fingerprint %(pairs20)s", "dump de:ad:be:ef:00:11:22:33:44:55", "SHA1 Fingerprint=%(pairs20)s", "00 11 22 33 44 55 66 77 88", "elapsed 10:11:12", "range 1:2:3:4:5:6", "std::map<std::string, int>::find",
    "nginx version 1.25.3.1", "firmware v4.2.1.0 installed", "OID 1.3.6.1.4.1.9.9", "semver 10.20.30.40-rc1", "tx 0x%(h64)s", "ipfs Qm%(b58)s", "commit %(h40)s", "a::b", "::", "ab::cd::ef",
)


def near_secrets(c):
    """Ids and names close to the word of a secret are no secrets."""
    v = c.v
    for text in ("token check for request %s passed" % v.uuid(), "secret version %s activated" % v.uuid(), "session cache hit for trace %s" % v.hex(32), "password policy rev %s" % v.hex(40),
                 "token validator com.example.security.TokenValidationServiceImplementation loaded", "secret store image sha256:%s" % v.hex(64), "api key usage plan %s" % v.b62(10).lower(),
                 "rotated signing key, kid=%s" % v.uuid(), "password reset job %s done in 41 ms" % v.uuid(), "token service listening on /var/run/token-service-3/control.socket"):
        c.neg("second_near", text)
    pairs = ":".join(v.of("0123456789ABCDEF", 2) for _ in range(20))
    for text in STRICT_TEXTS:
        c.neg("second_strict", text % {"pairs20": pairs, "h64": v.hex(64), "h40": v.hex(40), "b58": v.of("123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ", 44)}, policy="strict")
    c.neg("second_example", "docs use AKIAIOSFODNN7" + "EXAMPLE as the key id", soft=True)
    c.neg("second_example", "a bad checksum: %s" % wrong_crc(v), soft=True)


def benign(c):
    v = c.v
    values = {"h7": v.hex(7), "h12": v.hex(12), "h32": v.hex(32), "h40": v.hex(40), "h64": v.hex(64), "b43": v.b64(43), "u": v.uuid(), "d8": v.digits(8), "d12": v.account()}
    for text in BENIGN_TEXTS + URLS_WITHOUT + NAMES_THAT_STAY:
        c.neg("second", text % values if "%(" in text or "%%" in text else text)
    for record in ({"level": 30, "time": int(v.epoch_ms()), "pid": 7, "hostname": "h", "reqId": "req-1", "res": {"statusCode": 200}, "responseTime": 3.41, "msg": "request completed"},
                   {"@t": "2026-11-04T10:11:12.131Z", "@mt": "Token validated in {Elapsed} ms", "Elapsed": 4.1, "SourceContext": "Auth.TokenValidator"},
                   {"severity": "INFO", "logging.googleapis.com/trace": "projects/p/traces/" + v.hex(32), "message": "password policy evaluated"},
                   {"event": "token.issued", "token_type": "bearer", "expires_in": 3600, "scope": "read"}, {"input_tokens": 4, "output_tokens": 5, "total_tokens": 9, "tokens": 9},
                   {"promptTokens": 12, "completionTokens": 3, "maxTokens": 100, "tokenCount": 15, "tokensUsed": 15}, {"nextPageToken": v.b62(30), "resultSizeEstimate": 4},
                   {"NextMarker": v.b64(40), "KeyCount": 4, "MaxKeys": 1000, "Prefix": "keys/"}, {"partitionKey": "pk-1", "sortKey": "sk-1", "hashKey": "h", "rangeKey": "r"},
                   {"keyId": v.uuid(), "keyArn": "arn:aws:kms:eu-west-1:%s:key/%s" % (v.account(), v.uuid()), "keySpec": "AES_256", "keyUsage": "ENCRYPT_DECRYPT"},
                   {"secretId": "prod/db", "secretName": "prod/db", "versionId": v.uuid(), "rotationEnabled": True}, {"passwordPolicy": {"min": 8}, "tokenPolicy": "strong"},
                   {"sessionDuration": 900, "sessionCount": 4, "sessionTimeout": 30}, {"authMethod": "oidc", "authProvider": "x", "authTime": 12}, {"cookieConsent": True, "cookiePolicy": "v2"},
                   {"pinned": True, "pinCount": 2, "spinner": "on", "opinion": "good"}, {"codeVerifierMethod": "S256", "statusCode": 200, "errorCode": "E41", "countryCode": "FI", "code": "ER_DUP"},
                   {"build": {"commit": v.hex(40), "image": "web@sha256:" + v.hex(64), "version": "1.4.2.7"}}, {"trace_id": v.hex(32), "span_id": v.hex(16), "trace_flags": "01"},
                   {"requestId": v.uuid(), "traceId": v.xray(), "correlationId": v.uuid7(), "eventId": v.ulid()}, {"orderId": v.luhn_number("77", 16), "trackingNumber": "1Z" + v.of("0123456789ABCDEF", 16)},
                   {"timestamp": int(v.epoch_ms()), "nanos": int(v.epoch_ms()) * 1000000, "iso": v.iso(), "day": "2026-11-04"}, {"sourceIp": "203.0.113.9", "userAgent": "curl/8.9.1", "port": 51234},
                   {"isBase64Encoded": False, "body": "hello there", "statusCode": 200}, {"isBase64Encoded": True, "body": base64.b64encode(b"\x89PNG\r\n\x1a\n" + v.bytes(60)).decode()},
                   {"name": "region", "value": "eu-west-1"}, [], {"Name": "LOG_LEVEL", "Value": "debug"}, {"key": "Via", "value": "1.1 edge"}, {"Tags": [{"Key": "team", "Value": "token-platform"}]},
                   {"query": "select id from users where email_verified = true and password_set = true"}, {"field": "password", "rule": "minLength", "limit": 12},
                   {"i18n": "fi", "keys": 412}):
        if record:
            c.neg("second_json", record)


ROUNDS, BENIGN = (texts, records, identities, details), (benign, wrong_numbers, near_secrets)
