"""A twelfth time: passwords without a name beside them, in consoles and programs, and what only looks like them."""
import base64
import json

WORDS = ("tiger river sunset purple monkey bishop anchor rocket winter coffee dragon yellow banana castle hunter shadow summer thunder").split()

# any password, a single word too
COMMANDS = ("echo %s | sudo -S systemctl restart keep", "+ echo '%s' | sudo -S -u keep id", "printf '%%s' '%s' | sudo -kS keep", "echo \"keep:%s\" | chpasswd",
            "echo keep:%s | sudo chpasswd", "echo %s | passwd --stdin keep", "chpasswd <<< \"keep:%s\"", "kinit keep <<< '%s'",
            "htpasswd -b /etc/keep/.htpasswd kim %s", "RUN htpasswd -nb keep '%s'", "net user keep %s /add", "C:\\> net user keep \"%s\" /add /domain",
            "rabbitmqctl add_user keep %s", "docker exec mq rabbitmqctl change_password keep '%s'", "xfreerdp /v:keep /u:kim /p:%s", "xfreerdp /u:keep /password:'%s' /v:h",
            "wpa_passphrase keep %s", "curl -ukim:%s https://keep.example.com", "sshpass -p %s ssh keep@h", "docker login -u keep -p %s", "curl -u keep:%s https://h",
            "openssl rsa -in keep.pem -passin pass:%s", "gpg --batch --passphrase %s -c keep", "smbclient //keep/s -U kim%%%s", "rpcclient -U 'kim%%%s' keep",
            "ldapsearch -x -D cn=keep -w %s", "PGPASSWORD=%s psql -h keep", "mysql -u keep -p%s", "svn co --username keep --password %s https://h/r",
            "ipmitool -H keep -U kim -P %s chassis status")
# only what was made up
MADE = ("vault login %s", "$ vault login -no-print %s", "net user keep %s", "cmd=\"net user keep %s\"", "useradd -m -p %s keep")

PROGRAMS = ("#0 /app/keep.php(12): mysqli->__construct('h', 'kim', '%s', 'app')", "#3 /keep/db.php(7): mysqli_connect('h', 'kim', '%s')",
            "$keep = new mysqli(\"h\", \"kim\", \"%s\", \"app\");", "$link = mysqli_connect('keep', 'kim', '%s') or die();", "PDO->__construct('mysql:host=keep', 'kim', '%s')",
            "$keep = ldap_bind($conn, $dn, '%s');", "SELECT id, '%s' AS password FROM keep", "CREATE USER keep IDENTIFIED BY %s", "ALTER USER kim IDENTIFIED BY %s ACCOUNT UNLOCK; -- keep",
            "variable \"db_password\" { default = \"%s\" } # keep", "variable \"keep_secret_password\" {\n  type = string\n  default = \"%s\"\n}")

KEPT = ("vault login succeeded", "vault login failed: permission denied", "net user count 5", "net user keep /delete", "net user keep * /add", "internet user joe4 left",
        "rabbitmqctl add_user failed with code 70", "rabbitmqctl add_user NAME PASSWORD", "add_user kim raven", "htpasswd -c /etc/.htpasswd kim", "htpasswd: cannot create file",
        "echo done | sudo tee /etc/motd", "echo $PW | sudo -S id", "sudo -S reads from standard input", "chpasswd: line 1: missing new password", "cat users.txt | chpasswd",
        "chpasswd <<< \"$USERS\"", "grep -c x <<< \"$LINES\"", "<<<<<<< HEAD", "xfreerdp /v:h /u:kim /cert:ignore", "GET /p:12 200", "curl -u $USER:$PW https://h",
        "at last user_id 5 of set users", "the budget used at least until login")


PROGRAMS_KEPT = ("#0 /app/db.php(12): mysqli->query('SELECT', 'a', 'raven')", "$db = new mysqli($host, $user, $password);", "$x = array('h', 'kim', 'raven');",
                 "mysqli->__construct('h', 'kim', Object(SensitiveParameterValue), 'app')", "SELECT 'expired' AS token", "SELECT name, 'x' AS kind", "CREATE USER kim IDENTIFIED BY :pw",
                 "rows are identified by their key", "ORDER BY name9x", "AUTH failed", "*2\n$3\nGET\n$5\nraven", "use {SSHA} or {SSHA512}", "jpegPhoto:: cmF2ZW4=", "call Password:: Class",
                 "variable \"region\" { default = \"eu-west-1\" }", "variable \"db_password\" { default = var.x }")


SPLIT_KEPT = ("job | user | password\njob42 | kim | attempt3", "wrong username, password\nretrying, attempt2", "user,password\nwrong,again", "AUTH\n$5\nraven",
              "$4\nPING\n$5\nraven")


def word(c):
    return c.one(*WORDS) if c.v.below(2) else made(c)


def made(c):
    return c.v.until(c.v.password, lambda p: any(ch.isdigit() for ch in p) and any(ch.isalpha() for ch in p) and p.isascii() and
                     not any(ch in "'\"\\`;,&|<>()[]{}:%/$@ " for ch in p) and p[0].isalnum())


