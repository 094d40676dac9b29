"""Cases of secrets that only their names give away, in every rendering of names and values that logs use."""
import json
import urllib.parse

# words of a name -> what its values look like
NAMES = (
    ("password", "password"), ("passwd", "password"), ("pwd", "password"), ("passphrase", "password"), ("passcode", "simple"), ("secret", "password"),
    ("api key", "token"), ("secret key", "token"), ("access key secret", "token"), ("account key", "token"), ("shared access key", "token"),
    ("subscription key", "token"), ("functions key", "token"), ("integration key", "token"), ("client secret", "token"), ("private key", "token"),
    ("signing key", "token"), ("encryption key", "token"), ("refresh token", "token"), ("access token", "token"), ("id token", "token"),
    ("auth token", "token"), ("bearer token", "token"), ("token", "token"), ("session id", "hex"), ("session token", "token"),
    ("security answer", "simple"), ("recovery code", "simple"), ("device code", "token"), ("csrf token", "token"), ("credential", "token"),
    ("client assertion", "token"), ("xsrf token", "token"),
)
BEFORE = ("db", "smtp", "admin", "user", "new", "old", "current", "root", "ldap", "redis", "mq", "app", "master", "service", "kafka", "backup", "proxy")
PASSWORDS = tuple(n for n in NAMES if n[1] == "password")


def camel(words):
    return words[0] + "".join(w.capitalize() for w in words[1:])


SPELLINGS = (camel, lambda w: "_".join(w), lambda w: "-".join(w), lambda w: "_".join(w).upper(), lambda w: "".join(x.capitalize() for x in w),
             lambda w: ".".join(w))
IDENTIFIERS = tuple(SPELLINGS[i] for i in (0, 1, 3, 4))  # no hyphen, no dot: names of fields in a programming language


def name_of(c, names=NAMES, spellings=SPELLINGS):
    """A name in some spelling, and a value as it has."""
    words, looks = c.one(names)
    words = words.split()
    if c.v.below(2):
        words = [c.one(BEFORE)] + words
    value = {"password": c.v.password, "simple": c.v.simple_password, "token": lambda: c.v.b62(c.v.between(20, 44)), "hex": lambda: c.v.hex(32)}[looks]()
    return c.one(spellings)(words), value


