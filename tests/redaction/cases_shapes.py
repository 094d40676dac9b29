"""Cases of secrets below layers: JSON in strings, encodings, whole events of AWS services; and of the presets."""
import base64
import gzip
import html
import json
import urllib.parse

from cases_keys import PASSWORDS, name_of


def core(whole, secret):
    """The part of the base64 of a text that is the same whatever stands around the secret."""
    at = whole.encode().index(secret.encode())
    end = at + len(secret.encode())
    return base64.b64encode(whole.encode()[-(-at // 3) * 3:end // 3 * 3]).decode()


def b64(text):
    return base64.b64encode(text.encode()).decode()


def wrapped(value, depth):
    for level in range(depth):
        value = json.dumps({("payload", "detail", "message", "inner", "data")[level % 5]: value, "level": level}) if level else json.dumps(value)
    return value


def json_in_json(c):
    v = c.v
    for depth in (1, 1, 2, 2, 3, 4, 4):
        key, secret = name_of(c, PASSWORDS)
        host = v.name()
        c.hit("json_%d" % depth, {"body": wrapped({"host": host, key: secret}, depth), "httpMethod": "POST"}, secret, [host, "POST"])
    for depth in (1, 2, 3):
        key, secret = name_of(c)
        host = v.name()
        c.hit("json_text_%d" % depth, "event=%s end=yes" % json.dumps({"body": wrapped({key: secret, "host": host}, depth)}), secret, [host])
    mail, number = v.email(), v.card("visa", 16)
    c.hit("json_values", {"Records": [{"body": wrapped({"to": mail, "n": number}, 2)}]}, [mail, number], ["Records"])
    key, secret = name_of(c, PASSWORDS)
    c.hit("json_after_words", "%s DEBUG dispatch Received event: {\"a\":1,\"req\":{\"%s\":\"%s\",\"zone\":\"z9\"}} in 4ms" % (v.iso(), key, secret), secret, ["z9"])
    key, secret = name_of(c, PASSWORDS)
    c.hit("json_truncated", "{\"user\":\"%s\",\"zone\":\"z4\",\"%s\":\"%s" % (v.word(), key, secret), secret, ["z4"])
    key, secret = name_of(c, PASSWORDS)
    c.hit("json_truncated_pair", "{\"zone\":\"z4\",\"env\":[{\"name\":\"%s\",\"value\":\"%s\"},{\"name\":\"TZ\",\"val" % (key, secret), secret, ["z4", "TZ"])
    key, secret = name_of(c, PASSWORDS)
    c.hit("json_truncated_container", "{\"zone\":\"z4\",\"Item\":{\"%s\":{\"S\":\"%s\"},\"n\":{\"N\":\"7" % (key, secret), secret, ["z4"])
    key, secret = name_of(c, PASSWORDS)
    c.hit("json_escaped_key", '{"\\u00%02x%s":"%s","zone":"z5"}' % (ord(key[0]), key[1:], secret), secret, ["z5"])
    secret = v.password()
    c.hit("json_escaped_key_inside", {"body": '{"pass\\u0077ord":"%s","zone":"z6"}' % secret}, secret, ["z6"])
    key, secret = name_of(c, PASSWORDS)
    c.hit("json_array_text", "batch: [{\"zone\":\"z1\"},{\"%s\":\"%s\"}]" % (key, secret), secret, ["z1"])
    secret = v.simple_password()
    escaped = "".join("\\u%04x" % ord(x) for x in secret)
    mail = v.email()
    whole = mail.replace("@", "\\u0040")
    c.hit("json_escaped_mail", '{"note":"to %s today","zone":"z7"}' % whole, whole, ["z7"], also_not=[mail])
    c.hit("json_escaped_value", '{"password":"%s","zone":"z8"}' % escaped, escaped, ["z8"], also_not=[secret])


def encodings(c):
    v = c.v
    for kind in ("body", "text", "url_alphabet", "no_padding"):
        key, secret = name_of(c, PASSWORDS)
        whole = json.dumps({"tenant": v.word(), key: secret, "remember": True, "note": "signin form of the portal"})
        run = b64(whole)
        if kind == "body":
            c.hit("b64_body", {"httpMethod": "PUT", "isBase64Encoded": True, "body": run}, core(whole, secret), ["PUT"], also_not=[secret])
        elif kind == "text":
            c.hit("b64_text", "raw payload %s len=%d" % (run, len(run)), core(whole, secret), also_not=[secret])
        elif kind == "url_alphabet":
            c.hit("b64_url", "state=%s" % run.replace("+", "-").replace("/", "_").rstrip("="), core(whole, secret).replace("+", "-").replace("/", "_"), also_not=[secret])
        else:
            c.hit("b64_json", {"blob": run.rstrip("=")}, core(whole, secret), also_not=[secret])
    mail = v.email()
    whole = "newsletter confirmation for %s was queued by the portal" % mail
    c.hit("b64_mail", {"blob": b64(whole), "n": "two"}, core(whole, mail), ["two"], also_not=[mail])
    key, secret = name_of(c, PASSWORDS)
    whole = "user=%s&%s=%s&tz=CET" % (v.word(), key, urllib.parse.quote(secret, safe=""))
    c.hit("b64_form", {"isBase64Encoded": True, "headers": {"content-type": "application/x-www-form-urlencoded"}, "body": b64(whole)},
          core(whole, urllib.parse.quote(secret, safe="")), also_not=[secret])
    secret = v.password()
    whole = json.dumps({"event": "signup", "password": secret, "plan": "team"})
    c.hit("kinesis_data", {"Records": [{"kinesis": {"partitionKey": "p-3", "data": b64(whole), "sequenceNumber": "4961"}, "eventSource": "aws:kinesis"}]},
          core(whole, secret), ["p-3"], also_not=[secret])
    mail = v.email()
    packed = base64.b64encode(gzip.compress(json.dumps({"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": "login of %s failed" % mail}]}).encode(),
                                            mtime=0)).decode()
    c.hit("awslogs_gzip", {"awslogs": {"data": packed}}, packed[24:-24], also_not=[mail])
    mail = v.email()
    c.hit("data_uri", "src=data:text/plain;base64,%s" % b64("please write to %s about the order" % mail), core("please write to %s about the order" % mail, mail), also_not=[mail])
    for _ in range(2):
        key, secret = name_of(c, PASSWORDS)
        whole = urllib.parse.quote(json.dumps({key: secret, "zone": "z3"}), safe="")
        inner = urllib.parse.quote(secret, safe="")
        c.hit("percent_json", "GET /cb?state=%s HTTP/1.1" % whole, inner, also_not=[secret])
    token = v.b62(36)
    inner = "https://login.example.com/cb?access_token=%s&x=1" % token
    c.hit("url_in_url", "https://app.example.com/go?next=%s&lang=en" % urllib.parse.quote(inner, safe=""), token, ["lang=en"])
    token = v.b62(36)
    c.hit("url_twice", "GET /r?u=%s" % urllib.parse.quote(urllib.parse.quote("https://a.example/cb?token=%s" % token, safe=""), safe=""), token)
    mail = v.email()
    c.hit("html_entities", "<p>Dear customer, %s is confirmed</p>" % mail.replace("@", "&#64;"), mail.replace("@", "&#64;"), ["Dear customer"], also_not=[mail])
    key, secret = name_of(c, PASSWORDS)
    c.hit("html_json", "data-props=\"%s\"" % html.escape(json.dumps({key: secret, "zone": "z2"})), secret)
    key, secret = name_of(c, PASSWORDS)
    c.hit("unicode_quotes", "{\\u0022%s\\u0022:\\u0022%s\\u0022,\\u0022zone\\u0022:\\u0022z1\\u0022}" % (key, secret), secret, ["z1"])
    key, secret = name_of(c, PASSWORDS)
    c.hit("form_in_json", {"req": {"rawBody": "user=a7&%s=%s&lang=fi" % (key, urllib.parse.quote(secret, safe=""))}}, urllib.parse.quote(secret, safe=""), ["lang=fi"],
          also_not=[secret])
    token = v.b62(40)
    c.hit("fragment", "opened https://app.example.com/cb#access_token=%s&expires_in=3600" % token, token, ["expires_in=3600"])


NESTED = (json_in_json, encodings)


# --- events -----------------------------------------------------------------------------------------------------------------

def gateway(c):
    v = c.v
    token, key, secret, ip, trace = v.jwt(), v.b62(40), v.password(), v.ip(), v.xray()
    c.hit("api_gateway_v1", {"resource": "/login", "path": "/login", "httpMethod": "POST",
                             "headers": {"Authorization": "Bearer " + token, "X-Forwarded-For": ip, "X-Amzn-Trace-Id": "Root=" + trace, "x-api-key": key},
                             "requestContext": {"accountId": v.account(), "stage": "prod", "requestId": (rid := v.uuid()), "identity": {"sourceIp": ip}},
                             "body": json.dumps({"user": "robot9", "password": secret}), "isBase64Encoded": False}, [token, key, secret], [ip, trace, rid, "robot9"])
    key, secret = v.b62(40), v.b62(32)
    c.hit("api_gateway_identity", {"requestContext": {"identity": {"apiKey": key, "apiKeyId": "k1d2e3f4g5", "sourceIp": "203.0.113.9"}},
                                   "queryStringParameters": {"token": secret, "page": "2"}}, [key, secret], ["k1d2e3f4g5", "203.0.113.9"])
    session, token, body = v.hex(32), v.b62(40), v.password()
    c.hit("api_gateway_v2", {"version": "2.0", "routeKey": "POST /sessions", "rawPath": "/sessions", "rawQueryString": "access_token=%s&v=3" % token,
                             "cookies": ["sid=%s" % session, "theme=dark"], "requestContext": {"http": {"method": "POST", "sourceIp": "198.51.100.7"}},
                             "body": b64(json.dumps({"password": body})), "isBase64Encoded": True}, [session, token], ["POST /sessions", "198.51.100.7", "v=3"],
          also_not=[body])
    token = v.jwt()
    c.hit("authorizer", {"type": "TOKEN", "methodArn": (arn := "arn:aws:execute-api:eu-west-1:%s:api9/prod/GET/me" % v.account()), "authorizationToken": "Bearer " + token},
          token, [arn])
    token, other = v.b62(40), v.b62(40)
    c.hit("authorizer_request", {"version": "2.0", "type": "REQUEST", "identitySource": [token], "headers": {"x-auth-token": other}, "routeArn": "arn:aws:x"},
          [token, other], ["REQUEST"])
    token, session = v.b64u(48), v.b62(32)
    c.hit("alb", {"requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/9"}}, "httpMethod": "GET",
                  "multiValueHeaders": {"authorization": ["Bearer " + token], "cookie": ["session=%s" % session], "x-forwarded-port": ["443"]}},
          [token, session], ["443", "targetgroup/t/9"])
    secret, again = v.password(), v.password()
    c.hit("alb_form", {"httpMethod": "POST", "headers": {"content-type": "application/x-www-form-urlencoded"}, "isBase64Encoded": False,
                       "body": "user=r7&password=%s&password2=%s" % (urllib.parse.quote(secret, safe=""), urllib.parse.quote(again, safe=""))},
          [urllib.parse.quote(secret, safe=""), urllib.parse.quote(again, safe="")], ["user=r7"])


