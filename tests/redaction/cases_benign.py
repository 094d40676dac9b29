"""Cases of what looks like a secret and is none: they must come back byte for byte."""
import base64
import json

import gens
from gens import BASE62, DIGITS, HEX, luhn_ok


def lines(c, kind, *texts, policy="default"):
    for t in texts:
        c.neg(kind, t, policy=policy)


def identifiers(c):
    v = c.v
    lines(c, "uuid", "request %s took 14 ms" % v.uuid(), "{\"requestId\":\"%s\",\"ok\":true}" % v.uuid(), "trace=%s span=%s" % (v.hex(32), v.hex(16)),
          "correlation-id: %s" % v.uuid7(), "jobs=[%s, %s]" % (v.uuid(), v.uuid()), "%s" % v.uuid().upper(), "id=%s" % v.ulid(), "idempotency_key=%s" % v.uuid(),
          "GET /v1/orders/%s/items 200" % v.uuid(), "cursor after %s" % v.uuid().replace("-", ""), "{%s}" % v.uuid().upper(), "urn:uuid:%s" % v.uuid())
    lines(c, "trace", "X-Amzn-Trace-Id: Root=%s;Parent=%s;Sampled=1" % (v.xray(), v.hex(16)), "traceparent: 00-%s-%s-01" % (v.hex(32), v.hex(16)),
          "b3: %s-%s-1" % (v.hex(32), v.hex(16)), "dd.trace_id=%s dd.span_id=%s" % (v.digits(19), v.digits(18)), "xray sampled %s" % v.xray(),
          "uber-trace-id: %s:%s:0:1" % (v.hex(16), v.hex(16)), "sentry-trace: %s-%s" % (v.hex(32), v.hex(16)))
    c.neg("trace_json", {"traceId": v.hex(32), "spanId": v.hex(16), "parentSpanId": v.hex(16), "name": "GET /health", "kind": 2})
    c.neg("request_json", {"requestId": v.uuid(), "apiId": v.b62(10).lower(), "stage": "prod", "requestTimeEpoch": int(v.epoch_ms()), "extendedRequestId": v.b62(15) + "="})
    lines(c, "object_id", "mongo _id=%s" % v.hex(24), "etag \"%s\"" % v.hex(32), "nanoid %s" % v.b62(21), "ksuid 2%s" % v.b62(26), "snowflake %s" % v.digits(18),
          "deployment dpl_%s" % v.b62(28), "cus_%s updated" % v.b62(14), "pi_%s succeeded" % v.b62(24),
          "event evt_%s handled" % v.b62(24), "price_%s archived" % v.b62(24), "acct_%s linked" % v.b62(16))
    lines(c, "arn", "assumed arn:aws:sts::%s:assumed-role/token-service/session-9" % v.account(), "arn:aws:secretsmanager:eu-west-1:%s:secret:prod/db-AbC123" % v.account(),
          "{\"resource\":\"arn:aws:dynamodb:us-east-1:%s:table/password-resets\"}" % v.account(), "kms key arn:aws:kms:eu-west-1:%s:key/%s" % (v.account(), v.uuid()),
          "lambda arn:aws:lambda:eu-west-1:%s:function:auth-token-issuer:live" % v.account(), "queue https://sqs.eu-west-1.amazonaws.com/%s/jobs" % v.account(),
          "role AROA%s:i-%s" % (v.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 17), v.hex(17)), "userId=AIDA%s" % v.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 17),
          "arn:aws:apigateway:eu-west-1::/apikeys/%s" % v.b62(10).lower(), "ami-%s in vpc-%s subnet-%s" % (v.hex(17), v.hex(17), v.hex(17)), "account %s quota 40" % v.account(),
          "arn:aws:cognito-idp:eu-west-1:%s:userpool/eu-west-1_%s" % (v.account(), v.b62(9)))
    lines(c, "digest", "image sha256:%s pulled" % v.hex(64), "commit %s by ci" % v.hex(40), "HEAD is now at %s fix" % v.hex(7), "md5=%s size=9" % v.hex(32),
          "sha1 %s matches" % v.hex(40), "integrity sha512-%s==" % v.b64(86), "sha384-%s" % v.b64(64), "checksum: %s" % v.hex(128), "blob %s" % v.hex(64),
          "fingerprint SHA256:%s" % v.b64(43), "crc32=%s adler=%s" % (v.hex(8), v.hex(8)), "\"etag\":\"W/\\\"%s\\\"\"" % v.hex(40), "git describe v2.4.1-14-g%s" % v.hex(7),
          "tree %s parent %s" % (v.hex(40), v.hex(40)), "content-md5: %s==" % v.b64(22), "docker image web@sha256:%s" % v.hex(64), "Docker-Content-Digest: sha256:%s" % v.hex(64))
    lines(c, "chain", "tx 0x%s mined" % v.hex(64), "block %s height 81234" % v.hex(64), "ipfs pin Qm%s ok" % v.of(gens.BASE58, 44), "cid bafybei%s" % v.of("abcdefghijklmnopqrstuvwxyz234567", 52))


