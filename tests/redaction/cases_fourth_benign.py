"""What must come back byte for byte, a fourth time: see cases_fourth.py."""
import json

from gens import BASE62, DIGITS, UPPER, b64url, luhn_ok


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def identifiers(c):
    v = c.v
    c.neg("neg_uuid", "session store miss id=%s shard=4" % v.uuid())
    c.neg("neg_uuid", {"requestId": v.uuid(), "correlationId": v.uuid(), "parent": None})
    c.neg("neg_uuid", "start RequestId: %s Version: $LATEST" % v.uuid())
    c.neg("neg_uuid", "moved {%s} to lane 2" % v.uuid().upper())
    c.neg("neg_uuid", "urn:uuid:%s" % v.uuid7())
    c.neg("neg_ulid", "event %s persisted" % v.ulid())
    c.neg("neg_xray", "X-Amzn-Trace-Id: Root=%s;Sampled=0" % v.xray())
    c.neg("neg_xray", "traceparent: 00-%s-%s-01" % (v.hex(32), v.hex(16)))
    c.neg("neg_xray", {"trace_id": v.hex(32), "span_id": v.hex(16), "flags": 1})
    c.neg("neg_xray", "b3: %s-%s-1" % (v.hex(32), v.hex(16)))
    c.neg("neg_xray", "dd.trace_id=%s dd.span_id=%s" % (v.fresh(lambda: v.pick("4", "5", "3") + v.of(DIGITS, 18)), v.fresh(lambda: v.pick("4", "6") + v.of(DIGITS, 18))))
    c.neg("neg_xray", {"dd": {"trace_id": v.luhn_number("4", 19), "span_id": v.luhn_number("62", 19)}, "message": "ok"})
    c.neg("neg_amz_id", {"x-amzn-requestid": v.uuid(), "x-amz-id-2": v.b64(76), "x-amz-cf-id": v.b64u(54) + "=="})
    c.neg("neg_amz_id", "s3 error RequestId: %s HostId: %s" % (v.fresh(lambda: v.of(UPPER + DIGITS, 16)), v.b64(60)))
    c.neg("neg_arn", "policy arn:aws:secretsmanager:eu-west-1:%s:secret:prod/db/password-%s attached" % (v.account(), v.b62(6)))
    c.neg("neg_arn", {"SecretArn": "arn:aws:secretsmanager:us-east-1:%s:secret:api-token-%s" % (v.account(), v.b62(6)), "VersionStages": ["AWSCURRENT"]})
    c.neg("neg_arn", "arn:aws:kms:eu-central-1:%s:key/%s enabled" % (v.account(), v.uuid()))
    c.neg("neg_arn", "caller arn:aws:sts::%s:assumed-role/token-issuer/i-0%s" % (v.account(), v.hex(16)))
    c.neg("neg_arn", {"principalId": "AROA" + v.fresh(lambda: v.of(UPPER + "234567", 16)) + ":deploy", "userId": "AIDA" + v.fresh(lambda: v.of(UPPER + "234567", 16))})
    c.neg("neg_account", {"account": v.account(), "region": "eu-west-1", "accountId": v.account()})
    c.neg("neg_resource", "eni-0%s vpc-0%s sg-0%s ami-0%s" % (v.hex(16), v.hex(16), v.hex(16), v.hex(16)))
    c.neg("neg_resource", "log stream 2026/03/02/[$LATEST]%s" % v.hex(32))
    c.neg("neg_objectid", "db.orders.findOne({_id: ObjectId(\"%s\")}) 3ms" % v.hex(24))
    c.neg("neg_vendor_id", {"id": "pi_" + v.b62(24), "customer": "cus_" + v.b62(14), "object": "payment_intent"})
    c.neg("neg_vendor_id", "evt_%s -> sub_%s active, price_%s" % (v.b62(24), v.b62(24), v.b62(24)))
    c.neg("neg_vendor_id", "call CA%s from account AC%s ended" % (v.hex(32), v.hex(32)))
    c.neg("neg_vendor_id", "stripe.js loaded with pk_live_%s" % v.b62(24))
    c.neg("neg_vendor_id", "slack channel C0%s user U0%s ts=1767225600.001200" % (v.of(UPPER + DIGITS, 9), v.of(UPPER + DIGITS, 9)))
    c.neg("neg_vendor_id", {"jira": "PAY-1432", "sentry_event": v.hex(32), "dsn_project": 44})
    c.neg("neg_vendor_id", "eas update id %s, project @acme/site" % v.uuid())
    c.neg("neg_nanoid", "cart V1StGXR8_%s created" % v.b64u(12))
    c.neg("neg_snowflake", "tweet 18%s processed" % v.of(DIGITS, 17))
    c.neg("neg_snowflake", {"message_id": "14" + v.of(DIGITS, 17), "guild": "9" + v.of(DIGITS, 17)})


