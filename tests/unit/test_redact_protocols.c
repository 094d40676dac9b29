/* Tests of passwords that a protocol, a call or a table has in a place of its own, without a name beside them. */
#include "redact_unit.h"

START_TEST(test_redact_logins_of_protocols)
{
    static const struct row rows[] = {
        { "a001 LOGIN kim Raven9420", "a001 LOGIN kim [secret]" },
        { "C: A7 LOGIN \"kim\" \"Raven 9420\"\r\nS: A7 OK", "C: A7 LOGIN \"kim\" \"[secret]\"\nS: A7 OK" },
        { "redis> AUTH Raven9420", "redis> AUTH [secret]" },
        { "AUTH default Raven9420\nOK", "AUTH default [secret]\nOK" },
        { "sent: AUTH \"raven\"", "sent: AUTH \"[secret]\"" },
    };
    static const char *const stays[] = {
        "USER LOGIN failed today",
        "2026 LOGIN kim failed",
        "a1 LOGIN is required",
        "a001 LOGIN kim",
        "AUTH failed",
        "AUTH method not supported",
        "AUTH CRAM-MD5",
        "AUTH SCRAM-SHA-256",
        "250-AUTH LOGIN PLAIN NTLM",
        "the AUTH step took t12ms more",
        "BEGIN x1y2z3a4",
        "AUTH is on for kim9420 today",
    };
    check_rows(rows, NJ_COUNT(rows));
    check_stays(stays, NJ_COUNT(stays));
}
END_TEST

START_TEST(test_redact_commands_of_redis_beside_their_error)
{
    ck_assert_text("ReplyError: WRONGPASS { command: { name: 'auth', args: [ 'kim', 'Raven9420' ] } }",
                   "ReplyError: WRONGPASS { command: { name: 'auth', args: [ '[secret]', '[secret]' ] } }");
    ck_assert_text("{\n  name: 'auth',\n  args: [\n    'raven'\n  ]\n}", "{\n  name: 'auth',\n  args: [\n    '[secret]'\n  ]\n}");
    ck_assert_json("{\"command\":{\"name\":\"auth\",\"args\":[\"kim\",\"Raven9420\"]},\"n\":1}",
                   "{\"command\":{\"name\":\"auth\",\"args\":[\"[secret]\",\"[secret]\"]},\"n\":1}");
    ck_assert_json_stays("[{\"name\":\"auth\",\"n\":1},{\"name\":\"get\",\"args\":[\"user42x\"]},{\"args\":[\"user42x\"]}]");
    ck_assert_text_stays("{ name: 'get', args: [ 'user42x' ] } { name: 'auth', list: [ 'user42x' ] }");
}
END_TEST

START_TEST(test_redact_lines_of_pgpass)
{
    static const struct row rows[] = {
        { "db.example.com:5432:app:kim:Raven9420", "db.example.com:5432:app:kim:[secret]" },
        { "*:*:*:kim:raven", "*:*:*:kim:[secret]" },
        { "wrote localhost:5433:*:kim:Ra\\:ven9 \nok", "wrote localhost:5433:*:kim:[secret] \nok" },
    };
    static const char *const stays[] = {
        "arn:aws:lambda:eu-west-1:123456789012:function:orders:live42",
        "main.py:5432:load:users:err42 happened",
        "12:34:56:kim:x1y2z3",
        "db.example.com:5432:app",
        "db.example.com:5432/app:kim",
        "h:8080:a:b:c1d2e3",
    };
    check_rows(rows, NJ_COUNT(rows));
    check_stays(stays, NJ_COUNT(stays));
}
END_TEST

