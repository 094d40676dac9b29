/* nightjar verify: every record that is taken out, altered, doubled or made up shows, with and without a key. */
#include "nightjar/chain.h"
#include "nightjar/commands.h"
#include "nightjar/pseudonym.h"
#include "nightjar/sink.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { RECORDS = 12, LINE = 1024 };
#define KEY "k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static char lines[RECORDS][LINE];
static char *out_text, *err_text;
static const char *environment; /* NULL: there is none */
static size_t out_n, err_n;

static struct nj_clean record_of(int i, char id[static 32], const char *stream)
{
    struct nj_clean r = { .when_ns = INT64_C(1795418101123456000) + i,
                          .event = NJ_STR("function.log"),
                          .message = NJ_STR("hello, \"world\"") };
    snprintf(id, 32, "%s-%d", stream, 100 + 3 * i);
    r.id = nj_str_of(id);
    if (i == 0) {
        r.event = NJ_STR("nightjar.start");
        r.data = NJ_STR("{\"nightjar.key\":\"ephemeral\"}");
    } else if (i == RECORDS - 1) {
        r.event = NJ_STR("nightjar.ledger");
        r.data =
            NJ_STR("{\"sinks\":{\"a\":{\"dropped\":{\"queue_full\":1,\"deadline\":1}},\"b\":{\"dropped\":{}}},\"nightjar.final\":true}");
    }
    return r;
}

/* A stream as a sink stores it, from the encoder that the sidecar uses. */
static void make(const struct nj_hmac_key *key)
{
    struct nj_chain chain;
    struct nj_encode_cache cache = { .chain = &chain };
    nj_chain_init(&chain, key);
    nj_buf_init(&cache.bytes, NJ_ENCODE_CACHE_MAX);
    for (int i = 0; i < RECORDS; i++) {
        char id[32];
        struct nj_buf line;
        struct nj_clean r = record_of(i, id, "7f3a");
        if (i == 0 && key != NULL)
            r.data = NJ_STR("{\"nightjar.key\":\"k1\"}");
        nj_buf_init(&line, LINE - 1);
        nj_format_ndjson.record(&line, &r, &cache);
        ck_assert_int_eq(line.err, NJ_OK);
        snprintf(lines[i], LINE, "%.*s", NJ_STR_ARG(nj_buf_str(&line)));
        nj_buf_fini(&line);
    }
    nj_buf_fini(&cache.bytes);
}

static struct nj_hmac_key chain_key(void)
{
    struct nj_pseudonyms *p = NULL;
    struct nj_hmac_key key;
    ck_assert_int_eq(nj_pseudonyms_new(&p, NJ_STR(KEY), (struct nj_str){ NULL, 0 }), NJ_OK);
    nj_pseudonyms_derive(p, NJ_STR("chain"), &key);
    nj_pseudonyms_free(p);
    return key;
}

static int verify_text(const char *text, bool with_key)
{
    char name[] = "/tmp/nightjar-verify-XXXXXX", path[128];
    int key_fd = mkstemp(name);
    ck_assert_int_ge(key_fd, 0);
    ck_assert_int_eq(write(key_fd, KEY, sizeof(KEY) - 1), (ssize_t)sizeof(KEY) - 1);
    close(key_fd);
    snprintf(path, sizeof(path), "--key-file=%s", name);
    char program[] = "nightjar", verb[] = "verify", *argv[] = { program, verb, with_key ? path : NULL, NULL };
    const char *environ_[] = { environment, NULL };
    FILE *in = tmpfile();
    ck_assert_ptr_nonnull(in);
    fputs(text, in);
    fflush(in);
    rewind(in);
    lseek(fileno(in), 0, SEEK_SET);
    free(out_text);
    free(err_text);
    FILE *out = open_memstream(&out_text, &out_n), *err = open_memstream(&err_text, &err_n);
    int code = nj_command_verify(&(struct nj_stream){ with_key ? 3 : 2, argv, environ_, fileno(in), out, err });
    fclose(out);
    fclose(err);
    fclose(in);
    unlink(name);
    return code;
}

/* text has room for a line more than there are. */
static void add_line(char *text, int i)
{
    size_t n = strlen(text), more = strlen(lines[i]);
    memcpy(text + n, lines[i], more);
    memcpy(text + n + more, "\n", sizeof("\n"));
}