def identities(c):
    v = c.v
    mail, phone, secret = v.email(), v.phone().replace(" ", "").replace("-", ""), v.password()
    c.hit("cognito_signup", {"triggerSource": "PreSignUp_SignUp", "userPoolId": (pool := "eu-west-1_" + v.b62(9)), "request": {
        "userAttributes": {"email": mail, "phone_number": phone}, "validationData": {"password": secret}}, "response": {"autoConfirmUser": False}},
          [mail, phone, secret], [pool, "PreSignUp_SignUp"])
    code = v.b62(24)
    c.hit("cognito_challenge", {"triggerSource": "VerifyAuthChallengeResponse_Authentication", "request": {
        "privateChallengeParameters": {"kind": "captcha"}, "challengeAnswer": code}, "version": "1"}, [code], ["VerifyAuthChallengeResponse_Authentication"])
    secret, mail = v.password(), v.email()
    c.hit("cognito_migrate", {"triggerSource": "UserMigration_Authentication", "userName": mail, "request": {"password": secret, "clientMetadata": None}}, [secret, mail],
          ["UserMigration_Authentication"])
    c.hit("cognito_message", {"triggerSource": "CustomMessage_ForgotPassword", "request": {"codeParameter": "{####}", "userAttributes": {"sub": v.uuid(), "email": (m := v.email())}}},
          m, ["CustomMessage_ForgotPassword"])
    token, mail = v.jwt(), v.email()
    c.hit("appsync", {"info": {"fieldName": "me", "parentTypeName": "Query"}, "identity": {"claims": {"email": mail}, "sourceIp": ["203.0.113.77"]},
                      "request": {"headers": {"authorization": token, "x-api-key": (k := "da2-" + v.fresh(lambda: v.of("abcdefghijklmnopqrstuvwxyz234567", 26)))}}},
          [token, mail, k], ["parentTypeName", "203.0.113.77"])
    secret = v.password()
    c.hit("appsync_arguments", {"arguments": {"input": {"userName": "ada9", "newPassword": secret}}, "info": {"fieldName": "changePassword"}}, secret, ["changePassword"])
    token = v.b62(64)
    c.hit("rotation", {"Step": "createSecret", "SecretId": (arn := "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-x1y2z3"), "ClientRequestToken": (u := v.uuid()),
                       "password": token}, token, [arn, "createSecret"])


