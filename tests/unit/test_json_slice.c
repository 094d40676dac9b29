/* Cutting telemetry bodies into elements: one bad record costs one record. */
#include "nightjar/json.h"
#include "unit.h"

enum { MOST = 64 };

struct pieces {
    struct {
        enum nj_slice_kind kind;
        struct nj_str text;
    } p[MOST];
    size_t n;
};

/* Also checks what holds for every body: pieces come in order, inside the body, without overlap, never empty. */
static void slice(struct nj_str body, struct pieces *out)
{
    struct nj_slicer s;
    struct nj_str piece;
    enum nj_slice_kind kind;
    const char *behind = body.p;
    out->n = 0;
    nj_slicer_init(&s, body);
    while ((kind = nj_slicer_next(&s, &piece)) != NJ_SLICE_END) {
        ck_assert_uint_lt(out->n, MOST);
        ck_assert_uint_gt(piece.n, 0);
        ck_assert(piece.p >= behind);
        ck_assert(piece.p + piece.n <= body.p + body.n);
        behind = piece.p + piece.n;
        out->p[out->n].kind = kind;
        out->p[out->n++].text = piece;
    }
    ck_assert_int_eq(nj_slicer_next(&s, &piece), NJ_SLICE_END);
}

static bool has_element(const struct pieces *p, struct nj_str text)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->p[i].kind == NJ_SLICE_ELEMENT && nj_str_eq(p->p[i].text, text))
            return true;
    return false;
}

#define ENV(type) "{\"time\":\"2026-11-23T07:15:01Z\",\"type\":\"" type "\",\"record\":"
#define ONE       ENV("function") "\"first [{,\\\"\\\\\"}"
#define TWO       ENV("platform.start") "{\"a\":{\"b\":[1,{}]},\"c\":\"}]\"}}"
#define THREE     ENV("function") "\"third\\n\"}"

/* "E:" an element, "B:" bad, "C:" cut; joined by a bar that no piece has. */
static void expect(const char *body, const char *want)
{
    struct pieces p;
    struct nj_buf got;
    slice(nj_str_of(body), &p);
    nj_buf_init(&got, 1 << 16);
    for (size_t i = 0; i < p.n; i++) {
        nj_buf_addz(&got, i != 0 ? "|" : "");
        nj_buf_addz(&got, p.p[i].kind == NJ_SLICE_ELEMENT ? "E:" : p.p[i].kind == NJ_SLICE_CUT ? "C:" : "B:");
        nj_buf_add(&got, p.p[i].text);
    }
    ck_assert_msg(nj_str_eq(nj_buf_str(&got), nj_str_of(want)), "%s\n gave %.*s\n want %s", body, NJ_STR_ARG(nj_buf_str(&got)), want);
    nj_buf_fini(&got);
}

START_TEST(test_slice_whole_bodies)
{
    expect("[" ONE "," TWO "," THREE "]", "E:" ONE "|E:" TWO "|E:" THREE);
    expect(" [ " ONE " ,\n" TWO " ] \n", "E:" ONE "|E:" TWO);
    expect("\xEF\xBB\xBF[" ONE "]", "E:" ONE);
    expect("[]", "");
    expect(" [ ] ", "");
    expect("", "");
    expect(" \n", "");
    expect("\xEF\xBB\xBF", "");
    expect("[1,\"a\",null,[2],{}]", "E:1|E:\"a\"|E:null|E:[2]|E:{}");
}
END_TEST

START_TEST(test_slice_bodies_that_are_no_array)
{
    expect(ONE, "E:" ONE);
    expect("{}", "E:{}");
    expect(ONE "," TWO "]", "E:" ONE "|E:" TWO);
    expect(ONE "\n" TWO "\n", "E:" ONE "|E:" TWO);
    expect("[" ONE "][" TWO "]", "E:" ONE "|E:" TWO);
    expect("[[" ONE "," TWO "]]", "E:" ONE "|E:" TWO);
    expect("\"OK\"", "B:\"OK\"");
    expect("12", "B:12");
    expect("hello world", "B:hello world");
    expect("]", "B:]");
    expect("}", "B:}");
}
END_TEST