def numbers(c):
    v = c.v
    luhn_ms = v.until(v.epoch_ms, luhn_ok)
    lines(c, "epoch", "deadline=%s grace=30" % luhn_ms, "ts=%s" % v.epoch_ms(), "{\"time\":%s,\"n\":1}" % luhn_ms, "at %d" % v.epoch(), "ns=%s%06d" % (v.epoch_ms(), v.below(1000000)),
          "us=%s%03d" % (v.epoch_ms(), v.below(1000)), "expires %s" % luhn_ms, "t=%d.%06d" % (v.epoch(), v.below(1000000)))
    c.neg("epoch_json", {"iat": v.epoch(), "exp": v.epoch(), "ms": int(luhn_ms), "nanos": int(v.epoch_ms() + "000000")})
    compact = v.until(lambda: "2026%02d%02d%02d%02d%02d" % (v.between(1, 12), v.between(1, 28), v.below(24), v.below(60), v.below(60)), luhn_ok)
    lines(c, "compact_time", "backup-%s.tar" % compact, "batch %s done" % compact, "snapshot=%s" % compact, "run_%s_01" % compact, "20261104T101112Z", "19991231235959 rolled")
    lines(c, "order", "order %s packed" % v.not_luhn("42", 16), "order no %s left depot" % v.not_luhn("9", 12), "tracking 1Z%s0%s" % (v.of("ABCDEFGHJKLMN0123456789", 8), v.of(DIGITS, 8)),
          "parcel %s scanned" % v.luhn_number("9400", 22), "invoice 2026-%06d" % v.below(999999), "sku 00%s" % v.digits(11), "ean %s" % v.digits(13), "isbn 978-3-16-148410-0",
          "shipment %s" % v.luhn_number("77", 16), "order_id=%s" % v.luhn_number("10", 16), "{\"orderId\":%s}" % v.luhn_number("90", 16), "seq %s" % v.luhn_number("12", 19),
          "version id %s" % v.not_luhn("41", 16), "ref %s-%s" % (v.luhn_number("4", 16), v.hex(4)), "part %s.%s" % (v.luhn_number("51", 16), v.word()), "case 00%s" % v.digits(6),
          "lot %s" % v.luhn_number("99", 15), "sensor=%s.%s" % (v.digits(3), v.luhn_number("4", 13)), "x=0.%s" % v.luhn_number("4", 16))
    c.neg("order_json", {"orderNumber": v.not_luhn("45", 16), "items": 3, "shipmentId": v.luhn_number("88", 16), "ledger": int(v.not_luhn("4", 16))})
    lines(c, "chance_id", "order %s shipped" % v.bsn(), "ticket %s closed" % v.nhs(), "batch %s written" % v.sin(), "job %s done" % v.tfn(), "queue depth %s" % v.pesel(),
          "offset=%s" % v.german_tin(), "row %s" % v.cpf(), "counter %s" % v.aadhaar(), "bytes=%s" % v.aba(), "id %s" % v.npi(), "shard %s" % v.nir(),
          "cnt=%s" % v.cnpj(), "revision %s" % v.china_id()[:17], "{\"orderId\":%s,\"n\":2}" % v.bsn(), "{\"seq\":\"%s\"}" % v.nhs(), "duration %s ns" % v.digits(9))
    lines(c, "bad_id", "locker 000-%02d-%04d emptied" % (v.between(1, 99), v.between(1, 9999)), "code 666-45-6789", "slot 9%02d-12-3456" % v.between(10, 99), "range 123-00-4567",
          "part 219-12-0000", "phone ext 12-345-6789", "dates 2026-11-04..2026-12-01", "score 12-34", "PO 4111 1111 1111 1112", "card-like 1234 5678 9012 3456",
          "iban-like GB00 ABCD 1234 5678 9012 34", "part DE12-ABC-9", "cpf 111.111.111-11 is not valid")
    lines(c, "version", "bumped 3.13.7.2 -> 3.13.8.0", "nginx/1.25.3.1", "oid 1.3.6.1.4.1.311.21.20", "v10.0.22621.2715", "chrome 131.0.6778.86", "pkg 1.2.3.4-beta.5", "python 3.12.7",
          "OpenSSL 3.0.15", "schema version 2.14.0.1", "build 10.4.200.17", policy="strict")
    lines(c, "address_kept", "login failed from 203.0.113.%d" % v.between(2, 250), "{\"sourceIp\":\"198.51.100.%d\"}" % v.between(2, 250), "remote 2001:db8::%x:1" % v.below(65535),
          "listening on 0.0.0.0:8080", "X-Forwarded-For: 203.0.113.7, 10.0.0.2", "cidr 10.12.0.0/16", "client_ip=198.51.100.9 denied=34985")
    lines(c, "code_colons", "std::vector<std::string>::iterator", "at 12:34:56:789", "Foo::Bar.new", "slice[::2]", "ratio 1:2:3:4", "ns::a::b::c", "listen [::]:8080", policy="strict")
    lines(c, "geo_kept", "ssn policy reviewed", "temperature 21.4 at node 7", "p99=12ms", "size 1920x1080", "took 00:01:12.345")
    lines(c, "arithmetic", "1 + 2 = 3", "offset +0200", "utc+01:00", "score +12345", "delta +8 -3", "2026-11-01T10:00:00+02:00", "growth +1,234,567", "diff +++ b/file.c")