START_TEST(test_redact_arguments_of_pdo)
{
    static const struct row rows[] = {
        { "#0 /srv/db.php(12): PDO->__construct('mysql:host=127....', 'kim', 'Raven9420')",
          "#0 /srv/db.php(12): PDO->__construct('mysql:host=127....', 'kim', '[secret]')" },
        { "new PDO(\"pgsql:host=h;dbname=x\", \"kim\", \"raven\", [])", "new PDO(\"pgsql:host=h;dbname=x\", \"kim\", \"[secret]\", [])" },
    };
    static const char *const stays[] = {
        "new PDO('sqlite::memory:')",
        "new PDO('mysql:host=h', 'kim')",
        "f('mysql:host=h', 'kim', 'Raven9420')",
        "PDO->__construct('mysql:host=h', 'kim', '')",
        "new PDO('mysql:host=h', 'kim', $x1)",
    };
    check_rows(rows, NJ_COUNT(rows));
    check_stays(stays, NJ_COUNT(stays));
}
END_TEST

START_TEST(test_redact_passwords_behind_their_user_or_in_brackets)
{
    static const struct row rows[] = {
        { "tried credentials kim:Raven9420 twice", "tried credentials kim:[secret] twice" },
        { "default creds admin:r4ven!", "default creds admin:[secret]" },
        { "wrong pwd (Raven9420)", "wrong pwd ([secret])" },
        { "old password (x1y2z3a4), new one", "old password ([secret]), new one" },
        { "Kennwort lautet \"raven\"", "Kennwort lautet \"[secret]\"" },
        { "das Kennwort ist Raven9420", "das Kennwort ist [secret]" },
    };
    static const char *const stays[] = {
        "credentials file:config1.json",
        "credentials kim:ok",
        "credentials arn:aws:iam::1:role/r1",
        "password (sha256)",
        "password (min8chars)",
        "password (bcrypt10 hash)",
        "pwd (step2of3x)",
        "no password (see README)",
        "das Kennwort fehlt",
        "unwrap the knnw9420",
    };
    check_rows(rows, NJ_COUNT(rows));
    check_stays(stays, NJ_COUNT(stays));
}
END_TEST

START_TEST(test_redact_options_of_openssl_and_of_parameters)
{
    static const struct row rows[] = {
        { "openssl enc -aes-256-cbc -k Raven9420 -in a", "openssl enc -aes-256-cbc -k [secret] -in a" },
        { "openssl enc -pass pass:Raven9420", "openssl enc -pass [secret]" },
        { "aws ssm put-parameter --name /x/password --value A1234567", "aws ssm put-parameter --name /x/password --value [secret]" },
        { "put-parameter --type SecureString --value Raven9420 --name /x/y",
          "put-parameter --type SecureString --value [secret] --name /x/y" },
        { "set /x/password --value Raven9420", "set /x/password --value [secret]" },
    };
    static const char *const stays[] = {
        "openssl req -key server1.key -in a",
        "curl -k https://h/a1b2c3",
        "aws ssm put-parameter --name /x/limit --value a1b2c3d4",
        "gauge --value a1b2c3d4",
    };
    check_rows(rows, NJ_COUNT(rows));
    check_stays(stays, NJ_COUNT(stays));
}
END_TEST

START_TEST(test_redact_columns_of_tables)
{
    static const struct row rows[] = {
        { " id | login | password   \n----+-------+----------\n  1 | kim   | raven\n  2 | lee   | \n  3 | ann   | Raven9421\n(3 rows)",
          " id | login | password   \n----+-------+----------\n  1 | kim   | [secret]\n  2 | lee   | \n  3 | ann   | [secret]\n(3 rows)" },
        { "| user | password | role |\n|:-----|---------|---|\n| kim | raven | admin |\nend",
          "| user | password | role |\n|:-----|---------|---|\n| kim | [secret] | admin |\nend" },
        { "+----+----------+\n| id | password |\n+----+----------+\n|  1 | Raven9420 |\n+----+----------+",
          "+----+----------+\n| id | password |\n+----+----------+\n|  1 | [secret] |\n+----+----------+" },
        { "2026-03-02T10:22:31Z\t5b2f9a4e\tINFO\tuser\tpassword\nkim\tRaven9420",
          "2026-03-02T10:22:31Z\t5b2f9a4e\tINFO\tuser\tpassword\nkim\t[secret]" },
        { "10:22:31Z\tINFO\t| user | password |\n|---|---|\n| kim | raven |",
          "10:22:31Z\tINFO\t| user | password |\n|---|---|\n| kim | [secret] |" },
        { "user\tpassword\trole\nkim\tRaven9420\tadmin", "user\tpassword\trole\nkim\t[secret]\tadmin" },
        { "id  login  password    role\n1   kim    Raven9420   admin\n2   lee    Raven9421   user",
          "id  login  password    role\n1   kim    [secret]   admin\n2   lee    [secret]   user" },
    };
    static const char *const stays[] = {
        "a  password  b\nthe word is in the sentence above",
        "field | password\nkind | required",
        "password\nis a word",
        "name  token  n\nnext line that is longer than 12",
    };
    check_rows(rows, NJ_COUNT(rows));
    check_stays(stays, NJ_COUNT(stays));
    ck_assert_json("{\"message\":\"| id | password |\\n|--|--|\\n| 1 | Raven9420 |\"}",
                   "{\"message\":\"| id | password |\\n|--|--|\\n| 1 | [secret] |\"}");
}
END_TEST

