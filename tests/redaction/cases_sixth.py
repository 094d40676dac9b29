"""A sixth time: rows of a template, the value that goes into it, and what must stay beside it; phrasings of everyday lines."""
import base64
import json

from gens import BASE64URL, luhn_ok


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def b64(text):
    return base64.b64encode(text.encode()).decode()


def human(v):
    return v.fresh(lambda: "%s%s%s%d" % (v.word().capitalize(), v.pick("!", "#", "@", "$", "*"), v.word()[:4], v.between(10, 9999)))


def raw(v, n):
    return v.fresh(lambda: v.of(BASE64URL, n))


PASSWORDS = (
    # kind, template, what stays
    ("json_password", '{"op":"rotate","db_user":"svc","db_pass":"%s","ok":true}', ["rotate", "\"ok\":true"]),
    ("json_password", '{"mail":{"smtpUser":"m","smtpPass":"%s"},"tz":"CET"}', ["CET"]),
    ("json_password", '{"confirmPassword":"%s","step":2}', ["\"step\":2"]),
    ("json_password", '{"a":1,"credentials":{"username":"svc","password":"%s","type":"ldap"}}', ["ldap"]),
    ("json_password", '{"login":{"userPassword":["%s"]},"n":2}', ["\"n\":2"]),
    ("json_password", '{"wifiPassphrase":"%s","ssid":"lab"}', ["lab"]),
    ("json_password", '{"msg":"bind","args":["uid=a","pw=%s"],"n":3}', ["uid=a"]),
    ("json_password", '{"keystore":{"path":"/k.jks","keyPassword":"%s"}}', ["/k.jks"]),
    ("json_password", '[{"env":"qa","adminPwd":"%s"},{"env":"prod"}]', ["qa", "prod"]),
    ("logfmt", "ts=1 lvl=dbg mod=ftp user=a password=\"%s\" ok=false", ["ok=false"]),
    ("logfmt", "component=imap passwd:%s retries:3", ["retries:3"]),
    ("logfmt", "job.start id=4 rabbitmq_default_pass=%s node=r1", ["node=r1"]),
    ("logfmt", "level=info db_password='%s' pool=3", ["pool=3"]),
    ("logfmt", "auth.failed userPassword=%s, ip=10.0.0.3", ["ip=10.0.0.3"]),
    ("logfmt", "[cfg] admin.password -> %s [cfg] admin.port -> 81", ["admin.port -> 81"]),
    ("logfmt", "SMTP_PASSWORD = %s", []),
    ("prose", "switching to backup account, password: %s (expires friday)", ["(expires friday)"]),
    ("prose", "wrong password \"%s\" for user kay", ["for user kay"]),
    ("prose", "the admin password has been reset to %s by kay", ["by kay"]),
    ("prose", "user typed password '%s' twice", ["twice"]),
    ("prose", "LDAP bind with secret \"%s\" refused", ["refused"]),
    ("prose", "default password is still %s on 10.0.0.9", ["on 10.0.0.9"]),
    ("prose", "please use password %s for the ftp drop", ["for the ftp drop"]),
    ("prose", "Passphrase: %s", []),
    ("prose", "password=%s was rejected by policy", ["was rejected by policy"]),
    ("prose", "old password %s, new one pending", ["new one pending"]),
    ("python_repr", "<Config host='a' password='%s' port=5>", ["port=5"]),
    ("python_repr", "Conn(user='a', pwd='%s')", []),
    ("python_repr", "ConnectionError(('pg', 5432), {'password': '%s'}) raised", ["raised"]),
    ("python_repr", "args: ('login',) kwargs: {'passphrase': u'%s', 'n': 1}", ["'n': 1"]),
    ("python_repr", "dataclass Creds(login=\"a\", password=\"%s\", ttl=60)", ["ttl=60"]),
    ("go_struct", "{Host:pg Port:5432 Pass:%s SSL:true}", ["SSL:true"]),
    ("go_struct", "&config.DB{DSN:\"\", Password:\"%s\", MaxOpen:4}", ["MaxOpen:4"]),
    ("go_struct", "opts=map[string]string{\"password\":\"%s\", \"mode\":\"ro\"}", ["\"mode\":\"ro\""]),
    ("go_struct", "[{User:a Secret:%s} {User:b Secret:}]", ["User:b"]),
    ("java_tostring", "DataSource(url=jdbc:x, username=a, password=%s, poolSize=4)", ["poolSize=4"]),
    ("java_tostring", "Creds[user=a, pin=null, password=%s]", ["pin=null"]),
    ("java_tostring", "{password=%s, mode=ro}", ["mode=ro"]),
    ("ruby_hash", "{\"login\"=>\"a\", \"passwd\"=>\"%s\", \"n\"=>2}", ["\"n\"=>2"]),
    ("ruby_hash", "params: {login: \"a\", password: \"%s\"}, status: 422", ["status: 422"]),
    ("php_print_r", "Array ( [user] => a [passwd] => %s [n] => 2 )", ["[n] => 2"]),
    ("php_print_r", "stdClass Object\n(\n    [dbPassword] => %s\n    [dbPort] => 3306\n)", ["3306"]),
    ("dotnet_record", "DbOptions { Host = pg, Password = %s, Port = 5432 }", ["Port = 5432"]),
    ("node_inspect", "{ user: 'a', password: '%s', opts: [Object] }", ["opts: [Object]"]),
    ("node_inspect", "Config {\n  secret: '%s',\n  ttl: 5\n}", ["ttl: 5"]),
    ("yaml", "mail:\n  user: m\n  password: \"%s\"\n  port: 25", ["port: 25"]),
    ("yaml", "- {name: a, password: %s, shell: sh}", ["shell: sh"]),
    ("ini", "[ftp]\npassword=%s\npassive=1", ["passive=1"]),
    ("ini", "; dump\ndb.pwd = %s\ndb.ssl = on", ["db.ssl = on"]),
    ("xml", "<smtp><password>%s</password><port>25</port></smtp>", ["<port>25</port>"]),
    ("xml", "<db user=\"a\" password=\"%s\" pool=\"4\"/>", ["pool=\"4\""]),
    ("xml", "<entry key=\"db.password\">%s</entry><entry key=\"db.pool\">4</entry>", ["<entry key=\"db.pool\">4</entry>"]),
    ("xml", "<param name='password' value='%s'/>", []),
    ("xml", "<soap:Header><Password>%s</Password></soap:Header>", ["soap:Header"]),
    ("xml", "key=\"AdminPassword\" value=\"%s\"", []),
    ("sql", "CREATE USER rep WITH PASSWORD '%s' NOSUPERUSER", ["NOSUPERUSER"]),
    ("sql", "create user 'a'@'h' identified by '%s'", ["create user"]),
    ("sql", "ALTER LOGIN sa WITH PASSWORD='%s' MUST_CHANGE", ["MUST_CHANGE"]),
    ("sql", "SET PASSWORD = '%s'", []),
    ("sql", "update accounts set pwd='%s' where id=3", ["where id=3"]),
    ("cli", "run: ftp-sync --user a --password '%s' --dir /in", ["--dir /in"]),
    ("cli", "run: ftp-sync --passwd=%s --dir /in", ["--dir /in"]),
    ("cli", "curl -k --user svc:%s https://a.example/x", ["https://a.example/x"]),
    ("cli", "mysql --host=db -usvc -p%s -e 'select 1'", ["--host=db"]),
    ("cli", "docker login -u ci -p %s reg.example", ["reg.example"]),
    ("cli", "openssl rsa -in k.pem -passin pass:%s -out o.pem", ["-out o.pem"]),
    ("cli", "java -Ddb.password=%s -jar app.jar", ["-jar app.jar"]),
    ("cli", "ldapsearch -x -D cn=a -w %s -b dc=x", ["-b dc=x"]),
    ("cli", "PGPASSWORD=%s psql -h pg -c 'select 1'", ["psql -h pg"]),
    ("cli", "echo %s | sudo -S systemctl restart x", ["systemctl restart x"]),
    ("cli", "zip -P %s out.zip f", ["out.zip f"]),
    ("cli", "restic --password-command 'echo %s' backup", ["backup"]),
    ("multipart", "--b\nContent-Disposition: form-data; name=\"passwd\"\n\n%s\n--b--", ["--b--"]),
    ("ansi", "\x1b[36mpassword\x1b[0m: \x1b[33m%s\x1b[39m done", ["done"]),
    ("nested_json", "msg={\"cfg\":\"{\\\"password\\\":\\\"%s\\\"}\"} n=1", ["n=1"]),
    ("nested_json", "{\"level\":\"info\",\"message\":\"{\\\"user\\\":\\\"a\\\",\\\"password\\\":\\\"%s\\\"}\"}", ["\"level\":\"info\""]),
    ("html_entity", "{&quot;password&quot;:&quot;%s&quot;,&quot;k&quot;:1}", ["k&quot;:1"]),
    ("arrow", "password => \"%s\", user => a", ["user => a"]),
    ("colon_tab", "Password:\t%s", []),
    ("tabular", "username\tpassword\tttl\nkay\t%s\t60", ["ttl"]),
)
SOFT = ("tabular", "echo")