def language_models(c):
    v = c.v
    lines(c, "token_counts", "tokens_in=%d tokens_out=%d" % (v.between(100, 9999), v.between(10, 999)), "usage: prompt_tokens=%d completion_tokens=%d total_tokens=%d" % (
        v.between(100, 999), v.between(10, 99), v.between(1000, 1999)), "max_tokens: %d" % v.between(256, 8192), "input_tokens=%d cache_read_input_tokens=0" % v.between(1, 999),
        "tokenCount=%d" % v.between(1, 9999), "num_tokens: %d" % v.between(1, 9999), "token_usage=41%", "tokens per second: 41.2", "maxTokens=4096 temperature=0.2",
        "token limit exceeded: 8193 > 8192", "reasoning_tokens=12", "token_budget=5000", "max_output_tokens=512")
    c.neg("token_json", {"usage": {"prompt_tokens": v.between(100, 999), "completion_tokens": v.between(10, 99), "total_tokens": 1410, "cached_tokens": 0}, "model": "m-4"})
    c.neg("token_json", {"inputTokenCount": 811, "outputTokenCount": 44, "maxTokens": 4096, "tokenLimit": 8192, "stopReason": "end_turn"})
    c.neg("cursor_json", {"nextToken": v.b64u(64), "items": 25})
    c.neg("cursor_json", {"NextToken": v.b64(80), "IsTruncated": True})
    c.neg("cursor_json", {"continuationToken": v.b64u(60), "pageToken": v.b62(20), "nextPageToken": "C" + v.b62(11)})
    c.neg("cursor_json", {"pageInfo": {"endCursor": base64.b64encode(("cursor:%s" % v.digits(9)).encode()).decode(), "hasNextPage": True}})
    c.neg("cursor_json", {"LastEvaluatedKey": {"pk": {"S": "ORDER#%d" % v.between(1, 999)}, "sk": {"N": "41"}}, "Count": 20})
    cursor = base64.urlsafe_b64encode(json.dumps({"offset": v.between(1, 999), "sort": "created"}).encode()).decode().rstrip("=")
    lines(c, "cursor", "GET /v2/items?pageToken=%s&limit=50" % v.b62(24), "next_page_token=%s" % v.b62(28), "continuation-token: %s" % v.b64u(40), "cursor=%s" % cursor,
          "page_token: %s" % v.b62(24), "nextToken=%s" % v.b64u(44), "after=%s&first=20" % cursor)


