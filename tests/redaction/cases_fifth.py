"""A fifth time: what SDKs, servers and tools print when they are asked to say more, and the lines around it that harm nobody."""
import base64
import json
import urllib.parse

from gens import BASE62, DIGITS, LOWER, UPPER, b64url, grouped


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def b64(text):
    return base64.b64encode(text.encode()).decode()


def quoted(text):
    return urllib.parse.quote(text, safe="")


def human(v):
    """Two words with a symbol and digits behind."""
    return v.fresh(lambda: "%s%s%s%d" % (v.word().capitalize(), v.pick("!", "#", "@", "$", "*"), v.word()[:4], v.between(10, 9999)))


def loggers(c):
    v = c.v
    p = human(v)
    c.hit("keys.pino", '{"level":30,"time":%s,"pid":8,"hostname":"ip-10-0-1-4","req":{"id":1,"method":"POST","body":{"user":"kay","password":"%s"}},"msg":"incoming"}' % (v.epoch_ms(), p), p, ["incoming", "ip-10-0-1-4"])
    p = human(v)
    c.hit("keys.winston", "info: user created {\"service\":\"signup\",\"payload\":{\"login\":\"kay\",\"initialPassword\":\"%s\"}}" % p, p, ["\"service\":\"signup\""])
    p = human(v)
    c.hit("keys.logback", "10:22:31.004 [http-nio-8080-exec-3] DEBUG o.s.w.s.m.RequestResponseBodyMethodProcessor - Read \"application/json\" to [LoginDto(email=x, password=%s)]" % p, p, ["RequestResponseBodyMethodProcessor"])
    p = human(v)
    c.hit("keys.zap", "DEBUG\tauth/ldap.go:71\tbinding\t{\"bind_dn\": \"cn=a\", \"bind_password\": \"%s\", \"tls\": true}" % p, p, ["auth/ldap.go:71", "\"tls\": true"])
    p = human(v)
    c.hit("keys.zerolog", "10:22AM DBG connecting db.host=pg db.pass=%s db.pool=4" % p, p, ["db.pool=4"])
    p = human(v)
    c.hit("keys.slog", 'time=%s level=INFO msg="config loaded" smtp.host=mx smtp.password=%s smtp.port=25' % (v.iso(), p), p, ["smtp.port=25"])
    p = human(v)
    c.hit("keys.serilog", "[10:22:31 DBG] Executing LoginCommand {\"User\": \"kay\", \"Password\": \"%s\", \"$type\": \"LoginCommand\"}" % p, p, ["\"$type\": \"LoginCommand\""])
    p = human(v)
    c.hit("keys.monolog", "[2026-03-02T10:22:31.004+00:00] local.ERROR: login {\"exception\":\"x\",\"input\":{\"email\":\"e\",\"password\":\"%s\"}} []" % p, p, ["local.ERROR"])
    p = human(v)
    c.hit("keys.rails", "D, [2026-03-02T10:22:31.004 #8] DEBUG -- : Started POST \"/login\" params: {\"session\" => {\"login\" => \"kay\", \"password\" => \"%s\"}}" % p, p, ["Started POST"])
    p = human(v)
    c.hit("keys.elixir", "[debug] Processing with AppWeb.SessionController.create/2 Parameters: %{\"user\" => %{\"password\" => \"" + p + "\"}} Pipelines: [:browser]", p, ["[:browser]"])
    p = human(v)
    c.hit("keys.celery", "Task app.tasks.provision[%s] received kwargs={'user': 'kay', 'temp_password': '%s', 'plan': 'pro'}" % (v.uuid(), p), p, ["'plan': 'pro'"])
    p = human(v)
    c.hit("keys.django", "Request Method: POST\nPOST:\nusername = 'kay'\npassword = '%s'\nnext = '/home'" % p, p, ["next = '/home'"])
    p = human(v)
    c.hit("keys.gin", "[GIN-debug] form map[pass:[%s] user:[kay]]" % p, p, ["user:[kay]"])
    p = human(v)
    c.hit("keys.tracing", "  2026-03-02T10:22:31Z DEBUG app::auth: login attempt, user: \"kay\", password: \"%s\"\n    at src/auth.rs:44" % p, p, ["src/auth.rs:44"])
    p = human(v)
    c.hit("keys.hibernate", "Could not open connection [url=jdbc:h2:mem:x, user=sa, password=%s]" % p, p, ["user=sa"])
    p = human(v)
    c.hit("keys.kafka", "\tssl.keystore.password = %s\n\tssl.keystore.type = JKS\n\tretries = 3" % p, p, ["ssl.keystore.type = JKS"])
    p = human(v)
    c.hit("keys.properties", "quarkus.datasource.password=%s\nquarkus.http.port=8080" % p, p, ["8080"])
    p = v.uuid()
    c.hit("keys.spring", "Using generated security password: %s" % p, p)
    p = human(v)
    c.hit("keys.ansible", "TASK [db : create user] ok: [h1] => {\"changed\": false, \"invocation\": {\"module_args\": {\"login_password\": \"%s\", \"port\": 5432}}}" % p, p, ["5432"])
    p = human(v)
    c.hit("keys.terraform", '      ~ password          = "%s" -> "%s"' % (p, (q := human(v))), [p, q])
    p = human(v)
    c.hit("keys.gitdiff", "-DB_PASSWORD=%s\n+DB_PASSWORD=%s\n DB_PORT=5432" % (p, (q := human(v))), [p, q], ["DB_PORT=5432"])
    p = human(v)
    c.hit("keys.docker", "docker run -d -e POSTGRES_PASSWORD=%s -e TZ=UTC -p 5432:5432 postgres:16" % p, p, ["TZ=UTC", "postgres:16"])
    p = human(v)
    c.hit("keys.compose", "services:\n  db:\n    environment:\n      - MARIADB_ROOT_PASSWORD=%s\n      - MARIADB_DATABASE=shop" % p, p, ["MARIADB_DATABASE=shop"])
    p = b64(human(v))
    c.hit("keys.k8s_secret", "apiVersion: v1\nkind: Secret\ndata:\n  password: %s\n  username: a2F5\ntype: Opaque" % p, p, ["type: Opaque"])
    p = human(v)
    c.hit("keys.jenkins", "+ sh deploy.sh --user ci --pass %s --env qa" % p, p, ["--env qa"])
    p = human(v)
    c.hit("keys.powershell", "ConvertTo-SecureString -String '%s' -AsPlainText -Force" % p, p, ["-AsPlainText"], soft=True)
    p = human(v)
    c.hit("keys.powershell", "$env:SQL_PASSWORD = \"%s\"; ./run.ps1" % p, p, ["./run.ps1"])
    p = human(v)
    c.hit("keys.windows", "schtasks /create /tn job /ru svc /rp %s /sc daily" % p, p, ["/sc daily"], soft=True)
    p = human(v)
    c.hit("keys.vbs", "<setting name=\"FtpPassword\" serializeAs=\"String\"><value>%s</value></setting>" % p, p, ["serializeAs"])
    p = human(v)
    c.hit("keys.ldif", "dn: uid=kay,dc=x\nuserPassword: %s\nuid: kay" % p, p, ["uid: kay"])
    p = human(v)
    c.hit("keys.snmp", "community string '%s' rejected by 10.0.0.9" % p, p, ["rejected by 10.0.0.9"], soft=True)
    p = human(v)
    c.hit("keys.wifi", "network={ ssid=\"office\" psk=\"%s\" key_mgmt=WPA-PSK }" % p, p, ["ssid=\"office\""])
    p = human(v)
    c.hit("keys.prose", "I tried to sign in with the password %s but it says invalid" % p, p, ["but it says invalid"])
    p = human(v)
    c.hit("keys.prose", "Customer says: my pin code is 4471 and pass is %s" % p, p, ["Customer says"], soft=True)
    p = human(v)
    c.hit("keys.prose", "Login: kay Password: %s Role: admin" % p, p, ["Role: admin"])
    p = human(v)
    c.hit("keys.prose", "Your new password: %s. Please change it." % p, p, ["Please change it."])
    n = v.otp()
    c.hit("keys.prose", "Hi, your login code: %s" % n, n)
    n = v.otp()
    c.hit("keys.prose", "Enter code %s on the device to continue, it is your one-time verification code" % n, n, ["to continue"], soft=True)
    n = v.otp()
    c.hit("keys.prose", "2FA code %s accepted for uid 5" % n, n, ["for uid 5"])
    n = v.otp()
    c.hit("keys.prose", "Generated OTP=%s for msisdn hash 9f" % n, n, ["hash 9f"])
    n = v.otp()
    c.hit("keys.prose", "Dein Bestätigungscode lautet %s" % n, n, soft=True)
    n = v.otp()
    c.hit("keys.prose", "Votre code de vérification est %s." % n, n, soft=True)
    k = v.b62(40)
    c.hit("keys.prose", "created service token %s for ci-runner (expires never)" % k, k, ["(expires never)"])
    k = v.hex(32)
    c.hit("keys.prose", "webhook secret set to %s" % k, k, ["webhook secret set to"])