TOKEN_LINES = ("refresh failed for %s", "got %s back", "k=%s", "\"%s\"", "{\"t\":\"%s\"}", "cloning with %s ... done", "x: %s, y: 2", "(%s)", "<t>%s</t>", "%s rejected", "token %s", "value=%s;", "'%s'", "[%s]", "a %s b", "...%s...",
               "url?x=%s&y=1", "h: %s\n")


def passwords(c):
    v = c.v
    for kind, template, keep in PASSWORDS:
        p = human(v)
        soft = kind in SOFT or template.startswith(SOFT) or "password-command" in template
        c.hit("keys." + kind, template % p if "%%" in template else template.replace("%s", p), p, keep, soft=soft)
    for template, keep in (("{\"enabled\":true,\"otp\":%s}", "true"), ("{\"pin\":%s,\"n\":\"x\"}", "\"n\":\"x\""), ("{\"auth\":{\"mfaCode\":\"%s\"},\"n\":1}", "\"n\":1"), ("{\"passcode\":%s,\"door\":\"B2\"}", "B2"), ("totp=%s skew=1", "skew=1"),
                           ("{\"verificationCode\":\"%s\",\"ch\":\"sms\"}", "sms"), ("sms body: Your code is %s", "sms body"), ("OTP for login: %s", "for login"), ("otp: %s (sms)", "(sms)"), ("one time password %s sent", "sent"),
                           ("confirmation code: %s", "confirmation"), ("{\"smsCode\":%s}", "smsCode"), ("security code %s entered", "entered")):
        n = v.otp()
        c.hit("keys.otp", template % n, n, [keep])
    for name in ("api_key", "apiKey", "X-Api-Key", "secret", "clientSecret", "access_token", "authToken", "signing_key", "privateKey", "encryptionKey", "refresh-token", "session_token", "appSecret", "webhookSecret", "masterKey", "sharedSecret", "consumer_secret",
                 "bearerToken", "csrf_token", "license_key", "hmac_key", "API_TOKEN", "GITHUB_TOKEN", "NPM_TOKEN", "SECRET_KEY_BASE", "JWT_SECRET", "COOKIE_SECRET", "SESSION_SECRET", "SLACK_SIGNING_SECRET", "STORAGE_ACCOUNT_KEY", "AZURE_CLIENT_SECRET", "ALGOLIA_ADMIN_KEY",
                 "datadog.api.key", "vault-token", "serviceAccountKey", "integrationKey", "db.secret", "auth_key"):
        k = v.b62(v.pick(24, 32, 40))
        c.hit("keys.named", c.one('{"%s":"%s","n":1}', "%s=%s n=1", "%s: %s\nn=1", "{'%s': '%s', 'n=1': 2}", "env %s='%s' n=1", "<%s>%s</x> n=1" if "." not in name and "X-" not in name else "%s=%s n=1", "%s => %s n=1", "set %s to \"%s\" n=1") % (name, k), k, ["n"])