def hashes(c):
    v = c.v
    c.neg("neg_git_sha", "HEAD is now at %s fix: rotate password form" % v.hex(7))
    c.neg("neg_git_sha", {"commit": v.hex(40), "branch": "main", "dirty": False})
    c.neg("neg_git_sha", "Deploying %s..%s to prod" % (v.hex(40), v.hex(40)))
    c.neg("neg_git_sha", "index %s..%s 100644" % (v.hex(7), v.hex(7)))
    c.neg("neg_digest", "pulled reg.example.org/app@sha256:%s" % v.hex(64))
    c.neg("neg_digest", "md5=%s size=4411" % v.hex(32))
    c.neg("neg_digest", "ETag: \"%s-3\"" % v.hex(32))
    c.neg("neg_digest", "integrity sha512-%s==" % v.b64(86))
    c.neg("neg_digest", {"codeSha256": v.b64(43) + "=", "codeSize": 55100})
    c.neg("neg_digest", "sha1 %s  dist/app.tar.gz" % v.hex(40))
    c.neg("neg_digest", "Content-MD5: %s==" % v.b64(22))
    c.neg("neg_digest", "checksum crc32c=%s ok" % v.hex(8))
    c.neg("neg_digest", "block 0x%s mined" % v.hex(64))
    c.neg("neg_digest", "tx 0x%s from 0x%s" % (v.hex(64), v.hex(40)))
    c.neg("neg_digest", "ipfs pin Qm%s done" % v.fresh(lambda: v.of(BASE62.replace("0", "").replace("O", "").replace("I", "").replace("l", ""), 44)))
    c.neg("neg_digest", {"fingerprint": "SHA256:" + v.b64(43), "type": "ssh-ed25519"})
    c.neg("neg_cert", "issuer cert\n%s" % "\n".join(v.pem("CERTIFICATE")))
    c.neg("neg_cert", "\n".join(v.pem("PUBLIC KEY", 4)))
    c.neg("neg_cert", {"kty": "RSA", "n": v.b64u(342), "e": "AQAB", "kid": v.b62(12), "use": "sig"})
    c.neg("neg_cert", {"keys": [{"kty": "EC", "crv": "P-256", "x": v.b64u(43), "y": v.b64u(43), "kid": "a"}]})
    c.neg("neg_cert", "thumbprint=%s subject=CN=a" % v.hex(40).upper())
    c.neg("neg_b64_image", "<img src=\"data:image/gif;base64,R0lGODlhAQABAIAAAP%s\">" % v.b64(80))
    c.neg("neg_b64_image", {"thumb": "/9j/4AAQSkZJRgABAQ" + v.b64(200), "w": 40})
    c.neg("neg_b64_image", {"isBase64Encoded": True, "body": "iVBORw0KGgoAAAANSUhEUgAA" + v.b64(160), "headers": {"Content-Type": "image/png"}})
    c.neg("neg_b64_image", "data:font/woff2;base64,d09GMgABAAAAA%s" % v.b64(120))
    c.neg("neg_b64", {"data": v.b64(88), "encoding": "binary"})
    c.neg("neg_b64", "avro payload %s==" % v.b64(86))


