/* Tests of the door: every string of a record passes, keys over several lines, what is withheld, what controls become. */
#include "redact_unit.h"

/* The buffers are made small from the inside: there is no other way to run out of them on purpose. */
#include "../../src/redact/redact_internal.h"

#include <stdio.h>

static struct nj_record record;
static struct nj_resource resource;
static struct nj_clean clean;

static void limit(struct nj_buf *b, size_t max)
{
    nj_buf_fini(b);
    b->max = max;
}

static void begin(void)
{
    memset(&record, 0, sizeof(record));
    record.event = NJ_STR("function.log");
    record.origin = NJ_FROM_FUNCTION;
}

static void pass(void)
{
    ck_assert_int_eq(nj_redact_record(redactor, &record, &resource, NJ_STR("box-42"), &clean), NJ_OK);
}

static struct nj_str pass_line(const char *id, enum nj_origin origin, const char *line)
{
    begin();
    record.origin = origin;
    record.message = nj_str_of(line);
    nj_attrs_str(&record.where, NJ_STR("faas.invocation_id"), nj_str_of(id));
    pass();
    return clean.message;
}

START_TEST(test_redact_record_every_string_passes)
{
    begin();
    record.when_ns = 12;
    record.category = NJ_CAT_LOG;
    record.severity = NJ_SEV_WARN;
    record.outcome = NJ_OUTCOME_FAILURE;
    record.lane = NJ_LANE_CRITICAL;
    record.event = NJ_STR("e joe@example.com");
    record.message = NJ_STR("m joe@example.com");
    record.data_json = NJ_STR("{\"d\":\"joe@example.com\"}");
    nj_attrs_str(&record.who, NJ_STR("user_agent.original"), NJ_STR("ua joe@example.com"));
    nj_attrs_str(&record.who, NJ_STR("k joe@example.com"), NJ_STR("v"));
    nj_attrs_str(&record.where, NJ_STR("team"), NJ_STR("joe@example.com"));
    nj_attrs_str(&record.data, NJ_STR("own"), NJ_STR("joe@example.com"));
    pass();
    ck_assert_int_eq(clean.when_ns, 12);
    ck_assert_int_eq(clean.category, NJ_CAT_LOG);
    ck_assert_int_eq(clean.severity, NJ_SEV_WARN);
    ck_assert_int_eq(clean.outcome, NJ_OUTCOME_FAILURE);
    ck_assert_int_eq(clean.lane, NJ_LANE_CRITICAL);
    ck_assert_ptr_eq(clean.resource, &resource);
    ck_assert_view_eq(clean.id, "box-42");
    ck_assert_view_eq(clean.event, "e [email]");
    ck_assert_view_eq(clean.message, "m [email]");
    ck_assert_view_eq(clean.data, "{\"d\":\"[email]\",\"own\":\"[email]\"}");
    ck_assert_uint_eq(clean.who.n, 2);
    ck_assert_view_eq(clean.who.a[0].key, "user_agent.original");
    ck_assert_view_eq(clean.who.a[0].v.u.s, "ua [email]");
    ck_assert_view_eq(clean.who.a[1].key, "k [email]");
    ck_assert_view_eq(clean.where.a[0].v.u.s, "[email]");
    ck_assert_view_eq(clean.counts, "{\"email\":7}");
}
END_TEST

/* A record of one attribute whose text stands where that of the one before stood. */
static uint32_t pass_attribute(const char *key, const char *value)
{
    static char names[64], values[2048];
    snprintf(names, sizeof(names), "%s", key);
    snprintf(values, sizeof(values), "%s", value);
    begin();
    nj_attrs_bool(&record.where, NJ_STR("faas.coldstart"), true);
    nj_attrs_str(&record.where, nj_str_of(names), nj_str_of(values));
    pass();
    ck_assert_uint_eq(clean.where.n, 2);
    ck_assert_view_eq(clean.where.a[0].key, "faas.coldstart");
    ck_assert(clean.where.a[0].v.type == NJ_V_BOOL && clean.where.a[0].v.u.b);
    return clean.where_number;
}