def tokens(c):
    v = c.v
    made = v.vendor_tokens()
    for name in sorted(made):
        t = made[name]()
        secret = t.rsplit("/", 1)[1] if name == "slack_hook" else t
        c.hit("tokens." + name, c.one(TOKEN_LINES) % t, secret)
    for prefix, n, suffix in (("glpat-", 20, ""), ("AIzaSy", 33, ""), ("GOCSPX-", 28, ""), ("ya29.a0", 140, ""), ("sk-ant-api03-", 93, "AA")):
        t = prefix + raw(v, n) + suffix
        c.hit("tokens.raw", c.one("use %s now", "k='%s'", "{\"k\":\"%s\"}", "%s", "(%s)") % t, t)
    t = "SG.%s.%s" % (raw(v, 22), raw(v, 43))
    c.hit("tokens.sendgrid", "mailer (%s) ready" % t, t, ["ready"])
    t = v.digits(10) + ":AA" + raw(v, 33)
    c.hit("tokens.telegram", "bot started with %s in chat 4" % t, t, ["in chat 4"])
    t = "github_pat_%s_%s" % (v.b62(22), v.b62(59))
    c.hit("tokens.github_pat", "remote: invalid credentials for %s" % t, t, ["remote: invalid credentials"])
    for kind, t in (("jwt", v.jwt()), ("jwt_rs", v.jwt("RS256")), ("jwt_none", v.jwt("none")), ("jwe", v.jwe())):
        c.hit("structured." + kind, c.one("ws upgrade with %s refused", "cookie tok=%s", "{\"jwt\":\"%s\"}", "t=%s&u=1", "Token: %s", "claims of %s ok") % t, t)
    for template, keep in (("aws_access_key_id=%s\naws_secret_access_key=%s", []), ("{\"AccessKeyId\":\"%s\",\"SecretAccessKey\":\"%s\",\"Region\":\"eu-west-1\"}", ["eu-west-1"]), ("AKID %s with secret %s failed", ["failed"]), ("export AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s", []),
                           ("{\"accessKey\":\"%s\",\"secretKey\":\"%s\"}", []), ("new AWSCredentials(%s, %s)", []), ("s3://%s:%s@bucket/p", ["bucket"]), ("access_key: %s\nsecret_key: %s\nregion: x", ["region: x"])):
        a, s = v.aws_id(), v.aws_secret()
        c.hit("structured.aws_pair", template % (a, s), [a, s], keep)
    k = v.b64(86) + "=="
    c.hit("structured.azure_storage", "BlobServiceClient(account='a', key='AccountKey=%s')" % k, k)
    for template, keep in (("postgres://u:%s@h:5432/d", ["h:5432/d"]), ("mysql://root:%s@10.0.0.5/x?ssl=1", ["10.0.0.5/x?ssl=1"]), ("cannot reach amqp://svc:%s@mq:5672/%%2f", ["mq:5672"]), ("REDIS_URL=redis://:%s@r:6379", ["r:6379"]), ("mongodb://a:%s@m1,m2/db", ["m1,m2/db"]),
                           ("https://bot:%s@git.example/x.git", ["git.example/x.git"]), ("ftp://in:%s@ftp.example/d", ["ftp.example/d"]), ("jdbc:postgresql://h/d?user=u&password=%s", ["h/d"]), ("jdbc:oracle:thin:u/%s@h:1521:X", ["h:1521:X"]), ("Server=h;Uid=u;Pwd=%s;Database=d", ["Database=d"]),
                           ("Data Source=h;User ID=u;Password=%s;Encrypt=yes", ["Encrypt=yes"]), ("amqps://u:%s@b-1.mq.eu-west-1.amazonaws.com:5671", ["b-1.mq.eu-west-1.amazonaws.com:5671"])):
        p = v.pick(human(v).replace("@", "!").replace("#", "_"), v.simple_password())
        c.hit("structured.url", template % p, p, keep)
    lines = v.pem(v.pick("PRIVATE KEY", "RSA PRIVATE KEY"), 5)
    c.hit("structured.pem", c.one("k=%s", "{\"pem\":\"%s\"}", "'%s'", "key: \"%s\"") % "\\n".join(lines), lines[1:-1])
    lines = v.pem("EC PRIVATE KEY", 4)
    c.hit("structured.pem_split", "\n".join(["tls dump"] + lines + ["fin"]), lines[1:-1], ["tls dump", "fin"], split="lines")


