"""Cases of secrets that give themselves away: tokens of vendors, headers, connection strings, keys."""
import base64
import json

PHRASES = ("auth failed for %s, retrying", "config: key=%s loaded", "using %s for the export", "%s", "Error: 401 for token %s (expired)", "(%s)", "client[%s] ready",
           "export TOKEN_VALUE=\"%s\"", "cannot reach vendor with '%s'", "pushed with %s: ok", "seen=<%s>", "a,%s,b", "{\"note\":\"got %s from env\"}",
           "cleaning up %s.", "first=%s; second=none", "-> %s <-", "stderr: fatal: %s is not valid\n", "panic: bad key `%s`", "[%s]", "key:%s")


def phrased(c, token):
    phrase = c.one(PHRASES)
    return phrase % token


def vendors(c):
    for name, make in c.v.vendor_tokens().items():
        for _ in range(2):
            token = make()
            # Of a hook only the path is secret.
            secret = token.split("/services/")[1] if name == "slack_hook" else token
            c.hit(name, phrased(c, token), secret)
        token = make()
        secret = token.split("/services/")[1] if name == "slack_hook" else token
        c.hit(name + "_json", {"level": "warn", "msg": "upstream said no: %s (attempt 2)" % token, "vendor": "west"}, secret, ["west"])


def aws(c):
    v = c.v
    for prefix in ("AKIA", "ASIA", "AKIA"):
        key = v.aws_id(prefix)
        c.hit("aws_id", c.one("InvalidClientTokenId: %s is not known", "assumed with %s ok", "sts call by %s denied on s3:GetObject", "creds=%s|x") % key, key)
    key, secret = v.aws_id(), v.aws_secret()
    c.hit("aws_pair_near", "aws cli profile ops: %s / %s (eu-west-1)" % (key, secret), [key, secret], ["eu-west-1"])
    secret = v.aws_secret()
    c.hit("aws_secret_named", c.one("aws_secret_access_key = %s", "AWS_SECRET_ACCESS_KEY=%s", "secretAccessKey: '%s'", "\"SecretAccessKey\": \"%s\"") % secret, secret)
    key, secret, session = v.aws_id("ASIA"), v.aws_secret(), v.aws_session()
    c.hit("aws_sts", {"Credentials": {"AccessKeyId": key, "SecretAccessKey": secret, "SessionToken": session, "Expiration": "2026-12-01T00:00:00Z"},
                      "PackedPolicySize": 6}, [key, secret, session], ["PackedPolicySize"])
    session = v.aws_session()
    c.hit("aws_session_text", "export session %s for ops" % session, session, ["for ops"])
    sig = v.hex(64)
    key = v.aws_id()
    c.hit("aws_presigned", "GET https://b-%s.s3.eu-west-1.amazonaws.com/r.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=%s%%2F20261101%%2Feu-west-1%%2Fs3"
          "%%2Faws4_request&X-Amz-Date=20261101T101112Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=%s" % (v.word(), key, sig), [key, sig],
          ["X-Amz-Expires=900", "X-Amz-Date=20261101T101112Z"])
    session = v.b64(200).replace("/", "%2F").replace("+", "%2B")
    c.hit("aws_presigned_token", "https://q.s3.amazonaws.com/o?x-amz-security-token=%s&x-amz-expires=60" % session, session, ["x-amz-expires=60"])
    sig, key = v.hex(64), v.aws_id()
    c.hit("sigv4", "canonical: AWS4-HMAC-SHA256 Credential=%s/20261101/eu-west-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=%s" % (key, sig),
          [key, sig])