def sdks(c):
    v = c.v
    a, s, t = v.aws_id("ASIA"), v.hex(64), v.aws_session()
    c.hit("headers.botocore", "DEBUG:botocore.endpoint:Sending http request: <AWSPreparedRequest method=POST, url=https://sts.amazonaws.com/, headers={'X-Amz-Date': b'20260302T102231Z', 'X-Amz-Security-Token': b'%s', 'Authorization': b'AWS4-HMAC-SHA256 Credential=%s/20260302/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, Signature=%s'}>" % (t, a, s), [t, s, a], ["method=POST"])
    t = v.aws_session()
    c.hit("headers.botocore", "CanonicalRequest:\nPOST\n/\n\nhost:sqs.eu-west-1.amazonaws.com\nx-amz-date:20260302T102231Z\nx-amz-security-token:%s\n\nhost;x-amz-date" % t, t, ["x-amz-date:20260302T102231Z"])
    t = v.b62(44)
    c.hit("headers.urllib3", "send: b'GET /v1/me HTTP/1.1\\r\\nHost: api.example.org\\r\\nAuthorization: Bearer %s\\r\\nAccept: */*\\r\\n\\r\\n'" % t, t, ["Host: api.example.org", "Accept: */*"])
    t = v.b62(44)
    c.hit("headers.okhttp", "--> POST https://api.example.org/x\nContent-Type: application/json\nAuthorization: Bearer %s\n--> END POST (12-byte body)" % t, t, ["--> END POST (12-byte body)"])
    t = v.b62(44)
    c.hit("headers.axios", "AxiosError: Request failed with status code 401 { config: { headers: AxiosHeaders { Accept: 'a/b', Authorization: 'Bearer %s' }, method: 'get' } }" % t, t, ["method: 'get'"])
    t = v.b62(44)
    c.hit("headers.curlv", "* Connected to api.example.org (203.0.113.9) port 443\n> GET /x HTTP/2\n> authorization: Bearer %s\n> user-agent: curl/8.5.0\n< HTTP/2 403" % t, t, ["203.0.113.9", "curl/8.5.0"])
    t = v.b62(44)
    c.hit("headers.httpie", "Authorization: bearer %s\nConnection: keep-alive" % t, t, ["Connection: keep-alive"])
    t = v.b62(44)
    c.hit("headers.har", {"log": {"entries": [{"request": {"headers": [{"name": "Authorization", "value": "Bearer " + t}, {"name": "Accept", "value": "a/b"}], "url": "https://x.example"}}]}}, t, ["a/b", "https://x.example"])
    t = v.b62(44)
    c.hit("headers.raw", {"rawHeaders": ["Host", "a.example", "Authorization", "Bearer " + t, "Accept", "*/*"]}, t, ["a.example", "*/*"])
    t = v.b62(40)
    c.hit("headers.grpc", "metadata.MD{\"authorization\":[]string{\"Bearer %s\"}, \"x-request-id\":[]string{\"r1\"}}" % t, t, ["r1"])
    t = v.b62(40)
    c.hit("headers.netty", "DefaultHttpHeaders[host: a.example, authorization: Bearer %s, accept: */*]" % t, t, ["a.example"])
    t = v.b62(40)
    c.hit("headers.envoy", "':path', '/x'\n'authorization', 'Bearer %s'\n'x-envoy-attempt-count', '1'" % t, t, ["'x-envoy-attempt-count', '1'"])
    t = v.b62(40)
    c.hit("headers.express", "req.headers = { host: 'a', 'x-api-key': '%s', accept: '*/*' }" % t, t, ["accept: '*/*'"])
    t = v.b62(40)
    c.hit("headers.dotnet", "Request Headers:\nAuthorization: [Bearer %s]\nAccept: [text/plain]" % t, t, ["text/plain"])
    t = v.b62(40)
    c.hit("headers.jwtless", "{\"Authorization\":[\"Bearer %s\"],\"Accept\":[\"a\"]}" % t, t, ["\"Accept\":[\"a\"]"])
    b = b64("kay:" + human(v))
    c.hit("headers.basic", "WWW-Authenticate: Basic realm=\"x\" answered with Authorization: Basic %s" % b, b, ["realm=\"x\""])
    b = b64("kay:" + human(v))
    c.hit("headers.basic", {"headers": {"proxy-authorization": ["Basic " + b], "via": ["1.1 p"]}}, b, ["1.1 p"])
    b = b64("kay:" + human(v))
    c.hit("headers.basic", "wget --header=\"Authorization: Basic %s\" https://a.example/f.zip" % b, b, ["https://a.example/f.zip"])
    s = v.hex(40)
    c.hit("headers.cookie", "Cookie: _ga=GA1.2.3.4; session=%s; theme=dark" % s, s)
    s = v.b62(48)
    c.hit("headers.cookie", "setting cookie ASP.NET_SessionId=%s; path=/; HttpOnly" % s[:24], s[:24])
    s = v.b62(60)
    c.hit("headers.cookie", {"headers": {"cookie": ".AspNetCore.Cookies=%s; lang=nb" % s, "dnt": "1"}}, s, ["\"dnt\":\"1\""])
    s = v.b62(32)
    c.hit("headers.cookie", "cookie jar: <RequestsCookieJar[<Cookie sessionid=%s for .example.org/>]>" % s, s, ["RequestsCookieJar"])
    s = v.b62(40)
    c.hit("headers.csrf", "X-XSRF-TOKEN: %s\nReferer: https://a.example/f" % s, s, ["https://a.example/f"])
    k = v.b62(32)
    c.hit("headers.apikey", "apikey: %s (tier=gold)" % k, k, ["(tier=gold)"])
    k = v.b62(32)
    c.hit("headers.apikey", "http: Request{Header:map[X-Api-Key:[%s] User-Agent:[go]]}" % k, k, ["User-Agent:[go]"])
    k = v.hex(32)
    c.hit("headers.apikey", "Api-Key=%s; Host=api.newrelic.com" % k, k, ["api.newrelic.com"])
    t = "sk_live_" + v.b62(24)
    c.hit("tokens.stripe", "Request to Stripe api method=post url=https://api.stripe.com/v1/charges auth=%s" % t, t, ["method=post"])
    c.hit("tokens.curl_stripe", "curl https://api.stripe.com/v1/refunds -u %s: -d charge=ch_1" % (t := "sk_test_" + v.b62(24)), t, ["charge=ch_1"])
    k = v.hex(32)
    c.hit("keys.pagerduty", {"routing_key": k, "event_action": "trigger", "dedup_key": "disk-1"}, k, ["trigger", "disk-1"], soft=True)
    k = v.hex(32)
    c.hit("keys.twilio", "Client(account_sid='AC%s', auth_token='%s')" % (v.hex(32), k), k)
    k = v.hex(32)
    c.hit("keys.twilio", {"accountSid": "AC" + v.hex(32), "authToken": k, "edge": "dublin"}, k, ["dublin"])
    k = v.b62(40)
    c.hit("structured.cloudinary", "CLOUDINARY_URL=cloudinary://874837483274837:%s@demo" % k[:27], k[:27], ["cloudinary://"], soft=True)
    t = "access-sandbox-" + v.uuid()
    c.hit("keys.plaid", {"access_token": t, "item_id": "it1"}, t, ["it1"])
    t = v.b62(24)
    c.hit("keys.slack_event", {"token": t, "team_id": "T1", "type": "event_callback"}, t, ["event_callback"])
    t = v.b62(32)
    c.hit("keys.firebase", {"fcm": {"serverKey": "AAAA" + v.b62(7) + ":APA91b" + (k := v.b64u(134)), "senderId": "5500"}}, k, ["5500"])
    t = v.b62(64)
    c.hit("keys.oauth", "token response: {'access_token': '%s', 'expires_in': 3599, 'scope': 'openid', 'token_type': 'Bearer', 'id_token': '%s'}" % (t, (j := v.jwt("RS256"))), [t, j], ["3599", "openid"])
    t = v.b64u(43)
    c.hit("keys.pkce", "authorize code_challenge=%s code_verifier=%s state=ok" % (v.b64u(43), t), t, ["state=ok"])
    t = v.b62(60)
    c.hit("keys.saml", "POST /acs SAMLResponse=%s&RelayState=home" % quoted(b64("<samlp:Response>" + t + "</samlp:Response>")), quoted(b64("<samlp:Response>" + t + "</samlp:Response>")), ["RelayState=home"])
    d = v.b62(36)
    c.hit("keys.device", {"device_code": d, "user_code": "WDJB-MJHT", "interval": 5}, d, ["\"interval\":5"])
    r = v.b62(48)
    c.hit("keys.cognito", {"AuthenticationResult": {"RefreshToken": r, "ExpiresIn": 3600}, "ChallengeParameters": {}}, r, ["3600"])
    p = human(v)
    c.hit("keys.cognito", "AdminInitiateAuth AuthParameters={'USERNAME': 'kay', 'PASSWORD': '%s', 'SECRET_HASH': '%s'}" % (p, (h := v.b64(43) + "=")), [p, h])
    p = human(v)
    c.hit("keys.rds", "CreateDBInstance: {MasterUsername: root, MasterUserPassword: %s, AllocatedStorage: 20}" % p, p, ["AllocatedStorage: 20"])
    k = v.b64(43) + "="
    c.hit("keys.kms", {"Plaintext": k, "KeyId": "alias/app"}, k, ["alias/app"], soft=True)
    p = human(v)
    c.hit("keys.secretsmanager", {"Name": "prod/db", "SecretString": compact({"username": "app", "password": p}), "VersionStages": ["AWSCURRENT"]}, p, ["AWSCURRENT"])
    p = human(v)
    c.hit("keys.ssm", "Parameter(Name=/app/db/password, Type=SecureString, Value=%s, Version=2)" % p, p, ["Version=2"])
    p = human(v)
    c.hit("keys.lambda_env", {"Environment": {"Variables": {"DB_PASS": p, "LOG_LEVEL": "debug"}}, "Runtime": "python3.12"}, p, ["python3.12", "debug"])