def headers(c):
    v = c.v
    for name in ("authorization", "Authorization", "AUTHORIZATION", "X-Amz-Security-Token", "x-vault-token", "X-Auth-Token", "Proxy-Authorization", "x-access-token", "X-CSRF-Token", "x-api-key", "api-key", "X-Functions-Key", "Cookie", "Set-Cookie", "x-session-token", "X-Authorization"):
        t = v.b62(40)
        value = {"c": "sid=" + t, "s": "sid=" + t + "; Path=/"}.get(name[0].lower()) if "ookie" in name else ("Bearer " + t if "uthori" in name.lower() else t)
        c.hit("headers.named", c.one("%s: %s\nAccept: a/b", "> %s: %s\n> Accept: a/b", '{"headers":{"%s":"%s","Accept":"a/b"}}', "{'%s': '%s', 'Accept': 'a/b'}", "-H '%s: %s' -H 'Accept: a/b'", '{"multiValueHeaders":{"%s":["%s"],"Accept":["a/b"]}}',
                                     '[{"key":"%s","value":"%s"},{"key":"Accept","value":"a/b"}]', "%s=[%s], Accept=[a/b]") % (name, value), t, ["a/b"])
    for template in ("Digest username=\"k\", realm=\"r\", nonce=\"n\", uri=\"/\", response=\"%s\"", "Authorization: Digest username=k,response=%s"):
        r = v.hex(32)
        c.hit("headers.digest", template % r, r)
    b = b64("kay:" + human(v))
    c.hit("headers.basic", c.one("Authorization=Basic %s", "basic auth header was Basic %s", "{\"authorization\":\"Basic %s\"}") % b, b)


