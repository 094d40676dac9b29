"""An eighth time: other vendors, other languages, and lines of tools that name a secret in passing."""
import json

# what stands before a token of n characters, and what it is made of
VENDORS = (("lsv2_sk_", "h32_h10"), ("squ_", "h40"), ("pat", "b14.h64"), ("bkua_", "h40"), ("access-sandbox-", "uuid"), ("access-production-", "uuid"),
           ("tfp_", "u44"), ("nfp_", "b36"), ("fo1_", "u43"), ("pscale_tkn_", "u43"), ("pscale_pw_", "u43"), ("phx_", "b43"), ("re_", "b8_b24"),
           ("aio_", "b28"), ("EZAK", "b54"), ("shippo_live_", "h40"), ("duffel_live_", "u43"), ("fio-u-", "u64"), ("FLWSECK-", "h32-X"),
           ("sb_secret_", "u22_u8"), ("ico-", "b32"), ("pnu_", "b36"), ("cmVmdGtu", "b56"), ("AKCp", "b69"), ("amzn.mws.", "uuid"), ("AKID", "b32"),
           ("AQVN", "u35"), ("sl.", "u135"))
FRAMES = ("client built with %s ok=true", "403 for %s ok=true", "[sdk] (%s) ok=true", "GET /v1/me?k=%s&ok=true")

# a password in words of other languages, and in names that are run together
NAMED = ('{"dbpass":"%s","port":1}', '{"smtppass":"%s","port":1}', '{"userpwd":"%s","port":1}', '{"clave":"%s","port":1}', '{"heslo":"%s","port":1}',
         '{"has\u0142o":"%s","port":1}', '{"parola":"%s","port":1}', '{"salasana":"%s","port":1}', '{"l\u00f6senord":"%s","port":1}',
         '{"adgangskode":"%s","port":1}', '{"passord":"%s","port":1}', "heslo=%s port=1", "parola: %s, port=1", "level=INFO adminpwd=%s port=1",
         "msg=\"dial\" redis_auth=%s port=1")

# what is not in the line is a rule of its own
SPOKEN = ("C Object ( [user:protected] => k [password:protected] => %s [port] => 1 )", "C Object ( [secret:App\\C:private] => %s [port] => 1 )",
          'object(C)#1 (2) { ["password":protected]=> string(9) "%s" ["port"]=> int(2) }',
          'object(C)#1 (2) {\n  ["pass":"App\\C":private]=>\n  string(9) "%s"\n  ["port"]=>\n  int(2)\n}',
          '[{user,"k"},{password,"%s"},{port,2}]', '[{<<"password">>,<<"%s">>},{<<"port">>,2}]', 'Login("k", Password("%s"), port)',
          "cmdkey /add:h1 /port:1 /pass:%s", "net use Z: \\\\nas\\share /port:1 /password:%s", "new password for kim: %s on this port",
          "Password for 'kim' is '%s' on this port", "el password es %s (port 1)")

# what validators say was wrong
WRONG = ('{"detail":[{"type":"string_too_short","loc":["body","password"],"msg":"short","input":"%s","ctx":{"location":12}}]}',
         '{"errors":[{"type":"field","value":"%s","msg":"Invalid value","path":"password","location":"body"}]}',
         '{"errors":{"password":{"kind":"minlength","path":"password","value":"%s","name":"ValidatorError","location":"x"}}}',
         '{"issues":[{"code":"custom","path":["user","password"],"received":"%s","location":"body"}]}',
         '{"objectName":"form","field":"password","rejectedValue":"%s","code":"Size","location":"body"}',
         "Field error in object 'form' on field 'password': rejected value [%s]; codes [Size.password]; location",
         "1 validation error for Cfg\npassword\n  Too short [type=string_too_short, input_value='%s', input_type=str, location]",
         "[{'type': 'string_too_short', 'loc': ('body', 'password'), 'msg': 'short', 'input': '%s', 'location': 1}]",
         '"password" with value "%s" fails to match the required pattern, location body')

PLAIN = ("docker login -u ci --password-stdin registry.local", "clave=valor port=1", "re_render_of_the_component took 4 ms",
         "phc_{b43} is in every page", "terraform {b14} planned",
         "wrong password for user: kim9420", "password for kim: required", "no password for 'kim' in store4", "POST /oauth/token:revoke2 200",
         "GET /password:reset 200", "helm upgrade --set auth.existingSecret=db-creds-2 ok", "[password:protected]",
         '{{"type":"missing","loc":["body","password"],"msg":"Field required","input":{{"user":"kim","n":4}}}}', "result: PASS test42ok",
         '{{"path":"/oauth/token","value":41}}', '{{"path":"secret.txt","value":"abc1"}}', '{{"name":"getToken","input":{{"a":"b1"}}}}',
         '{{"code":"invalid_type","expected":"string","received":"undefined","path":["password"]}}', "Password(\"old\") is not valid",
         "{{password,\"is too short\"}}", "resetPassword(\"kim9420\") called")


def made(v, recipe):
    """ "h32_h10": digits of hexadecimal, '_', and so on."""
    if recipe == "uuid":
        return v.uuid()
    makers, out = {"h": v.hex, "b": v.b62, "u": v.b64u}, ""
    while recipe:
        n = 1
        while recipe[0] in makers and recipe[1:n + 1].isdigit() and n < len(recipe):
            n += 1
        out += makers[recipe[0]](int(recipe[1:n])) if n > 1 else recipe[0]
        recipe = recipe[n:]
    return out


def vendors(c):
    for prefix, recipe in VENDORS:
        token = prefix + made(c.v, recipe)
        c.hit("vendor", c.one(*FRAMES) % token, token, ["ok=true"])


def named(c):
    for frame in NAMED:
        password = c.v.password()
        c.hit("named", frame % password, password, ["port"])


def spoken(c):
    for frame in SPOKEN:
        password = c.v.until(c.v.password, lambda p: any(ch.isdigit() for ch in p) and any(ch.isalpha() for ch in p))
        c.hit("spoken", frame % password, password, ["port"])


def wrong(c):
    for frame in WRONG:
        password = c.v.password()
        c.hit("wrong", json.loads(frame % password) if frame[0] == "{" and c.one(True, False) else frame % password, password, ["location"])


def plain(c):
    for text in PLAIN:
        c.neg("neg_plain", text.format(b43=c.v.b62(43), b14=c.v.b62(14)))


ROUNDS = (vendors, named, spoken, wrong)
BENIGN = (plain,)