def stores(c):
    v = c.v
    p = human(v).replace("@", "!").replace("#", "!")
    c.hit("structured.url", "psql: error: connection to postgresql://rep:%s@10.0.4.4/kpi failed: FATAL" % p, p, ["10.0.4.4/kpi"])
    p = v.simple_password()
    c.hit("structured.url", "celery broker amqp://guest:%s@rabbit:5672// ready" % p, p, ["rabbit:5672"])
    p = v.simple_password()
    c.hit("structured.url", "(redis.exceptions.ConnectionError) redis://default:%s@cache.abc.use1.cache.amazonaws.com:6379/0" % p, p, ["cache.abc.use1.cache.amazonaws.com"])
    p = v.simple_password()
    c.hit("structured.url", {"DATABASE_URL": "mysql2://app:%s@db.internal/shop?pool=5" % p, "RAILS_ENV": "production"}, p, ["production"])
    p = v.simple_password()
    c.hit("structured.url", "proxy set to http://corp\\kay:%s@proxy.corp:8080" % p, p, ["proxy.corp:8080"], soft=True)
    p = v.simple_password()
    c.hit("structured.url", "pip install --index-url https://ci:%s@pypi.corp/simple -r req.txt" % p, p, ["pypi.corp/simple", "-r req.txt"])
    p = v.simple_password()
    c.hit("structured.url", "rtsp://admin:%s@10.0.0.7:554/stream1 timed out" % p, p, ["timed out"])
    p = v.simple_password()
    c.hit("structured.url", "sftp://ingest:%s@files.example:22/in/2026 -> 14 files" % p, p, ["14 files"])
    p = v.simple_password()
    c.hit("structured.url", "ES node https://elastic:%s@es-1:9200 unavailable" % p, p, ["es-1:9200"])
    p = quoted(human(v)) + "%2F"
    c.hit("structured.url", "mongodb+srv://svc:%s@c1.mongodb.net/?w=majority" % p, p, ["w=majority"])
    p = human(v)
    c.hit("structured.ado", "Exception: Login failed. ConnectionString: 'Data Source=.;Integrated Security=False;User ID=sa;Password=%s;Connect Timeout=15'" % p, p)
    p = human(v)
    c.hit("structured.ado", "jdbc:mysql://db/shop;user=app;password=%s;useSSL=true" % p, p, ["useSSL=true"])
    p = human(v)
    c.hit("structured.ado", "Provider=SQLOLEDB;Server=s1;Uid=sa;Pwd=%s;" % p, p, ["Server=s1"])
    p = human(v)
    c.hit("structured.ado", "amqp: uri=host=rabbit;username=svc;password=%s;virtualHost=/" % p, p, ["virtualHost=/"])
    k = v.b64(86) + "=="
    c.hit("structured.azure_storage_key", "az storage blob list --account-name acc --account-key %s -c logs" % k, k, ["-c logs"])
    k = v.b64(43) + "="
    c.hit("structured.azure_sas", "SharedAccessSignature sr=ns.servicebus.windows.net&sig=%s&se=1790000000&skn=root" % quoted(k), quoted(k), ["skn=root"])
    k = v.b64(43) + "="
    a, s = v.aws_id(), v.aws_secret()
    c.hit("structured.aws", "$ aws configure set aws_access_key_id %s && aws configure set aws_secret_access_key %s" % (a, s), [a, s])
    a, s = v.aws_id(), v.aws_secret()
    c.hit("structured.aws", "Access key ID,Secret access key\n%s,%s" % (a, s), [a, s])
    a, s = v.aws_id(), v.aws_secret()
    c.hit("structured.aws", "s3cmd --access_key=%s --secret_key=%s ls" % (a, s), [a, s], ["ls"])
    a, s = v.aws_id(), v.aws_secret()
    c.hit("structured.aws", {"credentials": [a, s], "region": "eu-west-1"}, [a, s], ["eu-west-1"])
    a, s = v.aws_id(), v.aws_secret()
    c.hit("structured.aws", "AWS.config.update({accessKeyId: '%s', secretAccessKey: '%s', region: 'us-west-2'})" % (a, s), [a, s], ["us-west-2"])
    k = v.pem("PRIVATE KEY", 4)
    c.hit("structured.pem", {"tls": {"key": "\n".join(k), "cert": "\n".join(v.pem("CERTIFICATE", 3)), "port": 443}}, k[1:-1], ["443"])
    k = v.pem("RSA PRIVATE KEY", 4)
    c.hit("structured.pem", "kubectl: tls.key: |\n    " + "\n    ".join(k) + "\n  type: kubernetes.io/tls", k[1:-1], ["kubernetes.io/tls"])
    k = b64("\n".join(v.pem("EC PRIVATE KEY", 4)))
    c.hit("structured.pem_b64", "SIGNING_PEM_B64=%s MODE=1" % k, k[40:100], ["MODE=1"])
    t = v.jwt(email="x")
    c.hit("structured.jwt", "socket.io handshake query={ EIO: '4', auth: '%s', transport: 'ws' }" % t, t, ["transport: 'ws'"])
    t = v.jwt()
    c.hit("structured.jwt", "io.jsonwebtoken.ExpiredJwtException: JWT expired at 2026. Token was %s." % t, t, ["ExpiredJwtException"])
    t = v.jwt()
    c.hit("structured.jwt", "https://app.example.org/#id_token=%s&state=1" % t, t, ["state=1"])
    t = v.jwt()
    c.hit("structured.jwt", {"Cookie": "jwt=%s; a=b" % t}, t)
    h = v.bcrypt()
    c.hit("structured.hash", 'UPDATE "users" SET "password_digest" = $1 WHERE "id" = $2  [["password_digest", "%s"], ["id", 4]]' % h, h, ['["id", 4]'])
    h = v.bcrypt()
    c.hit("structured.hash", "kay:%s" % h, h)
    p = human(v)
    c.hit("keys.sql", "2026-03-02 10:22:31 UTC [8]: LOG:  statement: CREATE USER etl WITH ENCRYPTED PASSWORD '%s' CONNECTION LIMIT 5;" % p, p, ["CONNECTION LIMIT 5"])
    p = human(v)
    c.hit("keys.mongo", "command admin.$cmd command: createUser { createUser: \"etl\", pwd: \"%s\", roles: [ \"read\" ] }" % p, p, ["roles: [ \"read\" ]"])
    p = human(v)
    c.hit("keys.mysql_general", "  12 Query\tALTER USER 'kay'@'%%' IDENTIFIED WITH caching_sha2_password BY '%s'" % p, p)
    p = human(v)
    c.hit("keys.clickhouse", "CREATE USER rep IDENTIFIED WITH sha256_password BY '%s' SETTINGS readonly=1" % p, p, ["SETTINGS readonly=1"])
    p = human(v)
    c.hit("keys.snowflake", "COPY INTO t FROM 's3://b' CREDENTIALS=(AWS_KEY_ID='%s' AWS_SECRET_KEY='%s')" % ((a := v.aws_id()), (s := v.aws_secret())), [a, s], ["COPY INTO t"])