def ids(c):
    v = c.v
    n = v.card("visa", 16)
    c.hit("payment.pan", c.one("pan:%s", "auth for %s ok", "{\"card_no\":\"%s\"}", "'%s' declined", "<PAN>%s</PAN>", "%s,12.50,NOK", "cc=%s", "visa %s", "%s expired") % n, n)
    for brand in ("mastercard", "amex", "diners", "jcb", "maestro", "unionpay", "mir"):
        n = v.card(brand)
        c.hit("payment.pan", c.one("capture %s failed", "{\"pan\":\"%s\"}", "card=%s", "kortnummer %s", "PAN: %s.", "%s -> token") % n, n)
    for text, value in (("SSN on file %s", v.ssn()), ("borrower %s pulled", v.ssn()), ("{\"ssn\":\"%s\"}", v.ssn("")), ("sin %s", v.sin()), ("nhs %s", v.nhs()), ("NINO: %s", v.nino()), ("cpf %s", v.cpf()), ("cliente CNPJ %s", v.cnpj()), ("aadhaar: %s", v.aadhaar()),
                        ("PAN no %s (income tax)", v.india_pan()), ("DNI=%s", v.dni()), ("nie %s", v.nie()), ("C.F. %s", v.codice_fiscale()), ("nr PESEL %s", v.pesel()), ("bsn=%s", v.bsn()), ("Steuer-IdNr. %s", v.german_tin()), ("n° de sécurité sociale %s", v.nir()), ("personnummer %s", v.personnummer()),
                        ("tfn:%s", v.tfn()), ("nric=%s", v.nric()), ("身份证 %s", v.china_id()), ("routing=%s", v.aba()), ("passport=%s", v.passport())):
        c.hit("government.id", text % value, value)
    for country in ("DE", "GB", "FR", "NL", "ES", "NO", "MT", "SE", "IT"):
        i = v.iban(country)
        c.hit("payment.iban", c.one("{\"iban\":\"%s\"}", "from %s", "IBAN %s", "acc=%s", "payee %s added") % i, i)
    for text in ("user %s not found", "to=%s", "{\"email\":\"%s\"}", "%s signed up", "reset mail -> %s", "cc: %s, bcc: none", "owner(%s)", "login=%s&x=1"):
        e = v.email()
        c.hit("contact.email", text % e, e)
    for text in ("call %s", "{\"phone\":\"%s\"}", "sms->%s", "tel=%s", "contact number: %s", "mobile %s verified"):
        p = v.phone()
        c.hit("contact.phone", text % p, p)
    for style in ("206-555-0142", "(312) 555-0177", "415.555.0198", "1 617 555 0123"):
        c.hit("contact.phone_us", c.one("phone %s", "cell: %s", "{\"phone\":\"%s\"}", "tel %s") % style, style)
    for policy in ("default", "strict", "pci", "hipaa"):
        f, l = v.first() + "o", v.last()
        c.hit("contact.name", {"first_name": f, "last_name": l, "plan": "x9"}, [f, l], ["x9"], policy=policy)
        p = human(v)
        c.hit("keys.policy", {"password": p, "region": "eu"}, p, ["eu"], policy=policy)
        n = v.card("visa", 16)
        c.hit("payment.policy", "card %s ok" % n, n, ["ok"], policy=policy)
        e = v.email()
        c.hit("contact.policy", "mail %s queued" % e, e, ["queued"], policy=policy)
    i = v.ip()
    c.hit("contact.ip", c.one("scan from %s", "{\"clientIp\":\"%s\"}", "remote=%s", "%s GET /x") % i, i, policy="strict")
    m = v.mac()
    c.hit("contact.mac", c.one("nic %s", "{\"mac\":\"%s\"}") % m, m, policy="strict")


