/* Tests of the walk over JSON: depth, containers, pairs, nested documents, and what must come out byte for byte. */
#include "redact_unit.h"

START_TEST(test_redact_json_without_findings_is_copied_byte_for_byte)
{
    static const char *const rows[] = {
        "{}",
        "[]",
        "0",
        "-1.50e+3",
        "true",
        "null",
        "\"\"",
        "\"x\"",
        "{ \"b\" : 1 ,\t\"a\" : [ 1.0 , 2e5, -0 ] , \"B\" : \"again\" }",
        "{\"e\":\"\\u00e9\\/\\n\\t\\\"\\\\ \xC3\xA9 \\ud83d\\ude00 \xF0\x9F\x98\x80\"}",
        "{\"big\":123456789012345678901234567890,\"frac\":0.1000,\"t\":1735689600000,\"id\":1234567812345670}",
        "{\"when\":\"2026-11-23T07:15:01.123Z\",\"arn\":\"arn:aws:lambda:eu-west-1:111122223333:function:x\",\"url\":\"https://h/p?a=b\"}",
        "{\"nested\":\"{\\\"a\\\":{\\\"b\\\":[1,2]}}\",\"broken\":\"{\\\"a\\\":\",\"list\":[[],[[]],{}]}",
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_json_stays(rows[i]);
    ck_assert_counts("");
}
END_TEST

START_TEST(test_redact_json_only_the_found_part_is_rewritten)
{
    ck_assert_json("{ \"n\" : 1.50 , \"mail\":\"joe@example.com\", \"z\" : \"\\u00e9\" }",
                   "{ \"n\" : 1.50 , \"mail\":\"[email]\", \"z\" : \"\\u00e9\" }");
    ck_assert_counts("{\"email\":1}");
}
END_TEST

START_TEST(test_redact_json_line_breaks_between_tokens_become_spaces)
{
    ck_assert_json("{\n  \"a\": 1,\r\n  \"b\": \"x\\ny\"\n}", "{   \"a\": 1,    \"b\": \"x\\ny\" }");
}
END_TEST

START_TEST(test_redact_json_secrets_are_found_at_any_depth)
{
    struct nj_buf in;
    nj_buf_init(&in, 1 << 20);
    for (int i = 0; i < 100; i++)
        nj_buf_addz(&in, "{\"a\":[");
    nj_buf_addz(&in, "{\"password\":\"Tulip77\"}");
    for (int i = 0; i < 100; i++)
        nj_buf_addz(&in, "]}");
    struct nj_str out = json_of(nj_buf_str(&in));
    ck_assert(nj_str_find(out, NJ_STR("Tulip77"), 0) == NJ_NPOS);
    ck_assert(nj_str_find(out, NJ_STR("\"password\":\"[secret]\""), 0) != NJ_NPOS);
    nj_buf_fini(&in);
}
END_TEST

START_TEST(test_redact_json_scalars_under_a_secret_name)
{
    ck_assert_json("{\"otp\":338162,\"pin\":-1,\"cvv\":\"012\",\"secret\":true,\"token\":null,\"password\":\"\"}",
                   "{\"otp\":\"[secret]\",\"secret\":true,\"token\":null,\"password\":\"\"}");
    ck_assert_counts("{\"key.pin\":1,\"key.otp\":1,\"key.cvv\":1}");
    ck_assert_json("{\"smtp_pass\":5,\"db_pass\":\"x\",\"pwd\":\"/var/task\"}",
                   "{\"smtp_pass\":5,\"db_pass\":\"[secret]\",\"pwd\":\"/var/task\"}");
}
END_TEST

START_TEST(test_redact_json_containers_under_a_secret_name_lose_their_leaves)
{
    ck_assert_json(
        "{\"credentials\":{\"user\":\"joe\",\"id\":\"c-1\",\"type\":\"basic\",\"expires\":12,\"n\":[1,\"x\",true,null,{\"y\":\"z\"}]},"
        "\"a\":1}",
        "{\"credentials\":{\"user\":\"[secret]\",\"id\":\"c-1\",\"type\":\"basic\",\"expires\":12,\"n\":[\"[secret]\",\"[secret]\",true,"
        "null,{\"y\":\"[secret]\"}]},\"a\":1}");
    ck_assert_counts("{\"key.credential\":4}");
    ck_assert_json("{\"multiValueHeaders\":{\"Authorization\":[\"Bearer x\",\"y\"],\"Accept\":[\"a/b\"]}}",
                   "{\"multiValueHeaders\":{\"Authorization\":[\"[secret]\",\"[secret]\"],\"Accept\":[\"a/b\"]}}");
}
END_TEST

START_TEST(test_redact_json_pairs_are_read_in_both_orders)
{
    static const char *const rows[][2] = {
        { "[{\"name\":\"retries\",\"value\":\"3\"},{\"name\":\"smtp_password\",\"value\":\"x1\"}]",
          "[{\"name\":\"retries\",\"value\":\"3\"},{\"name\":\"smtp_password\",\"value\":\"[secret]\"}]" },
        { "{\"Key\":\"token\",\"Value\":{\"S\":\"x1\"}}", "{\"Key\":\"token\",\"Value\":{\"S\":\"[secret]\"}}" },
        { "{\"value\":\"x1\",\"name\":\"apiKey\"}", "{\"value\":\"[secret]\",\"name\":\"apiKey\"}" },
        { "{\"Value\":{\"S\":\"x1\"},\"n\":1,\"Name\":\"db/password\"}",
          "{\"Value\":{\"S\":\"[secret]\"},\"n\":1,\"Name\":\"db/password\"}" },
        { "{\"value\":[7],\"key\":\"pin\"}", "{\"value\":[\"[secret]\"],\"key\":\"pin\"}" },
        { "{\"name\":\"Authorization\",\"values\":[\"Bearer x\"]}", "{\"name\":\"Authorization\",\"values\":[\"[secret]\"]}" },
        { "{\"Name\":{\"S\":\"db_password\"},\"Value\":{\"S\":\"x1\"}}",
          "{\"Name\":{\"S\":\"db_password\"},\"Value\":{\"S\":\"[secret]\"}}" },
        { "{\"Value\":{\"S\":\"x1\"},\"Name\":{\"S\":\"db_password\"}}",
          "{\"Value\":{\"S\":\"[secret]\"},\"Name\":{\"S\":\"db_password\"}}" },
        { "{\"Name\":\"/x/y\",\"Type\":\"SecureString\",\"Value\":\"x1\"}",
          "{\"Name\":\"/x/y\",\"Type\":\"SecureString\",\"Value\":\"[secret]\"}" },
        { "{\"Value\":\"x1\",\"Name\":\"/x/y\",\"Type\":\"SecureString\"}",
          "{\"Value\":\"[secret]\",\"Name\":\"/x/y\",\"Type\":\"SecureString\"}" },
        { "{\"ParameterKey\":\"DbPassword\",\"ParameterValue\":\"x1\"}",
          "{\"ParameterKey\":\"DbPassword\",\"ParameterValue\":\"[secret]\"}" },
        { "{\"authorization\":[{\"key\":\"Authorization\",\"value\":\"Bearer x\"}]}",
          "{\"authorization\":[{\"key\":\"Authorization\",\"value\":\"[secret]\"}]}" },
        { "{\"rawHeaders\":[\"Host\",\"h\",\"Cookie\",\"a=b\",\"Accept\",\"token\"]}",
          "{\"rawHeaders\":[\"Host\",\"h\",\"Cookie\",\"[secret]\",\"Accept\",\"token\"]}" },
        { "[\"--password\",\"x1\",\"--jobs\",\"4\",\"--token\",\"--force\"]",
          "[\"--password\",\"[secret]\",\"--jobs\",\"4\",\"--token\",\"--force\"]" },
        { "[[\"cookie\",\"a=b\"],[\"accept\",\"x\"]]", "[[\"cookie\",\"[secret]\"],[\"accept\",\"x\"]]" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_json(rows[i][0], rows[i][1]);
}
END_TEST

START_TEST(test_redact_json_private_members_of_web_keys_go)
{
#define NUMBER                                                                                                                             \
    "AbCd"                                                                                                                                 \
    "1234EfGh5678IjKl"
    ck_assert_json("{\"kty\":\"RSA\",\"n\":\"" NUMBER "\",\"e\":\"AQAB\",\"d\":\"" NUMBER "\",\"qi\":\"" NUMBER "\"}",
                   "{\"kty\":\"RSA\",\"n\":\"" NUMBER "\",\"e\":\"AQAB\",\"d\":\"[secret]\",\"qi\":\"[secret]\"}");
    ck_assert_json("{\"k\":\"" NUMBER "\",\"alg\":\"HS256\",\"kty\":\"oct\"}", "{\"k\":\"[secret]\",\"alg\":\"HS256\",\"kty\":\"oct\"}");
    ck_assert_json_stays("{\"k\":\"" NUMBER "\",\"d\":\"" NUMBER "\"}");
    ck_assert_json_stays("{\"kty\":\"EC\",\"x\":\"" NUMBER "\",\"d\":\"short\"}");
}
END_TEST

START_TEST(test_redact_json_a_code_is_secret_beside_its_grant)
{
    ck_assert_json("{\"grant_type\":\"authorization_code\",\"code\":\"abc-123\"}",
                   "{\"grant_type\":\"authorization_code\",\"code\":\"[secret]\"}");
    ck_assert_json("{\"code\":\"abc-123\",\"grant_type\":\"x\"}", "{\"code\":\"[secret]\",\"grant_type\":\"x\"}");
    ck_assert_json_stays("{\"code\":\"abc-123\",\"a\":{\"grant_type\":\"x\"}}");
}
END_TEST

START_TEST(test_redact_json_parameters_of_a_query_are_judged_as_in_a_url)
{
    ck_assert_json("{\"queryStringParameters\":{\"Signature\":\"4f6b\",\"n\":\"2\"},\"Signature\":\"4f6b\"}",
                   "{\"queryStringParameters\":{\"Signature\":\"[secret]\",\"n\":\"2\"},\"Signature\":\"4f6b\"}");
    ck_assert_json("{\"multiValueQueryStringParameters\":{\"signature\":[\"4f6b\"]}}",
                   "{\"multiValueQueryStringParameters\":{\"signature\":[\"[secret]\"]}}");
    ck_assert_json("{\"query\":{\"code\":\"x81k20\",\"state\":\"s\"}}", "{\"query\":{\"code\":\"[secret]\",\"state\":\"s\"}}");
    ck_assert_json("{\"query\":{\"state\":\"s\",\"code\":\"x81k20\"}}", "{\"query\":{\"state\":\"s\",\"code\":\"[secret]\"}}");
    ck_assert_json_stays("{\"query\":{\"code\":\"x81k20\"},\"state\":\"s\"}");
    ck_assert_json_stays("{\"order\":{\"code\":\"x81k20\",\"state\":\"s\"}}");
    ck_assert_text("event {'query': {'code': 'x81k20', 'state': 's'}}", "event {'query': {'code': '[secret]', 'state': 's'}}");
    ck_assert_text("event {'order': {'code': 'x81k20', 'state': 's'}}", "event {'order': {'code': 'x81k20', 'state': 's'}}");
}
END_TEST

START_TEST(test_redact_json_names_of_a_patient_stand_beside_each_other)
{
    ck_assert_json("{\"family\":\"Li\",\"given\":[\"Bo\",\"Ann\"]}", "{\"family\":\"[secret]\",\"given\":[\"[secret]\",\"[secret]\"]}");
    ck_assert_json("{\"given\":[\"Bo\"],\"family\":\"Li\"}", "{\"given\":[\"[secret]\"],\"family\":\"[secret]\"}");
    ck_assert_json_stays("{\"family\":\"ipv4\",\"gives\":1}");
    ck_assert_text("name={'family': 'Li', 'given': 'Bo'}", "name={'family': '[secret]', 'given': '[secret]'}");
    ck_assert_text("font={'family': 'Inter', 'size': 'given'}", "font={'family': 'Inter', 'size': 'given'}");
}
END_TEST

START_TEST(test_redact_json_secure_strings_are_secret_whatever_they_are_called)
{
    ck_assert_json(
        "[{\"Name\":\"/app/mail\",\"Type\":\"SecureString\",\"Value\":\"x1\"},{\"Name\":\"/a\",\"Type\":\"String\",\"Value\":\"x2\"}]",
        "[{\"Name\":\"/app/mail\",\"Type\":\"SecureString\",\"Value\":\"[secret]\"},{\"Name\":\"/"
        "a\",\"Type\":\"String\",\"Value\":\"x2\"}]");
    ck_assert_text("got {'Name': '/app/mail', 'Type': 'SecureString', 'Value': 'x1'}, {'Type': 'String', 'Value': 'x2'}",
                   "got {'Name': '/app/mail', 'Type': 'SecureString', 'Value': '[secret]'}, {'Type': 'String', 'Value': 'x2'}");
}
END_TEST

START_TEST(test_redact_json_names_of_members_go_on_that_of_their_object)
{
    ck_assert_json("{\"customer\":{\"name\":\"Ada B\",\"sku\":\"x\"}}", "{\"customer\":{\"name\":\"[secret]\",\"sku\":\"x\"}}");
    ck_assert_json("{\"patient\":[{\"name\":\"Ada B\"},{\"name\":\"Bo\"}]}",
                   "{\"patient\":[{\"name\":\"[secret]\"},{\"name\":\"[secret]\"}]}");
    ck_assert_json("{\"account\":{\"number\":12345678},\"bank\":{\"account\":\"12345678\"}}",
                   "{\"account\":{\"number\":\"[secret]\"},\"bank\":{\"account\":\"[secret]\"}}");
    ck_assert_json("{\"api\":{\"key\":\"kJ8sd72hHs82jsd7Hsgd62jS\"}}", "{\"api\":{\"key\":\"[secret]\"}}");
    ck_assert_json("{\"session\":{\"id\":\"kJ8sd72hHs82\"}}", "{\"session\":{\"id\":\"[secret]\"}}");
    ck_assert_json("{\"card\":{\"holder\":\"Ada B\",\"no\":3}}", "{\"card\":{\"holder\":\"[secret]\",\"no\":3}}");
    ck_assert_json_stays("{\"customer\":{\"tier\":{\"name\":\"gold\"}},\"name\":\"x\",\"product\":{\"name\":\"Lamp\"}}");
    ck_assert_json_stays("{\"license\":{\"key\":\"mit\",\"name\":\"MIT License\"},\"account\":{\"number\":12,\"id\":\"a\"}}");
    ck_assert_json_stays("{\"user\":{\"name\":\"kim\"},\"storage\":{\"key\":\"a/b/c1.txt\"},\"session\":{\"id\":\"s-20\"}}");
}
END_TEST

START_TEST(test_redact_json_values_of_statements_are_judged_by_their_columns)
{
    ck_assert_json("{\"sql\":\"UPDATE u SET \\\"n\\\"=$1, \\\"password\\\" = $2 WHERE id=$3\",\"params\":[\"kim\",\"x1\",4]}",
                   "{\"sql\":\"UPDATE u SET \\\"n\\\"=$1, \\\"password\\\" = $2 WHERE id=$3\",\"params\":[\"kim\",\"[secret]\",4]}");
    ck_assert_json("{\"query\":\"INSERT INTO u (n, otp) VALUES (?, ?)\",\"values\":[\"kim\",4821]}",
                   "{\"query\":\"INSERT INTO u (n, otp) VALUES (?, ?)\",\"values\":[\"kim\",\"[secret]\"]}");
    ck_assert_json_stays("{\"query\":\"INSERT INTO u (n, v) VALUES ('password', ?)\",\"values\":[\"kim\"]}");
    ck_assert_json_stays("{\"query\":\"password = ?\",\"values\":{\"a\":[\"kim\"]},\"other\":[\"x1\"]}");
    ck_assert_text("INSERT INTO u(n, password) VALUES (lower($1), $2) -- PARAMETERS: [\"kim\", \"x1\"]",
                   "INSERT INTO u(n, password) VALUES (lower($1), $2) -- PARAMETERS: [\"kim\", \"[secret]\"]");
    ck_assert_text("UPDATE u SET password = %s WHERE id = %s; args=('x1', 4)",
                   "UPDATE u SET password = %s WHERE id = %s; args=('[secret]', 4)");
    ck_assert_text("[SQL: SELECT 1 FROM u WHERE n = ? AND pin = ?] [parameters: ('kim', '4821')]",
                   "[SQL: SELECT 1 FROM u WHERE n = ? AND pin = ?] [parameters: ('kim', '[secret]')]");
    ck_assert_text("select 1 where token = @p1; [\"kim\", \"x1\"]", "select 1 where token = @p1; [\"kim\", \"[secret]\"]");
    ck_assert_text("set password = ? and args=('x1')", "set password = ? and args=('x1')"); /* no statement */
    ck_assert_text("update u set n = ? where m = ?; [\"password\", \"x1\"]", "update u set n = ? where m = ?; [\"password\", \"x1\"]");
}
END_TEST

#define SHORT_TEXT "an agent that says who it is in many words, "
#define LONG_TEXT  SHORT_TEXT SHORT_TEXT SHORT_TEXT SHORT_TEXT SHORT_TEXT SHORT_TEXT SHORT_TEXT SHORT_TEXT

START_TEST(test_redact_json_logins_of_curl_lose_their_password)
{
    ck_assert_json("[\"curl\",\"-u\",\"kim:Tulip\\\"77\",\"http://h:80\"]", "[\"curl\",\"-u\",\"kim:[secret]\",\"http://h:80\"]");
    ck_assert_json("[\"CMD\",\"/bin/curl\",\"-s\",\"--user\",\"kim:x1\"]", "[\"CMD\",\"/bin/curl\",\"-s\",\"--user\",\"kim:[secret]\"]");
    ck_assert_json("[\"curl\",\"-H\",\"" LONG_TEXT "\",\"-u\",\"kim:x1\"]", "[\"curl\",\"-H\",\"" LONG_TEXT "\",\"-u\",\"kim:[secret]\"]");
    ck_assert_json("[\"curl\",\"-u\",\"joe@example.com:x1\"]", "[\"curl\",\"-u\",\"[secret]\"]");
    ck_assert_json("[\"curl\",\"-u\",\"k\xB5y:Tulip77\"]", "[\"curl\",\"-u\",\"[secret]\"]");
    ck_assert_json_stays("[\"curl\",\"-u\",\"kim\",\"http://h:80\"]");
    ck_assert_json_stays("[\"curl\",\"-u\",\"kim:$PASS\"]");
    ck_assert_json_stays("[\"chown\",\"-u\",\"kim:users\"]");
}
END_TEST

START_TEST(test_redact_json_what_chance_made_is_a_token_under_a_loose_name)
{
    ck_assert_json("{\"auth\":\"35241d8f05f56a493fd81e7680acb704\"}", "{\"auth\":\"[secret]\"}");
    ck_assert_json("{\"Session\":\"VPrQOBr5-Jyh1X3_r0p1030yQCT9bIiM\"}", "{\"Session\":\"[secret]\"}");
    ck_assert_json("{\"tokens\":{\"access\":\"9PPOwrxdSAF_Xqydn4pwaMR1zslSv2_7\",\"type\":\"bearer\"}}",
                   "{\"tokens\":{\"access\":\"[secret]\",\"type\":\"bearer\"}}");
    ck_assert_json_stays("{\"tokens\":[\"quick2\",\"brown-fox\"],\"session\":\"user-report-of-2026-06-11\"}");
    ck_assert_json_stays("{\"tokens\":{\"input\":12,\"model\":\"claude-3-haiku-20240307\"}}");
}
END_TEST

START_TEST(test_redact_json_what_only_resembles_a_pair_is_left)
{
    static const char *const rows[] = {
        "{\"value\":\"x1\",\"name\":\"the password is wrong, sorry\"}",
        "{\"value\":\"x1\"}",
        "{\"value\":\"x1\",\"inner\":{\"name\":\"password\"}}",
        "{\"value\":{\"a\":{\"b\":1}},\"title\":\"password\"}",
        "{\"required\":[\"email\",\"password\"]}",
        "[\"password\",\"confirm\"]",
        "[[\"password\",\"confirm\",\"again\"]]",
        "[[\"password\"]]",
        "{\"name\":\"password\",\"size\":8}",
        "{\"name\":\"password\",\"value\":null}",
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_json_stays(rows[i]);
}
END_TEST

START_TEST(test_redact_json_in_strings_is_opened_and_closed_again)
{
    ck_assert_json("{\"body\":\"{\\\"svc\\\": \\\"hr\\\", \\\"password\\\": \\\"x1\\\"}\",\"m\":\"PATCH\"}",
                   "{\"body\":\"{\\\"svc\\\": \\\"hr\\\", \\\"password\\\": \\\"[secret]\\\"}\",\"m\":\"PATCH\"}");
    ck_assert_json("{\"a\":\"[{\\\"b\\\":\\\"{\\\\\\\"otp\\\\\\\":123456}\\\"}]\"}",
                   "{\"a\":\"[{\\\"b\\\":\\\"{\\\\\\\"otp\\\\\\\":\\\\\\\"[secret]\\\\\\\"}\\\"}]\"}");
    ck_assert_json("\" {\\\"pin\\\":1} \"", "\" {} \"");
}
END_TEST

/* Deeper than documents are opened, the text forms still see the names. */
START_TEST(test_redact_json_nested_beyond_the_limit_is_still_read)
{
    struct nj_buf in, next;
    nj_buf_init(&in, 1 << 20);
    nj_buf_init(&next, 1 << 20);
    nj_buf_addz(&in, "{\"password\":\"Tulip77\",\"mail\":\"joe@example.com\"}");
    for (int i = 0; i < 7; i++) {
        nj_buf_reset(&next);
        nj_buf_addz(&next, "{\"body\":");
        nj_buf_add_json(&next, nj_buf_str(&in));
        nj_buf_addc(&next, '}');
        nj_buf_reset(&in);
        nj_buf_add(&in, nj_buf_str(&next));
        struct nj_str out = json_of(nj_buf_str(&in));
        ck_assert_msg(nj_str_find(out, NJ_STR("Tulip77"), 0) == NJ_NPOS, "level %d", i);
        ck_assert_msg(nj_str_find(out, NJ_STR("joe@"), 0) == NJ_NPOS, "level %d", i);
    }
    nj_buf_fini(&in);
    nj_buf_fini(&next);
}
END_TEST

START_TEST(test_redact_json_strings_are_judged_with_their_escapes_undone)
{
    ck_assert_json("{\"m\":\"joe\\u0040example.com\"}", "{\"m\":\"[email]\"}");
    ck_assert_json("{\"m\":\"a\\tb\\u002ftoken\\u003dx1 \\\"q\\\"\"}", "{\"m\":\"a\\tb/token=[secret] \\\"q\\\"\"}");
    ck_assert_json("{\"m\":\"" PEM_BEGIN "\\n" PEM_LINE "\\n" PEM_END "\\n\"}", "{\"m\":\"[private_key]\\n\"}");
}
END_TEST

START_TEST(test_redact_json_lists_hold_a_private_key_line_by_line)
{
    ck_assert_json("{\"lines\":[\"" PEM_BEGIN "\",\"" PEM_LINE "\", \"Ab==\",\"" PEM_END "\",\"" PEM_LINE "\"],\"n\":6}",
                   "{\"lines\":[\"[private_key]\",\"[private_key]\", \"[private_key]\",\"" PEM_END "\",\"" PEM_LINE "\"],\"n\":6}");
    ck_assert_json("[\"a " PEM_BEGIN "\\n\",\"" PEM_LINE "\\n\",\"Ab==\\n" PEM_END "\\n\",\"" PEM_LINE "\"]",
                   "[\"a [private_key]\\n\",\"[private_key]\\n\",\"[private_key]\\n\",\"" PEM_LINE "\"]");
    ck_assert_json("[\"" PEM_BEGIN "\",\"no line of it\",\"" PEM_LINE "\"]", "[\"[private_key]\",\"no line of it\",\"" PEM_LINE "\"]");
    ck_assert_json("[\"" PEM_BEGIN "\",\"" PEM_BEGIN "\",\"ssh-rsa\",\"keep\"]",
                   "[\"[private_key]\",\"[private_key]\",\"ssh-rsa\",\"keep\"]");
    ck_assert_json("{\"m\":\"{\\\"a\\\":[\\\"" PEM_BEGIN "\\\",\\\"" PEM_LINE "\\\"]}\"}",
                   "{\"m\":\"{\\\"a\\\":[\\\"[private_key]\\\",\\\"[private_key]\\\"]}\"}");
}
END_TEST

START_TEST(test_redact_json_lists_end_a_private_key)
{
    ck_assert_json("{\"a\":[\"" PEM_BEGIN "\"],\"b\":[\"" PEM_LINE "\"],\"c\":\"" PEM_LINE "\"}",
                   "{\"a\":[\"[private_key]\"],\"b\":[\"" PEM_LINE "\"],\"c\":\"" PEM_LINE "\"}");
    ck_assert_json("[[1,\"" PEM_BEGIN "\"],\"" PEM_LINE "\"]", "[[1,\"[private_key]\"],\"" PEM_LINE "\"]");
    ck_assert_json("[{\"a\":\"" PEM_BEGIN "\"},\"" PEM_LINE "\"]", "[{\"a\":\"[private_key]\"},\"" PEM_LINE "\"]");
    ck_assert_json("[\"{\\\"a\\\":\\\"" PEM_BEGIN "\\\"}\",\"" PEM_LINE "\"]", "[\"{\\\"a\\\":\\\"[private_key]\\\"}\",\"" PEM_LINE "\"]");
    ck_assert_json_stays("[\"-----BEGIN CERTIFICATE-----\",\"" PEM_LINE "\",\"-----END CERTIFICATE-----\"]");
    ck_assert_json_stays("[\"-----BEGIN PUBLIC KEY-----\",\"" PEM_LINE "\",\"-----END PUBLIC KEY-----\"]");
}
END_TEST

START_TEST(test_redact_json_lists_keep_a_private_key_open_for_so_many_lines)
{
    enum { MOST = 200, LINES = MOST + 1 };
    struct nj_buf in;
    nj_buf_init(&in, 1 << 20);
    nj_buf_addz(&in, "[\"" PEM_BEGIN "\"");
    for (int i = 0; i < LINES; i++)
        nj_buf_addz(&in, ",\"" PEM_LINE "\"");
    nj_buf_addz(&in, "]");
    struct nj_str out = json_of(nj_buf_str(&in));
    size_t at = nj_str_find(out, NJ_STR(PEM_LINE), 0);
    ck_assert(at != NJ_NPOS && nj_str_find(out, NJ_STR(PEM_LINE), at + 1) == NJ_NPOS);
    nj_buf_fini(&in);
}
END_TEST

START_TEST(test_redact_json_numbers_that_are_cards_become_placeholders)
{
    ck_assert_json("[" CARD ",-" CARD "," CARD ".0,4.242"
                   "424242424242e15," CARD ".5]",
                   "[\"[credit_card-4242]\",-" CARD ",\"[credit_card-4242]\",\"[credit_card-4242]\"," CARD ".5]");
    ck_assert_counts("{\"credit_card\":3}");
}
END_TEST

START_TEST(test_redact_json_names_are_swept_too_and_stay_apart)
{
    ck_assert_json("{\"joe@example.com\":1,\"ann@example.com\":2,\"x\":3}", "{\"[email]\":1,\"#2 [email]\":2,\"x\":3}");
    ck_assert_json("{\"a\\u0040b.com\":{\"c@d.com\":1}}", "{\"[email]\":{\"[email]\":1}}");
    ck_assert_json("{\"esc\\u001b[31mred\":1}", "{\"escred\":1}");
}
END_TEST

/* What passed under a name that says nothing is remembered, but not for other names. */
START_TEST(test_redact_json_values_that_passed_are_judged_anew_under_a_telling_name)
{
    for (int i = 0; i < 3; i++) {
        ck_assert_json_stays("{\"ref\":\"943 476 5919\",\"next\":[\"943 476 5919\"]}");
        ck_assert_json("{\"ref\":\"943 476 5919\",\"my_nhs\":\"943 476 5919\",\"z\":\"943 476 5919\"}",
                       "{\"ref\":\"943 476 5919\",\"my_nhs\":\"[gov_id]\",\"z\":\"943 476 5919\"}");
        ck_assert_json("{\"ref\":\"943 476 5919\",\"password\":\"943 476 5919\"}", "{\"ref\":\"943 476 5919\",\"password\":\"[secret]\"}");
        ck_assert_json("{\"ref\":\"x@example.com\"}", "{\"ref\":\"[email]\"}");
    }
}
END_TEST

START_TEST(test_redact_json_unsound_strings_are_mended)
{
    ck_assert_json("{\"a\":\"x\\ud800y\",\"b\":\"x\xFFy\",\"c\":\"\\u0000\"}",
                   "{\"a\":\"x\xEF\xBF\xBDy\",\"b\":\"x\xEF\xBF\xBDy\",\"c\":\"\\\\x00\"}");
    ck_assert_json_stays("{\"a\":\"\\ufffd \\ud83d\\ude00\"}");
    ck_assert_json("{\"B\":{\"Address\":\"+33\xA6"
                   "6 17 08\xD7"
                   "87\"}}",
                   "{\"B\":{\"Address\":\"+33\xEF\xBF\xBD"
                   "6 17 08\xEF\xBF\xBD"
                   "87\"}}");
    ck_assert_json_stays("{\"B\":{\"Address\":\"+33\xEF\xBF\xBD"
                         "6 17 08\xEF\xBF\xBD"
                         "87\"}}"); /* what it became is no street either */
    ck_assert_json("{\"a\":\"\\u202eevil\\u001b[2J\\u0007\"}", "{\"a\":\"\\\\u202eevil\\\\x07\"}");
}
END_TEST

START_TEST(test_redact_json_at_the_depth_limit_works)
{
    struct nj_buf in;
    nj_buf_init(&in, 1 << 20);
    for (int i = 0; i < NJ_JSON_DEPTH; i++)
        nj_buf_addc(&in, '[');
    nj_buf_addz(&in, "\"joe@example.com\"");
    for (int i = 0; i < NJ_JSON_DEPTH; i++)
        nj_buf_addc(&in, ']');
    struct nj_str out = json_of(nj_buf_str(&in));
    ck_assert(nj_str_find(out, NJ_STR("[\"[email]\"]"), 0) != NJ_NPOS);
    nj_buf_fini(&in);
}
END_TEST

START_TEST(test_redact_json_absent_values_add_nothing)
{
    nj_buf_reset(&redacted);
    nj_redact_json(redactor, (struct nj_json){ .type = NJ_JSON_NONE }, &redacted);
    ck_assert_uint_eq(redacted.n, 0);
}
END_TEST

/* What passes under one name is looked at again under another. */
START_TEST(test_redact_json_ids_of_messages_are_no_excuse_for_addresses)
{
    ck_assert_json("{\"messageId\":\"<kim@example.com>\"}", "{\"messageId\":\"<kim@example.com>\"}");
    use("hipaa", NULL, NULL);
    ck_assert_json("{\"messageId\":\"<kim@example.com>\"}", "{\"messageId\":\"<kim@example.com>\"}");
    ck_assert_json("{\"sender\":\"<kim@example.com>\"}", "{\"sender\":\"<[email]>\"}");
    ck_assert_json("{\"messageId\":\"<kim@example.com>\"}", "{\"messageId\":\"<kim@example.com>\"}");
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_json_without_findings_is_copied_byte_for_byte)                                                                           \
    X(test_redact_json_only_the_found_part_is_rewritten)                                                                                   \
    X(test_redact_json_line_breaks_between_tokens_become_spaces)                                                                           \
    X(test_redact_json_secrets_are_found_at_any_depth)                                                                                     \
    X(test_redact_json_scalars_under_a_secret_name)                                                                                        \
    X(test_redact_json_containers_under_a_secret_name_lose_their_leaves)                                                                   \
    X(test_redact_json_pairs_are_read_in_both_orders)                                                                                      \
    X(test_redact_json_private_members_of_web_keys_go)                                                                                     \
    X(test_redact_json_a_code_is_secret_beside_its_grant)                                                                                  \
    X(test_redact_json_parameters_of_a_query_are_judged_as_in_a_url)                                                                       \
    X(test_redact_json_names_of_a_patient_stand_beside_each_other)                                                                         \
    X(test_redact_json_secure_strings_are_secret_whatever_they_are_called)                                                                 \
    X(test_redact_json_names_of_members_go_on_that_of_their_object)                                                                        \
    X(test_redact_json_values_of_statements_are_judged_by_their_columns)                                                                   \
    X(test_redact_json_logins_of_curl_lose_their_password)                                                                                 \
    X(test_redact_json_what_chance_made_is_a_token_under_a_loose_name)                                                                     \
    X(test_redact_json_what_only_resembles_a_pair_is_left)                                                                                 \
    X(test_redact_json_in_strings_is_opened_and_closed_again)                                                                              \
    X(test_redact_json_nested_beyond_the_limit_is_still_read)                                                                              \
    X(test_redact_json_strings_are_judged_with_their_escapes_undone)                                                                       \
    X(test_redact_json_lists_hold_a_private_key_line_by_line)                                                                              \
    X(test_redact_json_lists_end_a_private_key)                                                                                            \
    X(test_redact_json_lists_keep_a_private_key_open_for_so_many_lines)                                                                    \
    X(test_redact_json_numbers_that_are_cards_become_placeholders)                                                                         \
    X(test_redact_json_names_are_swept_too_and_stay_apart)                                                                                 \
    X(test_redact_json_values_that_passed_are_judged_anew_under_a_telling_name)                                                            \
    X(test_redact_json_unsound_strings_are_mended)                                                                                         \
    X(test_redact_json_at_the_depth_limit_works)                                                                                           \
    X(test_redact_json_absent_values_add_nothing)                                                                                          \
    X(test_redact_json_ids_of_messages_are_no_excuse_for_addresses)

REDACT_TEST_MAIN("redact_json")