def names_of_settings(c):
    v = c.v
    lines(c, "setting", "passwordPolicy=strong", "password_rotation_days=90", "tokenExpiry=3600", "token_type=Bearer", "secretName=prod/db", "secret_arn=arn:aws:x", "authProvider=oidc",
          "keySchema=HASH", "primaryKey=id", "partitionKey=tenant", "sort_key=created_at", "cache_key=user:42:profile", "s3_key=reports/2026/11.csv", "bucketKey=logs/a.gz",
          "passwordResetEnabled=true", "password_min_length=12", "apiKeyId=k9x8c7v6b5", "api_key_source=HEADER", "publicKey=MIIBIjANBgkq", "session_timeout=1800", "sessionCount=14",
          "cookieConsent=accepted", "cookie_banner=shown", "csrf_enabled=true", "password_verified=true", "tokenVersion=3", "otp_required=true", "otpLength=6", "pincode=560001",
          "credentialsProvider=env", "credential_type=oidc", "credentials_expired=false", "secretsLoaded=3", "secret_count=4", "token_endpoint=https://idp.example.com/token",
          "token_url=https://idp.example.com/token", "jwt_alg=RS256", "jwtIssuer=https://idp.example.com", "sessionDuration=900", "password_file=/run/secrets/db", "foreign_key=orders_user_fk",
          "object_key=a/b/c.png", "idempotencyKey=%s" % v.uuid(), "password_changed_count=2", "passwordless=true", "max_password_age=90", "password_hash_alg=argon2id", "secretVersion=4",
          "accessTokenTtl=300", "refresh_token_expires=86400", "auth_method=sso", "session_id_length=32", "api_key_required=true", "num_tokens=7")
    c.neg("setting_json", {"passwordPolicy": {"minLength": 12, "requireDigits": True}, "tokenExpiry": 3600, "secretName": "prod/db/main"})
    c.neg("setting_json", {"keySchema": [{"AttributeName": "pk", "KeyType": "HASH"}], "secretsLoaded": 3, "authProvider": "oidc"})
    c.neg("setting_json", {"token_type": "Bearer", "expires_in": 3600, "token_endpoint": "https://idp.example.com/oauth/token", "scope": "read write"})
    c.neg("setting_json", {"passwordLastChangedDate": "2026-03-01", "passwordExpired": False, "passwordAge": 44, "otpRequired": True}, soft=True)
    c.neg("setting_json", {"secretArn": "arn:aws:secretsmanager:eu-west-1:%s:secret:db" % v.account(), "apiKeyId": v.b62(10).lower(), "publicKeyId": "k-9"})
    c.neg("setting_json", {"cacheKey": "user:42", "sortKey": "2026-11", "partitionKey": "t#9", "primaryKey": "id", "objectKey": "a/b.png", "s3Key": "in/x.csv"})
    c.neg("setting_json", {"tokens": {"in": 4, "out": 9}, "cookieBanner": "shown", "cookieConsent": "all", "sessionCount": 4, "pincode": "560001"}, soft=True)
    c.neg("empty_json", {"password": "", "token": None, "secret": "***", "apiKey": "<redacted>", "pwd": "${DB_PASSWORD}", "otp": False})
    c.neg("empty_json", {"password": "********", "client_secret": "string", "secret": "required", "api_key": "missing", "token": "expired", "auth_token": "invalid", "jwt": "none"})
    lines(c, "empty", "password=*** user=x", "password: ${DB_PASSWORD}", "token=null", "SELECT * FROM users WHERE password = ?", "password=$1 for stmt", "bind :password to slot 2", "token: none",
          "{\"password\":null}", "password=<redacted>", "api_key=[secret] mode=x", "secret: [REDACTED]", "password=********", "client_secret: required",
          "password: true", "token=false")