def jose(c):
    v = c.v
    for make in (v.jwt, lambda: v.jwt("RS256", scope="a b"), lambda: v.jwt("ES256", email_verified=True), lambda: v.jwt("none"), v.jwe, lambda: v.jwt(tenant="t-9")):
        token = make()
        body = c.one("verifying %s", "{\"t\":\"%s\"}", "socket closed, sub-protocol %s refused", "decoded %s ok", "oidc: got=%s;", "id=%s,ok") % token
        c.hit("jwt", body, token.rstrip("."))
    token = v.jwt("RS256")
    cut = token.rsplit(".", 1)[0] + "." + token.rsplit(".", 1)[1][:40]
    c.hit("jwt_cut", "trace: %s... (truncated)" % cut, cut.split(".")[1], ["(truncated)"])
    token = v.jwt()
    two = token.rsplit(".", 1)[0]
    c.hit("jwt_two_parts", "half a token came: %s" % two, two.split(".")[1], ["half a token came"])
    first, second = v.jwt(), v.jwt("RS256")
    c.hit("jwt_twice", "swap %s -> %s" % (first, second), [first, second], ["swap"])
    token = v.jwt()
    c.hit("jwt_in_path", "GET /verify/%s/profile HTTP/1.1" % token, token, ["/profile"])


def keys(c):
    v = c.v
    for label in ("RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"):
        lines = v.pem(label)
        c.hit("pem", "loaded:\n%s\nend of dump" % "\n".join(lines), lines[1:-1], ["end of dump"])
    lines = v.pem()
    c.hit("pem_escaped", "{\"tls\":\"%s\",\"port\":8443}" % "\\n".join(lines), lines[1:-1], ["8443"])
    lines = v.pem("PRIVATE KEY")
    c.hit("pem_json", {"tls": {"material": "\n".join(lines) + "\n", "port": 8443}}, lines[1:-1], ["8443"])
    lines = v.pem("EC PRIVATE KEY")
    c.hit("pem_crlf", "k=%s" % "\r\n".join(lines), lines[1:-1])
    lines = v.pem()
    c.hit("pem_one_line", "key: %s %s %s ok" % (lines[0], "".join(lines[1:-1]), lines[-1]), "".join(lines[1:-1])[:100])
    lines = v.pem()[:-3]
    c.hit("pem_open_end", "dump follows\n%s" % "\n".join(lines), lines[1:], ["dump follows"])
    lines = v.pem("PRIVATE KEY")
    c.hit("gcp_service_account", {"type": "service_account", "project_id": "shop-" + v.word(), "private_key_id": v.hex(40), "private_key": "\n".join(lines) + "\n",
                                  "client_email": "svc@shop.iam.gserviceaccount.com"}, lines[1:-1], ["service_account"])
    d, p, q = v.b64u(43), v.b64u(171), v.b64u(171)
    c.hit("jwk_ec", {"jwk": {"kty": "EC", "crv": "P-256", "x": v.b64u(43), "y": v.b64u(43), "d": d, "kid": "k-7"}}, d, ["k-7", "P-256"])
    c.hit("jwk_rsa", {"keys": [{"kty": "RSA", "e": "AQAB", "n": v.b64u(342), "d": v.b64u(342), "p": p, "q": q, "use": "sig"}]}, [p, q], ["AQAB"])
    k = v.b64u(43)
    c.hit("jwk_oct", "jwks: {\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\"%s\"}" % k, k, ["HS256"])
    for make in (v.bcrypt, v.argon2, v.sha512_crypt, v.django_hash):
        h = make()
        c.hit("password_hash", c.one("row: id=7 hash %s updated", "compare %s -> false", "{\"h\":\"%s\"}", "user 44 | %s | active") % h, h.split("$")[-1][:40].rstrip("="))


def entropy(c):
    v = c.v
    for template in ("api secret below\nvalue -> %s", "the signing key in use now is %s", "secretKey(base64): %s", "with client_secret, got '%s'"):
        token = v.b62(36)
        c.hit("entropy_near_name", template % token, token)


def links(c):
    v = c.v
    for template, keep in (("mail body: https://app.example.com/reset-password/%s", "mail body"), ("GET /auth/verify/%s 200", "200"),
                           ("https://app.example.com/magic/%s?utm=mail", "utm=mail"), ("invite: https://team.example.org/invite/%s", "invite:"),
                           ("clicked /account/confirm/%s from webmail", "from webmail"), ("POST /users/activate/%s", "/users/activate/")):
        token = v.b64u(32)
        c.hit("magic_link", template % token, token, [keep])


TOKENS = (vendors, aws, jose, keys, entropy, links)


# --- headers ----------------------------------------------------------------------------------------------------------------

