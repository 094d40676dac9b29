"""A ninth time: what a set of all groups found that was written without a look at the rules, class by class."""
import json

WORDS = ("tiger river sunset purple monkey bishop anchor rocket winter coffee dragon yellow banana castle hunter shadow summer thunder").split()

# passphrases of words alone, in quotes
PHRASES = ("INFO initial password is '%s' (rotate soon)", "wifi passphrase \"%s\" set", "OrderedDict([('user', 'kim'), ('password', '%s'), ('ttl', 60)])",
           "ALTER ROLE soon WITH PASSWORD '%s' VALID UNTIL 'infinity'", "support chat> my password is '%s' and ttl 60", '{password,"%s"},{ttl,60}')
# words run together, beside a user
PASS = ('{"user":"kim","pass":"%s","port":587}', '{"smtp":{"login":"kim","port":25,"pass":"%s"}}', "user=kim pass=%s port=25", "login: kim, pass: \"%s\", port: 25")
# a password as people make one up
MADE = ("define( 'DB_PASSWORD', '%s' );\ndefine( 'DB_HOST', 'keep' );", "define('AUTH_KEY', '%s'); // keep", "config key `jwt_secret` has value `%s`, keep",
        "-- config --\nsmtp password ..... %s\nkeep ..... 25", "password <- \"%s\" # keep", "password given: %s keep", "the password user typed was %s keep",
        "<b>Password:</b> %s <i>keep</i>", "**Password:** `%s` keep", "errors=[{'loc': ('password',), 'input': '%s', 'msg': 'keep'}]",
        "echo '%s' | docker login --keep --password-stdin", "with password %s&x3 keep", "password (root): %s, keep", "password for key.pem: %s keep", "bad password (\"%s\") keep", "set password of kim to '%s', keep",
        "(struct) {Secret:(string) (len=9) \"%s\", N:(string) (len=4) \"keep\"}", "INSERT INTO t (id, password) VALUES (9, '$%s') -- keep")
CHANGED = ("changed password from %s to %s for keep", "password changed: old=%s new=%s by keep")
CODES = ("OTP for keep is %s", "MFA code entered was %s (keep)", "recovery code %s keep", "security code %.3s keep")

PLAIN = ("upgraded from 15.9.15.4 to 2.12.28.17", "downgraded from 3.1.0.2 to 3.0.9.9")
KEPT = ("api_key=YOUR_API_KEY", "api_key: your-key-here", "passwd: unchanged", "password: incorrect", "password 'reset link sent'", "password is 'too short for this'",
        "api_key: ENV['API_KEY']", "metric secret_cache_hits=5806",
        '{"scope":"secret:read token:write"}', '{"secret":"arn:aws:secretsmanager:eu-west-1:118822003344:secret:x-AbC123"}', "DB_SECRET=arn:aws:ssm:eu-west-1:118822003344:parameter/x",
        "token=Token{a64f992 Record{de9231d u0}}, seen=false", "Token: Token { kind: Container, node: n4 }", "token=com.acme.Token@1b6d3586 closed",
        "I PhoneStatusBar: changed:vis=0x40000500, ui=40000500", "(Names: PageItemCell:0x7f8efa7cb450)", "sendmail[43]: mailer=relay, dsn=4.0.0, stat=Deferred",
        "Step_InsertCallBack|30002312|onSuccess type = 0", "echo $PW | docker login --password-stdin",
        "postfix/cleanup[9]: 4Fx: message-id=<20260801.abc@mx.example.com>", "Message-ID: <61967230-7A45@example.com>",
        '{"commonHeaders":{"messageId":"<x1y2@example.com>"}}', '{"authorizer":{"jwt":{"claims":{"sub":"u1","iss":"https://idp"},"scopes":["orders"]}}}',
        "Authorization: Bearer $TOKEN", "headers['Authorization'] = `Bearer ${token}`", "password=@p0", "imagePullSecrets: regcred", "DB_PASSWORD=$DB_PASSWORD",
        "user kim ran 14, pass: 12 fail: 2", "changed password from the admin panel to the portal", "wrong password given: try again", "password used: none",
        '{"errors":{"password":["is invalid"]}}', '{"repository":{"full_name":"org/app2"}}', '{"apiKeys":3}', '{"user":"kim","pass":true}')


def made(c):
    return c.v.until(c.v.password, lambda p: any(ch.isdigit() for ch in p) and any(ch.isalpha() for ch in p))


def phrases(c):
    for frame in PHRASES:
        words = c.v.until(lambda: " ".join(c.one(*WORDS) for _ in range(3 + c.v.below(3))), lambda p: len(set(p.split())) > 1)
        c.hit("phrase", frame % words, words, [k for k in ("soon", "ttl", "wifi") if k in frame][:1])


def beside(c):
    for frame in PASS:
        password = c.one(*WORDS) + c.one(*WORDS)
        body = frame % password
        c.hit("beside", json.loads(body) if body[0] == "{" else body, password, ["kim", "port"])


def spoken(c):
    for frame in MADE:
        password = made(c)
        c.hit("made", frame % password, password, ["keep"])
    for frame in CHANGED:
        old, new = made(c), made(c)
        if old != new:
            c.hit("changed", frame % (old, new), [old, new], ["keep"])
    for frame in CODES:
        code = c.v.digits(6)
        c.hit("code", frame % code, code[:3] if "%.3s" in frame else code, ["keep"])


def lists(c):
    keys = [c.v.b62(32), c.v.b62(40)]
    c.hit("plural", {"apiKeys": {"maps": keys[0], "geo": keys[1]}, "env": "keep"}, keys, ["keep"])
    code = c.v.digits(3)
    phone = "+4915%s" % c.v.digits(9)
    c.hit("phone", "login kim/%s keep" % phone, phone, ["keep"])
    c.hit("form", "card%%5Bcvc%%5D=%s&amount=keep" % code, code, ["keep"])
    token = c.v.hex(32)
    c.hit("cookie", "curl -b 'session=%s' https://keep.example.com" % token, token, ["keep"])
    c.hit("hook", "https://outlook.office.com/webhook/%s@%s/IncomingWebhook/%s/%s" % (c.v.uuid(), c.v.uuid(), token, c.v.uuid()), token, ["outlook"])
    c.hit("container", {"Jwt": {"SecretKey": keys[0], "Issuer": "keep"}}, keys[0], ["keep"])


def plain(c):
    for text in PLAIN:
        c.neg("neg_upgrade", text, [], "strict")
    for text in KEPT:
        c.neg("neg_kept", json.loads(text) if text[0] == "{" else text)


ROUNDS = (phrases, beside, spoken, lists)
BENIGN = (plain,)