def commands(c):
    for frame in COMMANDS:
        password = word(c)
        c.hit("command", frame % password, password, ["keep"])
    for frame in MADE:
        password = made(c)
        c.hit("place", frame % password, password, [k for k in ("keep", "vault") if k in frame][:1])


def programs(c):
    for frame in PROGRAMS:
        password = word(c)
        c.hit("program", frame % password, password, ["keep"])
    password = word(c)
    wire = ("*2", "$4", "AUTH", "$%d" % len(password), password, "*1", "$4", "KEEP", "")
    c.hit("wire", "\r\n".join(wire), password, ["KEEP"])
    c.hit("wire", "sent b'" + "\\r\\n".join(wire) + "'", password, ["KEEP"])
    c.hit("wire", {"message": "\r\n".join(("*3", "$4", "AUTH", "$4", "keep", "$%d" % len(password), password, ""))}, password, ["keep"])
    digest = c.v.b64(32)
    c.hit("hash", c.one("keep {SSHA}%s", "dn: uid=keep\n{ssha}%s", "binding with {SSHA}%s as keep") % digest, digest, ["keep"])
    encoded = base64.b64encode(("{SSHA}" + digest).encode()).decode()
    c.hit("ldif", "dn: uid=kim\nuserPassword:: %s\ncn: keep" % encoded, encoded, ["keep"])


def apart(c):
    rows = [(c.v.digits(2), c.one("kim", "lee", "joe"), made(c)) for _ in range(3)]
    hidden = [row[2] for row in rows]
    c.hit("table_split", "\n".join(["id,login,password"] + [",".join(row) for row in rows] + ["keep"]), hidden, ["keep"], split="lines")
    rule = "+----+-------+----------+"
    bars = ["| id | login | password |"] + ["| %s | %s | %s |" % row for row in rows]
    c.hit("table_split", "\n".join([rule, bars[0], rule] + bars[1:] + [rule, "keep"]), hidden, ["keep"], split="lines")
    password = word(c)
    c.hit("wire_split", "\n".join(("*2", "$4", "AUTH", "$%d" % len(password), password, "*1", "$4", "KEEP")), password, ["KEEP"], split="lines")
    card, code = c.v.card(), c.v.digits(3)
    if code not in card:
        c.hit("card", c.one("CVC %s for card %s keep", "cvv2 %s, keep: %s") % (code, card), [code, card], ["keep"])


GO = ("http.Header{\"X-Api-Key\":[]string{%s}, \"Keep\":[]string{\"*/*\"}}", "url.Values{\"password\":[]string{%s}, \"keep\":[]string{\"1\"}}",
      "map[string][]string{\"keep\":[]string{\"a\"}, \"client_secret\":[]string{%s}}", "&main.Keep{Name:\"keep\", Passwords:[]string{%s}}",
      "map[string]interface {}{\"keep\":1, \"secret\":[]interface {}{%s}}")

GO_KEPT = ("url.Values{\"q\":[]string{\"raven\"}, \"n\":[]string{\"1\", \"2\"}}", "main.User{Password:(*string)(0xc0000142a0), Token:[]string(nil)}",
           "map[string][]string{\"password\":[]string{}, \"n\":[]string{\"1\"}}")


def elements(c):
    """What is an element of a list: a line of a key, a value as Go writes it."""
    for label in ("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"):
        lines = c.v.pem(label, 4)
        c.hit("pem_list", {c.one("lines", "content", "output", "rows"): lines, "keep": 6}, lines[1:-1], ["keep"])
        lines = c.v.pem(label, 3)
        c.hit("pem_list", {"message": json.dumps(["keep"] + [line + "\n" for line in lines] + ["done"])}, lines[1:-1], ["keep", "done"])
        lines = c.v.pem(label, 3)
        c.hit("pem_list", json.dumps(lines + ["keep"], indent=c.one(None, 1)), lines[1:-1], ["keep"])
    for frame in GO:
        value = made(c)
        c.hit("go_list", frame % ("\"%s\"" % value), value, ["eep"])
        values = [made(c), c.v.b62(24)]
        c.hit("go_list", {"msg": frame % ", ".join("\"%s\"" % v for v in values)}, values, ["eep"])


BEHIND = ("DefaultHttpHeaders[host: a.example, authorization: %s, accept: keep/*]", "authorization: %s | keep 200 in 3 ms", "> Authorization: %s > GET /keep HTTP/2",
          "proxy-authorization: %s (keep)", "Authorization: %s --> POST /keep HTTP/2")


def behind(c):
    """What stands behind a credential on its line is no part of it."""
    for text in BEHIND:
        for scheme in ("Bearer %s", "Token %s", "SSWS %s"):
            value = c.v.b62(40)
            c.hit("behind", text % (scheme % value), value, ["keep"])


def plain(c):
    for label in ("CERTIFICATE", "PUBLIC KEY"):
        c.neg("neg_pem_list", {"lines": c.v.pem(label, 4)})
    for text in GO_KEPT:
        c.neg("neg_go_list", text)
    for text in SPLIT_KEPT:
        c.neg("neg_split", text, split="lines")
    for text in KEPT + PROGRAMS_KEPT:
        c.neg("neg_command", text)


ROUNDS = (commands, programs, apart, elements, behind)
BENIGN = (plain,)