START_TEST(test_redact_record_lists_are_remembered_by_all_they_hold)
{
    static char large[2000];
    memset(large, 'z', sizeof(large) - 1);
    uint32_t first = pass_attribute("team", "blue-1");
    ck_assert_uint_ne(first, 0);
    ck_assert_uint_eq(pass_attribute("team", "blue-1"), first);
    ck_assert_view_eq(clean.where.a[1].v.u.s, "blue-1");
    uint32_t other = pass_attribute("team", "blue-2");
    ck_assert(other != 0 && other != first);
    ck_assert_view_eq(clean.where.a[1].v.u.s, "blue-2");
    ck_assert_uint_ne(pass_attribute("seam", "blue-2"), other);
    ck_assert_view_eq(clean.where.a[1].key, "seam");
    for (int i = 0; i < 2; i++) { /* what is found is counted every time */
        ck_assert_uint_eq(pass_attribute("team", "jo@example.com"), 0);
        ck_assert_view_eq(clean.where.a[1].v.u.s, "[email]");
        ck_assert_view_eq(clean.counts, "{\"email\":1}");
        ck_assert_uint_eq(pass_attribute("team", large), 0);
        ck_assert_uint_eq(clean.where.a[1].v.u.s.n, sizeof(large) - 1);
    }
    ck_assert_uint_ne(pass_attribute("team", "blue-1"), 0);
    ck_assert_view_eq(clean.where.a[1].v.u.s, "blue-1");
    record.where.a[0].v.u.b = false;
    pass();
    ck_assert(!clean.where.a[0].v.u.b);
}
END_TEST

START_TEST(test_redact_record_clean_one_is_the_same_and_counts_nothing)
{
    begin();
    record.message = NJ_STR("all is well");
    nj_attrs_str(&record.where, NJ_STR("faas.invocation_id"), NJ_STR("3d2c5f0a-1"));
    nj_attrs_bool(&record.where, NJ_STR("faas.coldstart"), true);
    pass();
    ck_assert_view_eq(clean.message, "all is well");
    ck_assert_view_eq(clean.where.a[0].v.u.s, "3d2c5f0a-1");
    ck_assert_int_eq(clean.where.a[1].v.type, NJ_V_BOOL);
    ck_assert_ptr_null(clean.counts.p);
    ck_assert_ptr_null(clean.data.p);
}
END_TEST