def numbers(c):
    v = c.v
    c.neg("neg_epoch", "exp=%d iat=%d now=%s" % (v.epoch(), v.epoch(), v.epoch_ms()))
    c.neg("neg_epoch", {"ts": int(v.epoch_ms()), "t_ns": v.epoch() * 10**9 + v.below(10**9)})
    c.neg("neg_epoch", "backup 2026%02d%02d%02d%02d%02d finished" % (v.between(1, 12), v.between(1, 28), v.below(24), v.below(60), v.below(60)))
    c.neg("neg_epoch", "at %s elapsed=0.%s" % (v.iso(), v.of(DIGITS, 16)))
    c.neg("neg_epoch", "micros=%s%s" % (v.epoch_ms(), v.of(DIGITS, 3)))
    c.neg("neg_order_number", "order %s shipped" % v.not_luhn("4", 16))
    c.neg("neg_order_number", "invoice no. %s posted" % v.not_luhn("51", 16))
    c.neg("neg_order_number", {"orderNumber": v.luhn_number("9", 16), "lines": 2})
    c.neg("neg_order_number", "1Z%s left hub" % v.fresh(lambda: v.of(UPPER + DIGITS, 16)))
    c.neg("neg_order_number", "tracking 00340434%s" % v.of(DIGITS, 12))
    c.neg("neg_order_number", "sku 4%s restocked" % v.of(DIGITS, 7))
    c.neg("neg_order_number", "ticket INC%s closed" % v.of(DIGITS, 7))
    c.neg("neg_order_number", {"offset": int(v.digits(17)), "lsn": "%s/%s" % (v.hex(2).upper(), v.hex(8).upper())})
    c.neg("neg_order_number", "SequenceNumber 495%s0" % v.of(DIGITS, 52))
    c.neg("neg_order_number", {"SequenceNumber": "1118000000000" + v.of(DIGITS, 12), "SizeBytes": 44})
    ean = "4" + v.of(DIGITS, 12)
    c.neg("neg_ean", c.one("ean %s price 4.99", "scan %s aisle 7", "barcode=%s qty=1", "gtin: %s") % ean)
    c.neg("neg_ean", {"ean": v.luhn_number("4", 13), "qty": 4})
    c.neg("neg_ean", "isbn 978%s in stock" % v.of(DIGITS, 10))
    c.neg("neg_ean", "ISBN-13: 978-3-16-148410-0 format=epub")
    c.neg("neg_imei_like", {"serial": "9" + v.of(DIGITS, 14), "fw": "2.1"})
    c.neg("neg_float", "score=0.4111111111111111 p=3.141592653589793")
    c.neg("neg_float", {"embedding": [0.4539148803436467, -0.5105105105105100, 1.4111111111111111]})
    c.neg("neg_float", "bytes=4111111111111 of 8100000000000 read")
    c.neg("neg_float", "lat_ms=12.5 calls=4123456789 p99=0.87 over 3000000000 calls")
    c.neg("neg_float", "call(s) 12.4567.8901 per node; 1234.567.8901 total calls")
    c.neg("neg_geo", "tile 5/17/10 bbox=8.123456,50.123456,8.654321,50.654321")
    c.neg("neg_geo", {"center": [8.68417, 50.11552], "zoom": 11, "srid": 4326})
    c.neg("neg_bad_ssn", "bin 666-12-3456 cleaned")
    c.neg("neg_bad_ssn", "part 123-00-4567 out of stock")
    c.neg("neg_bad_ssn", "ref 912-34-5678 archived")
    c.neg("neg_bad_ssn", "form 078-05-1120 sample only")
    c.neg("neg_bad_iban", "part GB00%s%s missing" % (v.of(UPPER, 4), v.of(DIGITS, 14)))
    c.neg("neg_bad_iban", "model DE12 3456 bracket")
    c.neg("neg_bad_cpf", "lote 123.456.789-00 expedido")
    c.neg("neg_nine_digits", "records=%s skipped=%s" % (v.digits(9), v.digits(9)))
    c.neg("neg_nine_digits", "customer no %s merged into %s" % (v.digits(9), v.digits(10)))
    c.neg("neg_eleven", "import row %s of %s" % (v.digits(11), v.digits(11)))
    c.neg("neg_phoneish", "2026-03-02 +0100 build 12 +49 -3")
    c.neg("neg_phoneish", "diff +120 -44 lines, offset +1234567")
    c.neg("neg_phoneish", "page 555-0199 of catalogue 12")
    c.neg("neg_phoneish", "range 200-555-1200 items")
    c.neg("neg_card_ends", "card ending in 4242 declined, brand=visa exp=04/29")
    c.neg("neg_card_ends", {"last4": "1881", "bin": "411111", "funding": "credit"})
    c.neg("neg_card_ends", "xxxx-xxxx-xxxx-4242 charged")
    c.neg("neg_card_ends", "************1881 ok")
    c.neg("neg_zeros", "0000000000000000 1111111111111111 padding")
    c.neg("neg_hexnum", "addr=0x7ffd4111111111111 rsp=0xfffffff4242424242")