START_TEST(test_redact_arguments_of_calls_that_log_in)
{
    static const struct row rows[] = {
        { "#0 /app/db.php(12): mysqli->__construct('h', 'kim', 'raven', 'app')",
          "#0 /app/db.php(12): mysqli->__construct('h', 'kim', '[secret]', 'app')" },
        { "#1 /app/db.php(8): mysqli_real_connect(Object(mysqli), 'h', 'kim', 'raven 9')",
          "#1 /app/db.php(8): mysqli_real_connect(Object(mysqli), 'h', 'kim', '[secret]')" },
        { "$db = new mysqli(\"h\",\"kim\",\"raven\",\"app\");", "$db = new mysqli(\"h\",\"kim\",\"[secret]\",\"app\");" },
        { "$ok = ldap_bind($conn, $dn, 'raven');", "$ok = ldap_bind($conn, $dn, '[secret]');" },
        { "$c=oci_connect('kim','raven');", "$c=oci_connect('kim','[secret]');" },
    };
    static const char *const stays[] = {
        "#0 /app/db.php(12): mysqli->query('SELECT', 'a', 'raven')",
        "#0 /app/db.php(12): mysqli->__construct('h', 'kim', Object(SensitiveParameterValue), 'app')",
        "$db = new mysqli($host, $user, $password);",
        "$db = new mysqli('h', 'kim');",
        "$x = array('h', 'kim', 'raven');",
        "(12): notmysqli('h', 'kim', 'raven')",
        "$db = new mysqli('h', 'kim', '');",
        "$4 = 5",
    };
    check_rows(rows, NJ_COUNT(rows));
    check_stays(stays, NJ_COUNT(stays));
}
END_TEST

START_TEST(test_redact_passwords_of_statements)
{
    static const struct row rows[] = {
        { "SELECT id, 'raven' AS password FROM dual", "SELECT id, '[secret]' AS password FROM dual" },
        { "select 'Raven9420' as \"api_token\"", "select '[secret]' as \"api_token\"" },
        { "CREATE USER kim IDENTIFIED BY raven", "CREATE USER kim IDENTIFIED BY [secret]" },
        { "ALTER USER kim IDENTIFIED BY raven9 REPLACE otter9 ACCOUNT UNLOCK;",
          "ALTER USER kim IDENTIFIED BY [secret] REPLACE [secret] ACCOUNT UNLOCK;" },
        { "ALTER USER kim IDENTIFIED BY VALUES 'S:9F3A1B22;H:77'", "ALTER USER kim IDENTIFIED BY VALUES '[secret]'" },
        { "alter user kim identified by 'raven'", "alter user kim identified by '[secret]'" },
    };
    static const char *const stays[] = {
        "SELECT 'expired' AS token",        "SELECT password AS password", "SELECT name, 'x' AS kind",
        "he said 'no' as password",         "SELECT '' AS password",       "CREATE USER kim IDENTIFIED BY :pw",
        "IDENTIFIED BY THE COURT",          "IDENTIFIED BY $PW",           "users are identified by their email",
        "ORDER BY name9x, SORTED BY day12",
    };
    check_rows(rows, NJ_COUNT(rows));
    check_stays(stays, NJ_COUNT(stays));
}
END_TEST