/* All lines but the one at skip (-1: all), in the order given by step. */
static int verify(int skip, int step, bool with_key)
{
    static char text[RECORDS * LINE];
    text[0] = '\0';
    for (int i = 0; i < RECORDS; i++) {
        int at = i * step % RECORDS;
        if (at == skip)
            continue;
        add_line(text, at);
    }
    return verify_text(text, with_key);
}

static void teardown(void)
{
    free(out_text);
    free(err_text);
    out_text = err_text = NULL;
}

START_TEST(test_verify_a_whole_stream_is_complete_in_any_order)
{
    make(NULL);
    ck_assert_int_eq(verify(-1, 1, false), 0);
    ck_assert_str_eq(
        out_text,
        "7f3a: 12 records of 12; complete\n12 records in 1 streams: 0 missing, 0 altered, 0 there twice, 0 lines are no records\n");
    ck_assert_int_eq(verify(-1, 5, false), 0);
    ck_assert_str_eq(err_text, "");
    teardown();
}
END_TEST

START_TEST(test_verify_each_record_that_is_taken_out_is_missed)
{
    make(NULL);
    for (int i = 0; i < RECORDS; i++) {
        char want[32];
        snprintf(want, sizeof(want), "; missing %d", i + 1);
        int code = verify(i, 1, false);
        if (i == RECORDS - 1) /* the end: nothing follows it, but the ledger is not there */
            ck_assert_ptr_nonnull(strstr(out_text, "no final ledger"));
        else
            ck_assert_msg(strstr(out_text, want) != NULL, "%s in %s", want, out_text);
        ck_assert_ptr_null(strstr(out_text, "; altered"));
        /* The ledger tells of two that a sink lost, so one that is missing proves nothing. */
        ck_assert_int_eq(code, 0);
    }
    teardown();
}
END_TEST

START_TEST(test_verify_more_missing_than_the_ledger_tells_is_no_accident)
{
    static char text[RECORDS * LINE];
    make(NULL);
    text[0] = '\0';
    for (int i = 0; i < RECORDS; i++)
        if (i < 3 || i > 5) {
            add_line(text, i);
        }
    ck_assert_int_eq(verify_text(text, false), 1);
    ck_assert_ptr_nonnull(strstr(out_text, "; missing 4-6 (the ledger tells of 2 dropped)"));
    teardown();
}
END_TEST

START_TEST(test_verify_every_altered_byte_shows)
{
    for (int keyed = 0; keyed < 2; keyed++) {
        struct nj_hmac_key key = chain_key();
        make(keyed ? &key : NULL);
        for (size_t at = 2; at < strlen(lines[4]); at += 7) {
            char before = lines[4][at];
            lines[4][at] = before == '1' ? '2' : before >= '0' && before <= '9' ? '1' : before == 'e' ? 'f' : before;
            if (lines[4][at] == before)
                continue;
            int code = verify(-1, 1, keyed);
            ck_assert_msg(code == 1, "byte %zu of %s: %s", at, lines[4], out_text);
            lines[4][at] = before;
        }
    }
    teardown();
}
END_TEST

/* Somebody takes a record out, numbers the others anew and links them as far as he can: without the key. */
START_TEST(test_verify_with_a_key_nobody_makes_the_rest_fit)
{
    struct nj_hmac_key key = chain_key();
    struct nj_chain forged;
    make(&key);
    ck_assert_int_eq(verify(-1, 1, true), 0);
    struct nj_encode_cache cache = { .chain = &forged };
    nj_chain_init(&forged, NULL);
    nj_buf_init(&cache.bytes, NJ_ENCODE_CACHE_MAX);
    for (int i = 0; i < RECORDS; i++) {
        char id[32];
        struct nj_buf line;
        struct nj_clean r = record_of(i, id, "7f3a");
        if (i == 0)
            r.data = NJ_STR("{\"nightjar.key\":\"k1\"}");
        nj_buf_init(&line, LINE - 1);
        nj_format_ndjson.record(&line, &r, &cache);
        snprintf(lines[i], LINE, "%.*s", NJ_STR_ARG(nj_buf_str(&line)));
        nj_buf_fini(&line);
    }
    nj_buf_fini(&cache.bytes);
    ck_assert_int_eq(verify(-1, 1, true), 1);
    ck_assert_ptr_nonnull(strstr(out_text, "; altered 1 2 3"));
    teardown();
}
END_TEST

START_TEST(test_verify_takes_the_key_from_the_environment_too)
{
    struct nj_hmac_key key = chain_key();
    make(&key);
    environment = "NIGHTJAR_PSEUDONYM_KEY=" KEY;
    ck_assert_int_eq(verify(-1, 1, false), 0);
    ck_assert_str_eq(err_text, "");
    environment = NULL;
    teardown();
}
END_TEST