NEGATIVES = (
    "batch {uuid} took 3s", "x-request-id={uuid}", "{{\"id\":\"{uuid}\",\"n\":1}}", "req {uuid} user-agent curl", "corr-id: {uuid}", "Root={xray};Sampled=1", "trace={hex32} span={hex16}", "commit {hex40}", "blob {hex64}", "sha1={hex40} ok", "md5 {hex32}",
    "etag \"{hex32}\"", "build {hex7} deployed", "ts={epoch_ms}", "exp={epoch}", "order {nonluhn} packed", "parcel {nonluhn51} scanned", "ref 000-12-3456", "lot 666-45-1234", "token_count=12", "tokens: 812 in, 44 out", "max_tokens: 1024", "password_min_length=12",
    "passwordExpiry=90d", "secret_count=3 secretVersion=7", "password incorrect", "Invalid password", "password is required", "Please enter your password", "password must contain a digit", "password changed successfully", "no password supplied",
    "Your password will expire in 5 days", "token invalid", "token has expired", "missing token", "bad token at position 12", "unexpected token ] in JSON at position 44", "auth=ok method=password", "grant_type=password accepted", "response_type=token",
    "auth_provider=cognito", "authorization failed: policy deny", "Authorization header is missing", "Bearer scheme expected", "Basic realm set", "api key missing", "invalid api key", "api_key_id=ak_12 status=active", "secret not found in store", "secret updated",
    "{{\"secretName\":\"prod/db\",\"keyAlgorithm\":\"RSA\"}}", "{{\"tokenExpiresIn\":3600,\"tokenScope\":\"read\"}}", "{{\"keyType\":\"HASH\",\"keyCount\":2}}", "{{\"credentialsProvider\":\"env\"}}", "{{\"pinned\":true,\"shipping\":1}}", "{{\"sessionTimeout\":900}}",
    "{{\"cookieEnabled\":true}}", "{{\"nextToken\":\"eyJ2IjoxfQ\"}}", "{{\"pageToken\":\"CAUQAA\"}}", "cursor=eyJpZCI6NDR9", "{{\"primaryKey\":\"id\"}}", "{{\"partitionKey\":\"user#44\"}}", "{{\"s3Key\":\"a/b/c.json\"}}", "cacheKey=u:44:p", "sort_key=2026#03",
    "idempotency-key: {uuid}", "publicKey={b64_43}=", "eslint@9.1.0 ok", "left-pad@1.3.0", "@babel/core@7.24.0", "logo@2x.png", "git@github.com:a/b.git", "Foo@1a2b3c4d", "user@host:~$ ls", "docker pull reg/app@sha256:{hex64}",
    "    at Object.<anonymous> (/var/task/token.js:4:11)", "  File \"/var/task/secret.py\", line 9, in load", "\tat com.x.PasswordEncoder.encode(PasswordEncoder.java:44)", "at App.Auth.Token.Verify() in /src/Token.cs:line 9", "main.loadSecret(0xc0000b4000)",
    "arn:aws:iam::{account}:user/secret-admin", "arn:aws:secretsmanager:us-east-1:{account}:secret:api-key-AbCdEf", "arn:aws:lambda:us-east-1:{account}:function:token-refresh:12", "data:image/png;base64,iVBORw0KGgo{b64_80}",
    "REPORT RequestId: {uuid}\tDuration: 12.10 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB", "START RequestId: {uuid} Version: $LATEST", "END RequestId: {uuid}", "client 203.0.113.7 denied", "sourceIp=198.51.100.7 attempts=4",
    "runtime 3.12.4.1 -> 3.12.5.0", "v1.2.3.4 released", "0.25 of 3.141592653589793", "balance 1234.56 of 99999.00", "temp=-12.5C hum=44%", "10:22:31.004 tick", "2026-03-02T10:22:31+01:00 tick", "UTC+5:30", "+12 -4 lines", "a+b=12345678",
    "ean 4006381333931", "isbn 9783161484100", "sku 4012345678901 qty 2", "phone=null", "email=", "name=worker-4", "hostname=ip-10-0-0-4", "user_id=44", "account={account}", "accountId: {account}", "sg-0{hex16}", "i-0{hex16}", "{hex24}", "01J{ulid}",
    "cus_{b62_14} sub_{b62_24}", "pk_live_{b62_24}", "ch_{b62_24} refunded", "-----BEGIN CERTIFICATE----- redacted", "ssh-rsa key accepted", "cipher AES256-GCM", "0x{hex40}", "0x{hex64}", "sk-button sk-card-primary-large", "hf_transfer enabled", "key-value store", "do_not_disturb=1",
    "xoxo from the team", "SELECT * FROM t WHERE token = ?", "UPDATE u SET password=$1 WHERE id=$2", "WHERE pwd = :pwd", "password=%s user=%s", "${{DB_PASSWORD}}", "password: {{{{ db_password }}}}", "password=<password>", "token=xxxxx", "secret=********",
    "PASSWORD=", "pwd", "PWD=/tmp", "cd /var/task && pwd", "monkey=1 donkey=2 turkey=3", "passenger=2 compass=n bypass=true", "secretary=bo", "tokenization=off", "keyboard=us hockey=1", "author=bo authority=x", "spin=1 pinned=0", "cookies.txt saved", "session 44 closed",
    "visa card ending 4242", "card declined", "card type: debit", "iban check ok", "ssn: not provided", "dob: unknown", "zip file created", "address already in use :::8080", "phone number invalid", "no email on file", "mobile app 2.4.1", "cell B4 updated", "street view off",
)


def negatives(c):
    v = c.v
    for text in NEGATIVES:
        filled = text.format(uuid=v.uuid(), xray=v.xray(), hex7=v.hex(7), hex16=v.hex(16), hex24=v.hex(24), hex32=v.hex(32), hex40=v.hex(40), hex64=v.hex(64), epoch=v.epoch(), epoch_ms=v.until(v.epoch_ms, luhn_ok), nonluhn=v.not_luhn("4", 16), nonluhn51=v.not_luhn("51", 16),
                             b64_43=v.b64(43), b64_80=v.b64(80), account=v.account(), ulid=v.of("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 23), b62_14=v.b62(14), b62_24=v.b62(24))
        c.neg("neg_line", json.loads(filled) if filled.startswith("{\"") else filled, policy="strict" if text.startswith(("runtime", "v1.2")) else "default")
    c.neg("neg_off", {"password": human(v), "card": v.card("visa", 16)}, policy="off")


ROUNDS = (passwords, tokens, headers, ids)
BENIGN = (negatives,)