def queues(c):
    v = c.v
    secret, mail = v.password(), v.email()
    c.hit("sqs", {"Records": [{"messageId": (mid := v.uuid()), "receiptHandle": "AQEB" + v.b64(80), "body": json.dumps({"cmd": "invite", "to": mail, "tmp_password": secret}),
                               "attributes": {"SentTimestamp": "1790000000123"}, "eventSource": "aws:sqs", "awsRegion": "eu-west-1"}]}, [secret, mail],
          [mid, "1790000000123", "aws:sqs"])
    token = v.b62(40)
    c.hit("sqs_attributes", {"Records": [{"body": "ok", "messageAttributes": {"authToken": {"stringValue": token, "dataType": "String"}, "kind": {
        "stringValue": "resize", "dataType": "String"}}}]}, token, ["resize"])
    secret = v.b62(40)
    c.hit("sns", {"Records": [{"EventSource": "aws:sns", "Sns": {"Type": "Notification", "MessageId": (mid := v.uuid()), "TopicArn": "arn:aws:sns:eu-west-1:111122223333:alerts",
                                                              "Message": json.dumps({"level": "crit", "apiKey": secret}), "Signature": v.b64(172) + "=="}}]}, secret,
          [mid, "Notification"])
    inner = v.password()
    c.hit("sns_in_sqs", {"Records": [{"body": json.dumps({"Type": "Notification", "Message": json.dumps({"user": "bo7", "pwd": inner})})}]}, inner, ["bo7"])
    secret = v.password()
    whole = json.dumps({"kind": "audit", "secret": secret, "n": 4})
    c.hit("kinesis", {"Records": [{"kinesis": {"kinesisSchemaVersion": "1.0", "data": b64(whole), "approximateArrivalTimestamp": 1790000000.123}}]}, core(whole, secret),
          ["1790000000.123"], also_not=[secret])
    mail = v.email()
    c.hit("s3", {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "in-7"}, "object": {"key": "exports/%s/report.csv" % mail.replace("@", "%40"),
                                                                                                   "size": 512, "eTag": (tag := v.hex(32))}}}]},
          mail.replace("@", "%40"), ["in-7", tag], also_not=[mail])
    secret = v.b62(32)
    c.hit("event_bridge", {"detail-type": "Partner Sync", "source": "app.sync", "id": (i := v.uuid()), "detail": {"partner": "p7", "credentials": {"apiKey": secret}}}, secret,
          [i, "Partner Sync", "p7"])
    secret = v.password()
    c.hit("step_functions", {"Cause": json.dumps({"errorMessage": "login failed", "input": json.dumps({"password": secret})}), "Error": "States.TaskFailed"}, secret,
          ["States.TaskFailed"])
    secret = v.password()
    c.hit("dynamodb_stream", {"Records": [{"eventName": "MODIFY", "dynamodb": {"Keys": {"pk": {"S": "u-7"}}, "NewImage": {"pk": {"S": "u-7"}, "apiSecret": {"S": secret},
                                                                                                            "visits": {"N": "12"}}}}]}, secret, ["MODIFY", "u-7"])
    mail = v.email()
    c.hit("ses", {"Records": [{"eventSource": "aws:ses", "ses": {"mail": {"source": mail, "messageId": (m := v.b62(40).lower()), "commonHeaders": {"subject": "Hi there"}}}}]},
          mail, ["Hi there"])


