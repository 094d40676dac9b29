"""Cases written from the rules alone, by somebody who had not seen the others: logs as frameworks, clients, tools and services
print them.  Kinds begin with the kind of thing they are about."""
import base64
import gzip
import html
import json
import urllib.parse

import gens


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def b64(text):
    return base64.b64encode(text.encode()).decode()


def core(whole, secret):
    """What of the base64 of whole speaks of the secret alone."""
    i = whole.encode().index(secret.encode())
    j = i + len(secret.encode())
    return base64.b64encode(whole.encode()[-(-i // 3) * 3:j // 3 * 3]).decode()


def quote(text):
    return urllib.parse.quote(text, safe="")


# --- names and values in text ------------------------------------------------------------------------------------------------

def frameworks(c):
    v = c.v
    for kind, line, keep in (
            # Java
            ("spring", "2026-03-04 10:11:12.131  INFO 1 --- [main] c.a.b.DataSourceConfig : HikariConfig(jdbcUrl=jdbc:postgresql://db:5432/app, username=app, password=%s, poolSize=10)", ["poolSize=10", "username=app"]),
            ("spring", "o.s.b.a.jdbc.DataSourceProperties : spring.datasource.password=%s spring.datasource.hikari.maximum-pool-size=12", ["maximum-pool-size=12"]),
            ("java_to_string", "LoginRequest{username='marge', password='%s', rememberMe=true}", ["rememberMe=true", "marge"]),
            ("java_record", "DEBUG c.e.auth - Credentials[user=svc-batch, secret=%s, ttl=PT15M]", ["ttl=PT15M"]),
            ("java_builder", "MailConfig.MailConfigBuilder(host=smtp.mail, port=587, smtpPassword=%s)", ["port=587"]),
            ("java_properties", "-Djavax.net.ssl.keyStorePassword=%s -Xmx512m", ["-Xmx512m"]),
            ("java_properties", "ssl.truststore.password = %s\nssl.truststore.type = JKS", ["ssl.truststore.type = JKS"]),
            ("jaas", "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\"ingest\" password=\"%s\";", []),
            # Ruby
            ("rails", "Parameters: {\"utf8\"=>\"✓\", \"user\"=>{\"email_opt\"=>\"1\", \"password\"=>\"%s\"}, \"commit\"=>\"Sign in\"}", ["Sign in"]),
            ("rails", "#<Settings host: \"smtp.local\", smtp_password: \"%s\", port: 25>", ["port: 25"]),
            ("ruby_hash", "{:adapter=>\"mysql2\", :password=>\"%s\", :pool=>5}", [":pool=>5"]),
            ("ruby_new_hash", "{adapter: \"mysql2\", password: \"%s\", pool: 5}", ["pool: 5"]),
            # Python
            ("django", "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'USER': 'root', 'PASSWORD': '%s', 'PORT': '3306'}}", ["django.db.backends.mysql", "3306"]),
            ("django", "SECRET_KEY = '%s'\nDEBUG = False", ["DEBUG = False"]),
            ("python_dataclass", "Settings(db_host='db', db_password='%s', debug=False)", ["debug=False"]),
            ("python_pydantic", "input_value={'user': 'x', 'api_secret': '%s'}, input_type=dict", ["input_type=dict"]),
            ("python_trace", "  File \"/var/task/app.py\", line 18, in connect\n    conn = pymysql.connect(host='db', user='app', passwd='%s')\nOperationalError: (2003, 'timed out')", ["OperationalError: (2003, 'timed out')"]),
            ("python_bytes", "kwargs={b'password': b'%s', b'attempt': 2}", ["2"]),
            # PHP
            ("laravel", "[2026-01-02 03:04:05] local.DEBUG: login {\"guard\":\"web\",\"password\":\"%s\",\"remember\":false}", ["\"remember\":false"]),
            ("php_print_r", "Array\n(\n    [user] => root\n    [password] => %s\n    [port] => 3306\n)", ["[port] => 3306"]),
            ("php_var_dump", "array(2) {\n  [\"password\"]=>\n  string(11) \"%s\"\n  [\"port\"]=>\n  int(3306)\n}", ["int(3306)"]),
            ("php_var_export", "array ( 'db_pass' => '%s', 'db_port' => 3306, )", ["'db_port' => 3306"]),
            # Node
            ("express", "POST /login 401 body={ user: 'anna', password: '%s' } - 12 ms", ["401", "12 ms"]),
            ("node_inspect", "{\n  host: 'db',\n  credentials: { user: 'app', password: '%s' },\n  ssl: true\n}", ["ssl: true"]),
            ("node_map", "Map(2) { 'region' => 'eu', 'clientSecret' => '%s' }", ["'region' => 'eu'"]),
            ("axios", "AxiosError: Request failed with status code 401 { data: '{\"grant_type\":\"password\",\"password\":\"%s\"}' }", ["status code 401"]),
            # .NET
            ("dotnet_record", "Login { UserName = bob, Password = %s, Remember = True }", ["Remember = True"]),
            ("dotnet_conn", "info: Microsoft.EntityFrameworkCore[10403] Server=tcp:sql;Database=hr;User ID=app;Pwd=%s;Encrypt=True", ["Encrypt=True", "Database=hr"]),
            ("dotnet_config", "ConnectionStrings__Main=Host=pg;Username=app;Password=%s;Pooling=true", []),
            # Go
            ("zap", "2026-02-02T10:00:00Z\tINFO\tserver/main.go:41\tstarting\t{\"addr\": \":8080\", \"dbPassword\": \"%s\"}", ["server/main.go:41"]),
            ("slog", "time=2026-02-02T10:00:00Z level=INFO msg=\"config loaded\" redis.password=%s redis.db=3", ["redis.db=3", "config loaded"]),
            ("slog", "level=INFO msg=connect dsn.user=app db.passwd=\"%s\" tries=2", ["tries=2"]),
            ("go_plus_v", "&{Addr:redis:6379 Username:default Password:%s DB:0}", ["DB:0"]),
            ("go_sharp_v", "main.Config{Host:\"db\", Password:\"%s\", Retries:3}", ["Retries:3"]),
            ("go_map", "map[host:db password:%s port:5432]", ["port:5432"]),
            # Rust
            ("tracing", "2026-02-02T10:00:00.000Z  INFO login{user=anna password=%s}: app::auth: accepted", ["app::auth: accepted"]),
            ("rust_debug", "Config { host: \"db\", password: Some(\"%s\"), port: 5432 }", ["port: 5432"]),
            ("rust_debug", "DbOpts { pool: 4, passphrase: SecretString(\"%s\") }", ["pool: 4"]),
            # Configuration
            ("env_file", "DB_HOST=db\nDB_PASSWORD='%s'\nDB_PORT=5432", ["DB_PORT=5432"]),
            ("env_export", "+ export REDIS_PASSWORD=%s", []),
            ("env_dump", "declare -x SMTP_PASSWORD=\"%s\"\ndeclare -x SMTP_PORT=\"587\"", ["SMTP_PORT=\"587\""]),
            ("systemd", "Environment=\"PGPASSWORD=%s\" \"PGPORT=5432\"", ["PGPORT=5432"]),
            ("helm", "postgresql:\n  auth:\n    postgresPassword: %s\n    database: app", ["database: app"]),
            ("kubectl", "  env:\n  - name: DB_PASSWORD\n    value: %s\n  - name: LOG_LEVEL\n    value: debug", ["value: debug"]),
            ("kubectl", "Environment:\n      RABBITMQ_PASSWORD:  %s\n      RABBITMQ_PORT:      5672", ["5672"]),
            ("compose", "    environment:\n      - MYSQL_ROOT_PASSWORD=%s\n      - TZ=UTC", ["TZ=UTC"]),
            ("terraform", "  + master_password = \"%s\" -> (known after apply)", ["known after apply"]),
            ("terraform", "  ~ password             = \"%s\" # forces replacement", ["forces replacement"]),
            ("ini", "[client]\nuser=root\npassword=\"%s\"\nport=3306", ["port=3306"]),
            ("toml", "[smtp]\npassword = \"%s\"\nport = 587", ["port = 587"]),
            ("jenkins", "[Pipeline] { (Deploy) }\n+ DEPLOY_PASSWORD=%s ./deploy.sh", ["./deploy.sh"]),
            ("gha", "##[debug]Evaluating: inputs.password => '%s'", []),
            ("docker_run", "docker run -d -e POSTGRES_PASSWORD=%s -p 5432:5432 postgres:16", ["-p 5432:5432", "postgres:16"]),
            ("docker_login", "+ docker login -u ci -p %s registry.local:5000", ["registry.local:5000"]),
            ("mysql_cli", "sh -c mysqldump -h db -u root -p%s shop", ["shop"]),
            ("mysql_cli", "Executing: mysqladmin --user=root --password=%s ping", ["ping"]),
            ("curl_u", "curl -sS -u deploy:%s https://nexus.local/repository/raw/app.tgz", ["https://nexus.local/repository/raw/app.tgz"]),
            ("curl_user", "$ curl --user 'ops:%s' -X PUT http://es:9200/_cluster/settings", ["http://es:9200/_cluster/settings"]),
            ("openssl", "openssl pkcs12 -in a.p12 -passin pass:%s -nodes", ["-nodes"]),
            ("redis_cli", "redis-cli -h cache -a %s --no-auth-warning ping", ["--no-auth-warning"]),
            ("sshpass", "sshpass -p %s scp build.tgz deploy@web1:/srv", ["build.tgz"]),
            ("ldapsearch", "ldapsearch -x -D cn=admin,dc=corp -w %s -b dc=corp", ["-b dc=corp"]),
            ("sqlplus", "sqlplus -s batch/%s@ORCL @nightly.sql", ["@nightly.sql"]),
            ("net_use", "net use \\\\files\\share %s /user:CORP\\svc", ["\\\\files\\share"]),
            ("psql_uri", "psql \"host=db user=app password=%s sslmode=require\"", ["sslmode=require"]),
            ("keytool", "keytool -list -keystore app.jks -storepass %s -alias web", ["-alias web"]),
            ("sql", "ALTER USER app WITH PASSWORD '%s' VALID UNTIL 'infinity'", ["VALID UNTIL 'infinity'"]),
            ("sql", "CREATE USER 'r'@'%%' IDENTIFIED BY '%s' REQUIRE SSL", ["REQUIRE SSL"]),
            ("sql", "CREATE LOGIN rep WITH PASSWORD = N'%s', CHECK_POLICY = ON", ["CHECK_POLICY = ON"]),
            ("sql", "SET PASSWORD FOR 'rep'@'localhost' = '%s'", ["SET PASSWORD FOR"]),
            ("sql", "create user hr identified by \"%s\" default tablespace users", ["default tablespace users"]),
            ("sql", "UPDATE accounts SET password='%s', updated_at=now() WHERE id=7", ["WHERE id=7"]),
            ("xml", "<add key=\"SmtpPassword\" value=\"%s\" /><add key=\"SmtpPort\" value=\"25\" />", ["value=\"25\""]),
            ("xml", "<property name=\"hibernate.connection.password\">%s</property><property name=\"show_sql\">true</property>", ["true"]),
            ("xml", "<wsse:UsernameToken><wsse:Username>app</wsse:Username><wsse:Password Type=\"PasswordText\">%s</wsse:Password></wsse:UsernameToken>", ["<wsse:Username>app</wsse:Username>"]),
            ("xml_attribute", "<dataSource url='jdbc:db2' user='app' password='%s' maxActive='8'/>", ["maxActive='8'"]),
            ("xml_entities", "soap fault detail: &lt;password&gt;%s&lt;/password&gt;&lt;tries&gt;2&lt;/tries&gt;", ["&lt;tries&gt;2"]),
            ("html", "<input type=\"password\" name=\"password\" value=\"%s\"><input name=\"lang\" value=\"fi\">", ["value=\"fi\""]),
            ("multipart", "------WebKitFormBoundary7\r\nContent-Disposition: form-data; name=\"new_password\"\r\n\r\n%s\r\n------WebKitFormBoundary7--", ["form-data"]),
            ("tab", "db_password\t%s\ndb_port\t5432", ["5432"]),
            ("arrow", "credentials.password -> %s (from env)", ["from env"]),
            ("ansi", "\x1b[36mpassword\x1b[0m=\x1b[33m%s\x1b[0m \x1b[36mport\x1b[0m=22", ["=22"]),
            ("prose", "The temporary password is %s, valid for 24 hours.", ["valid for 24 hours"]),
            ("prose", "Reset done: your new password '%s' expires tomorrow", ["expires tomorrow"]),
            ("prose", "user typed password \"%s\" twice", ["twice"]),
            ("prose", "the password you entered (%s) does not match", ["does not match"]),
            ("prose", "Login with user admin and password %s worked", ["worked"]),
            ("prose", "password was changed from %s to something stronger", ["something stronger"]),
            ("prose", "passwd: %s (base credentials)", ["base credentials"]),
            ("prose", "using passphrase: %s for keyring", ["for keyring"]),
            ("redis", "redis.conf: requirepass=%s maxmemory=1gb", ["maxmemory=1gb"]),
            ("foreign", "contraseña: %s", []),
            ("foreign", "Passwort=%s Benutzer=anna", ["Benutzer=anna"]),
            ("foreign", "mot de passe: %s (compte test)", ["compte test"]),
            ("foreign", "senha=%s usuario=ana", ["usuario=ana"]),
            ("foreign", "wachtwoord: %s", []),
            ("foreign", "пароль: %s", []),
            ("foreign", "密码: %s", []),
            ("foreign", "パスワード=%s", []),
            ("above", "Your one-time password:\n%s\nIt expires in 10 minutes.", ["It expires in 10 minutes."]),
            ("escaped", "payload: {\\\"user\\\":\\\"a\\\",\\\"password\\\":\\\"%s\\\",\\\"v\\\":2}", ["\\\"v\\\":2"]),
            ("escaped", "body=\"{\\\\\\\"pwd\\\\\\\":\\\\\\\"%s\\\\\\\"}\"", []),
            ("ldap", "LDAP bind dn=uid=svc,ou=apps userPassword: %s", ["dn=uid=svc"]),
            ("radius", "User-Password = \"%s\" NAS-Port = 0", ["NAS-Port = 0"]),
            ("truncated", "{\"user\":\"k\",\"dbPassword\":\"%s", ["\"user\":\"k\""])):
        p = v.password()
        c.hit("keys_" + kind, line % p, p, keep)


def names(c):
    v = c.v
    for kind, line, make, keep in (
            ("otp", "OTP %s sent to device 4", v.otp, ["device 4"]),
            ("otp", "Your verification code is %s. Do not share it.", v.otp, ["Do not share it."]),
            ("otp", "mfa_code=%s device=totp-1", v.otp, ["device=totp-1"]),
            ("pin", "door unlocked with pin=%s floor=3", lambda: v.digits(4) + "7", ["floor=3"]),
            ("answer", "security question: mother maiden name: %s", lambda: v.last() + "x", []),
            ("answer", "{\"securityAnswer\":\"%s\",\"questionId\":4}", lambda: v.last() + "q", ["4"]),
            ("codes", "recovery_codes=%s count=1", lambda: "%s-%s" % (v.hex(8), v.hex(8)), ["count=1"]),
            ("secret_base64", "secretKey(base64): %s", lambda: v.b64(44), []),
            ("api_key", "loaded apikey: %s for tenant 4", lambda: v.hex(32), ["tenant 4"]),
            ("api_key", "?key=1 api-key => %s ok", lambda: v.b62(24), ["ok"]),
            ("api_key", "headers={'x-api-key': '%s', 'accept': '*/*'}", lambda: v.b62(40), ["'accept': '*/*'"]),
            ("docker_auth", "{\"auths\":{\"registry.local\":{\"auth\":\"%s\"}}}", lambda: b64("ci:" + v.password()), ["registry.local"]),
            ("npmrc", "//registry.npmjs.org/:_authToken=%s", v.uuid, []),
            ("npmrc", "//npm.corp/:_auth=%s", lambda: b64("ci:" + v.password()), []),
            ("npmrc", "//npm.corp/:_password=\"%s\"", lambda: b64(v.password()), []),
            ("netrc", "machine git.corp login bot password %s", v.password, ["machine git.corp"]),
            ("signing", "signing_key=%s alg=HS256", lambda: v.b64(43), ["alg=HS256"]),
            ("csrf", "Can't verify CSRF token authenticity: X-CSRF-Token=%s path=/orders", lambda: v.b64u(43), ["path=/orders"]),
            ("session", "session opened sid=%s ttl=1800", lambda: v.hex(32), ["ttl=1800"]),
            ("session", "JSESSIONID=%s; Path=/", lambda: v.hex(32).upper(), ["Path=/"]),
            ("refresh", "grant_type=refresh_token&refresh_token=%s&scope=read", lambda: v.b64u(64), ["scope=read"]),
            ("oauth_code", "GET /cb?code=%s&state=xyz 302", lambda: v.b64u(40), ["302"]),
            ("oauth_code", "grant_type=authorization_code&code=%s&redirect_uri=https%%3A%%2F%%2Fa.example", lambda: v.b64u(30), ["grant_type=authorization_code"]),
            ("device_code", "polling device_code=%s interval=5", lambda: v.b64u(40), ["interval=5"]),
            ("assertion", "client_assertion_type=jwt-bearer&client_assertion=%s", v.jwt, ["client_assertion_type=jwt-bearer"]),
            ("presigned", "GET https://b.s3.amazonaws.com/r.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=900&X-Amz-Signature=%s", lambda: v.hex(64), ["X-Amz-Expires=900"]),
            ("presigned", "https://acct.blob.core.windows.net/c/f?sv=2024-11-04&se=2026-01-01T00:00:00Z&sr=b&sp=r&sig=%s", lambda: quote(v.b64(43) + "="), ["sv=2024-11-04", "sp=r"]),
            ("cloudfront", "https://d1.cloudfront.net/v.mp4?Expires=1790000000&Signature=%s&Key-Pair-Id=K2JCJMDEHXQW5F", lambda: v.b64u(120), ["Expires=1790000000"]),
            ("webhook", "webhook signing secret: %s", lambda: "whsec_" + v.b62(32), []),
            ("twilio", "TWILIO_AUTH_TOKEN=%s TWILIO_REGION=ie1", lambda: v.hex(32), ["TWILIO_REGION=ie1"]),
            ("magic", "sent mail with https://app.example/password/reset/%s", lambda: v.b64u(32), ["https://app.example/password/reset/"]),
            ("magic", "GET /users/confirmation?confirmation_token=%s", lambda: v.b64u(20), ["/users/confirmation"]),
            ("magic", "open /invite/%s?lang=sv", lambda: v.b64u(28), ["lang=sv"]),
            ("entropy", "aws secret access key %s rejected", v.aws_secret, ["rejected"]),
            ("entropy", "Storage account access key: %s", v.azure_storage, []),
            ("hash", "row: id=4 pw=%s role=admin", v.bcrypt, ["role=admin"]),
            ("hash", "stored %s for anna", v.django_hash, ["for anna"]),
            ("hash", "shadow: app:%s:19700:0:99999:7:::", v.sha512_crypt, ["19700"]),
            ("hash", "argon verify failed for %s after 80ms", v.argon2, ["80ms"])):
        s = make()
        c.hit("keys_" + kind, line % s, s, keep)


def records(c):
    v = c.v
    p = v.password
    for kind, make in (
            ("camel", lambda s: {"dbConfig": {"host": "db", "masterUserPassword": s, "port": 5432}}),
            ("screaming", lambda s: {"env": {"STRIPE_WEBHOOK_SECRET": s, "NODE_ENV": "qa"}}),
            ("list", lambda s: {"credentials": ["svc-1", s], "n": 2}),
            ("deep", lambda s: {"a": {"b": {"c": {"d": {"e": {"userPassword": s}}}}}}),
            ("escape_key", lambda s: {"pass-word": s}),
            ("pair_upper", lambda s: {"Environment": [{"Name": "API_SECRET", "Value": s}, {"Name": "STAGE", "Value": "qa"}]}),
            ("pair_key", lambda s: {"options": [{"key": "client_secret", "value": s}]}),
            ("pair_header", lambda s: {"headers": [["accept", "*/*"], ["x-api-key", s]]}),
            ("pair_ssm", lambda s: {"Parameter": {"Name": "/app/db/password", "Type": "SecureString", "Value": s, "Version": 3}}),
            ("secretsmanager", lambda s: {"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3", "SecretString": compact({"username": "app", "password": s}), "VersionStages": ["AWSCURRENT"]}),
            ("dynamodb", lambda s: {"Item": {"pk": {"S": "u#1"}, "password": {"S": s}, "tries": {"N": "3"}}}),
            ("dynamodb_stream", lambda s: {"eventName": "MODIFY", "dynamodb": {"NewImage": {"api_key": {"S": s}, "id": {"S": "7"}}}}),
            ("attributes", lambda s: {"UserAttributes": [{"Name": "custom:pin_secret", "Value": s}, {"Name": "locale", "Value": "sv"}]}),
            ("tags", lambda s: {"params": [{"field": "old_password", "val": 1}, {"name": "new_password", "value": s}]}),
            ("k8s", lambda s: {"kind": "Secret", "stringData": {"password": s}, "type": "Opaque"}),
            ("graphql", lambda s: {"query": "mutation L($i:Login!){login(input:$i){ok}}", "variables": {"i": {"user": "anna", "password": s}}}),
            ("graphql_inline", lambda s: {"query": "mutation { login(user: \"anna\", password: \"%s\") { ok } }" % s}),
            ("json_in_json", lambda s: {"message": "got " + compact({"auth": {"password": s}, "n": 1})}),
            ("json_twice", lambda s: {"body": compact({"detail": compact({"passphrase": s})})}),
            ("form", lambda s: {"httpMethod": "POST", "body": "user=anna&password=%s&keep=1" % quote(s)}),
            ("kwargs", lambda s: {"args": [], "kwargs": "{'password': '%s', 'n': 2}" % s}),
            ("cdk", lambda s: {"ResourceProperties": {"ServiceToken": "arn:aws:lambda:eu-west-1:111122223333:function:f", "MasterUserPassword": s}}),
            ("batch", lambda s: {"records": [{"user": "u1"}, {"user": "u2", "passcode": s}]}),
            ("ctx", lambda s: {"level": "error", "err": {"config": {"auth": {"username": "app", "password": s}}}}),
            ("dsn", lambda s: {"db": {"user": "a", "db_pass": s}})):
        s = p()
        whole = make(s)
        hay = compact(whole)
        secret = s if s in hay else quote(s)
        c.hit("keys_json_" + kind, whole, secret)
    n = v.digits(4) + v.digits(4)
    c.hit("keys_json_number", {"passcode": int(n), "seq": 4}, n, ["4"] if "4" not in n else [])
    n = v.otp()
    c.hit("keys_json_number", {"confirmation_code": int(n), "flow": "signup"}, n, ["signup"])
    s = v.password()
    deep = {"password": s}
    for _ in range(300):
        deep = {"n": deep}
    c.hit("keys_json_very_deep", compact(deep), s)
    s = v.password()
    deep = {"name": "db_password", "value": s}
    for _ in range(300):
        deep = [deep]
    c.hit("keys_json_very_deep", compact({"x": deep}), s)


# --- credentials that show what they are ---------------------------------------------------------------------------------------

def tokens(c):
    v = c.v
    made = v.vendor_tokens()
    frames = ("remote: Invalid username or token %s (fatal)", "export X=%s", "seen '%s' in commit diff", "value=[%s]", "<string name=\"k\">%s</string>",
              "url?x=%s&n=1", "WARN config: {k: %s}", "token:%s;", "using %s.", "(%s)", "\"%s\",", "curl -d k=%s", "leaked→%s←", "id %s\tok", "{\"msg\":\"bad %s here\"}")
    for i, name in enumerate(sorted(made)):
        t = made[name]()
        c.hit("tokens_" + name, frames[i % len(frames)] % t, t)
    a, s, t = v.aws_id("ASIA"), v.aws_secret(), v.aws_session()
    c.hit("tokens_aws_sts", {"Credentials": {"AccessKeyId": a, "SecretAccessKey": s, "SessionToken": t, "Expiration": "2026-01-01T00:00:00Z"}, "AssumedRoleUser": {"Arn": "arn:aws:sts::111122223333:assumed-role/r/s"}},
          [a, s, t], ["2026-01-01T00:00:00Z", "arn:aws:sts::111122223333:assumed-role/r/s"])
    a, s = v.aws_id(), v.aws_secret()
    c.hit("tokens_aws_ini", "[prod]\naws_access_key_id = %s\naws_secret_access_key = %s\nregion = eu-north-1" % (a, s), [a, s], ["region = eu-north-1"])
    a, s = v.aws_id(), v.aws_secret()
    c.hit("tokens_aws_csv", "User name,Access key ID,Secret access key\nci,%s,%s" % (a, s), [a, s])
    a, s = v.aws_id(), v.hex(64)
    c.hit("tokens_sigv4", "botocore.endpoint DEBUG headers={'Authorization': b'AWS4-HMAC-SHA256 Credential=%s/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=%s'}" % (a, s), [a, s])
    a = v.aws_id("ASIA")
    c.hit("tokens_aws_query", "https://sts.amazonaws.com/?Action=GetCallerIdentity&AWSAccessKeyId=%s&Version=2011-06-15" % a, a, ["Version=2011-06-15"])
    t = v.jwt(role="admin")
    c.hit("tokens_jwt", "jwt malformed: %s at verify (/var/task/node_modules/jsonwebtoken/verify.js:70:17)" % t, t, ["/var/task/node_modules/jsonwebtoken/verify.js:70:17"])
    t = v.jwt("none")
    c.hit("tokens_jwt_none", "unsigned %s rejected" % t, t, ["rejected"])
    t = v.jwt("RS256")
    c.hit("tokens_jwt_cut", "id token was %s..." % t[:180], t[:180], ["id token was"])
    t = v.jwe()
    c.hit("tokens_jwe", "decrypt failed for %s" % t, t)
    t = v.jwt()
    c.hit("tokens_ws", "wss://ws.example/socket?access_token=%s&v=2" % t, t, ["v=2"])
    for frame in ("https://x-access-token:%s@github.com/acme/app.git", "git clone https://%s@github.com/acme/app.git", "fatal: unable to access 'https://bot:%s@github.com/acme/app/': 403"):
        t = made["github"]()
        c.hit("tokens_git_url", frame % t, t)
    b, body, e = (lambda x: (x[0], x[1:-1], x[-1]))(v.pem("OPENSSH PRIVATE KEY"))
    c.hit("tokens_pem", "SSH_KEY=\"%s\"" % "\\n".join([b] + body + [e]), body)
    pem = v.pem("PRIVATE KEY")
    c.hit("tokens_pem_sa", {"type": "service_account", "project_id": "acme-1", "private_key": "\n".join(pem) + "\n", "client_id": "1"}, pem[1:-1], ["acme-1", "service_account"])
    pem = v.pem("EC PRIVATE KEY", 4)
    c.hit("tokens_pem_spaces", "key " + " ".join(pem), pem[1:-1])
    pem = v.pem("ENCRYPTED PRIVATE KEY")
    c.hit("tokens_pem_cut", "\n".join(["dump:"] + pem[:-2]), pem[1:-2], ["dump:"])
    pem = v.pem("RSA PRIVATE KEY")
    c.hit("tokens_pem_split", "\n".join(["start"] + ["   " + x for x in pem] + ["done"]), pem[1:-1], ["start", "done"], split="lines")
    d = v.b64u(43)
    c.hit("structured_jwk", {"keys": [{"kty": "EC", "crv": "P-256", "x": v.b64u(43), "y": v.b64u(43), "d": d, "kid": "k1"}]}, d, ["P-256", "k1"])
    d = v.b64u(43)
    c.hit("structured_jwk_text", "generated jwk {\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"%s\"}" % d, d, ["HS256"])


def structured(c):
    v = c.v
    for kind, line, keep in (
            ("pg", "could not connect: postgresql://app:%s@db.internal:5432/app?sslmode=require", ["db.internal:5432/app?sslmode=require"]),
            ("mongo", "MongoServerSelectionError mongodb+srv://root:%s@c0.abcde.mongodb.net/shop?retryWrites=true", ["retryWrites=true"]),
            ("redis", "Error: redis://:%s@cache:6379/0 refused", ["cache:6379/0"]),
            ("rediss", "celery broker rediss://default:%s@c.upstash.io:6380", ["c.upstash.io:6380"]),
            ("amqp", "amqps://u:%s@mq/vhost heartbeat=30", ["heartbeat=30"]),
            ("smtp", "MAILER_DSN=smtp://mailer:%s@smtp.local:465", []),
            ("ftp", "fetch ftp://backup:%s@ftp.local/d.tgz", ["ftp.local/d.tgz"]),
            ("https", "GET https://admin:%s@es.local:9200/_cat 200", ["es.local:9200/_cat"]),
            ("jdbc_mysql", "jdbc:mysql://db:3306/app?user=app&password=%s&useSSL=true", ["useSSL=true"]),
            ("jdbc_oracle", "jdbc:oracle:thin:app/%s@//ora:1521/ORCL", ["ora:1521/ORCL"]),
            ("jdbc_sqlserver", "jdbc:sqlserver://sql:1433;databaseName=hr;user=app;password=%s;encrypt=true", ["databaseName=hr", "encrypt=true"]),
            ("odbc", "Driver={ODBC Driver 18};Server=s;Uid=app;Pwd={%s};Encrypt=yes", ["Encrypt=yes"]),
            ("sqlserver_url", "sqlserver://sa:%s@sql:1433?database=hr", ["sql:1433?database=hr"]),
            ("servicebus", "Endpoint=sb://b.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=%s", ["SharedAccessKeyName=Root"]),
            ("proxy", "HTTPS_PROXY=http://corp:%s@proxy:8080", ["proxy:8080"]),
            ("kv_pg", "conninfo: host=db port=5432 dbname=app user=app password=%s connect_timeout=10", ["connect_timeout=10"]),
            ("jaas_json", "{\"sasl.jaas.config\":\"org.apache.kafka.common.security.plain.PlainLoginModule required username=\\\"k\\\" password=\\\"%s\\\";\",\"acks\":\"all\"}", ["all"]),
            ("url_encoded", "redirect=https%%3A%%2F%%2Fx.example%%2Flogin%%3Fuser%%3Da%%26password%%3D%s%%26n%%3D1", [])):
        p = v.fresh(lambda: v.until(v.password, lambda s: not set(s) & set("@#$!*+_")))
        c.hit("structured_" + kind, line % p, p, keep)
    p = "p@" + v.simple_password()
    c.hit("structured_at", "mysql://root:%s@db:3306/x" % p, p, ["db:3306/x"])
    p = v.simple_password()
    c.hit("nested_percent_json", "q=" + quote(compact({"user": "a", "password": p})), p)
    p = v.password()
    c.hit("nested_entities", "data-cfg=\"%s\"" % html.escape(compact({"port": 1, "secret": p})), p)
    p = v.password()
    c.hit("nested_unicode", "raw {\"p\\u0061ssword\":\"%s\",\"n\":1}" % p, p)
    for frame in ("data=%s", "payload: %s end", "X-Context: %s"):
        p = v.password()
        whole = compact({"who": "batch", "password": p, "tries": 3})
        c.hit("nested_base64", frame % b64(whole), core(whole, p), also_not=[p])
    p = v.password()
    whole = compact({"password": p, "x": 1})
    c.hit("nested_kinesis", {"Records": [{"kinesis": {"partitionKey": "1", "data": b64(whole)}, "eventSource": "aws:kinesis"}]}, core(whole, p), ["aws:kinesis"], also_not=[p])
    p = v.password()
    packed = base64.b64encode(gzip.compress(compact({"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": "password=" + p}]}).encode(), mtime=0)).decode()
    c.hit("nested_cwlogs", {"awslogs": {"data": packed}}, packed[40:80], also_not=[p])
    p = v.password()
    whole = "grant_type=password&username=a&password=" + quote(p)
    c.hit("nested_base64_form", {"isBase64Encoded": True, "body": b64(whole), "rawPath": "/token"}, core(whole, quote(p)), ["/token"], also_not=[quote(p)])
    p = v.password()
    whole = "user=bob;password=%s;x=1" % p
    c.hit("nested_data_uri", "href=data:text/plain;base64,%s" % b64(whole), core(whole, p), also_not=[p])


def headers(c):
    v = c.v
    b = b64("admin:" + v.password())
    c.hit("headers_curl", "> GET /v1 HTTP/1.1\n> Host: api.local\n> Authorization: Basic %s\n> User-Agent: curl/8.9.1" % b, b, ["curl/8.9.1", "Host: api.local"])
    t = v.b62(40)
    c.hit("headers_curl", "curl -H 'Authorization: Bearer %s' -H 'Accept: application/json' https://api.local/x" % t, t, ["https://api.local/x"])
    t = v.b62(32)
    c.hit("headers_nginx", '203.0.113.4 - - [01/Jan/2026:00:00:00 +0000] "GET /x?apikey=%s HTTP/1.1" 200 12 "-" "curl/8.9.1"' % t, t, ["203.0.113.4", "curl/8.9.1"])
    for kind, name, value, keep in (
            ("vault", "X-Vault-Token", "s." + v.b62(24), ()), ("security", "x-amz-security-token", v.aws_session(), ()), ("gitlab", "PRIVATE-TOKEN", v.b62(20), ()),
            ("functions", "x-functions-key", v.b64(54) + "==", ()), ("apim", "Ocp-Apim-Subscription-Key", v.hex(32), ()), ("csrf", "X-XSRF-TOKEN", v.b64u(60), ()),
            ("proxy", "Proxy-Authorization", "Basic " + b64("p:" + v.password()), ()), ("ssws", "Authorization", "SSWS 00" + v.b64u(40), ()), ("token", "Authorization", "Token " + v.hex(40), ()),
            ("lower", "authorization", "bearer " + v.b64u(50), ()), ("raw", "Authorization", v.b64u(36), ()), ("goog", "X-Goog-Api-Key", v.b62(39), ()), ("auth", "X-Auth-Token", v.hex(32), ()),
            ("negotiate", "Authorization", "Negotiate YII" + v.b64(300), ()), ("access", "X-Access-Token", v.b62(30), ()), ("api", "DD-API-KEY", v.hex(32), ()), ("apikey", "apikey", v.b62(28), ())):
        secret = value.split(" ")[-1]
        c.hit("headers_" + kind, {"headers": {"accept": "*/*", name: value}}, secret, ["*/*"])
        value = value[:-6] + value[-6:][::-1]
        secret = value.split(" ")[-1]
        c.hit("headers_line_" + kind, "--> POST /bulk HTTP/2\n%s: %s\nContent-Type: text/csv" % (name, value), secret, ["text/csv"])
    r = v.hex(32)
    c.hit("headers_digest", "Authorization: Digest username=\"bob\", realm=\"cam\", nonce=\"%s\", uri=\"/s\", qop=auth, nc=00000001, cnonce=\"0a4f\", response=\"%s\"" % (v.hex(32), r), r)
    s = v.hex(40)
    c.hit("headers_set_cookie", {"statusCode": 200, "multiValueHeaders": {"Set-Cookie": ["session=%s; Path=/; HttpOnly" % s, "theme=dark"]}, "body": "ok"}, s, ["ok"])
    s = v.hex(40)
    c.hit("headers_cookies_v2", {"version": "2.0", "cookies": ["theme=dark", "auth_token=%s" % s], "rawPath": "/a"}, s, ["/a"])
    s, q = v.b64u(60), v.hex(30)
    c.hit("headers_cookie_line", "Cookie: remember_me=%s; laravel_session=%s" % (s, q), [s, q])
    s = v.b64u(40)
    c.hit("headers_set_cookie_line", "< Set-Cookie: connect.sid=s%%3A%s; Path=/; HttpOnly\n< Content-Length: 2" % s, s, ["Content-Length: 2"])
    s = v.b64(60)
    c.hit("headers_smtp", "< x-refresh-token: %s" % s, s)
    s = b64("\0bot\0" + v.password())
    c.hit("headers_smtp_plain", "C: AUTH PLAIN %s\nS: 235 2.7.0 Authentication successful" % s, s, ["235 2.7.0"], soft=True)
    s = v.b64u(43)
    c.hit("headers_rack", "rack.request.cookie_hash={\"_app_session\"=>\"%s\", \"locale\"=>\"fi\"}" % s, s)
    s = v.hex(32)
    c.hit("headers_php", "$_COOKIE[PHPSESSID]: %s" % s, s)


def events(c):
    v = c.v
    t, ip = v.jwt(), "198.51.100.7"
    c.hit("events_apigw_v1", {"resource": "/x", "httpMethod": "GET", "headers": {"Authorization": "Bearer " + t, "Host": "a.example"}, "requestContext": {"identity": {"sourceIp": ip, "apiKey": (k := v.b62(40))}, "stage": "prod"}}, [t, k], [ip, "prod"])
    t = v.jwt()
    c.hit("events_authorizer_token", {"type": "TOKEN", "authorizationToken": "Bearer " + t, "methodArn": "arn:aws:execute-api:eu-west-1:111122223333:abc/prod/GET/"}, t, ["arn:aws:execute-api:eu-west-1:111122223333:abc/prod/GET/"])
    t = v.b62(40)
    c.hit("events_authorizer_v2", {"version": "2.0", "type": "REQUEST", "identitySource": [t], "routeKey": "GET /x"}, t, ["GET /x"])
    p, m = v.password(), v.email()
    c.hit("events_cognito", {"triggerSource": "PreSignUp_SignUp", "userName": "anna", "request": {"userAttributes": {"email": m}, "validationData": None, "clientMetadata": {"password": p}}}, [p, m], ["PreSignUp_SignUp"])
    n = v.otp()
    c.hit("events_cognito_sms", {"triggerSource": "CustomMessage_ForgotPassword", "request": {"codeParameter": "{####}", "challengeAnswer": n}}, n, ["CustomMessage_ForgotPassword", "{####}"])
    n = v.b64(200)
    c.hit("events_cognito_sender", {"triggerSource": "CustomSMSSender_SignUp", "request": {"type": "customSMSSenderRequestV1", "privateChallengeParameters": {"answer": n}}}, n, ["CustomSMSSender_SignUp"])
    t = v.jwt()
    c.hit("events_appsync", {"info": {"fieldName": "me"}, "request": {"headers": {"authorization": t, "x-forwarded-proto": "https"}}}, t, ["https", "me"])
    p = v.password()
    c.hit("events_sqs", {"Records": [{"messageId": v.uuid(), "receiptHandle": "AQEB" + v.b64(80), "body": compact({"cmd": "rotate", "newSecret": p}), "eventSource": "aws:sqs"}]}, p, ["aws:sqs"])
    p = v.password()
    c.hit("events_sns", {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": compact({"Message": compact({"smtpPassword": p})}), "Subject": "hi"}}]}, p, ["hi"])
    m = v.email()
    c.hit("events_ses", {"Records": [{"ses": {"mail": {"source": m, "commonHeaders": {"subject": "hello"}}}}]}, m, ["hello"])
    p = v.password()
    c.hit("events_eventbridge", {"detail-type": "userCreated", "source": "app.users", "detail": {"user": "anna", "initialPassword": p}}, p, ["userCreated"])
    p = v.password()
    c.hit("events_sfn", {"Input": {"Payload": {"connection": {"username": "u", "password": p}}, "StateName": "Load"}}, p, ["Load"])
    s = v.b62(40)
    c.hit("events_alb", {"requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/a/1"}}, "queryStringParameters": {"api_key": s, "q": "1"}, "multiValueHeaders": {"cookie": ["AWSALBAuthNonce=" + (n := v.b62(24))]}}, [s, n])
    s = v.jwt()
    c.hit("events_alb_oidc", {"headers": {"x-amzn-oidc-data": s, "x-amzn-oidc-identity": v.uuid(), "x-amzn-trace-id": "Root=" + v.xray()}}, s)
    s = v.hex(64)
    c.hit("events_s3_presigned", {"getObjectContext": {"inputS3Url": "https://a.s3-accesspoint.us-east-1.amazonaws.com/k?X-Amz-SignedHeaders=host&X-Amz-Signature=" + s}, "userRequest": {"url": "/k"}}, s, ["/k"])
    a, b, t = v.jwt(), v.jwt("RS256"), v.b64u(200)
    c.hit("events_cognito_tokens", {"AuthenticationResult": {"AccessToken": a, "IdToken": b, "RefreshToken": t, "ExpiresIn": 3600, "TokenType": "Bearer"}}, [a, b, t], ["3600", "Bearer"])
    t = v.b64u(43)
    c.hit("events_oauth", {"access_token": t, "token_type": "bearer", "expires_in": 3600, "scope": "read"}, t, ["bearer", "3600", "read"])
    f, l, m, ph = v.first(), v.last(), v.email(), v.phone()
    c.hit("events_response_body", {"statusCode": 200, "body": compact({"firstName": f, "lastName": l, "email": m, "phone": ph, "plan": "pro"})}, [f, l, m, ph], ["pro"])
    p = v.card("visa", 16)
    c.hit("events_stripe", {"type": "charge.failed", "data": {"object": {"id": "ch_" + v.b62(24), "payment_method_details": {"card": {"brand": "visa", "number": p}}}}}, p, ["charge.failed"])
    t, ph = v.hex(32), "+1415555" + "0" + v.digits(3)
    c.hit("events_twilio_form", "AccountSid=AC%s&From=%s&Body=hi&AuthToken=%s" % (v.hex(32), quote(ph), t), [quote(ph), t], ["Body=hi"], also_not=[ph])
    t = b64("<samlp:Response ID=\"_1\"><saml:Assertion>%s</saml:Assertion></samlp:Response>" % v.b62(60))
    c.hit("events_saml", "POST /saml/acs RelayState=/home&SAMLResponse=%s" % quote(t), quote(t)[30:90], ["RelayState=/home"])
    s = v.b62(22)
    c.hit("events_websocket", {"requestContext": {"routeKey": "$connect", "connectionId": "abc="}, "queryStringParameters": {"token": s}}, s, ["$connect"])
    p = v.password()
    c.hit("events_iot", {"clientId": "dev-1", "protocolData": {"mqtt": {"username": "u", "password": b64(p), "clientId": "dev-1"}}}, b64(p), ["dev-1"])


# --- people --------------------------------------------------------------------------------------------------------------------

def people(c):
    v = c.v
    for kind, line, make, keep, policy in (
            ("payment_visa", "charge failed for card %s (insufficient funds)", lambda: v.card("visa", 16), ["insufficient funds"], "default"),
            ("payment_dash", "CC: %s exp", lambda: v.card_grouped("mastercard", "-")[1], ["exp"], "default"),
            ("payment_amex", "tok: %s | ok", lambda: v.card_grouped("amex")[1], ["ok"], "default"),
            ("payment_diners", "pan %s accepted", lambda: v.card("diners", 14), ["accepted"], "pci"),
            ("payment_jcb", "{\"cardNumber\":\"%s\",\"n\":1}", lambda: v.card("jcb"), [], "default"),
            ("payment_maestro", "maestro card no. %s ok", lambda: v.card("maestro", 16), ["ok"], "default"),
            ("payment_unionpay", "UnionPay %s settled", lambda: v.card("unionpay", 16), ["settled"], "default"),
            ("payment_json_number", "{\"pan\":%s,\"amount\":1200}", lambda: v.card("visa", 16), ["1200"], "default"),
            ("payment_cvv", "cvv=%s exp=12/29", lambda: v.digits(3), [], "default"),
            ("payment_track", "swipe raw %s end", lambda: v.tracks()[2], ["end"], "default"),
            ("payment_iban", "SEPA to %s booked", lambda: gens.grouped(v.iban("DE"), (4, 4, 4, 4, 4)), ["booked"], "default"),
            ("payment_iban_gi", "payout %s queued", lambda: gens.grouped(v.iban("GI"), (4, 4, 4, 4, 4)), ["queued"], "default"),
            ("payment_iban_mt", "payout %s queued", lambda: gens.grouped(v.iban("MT"), (4, 4, 4, 4, 4, 4, 4)), ["queued"], "default"),
            ("payment_iban_lower", "iban: %s", lambda: v.iban("FR").lower(), [], "default"),
            ("payment_routing", "ACH routing number %s rejected R03", v.aba, ["R03"], "default"),
            ("payment_account", "account_number=%s sort=fast", lambda: v.digits(10), ["sort=fast"], "default"),
            ("payment_sort", "sort code %s paid", lambda: "40-%s-%s" % (v.of("0123456789", 2), v.of("123456789", 2)), ["paid"], "default"),
            ("payment_btc", "payout to %s sent", v.bitcoin, ["sent"], "strict"),
            ("payment_eth", "wallet %s linked", v.ethereum, ["linked"], "strict"),
            ("government_ssn", "applicant SSN %s verified", v.ssn, ["verified"], "default"),
            ("government_ssn", "lookup %s -> 1 hit", lambda: v.ssn(), ["1 hit"], "default"),
            ("government_ssn_bare", "social security number: %s", lambda: v.ssn(""), [], "default"),
            ("government_sin", "SIN %s on file", lambda: gens.grouped(v.sin(), (3, 3, 3)), ["on file"], "default"),
            ("government_nhs", "NHS number %s matched", lambda: gens.grouped(v.nhs(), (3, 3, 4)), ["matched"], "default"),
            ("government_nino", "NI number %s ok", v.nino, ["ok"], "default"),
            ("government_nino_spaced", "employee %s starts Monday", lambda: gens.grouped(v.nino(), (2, 2, 2, 2, 1)), ["starts Monday"], "default"),
            ("government_cpf", "CPF do cliente: %s", v.cpf, [], "default"),
            ("government_cnpj", "nota fiscal CNPJ %s emitida", v.cnpj, ["emitida"], "default"),
            ("government_aadhaar", "aadhaar %s e-KYC done", lambda: gens.grouped(v.aadhaar(), (4, 4, 4)), ["e-KYC done"], "default"),
            ("government_in_pan", "PAN card %s linked", v.india_pan, ["linked"], "default"),
            ("government_dni", "DNI %s validado", v.dni, ["validado"], "default"),
            ("government_nie", "cliente %s alta", v.nie, ["alta"], "default"),
            ("government_cf", "paziente %s accettato", v.codice_fiscale, ["accettato"], "default"),
            ("government_pesel", "PESEL: %s", v.pesel, [], "default"),
            ("government_bsn", "burgerservicenummer %s gevonden", v.bsn, ["gevonden"], "default"),
            ("government_tin", "Steuer-ID %s geprüft", v.german_tin, ["geprüft"], "default"),
            ("government_nir", "numéro de sécurité sociale %s", v.nir, [], "default"),
            ("government_pnr", "personnummer %s", v.personnummer, [], "default"),
            ("government_tfn", "tax file number %s lodged", lambda: gens.grouped(v.tfn(), (3, 3, 3)), ["lodged"], "default"),
            ("government_nric", "visitor %s signed in", v.nric, ["signed in"], "default"),
            ("government_cn", "身份证 %s 已验证", v.china_id, ["已验证"], "default"),
            ("government_passport", "passport no: %s scanned", v.passport, ["scanned"], "default"),
            ("government_licence", "driver's license %s expired", v.licence, ["expired"], "default"),
            ("contact_email", "550 5.1.1 <%s>: Recipient address rejected", v.email, ["550 5.1.1"], "default"),
            ("contact_email", "unsubscribe?e=%s&l=4", lambda: v.email().replace("@", "%40").replace("+", "%2B"), ["l=4"], "default"),
            ("contact_email", "From: \"Anna\" <%s> Subject: hi", v.email, ["Subject: hi"], "default"),
            ("contact_email", "Invalid login: %s.", v.email, ["Invalid login"], "default"),
            ("contact_email", "mailto:%s?subject=x", v.email, ["subject=x"], "default"),
            ("contact_phone", "SMS to %s delivered", v.phone, ["delivered"], "default"),
            ("contact_phone", "call %s back", v.us_phone, ["back"], "default"),
            ("contact_phone", "whatsapp:%s joined", lambda: "+4477009" + v.digits(5), ["joined"], "default"),
            ("contact_phone", "phone: %s ext", lambda: "415-555-0" + v.digits(3), ["ext"], "default"),
            ("contact_ip", "ssh login failed from %s port 51234", v.ip, ["port 51234"], "strict"),
            ("contact_ip6", "peer [%s]:443 closed", v.ip6, [":443 closed"], "strict"),
            ("contact_mac", "dhcp lease for %s renewed", v.mac, ["renewed"], "strict"),
            ("contact_dob", "dob=%s plan=gold", v.birth, ["plan=gold"], "default"),
            ("contact_name", "first_name=%s plan=gold", v.first, ["plan=gold"], "default"),
            ("contact_address", "{\"shippingAddress\":{\"street\":\"%s\"},\"qty\":2}", v.street, [], "default"),
            ("health_mrn", "MRN: %s admitted", lambda: v.digits(8), ["admitted"], "hipaa"),
            ("health_npi", "rendering provider NPI %s", v.npi, [], "hipaa"),
            ("health_dea", "prescriber DEA %s verified", v.dea, ["verified"], "hipaa"),
            ("health_mbi", "Medicare MBI %s eligible", v.mbi, ["eligible"], "hipaa"),
            ("health_json", "{\"diagnosis\":\"%s\",\"ward\":\"B\"}", lambda: "asthma-" + v.word(), [], "hipaa")):
        s = make()
        c.hit(kind, line % s, s, keep, policy)
    m = v.email()
    c.hit("contact_key", {"byUser": {m: {"n": 3}}}, m, ["byUser"])
    la, lo = "59.%s" % v.digits(5), "10.%s" % v.digits(5)
    c.hit("contact_geo", {"latitude": float(la), "longitude": float(lo), "zoom": 12}, [json.dumps(float(la)), json.dumps(float(lo))], ["zoom"], "strict")
    u = v.word() + v.digits(3)
    c.hit("contact_user", {"username": u, "role": "dev"}, u, ["dev"], "strict")
    p = v.password()
    c.hit("multiline_pending", "Enter password:\n%s\nok" % p, p, ["ok"], split="lines")
    p = v.password()
    c.hit("multiline_open", "{\"password\":\n\"%s\"\n}" % p, p, split="lines")
    p = v.simple_password()
    c.hit("unicode_width", "ｐａｓｓｗｏｒｄ＝%s" % p, p)
    n = v.card("visa", 16)
    c.hit("unicode_digits", "card " + "".join(chr(0xff10 + int(d)) for d in n), "".join(chr(0xff10 + int(d)) for d in n))
    n = v.card("visa", 16)
    wide = n[:4] + "\u00a0" + n[4:8] + "\u00a0" + n[8:12] + "\u00a0" + n[12:]
    c.hit("unicode_nbsp", "card " + wide, wide)


# --- what is no secret -----------------------------------------------------------------------------------------------------------

def benign_text(c):
    v = c.v
    for kind, line in (
            ("llm", "usage: prompt_tokens=812 completion_tokens=95 total_tokens=907 cached_tokens=0"),
            ("llm", "{\"usage\":{\"input_tokens\":120,\"output_tokens\":33,\"cache_read_input_tokens\":0},\"stop_reason\":\"max_tokens\"}"),
            ("llm", "max_tokens_to_sample: 4096, tokens per second: 81.4, tokenizer=cl100k_base"),
            ("llm", "eval_token_count=411 token_budget=8000 thinking_tokens 1200"),
            ("cursor", "next_page_token=CAUQAA page_size=50"), ("cursor", "ListObjectsV2 continuation-token=1ueGcxLPRx1Tr max-keys=1000"),
            ("cursor", "{\"NextToken\":\"%s\",\"Items\":[]}" % v.b64(88)), ("cursor", "paginationToken: eyJpZCI6MTIzfQ== hasMore: true"),
            ("keys", "partition_key=user#1 sort_key=2026 primary_key=id"), ("keys", "Key: reports/2026/01/a.csv Bucket: acme-exports"),
            ("keys", "cache key user:profile:42 hit"), ("keys", "foreign key constraint fk_user_id failed on table orders"), ("keys", "idempotency_key=%s replayed" % v.uuid()),
            ("keys", "KeyError: 'password'"), ("keys", "keyId=alias/app keySpec=SYMMETRIC_DEFAULT keyState=Enabled"), ("keys", "kms:Decrypt on arn:aws:kms:eu-west-1:111122223333:key/%s" % v.uuid()),
            ("keys", "public key fingerprint SHA256:%s" % v.b64(43)), ("keys", "ssh-rsa AAAAB3NzaC1yc2E%s dev@laptop" % v.b64(200)), ("keys", "sorting by key: name, created; keys=3"),
            ("password", "password must contain at least 12 characters, one digit and one symbol"), ("password", "Das Passwort muss mindestens 8 Zeichen lang sein"),
            ("password", "La contraseña debe tener al menos 8 caracteres"), ("password", "Le mot de passe est requis"), ("password", "A senha expirou há 3 dias"), ("password", "Hasło jest nieprawidłowe"),
            ("password", "パスワードが正しくありません"), ("password", "Forgot your password? Click here"), ("password", "password reset requested for account 42"), ("password", "Password: required"),
            ("password", "password authentication failed for user \"app\""), ("password", "FATAL: password authentication failed"), ("password", "Access denied for user 'app'@'10.0.0.4' (using password: YES)"),
            ("password", "PasswordEncoder bean created: BCryptPasswordEncoder strength=10"), ("password", "passwordless login enabled; password_min_length=12"), ("password", "INFO password=*** user=app"),
            ("password", "DB_PASSWORD=${DB_PASSWORD}"), ("password", "password: !Ref DbPassword"), ("password", "password = var.db_password"), ("password", "password: {{ .Values.db.password }}"), ("password", "--password <PASSWORD>  Database password"),
            ("password", "usage: tool [-u USER] [-p PASSWORD] [--token TOKEN] host"), ("password", "password=[REDACTED] retries=2"), ("password", "password: null, otp: undefined"), ("password", "SELECT id, password_hash FROM users WHERE email = $1"),
            ("password", "INSERT INTO users (name, password) VALUES (?, ?)"), ("password", "validate_password.policy=MEDIUM"), ("password", "ORA-28001: the password has expired"), ("password", "changing password for user www-data"), ("password", "password (sensitive value)"),
            ("password", "  + master_password = (sensitive value)"), ("password", "password: (none)"), ("password", "Password changed successfully"), ("password", "field password failed on the 'required' tag"),
            ("secret", "Retrieved secret prod/db from Secrets Manager in 42ms"), ("secret", "secretName: tls-web secretArn=arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf"), ("secret", "no secrets found, scanned ~1.2 MB"), ("secret", "Secret rotation finished: 4 secrets rotated"),
            ("secret", "valueFrom: secretKeyRef: name: db-creds key: url"), ("secret", "credential provider chain: env, profile, container"), ("secret", "Found credentials in environment variables."), ("secret", "botocore.credentials INFO Found credentials in shared credentials file: ~/.aws/credentials"),
            ("secret", "NoCredentialsError: Unable to locate credentials"), ("token", "Unexpected token < in JSON at position 0"), ("token", "SyntaxError: Unexpected token 'export'"), ("token", "The security token included in the request is expired"), ("token", "token_type=bearer expires_in=3600"),
            ("token", "JsonWebTokenError: invalid signature"), ("token", "token expired at 2026-01-01T00:00:00Z"), ("token", "Bearer token required"), ("token", "WWW-Authenticate: Bearer realm=\"api\", error=\"invalid_token\""), ("token", "WWW-Authenticate: Basic realm=\"Restricted\""), ("token", "missing Authorization header"),
            ("token", "authorization=enabled scheme=bearer"), ("token", "CSRF token missing or incorrect"), ("token", "auth_method=token token_ttl=3600 token_policies=[default]"), ("token", "token bucket refilled: tokens=100 rate=10/s"), ("token", "lexer produced 41 tokens; token count ok"),
            ("token", "TokenExpiredError: jwt expired"), ("token", "refreshing token for client web-app"), ("token", "Basic plan upgraded to Pro"), ("token", "session started session_timeout=1800 sessions=4"), ("token", "cookie consent banner shown cookie_policy=v2"),
            ("token", "cookies accepted: 3 of 5"),
            ("number", "cost about 0.000012 USD"), ("number", "duration_ns=1790000000123456789"), ("number", "offset 4111111111111112 reached"), ("number", "order #%s packed" % v.not_luhn("40", 16)),
            ("number", "tracking 1Z%s delivered" % v.of("0123456789ABCDEF", 16)), ("number", "epoch %s" % v.epoch_ms()), ("number", "id=20260131235959 batch"), ("number", "account 111122223333 region eu-west-1"), ("number", "9 digits 000-12-3456 invalid area"), ("number", "lat error 0.4111111111111111"),
            ("number", "memory 4294967296 of 17179869184 bytes"), ("number", "Content-Range: bytes 0-1048575/4294967296"), ("number", "segment 192.168-2026.001"), ("number", "part no. AB12 3456 7890 1234 ordered"), ("number", "ISBN 978-3-16-148410-0"),
            ("number", "took 1234-5678 ms, 555-1234 items"), ("number", "UTC+02:00 offset +0530"), ("number", "a+1234567890-b = c"), ("number", "1.3.6.1.4.1.311.21.20"), ("number", "GET /v2/items/8412345678 200"),
            ("version", "numpy==2.1.3 boto3==1.35.60.0"), ("version", "Chrome/131.0.6778.85 Safari/537.36"), ("version", "upgrade 10.2.3.4 -> 10.2.4.0"), ("version", "react@19.0.0 @types/node@22.9.0 left-pad@1.3.0"), ("version", "go1.23.4 linux/amd64 openssl 3.0.13.1"),
            ("at", "git@github.com:acme/app.git cloned"), ("at", "ssh://git@bitbucket.org/acme/app.git"), ("at", "com.acme.User@1b6d3586"), ("at", "@Override @Transactional(readOnly=true)"), ("at", "sprite@2x.png hero@3x.webp"), ("at", "image registry.local/app@sha256:%s" % v.hex(64)), ("at", "pkg:npm/%40scope/pkg@1.2.3"), ("at", "kube-system/coredns@10.0.0.2:53"),
            ("id", "span_id=%s trace_id=%s" % (v.hex(16), v.hex(32))), ("id", "commit %s (HEAD -> main)" % v.hex(40)), ("id", "etag \"%s\"" % v.hex(32)), ("id", "etag W/\"%s-2\"" % v.hex(32)), ("id", "md5=%s sha1=%s" % (v.hex(32), v.hex(40))), ("id", "integrity sha512-%s==" % v.b64(86)), ("id", "requestId=%s extendedRequestId=%s=" % (v.uuid(), v.b64(75))), ("id", "x-amz-id-2: %s=" % v.b64(75)), ("id", "ulid=%s ksuid=2xK4fPq8ZrT1n0bW7yLmVd3sHcJ" % v.ulid()), ("id", "AROA%s:session role" % v.of("ABCDEFGHIJKLMNOP", 17)), ("id", "sqs receipt deleted for %s" % v.uuid()), ("id", "cus_%s pi_%s" % (v.b62(14), v.b62(24))), ("id", "pk_live_%s" % v.b62(24)), ("id", "webpack chunk main.%s.js 41 kB" % v.hex(20)), ("id", "conn 0x7ffd5e3b2c10 fd=12"), ("id", "css .sk-circle .sk-folding-cube"),
            ("stack", "Traceback (most recent call last):\n  File \"/var/task/auth/password.py\", line 12, in check_password\n    raise BadToken()"), ("stack", "\tat com.acme.security.TokenFilter.doFilter(TokenFilter.java:88)"), ("stack", "goroutine 1 [running]:\nmain.loadSecret(0xc000012345)\n\t/app/secret.go:41 +0x1d"), ("stack", "at async validateToken (file:///var/task/auth.mjs:14:9)"), ("stack", "thread 'main' panicked at src/password.rs:10:5"), ("stack", "from /app/lib/session_token.rb:22:in `decode'"),
            ("arn", "arn:aws:ssm:eu-west-1:111122223333:parameter/app/db/password"), ("arn", "GetParameter /prod/api/token denied"), ("arn", "https://sqs.eu-west-1.amazonaws.com/111122223333/password-reset"), ("url", "GET https://auth.example/oauth/token 200 31ms"), ("url", "GET /password/reset 200"), ("url", "POST /verify/email-address-change-request 204"), ("url", "https://example.com/reset-password?lang=fi"), ("url", "GET /confirm/12345 302"), ("url", "/blog/how-to-verify-your-password-in-10-steps"), ("url", "redis://cache:6379/0 connected"), ("url", "http://user@host/path"), ("url", "postgres://localhost:5432/app"),
            ("mail", "mime type text/html; charset=utf-8"), ("html", "<label for=\"password\">Password</label><input type=\"password\" name=\"password\">"), ("xml", "<passwordPolicy><minLength>8</minLength></passwordPolicy>"), ("image", "background:url(data:image/gif;base64,R0lGODlhAQAB%s)" % v.b64(60)), ("cert", "-----BEGIN CERTIFICATE-----\nMIID%s\n-----END CERTIFICATE-----" % v.b64(60)), ("cert", "-----BEGIN PUBLIC KEY-----\nMFkw%s\n-----END PUBLIC KEY-----" % v.b64(60)),
            ("report", "INIT_START Runtime Version: python:3.12.v41\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:%s" % v.hex(64)), ("report", "START RequestId: %s Version: $LATEST" % v.uuid()), ("report", "XRAY TraceId: %s\tSegmentId: %s\tSampled: true" % (v.xray(), v.hex(16))), ("prose", "the pin was replaced on the board; card inserted; pan and zoom"), ("prose", "mobile layout, cell 4 in row 2, address bar hidden"), ("prose", "call stack size exceeded; tel aviv; phone app opened"), ("prose", "key results: 4; the key is under the mat; keyboard layout fi"), ("prose", "please sign in with your code editor, code 200"), ("prose", "Invalid code: expected 6 digits"), ("prose", "exit code 137, error code E1234, country code FI, status code 404"), ("prose", "MFA required; otp sent via sms"), ("cli", "npm WARN deprecated har-validator@5.1.5: this library is no longer supported"), ("cli", "docker: 'auth' is not a docker command"), ("cli", "ssh -p 2222 deploy@10.0.0.4 -i ~/.ssh/id_rsa"), ("cli", "mkdir -p /tmp/cache && tar -xzf a.tgz"), ("cli", "mysql -u root -p -h db"), ("cli", "curl -u \"$USER:$PASS\" https://x.example"), ("cli", "kubectl get secret db-creds -n prod -o yaml"), ("cli", "aws secretsmanager get-secret-value --secret-id prod/db"), ("cli", "psql: error: connection to server at \"db\" (10.0.0.5), port 5432 failed")):
        c.neg("benign_" + kind, line)


def benign_records(c):
    v = c.v
    for kind, record in (
            ("llm", {"usage": {"promptTokenCount": 10, "candidatesTokenCount": 20, "totalTokenCount": 30}, "maxOutputTokens": 512}), ("llm", {"inputTokens": 40, "outputTokens": 12, "tokensPerMinute": 90000, "tokenLimit": 8192}),
            ("cursor", {"nextToken": v.b64(120), "items": []}), ("cursor", {"LastEvaluatedKey": {"pk": {"S": "u#1"}, "sk": {"S": "o#2"}}}), ("cursor", {"pageToken": v.b64u(40), "pageSize": 10}), ("cursor", {"continuationToken": v.b64(60)}),
            ("keys", {"partitionKey": "user", "sortKey": "ts", "keyName": "x", "keyCount": 4, "key": "a/b.json"}), ("keys", {"KeyMetadata": {"KeyId": v.uuid(), "KeySpec": "RSA_2048", "KeyState": "Enabled"}}), ("keys", {"kid": "k-1", "kty": "RSA", "n": v.b64u(342), "e": "AQAB", "use": "sig"}),
            ("password", {"passwordPolicy": {"minLength": 12, "requireSymbols": True}, "passwordExpiresInDays": 30}), ("password", {"error": "InvalidPasswordException", "message": "Password did not conform with policy"}), ("password", {"hasPassword": True, "passwordSet": False, "secret": None, "token": ""}), ("password", {"password": "********", "n": 1}), ("password", {"password": "[REDACTED]"}), ("password", {"password": "${ssm:/app/db/password}"}), ("password", {"errors": [{"field": "password", "message": "is too short (minimum is 8 characters)"}]}),
            ("secret", {"SecretId": "prod/db", "secretVersion": "3", "secretType": "Opaque", "secretsCount": 4}), ("secret", {"secretArn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf", "rotationEnabled": True}), ("secret", {"credentialProvider": "imds", "credentialsExpiry": "2026-01-01T00:00:00Z"}),
            ("token", {"token_type": "Bearer", "expires_in": 3600, "tokenUse": "access", "tokenValid": True}), ("token", {"tokenEndpoint": "https://a.example/oauth/token", "tokenTtl": 60}), ("token", {"authType": "oidc", "authProvider": "google", "authenticated": True, "author": "anna"}), ("token", {"sessionCount": 3, "sessionDuration": 1800, "cookieConsent": True, "cookieDomain": "a.example"}),
            ("number", {"timestamp": int(v.epoch_ms()), "sequence": 49012345678901234, "bytes": 4294967296}), ("number", {"amount": 1234567890123, "price": 0.000012, "ratio": 4.111111111111111}), ("number", {"orderId": v.not_luhn("4", 16), "accountId": "111122223333", "ns": v.epoch() * 1000000000}),
            ("id", {"requestId": v.uuid(), "spanId": v.hex(16), "etag": v.hex(32), "sha": v.hex(40), "digest": "sha256:" + v.hex(64)}), ("id", {"messageId": v.uuid(), "receiptHandle": "AQEB" + v.b64(120), "md5OfBody": v.hex(32)}), ("id", {"orderCode": "AB-12345", "countryCode": "FI", "statusCode": 200, "errorCode": "E42", "zipFile": "a.zip"}),
            ("event", {"httpMethod": "GET", "path": "/password/reset", "headers": {"User-Agent": "Mozilla/5.0 Chrome/131.0.0.0", "X-Amzn-Trace-Id": "Root=" + v.xray(), "Accept-Language": "fi"}, "queryStringParameters": {"page": "2"}}), ("event", {"Records": [{"s3": {"bucket": {"name": "b"}, "object": {"key": "tokens/2026/a.csv", "size": 1024, "eTag": v.hex(32), "sequencer": v.hex(16).upper()}}}]}),
            ("event", {"detail-type": "Secret Rotated", "source": "aws.secretsmanager", "detail": {"eventName": "RotationSucceeded"}}), ("event", {"statusCode": 302, "headers": {"Location": "https://a.example/login?next=%2Fhome", "Cache-Control": "no-store"}}), ("event", {"isBase64Encoded": True, "body": base64.b64encode(b"\x1f\x8b\x08\x00" + v.bytes(50)).decode()}),
            ("event", {"triggerSource": "PostConfirmation_ConfirmSignUp", "userPoolId": "eu-west-1_AbCdEfGhI", "callerContext": {"clientId": v.of("abcdefghij0123456789", 26)}}), ("config", {"auth": {"enabled": True, "type": "basic"}, "security": {"pin_required": False, "mfa": "optional"}}), ("config", {"logLevel": "debug", "apiKeyRequired": True, "apiKeySource": "HEADER", "usagePlanId": "abc123"}), ("config", {"name": "token-service", "version": "1.2.3", "port": 8080}), ("config", {"feature": "passwordReset", "enabled": True}),
            ("config", {"ssl": {"cert": "/etc/ssl/c.pem", "privateKeyPath": "/etc/ssl/k.pem"}, "secretFile": "/run/secrets/db"})):
        c.neg("benign_json_" + kind, record)


def later(c):
    """What a second look found."""
    v = c.v
    for kind, line, make, keep in (
            ("setter", "mail.setPassword(\"%s\"); // smtp", v.password, ["// smtp"]), ("entry", "Dictionary[password, %s]", lambda: v.b62(14), []),
            ("suffix", "LDAP_BIND_PW=%s LDAP_PORT=636", v.password, ["LDAP_PORT=636"]), ("session", "laravel_session=%s; path=/", lambda: v.b62(40), ["path=/"]),
            ("app_key", "APP_KEY=base64:%s", lambda: v.b64(43) + "=", []), ("otp", "Your code is %s", v.otp, []), ("otp", "one-time passcode %s sent", v.otp, ["sent"]),
            ("otp", "Use PIN %s to unlock", lambda: v.digits(4), ["to unlock"]), ("otp", "your login code %s expires soon", v.otp, ["expires soon"]), ("account", "acct_number=%s", lambda: v.digits(10), []),
            ("street", "\"address1\":\"%s\",\"city\":", v.street, ["city"]), ("tab", "recovery_code\t%s\ttier=gold", lambda: v.hex(16), ["tier=gold"]), ("tab", "password\t=\t%s", v.password, []),
            ("above", "Client Secret\n  %s", lambda: v.b62(32), []), ("above", "Temporary password\n%s", lambda: v.b62(12), []), ("above", "Password:\n\n  %s", lambda: v.b62(12), []),
            ("german", "Passwort lautet %s", lambda: v.b62(12), []), ("scott", "expdp batch/%s@ORCL full=y", v.simple_password, ["full=y"]), ("net_use", "net use \\\\h\\s /user:bob %s", lambda: v.b62(12), ["/user:bob"]),
            ("sqlserver_at", "jdbc:sqlserver://sql:1433;databaseName=hr;user=app;password=%s;encrypt=true", lambda: "p@" + v.simple_password(), ["databaseName=hr", "encrypt=true"]),
            ("fragment", "postgres://app:%s@db-1/shop", lambda: "2#" + v.b62(12), ["db-1/shop"]), ("curl", "curl --oauth2-bearer %s https://api.local/x", lambda: v.b62(32), ["https://api.local/x"])):
        s = make()
        c.hit("later_" + kind, line % s, s, keep)
    a, b = v.b62(12), v.b62(12)
    c.hit("later_change", "password changed from %s to %s by admin" % (a, b), [a, b], ["by admin"])
    for name in ("pw", "pass", "pwd", "auth"):
        s = v.letters_password()
        c.hit("later_container", {"credentials": {name: s, "region": "eu"}}, s, ["eu"])
    s = v.password()
    c.hit("later_json_name", {"\u043f\u0430\u0440\u043e\u043b\u044c": s}, s)


def later_benign(c):
    for line in ("credentials=same-origin mode=cors", "fetch credentials: include", "call cost about 0.000012 USD", "sms price 0.000753", "Authorization: bearer", "set pin 13 high",
                 "jdbc:sqlserver://sql:1433;databaseName=hr;integratedSecurity=true", "getPassword(\"db-creds-2\")", "password: !Sub x", "[password, email]", "tracking code 482913 sent"):
        c.neg("later_text", line)
    for record in ({"errors": {"password": ["is too short (minimum is 8 characters)"]}}, {"password": ["This field may not be blank."]}, {"errors": {"password": "must be at least 12 characters"}},
                   {"auth": "none"}, {"auth": "enabled"}, {"password": "${ssm:/app/db1/password}"}):
        c.neg("later_json", record)


ROUNDS, BENIGN = (frameworks, names, records, tokens, structured, headers, events, people, later), (benign_text, benign_records, later_benign)