def sentences(c):
    lines(c, "sentence", "Wrong password, please try again", "password must contain at least 12 characters", "User authenticated in 12 ms", "Bearer token required", "Basic plan activated",
          "the token bucket is empty", "secret rotation finished", "password reset mail was sent", "session expired, please sign in", "invalid credentials", "no such key: orders",
          "auth service is healthy", "token refresh scheduled in 300 s", "cookie consent given", "forgot your password? click here", "password and confirmation do not match",
          "passwords do not match", "The secret to good coffee is fresh beans", "API key is missing", "missing Authorization header", "access token expired", "your PIN is incorrect",
          "two-factor authentication enabled", "authorization check passed for role admin", "Please enter your password:", "Password:", "basic auth is disabled", "bearer of bad news",
          "certificate verified", "signature mismatch on upload", "session closed by peer", "token validation took 3 ms", "secret not found", "key rotation policy updated",
          "password is required", "password is incorrect", "token is invalid", "the password field is empty", "Cookie jar cleared", "digest auth not supported", "credential cache warmed",
          "Enter passphrase for key", "OTP sent", "OTP verification failed", "unexpected token < in JSON at position 0", "SyntaxError: Unexpected token } in JSON at position 120",
          "cannot read property 'token' of undefined", "KeyError: 'password'", "undefined method `secret' for nil", "field 'password' may not be blank", "unknown option --password",
          "see --help for --token-file", "WARNING: password authentication is deprecated", "secrets manager latency 41 ms",
          "pin verified", "passkey registered", "loading credentials from environment", "found credentials in shared credentials file", "Unable to locate credentials")
    lines(c, "sentence_languages", "Falsches Passwort, bitte erneut versuchen", "Le mot de passe est obligatoire", "La contrase\u00f1a debe tener 8 caracteres", "Senha incorreta",
          "\u041d\u0435\u0432\u0435\u0440\u043d\u044b\u0439 \u043f\u0430\u0440\u043e\u043b\u044c", "\u5bc6\u7801\u9519\u8bef", "\u30d1\u30b9\u30ef\u30fc\u30c9\u304c\u9055\u3044\u307e\u3059",
          "Wachtwoord vergeten?", "Has\u0142o jest nieprawid\u0142owe", "L\u00f6senordet \u00e4r fel", "Password non valida", "Jelsz\u00f3 sz\u00fcks\u00e9ges", "Heslo je povinn\u00e9",
          "login.title = Anmelden", "mot de passe oubli\u00e9")
    c.neg("labels", {"errors": [{"field": "password", "code": "too_short"}], "status": 422})
    c.neg("labels", {"fields": ["username", "password", "token"], "valid": False})
    c.neg("labels", {"event": "password_changed", "by": "self-service", "outcome": "success"})
    c.neg("labels", {"scopes": ["token:read", "secret:list"], "grant": "client_credentials"}, soft=True)
    c.neg("labels", {"message": "Invalid password", "code": "auth/wrong-password"})
    c.neg("labels", {"missing": "password", "hint": "token"}, soft=True)