START_TEST(test_redact_record_data_joins_both_sources)
{
    static const struct {
        const char *json;
        bool own;
        const char *want;
    } rows[] = {
        { NULL, true, "{\"n\":7}" },
        { "{}", true, "{\"n\":7}" },
        { "{ }", true, "{ \"n\":7}" },
        { "{\"a\":1}", true, "{\"a\":1,\"n\":7}" },
        { "{\"a\":1 }", true, "{\"a\":1 ,\"n\":7}" },
        { "{\"a\":1}", false, "{\"a\":1}" },
        { " {\n\"a\":1}\n", true, "{ \"a\":1,\"n\":7}" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        begin();
        record.data_json = nj_str_of(rows[i].json);
        if (rows[i].own)
            nj_attrs_i64(&record.data, NJ_STR("n"), 7);
        pass();
        ck_assert_view_eq(clean.data, rows[i].want);
    }
}
END_TEST

START_TEST(test_redact_record_attributes_of_every_type_are_judged_by_name)
{
    begin();
    nj_attrs_str(&record.data, NJ_STR("session.id"), NJ_STR("abc"));
    nj_attrs_i64(&record.data, NJ_STR("otp"), 123456);
    nj_attrs_f64(&record.data, NJ_STR("pin"), 1.5);
    nj_attrs_bool(&record.data, NJ_STR("secret"), true);
    nj_attrs_json(&record.data, NJ_STR("credentials"), NJ_STR("{\"a\":[1,\"x\"]}"));
    nj_attrs_json(&record.data, NJ_STR("plain"), NJ_STR("{\"m\":\"joe@example.com\"}"));
    nj_attrs_i64(&record.data, NJ_STR("card"), 4242424242424242);
    nj_attrs_i64(&record.data, NJ_STR("n"), -5);
    nj_attrs_f64(&record.data, NJ_STR("f"), 0.5);
    nj_attrs_str(&record.data, NJ_STR("enduser.token"), NJ_STR("hmac:k1:0123456789abcdef"));
    pass();
    ck_assert_view_eq(clean.data, "{\"session.id\":\"[secret]\",\"otp\":\"[secret]\",\"secret\":true,"
                                  "\"credentials\":{\"a\":[\"[secret]\",\"[secret]\"]},\"plain\":{\"m\":\"[email]\"},"
                                  "\"card\":\"[credit_card-4242]\",\"n\":-5,\"f\":0.5,\"enduser.token\":\"hmac:k1:0123456789abcdef\"}");
}
END_TEST

START_TEST(test_redact_resource_is_cleaned_once_and_keeps_its_generation)
{
    struct nj_resource out;
    nj_attrs_str(&resource.where, NJ_STR("faas.name"), NJ_STR("billing"));
    nj_attrs_str(&resource.where, NJ_STR("owner"), NJ_STR("joe@example.com"));
    nj_attrs_str(&resource.where, NJ_STR("api_key"), NJ_STR("k1"));
    resource.generation = 9;
    ck_assert_int_eq(nj_redact_resource(redactor, &resource, &out), NJ_OK);
    ck_assert_uint_eq(out.generation, 9);
    ck_assert_view_eq(out.where.a[0].v.u.s, "billing");
    ck_assert_view_eq(out.where.a[1].v.u.s, "[email]");
    ck_assert_view_eq(out.where.a[2].v.u.s, "[secret]");
    begin();
    record.message = NJ_STR("joe@example.com");
    pass();
    ck_assert_view_eq(out.where.a[1].v.u.s, "[email]");
    memset(&resource, 0, sizeof(resource));
}
END_TEST

START_TEST(test_redact_record_private_key_over_several_lines)
{
    static const char *const rows[][2] = {
        { "printing key", "printing key" },
        { PEM_BEGIN, "[private_key]" },
        { PEM_LINE, "[private_key]" },
        { PEM_LINE "\n", "[private_key]\n" },
        { "", "" },
        { "Ab==", "[private_key]" },
        { PEM_END, PEM_END },
        { PEM_LINE, PEM_LINE },
        { "printed", "printed" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, rows[i][0]), rows[i][1]);
}
END_TEST

START_TEST(test_redact_record_private_key_ends_at_a_line_that_is_none)
{
    pass_line("r1", NJ_FROM_FUNCTION, "x " PEM_BEGIN "\n" PEM_LINE);
    ck_assert_view_eq(clean.message, "x [private_key]");
    ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, "level=info going on"), "level=info going on");
    ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, PEM_LINE), PEM_LINE);
    pass_line("r1", NJ_FROM_FUNCTION, PEM_BEGIN);
    ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, PEM_LINE "\n" PEM_END " done"), "[private_key] done");
    ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, "Plain"), "Plain");
}
END_TEST

START_TEST(test_redact_record_private_key_streams_are_kept_apart)
{
    pass_line("r1", NJ_FROM_FUNCTION, PEM_BEGIN);
    ck_assert_view_eq(pass_line("r2", NJ_FROM_FUNCTION, "Plain"), "Plain");
    ck_assert_view_eq(pass_line("r1", NJ_FROM_EXTENSION, "Plain"), "Plain");
    ck_assert_view_eq(pass_line("r1", NJ_FROM_PLATFORM, "Plain"), "Plain");
    ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, PEM_LINE), "[private_key]");
}
END_TEST

