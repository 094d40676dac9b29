"""Cases of secrets over several lines and records, in unusual characters, and beside forged lines."""
import json

from cases_keys import PASSWORDS, name_of

FULL_WIDTH = {ord("0") + i: 0xFF10 + i for i in range(10)}
ARABIC_INDIC = {ord("0") + i: 0x0660 + i for i in range(10)}


def multiline(c):
    v = c.v
    for label in ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"):
        lines = v.pem(label, v.between(4, 12))
        c.hit("pem_split", "\n".join(["reading %s" % v.word()] + lines + ["imported ok"]), lines[1:-1], ["imported ok"], split="lines")
    lines = v.pem("RSA PRIVATE KEY", 8)
    c.hit("pem_split_indented", "\n".join(["tls:"] + ["    " + x for x in lines] + ["port: 8443"]), lines[1:-1], ["port: 8443"], split="lines")
    lines = v.pem("PRIVATE KEY", 5)
    c.hit("pem_split_prefix", "\n".join(["key=" + lines[0]] + lines[1:] + ["next step"]), lines[1:-1], ["next step"], split="lines")
    key, secret = name_of(c, PASSWORDS)
    c.hit("pending", "%s\n%s\ndone" % (c.one("%s:" % key, "the %s is:" % key, "%s =" % key), secret), secret, ["done"], split="lines")
    key, secret = name_of(c, PASSWORDS)
    c.hit("pending_same_record", "%s:\n  %s\nregion: eu" % (key, secret), secret, ["region: eu"])
    key = "password"
    head, tail = v.simple_password(), v.simple_password()
    c.hit("open_quote", "{'user': 'x', '%s': '%s\n%s', 'z': 1}\nafter" % (key, head, tail), [head, tail], ["after"], split="lines")
    head, tail = v.simple_password(), v.simple_password()
    c.hit("open_quote", "password=\"%s\n%s\"\nall good" % (head, tail), [head, tail], ["all good"], split="lines")
    secret = v.password()
    c.hit("pretty_json_split", json.dumps({"db": {"host": "pg-3", "password": secret, "port": 5432}}, indent=2), secret, ["pg-3", "5432"], split="lines")
    secret = v.password()
    c.hit("yaml_split", "db:\n  host: pg-4\n  password: %s\n  pool: 5" % secret, secret, ["pg-4", "pool: 5"], split="lines")
    token = v.b62(40)
    c.hit("headers_split", "> GET /me HTTP/2\n> Authorization: Bearer %s\n> Accept: a/b" % token, token, ["GET /me", "Accept: a/b"], split="lines")
    secret = v.password()
    c.hit("stack_trace", "Traceback (most recent call last):\n  File \"/var/task/db.py\", line 14, in connect\n    raise E(url)\nE: postgres://app:%s@db-1/shop" % secret, secret,
          ["/var/task/db.py\", line 14"])
    secret = v.password()
    c.hit("java_trace", "java.sql.SQLException: Access denied (using password: %s)\n\tat com.shop.Db.open(Db.java:41)\n\tat com.shop.Main.main(Main.java:9)" % secret, secret,
          ["Db.java:41", "Main.java:9"])
    secret = v.b62(40)
    c.hit("multi_statement", "step 1 ok\nstep 2: api_key=%s\nstep 3 ok" % secret, secret, ["step 1 ok", "step 3 ok"])
    mail = v.email()
    c.hit("crlf_lines", "a=1\r\nuser %s in\r\nb=2" % mail, mail, ["a=1", "b=2"])


