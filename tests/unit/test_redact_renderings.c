/* Tests of the renderings in which languages, tools and people write names with values; and of the lines that only look like it. */
#include "redact_unit.h"

#define TOKEN                                                                                                                              \
    "q8ZkT3vB"                                                                                                                             \
    "1nLx0RmWc7Yd5HpJ"

START_TEST(test_redact_python_prints_values)
{
    static const struct row rows[] = {
        { "{'user': 'bob', 'password': 'Raven$quar9420', 'n': 3}", "{'user': 'bob', 'password': '[secret]', 'n': 3}" },
        { "login(user='bob', password='Raven$quar9420', retries=3)", "login(user='bob', password='[secret]', retries=3)" },
        { "headers={'Authorization': b'Bearer Raven$quar9420', 'Accept': b'x'}", "headers={'Authorization': b'[secret]', 'Accept': b'x'}" },
        { "msg=\"bind failed password=raven9420\" n=3",
          "msg=\"bind failed password=[secret]\" n=3" }, /* no wrapping: the quote closes another */
        { "Config(password=b'Raven$quar9420', n=1)", "Config(password=b'[secret]', n=1)" },
        { "('password', 'Raven$quar9420')", "('password', '[secret]')" },
        { "OrderedDict([('user', 'bob'), ('password', 'Raven$quar9420')])", "OrderedDict([('user', 'bob'), ('password', '[secret]')])" },
        { "{'Name': 'db_password', 'Value': 'Raven$quar9420'}", "{'Name': 'db_password', 'Value': '[secret]'}" },
        { "argv: ['mysql', '--password', 'Raven$quar9420', '--jobs', '4']", "argv: ['mysql', '--password', '[secret]', '--jobs', '4']" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_java_and_go_print_values)
{
    static const struct row rows[] = {
        { "User[name=bob, password=Raven$quar9420, age=3]", "User[name=bob, password=[secret], age=3]" },
        { "User{name='bob', password='Raven$quar9420', age=3}", "User{name='bob', password='[secret]', age=3}" },
        { "LoginRequest(username=bob, password=Raven$quar9420)", "LoginRequest(username=bob, password=[secret])" },
        { "Credentials{user=bob, token=Optional[Raven$quar9420]}", "Credentials{user=bob, token=[secret]}" },
        { "{User:bob Password:Raven$quar9420 N:3}", "{User:bob Password:[secret] N:3}" },
        { "&{User:bob Password:Raven$quar9420 N:3}", "&{User:bob Password:[secret] N:3}" },
        { "map[password:Raven$quar9420 user:bob]", "map[password:[secret] user:bob]" },
        { "map[Authorization:[Bearer Raven$quar9420] Accept:[a/b]]", "map[Authorization:[[secret]] Accept:[a/b]]" },
        { "main.Cfg{User:\"bob\", Password:\"Raven$quar9420\", N:3}", "main.Cfg{User:\"bob\", Password:\"[secret]\", N:3}" },
        { "[{Name:retries Value:3} {Name:smtp_password Value:Raven$quar9420}]",
          "[{Name:retries Value:3} {Name:smtp_password Value:[secret]}]" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_ruby_and_php_print_values)
{
    static const struct row rows[] = {
        { "{:user=>\"bob\", :password=>\"Raven$quar9420\", :n=>3}", "{:user=>\"bob\", :password=>\"[secret]\", :n=>3}" },
        { "{\"user\"=>\"bob\", \"password\"=>\"Raven$quar9420\"}", "{\"user\"=>\"bob\", \"password\"=>\"[secret]\"}" },
        { "{user: \"bob\", password: \"Raven$quar9420\", n: 3}", "{user: \"bob\", password: \"[secret]\", n: 3}" },
        { "#<User id: 3, password: \"Raven$quar9420\">", "#<User id: 3, password: \"[secret]\">" },
        { "Array\n(\n    [user] => bob\n    [password] => Raven$quar9420\n    [n] => 3\n)",
          "Array\n(\n    [user] => bob\n    [password] => [secret]\n    [n] => 3\n)" },
        { "array(2) {\n  [\"password\"]=>\n  string(14) \"Raven$quar9420\"\n  [\"n\"]=>\n  int(3)\n}",
          "array(2) {\n  [\"password\"]=>\n  string(14) \"[secret]\"\n  [\"n\"]=>\n  int(3)\n}" },
        { "array ( 'password' => 'Raven$quar9420', 'n' => 3, )", "array ( 'password' => '[secret]', 'n' => 3, )" },
        { "C Object ( [password:protected] => Raven9420 [secret:C:private] => Raven9421 [n:protected] => 2 )",
          "C Object ( [password:protected] => [secret] [secret:C:private] => [secret] [n:protected] => 2 )" },
        { "object(C)#1 (2) { [\"pass\":protected]=> string(9) \"Raven9420\" [\"secret\":\"App\\C\":private]=> string(4) \"Raven9421\" }",
          "object(C)#1 (2) { [\"pass\":protected]=> string(9) \"[secret]\" [\"secret\":\"App\\C\":private]=> string(4) \"[secret]\" }" },
        { "password:protected9", "password:[secret]" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_erlang_and_rust_print_values)
{
    static const struct row rows[] = {
        { "[{user,\"bob\"},{password,\"Raven$quar9420\"},{n,2}]", "[{user,\"bob\"},{password,\"[secret]\"},{n,2}]" },
        { "[{<<\"password\">>,<<\"Raven$quar9420\">>},{<<\"n\">>,2}]", "[{<<\"password\">>,<<\"[secret]\">>},{<<\"n\">>,2}]" },
        { "Login(\"bob\", Password(\"Raven$quar9420\"))", "Login(\"bob\", Password(\"[secret]\"))" },
        { "Password(\"required\") or Password(\"old\")", "Password(\"required\") or Password(\"old\")" },
        { "resetPassword(\"Raven9420\")", "resetPassword(\"Raven9420\")" }, /* a call of any name says nothing */
        { "{password, string}", "{password, string}" },
        { "{password,\"is too short\"}", "{password,\"is too short\"}" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_options_of_windows)
{
    static const struct row rows[] = {
        { "cmdkey /add:h1 /user:bob /pass:Raven-9420", "cmdkey /add:h1 /user:bob /pass:[secret]" },
        { "pulumi config set --secret dbPassword Raven-9420", "pulumi config set --secret [secret] [secret]" },
        { "FTP command: PASS Raven-9420", "FTP command: PASS [secret]" },
        { "result: PASS test42ok", "result: PASS test42ok" },
        { "net use Z: /user:bob /password:Raven-9420 /persistent:no", "net use Z: /user:bob /password:[secret] /persistent:no" },
        { "POST /oauth/token:revoke2 200", "POST /oauth/token:revoke2 200" },
        { "GET /password:reset 200", "GET /password:reset 200" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_passwords_of_somebody_in_a_sentence)
{
    static const struct row rows[] = {
        { "new password for kim: Raven9420", "new password for kim: [secret]" },
        { "Password for 'kim' is 'Raven9420'.", "Password for 'kim' is '[secret]'." },
        { "password for svc 4: \"Raven 9420\" stored", "password for svc 4: \"[secret]\" stored" },
        { "el password es Raven9420", "el password es [secret]" },
        { "wrong password for user: kim9420", "wrong password for user: kim9420" },
        { "wrong password for kim: try again", "wrong password for kim: try again" },
        { "no password for 'kim' in store4", "no password for 'kim' in store4" },
        { "password for kim, see: room42b", "password for kim, see: room42b" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_what_validators_found_wrong)
{
    static const struct row rows[] = {
        { "1 validation error for Cfg\npassword\n  Too short [type=string_too_short, input_value='Raven9420', input_type=str]",
          "1 validation error for Cfg\npassword\n  Too short [type=string_too_short, input_value='[secret]', input_type=str]" },
        { "name\n  Too short [type=string_too_short, input_value='Raven9420', input_type=str]",
          "name\n  Too short [type=string_too_short, input_value='Raven9420', input_type=str]" },
        { "[{'type': 'x', 'loc': ('body', 'password'), 'msg': 'y', 'input': 'Raven9420'}]",
          "[{'type': 'x', 'loc': ('body', 'password'), 'msg': 'y', 'input': '[secret]'}]" },
        { "[{'loc': ('body', 'password'), 'msg': 'y'}, {'loc': ('a',), 'input': 'Raven9420'}]",
          "[{'loc': ('body', 'password'), 'msg': 'y'}, {'loc': ('a',), 'input': 'Raven9420'}]" },
        { "Field error in object 'form' on field 'password': rejected value [Raven9420]; codes [Size.form.password]",
          "Field error in object 'form' on field 'password': rejected value [[secret]]; codes [Size.form.password]" },
        { "\"password\" with value \"Raven9420\" fails to match", "\"password\" with value \"[secret]\" fails to match" },
    };
    check_rows(rows, NJ_COUNT(rows));
    ck_assert_json("{\"loc\":[\"body\",\"password\"],\"msg\":\"short\",\"input\":\"Raven9420\"}",
                   "{\"loc\":[\"body\",\"password\"],\"msg\":\"short\",\"input\":\"[secret]\"}");
    ck_assert_json("{\"loc\":[\"body\",\"password\"],\"input\":{\"user\":\"kim\"}}",
                   "{\"loc\":[\"body\",\"password\"],\"input\":{\"user\":\"kim\"}}");
    ck_assert_json("[{\"loc\":[\"password\"]},{\"loc\":[\"age\"],\"input\":\"twelve\"}]",
                   "[{\"loc\":[\"password\"]},{\"loc\":[\"age\"],\"input\":\"twelve\"}]");
    ck_assert_json("{\"path\":\"user.password\",\"value\":\"Raven9420\"}", "{\"path\":\"user.password\",\"value\":\"[secret]\"}");
    ck_assert_json("{\"path\":\"/oauth/token\",\"value\":\"Raven9420\"}", "{\"path\":\"/oauth/token\",\"value\":\"Raven9420\"}");
    ck_assert_json("{\"path\":\"secret.txt\",\"value\":\"Raven9420\"}", "{\"path\":\"secret.txt\",\"value\":\"Raven9420\"}");
    ck_assert_json("{\"field\":\"password\",\"rejectedValue\":\"Raven9420\"}", "{\"field\":\"password\",\"rejectedValue\":\"[secret]\"}");
    ck_assert_json("{\"name\":\"getToken\",\"input\":\"Raven9420\"}", "{\"name\":\"getToken\",\"input\":\"Raven9420\"}");
}
END_TEST

START_TEST(test_redact_dotnet_and_node_print_values)
{
    static const struct row rows[] = {
        { "User { Name = bob, Password = Raven$quar9420 }", "User { Name = bob, Password = [secret] }" },
        { "User { Password = Raven$quar9420, Name = bob }", "User { Password = [secret], Name = bob }" },
        { "{ user: 'bob', password: 'Raven$quar9420', n: 3 }", "{ user: 'bob', password: '[secret]', n: 3 }" },
        { "{\n  user: 'bob',\n  password: 'Raven$quar9420',\n  nested: { token: 'Raven$quar9420' }\n}",
          "{\n  user: 'bob',\n  password: '[secret]',\n  nested: { token: '[secret]' }\n}" },
        { "{ user: \x1b"
          "[32m'bob'\x1b"
          "[39m, password: \x1b"
          "[32m'Raven$quar9420'\x1b"
          "[39m }",
          "{ user: 'bob', password: '[secret]' }" },
        { "\x1b"
          "[36mpassword\x1b"
          "[0m=Raven$quar9420 n=3",
          "password=[secret] n=3" },
        { "\x1b"
          "[36mpassword\x1b"
          "[0m: \x1b"
          "[33mRaven$quar9420\x1b"
          "[0m",
          "password: [secret]" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_settings_and_headers_are_read)
{
    static const struct row rows[] = {
        { "db:\n  user: bob\n  password: Raven$quar9420\n  port: 5432\n", "db:\n  user: bob\n  password: [secret]\n  port: 5432\n" },
        { "db:\n  password: \"Raven$quar9420\"\n  port: 5432\n", "db:\n  password: \"[secret]\"\n  port: 5432\n" },
        { "db:\n  password: |\n    Raven$quar9420\n  port: 5432\n", "db:\n  password: |\n    [secret]\n  port: 5432\n" },
        { "env:\n  - name: DB_PASSWORD\n    value: Raven$quar9420\n  - name: PORT\n    value: \"5432\"\n",
          "env:\n  - name: DB_PASSWORD\n    value: [secret]\n  - name: PORT\n    value: \"5432\"\n" },
        { "[db]\nuser = bob\npassword = Raven$quar9420\nport = 5432", "[db]\nuser = bob\npassword = [secret]\nport = 5432" },
        { "Server=tcp:h,1433;Database=d;User ID=u;Password=Raven$quar9420;Encrypt=True",
          "Server=tcp:h,1433;Database=d;User ID=u;Password=[secret];Encrypt=True" },
        { "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"Raven$quar9420\";",
          "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"[secret]\";" },
        { "DB_HOST=h\nDB_PASSWORD=Raven$quar9420\nAPP_ENV=prod\n", "DB_HOST=h\nDB_PASSWORD=[secret]\nAPP_ENV=prod\n" },
        { "Set-Cookie: sid=" TOKEN "; Path=/; HttpOnly", "Set-Cookie: [secret]" },
        { "Authorization: Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"/x\", response=\"0123456789abcdef0123456789abcdef\"",
          "Authorization: [secret]" },
        { "Digest username=\"u\", realm=\"r\", response=\"0123456789abcdef0123456789abcdef\"",
          "Digest username=\"u\", realm=\"r\", response=\"[secret]\"" },
        { "grant_type=authorization_code&code=" TOKEN "&redirect_uri=x", "grant_type=authorization_code&code=[secret]&redirect_uri=x" },
        { "GET /cb?code=" TOKEN "&state=xyz", "GET /cb?code=[secret]&state=xyz" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_tags_and_attributes_are_read)
{
    static const struct row rows[] = {
        { "<cfg><dbPassword>Raven$quar9420</dbPassword><timeout>15</timeout></cfg>",
          "<cfg><dbPassword>[secret]</dbPassword><timeout>15</timeout></cfg>" },
        { "<soap:Body><ns:Password xsi:type=\"xsd:string\">Raven$quar9420</ns:Password><a>1</a></soap:Body>",
          "<soap:Body><ns:Password xsi:type=\"xsd:string\">[secret]</ns:Password><a>1</a></soap:Body>" },
        { "<entry key=\"db.password\">Raven$quar9420</entry><entry key=\"port\">54</entry>",
          "<entry key=\"db.password\">[secret]</entry><entry key=\"port\">54</entry>" },
        { "<add key=\"SmtpPassword\" value=\"Raven$quar9420\" /><add key=\"port\" value=\"25\" />",
          "<add key=\"SmtpPassword\" value=\"[secret]\" /><add key=\"port\" value=\"25\" />" },
        { "<add value=\"Raven$quar9420\" key=\"SmtpPassword\" /><add key=\"port\" value=\"25\" />",
          "<add value=\"[secret]\" key=\"SmtpPassword\" /><add key=\"port\" value=\"25\" />" },
        { "<property name='api_key'>" TOKEN "</property>", "<property name='api_key'>[secret]</property>" },
        { "<password><![CDATA[Raven$quar9420]]></password><a>1</a>", "<password><![CDATA[[secret]]]></password><a>1</a>" },
        { "<key>apiKey</key>\n <string>Raven$quar9420</string>", "<key>apiKey</key>\n <string>[secret]</string>" },
        { "<param><name>password</name><value>x1</value></param>", "<param><name>password</name><value>[secret]</value></param>" },
        { "<name>bob</name><value>x1</value>", "<name>bob</name><value>x1</value>" },
        { "<input type=\"password\" name=\"pw\" value=\"Raven$quar9420\">", "<input type=\"password\" name=\"pw\" value=\"[secret]\">" },
        { "<user name=\"bob\" password=\"Raven$quar9420\"/>", "<user name=\"bob\" password=\"[secret]\"/>" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_parts_of_forms_are_read)
{
    static const struct row rows[] = {
        { "------WebKit\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nbob\r\n------WebKit\r\nContent-Disposition: form-data; "
          "name=\"password\"\r\n\r\nRaven$quar9420\r\n------WebKit--",
          "------WebKit\nContent-Disposition: form-data; name=\"user\"\n\nbob\n------WebKit\nContent-Disposition: form-data; "
          "name=\"password\"\n\n[secret]\n------WebKit--" },
        { "b'--X\\r\\nContent-Disposition: form-data; name=\"password\"\\r\\n\\r\\nRaven$quar9420\\r\\n--X--'",
          "b'--X\\r\\nContent-Disposition: form-data; name=\"password\"\\r\\n\\r\\n[secret]\\r\\n--X--'" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_sql_inserts_by_column)
{
    static const struct row rows[] = {
        { "INSERT INTO users (login, password, age) VALUES ('bob', 'Raven$quar9420', 4)",
          "INSERT INTO users (login, password, age) VALUES ('bob', '[secret]', 4)" },
        { "insert into \"app\".\"users\" (\"id\",\"password\",\"api_key\") values (1, 'it''s x', N'k1'), (2,'b','k2') RETURNING id",
          "insert into \"app\".\"users\" (\"id\",\"password\",\"api_key\") values (1, '[secret]', N'[secret]'), (2,'[secret]','[secret]') "
          "RETURNING id" },
        { "INSERT INTO users (login, password_hash, n) VALUES ($1, md5('hunter2'), now())",
          "INSERT INTO users (login, password_hash, n) VALUES ($1, [secret], now())" },
        { "{\"q\":\"INSERT INTO u (a, password) VALUES (\\\"bob\\\", \\\"p4ss!\\\")\"}",
          "{\"q\":\"INSERT INTO u (a, password) VALUES (\\\"bob\\\", \\\"[secret]\\\")\"}" },
        /* more than can be kept: all the rest goes */
        { "INSERT INTO u (a,passwd) VALUES "
          "('a','b1'),('a','b2'),('a','b3'),('a','b4'),('a','b5'),('a','b6'),('a','b7'),('a','b8'),('a','b9')",
          "INSERT INTO u (a,passwd) VALUES "
          "('a','[secret]'),('a','[secret]'),('a','[secret]'),('a','[secret]'),('a','[secret]'),('a','[secret]'),('a','[secret]'),('a','["
          "secret]" },
        { "INSERT INTO `users` (`login`,`passwd`) VALUES (?, ?)", "INSERT INTO `users` (`login`,`passwd`) VALUES (?, ?)" },
        { "INSERT INTO t (password_reset_at, token_count) VALUES ('2026-01-01', 5)",
          "INSERT INTO t (password_reset_at, token_count) VALUES ('2026-01-01', 5)" },
        { "CREATE TABLE users (id int, password varchar(20), email text)",
          "CREATE TABLE users (id int, password varchar(20), email text)" },
        { "SELECT login, password FROM users WHERE (id, password) IN (1, 2)",
          "SELECT login, password FROM users WHERE (id, password) IN (1, 2)" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_sentences_name_an_owner_or_a_card)
{
    static const struct row rows[] = {
        { "The new password for Bob Miller is: Winter2026!", "The new password for Bob Miller is: [secret]" },
        { "The PIN of card 12 is: 4821", "The PIN of card 12 is: [secret]" },
        { "The password you entered: hunter2x", "The password you entered: [secret]" },
        { "card 4111 1111 1111 1111 exp 12/29 cvv 123", "card [credit_card-1111] exp 12/29 cvv [secret]" },
        { "CVC 123, card 4111 1111 1111 1111; cvc missing", "CVC [secret], card [credit_card-1111]; cvc missing" },
        { "password reset link: https://x.io/r/9f8e7d6c5b4a39281706f5e4d3c2b1a0", "password reset link: https://x.io/r/[credential]" },
        { "Bearer: abcdefghijk1234567", "Bearer: [credential]" },
        { "The time for Bob is: 12:40", "The time for Bob is: 12:40" },
        { "The maximum tokens for gpt-4 is: 8192", "The maximum tokens for gpt-4 is: 8192" },
        { "The value you entered: hunter2x", "The value you entered: hunter2x" },
        { "link to docs: https://x.io/r/9f8e7d6c5b4a39281706f5e4d3c2b1a0",
          "link to docs: https://x.io/r/9f8e7d6c5b4a39281706f5e4d3c2b1a0" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_sql_sets_passwords)
{
    static const struct row rows[] = {
        { "ALTER USER app PASSWORD 'Raven$quar9420' VALID UNTIL 'x'", "ALTER USER app PASSWORD '[secret]' VALID UNTIL 'x'" },
        { "CREATE USER app@'%' IDENTIFIED BY 'Raven$quar9420' REQUIRE SSL", "CREATE USER app@'%' IDENTIFIED BY '[secret]' REQUIRE SSL" },
        { "CREATE USER app IDENTIFIED WITH mysql_native_password BY 'Raven$quar9420'",
          "CREATE USER app IDENTIFIED WITH mysql_native_password BY '[secret]'" },
        { "create role x with login encrypted password 'Raven$quar9420'; select 1",
          "create role x with login encrypted password '[secret]'; select 1" },
        { "CREATE LOGIN x WITH PASSWORD = 'Raven$quar9420', DEFAULT_DATABASE=db",
          "CREATE LOGIN x WITH PASSWORD = '[secret]', DEFAULT_DATABASE=db" },
        { "SET PASSWORD FOR 'bob'@'localhost' = PASSWORD('Raven$quar9420')", "SET PASSWORD FOR 'bob'@'localhost' = PASSWORD('[secret]')" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_command_lines_take_passwords)
{
    static const struct row rows[] = {
        { "pg_restore --username=rest --password Raven$quar9420 --jobs 4", "pg_restore --username=rest --password [secret] --jobs 4" },
        { "run --token=" TOKEN " --jobs 4", "run --token=[secret] --jobs 4" },
        { "run --api-key " TOKEN " --jobs 4", "run --api-key [secret] --jobs 4" },
        { "run --client-secret \"" TOKEN "\" --jobs 4", "run --client-secret \"[secret]\" --jobs 4" },
        { "curl -s -u admin:Raven$quar9420 https://h/x", "curl -s -u admin:[secret] https://h/x" },
        { "curl --user 'admin:Raven$quar9420' https://h/x", "curl --user 'admin:[secret]' https://h/x" },
        { "mysql -h db -u root -pRaven$quar9420 app", "mysql -h db -u root -p[secret] app" },
        { "mysql -h db -u root -p Raven$quar9420 app", "mysql -h db -u root -p [secret] app" },
        { "docker login -u bob -p Raven$quar9420 reg.io", "docker login -u bob -p [secret] reg.io" },
        { "openssl rsa -in k.pem -passin pass:Raven$quar9420 -out o.pem", "openssl rsa -in k.pem -passin pass:[secret] -out o.pem" },
        { "sshpass -p Raven$quar9420 ssh h", "sshpass -p [secret] ssh h" },
        { "gpg --batch --passphrase Raven$quar9420 -d x", "gpg --batch --passphrase [secret] -d x" },
        { "[\"psql\",\"--password\",\"Raven$quar9420\",\"-c\"]", "[\"psql\",\"--password\",\"[secret]\",\"-c\"]" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_sentences_tell_passwords)
{
    static const struct row rows[] = {
        { "user bob logged in, password is Raven$quar9420 and all is well", "user bob logged in, password is [secret] and all is well" },
        { "the password 'Raven$quar9420' was refused", "the password '[secret]' was refused" },
        { "the password \"Raven$quar9420\" was refused", "the password \"[secret]\" was refused" },
        { "password set to Raven$quar9420 by admin", "password set to [secret] by admin" },
        { "Password changed to Raven$quar9420.", "Password changed to [secret]" },
        { "logging in with password Raven$quar9420 now", "logging in with password [secret] now" },
        { "temporary password: Raven$quar9420 (expires soon)", "temporary password: [secret] (expires soon)" },
        { "password -> Raven$quar9420", "password -> [secret]" },
        { "password\tRaven$quar9420\tok", "password\t[secret]\tok" },
        { "| password | Raven$quar9420 |", "| password | [secret] |" },
        { "your api key is " TOKEN ", keep it", "your api key is [secret], keep it" },
        { "Password\nRaven$quar9420\nnext", "Password\n[secret]\nnext" },
        { "Password:\nRaven$quar9420\nnext", "Password:\n[secret]\nnext" },
        { "Your OTP is 482910 and", "Your OTP is [secret] and" },
        { "PIN is 4821 ok", "PIN is [secret] ok" },
        { "your verification code is 193755.", "your verification code is [secret]" },
        { "otp: 482910 sent", "otp: [secret] sent" },
        { "one-time code 1: OTP=482910", "one-time code 1: OTP=[secret]" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_lines_that_speak_about_secrets_are_left)
{
    static const char *const lines[] = {
        "Wrong password, please try again",
        "token count: 5",
        "password policy: strong",
        "tokens_in=811 tokens_out=44",
        "{\"secretsLoaded\":3,\"keySchema\":\"HASH\"}",
        "  --password string   Password for the registry",
        "  -p, --password PASSWORD  the password to use",
        "Use the --password flag or --token instead",
        "usage: login <user> <password> to continue",
        "Error: missing credentials\n    at loadSecret (/var/task/lib/secret.js:19:11)",
        "  File \"/var/task/password_utils.py\", line 12, in check_password\n    raise ValueError(\"bad password\")",
        "at com.acme.PasswordEncoder.encode(PasswordEncoder.java:88)",
        "password is required",
        "password must be at least 8 characters",
        "The password is too short",
        "Invalid token at line 4",
        "Unexpected token } in JSON at position 17",
        "unexpected token \"foo\" at 3",
        "key 3 of 9 processed",
        "primary key is 42",
        "secret arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf loaded",
        "rotated secret prod/db in 12ms",
        "cache key user:123:profile hit",
        "token expired at 2026-11-26T09:00:00Z",
        "password changed 3 days ago",
        "password is 90 days old",
        "password reset requested for user 42",
        "access key rotated",
        "session token expired after 3600s",
        "nextToken=abc123def456",
        "authorization: denied for bob",
        "auth=none cookieConsent=true",
        "docker run -p 8080:80 -u 1000:1000 img",
        "mkdir -p /opt/x",
        "curl -u https://h",
        "status code is 200",
        "exit code is 1",
        "the key is 12 bytes long",
        "partition key is user#42",
        "\"fields\":[\"password\",\"confirm\"]",
        "field \"password\" \"required\"",
        "parameter password: required",
        "{\"required\":[\"email\",\"password\"]}",
        "password_hash_algorithm=argon2id",
        "Loading secret \"prod/db/creds\" from vault",
        "tokenizer=cl100k max_tokens=4096",
        "<secret> tag",
        "key: value",
        "monkey: banana",
        "Set-Cookie consent banner shown",
        "GET /tokens/refresh 200 12ms",
        "otp length is 6",
        "pin count is 4",
        "passing -k 3 to sort",
        "sort -k 2 -u file",
        "secretKeyRef: name: db-secret key: password",
        "valueFrom: secretKeyRef",
        "signature=ok",
        "name=password type=string",
        "Validation failed: password is not strong enough",
        "the token bucket holds 500 items",
        "api key usage: 12 of 100",
        "cursor token page=2",
        "Password: ",
        "GET /users/me/password v2beta11",
        "PASSWORD_HASHERS = ['a.b.C']",
        "--password <PASSWORD>  the database password9",
        "token invalid, fingerprint SHA256:WhmnuUDIBP3IQIMneFKvg8sY7MdfT0BuD6DSKlxXfSK",
        "token refresh: event evt_5yBL7fKKHPByTcAHHLNZtJtw handled",
        "secret loaded\n-----BEGIN CERTIFICATE-----\nMIIDsiA8FgeDnpGxsDPdDmaUAxddbN9tJ1raXNOl\n-----END CERTIFICATE-----",
        "Enter password:",
        "kms key alias/prod-1 used",
        "public key 3f2a9c1d8e4b5f60718293a4b5c6d7e8 loaded",
    };
    for (size_t i = 0; i < NJ_COUNT(lines); i++)
        ck_assert_text_stays(lines[i]);
}
END_TEST

START_TEST(test_redact_names_may_stand_apart_from_values)
{
    static const struct row rows[] = {
        { "a:2:{s:8:\"password\";s:6:\"raven9\";s:1:\"n\";i:3;}", "a:2:{s:8:\"password\";s:6:\"[secret]\";s:1:\"n\";i:3;}" },
        { "pool - password........raven9420", "pool - password........[secret]" },
        { "id,login,password,role\n7,kay,raven9420,admin\n8,bo,heron77,user",
          "id,login,password,role\n7,kay,[secret],admin\n8,bo,[secret],user" },
        { "id,login,password\n7,kay\n", "id,login,password\n7,kay\n" },
        { "credentials: deploy / raven9420 on b", "credentials: deploy / [secret] on b" },
        { "password=Password(value='raven9420'), n=1", "password=Password(value='[secret]'), n=1" },
        { "app:raven9420@tcp(db:3306)/shop", "app:[credential]@tcp(db:3306)/shop" },
        { "Das Passwort lautet: raven9420", "Das Passwort lautet: [secret]" },
        { "482913 is your code", "[secret] is your code" },
        { "use G-482913 as your verification code", "use G-[secret] as your verification code" },
        { "482913 is your order", "482913 is your order" },
        { "password = \"raven9420\" -> \"heron77\"", "password = \"[secret]\" -> \"[secret]\"" },
        { "<setting name=\"FtpPassword\"><value>raven9420</value></setting>",
          "<setting name=\"FtpPassword\"><value>[secret]</value></setting>" },
        { "{'kty': 'EC', 'd': 'q8ZkT3vB1nLx0RmWc7Yd5HpJ', 'x': 'q8ZkT3vB1nLx0RmWc7Yd5HpJ'}",
          "{'kty': 'EC', 'd': '[secret]', 'x': 'q8ZkT3vB1nLx0RmWc7Yd5HpJ'}" },
        { "{'crv': 'EC', 'd': 'q8ZkT3vB1nLx0RmWc7Yd5HpJ'}", "{'crv': 'EC', 'd': 'q8ZkT3vB1nLx0RmWc7Yd5HpJ'}" },
        { "{'key': 'passphrase', 'value': {'stringValue': 'raven9420'}}", "{'key': 'passphrase', 'value': {'stringValue': '[secret]'}}" },
        { "{'arn': 'x:secret:db', 'id': 'k9'}", "{'arn': 'x:secret:db', 'id': 'k9'}" },
        { "**password**: `raven9420`", "**password**: `[secret]`" },
        { "- password: !!str raven9420\n- n: 1", "- password: !!str [secret]\n- n: 1" },
        { "card_4111111111111111 or AMEX-378282246310005", "card_[credit_card-1111] or AMEX-[credit_card-0005]" },
        { "one-time password 591665 sent", "one-time password [secret] sent" },
        { "\\x22password\\x22:\\x22raven9420\\x22,", "\\x22password\\x22:\\x22[secret]\\x22," },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_lists_of_arguments_take_passwords)
{
    static const struct row rows[] = {
        { "run(['mysql', '-uroot', '-praven9420', 'x'])", "run(['mysql', '-uroot', '-p[secret]', 'x'])" },
        { "argv=[\"docker\",\"login\",\"-u\",\"ci\",\"-p\",\"raven9420\",\"h\"]",
          "argv=[\"docker\",\"login\",\"-u\",\"ci\",\"-p\",\"[secret]\",\"h\"]" },
        { "run(['mkdir', '-p', '/opt/x9'])", "run(['mkdir', '-p', '/opt/x9'])" },
        { "smbclient //n/s -U 'svc%raven9420' -c ls", "smbclient //n/s -U 'svc%[secret]' -c ls" },
        { "requirepass raven9420\nmaxmemory 64mb", "requirepass [secret]\nmaxmemory 64mb" },
        { "3 tests pass v1.2.3", "3 tests pass v1.2.3" },
    };
    check_rows(rows, NJ_COUNT(rows));
    ck_assert_json("{\"argv\":[\"mysql\",\"-praven9420\",\"x\"]}", "{\"argv\":[\"mysql\",\"[secret]\",\"x\"]}");
    ck_assert_json("{\"argv\":[\"docker\",\"login\",\"-p\",\"raven9420\"]}", "{\"argv\":[\"docker\",\"login\",\"-p\",\"[secret]\"]}");
    ck_assert_json("{\"argv\":[\"mkdir\",\"-p\",\"a1\"]}", "{\"argv\":[\"mkdir\",\"-p\",\"a1\"]}");
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_python_prints_values)                                                                                                    \
    X(test_redact_java_and_go_print_values)                                                                                                \
    X(test_redact_ruby_and_php_print_values)                                                                                               \
    X(test_redact_erlang_and_rust_print_values)                                                                                            \
    X(test_redact_options_of_windows)                                                                                                      \
    X(test_redact_passwords_of_somebody_in_a_sentence)                                                                                     \
    X(test_redact_what_validators_found_wrong)                                                                                             \
    X(test_redact_dotnet_and_node_print_values)                                                                                            \
    X(test_redact_settings_and_headers_are_read)                                                                                           \
    X(test_redact_tags_and_attributes_are_read)                                                                                            \
    X(test_redact_parts_of_forms_are_read)                                                                                                 \
    X(test_redact_sql_inserts_by_column)                                                                                                   \
    X(test_redact_sentences_name_an_owner_or_a_card)                                                                                       \
    X(test_redact_sql_sets_passwords)                                                                                                      \
    X(test_redact_command_lines_take_passwords)                                                                                            \
    X(test_redact_names_may_stand_apart_from_values)                                                                                       \
    X(test_redact_lists_of_arguments_take_passwords)                                                                                       \
    X(test_redact_sentences_tell_passwords)                                                                                                \
    X(test_redact_lines_that_speak_about_secrets_are_left)

REDACT_TEST_MAIN("redact_renderings")