def answers(c):
    v = c.v
    token, refresh = v.jwt(), v.b62(60)
    c.hit("token_answer", {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(
        {"access_token": token, "refresh_token": refresh, "expires_in": 3600, "token_type": "Bearer"})}, [token, refresh], ["3600", "application/json"])
    token = v.b62(44)
    c.hit("cookie_answer", {"statusCode": 302, "headers": {"Set-Cookie": "session=%s; Path=/; HttpOnly" % token, "Location": "/home"}}, token, ["/home"])
    mail, number = v.email(), v.card("visa", 16)
    c.hit("profile_answer", {"statusCode": 200, "body": json.dumps({"profile": {"email": mail, "cards": [number]}, "plan": "pro-3"})}, [mail, number], ["pro-3"])
    secret = v.password()
    c.hit("error_answer", {"errorMessage": "connect postgres://app:%s@db-1/x refused" % secret, "errorType": "OperationalError", "stackTrace": ["app.py:31 connect"]}, secret,
          ["OperationalError", "app.py:31 connect"])
    token = v.jwt()
    c.hit("event_printed", "START handler event=%s" % json.dumps({"headers": {"authorization": "Bearer " + token, "host": "h-2"}, "path": "/me"}), token, ["h-2", "/me"])
    secret = v.password()
    c.hit("event_python", "Event: {'httpMethod': 'POST', 'body': '{\"user\": \"u9\", \"password\": \"%s\"}', 'isBase64Encoded': False}" % secret, secret, ["u9"])
    token = v.b62(40)
    c.hit("event_node", "EVENT\n{\n  headers: { 'x-api-key': '%s', host: 'h-9' },\n  isBase64Encoded: false\n}" % token, token, ["h-9"])
    mail = v.email()
    c.hit("auth_failure", {"evt": c.one("login.failed", "signin.denied"), c.one("login", "username", "principal"): mail, "ip": "198.51.100.23", "reason": "bad_secret", "n": 7},
          mail, ["198.51.100.23", "bad_secret"])
    code = v.b62(40)
    c.hit("oauth_exchange", {"grant_type": "authorization_code", "code": code, "redirect_uri": "https://a.example/cb"}, code, ["https://a.example/cb"])