def json_records(c):
    v = c.v
    for _ in range(8):
        key, secret = name_of(c)
        c.hit("json", {"level": c.one("info", "debug", "warn"), "service": v.name(), key: secret, "attempt": v.between(2, 9)}, secret, [])
    for _ in range(5):
        key, secret = name_of(c)
        user = v.word() + str(v.between(10, 99))
        c.hit("json_deep", {"msg": "settings loaded", "config": {"targets": [{"host": user + ".internal", key: secret, "port": 5432}]}}, secret,
              [user + ".internal", "5432", "settings loaded"])
    for _ in range(5):
        key, secret = name_of(c)
        c.hit("json_text", '{"ts":"%s","msg":"request body","%s":"%s","page":%d}' % (v.iso(), key, secret, v.between(2, 40)), secret, ["request body"])
    key, secret = name_of(c)
    c.hit("json_spaced", '{ "event" : "login" ,\n  "%s" : "%s" ,\n  "remember" : true }' % (key, secret), secret, ["remember", "login"])
    key, secret = name_of(c)
    c.hit("json_prefixed", "%s INFO  [http-nio-8080-exec-%d] c.a.LoginFilter - payload: {\"user\":\"%s\",\"%s\":\"%s\"}" % (
        v.iso(), v.between(1, 9), v.word(), key, secret), secret, ["c.a.LoginFilter"])
    otp = v.otp()
    c.hit("json_number", {"challenge": "sms", c.one("otp", "mfaCode", "totp", "mfa_code", "one_time_otp"): int(otp), "attempt": 2}, otp, ["sms"])
    otp = v.otp()
    c.hit("json_number_text", '{"op":"verify","%s":%s,"ok":false}' % (c.one("otp", "passcode", "pin", "securityCode"), otp), otp, ["verify"])
    pin = v.digits(4)
    c.hit("json_pin", {"terminal": "T-A", c.one("pin", "userPin", "card_pin", "PIN"): pin, "result": "declined"}, pin, ["declined", "T-A"])
    phrase = v.phrase()
    c.hit("json_phrase", {"wallet": "cold", c.one("passphrase", "keyPassphrase", "pass_phrase"): phrase, "net": "main"}, phrase, ["cold", "main"])
    secret = v.password()
    c.hit("json_answer", {"question": "first pet", c.one("securityAnswer", "security_answer", "securityAnswer1"): secret}, secret, ["first pet"])
    codes = ["%s-%s" % (v.of("abcdefghjkmnpqrs23456789", 5), v.of("abcdefghjkmnpqrs23456789", 5)) for _ in range(4)]
    c.hit("json_array", {c.one("recoveryCodes", "recovery_codes"): codes, "issued": 4}, codes, ["issued"])
    secret, other = v.password(), v.b62(30)
    c.hit("json_container", {c.one("credentials", "secret", "dbCredentials", "dbSecret"): {
        "username": v.word() + "app9", "value": secret, "backup": {"value": other}, "type": "basic", "region": "eu-north-1"}}, [secret, other],
        ["basic", "eu-north-1"])
    secret = v.letters_password()
    c.hit("json_letters", {"form": "signup", c.one("password", "confirmPassword", "passwordConfirmation", "password_confirm", "password2"): secret}, secret,
          ["signup"])
    for key in ("ConnectionString", "connection_string", "DSN", "sasl.jaas.config"):
        secret = v.password()
        value = {"DSN": "app:%s@tcp(db-7:3306)/shop", "sasl.jaas.config":
                 'org.apache.kafka.common.security.plain.PlainLoginModule required username="svc" password="%s";'}.get(
                     key, "Server=tcp:sql-4;Database=shop;Uid=app;Pwd=%s;") % secret
        c.hit("json_connection", {"stage": "boot", key: value}, secret, ["boot"])
    for key in ("msisdn", "sortCode", "routing_number", "accountNumber", "cardNumber", "sort_code", "routingNumber", "card_number"):
        secret = {"msisdn": lambda: "447700" + v.digits(6), "sortCode": lambda: "20-%s-%s" % (v.digits(2), v.digits(2)),
                  "sort_code": lambda: "40-%s-%s" % (v.digits(2), v.digits(2)), "cardNumber": lambda: v.digits(16),
                  "card_number": lambda: v.digits(16)}.get(key, lambda: v.digits(9))()
        c.hit("json_bank_name", {"op": "payout", key: secret, "currency": "EUR"}, secret, ["payout", "EUR"])


def pairs(c):
    """Objects and arrays that hold name and value apart."""
    v = c.v
    for name_key, value_key in (("name", "value"), ("Name", "Value"), ("key", "value"), ("Key", "Value")):
        key, secret = name_of(c)
        other = v.word()
        c.hit("pair", {"environment": [{name_key: "LOG_LEVEL", value_key: other}, {name_key: key, value_key: secret}]}, secret, [other])
    key, secret = name_of(c)
    c.hit("pair_reversed", {"params": [{"value": secret, "name": key}, {"value": "eu", "name": "region"}]}, secret, ["eu"])
    key, secret = name_of(c)
    c.hit("pair_dynamodb", {"Item": {"pk": {"S": "user#%d" % v.between(100, 999)}, key: {"S": secret}, "logins": {"N": "31"}}}, secret, ["31"])
    key, secret = name_of(c)
    c.hit("pair_ssm", {"Parameter": {"Name": "/prod/%s/%s" % (v.word(), key), "Type": "SecureString", "Value": secret, "Version": 12}}, secret,
          ["SecureString"])
    key, secret = name_of(c, PASSWORDS)
    c.hit("pair_cognito", {"UserAttributes": [{"Name": "custom:tier", "Value": "gold"}, {"Name": "custom:" + key, "Value": secret}]}, secret, ["gold"])
    key, secret = name_of(c)
    c.hit("pair_text", 'env dump: [{"name":"REGION","value":"eu-west-1"},{"name":"%s","value":"%s"}]' % (key, secret), secret, ["eu-west-1"])
    key, secret = name_of(c)
    c.hit("pair_typed_map", {"M": {"retries": {"N": "5"}, key: {"M": {"current": {"S": secret}}}}}, secret, ["retries"])