START_TEST(test_redact_record_a_value_may_come_with_the_next_line)
{
    static const char *const rows[][2] = {
        { "login password:", "login password:" },
        { "Raven$quar9420", "[secret]" },
        { "Raven$quar9420", "Raven$quar9420" },
        { "export API_KEY=\n", "export API_KEY=\n" },
        { "x1y2z3 and more", "[secret] and more" },
        { "the passphrase is: ", "the passphrase is: " },
        { "'two words' here", "'[secret]' here" },
        { "Wrong password:", "Wrong password:" },
        { "try again", "try again" },
        { "Enter password:", "Enter password:" },
        { "level: info", "level: info" },
        { "token count:", "token count:" },
        { "12345", "12345" },
        { "secret:", "secret:" },
        { "{\"a\":1}", "{\"a\":1}" },
        { "  <c:Password>", "  <c:Password>" },
        { "    Raven9420", "    [secret]" },
        { "  </c:Password>", "  </c:Password>" },
        { "Raven9420", "Raven9420" },
        { "<user>", "<user>" },
        { "Raven9420", "Raven9420" },
        { "usage: login <user> <password>", "usage: login <user> <password>" },
        { "Raven9420", "Raven9420" },
        { "Content-Disposition: form-data; name=\"password\"", "Content-Disposition: form-data; name=\"password\"" },
        { "", "" },
        { "Raven9420", "[secret]" },
        { "Content-Disposition: form-data; name=\"title\"", "Content-Disposition: form-data; name=\"title\"" },
        { "Raven9420", "Raven9420" },
        { "field name=\"password\"", "field name=\"password\"" },
        { "Raven9420", "Raven9420" },
        { "password: >", "password: >" },
        { "  Raven9420", "  [secret]" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, rows[i][0]), rows[i][1]);
    pass_line("r1", NJ_FROM_FUNCTION, "password=");
    ck_assert_view_eq(pass_line("r2", NJ_FROM_FUNCTION, "Raven$quar9420"), "Raven$quar9420");
    ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, "Raven$quar9420"), "[secret]");
}
END_TEST

START_TEST(test_redact_record_tables_of_a_record_a_line)
{
    static const char *const rows[][2] = {
        { "id,login,password", "id,login,password" },
        { "7,kim,Raven9420", "7,kim,[secret]" },
        { "8,lee,Raven9421", "8,lee,[secret]" },
        { "8,lee", "8,lee" },
        { "9,joe,Raven9422", "9,joe,Raven9422" },
        { "2026-03-02T10:22:31Z\tr1\tINFO\tid,password,role", "2026-03-02T10:22:31Z\tr1\tINFO\tid,password,role" },
        { "2026-03-02T10:22:31Z\tr1\tINFO\t7,Raven9420,admin", "2026-03-02T10:22:31Z\tr1\tINFO\t7,[secret],admin" },
        { " id | login | password", " id | login | password" },
        { "----+-------+----------", "----+-------+----------" },
        { "  7 | kim   | raven", "  7 | kim   | [secret]" },
        { "(1 row)", "(1 row)" },
        { "| id | password | n |", "| id | password | n |" },
        { "+----+----------+---+", "+----+----------+---+" },
        { "| 7  | raven    | 3 |", "| 7  | [secret]    | 3 |" },
        { "+----+----------+---+", "+----+----------+---+" },
        { "| 7  | raven    | 3 |", "| 7  | [secret]    | 3 |" },
        { "done", "done" },
        { "job | user | password", "job | user | password" },
        { "job42 | kim | attempt3", "job42 | kim | attempt3" },
        { "wrong username, password", "wrong username, password" },
        { "retrying, attempt2", "retrying, attempt2" },
        { "user,password", "user,password" },
        { "wrong,again", "wrong,again" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, rows[i][0]), rows[i][1]);
    pass_line("r1", NJ_FROM_FUNCTION, "user,password");
    ck_assert_view_eq(pass_line("r2", NJ_FROM_FUNCTION, "kim,Raven9420"), "kim,Raven9420");
}
END_TEST

