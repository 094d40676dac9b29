"""The samples that the redactor was asked to pass before it was written, one of each kind; their values are made anew in every round."""
import json
import urllib.parse

from cases_fourth import b64, core64, quoted
from gens import grouped


def names(c):
    v = c.v
    p, q, r = v.password(), v.simple_password(), v.password()
    c.hit("json_password", {"lvl": "trace", "note": "mailbox bind", "imap": {"login": "robot-3", "password": p, "tls": True}}, p, ["mailbox bind"])
    c.hit("json_password", '{"step":"register","desiredPassword":"%s","source":"kiosk"}' % q, q, ["kiosk", "register"])
    c.hit("logfmt", "lvl=warn component=ftp-sync passwd=%s files=41 dur=2.1s" % r, r, ["files=41", "dur=2.1s"])
    p, q, r = v.password(), v.password(), v.password()
    c.hit("prose", "worker-4 | retrying LDAP simple bind, password: \"%s\", attempt 3" % p, p, ["attempt 3"])
    c.hit("python_repr", "settings = {'broker': 'amqp', 'broker_password': '%s', 'prefetch': 16}" % q, q, ["16", "prefetch"])
    c.hit("go_struct", "opts={Retries:5 Secret:%s Verbose:false}" % r, r, ["Retries:5", "Verbose:false"])
    p, q, r = v.password(), v.password(), v.password()
    c.hit("xml", "<cfg><dbPassword>%s</dbPassword><timeout>15</timeout></cfg>" % p, p, ["<timeout>15</timeout>"])
    c.hit("cli", "spawn: pg_restore --username=rest --password %s --jobs 4" % q, q, ["--jobs 4"])
    otp = v.otp()
    c.hit("json_numeric_secret", '{"verify":{"otp":%s},"seq":90418}' % otp, otp, ["90418"])
    c.hit("pair_shape", {"settings": [{"name": "retries", "value": "3"}, {"name": "smtp_password", "value": r}]}, r, ["retries"])
    p, q = v.password(), v.password()
    ado = v.password()
    c.hit("db_url", "sqlalchemy engine created: mysql+pymysql://report:%s@rep-db:3306/kpi" % quoted(p), quoted(p), ["rep-db:3306/kpi"])
    c.hit("ado", "Data Source=sql-9;Initial Catalog=hr;User Id=hr_app;Password=%s;MultipleActiveResultSets=true" % ado, ado,
          ["Initial Catalog=hr", "MultipleActiveResultSets=true"])
    c.hit("form_body", "login=desk4&password=%s&tz=UTC" % urllib.parse.quote(q, safe=""), urllib.parse.quote(q, safe=""), ["tz=UTC"])
    first, last = v.first(), v.last()
    c.hit("name_key", {"given_name": first, "family_name": last, "segment": "smb"}, [first, last], ["smb"])


def credentials(c):
    v = c.v
    t, k, sid = v.b62(40), v.b62(32), v.hex(32)
    c.hit("query_string", "302 -> https://partners.fabrikam.com/import?access_token=%s&mode=delta" % t, t, ["mode=delta"])
    c.hit("header_bearer", {"hdr": {"AUTHORIZATION": "Bearer " + t, "accept-language": "fi"}}, t, ["fi"])
    basic = b64("feed:" + v.password())
    c.hit("header_basic", "request.headers.authorization = Basic %s" % basic, basic)
    c.hit("header_apikey", "-> PUT /bulk\n-> X-API-KEY: %s\n-> Accept: text/csv" % k, k, ["Accept: text/csv"])
    c.hit("cookie", "req.cookies: sessionid=%s; tz=UTC" % sid, sid)
    a, s = v.aws_id(), v.aws_secret()
    c.hit("aws_key_pair", {"AWS_ACCESS_KEY_ID": a, "AWS_SECRET_ACCESS_KEY": s, "AWS_DEFAULT_REGION": "sa-east-1"}, [a, s], ["sa-east-1"])
    a = v.aws_id("ASIA")
    c.hit("aws_access_key", "SignatureDoesNotMatch for %s on DescribeTable" % a, a, ["DescribeTable"])
    t = v.crc_token("ghp_")
    c.hit("github_token", "cloning with credential helper password %s ... done in 4s" % t, t, ["done in 4s"])
    t = v.slack()
    c.hit("slack_token", "bolt app failed: not_authed with %s" % t, t, ["not_authed"])
    t = v.azure_storage()
    c.hit("azure_storage_key", "UseDevelopmentStorage=false;AccountName=qastore;AccountKey=%s" % t, t, ["AccountName=qastore"])
    t = v.jwt(tenant="t9")
    c.hit("jwt", "websocket upgrade refused, protocol header was %s" % t, t, ["websocket upgrade refused"])
    lines = v.pem("EC PRIVATE KEY", 4)
    c.hit("pem", "dumping tls material\n%s\n-- end dump --" % "\n".join(lines), lines[1:-1], ["-- end dump --"])
    lines = v.pem("PRIVATE KEY", 4)
    c.hit("split_records", "\n".join(["printing key"] + lines + ["printed"]), lines[1:-1], ["printing key", "printed"], split="lines")