def logfmt(c):
    v = c.v
    for template in ("level=info svc=%(svc)s %(key)s=%(secret)s dur=14ms", "ts=%(ts)s at=error %(key)s=\"%(secret)s\" host=edge-2",
                     "%(ts)s svc=%(svc)s msg=\"config reloaded\" %(key)s='%(secret)s' workers=8", "%(key)s=%(secret)s,region=eu-west-3,tries=4",
                     "[%(svc)s] starting with %(key)s: %(secret)s (mode: fast)", "%(ts)s %(svc)s: %(key)s => %(secret)s",
                     "%(key)s\t%(secret)s\ttier=gold", "opts: %(key)s = %(secret)s; verbose = yes",
                     "set %(key)s=%(secret)s&mode=fast for worker 7", "[%(key)s=%(secret)s] [stage=qa]"):
        key, secret = name_of(c)
        values = {"svc": v.name(), "key": key, "secret": secret, "ts": v.iso()}
        keep = [k for k in ("dur=14ms", "host=edge-2", "workers=8", "region=eu-west-3", "mode: fast", "tier=gold", "verbose = yes", "mode=fast",
                            "stage=qa") if k in template]
        c.hit("logfmt", template % values, secret, keep)


# How languages print their objects: %(k)s is the name, %(s)s the secret, %(u)s a harmless value that stays.
LANGUAGES = {
    "python": ("{'user': '%(u)s', '%(k)s': '%(s)s', 'active': True}", "Settings(user='%(u)s', %(k)s='%(s)s', retries=3)",
               "INFO:botocore:kwargs={'%(k)s': '%(s)s', 'host': '%(u)s'}", "LoginForm(user=%(u)s, %(k)s=%(s)s)", "{'%(k)s': b'%(s)s', 'u': '%(u)s'}",
               "connect(host='%(u)s', %(k)s=\"%(s)s\", timeout=5)", "OrderedDict([('%(k)s', '%(s)s'), ('host', '%(u)s')])",
               "<Config user='%(u)s' %(k)s='%(s)s'>", "DEBUG root:app.py:88 args=Namespace(host='%(u)s', %(k)s='%(s)s')"),
    "java": ("LoginRequest{username='%(u)s', %(k)s='%(s)s', remember=true}", "User[name=%(u)s, %(k)s=%(s)s, id=7]",
             "Credentials(user=%(u)s, %(k)s=%(s)s)", "com.shop.Login@1b6d3586[user=%(u)s,%(k)s=%(s)s]", "{%(k)s=%(s)s, host=%(u)s}",
             "DataSourceProperties{url=jdbc:h2:mem, %(k)s=\"%(s)s\", pool=%(u)s}"),
    "go": ("{Host:%(u)s %(k)s:%(s)s Port:5432}", "map[%(k)s:%(s)s host:%(u)s]", "main.Config{Host:\"%(u)s\", %(k)s:\"%(s)s\", Port:5432}",
           "&{Name:%(u)s %(k)s:%(s)s Debug:true}", "cfg=&config.DB{Name:\"%(u)s\", %(k)s:\"%(s)s\"}"),
    "ruby": ("{:user=>\"%(u)s\", :%(k)s=>\"%(s)s\", :tries=>2}", "{\"%(k)s\"=>\"%(s)s\", \"host\"=>\"%(u)s\"}", "{user: \"%(u)s\", %(k)s: \"%(s)s\"}",
             "#<Account:0x00007f8a %(k)s=\"%(s)s\", name=\"%(u)s\">", "Parameters: {\"utf8\"=>\"1\", \"session\"=>{\"login\"=>\"%(u)s\", \"%(k)s\"=>\"%(s)s\"}}",
             "#<struct Login user=\"%(u)s\", %(k)s=\"%(s)s\">"),
    "php": ("Array\n(\n    [user] => %(u)s\n    [%(k)s] => %(s)s\n)", "array ( 'host' => '%(u)s', '%(k)s' => '%(s)s', )",
            "stdClass Object ( [%(k)s] => %(s)s [host] => %(u)s )"),
    "dotnet": ("LoginCommand { User = %(u)s, %(k)s = %(s)s, Remember = True }", "{ Host = %(u)s, %(k)s = %(s)s }", "Settings: %(k)s: \"%(s)s\"; Host: \"%(u)s\""),
    "node": ("{ user: '%(u)s', %(k)s: '%(s)s', ok: true }", "Login {\n  user: '%(u)s',\n  %(k)s: '%(s)s',\n  age: [Function]\n}",
             "{ host: '%(u)s', opts: { %(k)s: \"%(s)s\" } }", "[Object: null prototype] { %(k)s: '%(s)s', u: '%(u)s' }"),
    "rust": ("Config { host: \"%(u)s\", %(k)s: \"%(s)s\", port: 5432 }", "Login { user: \"%(u)s\", %(k)s: Some(\"%(s)s\") }"),
    "yaml": ("db:\n  host: %(u)s\n  %(k)s: %(s)s\n  port: 5432", "%(k)s: \"%(s)s\"\nhost: %(u)s", "- name: %(u)s\n  %(k)s: '%(s)s'"),
    "ini": ("[db]\nhost = %(u)s\n%(k)s = %(s)s\n", "host=%(u)s\n%(k)s=%(s)s", "%(k)s : %(s)s\nhost : %(u)s"),
    "elixir": ("%%{host: \"%(u)s\", %(k)s: \"%(s)s\"}", "[host: \"%(u)s\", %(k)s: \"%(s)s\"]"),
    "shell": ("+ export %(k)s=%(s)s\n+ HOST=%(u)s", "export %(k)s='%(s)s' HOST=%(u)s", "env: HOST=%(u)s %(k)s=\"%(s)s\""),
    "escaped": ("body={\\\"host\\\":\\\"%(u)s\\\",\\\"%(k)s\\\":\\\"%(s)s\\\"}", "payload \\\\\\\"%(k)s\\\\\\\":\\\\\\\"%(s)s\\\\\\\",\\\\\\\"h\\\\\\\":\\\\\\\"%(u)s\\\\\\\""),
}


