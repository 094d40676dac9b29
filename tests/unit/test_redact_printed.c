/* Tests of what shells, debuggers, consoles and templates print, and of the lines beside it that only name what is secret. */
#include "redact_unit.h"

START_TEST(test_redact_shells_have_users_with_passwords)
{
    static const struct row rows[] = {
        { "etcdctl --user root:Heron$this2054 get /a", "etcdctl --user root:[secret] get /a" },
        { "exec [\"curl\",\"-u\",\"ci:Heron$this2054\",\"h\"]", "exec [\"curl\",\"-u\",\"ci:[secret]\",\"h\"]" },
        { "curl --user='ci:Heron$this2054' h", "curl --user='ci:[secret]' h" },
        { "curl -u ci:Heron$this2054 h", "curl -u ci:[secret] h" },
        { "docker run --user 1000:1000 img", "docker run --user 1000:1000 img" },
        { "docker run --user app:app img", "docker run --user app:app img" },
        { "ctr pull --user ci:Heron$this2054 a", "ctr pull --user ci:[secret] a" },
        { "crictl pull --creds ci:Heron$this2054 a", "crictl pull --creds ci:[secret] a" },
        { "skopeo copy --src-creds=ci:Heron$this2054 a", "skopeo copy --src-creds=ci:[secret] a" },
        { "security unlock-keychain -p Heron$this2054 a", "security unlock-keychain -p [secret] a" },
        { "INFO\twpa_passphrase lab winter", "INFO\twpa_passphrase lab [secret]" },
        { "ConvertTo-SecureString \"Heron$this2054\" -AsPlainText -Force", "ConvertTo-SecureString \"[secret]\" -AsPlainText -Force" },
        { "ConvertTo-SecureString -String 'Heron$this2054' -AsPlainText", "ConvertTo-SecureString -String '[secret]' -AsPlainText" },
        { "ConvertTo-SecureString $pw -AsPlainText -Force", "ConvertTo-SecureString $pw -AsPlainText -Force" },
        { "Show-It 'Heron$this2054' -AsPlainText", "Show-It 'Heron$this2054' -AsPlainText" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_a_type_or_an_address_stands_before_the_value)
{
    static const struct row rows[] = {
        { " $ password: chr \"raven9420\"", " $ password: chr \"[secret]\"" },
        { "{user = 0x55e0 \"bob\", password = 0x55f0 \"raven9420\"}", "{user = 0x55e0 \"bob\", password = 0x55f0 \"[secret]\"}" },
        { "'a.password' in [x] with type [String] and value 'raven9420'", "'a.password' in [x] with type [String] and value '[secret]'" },
        { "'a.password' in [x] with value of type String", "'a.password' in [x] with value of type String" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_go_says_of_what_type_a_list_is)
{
    static const struct row rows[] = {
        { "http.Header{\"X-Api-Key\":[]string{\"raven9420\"}, \"Accept\":[]string{\"*/*\"}}",
          "http.Header{\"X-Api-Key\":[]string{\"[secret]\"}, \"Accept\":[]string{\"*/*\"}}" },
        { "url.Values{\"n\":[]string{\"1\"}, \"password\":[]string{\"Velvet@nimb9243\"}}",
          "url.Values{\"n\":[]string{\"1\"}, \"password\":[]string{\"[secret]\"}}" },
        { "{\"password\":[]string{\"\", \"raven9420\", \"lark\"}, \"n\":[]string{\"a\", \"b\"}}",
          "{\"password\":[]string{\"\", \"[secret]\", \"[secret]\"}, \"n\":[]string{\"a\", \"b\"}}" },
        { "Main{Passwords:[]interface {}{\"raven9420\", 7}, N:[2]main.T{\"a\"}}",
          "Main{Passwords:[]interface {}{\"[secret]\", 7}, N:[2]main.T{\"a\"}}" },
        { "x=\"{\\\"password\\\":[]string{\\\"raven9420\\\", \\\"lark\\\"}}\"",
          "x=\"{\\\"password\\\":[]string{\\\"[secret]\\\", \\\"[secret]\\\"}}\"" },
        { "{\"password\":[]string{\"a1\", \"b2\", \"c3\", \"d4\", \"e5\", \"f6\", \"g7\", \"h8\", \"i9\", \"j10\"}}",
          "{\"password\":[]string{\"[secret]\", \"[secret]\", \"[secret]\", \"[secret]\", \"[secret]\", \"[secret]\", \"[secret]\", "
          "\"[secret]\", \"[secret]\", \"[secret]\"}}" },
        { "{\"password\":(*string)(0xc00001), \"token\":[]string(nil), \"secret\":[]string{}}",
          "{\"password\":(*string)(0xc00001), \"token\":[]string(nil), \"secret\":[]string{}}" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_names_lead_to_their_values)
{
    static const struct row rows[] = {
        { "User secrets: SmtpSettings:Password = raven9420", "User secrets: SmtpSettings:Password = [secret]" },
        { "smtp.password ..... : raven9420", "smtp.password ..... : [secret]" },
        { "Password . . . . : raven9420", "Password . . . . : [secret]" },
        { "\xE2\x94\x82 password \xE2\x94\x82 raven9420 \xE2\x94\x82", "\xE2\x94\x82 password \xE2\x94\x82 [secret] \xE2\x94\x82" },
        { "Client \"10.0.0.4\", \"PASS raven9420\"", "Client \"10.0.0.4\", \"PASS [secret]\"" },
        { "bind 'mail.password' to value 'raven9420'", "bind 'mail.password' to value '[secret]'" },
        { "Invalid value 'raven9420' for parameter 'password'", "Invalid value '[secret]' for parameter 'password'" },
        { "Invalid value 'raven9420' for parameter 'size'", "Invalid value 'raven9420' for parameter 'size'" },
        { "password\\traven9420\\nn\\t1", "password\\t[secret]\\nn\\t1" },
        { "Unseal Key 1: q8ZkT3vB1nLx0RmWc7Yd5HpJ", "Unseal Key 1: [secret]" },
        { "password 2: raven9420", "password 2: [secret]" },
        { "Step 2: done9420", "Step 2: done9420" },
        { "key 2: users", "key 2: users" },
        { "A temporary password is generated for root@localhost: raven9420",
          "A temporary password is generated for root@localhost: [secret]" },
        { "rails credentials:edit", "rails credentials:edit" },
        { "rotated the password from raven9420 to heron77", "rotated the password from [secret] to [secret]" },
        { "<td>Password</td><td>raven9420</td>", "<td>Password</td><td>[secret]</td>" },
        { "<td>Password</td><td>hidden</td>", "<td>Password</td><td>hidden</td>" },
        { "password for svc = raven9420", "password for svc = [secret]" },
        { "password for svc = unchanged", "password for svc = unchanged" },
        { "InvalidPassword: mismatch", "InvalidPassword: mismatch" },
        { "{\"otp\":\"sent\"}", "{\"otp\":\"sent\"}" },
        { "password=Optional[raven9420] x=1", "password=[secret] x=1" },
        { "f(token=Some(raven9420), 1)", "f(token=[secret], 1)" },
        { "f(1, token=raven9420)", "f(1, token=[secret])" },
        { "Password set to: raven9420", "Password set to: [secret]" },
        { "sort code 773034 ref 41", "sort code [secret] ref 41" },
        { "rawHeaders: [ 'Host', 'x', 'X-Api-Key', 'raven9420' ]", "rawHeaders: [ 'Host', 'x', 'X-Api-Key', '[secret]' ]" },
        { "columns: [ 'Host', 'x', 'X-Api-Key', 'raven9420' ]", "columns: [ 'Host', 'x', 'X-Api-Key', 'raven9420' ]" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_what_only_names_a_secret_is_left)
{
    static const struct row rows[] = {
        { "A.Keys, PublicKeyToken=b77a5c561934e089", "A.Keys, PublicKeyToken=b77a5c561934e089" },
        { "credentials_expire=2026-03-11T10:00:00Z", "credentials_expire=2026-03-11T10:00:00Z" },
        { "secret_backend = vault", "secret_backend = vault" },
        { "--from-file=password=/run/pw", "--from-file=password=/run/pw" },
        { "openssl enc -pass file:/run/pw", "openssl enc -pass file:/run/pw" },
        { "build --secret id=npm,src=.npmrc", "build --secret id=npm,src=.npmrc" },
        { "pam_unix(passwd:chauthtok): x", "pam_unix(passwd:chauthtok): x" },
        { "(password:hunter) x", "(password:[secret]) x" },
        { "Password : System.Security.SecureString", "Password : System.Security.SecureString" },
        { "npm run token:refresh", "npm run token:refresh" },
        { "secret=app/db-credentials", "secret=app/db-credentials" },
        { "aws_secretsmanager_secret.db: Creating...", "aws_secretsmanager_secret.db: Creating..." },
        { "token=RBRACE line=41", "token=RBRACE line=41" },
        { "#password.form-control:focus { color: red }", "#password.form-control:focus { color: red }" },
        { "def login(user: str, password: str) -> Token:", "def login(user: str, password: str) -> Token:" },
        { "type Token = { kind: 'ident'; value: string };", "type Token = { kind: 'ident'; value: string };" },
    };
    check_rows(rows, NJ_COUNT(rows));
    ck_assert_json("{\"DB_PASSWORD\":{\"value\":\"raven9420\",\"origin\":\"env\"}}",
                   "{\"DB_PASSWORD\":{\"value\":\"[secret]\",\"origin\":\"env\"}}");
    ck_assert_json("{\"field\":\"password\",\"old\":\"raven9420\",\"new\":\"heron77\"}",
                   "{\"field\":\"password\",\"old\":\"[secret]\",\"new\":\"[secret]\"}");
    ck_assert_json("{\"field\":\"role\",\"old\":\"raven9420\",\"new\":\"heron77\"}",
                   "{\"field\":\"role\",\"old\":\"raven9420\",\"new\":\"heron77\"}");
}
END_TEST

START_TEST(test_redact_expressions_are_no_values)
{
    static const struct row rows[] = {
        { "DB_PASSWORD=$(cat /run/db)", "DB_PASSWORD=$(cat /run/db)" },
        { "${DB_PASSWORD:?must be set}", "${DB_PASSWORD:?must be set}" },
        { "password=${password:-}", "password=${password:-}" },
        { "password=${password:-raven9420}", "password=[secret]}" },
        { "password: %env(DB_PASSWORD)%", "password: %env(DB_PASSWORD)%" },
        { "let password = std::env::var(\"DB_PASSWORD\")?;", "let password = std::env::var(\"DB_PASSWORD\")?;" },
        { "string password = Configuration[\"Db:Password\"];", "string password = Configuration[\"Db:Password\"];" },
        { "has_secure_token :auth_token", "has_secure_token :auth_token" },
        { "grep 'password=.*' a", "grep 'password=.*' a" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_objects_say_whose_key_it_is)
{
    ck_assert_json("{\"api\":{\"key\":\"q8ZkT3vB1nLx0RmWc7Yd5HpJ\"}}", "{\"api\":{\"key\":\"[secret]\"}}");
    ck_assert_json("{\"api\" : { \"n\":1,\"key\":\"q8ZkT3vB1nLx0RmWc7Yd5HpJ\"}}", "{\"api\" : { \"n\":1,\"key\":\"[secret]\"}}");
    ck_assert_json("{\"api\":{\"key\":\"users\"}}", "{\"api\":{\"key\":\"users\"}}");
    ck_assert_json("{\"cache\":{\"key\":\"q8ZkT3vB1nLx0RmWc7Yd5HpJ\"}}", "{\"cache\":{\"key\":\"q8ZkT3vB1nLx0RmWc7Yd5HpJ\"}}");
    ck_assert_json("{\"op\":\"add\",\"path\":\"/a/password\",\"value\":\"raven9420\"}",
                   "{\"op\":\"add\",\"path\":\"/a/password\",\"value\":\"[secret]\"}");
    ck_assert_json("{\"n\":\"add\",\"path\":\"/a/password\",\"value\":\"raven9420\"}",
                   "{\"n\":\"add\",\"path\":\"/a/password\",\"value\":\"raven9420\"}");
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_shells_have_users_with_passwords)                                                                                        \
    X(test_redact_a_type_or_an_address_stands_before_the_value)                                                                            \
    X(test_redact_go_says_of_what_type_a_list_is)                                                                                          \
    X(test_redact_names_lead_to_their_values)                                                                                              \
    X(test_redact_what_only_names_a_secret_is_left) X(test_redact_expressions_are_no_values) X(test_redact_objects_say_whose_key_it_is)

REDACT_TEST_MAIN("redact_printed")