def persons(c):
    v = c.v
    card, amex, iban = v.card("visa", 16), v.card("amex", 15), v.iban("NL")
    c.hit("pan_visa", "tokenise request pan=%s scheme=visa" % card, card, ["scheme=visa"])
    amex = grouped(amex, (4, 6, 5), " ")
    c.hit("pan_amex", "refund to %s queued" % amex, amex, ["queued"])
    c.hit("iban", {"debtor": {"iban": iban}, "scheme": "CORE"}, iban, ["CORE"])
    ssn, nhs, cpf = v.ssn(), v.nhs(), grouped(v.cpf(), (3, 3, 3, 2), ".")
    cpf = cpf[:11] + "-" + cpf[12:]
    c.hit("us_ssn", "background check for %s returned clear" % ssn, ssn, ["returned clear"])
    c.hit("uk_nhs", "nhs_number=%s pathway=B" % nhs, nhs, ["pathway=B"])
    c.hit("br_cpf", "consulta %s sem pendências" % cpf, cpf, ["sem pendências"])
    mail, phone, ip = v.email(), v.us_phone(), v.ip()
    c.hit("email", "newsletter skipped for %s (opted out)" % mail, mail, ["opted out"])
    c.hit("phone_e164", {"sms": {"to": phone, "body": "code sent"}}, phone, ["code sent"])
    c.hit("ipv4_strict", "blocked probe from %s rule 17" % ip, ip, ["rule 17"], policy="strict")
    mail = v.email()
    c.hit("auth_failure", {"evt": "signin.rejected", "login": mail, "remoteAddr": "198.51.100.66", "why": "unknown_user", "streak": 9}, mail,
          ["signin.rejected", "198.51.100.66", "unknown_user"])
    p, q = v.password(), v.password()
    c.hit("nested_json", {"body": json.dumps({"svc": "hr", "password": p}), "httpMethod": "PATCH"}, p, ["PATCH"])
    whole = json.dumps({"tenant": "t-4", "password": q})
    c.hit("b64_body", {"httpMethod": "POST", "isBase64Encoded": True, "body": b64(whole)}, core64(whole, q), ["POST"])


def harmless(c):
    v = c.v
    uuid, trace, sha, digest, image = v.uuid(), v.xray(), v.hex(40), v.hex(64), v.b64(120)
    c.neg("neg_uuid", "trace %s step 4 ok" % uuid)
    c.neg("neg_xray", "trace header Root=%s;Parent=7d6e5f4c3b2a1908;Sampled=1" % trace)
    c.neg("neg_git_sha", "rolled back to %s" % sha)
    c.neg("neg_digest", "blob sha256:%s verified" % digest)
    c.neg("neg_epoch", "deadline=%s grace=30" % v.epoch_ms())
    c.neg("neg_order_number", "parcel %s left depot" % v.not_luhn("42", 16))
    c.neg("neg_version_ip", "bumped runtime 3.13.7.2 -> 3.13.8.0", policy="strict")
    c.neg("neg_bad_ssn", "locker 000-45-6789 emptied")
    c.neg("neg_keyword", "tokens_in=811 tokens_out=44 password_rotation_days=90")
    c.neg("neg_keyword", "Wrong password, please try again")
    c.neg("neg_keyword", '{"secretsLoaded":3,"keySchema":"HASH","authProvider":"oidc"}')
    c.neg("neg_at_sign", "pinned eslint@9.30.1 and icon@2x.svg")
    c.neg("neg_stack_node", "Error: missing credentials\n    at loadSecret (/var/task/lib/secret.js:19:11)")
    c.neg("neg_arn", "assume arn:aws:iam::118822003344:role/token-minter ok")
    c.neg("neg_b64_image", '{"icon":"data:image/png;base64,iVBORw0KGgo%s"}' % image)
    c.neg("neg_report", "REPORT RequestId: %s\tDuration: 3012.40 ms\tBilled Duration: 3013 ms\tMemory Size: 256 MB\tMax Memory Used: 201 MB" % uuid)
    c.neg("neg_ip_keep", "signin.rejected remote=203.0.113.140 streak=34985")


ROUNDS = (names, credentials, persons)
BENIGN = (harmless,)