def languages(c):
    v = c.v
    for language, templates in LANGUAGES.items():
        for template in templates:
            key, secret = name_of(c, spellings=IDENTIFIERS[2:3] if language == "shell" else IDENTIFIERS)
            host = v.name()
            soft = "OrderedDict" in template or "Some(" in template  # not among the renderings that are promised
            c.hit(language, template % {"k": key, "s": secret, "u": host}, secret, [host], soft=soft)


def markup(c):
    v = c.v
    for template in ("<login><user>%(u)s</user><%(k)s>%(s)s</%(k)s></login>", "<add key=\"%(k)s\" value=\"%(s)s\" /> <add key=\"host\" value=\"%(u)s\" />",
                     "<ns:%(k)s xsi:type=\"xsd:string\">%(s)s</ns:%(k)s><ns:host>%(u)s</ns:host>", "<user name=\"%(u)s\" %(k)s=\"%(s)s\"/>",
                     "&lt;%(k)s&gt;%(s)s&lt;/%(k)s&gt; host %(u)s", "<property name=\"%(k)s\" value=\"%(s)s\"/><x>%(u)s</x>",
                     "<input type=\"password\" name=\"%(k)s\" value=\"%(s)s\"> %(u)s", "{&quot;%(k)s&quot;:&quot;%(s)s&quot;,&quot;h&quot;:&quot;%(u)s&quot;}",
                     "<entry key=\"%(k)s\">%(s)s</entry><entry key=\"host\">%(u)s</entry>",
                     "<?xml version=\"1.0\"?><soap:Body><wsse:%(k)s>%(s)s</wsse:%(k)s><h>%(u)s</h></soap:Body>"):
        key, secret = name_of(c, PASSWORDS, IDENTIFIERS)
        host = v.name()
        soft = "entry key" in template
        c.hit("xml", template % {"k": key, "s": secret, "u": host}, secret, [host], soft=soft)
    key, secret = name_of(c, PASSWORDS)
    c.hit("multipart", "------WebKitFormBoundary%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n------WebKitFormBoundary--" % (
        v.b62(8), key, secret), secret, ["form-data"])
    key, secret = name_of(c, PASSWORDS)
    c.hit("multipart", "--xYz\nContent-Disposition: form-data; name=\"user\"\n\nrobot\n--xYz\nContent-Disposition: form-data; name=\"%s\"\n\n%s\n--xYz--" % (
        key, secret), secret, ["robot"])