def people(c):
    v = c.v
    for brand in ("visa", "mastercard", "amex", "discover", "jcb"):
        n = v.card(brand, {"amex": 15}.get(brand, 16))
        c.hit("payment.pan", c.one("auth req {\"acct\":\"%s\",\"amt\":1200}", "PAN=%s EXP=0429", "stored card %s for reuse", "<Pan>%s</Pan><Amt>12</Amt>", "charge failed: %s: do_not_honor", "tarjeta %s rechazada", "carte %s refusée",
                                   "number: '%s', brand: 'x'", "primaryAccountNumber\t%s", "0200|%s|000000|1200") % n, n)
    n = v.card("visa", 16)
    c.hit("payment.pan_url", "GET /pay?cardnumber=%s&amount=5" % n, n, ["amount=5"])
    n, g = v.card_grouped("visa", "-")
    c.hit("payment.pan_grouped", "call center note: '%s, exp 04/29'" % g, g, ["exp 04/29"])
    n = v.card("visa", 16)
    n = v.card("mastercard")
    c.hit("payment.pan_json_text", {"payload": compact({"source": {"number": n, "cvc": "737"}})}, n)
    n = v.digits(3)
    c.hit("payment.cvv", "threeDS card_cvc=%s eci=05" % n, n, ["eci=05"])
    n, a = v.aba(), v.digits(10)
    c.hit("payment.ach", "ABA %s / acct no. %s micro-deposit sent" % (n, a), [n, a], ["micro-deposit sent"])
    for country in ("DE", "GB", "FR", "NL", "NO", "ES", "MT"):
        i = v.iban(country)
        shown = c.one(i, grouped(i, [4] * 8), i.lower())
        c.hit("payment.iban", c.one("Gutschrift auf %s", "beneficiary %s rejected AC03", "creditorAccount={iban=%s}", "|%s|EUR|12.50|", "<Id><IBAN>%s</IBAN></Id>", "mandate for %s revoked") % shown, shown)
    for kind, text, value in (
            ("us_ssn", "KBA failed for SSN %s", v.ssn()), ("us_ssn", "{\"tin\":\"%s\"}", v.ssn()), ("us_ssn", "social security no. %s on file", v.ssn("")), ("us_ssn", "1099 recipient %s", v.ssn()),
            ("ca_sin", "employee SIN: %s", grouped(v.sin(), (3, 3, 3), "-")), ("ca_sin", "{\"sin\":\"%s\"}", v.sin()),
            ("uk_nhs", "PDS trace NHS No. %s", grouped(v.nhs(), (3, 3, 4))), ("uk_nhs", "nhsNo=%s ", v.nhs()),
            ("uk_nino", "P45 for %s filed", grouped(v.nino(), (2, 2, 2, 2, 1))), ("uk_nino", "national insurance no %s", v.nino()),
            ("br_cpf", "CPF do titular: %s", v.cpf()), ("br_cnpj", "cnpj=%s ", v.cnpj()), ("in_aadhaar", "UIDAI auth for %s ok", grouped(v.aadhaar(), (4, 4, 4))), ("in_aadhaar", "aadhaar no %s", v.aadhaar()),
            ("in_pan", "pan_no=%s ", v.india_pan()), ("es_dni", "NIF %s activo", v.dni()), ("es_nie", "NIE: %s", v.nie()), ("it_cf", "CodiceFiscale=%s", v.codice_fiscale()), ("it_cf", "assistito %s", v.codice_fiscale()),
            ("pl_pesel", "pesel=%s wiek=40", v.pesel()), ("nl_bsn", "burgerservicenummer %s", v.bsn()), ("de_tin", "IdNr %s", v.german_tin()), ("de_tin", "Steueridentifikationsnummer %s ungültig", v.german_tin()),
            ("fr_nir", "NIR %s", v.nir()), ("fr_nir", "assuré n° sécu %s", v.nir()), ("se_pnr", "personnr %s", v.personnummer()), ("se_pnr", "pnr: %s", v.personnummer(True)), ("au_tfn", "tax file number %s", v.tfn()),
            ("sg_nric", "NRIC %s scanned", v.nric()), ("cn_id", "resident id %s", v.china_id()), ("cn_id", "{\"idCard\":\"%s\"}", v.china_id()), ("passport", "Passport %s scanned at gate", v.passport()), ("licence", "driver's licence %s valid", v.licence())):
        c.hit("government." + kind, text % value, value)
    for text, value, keep in (("patient MRN %s admitted", "M" + v.digits(7), "admitted"), ("DEA# %s on rx", v.dea(), "on rx"), ("NPI: %s", v.npi(), "NPI"), ("medicare id %s", v.mbi(), "medicare id")):
        c.hit("health.id", text % value, value, [keep], policy="hipaa")
    c.hit("health.fields", {"patient": {"diagnosis": "E11.9 type 2", "mrn": (m := v.digits(8))}, "ward": "B"}, ["E11.9 type 2", m], ["\"ward\":\"B\""], policy=c.one("hipaa", "strict", "default"))
    for text in ("bounce: 550 5.1.1 <%s> unknown", "SELECT * FROM users WHERE email = '%s' LIMIT 1", "User(id=4, email=%s, active=true)", "duplicate key value violates unique constraint \"users_email_key\" Detail: Key (email)=(%s) already exists.",
                 "s3://exports/%s/report.csv", "cn=kay,mail=%s,ou=x", "Sender: %s;", "[%s] password reset requested", "sub=%s aud=web", "/unsubscribe?u=%s&t=1", "author: K <%s>", "%s -> inbox"):
        e = v.email()
        c.hit("contact.email", text % e, e)
    for text in ("Twilio: To=%s Status=undelivered", "number %s is not a valid mobile", "wa.me link for %s", "{\"phone_number\":\"%s\"}", "sip:%s@pbx", "dialled %s, busy", "MSISDN %s barred"):
        p = v.phone()
        c.hit("contact.phone", text % p, p)
    p = v.us_phone()
    c.hit("contact.phone_us", "Fax: %s" % p, p)
    p = "%s-555-%04d" % (v.pick("206", "312"), v.between(100, 9999))
    c.hit("contact.phone_us", "cell %s texted" % p, p, ["texted"])
    f, l = v.first() + "e", v.last()
    c.hit("contact.name", {"profile": {"givenName": f, "familyName": l, "locale": "nb-NO"}}, [f, l], ["nb-NO"], policy=c.one("default", "strict", "pci", "hipaa"))
    f = v.first() + " " + v.last()
    c.hit("contact.name", "cardholder_name=\"%s\" brand=visa" % f, f, ["brand=visa"])
    f = v.first() + " " + v.last()
    c.hit("contact.name", "Customer{fullName='%s', tier=2}" % f, f, ["tier=2"])
    b = v.birth()
    c.hit("contact.dob", "patient DOB: %s, bed 4" % b, b, ["bed 4"])
    b = v.birth()
    c.hit("contact.dob", "<birthDate>%s</birthDate><sex>F</sex>" % b, b, ["<sex>F</sex>"])
    s = v.street()
    c.hit("contact.address", {"billingAddress": {"street1": s, "city": "Brno", "country": "CZ"}, "cart": 4}, s, ["\"cart\":4"])
    s = v.street()
    c.hit("contact.address", "street_address=\"%s\" country=NO" % s, s, ["country=NO"])
    i = v.ip()
    c.hit("contact.ip", "sshd[411]: Failed publickey for root from %s port 4411 ssh2" % i, i, ["sshd[411]"], policy="strict")
    i = v.ip()
    c.hit("contact.ip", '%s - - [02/Mar/2026:10:00:01 +0000] "GET / HTTP/1.1" 200 12' % i, i, ["200 12"], policy="strict")
    i = v.ip6()
    c.hit("contact.ip6", {"sourceIp": i, "status": 200}, i, ["200"], policy="strict")
    i = v.ip6()
    c.hit("contact.ip6", "from %s#443 refused" % i, i, ["refused"], policy="strict")
    m = v.mac(":")
    c.hit("contact.mac", {"device": {"mac": m, "rssi": -60}}, m, ["-60"], policy=c.one("strict", "hipaa"))
    u = v.word() + str(v.between(10, 99))
    c.hit("contact.user", "login ok username=%s mfa=yes" % u, u, ["mfa=yes"], policy=c.one("strict", "hipaa"))