def authorization(c):
    v = c.v
    for key in ("Authorization", "authorization", "AUTHORIZATION", "Proxy-Authorization", "proxyAuthorization", "X-Forwarded-Authorization", "x-original-authorization"):
        token = c.one(v.b62(40), v.b64u(64), v.jwt())
        c.hit("authorization_json", {"headers": {"Host": "api.example.com", key: "Bearer " + token, "Accept": "text/html"}}, token, ["api.example.com", "text/html"])
    for template in ("> %s: Bearer %s\n> Accept: */*", "headers={'%s': 'Bearer %s', 'Accept': 'x/y'}", "curl -H '%s: Bearer %s' https://api.example.com/me",
                     "%s=Bearer %s", "[%s:Bearer %s]", "HeaderMap{%s: [\"Bearer %s\"]}", "map[%s:[Bearer %s] Host:[x]]", "{ %s: 'Bearer %s' }",
                     "\"%s\" => \"Bearer %s\"", "-H \"%s: Bearer %s\" -X POST"):
        token = v.b64u(44)
        c.hit("authorization_text", template % (c.one("Authorization", "authorization"), token), token)
    token = v.b62(24)
    c.hit("bearer_alone", c.one("sent Bearer %s to peer", "auth: bearer %s", "using BEARER %s", "scheme Bearer %s ok") % token, token)
    basic = base64.b64encode(("svc-%s:%s" % (v.word(), v.password())).encode()).decode()
    c.hit("basic_json", {"request": {"headers": {"Authorization": "Basic " + basic}, "id": "r-1"}}, basic, ["r-1"])
    basic = base64.b64encode(("%s:%s" % (v.word(), v.password())).encode()).decode()
    c.hit("basic_text", c.one("retry with Basic %s", "authorization: basic %s", "header was [Basic %s]", "WWW=Basic %s") % basic, basic)
    response, nonce = v.hex(32), v.hex(16)
    c.hit("digest", "Authorization: Digest username=\"ops\", realm=\"r\", nonce=\"%s\", uri=\"/x\", response=\"%s\"" % (nonce, response), response)
    c.hit("ssws", "Authorization: SSWS %s" % (t := "00" + v.b64u(40)), t)
    c.hit("token_scheme", "authorization: %s %s" % (c.one("Token", "token", "ApiKey", "GenieKey", "Klaviyo-API-Key"), t := v.b62(40)), t)
    c.hit("token_scheme_quoted", "Authorization: Token token=\"%s\"" % (t := v.b62(32)), t)
    c.hit("raw_authorization", {"multiValueHeaders": {"authorization": [t := v.b62(36)], "host": ["h-1"]}}, t, ["h-1"])
    key, sig = v.aws_id("ASIA"), v.hex(64)
    c.hit("sigv4_header", {"headers": {"Authorization": "AWS4-HMAC-SHA256 Credential=%s/20261102/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=%s" % (
        key, sig), "host": "lambda.us-east-1.amazonaws.com"}}, [key, sig], ["lambda.us-east-1.amazonaws.com"])
    nonce, response = v.hex(24), v.hex(32)
    c.hit("digest_json", {"headers": {"authorization": "Digest username=\"a\", nonce=\"%s\", response=\"%s\"" % (nonce, response)}}, response)


