"""A tenth time: what shells, debuggers, consoles and templates print, and the lines beside it that only name what is secret."""
import json

# a password as people make one up
MADE = ("Found key 'db.password' in [systemProperties] with type [String] and value '%s', keep", "User secrets: SmtpSettings:Password = %s\nkeep",
        "ConvertTo-SecureString \"%s\" -AsPlainText -Force # keep", "New-Object PSCredential('keep', (ConvertTo-SecureString '%s' -AsPlainText -Force))",
        "etcdctl --endpoints keep:2379 --user root:%s get /a", 'exec ["curl","-u","ci:%s","https://keep.example.com"]', "curl --user='ci:%s' https://keep.example.com",
        "List of 2\n $ user    : chr \"keep\"\n $ password: chr \"%s\"", "$1 = {user = 0x55e0 \"keep\", password = 0x55f0 \"%s\", port = 25}",
        "smtp.password .......... : %s\nsmtp.host .............. : keep", "<tr><td>Password</td><td>%s</td></tr><tr><td>Host</td><td>keep</td></tr>",
        "<tr><th>DB password</th><td>%s</td></tr><tr><th>Host</th><td>keep</td></tr>", "password for keep = %s", "Password set to: %s\nkeep", "crictl pull --creds ci:%s keep/a:1",
        "skopeo copy --src-creds=ci:%s docker://keep/a dir:b", "ctr images pull --user ci:%s keep/a:1", "security unlock-keychain -p %s keep",
        "vsftpd: [keep] FTP command: Client \"10.0.0.4\", \"PASS %s\"", "Could not bind property 'mail.password' to value '%s', keep",
        "keep: Invalid value '%s' for parameter 'password'", "password\\t%s\\nuser\\tkeep", "[Note] A temporary password is generated for root@keep: %s", "keep: password 2: %s",
        "Password . . . . : %s\nUser . . . . . . : keep", "\u2502 password \u2502 %s \u2502\n\u2502 user \u2502 keep \u2502",
        "\u2503 db_password \u2503 %s \u2503\n\u2503 db_user \u2503 keep \u2503")
# what a program made
KEYS = ("rawHeaders: [ 'Host', 'keep.example.com', 'X-Api-Key', '%s', 'Accept', '*/*' ]", "rawHeaders=[\"Accept\",\"keep\",\"X-Auth-Token\",\"%s\"]",
        ".AspNetCore.Identity.Application=%s; path=/keep", "session id %s resumed, keep")

KEPT = ("Could not load file or assembly 'A.Keys, Version=4.1.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089'", "credentials_expire=2026-03-11T10:00:00Z",
        "credentials_expiration=2026-03-11T10:00:00Z", "cookies: accepted", "[auth]\nsecret_backend = vault", "cookie_samesite=lax", "PasswordLastSet : 2026-03-11 09:00:00",
        '{"secretNames":["prod/db","prod/api"]}', "kubectl create secret generic api --from-file=password=/run/pw", "openssl enc -in a -pass file:/run/pw",
        "docker buildx build --secret id=npm_token,env=NPM_TOKEN -t a:1 .", "pam_unix(passwd:chauthtok): password changed for kim", "Password : System.Security.SecureString",
        "npm run token:refresh -- --env=qa", "rake password:reset", "password=Optional.empty, user=Optional[kim]", "def login(user: str, password: str) -> Token:",
        "type Token = { kind: 'ident'; value: string };", '{"properties":{"DB_PASSWORD":{"value":"******","origin":"System"}}}',
        "docker run --user 1000:1000 -u app:app img", "User secrets: none loaded", "rawHeaders: [ 'Host', 'x.io', 'Accept', '*/*', 'Content-Length', '41' ]",
        "ConvertTo-SecureString $pw -AsPlainText -Force", "session id mismatch, retrying", "<tr><td>Password</td><td>hidden</td></tr>",
        "Property 'db.password' in [env] with type [String] and value 'null'", "password for kim = unchanged", "input#password.form-control:focus { color: #333 }",
        "level=warn msg=\"secret not found\" secret=app/db-credentials", "data.aws_secretsmanager_secret_version.db: Reading...",
        "random_password.db: Creating...", "parser error: token=RBRACE line=41", "ctr run --user app:app img", "export DB_PASSWORD=$(cat /run/secrets/db)", "/p:DeployPassword=$(DeployPassword) /p:Config=Release",
        "pw=$(openssl rand -hex 16)", "userPassword: replaced", "rails credentials:edit", "A temporary password is generated for root@localhost", "key 2: users", "pin 13: 255", "Step 2: done9420", "TOKEN=$(curl -s https://id.x/token | jq -r .access_token)", "${DB_PASSWORD:?must be set}", "password=${password:-}",
        "grep -n 'password=.*' a.conf", "password: %env(DB_PASSWORD)%", "let password = std::env::var(\"DB_PASSWORD\")?;",
        "string password = Configuration[\"Db:Password\"];", "has_secure_token :auth_token", "Invalid value 'none' for parameter 'password'",
        '{"op":"replace","path":"/status","value":"a1b2c3d4"}', '{"api":{"key":"users","timeout":5}}', '{"cache":{"key":"user:41:profile"}}',
        '{"path":"/api/token","value":"GET"}',"Could not resolve placeholder 'mail.password' in value \"${mail.password}\"", '{"changes":[{"field":"role","old":"a1b2c3","new":"b1c2d3"}]}')


def made(c):
    return c.v.until(c.v.password, lambda p: any(ch.isdigit() for ch in p) and any(ch.isalpha() for ch in p))


def printed(c):
    for frame in MADE:
        password = made(c)
        c.hit("made", frame % password, password, ["keep"])
    old, new = made(c), made(c)
    if old != new:
        c.hit("changed", "we rotated the password from %s to %s, keep" % (old, new), [old, new], ["keep"])
        c.hit("changed", {"changes": [{"field": "password", "old": old, "new": new}, {"field": "role", "old": "keep", "new": "b"}]}, [old, new], ["keep"])
    for name in ("api", "auth", "encryption"):
        key = c.v.b62(40)
        c.hit("of_object", {name: {"key": key, "timeout": 5}, "n": "keep"}, key, ["keep"])
    for frame in KEYS:
        key = c.v.b62(36)
        c.hit("keys", frame % key, key, ["keep"])
    cookie = "CfDJ8" + c.v.b64u(96)
    unseal = c.v.until(lambda: c.v.b62(43) + "=", lambda k: sum(ch.isdigit() for ch in k) > 2)
    c.hit("unseal", "Unseal Key 1: %s\nkeep" % unseal, unseal, ["keep"])
    c.hit("protected", "antiforgery %s, keep" % cookie, cookie, ["keep"])
    code = c.v.digits(6)
    c.hit("sort", "direct debit: sort code %s ref keep" % code, code, ["keep"])


def plain(c):
    for text in KEPT:
        c.neg("neg_kept", json.loads(text) if text[0] == "{" else text)


ROUNDS = (printed,)
BENIGN = (plain,)