def unicode_evasions(c):
    v = c.v
    number = v.card("visa", 16)
    wide = number.translate(FULL_WIDTH)
    c.hit("full_width_card", "card %s ok" % wide, wide, ["ok"], also_not=[number])
    number = v.card("mastercard", 16)
    arabic = number.translate(ARABIC_INDIC)
    c.hit("arabic_indic_card", "card %s ok" % arabic, arabic, ["ok"], also_not=[number])
    number = v.card("visa", 16)
    split = number[:8] + "\u200b" + number[8:]
    c.hit("zero_width_card", "card %s ok" % split, split, ["ok"], also_not=[number])
    number = v.card("visa", 16)
    split = "\u00ad".join((number[:4], number[4:8], number[8:12], number[12:]))
    c.hit("soft_hyphen_card", "card %s ok" % split, split, ["ok"], also_not=[number])
    number, text = v.card_grouped("visa", "\u00a0")
    c.hit("no_break_card", "card %s ok" % text, text, ["ok"], also_not=[number])
    secret = v.password()
    c.hit("zero_width_key", c.one("pass\u200bword=%s zone=z1", "pass\u200dword: %s zone=z1", "p\u00adassword=%s zone=z1") % secret, secret, ["zone=z1"])
    secret = v.password()
    c.hit("full_width_key", "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44=%s zone=z2" % secret, secret, ["zone=z2"])
    secret = v.password()
    c.hit("full_width_separator", "password\uff1d%s zone=z3" % secret, secret, ["zone=z3"])
    key, secret = name_of(c, PASSWORDS)
    c.hit("ansi_between", "\x1b[36m%s\x1b[0m=\x1b[32m%s\x1b[0m zone=z4" % (key, secret), secret, ["zone=z4"])
    key, secret = name_of(c, PASSWORDS)
    c.hit("ansi_colon", "  \x1b[32m%s\x1b[39m: \x1b[33m'%s'\x1b[39m, n: 3" % (key, secret), secret, ["n: 3"])
    mail = v.email()
    split = mail.replace("@", "\u200b@")
    c.hit("zero_width_mail", "to %s now" % split, split, also_not=[mail])
    mail = v.email()
    wide = mail.replace("@", "\uff20")
    c.hit("full_width_mail", "to %s now" % wide, wide, also_not=[mail])
    secret = v.password()
    c.hit("no_break_space", "password:\u00a0%s zone=z5" % secret, secret, ["zone=z5"])
    secret = v.fresh(lambda: "\u00c4pfel%d\u00fc" % v.between(100, 99999))
    c.hit("umlaut_password", {"svc": "mail", "password": secret}, secret, ["mail"])
    secret = v.fresh(lambda: "\u30d1\u30b9%d\u30ef\u30fc\u30c9" % v.between(1000, 99999))
    c.hit("cjk_password", "\u30ed\u30b0\u30a4\u30f3 password=%s ok=1" % secret, secret, ["ok=1"])
    ssn = v.ssn()
    wide = ssn.translate(FULL_WIDTH)
    c.hit("full_width_ssn", "applicant %s ok" % wide, wide, ["ok"], also_not=[ssn])
    ssn = v.ssn()
    dashed = ssn.replace("-", "\u2011")
    c.hit("other_hyphen_ssn", "applicant ssn %s ok" % dashed, dashed, ["ok"], soft=True)
    token = v.crc_token("ghp_")
    split = token[:12] + "\u200b" + token[12:]
    c.hit("zero_width_token", "using %s now" % split, split, also_not=[token])
    secret = v.password()
    c.hit("json_zero_width_key", {"pass\u200bword": secret, "zone": "z6"}, secret, ["z6"])
    secret = v.password()
    c.hit("bidi", "user \u202epassword=%s zone=z7" % secret, secret, ["zone=z7"])


def injection(c):
    v = c.v
    secret = v.password()
    c.hit("forged_line", "login user=bob\n%s INFO admin logged in password=%s zone=z1" % (v.iso(), secret), secret, ["zone=z1"])
    secret = v.password()
    c.hit("forged_json", {"user": "bob\n{\"level\":\"info\",\"password\":\"%s\"}" % secret, "zone": "z2"}, secret, ["z2"])
    mail = v.email()
    c.hit("carriage_return", "agent=x\r\nSet-User: %s\r\nzone=z3" % mail, mail, ["zone=z3"])
    secret = v.password()
    c.hit("control", "name=a\x00b password=%s zone=z4" % secret, secret, ["zone=z4"])
    secret = v.password()
    c.hit("line_separator", "name=a\u2028password=%s zone=z5" % secret, secret, ["zone=z5"])
    secret = v.password()
    c.hit("escape_sequence", "\x1b]0;title\x07password=%s zone=z6" % secret, secret, ["zone=z6"])
    secret = v.password()
    c.hit("forged_placeholder", "note=[secret] password=%s zone=z7" % secret, secret, ["zone=z7"])
    secret = v.password()
    c.hit("forged_quote", "agent=\"x\\\" password=%s\" zone=z8" % secret, secret, ["zone=z8"])
    secret = v.password()
    c.hit("first_key_shadows", "{\"password\":\"\",\"token\":null,\"secret\":\"%s\",\"zone\":\"z9\"}" % secret, secret, ["z9"])
    secret = v.password()
    c.hit("duplicate_keys", "{\"password\":\"x\",\"password\":\"%s\",\"zone\":\"z9\"}" % secret, secret, ["z9"])
    secret = v.password()
    c.hit("broken_json", "{\"zone\":\"z9\",\"password\":\"%s\",,}" % secret, secret, ["z9"])
    token = v.jwt()
    c.hit("long_prefix", "x" * 300 + " token=" + token + " zone=z9", token, ["zone=z9"])


MULTILINE, UNICODE, INJECTION = (multiline,), (unicode_evasions,), (injection,)