def sql(c):
    v = c.v
    for template in ("ALTER USER %s WITH PASSWORD '%s' VALID UNTIL 'infinity'", "CREATE USER '%s'@'%%' IDENTIFIED BY '%s' REQUIRE SSL",
                     "CREATE ROLE %s LOGIN ENCRYPTED PASSWORD '%s' CONNECTION LIMIT 5", "statement: ALTER ROLE %s PASSWORD '%s';",
                     "Executed DDL: CREATE USER %s IDENTIFIED BY \"%s\" DEFAULT TABLESPACE users", "ALTER LOGIN %s WITH PASSWORD = '%s'",
                     "UPDATE users SET name='%s', password='%s' WHERE id=41", "GRANT ALL ON shop.* TO '%s'@'10.0.%%' IDENTIFIED BY '%s'",
                     "create user %s with password '%s' nosuperuser"):
        secret, user = v.password(), v.word() + "_rw"
        c.hit("sql", template % (user, secret), secret, [user])


def commands(c):
    v = c.v
    for template, keep in (("exec: mysqldump --user=backup --password=%s --single-transaction shop", "--single-transaction"),
                           ("cmd=[\"vault\",\"login\",\"--token\",\"%s\",\"--no-print\"]", "--no-print"),
                           ("$ curl -u deploy:%s https://artifacts.internal/app.tgz", "https://artifacts.internal/app.tgz"),
                           ("running: mysql -h db-3 -u app -p%s shop", "db-3"),
                           ("docker login -u robot -p %s registry.internal:5000", "registry.internal:5000"),
                           ("openssl rsa -in key.pem -passin pass:%s -out plain.pem", "-out plain.pem"),
                           ("az login --service-principal -u app --password %s --tenant contoso", "--tenant contoso"),
                           ("+ sshpass -p %s ssh deploy@host-1 uptime", "uptime"),
                           ("helm upgrade web ./chart --set db.password=%s --wait", "--wait"),
                           ("java -Djavax.net.ssl.keyStorePassword=%s -jar app.jar", "-jar app.jar"),
                           ("kubectl create secret generic db --from-literal=password=%s -n prod", "-n prod"),
                           ("gh auth login --with-token --token=%s --hostname ghe.local", "--hostname ghe.local"),
                           ("aws configure set aws_secret_access_key %s --profile ops", "--profile ops"),
                           ("redis-cli -h cache-1 --pass %s INFO", "cache-1"),
                           ("wget --http-user=ci --http-password=%s https://mirror/x.deb", "https://mirror/x.deb"),
                           ("psql \"host=db-9 user=app password=%s sslmode=require\"", "sslmode=require"),
                           ("curl --user 'ci:%s' -sSf https://nexus.local/status", "-sSf")):
        secret = v.password().replace("$", "_").replace("!", "-").replace("#", "+")
        soft = "cmd=[" in template or "sshpass" in template or "configure set" in template or "--pass " in template
        c.hit("cli", template % secret, secret, [keep], soft=soft)


def prose(c):
    v = c.v
    for template, keep in (("The temporary password is %s, valid for one day", "valid for one day"), ("your new password is: %s", "your new"),
                           ("Logging in as admin with password '%s' on node 4", "on node 4"), ("user entered passcode \"%s\" at kiosk", "at kiosk"),
                           ("set the passphrase to '%s' before retrying", "before retrying"), ("reset link sent, password: %s", "reset link sent"),
                           ("login failed for robot using password %s", "login failed for robot"), ("client secret is %s for tenant blue", "tenant blue"),
                           ("API key %s was rejected by upstream", "was rejected by upstream"), ("the access token was \"%s\" at that time", "at that time"),
                           ("Generated secret: %s (store it now)", "(store it now)"), ("bind failed (password=%s) for cn=reader", "cn=reader"),
                           ("Initial root password: %s", "Initial root"), ("pwd '%s' does not match", "does not match"),
                           ("Password for svc account changed to \"%s\" by ops", "by ops")):
        secret = v.simple_password() if "password" in template.lower() or "pass" in template or "pwd" in template else v.b62(28)
        soft = any(t in template for t in ("API key %s", "changed to", "set the passphrase to"))
        c.hit("prose", template % secret, secret, [keep], soft=soft)