def api_keys(c):
    v = c.v
    for key in ("X-Api-Key", "x-api-key", "X-API-KEY", "apikey", "api-key", "Api-Key", "X-Auth-Token", "X-Access-Token", "X-Vault-Token", "X-CSRF-Token",
                "X-XSRF-TOKEN", "x-amz-security-token", "X-Amz-Security-Token", "Ocp-Apim-Subscription-Key", "x-functions-key", "PRIVATE-TOKEN", "X-Session-Token",
                "X-Goog-Api-Key", "X-Shopify-Access-Token", "DD-API-KEY", "X-Figma-Token", "X-GitHub-Token", "x-refresh-token", "X-Client-Secret", "X-Id-Token"):
        token = v.b62(c.one(24, 32, 40))
        shape = v.below(5)
        if shape == 0:
            c.hit("api_key_object", {"headers": {key: token, "content-length": "312"}}, token, ["312"])
        elif shape == 1:
            c.hit("api_key_lines", "> POST /v1/orders HTTP/1.1\n> %s: %s\n> Content-Length: 17\n" % (key, token), token, ["Content-Length: 17"])
        elif shape == 2:
            c.hit("api_key_pairs", {"rawHeaders": [[key, token], ["Accept", "text/plain"]]}, token, ["text/plain"])
        elif shape == 3:
            c.hit("api_key_multi", {"multiValueHeaders": {key: [token], "X-Forwarded-Proto": ["https"]}}, token, ["https"])
        else:
            c.hit("api_key_dict", "{'%s': '%s', 'Accept-Encoding': 'gzip'}" % (key, token), token, ["gzip"])
    token = v.b62(40)
    c.hit("header_name_value", {"httpHeaders": [{"name": "X-Api-Key", "value": token}, {"name": "Via", "value": "1.1 edge"}]}, token, ["1.1 edge"])
    token = v.b62(40)
    c.hit("cloudfront_headers", {"request": {"headers": {"authorization": [{"key": "Authorization", "value": "Bearer " + token}],
                                                         "host": [{"key": "Host", "value": "cdn-2"}]}}}, token, ["cdn-2"])
    token = v.b62(40)
    c.hit("raw_header_list", {"rawHeaders": ["Host", "h-4", "X-Api-Key", token, "Accept", "a/b"]}, token, ["h-4", "a/b"], soft=True)


def cookies(c):
    v = c.v
    for template, keep in (("Cookie: sessionid=%s; theme=dark", ""), ("set-cookie: connect.sid=s%%3A%s; Path=/; HttpOnly", ""), ("cookie=JSESSIONID=%s", ""),
                           ("> Cookie: PHPSESSID=%s\n> Accept: */*", "Accept: */*"), ("Set-Cookie: auth_token=%s; Secure; SameSite=Lax", ""),
                           ("req.cookies = { session: '%s' }", ""), ("cookies: {'sid': '%s', 'x': '1'}", ""), ("parsed cookie jsessionid=%s for host", "for host"),
                           ("cookie header: laravel_session=%s; XSRF-TOKEN=abc", ""), ("ASP.NET_SessionId=%s was refused", "was refused"),
                           ("session cookie __Secure-next-auth.session-token=%s expired", "expired")):
        token = v.b62(32)
        c.hit("cookie_text", template % token, token, [keep] if keep else [])
    token, other = v.hex(40), v.b62(30)
    c.hit("cookie_array", {"version": "2.0", "cookies": ["theme=dark", "session=%s" % token, "auth=%s" % other], "rawPath": "/me"}, [token, other], ["/me"])
    token = v.b62(44)
    c.hit("cookie_response", {"statusCode": 200, "cookies": ["sid=%s; HttpOnly; Path=/" % token], "body": "ok"}, token, ["ok"])
    token = v.b62(44)
    c.hit("cookie_multi", {"multiValueHeaders": {"Set-Cookie": ["a=1", "refresh_token=%s; Max-Age=60" % token], "Vary": ["Origin"]}}, token, ["Origin"])
    token = v.b62(44)
    c.hit("cookie_object", {"headers": {"cookie": "consent=yes; remember_token=%s" % token, "host": "www-3"}}, token, ["www-3"])


HEADERS = (authorization, api_keys, cookies)


# --- structured secrets -----------------------------------------------------------------------------------------------------