START_TEST(test_slice_garbage_is_one_piece_and_neighbours_live)
{
    expect("junk [" ONE "]", "B:junk [|E:" ONE);
    expect("[" ONE ",some words of junk," TWO "]", "E:" ONE "|B:some words of junk|E:" TWO);
    expect("[" ONE "] trailing junk", "E:" ONE "|B:trailing junk");
    expect("[" ONE "] junk " TWO, "E:" ONE "|B:junk|E:" TWO);
    expect("[" ONE "}," TWO "]", "E:" ONE "|B:}|E:" TWO);
    expect("[,," ONE ",,," TWO ",]", "E:" ONE "|E:" TWO);
    expect("[" ONE TWO "]", "E:" ONE "|E:" TWO);
    expect("[" ONE ",{," TWO "]", "E:" ONE "|B:{|E:" TWO);
    expect("[{" ONE "]", "B:{|E:" ONE);
}
END_TEST

START_TEST(test_slice_finds_its_feet_after_an_unbalanced_record)
{
    expect("[" ENV("function") "{\"a\":1," TWO "," THREE "]", "B:" ENV("function") "{\"a\":1|E:" TWO "|E:" THREE);
    expect("[" ENV("function") "\"no end," TWO "," THREE "]", "B:" ENV("function") "\"no end|E:" TWO "|E:" THREE);
    expect("[" ENV("function") "[1,2}}," TWO "]", "B:" ENV("function") "[1,2}}|E:" TWO);
    expect("[" ENV("function") "\"x\\\"}," TWO "]", "B:" ENV("function") "\"x\\\"}|E:" TWO);
    expect("[" ENV("function") "," TWO "]", "B:" ENV("function") "|E:" TWO);
    expect("[" ENV("function") "{\"a\" 1}}, { \"time\" : \"t\" , \"type\" : 1 } ]",
           "B:" ENV("function") "{\"a\" 1}}|E:{ \"time\" : \"t\" , \"type\" : 1 }");
}
END_TEST

START_TEST(test_slice_text_that_looks_like_an_envelope_stays_inside_its_record)
{
    expect("[" ENV("function") "\""
                               "{\\\"time\\\":\\\"t\\\",\\\"type\\\":\\\"platform.report\\\"}"
                               "\"}," TWO "]",
           "E:" ENV("function") "\""
                                "{\\\"time\\\":\\\"t\\\",\\\"type\\\":\\\"platform.report\\\"}"
                                "\"}|E:" TWO);
    expect("[" ENV("function") "{\"x\":" TWO "}}," THREE "]", "E:" ENV("function") "{\"x\":" TWO "}}|E:" THREE);
    expect("[" ENV("function") "{\"x\":[" TWO ",", "C:" ENV("function") "{\"x\":[" TWO ",");
}
END_TEST

START_TEST(test_slice_truncation_at_every_byte_keeps_what_was_complete)
{
    static const char body[] = "[" ONE "," TWO "," THREE "]";
    const size_t ends[] = { sizeof("[" ONE) - 1, sizeof("[" ONE "," TWO) - 1, sizeof("[" ONE "," TWO "," THREE) - 1 };
    const char *const whole[] = { ONE, TWO, THREE };
    for (size_t n = 0; n < sizeof(body); n++) {
        struct pieces p;
        char *copy = malloc(n != 0 ? n : 1); /* no byte more, so that the sanitizer sees one read too far */
        memcpy(copy, body, n);
        slice((struct nj_str){ copy, n }, &p);
        size_t complete = 0;
        for (; complete < 3 && ends[complete] <= n; complete++)
            ck_assert_msg(has_element(&p, nj_str_of(whole[complete])), "cut at %zu lost element %zu", n, complete);
        /* At most the rest of one element follows, and it runs to the end. */
        ck_assert_uint_le(p.n, complete + 1);
        if (p.n > complete) {
            ck_assert_int_eq(p.p[complete].kind, NJ_SLICE_CUT);
            ck_assert_ptr_eq(p.p[complete].text.p + p.p[complete].text.n, copy + n);
        }
        free(copy);
    }
}
END_TEST