START_TEST(test_redact_record_redis_a_line_each)
{
    static const char *const rows[][2] = {
        { "*2", "*2" },     { "$4", "$4" },       { "AUTH", "AUTH" },    { "$5", "$5" },       { "raven", "[secret]" },
        { "*1", "*1" },     { "raven", "raven" }, { "AUTH", "AUTH" },    { "$5", "$5" },       { "raven", "raven" },
        { "$4", "$4" },     { "PING", "PING" },   { "$5", "$5" },        { "raven", "raven" }, { "$4", "$4" },
        { "auth", "auth" }, { "$3", "$3" },       { "kim", "[secret]" }, { "$5", "$5" },       { "raven", "[secret]" },
        { "*2", "*2" },     { "$4", "$4" },       { "AUTH", "AUTH" },    { "$5", "$5" },       { "ravens", "ravens" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, rows[i][0]), rows[i][1]);
}
END_TEST

/* Lines that passed are known when they come again, but what stands before them has its say. */
START_TEST(test_redact_record_lines_that_come_again)
{
    static const char known[] = "Raven$quar9420 of user=app";
    ck_assert_text_stays("login password:"); /* no line of a stream */
    for (int i = 0; i < 2; i++) {
        ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, known), known);
        ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, "login password:"), "login password:");
        ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, known), "[secret] of user=app");
        ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, "secret=\"ab"), "secret=\"[secret]");
        ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, known), "[secret]");
        ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, "c\" mail to joe@example.org"), "[secret]\" mail to [email]");
        ck_assert_view_eq(clean.counts, "{\"email\":1,\"key.secret\":1}");
    }
    use("off", NULL, NULL);
    for (int i = 0; i < 2; i++) {
        ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, "mail to joe@example.org"), "mail to joe@example.org");
        ck_assert_view_eq(clean.counts, "{\"email\":1}");
    }
}
END_TEST

START_TEST(test_redact_record_an_open_quote_goes_on_in_the_next_line)
{
    static const char *const rows[][2] = {
        { "login password=\"abcd9Q", "login password=\"[secret]" },
        { "more7Zxx\" tail text", "[secret]\" tail text" },
        { "next \"line\"", "next \"line\"" },
        { "{'password': '", "{'password': '" },
        { "abc", "[secret]" },
        { "def', 'n': 1}", "[secret]', 'n': 1}" },
        { "{'password': '", "{'password': '" },
        { "', 'n': 1}", "', 'n': 1}" },
        { "token='a", "token='[secret]" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, rows[i][0]), rows[i][1]);
    for (int i = 0; i < 8; i++)
        ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, "never closed"), "[secret]");
    ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, "never closed"), "never closed");
}
END_TEST

/* A line at the limit of the platform was cut: half a token is one that no detector knows. */
START_TEST(test_redact_record_a_token_at_the_cut_goes_on_both_sides)
{
    struct nj_buf line;
    nj_buf_init(&line, 1 << 20);
    while (line.n < (256 << 10) - 16)
        nj_buf_addz(&line, "all is well ");
    nj_buf_cut(&line, (256 << 10) - 10);
    nj_buf_addz(&line, " Ab12Cd34E");
    nj_buf_addc(&line, '\0');
    pass_line("r1", NJ_FROM_FUNCTION, line.p);
    ck_assert(nj_str_ends(clean.message, NJ_STR(" [secret]")));
    ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, "f56Gh78, and on"), "[secret], and on");
    ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, "f56Gh78, and on"), "f56Gh78, and on");
    nj_buf_fini(&line);
}
END_TEST