START_TEST(test_verify_says_when_the_key_is_needed)
{
    struct nj_hmac_key key = chain_key();
    make(&key);
    ck_assert_int_eq(verify(-1, 1, false), 1);
    ck_assert_ptr_nonnull(strstr(err_text, "--key-file"));
    ck_assert_ptr_null(strstr(out_text, "; altered"));
    teardown();
}
END_TEST

START_TEST(test_verify_twice_is_no_harm_but_two_with_one_number_are)
{
    static char text[(RECORDS + 1) * LINE];
    make(NULL);
    text[0] = '\0';
    for (int i = 0; i < RECORDS; i++) {
        add_line(text, i);
    }
    size_t n = strlen(text);
    snprintf(text + n, sizeof(text) - n, "%s\n", lines[4]);
    ck_assert_int_eq(verify_text(text, false), 0);
    ck_assert_ptr_nonnull(strstr(out_text, "; 1 there twice"));
    char *hello = strstr(text + n, "hello");
    memcpy(hello, "HELLO", 5);
    ck_assert_int_eq(verify_text(text, false), 1);
    ck_assert_ptr_nonnull(strstr(out_text, "; altered 5"));
    teardown();
}
END_TEST

START_TEST(test_verify_what_is_no_record_is_counted_and_nothing_is_no_proof)
{
    ck_assert_int_eq(verify_text("", false), 1);
    ck_assert_ptr_nonnull(strstr(err_text, "no record"));
    ck_assert_int_eq(verify_text("garbage\n{}\n{\"id\":\"a-1\",\"seq\":0,\"chain\":\"0123456789abcdef\"}\n"
                                 "{\"id\":7,\"seq\":1.5,\"chain\":\"0123456789abcdef\"}\n[\n\xff\xfe\n",
                                 false),
                     1);
    ck_assert_ptr_nonnull(strstr(out_text, "6 lines are no records"));
    teardown();
}
END_TEST

START_TEST(test_chain_a_new_stream_begins_anew_and_a_full_buffer_changes_nothing)
{
    struct nj_chain c;
    struct nj_buf b;
    nj_chain_init(&c, NULL);
    nj_buf_init(&b, 256);
    nj_buf_addz(&b, "{\"id\":\"a-1\"");
    nj_chain_add(&c, NJ_STR("a-1"), &b, 0);
    ck_assert(nj_str_starts(nj_buf_str(&b), NJ_STR("{\"id\":\"a-1\",\"seq\":1,\"chain\":\"")));
    nj_buf_reset(&b);
    nj_buf_addz(&b, "{");
    nj_chain_add(&c, NJ_STR("a-2"), &b, 0);
    ck_assert(nj_str_starts(nj_buf_str(&b), NJ_STR("{,\"seq\":2,")));
    nj_buf_reset(&b);
    nj_buf_addz(&b, "{");
    nj_chain_add(&c, NJ_STR("b-3"), &b, 0);
    ck_assert(nj_str_starts(nj_buf_str(&b), NJ_STR("{,\"seq\":1,")));
    nj_buf_fini(&b);
    nj_buf_init(&b, 16);
    nj_buf_addz(&b, "{");
    nj_chain_add(&c, NJ_STR("b-4"), &b, 0);
    ck_assert_int_eq(b.err, NJ_ELIMIT);
    ck_assert_uint_eq(c.seq, 1);
    nj_buf_fini(&b);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_verify_a_whole_stream_is_complete_in_any_order)                                                                                 \
    X(test_verify_each_record_that_is_taken_out_is_missed)                                                                                 \
    X(test_verify_more_missing_than_the_ledger_tells_is_no_accident)                                                                       \
    X(test_verify_every_altered_byte_shows)                                                                                                \
    X(test_verify_with_a_key_nobody_makes_the_rest_fit)                                                                                    \
    X(test_verify_takes_the_key_from_the_environment_too)                                                                                  \
    X(test_verify_says_when_the_key_is_needed)                                                                                             \
    X(test_verify_twice_is_no_harm_but_two_with_one_number_are)                                                                            \
    X(test_verify_what_is_no_record_is_counted_and_nothing_is_no_proof)                                                                    \
    X(test_chain_a_new_stream_begins_anew_and_a_full_buffer_changes_nothing)

NJ_TEST_MAIN("verify")