def urls(c):
    v = c.v
    for template, keep in (("GET /callback?state=ab12&access_token=%s&scope=read 302", "scope=read"), ("https://api.example.org/v2/items?api_key=%s&page=3", "page=3"),
                           ("redirecting to https://app.example.org/#id_token=%s&state=xyz9", "state=xyz9"),
                           ("POST /oauth/token grant_type=authorization_code&code=%s&redirect_uri=https%%3A%%2F%%2Fa.example", "grant_type=authorization_code"),
                           ("fetch https://maps.example.com/geo?q=oslo&token=%s", "q=oslo"),
                           ("url=wss://push.example.net/ws?auth_token=%s&v=2", "v=2"),
                           ("grant_type=refresh_token&refresh_token=%s&client_id=web-7", "client_id=web-7"),
                           ("grant_type=client_credentials&client_id=batch&client_secret=%s", "client_id=batch"),
                           ("GET /v1/me?sessionId=%s&lang=nl HTTP/1.1", "lang=nl"), ("https://files.example.com/a.pdf?sv=2023-11-03&se=2026-12-31&sig=%s", "sv=2023-11-03"),
                           ("GET /reset?email_sent=1&resetToken=%s&next_step=2", "next_step=2"),
                           ("https://hooks.example.com/in?signature=%s&t=5", "t=5"),
                           ("https://b.s3.amazonaws.com/k?X-Amz-Expires=900&X-Amz-Signature=%s&X-Amz-Date=20261101T000000Z", "X-Amz-Date=20261101T000000Z"),
                           ("device_code=%s&grant_type=urn:ietf:params:oauth:grant-type:device_code", "grant_type=urn:ietf:params:oauth:grant-type")):
        token = v.hex(64) if "ignature" in template or "sig=" in template else v.b62(32)
        c.hit("query", template % token, token, [keep])
    secret = v.password() + "@"
    quoted = urllib.parse.quote(secret, safe="")
    c.hit("form", "username=robot&password=%s&remember=1" % quoted, quoted, ["remember=1"], also_not=[secret])
    secret = v.password()
    c.hit("form_json", {"headers": {"content-type": "application/x-www-form-urlencoded"}, "body": "user=%s&pwd=%s&tz=CET" % (
        v.word(), urllib.parse.quote(secret, safe=""))}, urllib.parse.quote(secret, safe=""), ["tz=CET"], also_not=[secret])
    key, secret = name_of(c, PASSWORDS)
    c.hit("percent_pair", "callback data=%s%%3D%s%%26mode%%3Dfast" % (key, secret.replace("#", "%23").replace("+", "%2B")),
          secret.replace("#", "%23").replace("+", "%2B"))


def own_rendering(c):
    """Values that need their escapes honoured, or that end in unusual places."""
    v = c.v
    head, tail = v.password(), v.simple_password()
    secret = head + '"' + tail
    c.hit("json_quote_inside", {"svc": "mail", "password": secret}, [head, tail], ["mail"])
    c.hit("text_quote_inside", "cfg {\"password\":%s,\"tls\":true}" % json.dumps(v.fresh(lambda: head + "\\" + tail)), [head, tail], ["tls"])
    secret = v.password()
    c.hit("empty_neighbours", "user= password=%s token= mode=x" % secret, secret, ["mode=x"])
    secret = "%s, %s" % (v.simple_password(), v.simple_password())
    c.hit("quoted_comma", "login password=\"%s\" done" % secret, secret.split(", "), ["done"])
    secret = "%s %s" % (v.simple_password(), v.simple_password())
    c.hit("quoted_space", "{'passphrase': '%s', 'x': 1}" % secret, secret.split(" "), ["'x': 1"])


ROUNDS = (json_records, pairs, logfmt, languages, markup, sql, commands, prose, urls, own_rendering)