def versions(c):
    v = c.v
    c.neg("neg_version_ip", "nginx 1.25.3.1 on ubuntu 22.04.4.12", policy="strict")
    c.neg("neg_version_ip", "chrome/121.0.6167.85 safari", policy="strict")
    c.neg("neg_version_ip", "upgraded driver version 10.2.4.1 build 7", policy="strict")
    c.neg("neg_version_ip", "oid 1.3.6.1.4.1.311.21.20 ext", policy="strict")
    c.neg("neg_version_ip", {"AssemblyVersion": "4.0.0.0", "fileVersion": "4.8.9037.0"}, policy="strict")
    c.neg("neg_version_ip", "std::vector<int>::push_back in foo::bar", policy="strict")
    c.neg("neg_version_ip", "slept 12:30:45:11 frames", policy="strict")
    c.neg("neg_version_ip", "section 4.2.1.3 of the manual", policy="strict")
    c.neg("neg_version", "lodash@4.17.21 react-dom@18.2.0 @types/node@20.1.4")
    c.neg("neg_version", "python3.11 pip 24.0 from /usr/lib (python 3.11)")
    c.neg("neg_ip_keep", "denied 198.51.100.23:4411 -> 10.0.0.4:443 proto=6")
    c.neg("neg_ip_keep", {"sourceIp": v.ip(), "userAgent": "Mozilla/5.0 (X11; Linux x86_64)"})
    c.neg("neg_ip_keep", "X-Forwarded-For: %s, 10.2.0.1" % v.ip())
    c.neg("neg_ip_keep", "peer [%s]:443 reset" % v.ip6())
    c.neg("neg_ip_keep", "route 10.0.0.0/16 via 10.0.0.1 dev eth0")
    c.neg("neg_mac_keep", "nic %s up 1000Mb" % v.mac())
    c.neg("neg_mac_keep", "hexdump 4d:5a:90:00:03:00:00:00:04", policy="strict")
    c.neg("neg_wallet_keep", "wallet %s watched" % v.ethereum())
    c.neg("neg_user_keep", {"username": v.word() + "42", "action": "login", "ok": True})
    c.neg("neg_user_keep", "user=%s action=delete target=%s" % (v.word(), v.uuid()))
    c.neg("neg_at_sign", "git clone git@github.com:acme/shop.git")
    c.neg("neg_at_sign", "logo@3x.png and banner@2x.webp uploaded")
    c.neg("neg_at_sign", "com.acme.Foo@4f3f5b24 java.lang.Object@1b6d3586")
    c.neg("neg_at_sign", "@app.route('/x') @Inject @Override")
    c.neg("neg_at_sign", "uses: actions/checkout@v4 with ref main")
    c.neg("neg_at_sign", "ssh ec2-user@i-0%s" % v.hex(16))
    c.neg("neg_at_sign", "price 3 @ 4.50 each, meet @ noon")
    c.neg("neg_at_sign", "amqp consumer tag celery@worker-1 ready")