def wrapped(c):
    v = c.v
    p = human(v)
    c.hit("nested.sfn", {"input": json.dumps({"detail": json.dumps({"user": {"password": p}})}), "name": "run-1"}, p, ["run-1"])
    p = human(v)
    c.hit("nested.sns_sqs", {"Records": [{"body": compact({"Type": "Notification", "Message": compact({"apiSecret": p, "n": 1}), "TopicArn": "arn:aws:sns:eu-west-1:123456789012:t"})}]}, p, ["TopicArn"])
    p = human(v)
    c.hit("nested.text_json", "Received message: b'{\"user\": \"kay\", \"password\": \"%s\"}' from queue q1" % p, p, ["from queue q1"])
    p = human(v)
    c.hit("nested.text_json", "payload={\\\"secret\\\": \\\"%s\\\", \\\"n\\\": 2} attempt=3" % p, p, ["attempt=3"])
    p = human(v)
    c.hit("nested.text_json", "event: \"{\\\"detail\\\":{\\\"pwd\\\":\\\"%s\\\"}}\"" % p, p)
    p = v.simple_password()
    whole = compact({"auths": {"reg.example": {"auth": b64("ci:" + p)}}})
    c.hit("nested.dockercfg", "cat ~/.docker/config.json -> %s" % whole, b64("ci:" + p), ["reg.example"])
    p = v.simple_password()
    whole = compact({"auths": {"reg.example": {"username": "ci", "password": p, "email": "a"}}})
    c.hit("nested.k8s", ".dockerconfigjson: %s" % b64(whole), b64(whole)[40:80], also_not=[p])
    p = v.simple_password()
    c.hit("nested.percent", "redirect to /login?next=%s" % quoted("/cb?token=" + p + "x9Y8z7&n=1"), p, also_not=[p])
    p = human(v)
    c.hit("nested.form_json", "body=%s" % quoted(compact({"user": "kay", "password": p})), quoted(p), also_not=[p])
    p = v.simple_password()
    c.hit("nested.html", "<input name=&quot;password&quot; value=&quot;%s&quot;>" % p, p)
    p = v.simple_password()
    c.hit("nested.xml_in_json", {"soap": "<s:Body><Login><UserName>k</UserName><Password>%s</Password></Login></s:Body>" % p, "op": "Login"}, p, ["\"op\":\"Login\""])
    p = v.simple_password()
    c.hit("nested.yaml_in_json", {"values": "db:\n  password: %s\n  port: 5432\n" % p}, p, ["5432"])
    p = human(v)
    c.hit("nested.stack", "Error: connect failed\n    at Client.connect (/var/task/pg.js:12:3)\n  config: { user: 'app', password: '%s' }" % p, p, ["/var/task/pg.js:12:3"])
    t = v.b62(32)
    whole = "client_id=web&client_secret=" + t
    c.hit("nested.apigw_form", {"httpMethod": "POST", "isBase64Encoded": True, "body": b64(whole)}, b64(whole)[36:60], ["POST"], also_not=[t])
    e = v.email()
    c.hit("nested.sqs_email", {"Records": [{"body": "order 5 for %s" % e, "messageId": v.uuid()}]}, e, ["order 5 for"])
    p = human(v)
    c.hit("events.failure", {"errorType": "AuthError", "errorMessage": "bad password '%s' for kay" % p, "trace": []}, p, ["AuthError"])
    n = v.card("visa", 16)
    c.hit("events.kinesis", {"Records": [{"kinesis": {"data": b64(compact({"card": n, "amt": 5})), "sequenceNumber": "49"}}]}, b64(compact({"card": n, "amt": 5}))[12:32], ["49"], also_not=[n])
    t = v.b62(40)
    c.hit("events.authorizer", {"type": "REQUEST", "identitySource": t, "routeArn": "arn:aws:execute-api:eu-west-1:123456789012:x/$default/GET/a", "headers": {"x-auth": "y"}}, t, ["REQUEST"])
    e, i = v.email(), v.ip()
    c.hit("events.cognito_pre", {"triggerSource": "PreSignUp_SignUp", "userName": v.uuid(), "request": {"userAttributes": {"email": e, "phone_number": (n := v.phone())}, "validationData": None}}, [e, n], ["PreSignUp_SignUp"])
    t = v.b62(30)
    c.hit("events.alb", {"requestContext": {"elb": {"targetGroupArn": "arn:x"}}, "queryStringParameters": {"reset_token": t, "v": "1"}, "path": "/r"}, t, ["\"path\":\"/r\""])
    p = human(v)
    c.hit("events.cdc", {"op": "u", "before": {"id": 4, "password": p}, "after": {"id": 4, "password": (q := human(v))}}, [p, q], ["\"op\":\"u\""])
    e = v.email()
    c.hit("events.auth", "{\"eventName\":\"ConsoleLogin\",\"responseElements\":{\"ConsoleLogin\":\"Failure\"},\"userIdentity\":{\"userName\":\"%s\"},\"sourceIPAddress\":\"198.51.100.9\"}" % e, e, ["198.51.100.9", "Failure"])
    p = human(v)
    c.hit("multiline.pretty", "{\n    \"db\": {\n        \"user\": \"app\",\n        \"password\":\n            \"%s\"\n    }\n}" % p, p, ["\"user\": \"app\""], split="lines")
    p = human(v)
    c.hit("multiline.yaml", "db:\n  user: app\n  password: >-\n    %s\n  port: 5432" % p, p, ["port: 5432"], split="lines", soft=True)
    k = v.pem("OPENSSH PRIVATE KEY", 5)
    c.hit("multiline.pem", "\n".join(["id_ed25519:"] + k + ["exit 0"]), k[1:-1], ["exit 0"], split="lines")
    p = human(v)
    c.hit("multiline.env", "== env ==\nHOME=/root\nAPI_SECRET=%s\nTERM=xterm" % p, p, ["TERM=xterm"], split="lines")
    n = v.card("visa", 16)
    c.hit("unicode.dash", "card %s ok" % "\u2011".join((n[:4], n[4:8], n[8:12], n[12:])), "\u2011".join((n[:4], n[4:8], n[8:12], n[12:])), ["ok"])
    p = human(v)
    c.hit("unicode.zwsp", "pass\u200bword: %s n=1" % p, p, ["n=1"])
    p = human(v)
    c.hit("unicode.quotes", "password \u201c%s\u201d rejected" % p, p, ["rejected"])
    p = human(v)
    c.hit("unicode.fullwidth_sep", "password\uff1a%s" % p, p)
    p = human(v)
    c.hit("unicode.escape_key", '{"p\\u0061ssword":"%s","n":1}' % p, p, ["\"n\":1"])
    e = v.email()
    c.hit("unicode.email", "mail to %s sent" % e.replace("@", "\uff20"), e.replace("@", "\uff20"), ["sent"], soft=True)
    s = v.ssn()
    c.hit("unicode.ansi", "ssn \x1b[31m%s\x1b[0m" % s, s)