START_TEST(test_redact_record_private_key_streams_are_bounded)
{
    char id[32];
    pass_line("first", NJ_FROM_FUNCTION, PEM_BEGIN);
    for (int i = 0; i < 100; i++) {
        snprintf(id, sizeof(id), "r%d", i);
        pass_line(id, NJ_FROM_FUNCTION, "x y");
    }
    ck_assert_view_eq(pass_line("first", NJ_FROM_FUNCTION, "Plain"), "Plain");
    pass_line("r1", NJ_FROM_FUNCTION, PEM_BEGIN);
    for (int i = 0; i < 199; i++)
        ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, PEM_LINE), "[private_key]");
    pass_line("r1", NJ_FROM_FUNCTION, PEM_LINE);
    ck_assert_view_eq(pass_line("r1", NJ_FROM_FUNCTION, "Plain"), "Plain");
}
END_TEST

START_TEST(test_redact_record_private_key_lines_in_structured_logs)
{
    static const char *const rows[][2] = {
        { "{\"level\":\"INFO\",\"message\":\"" PEM_BEGIN "\"}", "{\"level\":\"INFO\",\"message\":\"[private_key]\"}" },
        { "{\"level\":\"INFO\",\"message\":\"" PEM_LINE "\"}", "{\"level\":\"INFO\",\"message\":\"[private_key]\"}" },
        { "{\"level\":\"INFO\",\"message\":\"" PEM_END "\"}", "{\"level\":\"INFO\",\"message\":\"" PEM_END "\"}" },
        { "{\"level\":\"INFO\",\"message\":\"Plain\"}", "{\"level\":\"INFO\",\"message\":\"Plain\"}" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        begin();
        record.data_json = nj_str_of(rows[i][0]);
        pass();
        ck_assert_view_eq(clean.data, rows[i][1]);
    }
}
END_TEST

START_TEST(test_redact_text_controls_become_visible)
{
    static const struct {
        struct nj_str in;
        const char *want;
    } rows[] = {
        { NJ_STR_INIT("a\tb\nc"), "a\tb\nc" },
        { NJ_STR_INIT("a\0b\x01\x7f"), "a\\x00b\\x01\\x7f" },
        { NJ_STR_INIT("a\r\nb\r"), "a\nb" },
        { NJ_STR_INIT("a\rb"), "a\\x0db" },
        { NJ_STR_INIT("\x1b[1;31mred\x1b[0m \x1b]0;title\x07x\x1b]8;;u\x1b\\y\x1b(B"), "red xy" },
        { NJ_STR_INIT("\x1b[ \x1b"), "\\x1b[ \\x1b" },
        { NJ_STR_INIT("\x1b]open"), "\\x1b]open" },
        { NJ_STR_INIT("\xC2\x85\xC2\x9b"), "\\u0085\\u009b" },
        { NJ_STR_INIT("\xE2\x80\xA8\xE2\x80\xAE\xE2\x81\xA6\xE2\x80\x8F\xEF\xBB\xBF\xE2\x81\xA9\xE2\x80\xAC"),
          "\\u2028\\u202e\\u2066\\u200f\\ufeff\\u2069\\u202c" },
        { NJ_STR_INIT("\xFF\xC3(\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD" },
        { NJ_STR_INIT("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
        { NJ_STR_INIT("gr\xC3\xBC\xC3\x9F dich \xF0\x9F\x98\x80"), "gr\xC3\xBC\xC3\x9F dich \xF0\x9F\x98\x80" },
        { NJ_STR_INIT("pass\x1b[1mword=\x1b[31mhunter2\x1b[0m ok"), "password=[secret] ok" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_view_eq(text_of(rows[i].in), rows[i].want);
}
END_TEST

START_TEST(test_redact_text_escape_sequences_are_counted)
{
    text_of(NJ_STR("\x1b[31mred\x1b[0m"));
    ck_assert_counts("{\"escape_sequence\":2}");
}
END_TEST

START_TEST(test_redact_text_that_is_json_is_walked)
{
    ck_assert_text("{\"\\u0070assword\":\"x1\",\"n\":" CARD "}", "{\"\\u0070assword\":\"[secret]\",\"n\":\"[credit_card-4242]\"}");
    ck_assert_text(" [{\"name\":\"pin\",\"value\":1}]\n", " [{\"name\":\"pin\"}]\n");
}
END_TEST

START_TEST(test_redact_record_above_the_limit_is_withheld)
{
    size_t n = (size_t)NJ_REDACT_MAX + 1;
    char *big = malloc(n + 16);
    ck_assert_ptr_nonnull(big);
    memset(big, 'x', n);
    begin();
    record.message = (struct nj_str){ big, n };
    pass();
    ck_assert_view_eq(clean.message, NJ_WITHHELD);
    ck_assert_view_eq(clean.counts, "{\"withheld\":1}");
    record.message.n = NJ_REDACT_MAX;
    pass();
    ck_assert_uint_eq(clean.message.n, NJ_REDACT_MAX);

    memcpy(big, "{\"a\":\"", 6);
    memcpy(big + n - 2, "\"}", 2);
    begin();
    record.data_json = (struct nj_str){ big, n };
    nj_attrs_i64(&record.data, NJ_STR("n"), 7);
    pass();
    ck_assert_view_eq(clean.data, "{\"nightjar.withheld\":true,\"n\":7}");
    ck_assert_view_eq(clean.counts, "{\"withheld\":1}");
    free(big);
}
END_TEST

START_TEST(test_redact_text_that_outgrows_the_ceiling_is_withheld)
{
    struct nj_buf in, out;
    nj_buf_init(&in, 16 << 20);
    nj_buf_init(&out, 64 << 20);
    while (in.n < (7 << 20))
        nj_buf_addz(&in, in.n == 0 ? "{\"pin\":[1" : ",1");
    nj_buf_addz(&in, "]}");
    nj_redact_text(redactor, nj_buf_str(&in), &out);
    ck_assert_view_eq(nj_buf_str(&out), NJ_WITHHELD);
    nj_buf_fini(&in);
    nj_buf_fini(&out);
}
END_TEST

START_TEST(test_redact_record_without_room_is_withheld_as_a_whole)
{
    begin();
    record.message = NJ_STR("a message that is longer than the room there is, with joe@example.com in it");
    record.data_json = NJ_STR("{\"a\":\"some more text that does not fit either\",\"password\":\"Tulip77\"}");
    nj_attrs_str(&record.who, NJ_STR("user.name"), NJ_STR("a very long name of somebody or other"));
    nj_attrs_json(&record.data, NJ_STR("j"), NJ_STR("{\"token\":\"x1\"}"));
    limit(&redactor->out, 130);
    pass();
    ck_assert_view_eq(clean.message, NJ_WITHHELD);
    ck_assert_view_eq(clean.event, NJ_WITHHELD);
    ck_assert_view_eq(clean.who.a[0].key, NJ_WITHHELD);
    ck_assert_view_eq(clean.who.a[0].v.u.s, NJ_WITHHELD);
    ck_assert_view_eq(clean.data, "{\"nightjar.withheld\":true,\"[withheld]\":\"[withheld]\"}");
    ck_assert_view_eq(clean.id, "box-42");
    ck_assert(nj_str_find(clean.counts, NJ_STR("\"withheld\":1"), 0) != NJ_NPOS);

    limit(&redactor->out, 16);
    ck_assert_int_eq(nj_redact_record(redactor, &record, &resource, NJ_STR("box-42"), &clean), NJ_ENOMEM);
}
END_TEST

START_TEST(test_redact_resource_without_room_is_refused)
{
    struct nj_resource out;
    nj_attrs_str(&resource.where, NJ_STR("k"), NJ_STR("a value that is far too long for it"));
    limit(&redactor->resource, 24);
    ck_assert_int_eq(nj_redact_resource(redactor, &resource, &out), NJ_OK);
    ck_assert_view_eq(out.where.a[0].v.u.s, NJ_WITHHELD);
    limit(&redactor->resource, 8);
    ck_assert_int_eq(nj_redact_resource(redactor, &resource, &out), NJ_ENOMEM);
    memset(&resource, 0, sizeof(resource));
}
END_TEST

START_TEST(test_redact_json_strings_that_cannot_be_judged_are_withheld)
{
    limit(&redactor->levels[1].plain, 4);
    ck_assert_json("{\"ok\":\"fine\",\"a\":\"tab\\tand more\",\"k\\t\":1,\"long\\tkey\":2}",
                   "{\"ok\":\"fine\",\"a\":\"[withheld]\",\"[withheld]\":1,\"#2 [withheld]\":2}");
    ck_assert_counts("{\"withheld\":3}");
    limit(&redactor->levels[0].walked, 4);
    ck_assert_json("{\"a\":\"joe@example.com\"}", "\"[withheld]\"");
    limit(&redactor->levels[0].swept[0], 4);
    ck_assert_text("to joe@example.com", NJ_WITHHELD);
    limit(&redactor->levels[0].clean, 4);
    ck_assert_text("some \x01 text", NJ_WITHHELD);
}
END_TEST

START_TEST(test_redact_absent_and_empty_text_is_nothing)
{
    ck_assert_uint_eq(text_of((struct nj_str){ NULL, 0 }).n, 0);
    ck_assert_uint_eq(text_of(NJ_STR("")).n, 0);
    ck_assert_uint_eq(text_of(NJ_STR("\r")).n, 0);
    begin();
    record.message = NJ_STR("");
    pass();
    ck_assert_ptr_nonnull(clean.message.p);
    ck_assert_uint_eq(clean.message.n, 0);
    record.message = (struct nj_str){ NULL, 0 };
    pass();
    ck_assert_ptr_null(clean.message.p);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_record_every_string_passes)                                                                                              \
    X(test_redact_record_lists_are_remembered_by_all_they_hold)                                                                            \
    X(test_redact_record_clean_one_is_the_same_and_counts_nothing)                                                                         \
    X(test_redact_record_data_joins_both_sources)                                                                                          \
    X(test_redact_record_attributes_of_every_type_are_judged_by_name)                                                                      \
    X(test_redact_resource_is_cleaned_once_and_keeps_its_generation)                                                                       \
    X(test_redact_record_private_key_over_several_lines)                                                                                   \
    X(test_redact_record_private_key_ends_at_a_line_that_is_none)                                                                          \
    X(test_redact_record_private_key_streams_are_kept_apart)                                                                               \
    X(test_redact_record_a_value_may_come_with_the_next_line)                                                                              \
    X(test_redact_record_tables_of_a_record_a_line)                                                                                        \
    X(test_redact_record_redis_a_line_each)                                                                                                \
    X(test_redact_record_lines_that_come_again)                                                                                            \
    X(test_redact_record_an_open_quote_goes_on_in_the_next_line)                                                                           \
    X(test_redact_record_a_token_at_the_cut_goes_on_both_sides)                                                                            \
    X(test_redact_record_private_key_streams_are_bounded)                                                                                  \
    X(test_redact_record_private_key_lines_in_structured_logs)                                                                             \
    X(test_redact_text_controls_become_visible)                                                                                            \
    X(test_redact_text_escape_sequences_are_counted)                                                                                       \
    X(test_redact_text_that_is_json_is_walked)                                                                                             \
    X(test_redact_record_above_the_limit_is_withheld)                                                                                      \
    X(test_redact_text_that_outgrows_the_ceiling_is_withheld)                                                                              \
    X(test_redact_record_without_room_is_withheld_as_a_whole)                                                                              \
    X(test_redact_resource_without_room_is_refused)                                                                                        \
    X(test_redact_json_strings_that_cannot_be_judged_are_withheld)                                                                         \
    X(test_redact_absent_and_empty_text_is_nothing)

REDACT_TEST_MAIN("redact_record")
