"""A twelfth time: passwords without a name beside them, in consoles and programs, and what only looks like them."""

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

KEPT = ("vault login succeeded", "vault login failed: permission denied", "net user count 5", "net user keep /delete", "net user keep * /add", "internet user joe4 left",
        "rabbitmqctl add_user failed with code 70", "rabbitmqctl add_user NAME PASSWORD", "add_user kim raven", "htpasswd -c /etc/.htpasswd kim", "htpasswd: cannot create file",
        "echo done | sudo tee /etc/motd", "echo $PW | sudo -S id", "sudo -S reads from standard input", "chpasswd: line 1: missing new password", "cat users.txt | chpasswd",
        "chpasswd <<< \"$USERS\"", "grep -c x <<< \"$LINES\"", "<<<<<<< HEAD", "xfreerdp /v:h /u:kim /cert:ignore", "GET /p:12 200", "curl -u $USER:$PW https://h",
        "at last user_id 5 of set users", "the budget used at least until login")


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


def plain(c):
    for text in KEPT:
        c.neg("neg_command", text)


ROUNDS = (commands,)
BENIGN = (plain,)