def code(c):
    v = c.v
    lines(c, "stack", "    at loadSecret (/var/task/lib/secret.js:19:11)", "    at async Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1173:29)",
          "  File \"/var/task/auth/token.py\", line 88, in verify_token", "\tat com.shop.auth.TokenService.issue(TokenService.java:143)",
          "\tat com.shop.PasswordEncoder$$EnhancerBySpring$$%s.encode(<generated>)" % v.hex(8), "goroutine 41 [running]:\nmain.(*Auth).Token(0xc0000b2000)\n\t/src/auth.go:41 +0x1d",
          "/usr/lib/ruby/gems/3.3.0/gems/jwt-2.8.1/lib/jwt.rb:32:in `decode'", "   at Shop.Auth.TokenHandler.Validate(String token) in /src/TokenHandler.cs:line 52",
          "#4 /var/www/html/src/Security/Password.php(72): App\\Security\\Password->check()", "   3: shop::auth::token::verify\n             at ./src/auth/token.rs:77:9",
          "** (KeyError) key :password not found in: %{}", "Caused by: java.lang.IllegalArgumentException: secret key too short", "thread 'main' panicked at src/key.rs:12:5:",
          "from /opt/ruby/lib/net/http.rb:987:in `connect'", "TypeError: token.split is not a function\n    at parse (/app/auth.js:3:18)",
          "Error: missing credentials\n    at Signer.sign (/var/task/node_modules/aws-sdk/lib/signers/v4.js:14:3)", "object com.shop.Session@1f2e3d4c closed", "java.lang.Object@7a81197d")
    lines(c, "package", "pinned eslint@9.30.1", "npm WARN deprecated uuid@3.4.0: use 7", "icon@2x.png", "@scope/auth-token@1.2.3", "git@github.com:org/repo.git", "go: github.com/golang-jwt/jwt/v5@v5.2.1", "image registry.internal:5000/team/secret-operator:v1.4.2", "ghcr.io/org/token-exchange:1.0", "logo@3x.webp", "react-dom@18.3.1 added",
          "@Override public String getPassword()", "@app.route('/login')", "pip install pyjwt==2.9.0", "requests-oauthlib==2.0.0", "jwt-decode@^4.0.0",
          "python3.12/site-packages/passlib", "cargo add secrecy@0.8", "sk-learn-pipeline", "class=\"sk-folding-cube sk-cube1\"", ".sk-spinner { color: red }", "key-value store", "do_not_retry",
          "hf_transfer enabled", "ghp_ prefixes are checked", "xoxo from the team", "token-bucket-7f9c8d6b5-x2k4p", "pod auth-service-6d4cf56db6-9xkzq ready")
    lines(c, "sql", "SELECT id, password_hash FROM users WHERE id = 41", "ALTER TABLE users ADD COLUMN password VARCHAR(255)", "CREATE INDEX ON tokens (user_id)",
          "INSERT INTO sessions (token) VALUES (?)", "UPDATE users SET password = ? WHERE id = ?", "DROP USER IF EXISTS reader", "select count(*) from api_keys where revoked = false",
          "PRIMARY KEY (id), FOREIGN KEY (token_id)", "SELECT * FROM t WHERE token = $1", "DELETE FROM otp WHERE expires < now()")
    lines(c, "css", "btn-primary sk-loader token-input password-field", "<input type=\"password\" name=\"password\" required>", "<label for=\"password\">Password</label>",
          "<form action=\"/login\" id=\"token-form\">")
    lines(c, "docker", "docker run --rm -e TZ=UTC web:1", "Pulling from library/postgres", "layer %s: Pull complete" % v.hex(12), "-p 8080:80 -p 443:443", "docker run -p 5432:5432 postgres:16")
    lines(c, "http", "GET /token 404", "POST /oauth/token 200 31ms", "GET /reset-password 200", "/users/me/password", "GET /verify/12345", "GET /confirm/order-shipped", "/invite/team-blue",
          "OPTIONS /api/session 204", "https://docs.example.com/reset/how-to-reset-your-device", "Location: /login?next=%2Fhome", "https://example.com/a?b=c#token-section", "HEAD /secret 403",
          "GET /activate/2026-11-04", "https://user-guide.example.com/x", "https://cdn.example.com/npm/react@18/index.js")
    lines(c, "path", "/var/secrets/db exists", "wrote /tmp/token.json", "open /etc/ssl/private/key.pem: permission denied", "C:\\Users\\app\\token.txt", "s3://bucket/keys/a.pem", "keys/2026/11/04.parquet",
          "mounted /run/secrets/kubernetes.io/serviceaccount/token")