def benign(c):
    v = c.v
    for text in (
            "Downloading crates: serde v1.0.197, tokio v1.36.0, ring v0.17.8",
            "added 412 packages, and audited 413 packages in 9s",
            "npm WARN deprecated request@2.88.2: request has been deprecated",
            "Successfully tagged app:%s" % v.hex(7),
            "Step 4/9 : ENV PASSWORD_MIN_LENGTH=12",
            "---> Running in %s" % v.hex(12),
            "Digest: sha256:%s" % v.hex(64),
            "terraform: aws_iam_access_key.ci: Refreshing state...",
            "terraform: aws_db_instance.main: Still creating... [3m10s elapsed]",
            "Plan: 3 to add, 1 to change, 0 to destroy.",
            "      ~ password          = (sensitive value)",
            "+ resource \"random_password\" \"db\" { length = 24 }",
            "pod/api-%s-%s created" % (v.hex(9), v.of(LOWER, 5)),
            "secret/db-creds configured",
            "Error from server (NotFound): secrets \"db\" not found",
            "Normal  Pulled  12s  kubelet  Successfully pulled image in 1.4s",
            "mounted volume kube-api-access-%s" % v.of(LOWER, 5),
            "serviceaccount token will expire in 3607 seconds",
            "Forwarding from 127.0.0.1:8080 -> 8080",
            "jenkins: Masking supported pattern matches of $DB_PASSWORD",
            "::add-mask::***",
            "Setting secret GITHUB_TOKEN: ***",
            "Run actions/setup-node@v4 with: node-version: 20",
            "remote: Resolving deltas: 100% (12/12), completed with 4 local objects.",
            "Merge pull request #1432 from acme/rotate-api-keys",
            "commit %s (HEAD -> main, tag: v1.4.2)" % v.hex(40),
            "Author: bot-noreply Date: Mon Mar 2 10:22:31 2026 +0100",
            "diff --git a/src/password.ts b/src/password.ts",
            "fix(auth): do not log the password (#88)",
            "feat: token refresh on 401, closes PAY-77",
            "mysql: [Warning] Using a password on the command line interface can be insecure.",
            "ERROR 1045 (28000): Access denied for user 'app'@'10.0.0.4' (using password: YES)",
            "FATAL:  password authentication failed for user \"app\"",
            "psql: error: FATAL: no pg_hba.conf entry for host \"10.0.0.4\", user \"app\", SSL off",
            "redis: NOAUTH Authentication required.",
            "WRONGPASS invalid username-password pair or user is disabled.",
            "MongoServerError: bad auth : Authentication failed.",
            "ORA-01017: invalid username/password; logon denied",
            "Login failed for user 'sa'. Reason: Password did not match that for the login provided.",
            "SASL authentication failed: javax.security.sasl.SaslException: token expired",
            "530 5.7.0 Authentication required",
            "334 VXNlcm5hbWU6",
            "535-5.7.8 Username and Password not accepted.",
            "LDAP: error code 49 - 80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 52e",
            "AADSTS50126: Error validating credentials due to invalid username or password.",
            "NotAuthorizedException: Incorrect username or password.",
            "InvalidPasswordException: Password did not conform with policy: Password must have symbol characters",
            "ExpiredTokenException: The security token included in the request is expired",
            "InvalidClientTokenId: The security token included in the request is invalid",
            "AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue on resource: db",
            "ThrottlingException: Rate exceeded for GetParameter",
            "KMS.DisabledException: key is disabled",
            "SignatureDoesNotMatch: Check your Secret Access Key and signing method.",
            "NoCredentialProviders: no valid providers in chain. Deprecated.",
            "jwt.exceptions.ExpiredSignatureError: Signature has expired",
            "JsonWebTokenError: invalid signature",
            "TokenExpiredError: jwt expired",
            "Unable to verify secret hash for client app",
            "oauth2: cannot fetch token: 400 Bad Request Response: {\"error\":\"invalid_grant\"}",
            "error=invalid_client&error_description=Client+authentication+failed",
            "WWW-Authenticate: Bearer error=\"invalid_token\", error_description=\"The access token expired\"",
            "Access-Control-Allow-Headers: Authorization, X-Api-Key, X-Auth-Token",
            "Vary: Cookie, Authorization, Accept-Encoding",
            "access-control-expose-headers: set-cookie, x-csrf-token",
            "cors: allowed headers [authorization content-type x-api-key]",
            "proxy_set_header Authorization $http_authorization;",
            "add_header Set-Cookie $cookie_header;",
            "RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]",
            "log_format main '$remote_addr - $remote_user [$time_local] \"$request\"'",
            "%d{yyyy-MM-dd} [%X{traceId}] %-5level %logger{36} - %msg%n",
            "swagger: securityDefinitions: ApiKeyAuth: type: apiKey in: header name: X-API-Key",
            "openapi: bearerAuth: type: http scheme: bearer bearerFormat: JWT",
            "parameters: - name: password in: body required: true",
            "args: [--config, /etc/app.yml, --token-file, /var/run/token]",
            "--password-file=/run/secrets/pw --pin-timeout=30",
            "flag --secret-name is required",
            "Usage: app login -u USER -p PASSWORD [--otp CODE]",
            "  -p, --password string   password for the registry",
            "Enter PIN for 'YubiKey':",
            "sudo: 3 incorrect password attempts",
            "su: Authentication failure",
            "passwd: password updated successfully",
            "pam_unix(sshd:session): session opened for user ec2-user(uid=1000)",
            "Accepted publickey for ec2-user from 198.51.100.4 port 51122 ssh2: RSA SHA256:%s" % v.b64(43),
            "debug1: Offering public key: /root/.ssh/id_rsa RSA SHA256:%s agent" % v.b64(43),
            "ssh-ed25519 %s ci@build" % ("AAAAC3NzaC1lZDI1NTE5AAAAI" + v.b64(43)),
            "Fingerprint=%s" % ":".join(v.of("0123456789abcdef", 2) for _ in range(20)),
            "serial=%s notAfter=Mar  2 10:22:31 2027 GMT" % v.hex(36).upper(),
            "TLS handshake: cipher=TLS_AES_256_GCM_SHA384 session_reused=1",
            "hpkp-pin sha256/%s=" % v.b64(43),
            "gpg: key %s: public key \"CI\" imported" % v.hex(16).upper(),
            "gpg: Good signature from \"CI\" [ultimate]",
            "inode 4411223344556 links 2 blocks 8",
            "fd=12 pid=4111 tid=140234567890123 rss=123456789",
            "mem: 12345678901 of 34359738368 bytes (35.9%)",
            "page 4 of 5105, 5100000000 rows scanned est.",
            "heap 0x%s..0x%s" % (v.hex(12), v.hex(12)),
            "SELECT pg_backend_pid(), 3714496353984312 AS queryid",
            "lag=12 high_watermark=448527574 group=g1",
            "customer 4000123 bought 2 of sku 81234567",
            "phone support hours 0800-1800 mon-fri",
            "fax machine is out of order since 2026-01-12",
            "ETA 2026-03-02 10:22:31 distance 12.5 km, stop 3/17",
            "flight SK4415 gate B22 boarding 10:40 seat 12C",
            "isin NO0010096985 qty 200 px 312.40",
            "sedol B1YW440 cusip 037833100 lot 5",
            "vin WVWZZZ1JZXW000001 km 120000",
            "container MSCU1234565 loaded",
            "imo 9074729 mmsi 235009802 draught 4.5",
            "color #4a90e2 -> #ffffff in theme password-field",
            "matrix [[0.12,-0.5],[4.1,5.2]] det=0.62",
            "ratio 1:16 size 1024x768 dpi 300",
            "rgba(12, 34, 56, 0.78) z-index 9999",
            "svg path M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10",
            "chmod 0600 key.pem; umask 0022",
            "crontab 15 3 * * 1-5 /opt/backup.sh",
            "rate(1 minute) cron(0 12 * * ? *)",
            "PT15M P1DT2H 00:15:00.000",
            "lat/lng bounds SW(59.1,10.2) NE(60.2,11.4)",
            "geohash u4pruydqqvj zoom 11",
            "h3 index 8928308280fffff res 9",
            "what3words filled.count.soap",
            "plus code 9F4MGC22+22",
    ):
        c.neg("neg_line", text)
    for record in (
            {"eventVersion": "1.09", "eventSource": "kms.amazonaws.com", "eventName": "Decrypt", "requestParameters": {"encryptionAlgorithm": "SYMMETRIC_DEFAULT", "keyId": "alias/app"}, "eventID": v.uuid()},
            {"type": "platform.report", "record": {"requestId": v.uuid(), "metrics": {"durationMs": 12.5, "billedDurationMs": 13, "memorySizeMB": 128}}},
            {"_aws": {"Timestamp": int(v.epoch_ms()), "CloudWatchMetrics": [{"Namespace": "app", "Dimensions": [["service"]], "Metrics": [{"Name": "TokenRefresh", "Unit": "Count"}]}]}, "TokenRefresh": 3},
            {"resource": {"service.name": "auth", "telemetry.sdk.version": "1.30.1"}, "traceId": v.hex(32), "spanId": v.hex(16), "kind": "SPAN_KIND_SERVER"},
            {"name": "validate_token", "context": {"trace_id": "0x" + v.hex(32), "span_id": "0x" + v.hex(16)}, "parent_id": None, "status": "OK"},
            {"openapi": "3.0.1", "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}, "key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}}}},
            {"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"password": {"type": "string", "writeOnly": True, "minLength": 12}, "pin": {"type": "string", "pattern": "^[0-9]{4}$"}}},
            {"i18n": {"login.password": "Password", "login.forgot": "Forgot password?", "login.otp": "One-time code"}},
            {"validation": [{"path": ["password"], "message": "Too short", "code": "too_small", "minimum": 12}]},
            {"data": {"viewer": {"__typename": "User", "hasPassword": True, "tokens": {"totalCount": 2}}}},
            {"query": "query Q($token: String!) { session(token: $token) { id expiresAt } }", "variables": {"first": 10, "after": "Y3Vyc29yOjEw"}},
            {"Type": "AWS::ApiGateway::Authorizer", "Properties": {"IdentitySource": "method.request.header.Authorization", "AuthorizerResultTtlInSeconds": 300}},
            {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {"TABLE": "t1", "SECRET_ARN": {"Ref": "DbSecret"}}}, "MemorySize": 256}},
            {"kind": "Deployment", "env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}]},
            {"model": "claude", "usage": {"prompt_tokens": 8, "completion_tokens": 90}, "stop_reason": "max_tokens", "max_tokens": 512},
            {"token_count": 12, "tokens": ["the", "cat"], "tokenizer": "bpe", "logprobs": [-0.12, -1.4]},
            {"session": {"ttl": 3600, "backend": "redis", "cookieName": "sid", "secure": True}},
            {"auth": {"required": True, "scopes": ["read", "write"], "issuer": "https://login.example.org"}},
            {"cart": {"id": v.uuid(), "items": [{"ean": "4006381333931", "qty": 2}, {"ean": "5901234123457", "qty": 1}]}},
            {"payment": {"method": "card", "brand": "visa", "last4": "4242", "expMonth": 4, "expYear": 2029, "fingerprint": v.b62(16)}},
            {"charge": {"id": "ch_" + v.b62(24), "amount": 1200, "currency": "nok", "receipt_number": "1432-9981"}},
            {"shipment": {"tracking": "JD0140" + v.of(DIGITS, 11), "carrier": "dhl", "weight": 2.4}},
            {"build": {"number": 20260302, "sha": v.hex(40), "image": "reg.example/app@sha256:" + v.hex(64)}},
            {"etag": "W/\"%s\"" % v.hex(32), "lastModified": "Mon, 02 Mar 2026 10:22:31 GMT"},
            {"pagination": {"next": "eyJvZmZzZXQiOjEwMH0", "prev": None, "limit": 100}},
            {"ExclusiveStartKey": {"pk": {"S": "user#4"}, "sk": {"N": "1700000000"}}, "ScannedCount": 12},
            {"MillisBehindLatest": 0, "ShardId": "shardId-000000000001"},
            {"MD5OfBody": v.hex(32), "MessageId": v.uuid()},
            {"coldStart": False, "functionVersion": "$LATEST", "logStream": "2026/03/02/[$LATEST]" + v.hex(32)},
            {"counts": {"password_resets": 4, "failed_logins": 12, "otp_sent": 7, "tokens_issued": 88}},
            {"flags": {"enable-password-rules": True, "otp-channel": "sms", "token-version": 2}},
            {"question": "Where do I change my password?", "answer_id": 12},
            {"title": "Secret Garden", "author": "F. H. Burnett", "isbn": "9780064401883"},
            {"person": {"pronouns": "they", "age_group": "30-39"}, "country": "NO"},
            {"address": {"country": "NO"}, "phone": None, "email": ""},
            {"browser": {"name": "Chrome", "version": "121.0.6167.85"}, "os": "Windows NT 10.0", "viewport": "1920x1080"},
    ):
        c.neg("neg_record", record)
    for text in ("nginx/1.25.3 php/8.2.14.1", "release 10.4.2.1-rc1 built", "OS build 10.0.19045.3930", "Windows 10.0.22631.2861 x64", "firmware v2.4.11.7 flashed", "dotnet 8.0.1.24 runtime", "SNMP 1.3.6.1.2.1.1.5.0 = x", "ratio 12:34 at 10:22:31", "fe::bar::baz<T>"):
        c.neg("neg_strict", text, policy="strict")
    c.neg("neg_off", "user=kay password=%s ip=%s" % (human(v), v.ip()), policy="off")
    c.neg("neg_off", {"pan": v.card("visa", 16), "ssn": v.ssn()}, policy="off")
    c.neg("neg_pci", {"ip": v.ip(), "mac": v.mac(), "diagnosis": "flu"}, policy="pci")
    c.neg("neg_uuid_v1", "msg %s acked" % v.uuid().replace("-4", "-1"))
    c.neg("neg_b64", "thumb=iVBORw0KGgoAAAANSUhEUgAA%s len=120" % v.b64(96))
    c.neg("neg_b64", {"body": "H4sIAAAAAAAA" + v.b64(60), "encoding": "none"})
    c.neg("neg_luhn_other", "voucher %s redeemed" % v.luhn_number("99", 16))
    c.neg("neg_luhn_other", "imsi-like %s seen" % v.luhn_number("24", 14))
    c.neg("neg_order", "PO %s approved, GRN %s" % (v.digits(10), v.digits(10)))
    c.neg("neg_order", "claim 2026-%s-%s filed" % (v.of(DIGITS, 3), v.of(DIGITS, 6)))
    c.neg("neg_order", "case #%s-%s-%s closed" % (v.of("12345678", 3), v.of("123456789", 3), v.of(DIGITS, 4)))
    c.neg("neg_arn", "arn:aws:ssm:eu-west-1:%s:parameter/app/db/password not found" % v.account())
    c.neg("neg_arn", {"TokenArn": "arn:aws:sts::%s:assumed-role/api-key-rotator/s" % v.account()})


ROUNDS = (loggers, sdks, stores, people, wrapped)
BENIGN = (benign,)