CONNECTIONS = (
    ("postgres://app:%s@db-1.internal:5432/shop?sslmode=require", "db-1.internal:5432/shop"), ("mysql://root:%s@10.0.3.7/inventory", "10.0.3.7/inventory"),
    ("mongodb+srv://reader:%s@cluster0.ab1cd.mongodb.net/test?retryWrites=true", "cluster0.ab1cd.mongodb.net"), ("redis://:%s@cache-2:6379/0", "cache-2:6379/0"),
    ("rediss://default:%s@cache.internal:6380", "cache.internal:6380"), ("amqps://svc:%s@mq-1:5671/vhost", "mq-1:5671/vhost"),
    ("postgresql+asyncpg://api:%s@pg:5432/app", "pg:5432/app"), ("mssql+pyodbc://sa:%s@sql-2/hr?driver=x", "sql-2/hr"), ("ftp://feed:%s@ftp.partner.net/in", "ftp.partner.net/in"),
    ("https://deploy:%s@git.internal/team/repo.git", "git.internal/team/repo.git"), ("smtp://mailer:%s@smtp-3:587", "smtp-3:587"),
    ("ldaps://cn=admin:%s@ldap-1:636", "ldap-1:636"), ("nats://edge:%s@nats-4:4222", "nats-4:4222"), ("clickhouse://default:%s@ch-1:9000/logs", "ch-1:9000/logs"),
    ("http://proxyuser:%s@proxy-1:3128", "proxy-1:3128"), ("sftp://upload:%s@sftp-9/data", "sftp-9/data"), ("kafka://app:%s@broker-1:9093", "broker-1:9093"),
)


def connections(c):
    v = c.v
    for url, keep in CONNECTIONS:
        secret = v.password().replace("#", "_")
        where = c.one("connecting to %s", "DATABASE_URL=%s", "engine created: %s (pool 5)", "could not reach %s: timeout", "{\"dsn_in_use\":\"%s\"}", "url='%s'")
        if "dsn" in where or "DATABASE_URL" in where:
            c.hit("url", where % (url % secret), secret)
        else:
            c.hit("url", where % (url % secret), secret, [keep])
        if v.below(3) == 0:
            secret = v.password().replace("#", "_")
            c.hit("url_json", {"pool": {"target": url % secret, "size": 10}}, secret, [keep, "10"])
    secret = v.simple_password() + "@" + v.simple_password()
    c.hit("url_at_in_password", "dial postgres://app:%s@db-8:5432/x failed" % secret, secret.split("@"), ["db-8:5432/x"])
    secret = v.simple_password() + "/" + v.simple_password() + ":z"
    c.hit("url_slash_in_password", "dial mysql://app:%s@db-8:3306/x failed" % secret, secret, ["db-8:3306/x"])
    for text, keep in (("Server=tcp:sql-1,1433;Initial Catalog=hr;User ID=app;Password=%s;Encrypt=True;", "Encrypt=True"),
                       ("Host=pg-2;Port=5432;Username=app;Password=%s;Database=crm", "Database=crm"), ("Data Source=ora;User Id=app;Pwd=%s;Pooling=true", "Pooling=true"),
                       ("Driver={ODBC Driver 18};Server=s;UID=app;PWD=%s;", "UID=app"), ("host=pg dbname=crm user=app password=%s sslmode=verify-full", "sslmode=verify-full"),
                       ("Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=%s", "SharedAccessKeyName=Root"),
                       ("AccountName=logs9;AccountKey=%s;EndpointSuffix=core.windows.net", "EndpointSuffix=core.windows.net"),
                       ("AccountEndpoint=https://c.documents.azure.com:443/;AccountKey=%s;", "AccountEndpoint="),
                       ("jdbc:sqlserver://sql-3:1433;databaseName=hr;user=app;password=%s;encrypt=true", "databaseName=hr"),
                       ("jdbc:postgresql://pg-4/crm?user=app&password=%s&ssl=true", "ssl=true"), ("jdbc:mysql://m-1/crm?user=app&password=%s&useSSL=true", "useSSL=true")):
        secret = v.azure_storage() if "AccountKey" in text else v.b64(43) + "=" if "SharedAccessKey=" in text else v.password().replace("#", "_").replace("+", "_")
        c.hit("key_value", c.one("conn: %s", "%s", "open [%s]", "using \"%s\" now") % (text % secret), secret, [keep])
        if v.below(3) == 0:
            c.hit("key_value_json", {"db": text % secret, "lazy": True}, secret, [keep])
    secret = v.simple_password()
    c.hit("oracle", "jdbc:oracle:thin:scott/%s@//ora-1:1521/ORCL" % secret, secret, ["ora-1:1521/ORCL"])
    secret = v.simple_password()
    c.hit("oracle", "open jdbc:oracle:thin:hr/%s@ora-2:1521:XE as hr" % secret, secret, ["as hr"])
    secret = v.password()
    c.hit("jaas", "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\"etl\" password=\"%s\";" % secret, secret)
    secret = v.password()
    c.hit("jaas", "jaas: PlainLoginModule required username='etl' password='%s'; ready" % secret, secret, ["ready"])