START_TEST(test_redact_redis_on_the_wire)
{
    static const struct row rows[] = {
        { "*2\r\n$4\r\nAUTH\r\n$5\r\nraven\r\n*1\r\n$4\r\nPING\r\n", "*2\n$4\nAUTH\n$5\n[secret]\n*1\n$4\nPING\n" },
        { "*3\n$4\nauth\n$3\nkim\n$7\nraven 9\n", "*3\n$4\nauth\n$3\nkim\n$7\n[secret]\n" },
        { "write b'*2\\r\\n$4\\r\\nAUTH\\r\\n$5\\r\\nraven\\r\\n'", "write b'*2\\r\\n$4\\r\\nAUTH\\r\\n$5\\r\\n[secret]\\r\\n'" },
    };
    static const char *const stays[] = {
        "*2\n$3\nGET\n$5\nraven\n",
        "*2\n$4\nAUTH\n$99\nraven\n",
        "$4 AUTH $5 raven",
        "$4\nAUTH\n",
    };
    ck_assert_json("{\"m\":\"*2\\r\\n$4\\r\\nAUTH\\r\\n$5\\r\\nraven\\r\\n\"}", "{\"m\":\"*2\\n$4\\nAUTH\\n$5\\n[secret]\\n\"}");
    check_rows(rows, NJ_COUNT(rows));
    check_stays(stays, NJ_COUNT(stays));
}
END_TEST

START_TEST(test_redact_directories_and_blocks)
{
    static const struct row rows[] = {
        { "hash {SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9gABCD0", "hash {SSHA}[secret]" },
        { "stored {ssha512}W6ph5M/5Pz8G+iULbPgzG37mj9gABCD0== ok", "stored {ssha512}[secret] ok" },
        { "dn: uid=kim\nuserPassword:: cmF2ZW4=\ncn: kim", "dn: uid=kim\nuserPassword:: [secret]\ncn: kim" },
        { "variable \"db_password\" { default = \"raven\" }", "variable \"db_password\" { default = \"[secret]\" }" },
        { "variable \"db_password\" {\n  type      = string\n  default   = \"raven 9\"\n}",
          "variable \"db_password\" {\n  type      = string\n  default   = \"[secret]\"\n}" },
    };
    static const char *const stays[] = {
        "use {SSHA} or {SSHA512} for hashes",
        "{SSHA}short",
        "ssh ssh-rsa {ssh}",
        "dn: uid=kim\njpegPhoto:: cmF2ZW4=",
        "call Password:: Class",
        "variable \"region\" { default = \"eu-west-1\" }",
        "variable \"db_password\" { type = string }\nvariable \"x\" { default = \"raven\" }",
        "variable \"db_password\" { default = var.x }",
    };
    check_rows(rows, NJ_COUNT(rows));
    check_stays(stays, NJ_COUNT(stays));
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_logins_of_protocols)                                                                                                     \
    X(test_redact_commands_of_redis_beside_their_error)                                                                                    \
    X(test_redact_lines_of_pgpass)                                                                                                         \
    X(test_redact_arguments_of_pdo)                                                                                                        \
    X(test_redact_passwords_behind_their_user_or_in_brackets)                                                                              \
    X(test_redact_options_of_openssl_and_of_parameters)                                                                                    \
    X(test_redact_columns_of_tables)                                                                                                       \
    X(test_redact_arguments_of_calls_that_log_in)                                                                                          \
    X(test_redact_passwords_of_statements)                                                                                                 \
    X(test_redact_redis_on_the_wire)                                                                                                       \
    X(test_redact_directories_and_blocks)

REDACT_TEST_MAIN("redact_protocols")