def words(c):
    v = c.v
    for text in (
            "Password must be at least 12 characters and contain a digit",
            "password reset requested",
            "User changed password",
            "password: required field missing",
            "Invalid token: unexpected end of input",
            "SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON",
            "token expired at 2026-03-02T10:00:00Z",
            "Token bucket refilled: 40/100",
            "the access token has expired; refreshing",
            "authorization header missing",
            "Missing Authentication Token",
            "401 Unauthorized: Bearer token required",
            "No credentials were provided",
            "UnrecognizedClientException: The security token included in the request is invalid.",
            "Basic plan downgraded to Free",
            "basic auth is disabled for realm=ops",
            "api key not found",
            "secret rotation finished in 12s",
            "could not read secret: AccessDenied",
            "secret manager cache hit ratio=0.97",
            "pin the dependency to 1.2.3",
            "pinned=true pins=4 spinning=0",
            "author=kay authored=2 authority=ca",
            "password_policy={min:12,upper:true}",
            "passwordless login enabled",
            "forgot-password page rendered in 12ms",
            "cookie consent banner shown variant=b",
            "session started session_count=44",
            "session_duration=3600 session_timeout=900",
            "OTP sent to user 44, otp_expires_in=300",
            "otp verification failed after 3 attempts",
            "mfa_required=true mfa_method=totp",
            "max_tokens=4096 temperature=0.2 top_p=1",
            "prompt_tokens=811 completion_tokens=120 total_tokens=931",
            "tokenizer=cl100k token_count=44 tokens/s=88.1",
            "CSRF token mismatch",
            "csrf_protection=on csrf_cookie_name=xsrf",
            "key=value pairs parsed: 12",
            "primary_key=id foreign_key=order_id sort_key=created",
            "cache key user:44:profile miss",
            "idempotency_key=%s reused" % v.uuid(),
            "object key reports/2026/03/a.csv uploaded",
            "public_key=%s loaded" % v.b64(43),
            "auth_type=oauth2 auth_method=pkce auth_provider=okta",
            "signing algorithm RS256 not allowed",
            "signature verification failed",
            "credential provider chain: env, profile, imds",
            "credential_source=Ec2InstanceMetadata",
            "pwd=/var/task",
            "PWD=/home/app OLDPWD=/tmp SHELL=/bin/sh",
            "cd $PWD && make",
            "password=*** user=app",
            "password=<redacted> token=[FILTERED]",
            "PASSWORD=${DB_PASSWORD} docker compose up",
            "password=None secret=null token=undefined",
            "password: !!null",
            "SELECT id FROM users WHERE password = ? AND login = ?",
            "UPDATE t SET token = $1 WHERE id = $2",
            "INSERT INTO users (login, password_hash) VALUES (:login, :hash)",
            "ssl_cert=/etc/ssl/a.pem ssl_key=/etc/ssl/a.key",
            "private_key_path=/run/secrets/id_rsa",
            "secretName: tls-web secretKeyRef: {name: db, key: password}",
            "valueFrom: secretKeyRef name=db key=password",
            "token_url=https://login.example.org/oauth2/token",
            "https://login.example.org/oauth2/authorize?response_type=code&scope=openid",
            "nextToken=null pageToken= page=2",
            "hint: use --password-stdin",
            "usage: login [--user NAME] [--password PASS]",
            "type=password name=q",
            "label for=password text=Password",
            "Passwort vergessen? Link angefordert",
            "mot de passe oublié : lien envoyé",
            "contraseña incorrecta",
            "Das Passwort ist abgelaufen",
            "code=ECONNREFUSED errno=-111 syscall=connect",
            "exit code 137 signal SIGKILL",
            "error code: 42P01 relation does not exist",
            "status_code=404 code=NotFound",
            "country_code=NO zip_code_required=false",
            "promo code SPRING24 applied",
            "response code 200 in 12 ms",
            "encoding=gzip, decoder=none, barcode=qr",
            "sidekiq jid=%s" % v.hex(24),
            "author: %s" % v.word(),
            "dob_required=true ssn_verified=false",
            "email_verified=true phone_verified=false email_count=3",
            "email=none phone=unknown",
            "address=0x7f3a22 remote_address_family=AF_INET",
            "iban_valid=false iban_country=DE",
            "account_type=checking account_status=open account_age_days=44",
            "cvv_check=pass avs=Y",
            "card_type=visa card_brand=mc card_present=false",
            "pan camera left, pan=left tilt=3",
            "health=ok healthcheck passed diagnosis_count=0",
            "license=MIT licence: Apache-2.0",
            "passport.js strategy=local loaded",
            "Secret santa list updated",
            "the secret to speed is caching",
            "Access key age 88 days, last used 2026-02-01",
            "key rotation due in 12 days",
    ):
        c.neg("neg_keyword", text)
    for record in (
            {"tokenType": "Bearer", "expires_in": 3599, "tokenUse": "access"},
            {"usage": {"input_tokens": 44, "output_tokens": 812, "cache_read_input_tokens": 0}},
            {"passwordPolicy": {"MinimumLength": 12, "RequireSymbols": True}, "passwordLastChanged": "2026-01-01"},
            {"KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}], "TableName": "sessions"},
            {"secretId": "prod/db", "secretVersion": 4, "rotationEnabled": True},
            {"password": None, "token": "", "secret": False},
            {"password": "********", "apiKey": "<hidden>"},
            {"hasPassword": True, "passwordSet": False, "isTokenValid": True},
            {"auth": {"type": "oauth2", "flow": "pkce", "provider": "okta"}},
            {"authorizer": "custom", "authorizerType": "REQUEST", "authorizationType": "AWS_IAM"},
            {"NextToken": None, "nextPageToken": "CAoQAA", "ContinuationToken": "1ueGcx", "LastEvaluatedKey": {"pk": {"S": "a#1"}}},
            {"cursor": b64url(json.dumps({"id": v.below(9999), "dir": "next", "ts": v.epoch()}).encode()), "hasMore": True},
            {"pageInfo": {"endCursor": "Y3Vyc29yOnYyOpHOA" + v.b62(8), "hasNextPage": False}},
            {"feature_flags": {"new_password_screen": True, "token_refresh_v2": "off", "otp_login": 0.25}},
            {"metric": "auth.token.refresh.count", "value": 12, "unit": "Count"},
            {"MetricName": "PasswordResets", "Value": 3.0, "Dimensions": [{"Name": "Stage", "Value": "prod"}]},
            {"errors": [{"field": "password", "message": "is too short", "code": "min_length"}]},
            {"errors": {"password": ["can't be blank"], "email": ["is invalid"]}},
            {"schema": {"password": {"type": "string", "minLength": 8}, "email": {"type": "string", "format": "email"}}},
            {"form": {"fields": [{"name": "password", "type": "password", "required": True}]}},
            {"columns": ["id", "email", "password", "token"], "rows": 44},
            {"logging": {"pattern": "%d{ISO8601} %-5p [%t] %c{1}: %m%n", "level": "INFO"}},
            {"schedule": "cron(0/15 9-17 ? * MON-FRI *)", "state": "ENABLED"},
            {"Resources": {"Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"MasterUserPassword": {"Ref": "DbPassword"}}}}},
            {"Resources": {"S": {"Properties": {"Password": "{{resolve:secretsmanager:prod/db:SecretString:password}}"}}}},
            {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "sts:GetSessionToken"], "Resource": "*"},
            {"Conditions": {"StringEquals": {"aws:PrincipalTag/token": "true"}}},
            {"geo": {"country": "NO", "city_id": 88}, "phone_count": 2, "address_count": 1},
            {"device": {"model": "SM-G991B", "os": "14"}, "screen": "1080x2400"},
            {"name": "nightly", "first": True, "last": False, "family": "m6g"},
            {"hostname": "ip-10-0-3-44.eu-west-1.compute.internal", "az": "eu-west-1a"},
            {"code": "E1101", "sub_code": 33, "type": "validation"},
            {"sort": {"key": "created", "order": "desc"}, "filter": {"key": "status", "value": "open"}},
            {"headers": {"Content-Type": "application/json", "Accept": "*/*", "X-Request-Id": v.uuid(), "Cache-Control": "no-store"}},
            {"headers": {"cookie": ""}, "cookies": {}},
    ):
        c.neg("neg_keyword_json", record)


def code(c):
    v = c.v
    for text in (
            "Traceback (most recent call last):\n  File \"/var/task/auth/token.py\", line 44, in refresh\n    raise TokenError(\"expired\")\nTokenError: expired",
            "java.lang.IllegalStateException: no secret\n\tat com.acme.secrets.SecretLoader.load(SecretLoader.java:88)\n\tat com.acme.Main.main(Main.java:12)",
            "panic: runtime error: index out of range [3] with length 3\n\ngoroutine 1 [running]:\nmain.parseToken(0xc000012120, 0x5)\n\t/app/token.go:19 +0x1d",
            "   at Acme.Auth.PasswordHasher.Verify(String password, String hash) in /src/Auth/PasswordHasher.cs:line 31",
            "TypeError: Cannot read properties of undefined (reading 'password')\n    at login (file:///var/task/index.mjs:10:22)",
            "NoMethodError (undefined method `token' for nil:NilClass):\napp/controllers/sessions_controller.rb:14:in `create'",
            "PHP Fatal error:  Uncaught Error: Call to undefined function getPassword() in /var/task/a.php:9",
            "thread 'main' panicked at src/auth.rs:12:5:\ncalled `Option::unwrap()` on a `None` value",
            "def login(user, password=None, token=None): pass",
            "const { password, ...rest } = req.body;",
            "if (token === undefined) throw new Error('missing token');",
            "password := os.Getenv(\"DB_PASSWORD\")",
            "String secret = config.getSecret(\"db\");",
            "token = request.headers.get('Authorization')",
            "password = get_password(user_id)",
            "api_key = os.environ[\"API_KEY\"]",
            "self.password = self.clean_password(value)",
            "private static final String PASSWORD_FIELD = \"password\";",
            "func (s *Server) SetPassword(ctx context.Context, req *pb.Req) error {",
            "@PostMapping(\"/password\") public void reset(@RequestParam String token)",
            "$password = $_POST['password'];",
            "process.env.API_KEY is not set",
            "ALTER TABLE users ADD COLUMN password varchar(255) NOT NULL",
            "CREATE INDEX idx_token ON sessions (token, expires_at)",
            "SELECT count(*) FROM tokens WHERE expires < now()",
            "log4j2 pattern %d{HH:mm:ss.SSS} [%t] %-5level %logger{36} - %msg%n",
            "rewrite ^/password/(.*)$ /account?x=$1 last;",
            "regex ^(?=.*[A-Z])(?=.*\\d).{8,}$ did not match",
            "<xs:element name=\"password\" type=\"xs:string\" minOccurs=\"0\"/>",
            "<label for=\"password\">Password</label><input type=\"password\" id=\"password\">",
            "<wsdl:part name=\"token\" type=\"tns:Token\"/>",
            "interface Props { token: string; password?: string }",
            "message Login { string user = 1; string password = 2; }",
            "type User { id: ID! email: String password: String }",
            "- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db\n      key: password",
            ".sk-circle { animation: sk-fade 1.2s } .sk-cube-grid-container-wrapper-large {}",
            "GATTACAGATTACAGATTACAGATTACAGATTACAGATTACA",
            "Mon Mar  2 10:00:01 2026 us=112 TLS: tls_process: killed expiring key",
            "START RequestId: %s Version: 12" % v.uuid(),
            "END RequestId: %s" % v.uuid(),
            "REPORT RequestId: %s\tDuration: 12.04 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\tInit Duration: 201.22 ms" % v.uuid(),
            "INIT_START Runtime Version: nodejs:20.v44\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:%s" % v.hex(64),
            "%s Task timed out after 3.00 seconds" % v.uuid(),
            "RequestId: %s Error: Runtime exited with error: signal: killed" % v.uuid(),
            "GET /assets/app.%s.js 200 12ms" % v.hex(20),
            "GET /users/%s/tokens 200" % v.digits(6),
            "GET /reset-password 200 8ms",
            "GET /verify/email/confirmation-instructions 302",
            "webpack chunk vendors~main.%s.js 244 KiB" % v.hex(20),
            "downloaded https://files.pythonhosted.org/packages/%s/%s/%s/boto3-1.34.tar.gz" % (v.hex(2), v.hex(2), v.hex(60)),
            "/var/task/node_modules/jsonwebtoken/verify.js:44",
            "kafka partition=3 offset=%s key=null" % v.digits(9),
            "http://localhost:3000/callback?state=ok&page=3",
            "postgres://localhost:5432/app connected",
            "redis://cache:6379/0 PONG",
            "https://user@git.example.org/repo.git cloned",
            "s3://bucket/tokens/2026/part-0000-%s.parquet" % v.uuid(),
            "curl -u $USER:$PASS https://a.example",
            "Accept: text/html;q=0.9, */*;q=0.8",
            "set-cookie consent=yes; path=/",
            "1 passed, 2 tokens left, 3 keys",
            "kubectl get secret db -o yaml",
            "vault kv get secret/app/db",
            "terraform: aws_secretsmanager_secret.db: Refreshing state... [id=arn:aws:secretsmanager:eu-west-1:%s:secret:db-%s]" % (v.account(), v.b62(6)),
            "terraform: random_password.db: Creation complete after 0s [id=none]",
            "+ password = (sensitive value)",
            "Pulling image (1/4) layer %s: Download complete" % v.hex(12),
            "gc 12 @4.411s 2%%: 0.01+1.2+0.004 ms clock",
            "ts=%s lvl=info msg=\"key expired\" key=user:44" % v.iso(),
    ):
        c.neg("neg_code", text)


def luhn_luck(c):
    """Numbers that pass Luhn by luck and are no cards: they begin like none, or stand in something longer."""
    v = c.v
    c.neg("neg_luhn", "epoch %s" % v.until(v.epoch_ms, luhn_ok))
    c.neg("neg_luhn", "parcel %s sorted" % v.luhn_number("7", 16))
    c.neg("neg_luhn", "meter %s read" % v.luhn_number("1", 16))
    c.neg("neg_luhn", "file_%s_v2.csv stored" % v.luhn_number("99", 14))
    c.neg("neg_luhn", "build 2026030210%s" % v.of(DIGITS, 4))
    c.neg("neg_luhn", "%s-%s-4%s-8%s-%s" % (v.hex(8), v.of(DIGITS, 4), v.of(DIGITS, 3), v.of(DIGITS, 3), v.of(DIGITS, 12)))
    c.neg("neg_luhn", {"ratio": float("0." + v.luhn_number("4", 16)[:15] + "1"), "n": 3})


def policies(c):
    """Under "off" everything stays; a preset keeps what it does not name."""
    v = c.v
    c.neg("neg_off", "password=%s card %s" % (v.password(), v.card("visa", 16)), policy="off")
    c.neg("neg_off", {"email": v.email(), "token": v.b62(30)}, policy="off")
    c.neg("neg_pci", "client %s mac %s" % (v.ip(), v.mac()), policy="pci")
    c.neg("neg_hipaa", "client %s ok" % v.ip(), policy="hipaa")
    c.neg("neg_pci", "wallet %s at %s" % (v.bitcoin(), v.ip6()), policy="pci")
    c.neg("neg_strict", "trace %s span %s dur=12ms" % (v.hex(32), v.hex(16)), policy="strict")
    c.neg("neg_strict", {"orderId": v.uuid(), "total": 12.5, "items": 3}, policy="strict")
    c.neg("neg_strict", "txid %s confirmed" % v.hex(64), policy="strict")


BENIGN = (identifiers, hashes, numbers, versions, words, code, luhn_luck, policies)