EVENTS = (gateway, identities, queues, answers)


# --- presets ----------------------------------------------------------------------------------------------------------------

def strict(c):
    v = c.v
    ip = v.ip()
    c.hit("strict_ip", c.one("blocked probe from %s", "remote=%s status=403", "{\"ip\":\"%s\"}", "client %s closed") % ip, ip, policy="strict")
    ip = v.ip()
    c.hit("strict_ip_json", {c.one("sourceIp", "clientIp", "remote_addr", "ip"): ip, "rule": "r17"}, ip, ["r17"], policy="strict")
    ip = v.ip6()
    c.hit("strict_ip6", c.one("blocked probe from %s rule r9", "[%s]:443 refused rule r9", "{\"ip\":\"%s\",\"r\":\"rule r9\"}") % ip, ip, ["rule r9"], policy="strict")
    mac = v.mac(c.one(":", "-"))
    c.hit("strict_mac", "device %s joined ap-4" % mac, mac, ["ap-4"], policy="strict")
    name = v.word() + v.word()
    c.hit("strict_user", {c.one("username", "userName", "user_name"): name, "act": "export"}, name, ["export"], policy="strict")
    for make in (v.bitcoin, v.bitcoin_bech32, v.ethereum):
        address = make()
        c.hit("strict_crypto", c.one("payout to %s sent", "wallet %s credited", "{\"to\":\"%s\"}") % address, address, policy="strict")
    lat = "%d.%05d" % (v.between(40, 69), v.between(10000, 99999))
    lon = "%d.%05d" % (v.between(5, 30), v.between(10000, 99999))
    c.hit("strict_geo", {"latitude": float(lat), "longitude": lon, "speed": 4}, [str(float(lat)), lon], policy="strict")
    imei = v.luhn_number("35", 15)
    c.hit("strict_device", {c.one("imei", "advertisingId", "deviceId"): imei, "os": "android"}, imei, ["android"], policy="strict")
    secret = v.password()
    c.hit("strict_secret", {"password": secret, "zone": "z1"}, secret, ["z1"], policy="strict")
    secret = v.password()
    c.hit("strict_text", "db password=%s zone=z2" % secret, secret, ["zone=z2"], policy="strict")
    number = v.card("visa", 16)
    c.hit("strict_card", "card %s zone=z2" % number, number, ["zone=z2"], policy="strict")
    mail = v.email()
    c.hit("strict_mail", "mail to %s zone=z3" % mail, mail, ["zone=z3"], policy="strict")
    first = v.first() + v.of("abcdefgh", 3)
    c.hit("strict_name", {"firstName": first, "zone": "z4"}, first, ["z4"], policy="strict")