def files(c):
    v = c.v
    one, two, three = v.password(), v.b62(40), v.password().replace("#", "_")
    c.hit("dotenv", "NODE_ENV=production\nDB_PASSWORD=%s\nSTRIPE_WEBHOOK_SECRET='%s'\nPORT=3000\nREDIS_URL=redis://:%s@r:6379" % (one, two, three), [one, two, three],
          ["NODE_ENV=production", "PORT=3000"])
    key, secret = v.aws_id(), v.aws_secret()
    c.hit("aws_file", "[default]\naws_access_key_id = %s\naws_secret_access_key = %s\nregion = eu-west-1" % (key, secret), [key, secret], ["region = eu-west-1"])
    key, secret, session = v.aws_id("ASIA"), v.aws_secret(), v.aws_session()
    c.hit("aws_env", {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": session, "AWS_REGION": "eu-west-1"}, [key, secret, session],
          ["eu-west-1"])
    key, secret = v.aws_id(), v.aws_secret()
    c.hit("aws_camel", "{ accessKeyId: '%s', secretAccessKey: '%s', region: 'eu-west-2' }" % (key, secret), [key, secret], ["eu-west-2"])
    secret = v.password()
    c.hit("netrc", "machine ghe.internal login ci password %s" % secret, secret, ["ghe.internal"])
    token = v.b62(40)
    c.hit("npmrc", "//registry.internal/:_authToken=%s" % token, token, ["registry.internal"])
    auth = base64.b64encode(("robot:" + v.password()).encode()).decode()
    c.hit("docker_config", {"auths": {"registry.internal": {"auth": auth}}}, auth, ["registry.internal"], soft=True)
    one, two = v.password(), v.b62(32)
    c.hit("k8s_yaml", "env:\n  - name: DB_PASSWORD\n    value: \"%s\"\n  - name: API_TOKEN\n    value: %s\n  - name: TZ\n    value: UTC" % (one, two), [one, two], ["UTC"],
          soft=True)
    secret = v.password()
    c.hit("ssm_history", {"Parameters": [{"Name": "/app/db/password", "Type": "SecureString", "Value": secret}, {"Name": "/app/tz", "Type": "String", "Value": "CET"}]},
          secret, ["CET"])
    inner = v.password()
    c.hit("secret_string", {"ARN": "arn:aws:secretsmanager:eu-west-1:%s:secret:db-a1b2c3" % v.account(), "SecretString": json.dumps(
        {"username": "app", "password": inner}), "VersionStages": ["AWSCURRENT"]}, inner, ["AWSCURRENT"])
    secret = v.password()
    c.hit("dynamodb_image", {"dynamodb": {"NewImage": {"pk": {"S": "u#1"}, "passwordHint": {"S": "dog"}, "password": {"S": secret}}, "SequenceNumber": "4421584500000000017"}},
          secret, ["u#1"])
    secret = v.b62(32)
    c.hit("lambda_env", {"FunctionName": "shop-" + v.word(), "Environment": {"Variables": {"STAGE": "prod", "PARTNER_API_KEY": secret}}}, secret, ["prod"])
    secret = v.b62(32)
    c.hit("ecs_task", {"containerDefinitions": [{"name": "web", "environment": [{"name": "PARTNER_TOKEN", "value": secret}, {"name": "TZ", "value": "UTC"}]}]}, secret, ["UTC"])
    secret = v.b62(40)
    c.hit("terraform", "Outputs:\napi_key = \"%s\"\nregion = \"eu-west-1\"" % secret, secret, ["region = \"eu-west-1\""])
    secret = v.password()
    c.hit("spring", "spring.datasource.username=app\nspring.datasource.password=%s\nserver.port=8080" % secret, secret, ["server.port=8080"])
    secret = v.password()
    c.hit("properties", {"spring.datasource.password": secret, "server.port": "8080"}, secret, ["8080"])


STRUCTURED = (connections, files)