def platform(c):
    v = c.v
    lines(c, "report", "START RequestId: %s Version: $LATEST" % v.uuid(), "END RequestId: %s" % v.uuid(),
          "REPORT RequestId: %s\tDuration: 3012.40 ms\tBilled Duration: 3013 ms\tMemory Size: 256 MB\tMax Memory Used: 201 MB\tInit Duration: 312.11 ms" % v.uuid(),
          "INIT_START Runtime Version: python:3.12.v41\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:%s" % v.hex(64),
          "%s %s Task timed out after 3.00 seconds" % (v.iso(), v.uuid()), "XRAY TraceId: %s\tSegmentId: %s\tSampled: true" % (v.xray(), v.hex(16)),
          "RequestId: %s Error: Runtime exited with error: signal: killed" % v.uuid(), "LOGS\tName: ext\tState: Subscribed\tTypes: [Platform]",
          "EXTENSION\tName: nightjar\tState: Ready\tEvents: [INVOKE, SHUTDOWN]")
    c.neg("report_json", {"type": "platform.report", "record": {"requestId": v.uuid(), "metrics": {"durationMs": 101.51, "billedDurationMs": 300, "memorySizeMB": 512}}})
    c.neg("context_json", {"functionName": "token-service", "functionVersion": "$LATEST", "memoryLimitInMB": "256", "logGroupName": "/aws/lambda/token-service",
                           "logStreamName": "2026/11/04/[$LATEST]%s" % v.hex(32)})
    picture = "iVBORw0KGgoAAAANSUhEUgAA" + v.b64(160)
    c.neg("image", '{"icon":"data:image/png;base64,%s"}' % picture)
    c.neg("image", {"thumb": "data:image/jpeg;base64,/9j/4AAQSkZJRg" + v.b64(160), "w": 64})
    c.neg("image", "<img src=\"data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP%s\">" % v.b64(80))
    c.neg("image", {"isBase64Encoded": True, "headers": {"content-type": "image/png"}, "body": picture})
    c.neg("binary", "chunk=%s" % base64.b64encode(bytes([0x1f, 0x8b, 8, 0]) + v.bytes(90)).decode(), soft=True)
    c.neg("binary", {"pdf": base64.b64encode(b"%PDF-1.7\n" + v.bytes(120)).decode(), "pages": 2})
    c.neg("b64_words", {"note": base64.b64encode(("the quick brown fox jumps over lazy dogs %s" % v.word()).encode()).decode()})
    c.neg("certificate", "-----BEGIN CERTIFICATE-----\nMIID%s\n%s==\n-----END CERTIFICATE-----" % (v.b64(60), v.b64(62)))
    c.neg("certificate", "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkq%s\n%s==\n-----END PUBLIC KEY-----" % (v.b64(52), v.b64(62)))
    c.neg("jwks", {"keys": [{"kty": "RSA", "kid": v.b62(12), "use": "sig", "alg": "RS256", "n": v.b64u(342), "e": "AQAB"}]})
    c.neg("jwks", {"kty": "EC", "crv": "P-256", "x": v.b64u(43), "y": v.b64u(43), "kid": "k-1"})
    lines(c, "eyj", "cursor=eyJvZmZzZXQiOjQwfQ", "next: eyJpZCI6NDJ9", "page=eyJhIjoxfQ== ok", "stripe publishable pk_live_51%s" % v.b62(60), "pk_test_%s loaded" % v.b62(24),
          "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI%s ops" % v.b62(43), "twilio account AC%s" % v.hex(32), "dns TXT v=spf1 include:_spf.example.com ~all")
    lines(c, "flags", "flag new-password-page=on", "experiment token_v2 bucket=7", "feature passkey_rollout 25%", "variant secret-santa B", "toggle auth-cookie-v2 off",
          "segment password-managers 3%")
    lines(c, "metrics", "p99=412ms p50=31ms rps=1044", "auth.token.latency 12.5", "cache hits=9041 misses=12", "secret_manager_calls_total 41",
          "password_resets_total{region=\"eu\"} 9", "http_requests_total{path=\"/token\"} 412", "queue depth 0", "gc pause 4.1ms heap 120MB")
    c.neg("metrics_json", {"_aws": {"Timestamp": int(v.epoch_ms()), "CloudWatchMetrics": [{"Namespace": "Auth", "Dimensions": [["svc"]], "Metrics": [
        {"Name": "TokenIssued", "Unit": "Count"}]}]}, "svc": "auth", "TokenIssued": 4})
    c.neg("policy_json", {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]})
    c.neg("template_json", {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "db", "GenerateSecretString": {"PasswordLength": 32, "ExcludeCharacters": "\"@"}}}, soft=True)
    c.neg("openapi_json", {"parameters": [{"name": "password", "in": "query", "required": True, "schema": {"type": "string", "format": "password"}}]})
    c.neg("graph_json", {"query": "mutation Login($password: String!) { login(password: $password) { expiresAt } }"}, soft=True)
    c.neg("plain_json", {"level": "info", "msg": "%s processed" % v.word(), "durationMs": 12.5, "tags": ["a", "b"], "n": None, "ok": True, "nested": {"x": [1, 2.50, 1e3]}})
    c.neg("plain_json", '{"a":1.0,"b":[ 1 , 2 ],"c":"\\u00e9\\/x","d":1E+2,"big":12345678901234567890}')
    for _ in range(3):
        lines(c, "plain", "%s INFO %s started worker %d in %d ms" % (v.iso(), v.name(), v.below(16), v.between(1, 900)), "%s\t%s\tWARN\tretrying %s in %d ms" % (
            v.iso(), v.uuid(), v.name(), v.between(10, 900)), "[%s] %s: cache miss on shard %d" % (v.pick("INFO", "DEBUG"), v.name(), v.below(64)),
            "%s - - [04/Nov/2026:10:11:12 +0000] \"GET /v1/items/%d HTTP/1.1\" 200 %d \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/131.0\"" % (
                "203.0.113.%d" % v.between(1, 250), v.between(1, 99999), v.between(100, 99999)))
    word = v.of(BASE62, 12) + "-" + v.of(HEX, 8)
    lines(c, "names", "bundle main.%s.chunk.js" % v.hex(8), "worker-%s leased" % v.hex(10), "stream shardId-000000000042", "index logs-2026.11.04-000017", "tmp file upload_%s.part" % word,
          "partition orders-7 offset 9021441", "lambda layer sha %s" % v.hex(12), "camelCaseIdentifierThatIsRatherLongAndHasNoDigits ok", "kafka group.id=billing-v2 member-%s" % v.uuid())


ROUNDS = (identifiers, numbers, language_models, names_of_settings, sentences, code, platform)