START_TEST(test_slice_any_changed_byte_costs_one_element)
{
    static const char good[] = "[" ONE "," TWO "," THREE "]";
    static const char values[] = "\"\\{}[],:0x \n\x01\xff\xef-t";
    const struct {
        size_t from, to;
        const char *text;
    } spans[] = {
        { 1, sizeof("[" ONE) - 1, ONE },
        { sizeof("[" ONE ",") - 1, sizeof("[" ONE "," TWO) - 1, TWO },
        { sizeof("[" ONE "," TWO ",") - 1, sizeof("[" ONE "," TWO "," THREE) - 1, THREE },
    };
    for (size_t at = 0; at + 1 < sizeof(good); at++) {
        for (size_t v = 0; v < sizeof(values); v++) { /* the last one is NUL */
            char body[sizeof(good)];
            struct pieces p;
            memcpy(body, good, sizeof(good));
            body[at] = values[v];
            slice((struct nj_str){ body, sizeof(good) - 1 }, &p);
            for (size_t k = 0; k < NJ_COUNT(spans); k++)
                if (at < spans[k].from || at >= spans[k].to)
                    ck_assert_msg(has_element(&p, nj_str_of(spans[k].text)), "0x%02x at %zu lost element %zu: %s", (unsigned char)values[v],
                                  at, k, body);
        }
    }
}
END_TEST

START_TEST(test_slice_element_too_deep_is_bad_and_its_neighbour_lives)
{
    struct nj_buf b;
    struct pieces p;
    nj_buf_init(&b, 1 << 20);
    nj_buf_addz(&b, "[" ENV("function"));
    for (int i = 0; i < 5000; i++)
        nj_buf_addz(&b, "[");
    for (int i = 0; i < 5000; i++)
        nj_buf_addz(&b, "]");
    nj_buf_addz(&b, "}," TWO "]");
    slice(nj_buf_str(&b), &p);
    ck_assert_uint_eq(p.n, 2);
    ck_assert_int_eq(p.p[0].kind, NJ_SLICE_BAD);
    ck_assert(has_element(&p, NJ_STR(TWO)));
    nj_buf_fini(&b);
}
END_TEST

/* Envelopes nested in each other, all broken at the very end: without a budget each would be walked to the end. */
START_TEST(test_slice_nested_broken_envelopes_cost_linear_time)
{
    struct nj_buf b;
    struct nj_slicer s;
    struct nj_str piece;
    size_t n = 0;
    nj_buf_init(&b, 8 << 20);
    nj_buf_addz(&b, "[");
    for (int i = 0; i < 120; i++) {
        nj_buf_addz(&b, ENV("function") "[\"");
        for (int k = 0; k < 1000; k++)
            nj_buf_addz(&b, "0123456789abcdef");
        nj_buf_addz(&b, "\",");
    }
    nj_buf_addz(&b, "}");
    nj_slicer_init(&s, nj_buf_str(&b));
    while (nj_slicer_next(&s, &piece) != NJ_SLICE_END)
        n++;
    ck_assert_uint_ge(n, 1);
    ck_assert_uint_le(n, 120);
    ck_assert_uint_le(s.budget, 8 * b.n);
    nj_buf_fini(&b);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_slice_whole_bodies)                                                                                                             \
    X(test_slice_bodies_that_are_no_array)                                                                                                 \
    X(test_slice_garbage_is_one_piece_and_neighbours_live)                                                                                 \
    X(test_slice_finds_its_feet_after_an_unbalanced_record)                                                                                \
    X(test_slice_text_that_looks_like_an_envelope_stays_inside_its_record)                                                                 \
    X(test_slice_truncation_at_every_byte_keeps_what_was_complete)                                                                         \
    X(test_slice_any_changed_byte_costs_one_element)                                                                                       \
    X(test_slice_element_too_deep_is_bad_and_its_neighbour_lives)                                                                          \
    X(test_slice_nested_broken_envelopes_cost_linear_time)

NJ_TEST_MAIN("json_slice")