def cards_and_health(c):
    v = c.v
    number = v.card("mastercard", 16)
    c.hit("pci_card", "auth %s amount=12.00" % number, number, ["amount=12.00"], policy="pci")
    number, one, two = v.tracks()
    c.hit("pci_track", "swipe %s term=4" % two, number, ["term=4"], policy="pci")
    secret = v.b62(32)
    c.hit("pci_key", {"gateway": {"apiKey": secret, "mode": "live"}}, secret, ["live"], policy="pci")
    code = "8" + v.of("123456789", 2)
    c.hit("pci_cvv", {"cvv": code, "mode": "live"}, code, ["live"], policy="pci")
    iban = v.iban("DE")
    c.hit("pci_iban", "credit %s mode=live" % iban, iban, ["mode=live"], policy="pci")
    mail = v.email()
    c.hit("hipaa_mail", "patient portal login %s ok" % mail, mail, policy="hipaa")
    secret = v.b62(36)
    c.hit("hipaa_token", "fhir client bearer token=%s ward=7" % secret, secret, ["ward=7"], policy="hipaa")
    ssn = v.ssn()
    c.hit("hipaa_ssn", "coverage for %s ward=7" % ssn, ssn, ["ward=7"], policy="hipaa")
    mac = v.mac()
    c.hit("hipaa_mac", {"mac": mac, "ward": "w8"}, mac, ["w8"], policy="hipaa")
    name = v.word() + v.word()
    c.hit("hipaa_user", {"username": name, "ward": "w9"}, name, ["w9"], policy="hipaa")


POLICIES = (strict, cards_and_health)
