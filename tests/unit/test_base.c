/* Text views, buffers, clocks and diagnostics. */
#include "nightjar/address.h"
#include "nightjar/buf.h"
#include "nightjar/diag.h"
#include "nightjar/hash.h"
#include "nightjar/hex.h"
#include "nightjar/random.h"
#include "nightjar/sched.h"
#include "nightjar/utf8.h"
#include "unit.h"

#include <math.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

START_TEST(test_str_cut_gives_each_piece_and_the_empty_ones)
{
    struct nj_str rest = NJ_STR("a,,b,"), piece;
    static const char *const want[] = { "a", "", "b", "" };
    size_t n = 0;
    while (nj_str_cut(&rest, ',', &piece))
        ck_assert_view_eq(piece, want[n++]);
    ck_assert_uint_eq(n, NJ_COUNT(want));
}
END_TEST

START_TEST(test_str_u64_refuses_what_is_no_number)
{
    static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "0x1", "18446744073709551616", "99999999999999999999" };
    uint64_t v = 7;
    for (size_t i = 0; i < NJ_COUNT(bad); i++)
        ck_assert_msg(!nj_str_u64(nj_str_of(bad[i]), &v), "%s was taken", bad[i]);
    ck_assert_uint_eq(v, 7);
    ck_assert(nj_str_u64(NJ_STR("18446744073709551615"), &v));
    ck_assert_uint_eq(v, UINT64_MAX);
}
END_TEST

START_TEST(test_str_finds_at_the_edges)
{
    struct nj_str s = NJ_STR("abcab");
    ck_assert_uint_eq(nj_str_find(s, NJ_STR("ab"), 0), 0);
    ck_assert_uint_eq(nj_str_find(s, NJ_STR("ab"), 1), 3);
    ck_assert_uint_eq(nj_str_find(s, NJ_STR("abc"), 1), NJ_NPOS);
    ck_assert_uint_eq(nj_str_find(s, NJ_STR(""), 0), NJ_NPOS);
    ck_assert_uint_eq(nj_str_chr(s, 'b', 2), 4);
    ck_assert_uint_eq(nj_str_chr(s, 'b', 5), NJ_NPOS);
    ck_assert(nj_str_starts_nocase(s, NJ_STR("ABC")));
    static const struct nj_str prefixes[] = { NJ_STR_INIT("abd"), NJ_STR_INIT("abcabc"), NJ_STR_INIT("abca") };
    ck_assert(nj_str_starts_any(s, prefixes, 3));
    ck_assert(!nj_str_starts_any(s, prefixes, 2));
    ck_assert(!nj_str_starts_any(s, prefixes, 0));
    ck_assert(nj_str_is_any(NJ_STR("abca"), prefixes, 3) && !nj_str_is_any(NJ_STR("abca"), prefixes, 2));
    ck_assert(!nj_str_is_any(NJ_STR("ABCA"), prefixes, 3) && !nj_str_is_any(NJ_STR("abc"), prefixes, 3));
    ck_assert(nj_str_is_any_nocase(NJ_STR("AbCa"), prefixes, 3) && !nj_str_is_any_nocase(NJ_STR("AbCa"), prefixes, 2));
    ck_assert(nj_str_ends(s, NJ_STR("cab")));
    ck_assert_view_eq(nj_str_trim(NJ_STR(" \t x y\r\n")), "x y");
    ck_assert_view_eq(nj_str_trim(NJ_STR(" \n")), "");
}
END_TEST

START_TEST(test_str_distance_knows_a_swap_and_stops_at_the_limit)
{
    ck_assert_uint_eq(nj_str_distance(NJ_STR("NIGHTJAR_SNIK"), NJ_STR("nightjar_sink"), 3), 1);
    ck_assert_uint_eq(nj_str_distance(NJ_STR("kitten"), NJ_STR("sitting"), 5), 3);
    ck_assert_uint_eq(nj_str_distance(NJ_STR("abc"), NJ_STR("xyz"), 1), 2);
    ck_assert_uint_eq(nj_str_distance(NJ_STR(""), NJ_STR("ab"), 5), 2);
}
END_TEST

START_TEST(test_buf_over_its_ceiling_latches_and_keeps_the_content)
{
    struct nj_buf b;
    struct nj_str got;
    nj_buf_init(&b, 100);
    for (int i = 0; i < 99; i++)
        nj_buf_addc(&b, 'x');
    nj_buf_addz(&b, "yy");
    ck_assert_int_eq(b.err, NJ_ELIMIT);
    ck_assert_uint_eq(b.n, 99);
    nj_buf_addc(&b, 'z');
    ck_assert_uint_eq(b.n, 99);
    ck_assert_int_eq(nj_buf_finish(&b, &got), NJ_ELIMIT);
    nj_buf_reset(&b);
    nj_buf_addf(&b, "%0101d", 5);
    ck_assert_int_eq(b.err, NJ_ELIMIT);
    nj_buf_fini(&b);
    nj_buf_init(&b, SIZE_MAX);
    nj_buf_addc(&b, 'x');
    ck_assert_int_eq(nj_buf_reserve(&b, SIZE_MAX), NJ_ELIMIT);
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_buf_writes_numbers_that_read_back)
{
    static const double values[] = { 0.1, 174.0, -0.0, 1e300, 5e-324, 539.2, 1.0 / 3 };
    struct nj_buf b;
    nj_buf_init(&b, 1000);
    for (size_t i = 0; i < NJ_COUNT(values); i++) {
        nj_buf_reset(&b);
        nj_buf_add_f64(&b, values[i]);
        nj_buf_addc(&b, '\0');
        ck_assert_msg(strtod(b.p, NULL) == values[i], "%s", b.p);
    }
    nj_buf_reset(&b);
    nj_buf_add_f64(&b, 0.1);
    nj_buf_add_f64(&b, (double)NAN);
    nj_buf_add_i64(&b, INT64_MIN);
    nj_buf_add_u64(&b, 0);
    nj_buf_addf(&b, "%0300d", 1);
    ck_assert_uint_eq(b.n, 3 + 4 + 20 + 1 + 300);
    ck_assert_view_eq(nj_str_slice(nj_buf_str(&b), 0, 28), "0.1null-92233720368547758080");
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_buf_json_escapes_and_mends)
{
    static const struct {
        struct nj_str in;
        const char *want;
    } rows[] = {
        { NJ_STR_INIT("plain"), "\"plain\"" },
        { NJ_STR_INIT(""), "\"\"" },
        { NJ_STR_INIT("a\"b\\c\n\t\r\b\f"), "\"a\\\"b\\\\c\\n\\t\\r\\b\\f\"" },
        { NJ_STR_INIT("\0\x1b\x7f"), "\"\\u0000\\u001b\\u007f\"" },
        { NJ_STR_INIT("na\xc3\xafve \xf0\x9f\x94\x92"), "\"na\xc3\xafve \xf0\x9f\x94\x92\"" },
        { NJ_STR_INIT("\xff\xc3"), "\"" NJ_UTF8_REPLACEMENT NJ_UTF8_REPLACEMENT "\"" },
        { NJ_STR_INIT("\xed\xa0\x80"), "\"" NJ_UTF8_REPLACEMENT NJ_UTF8_REPLACEMENT NJ_UTF8_REPLACEMENT "\"" },
        { NJ_STR_INIT("\xc0\xafx"), "\"" NJ_UTF8_REPLACEMENT NJ_UTF8_REPLACEMENT "x\"" },
    };
    struct nj_buf b;
    nj_buf_init(&b, 1000);
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        nj_buf_reset(&b);
        nj_buf_add_json(&b, rows[i].in);
        ck_assert_view_eq(nj_buf_str(&b), rows[i].want);
    }
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_hex_reads_digits_and_nothing_beside_them)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    for (unsigned c = 0; c < 256; c++) {
        const char *at = c != 0 ? strchr(digits, (int)c) : NULL;
        long want = at == NULL ? -1 : at - digits < 16 ? at - digits : at - digits - 6;
        ck_assert_int_eq(nj_hex_value((char)c), want);
    }
    ck_assert_int_eq(nj_hex_byte(NJ_STR("xFa"), 1), 0xfa);
    ck_assert_int_eq(nj_hex_byte(NJ_STR("xFa"), 2), -1);
    ck_assert_int_eq(nj_hex_byte(NJ_STR("xFa"), 9), -1);
    ck_assert_int_eq(nj_hex_byte(NJ_STR("f"), 0), -1);
    ck_assert_int_eq(nj_hex_byte(NJ_STR("4@"), 0), -1); /* '@' is '`' without a bit, which stands before 'a' */
}
END_TEST

START_TEST(test_hex_writes_what_it_reads)
{
    uint8_t bytes[3];
    char text[16];
    struct nj_buf b;
    ck_assert(nj_hex_decode(NJ_STR("00fFa5"), bytes));
    ck_assert_mem_eq(bytes, "\x00\xff\xa5", 3);
    ck_assert(!nj_hex_decode(NJ_STR("00f"), bytes));
    ck_assert(!nj_hex_decode(NJ_STR("0g"), bytes));
    ck_assert(nj_hex_decode(NJ_STR("00ffa5"), bytes));
    nj_hex_write(text, 5, bytes);
    ck_assert_view_eq(((struct nj_str){ text, 5 }), "00ffa");
    nj_hex_write_u64(text, 0x0123456789abcdefu);
    ck_assert_view_eq(((struct nj_str){ text, 16 }), "0123456789abcdef");
    nj_buf_init(&b, 6);
    nj_hex_add(&b, bytes, 3);
    nj_hex_add(&b, bytes, 0);
    ck_assert_view_eq(nj_buf_str(&b), "00ffa5");
    nj_hex_add(&b, bytes, 1);
    ck_assert_int_eq(b.err, NJ_ELIMIT);
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_percent_decoding_has_three_ways_with_what_is_broken)
{
    struct nj_buf b;
    nj_buf_init(&b, 64);
    ck_assert(nj_percent_decode(NJ_STR("a%20b+c%2F"), NJ_PERCENT_STRICT, &b));
    ck_assert_view_eq(nj_buf_str(&b), "a b+c/");
    nj_buf_reset(&b);
    ck_assert(nj_percent_decode(NJ_STR("%zz%+%4"), NJ_PERCENT_LOOSE, &b));
    ck_assert_view_eq(nj_buf_str(&b), "%zz%+%4");
    nj_buf_reset(&b);
    ck_assert(nj_percent_decode(NJ_STR("a+b%2B%"), NJ_PERCENT_FORM, &b));
    ck_assert_view_eq(nj_buf_str(&b), "a b+%");
    ck_assert(!nj_percent_decode(NJ_STR("a%4"), NJ_PERCENT_STRICT, &b));
    ck_assert(!nj_percent_decode(NJ_STR("a%4g"), NJ_PERCENT_STRICT, &b));
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_address_reads_both_families_and_prints_them_canonically)
{
    static const struct {
        const char *text;
        unsigned keep;
        const char *want; /* NULL: no address */
    } rows[] = {
        { "203.0.113.7", 32, "203.0.113.7" },
        { "203.0.113.7", 24, "203.0.113.0" },
        { "203.0.113.255", 25, "203.0.113.128" },
        { "203.0.113.7", 0, "0.0.0.0" },
        { "2001:0DB8::0:1", 128, "2001:db8::1" },
        { "[fe80::1%eth0]", 128, "fe80::1" },
        { "2001:db8:1:2:3:4:5:6", 48, "2001:db8:1::" },
        { "2001:db8:ffff::", 41, "2001:db8:ff80::" },
        { "::ffff:192.0.2.1", 32, "192.0.2.1" },
        { "", 0, NULL },
        { "203.0.113", 0, NULL },
        { "203.0.113.7/24", 0, NULL },
        { "203.0.113.256", 0, NULL },
        { "1:2:3:4:5:6:7:8:9", 0, NULL },
        { "a day at the office, longer than any address there is", 0, NULL },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_address a;
        struct nj_buf b;
        bool read = nj_address_read(nj_str_of(rows[i].text), &a);
        ck_assert_msg(read == (rows[i].want != NULL), "%s", rows[i].text);
        if (!read)
            continue;
        nj_buf_init(&b, 64);
        nj_address_cut(&a, rows[i].keep);
        nj_address_add(&a, &b);
        ck_assert_view_eq(nj_buf_str(&b), rows[i].want);
        nj_buf_fini(&b);
    }
    ck_assert(!nj_address_read(NJ_STR("203.0.113.7\0001"), &(struct nj_address){ 0 }));
}
END_TEST

START_TEST(test_utf8_put_and_point_agree_for_every_scalar)
{
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        char out[4];
        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        size_t n = nj_utf8_put(out, c);
        struct nj_str s = { out, n };
        ck_assert_uint_eq(nj_utf8_len(s, 0), n);
        ck_assert_uint_eq(nj_utf8_point(s, 0, n), c);
    }
}
END_TEST

START_TEST(test_time_reads_every_form_and_writes_one)
{
    static const struct {
        const char *in, *out; /* out NULL: refused */
    } rows[] = {
        { "2026-11-23T07:15:01.123Z", "2026-11-23T07:15:01.123000Z" },
        { "2026-11-23T07:15:01.123456789Z", "2026-11-23T07:15:01.123456789Z" },
        { "2026-11-23T07:15:01Z", "2026-11-23T07:15:01.000000Z" },
        { "2026-11-23T12:30:00.5+00:00", "2026-11-23T12:30:00.500000Z" },
        { "2026-11-23T00:30:00.5+01:00", "2026-11-22T23:30:00.500000Z" },
        { "2024-02-29T23:59:60Z", "2024-03-01T00:00:00.000000Z" },
        { "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z" },
        { "2000-03-01T00:00:00-23:59", "2000-03-01T23:59:00.000000Z" },
        { "12:01:23:521Z", NULL },
        { "2026-11-23T07:15:01", NULL },
        { "2026-13-23T07:15:01Z", NULL },
        { "2026-11-23T24:15:01Z", NULL },
        { "2026-11-23T07:15:01.Z", NULL },
        { "2026-11-23T07:15:01.1234567890Z", NULL },
        { "1969-12-31T23:59:59Z", NULL },
        { "1970-01-01T00:00:00+01:00", NULL },
        { "9999-01-01T00:00:00Z", NULL },
        { "", NULL },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        char text[NJ_TIME_LEN + 1];
        int64_t ns = -7;
        enum nj_status st = nj_time_parse(nj_str_of(rows[i].in), &ns);
        ck_assert_msg((st == NJ_OK) == (rows[i].out != NULL), "%s", rows[i].in);
        if (st == NJ_OK)
            ck_assert_view_eq(nj_time_format(text, ns), rows[i].out);
    }
}
END_TEST

static void read_fake(void *ctx, int64_t *mono_ns, int64_t *wall_ns)
{
    const int64_t *now = ctx;
    *mono_ns = now[0];
    *wall_ns = now[1];
}

START_TEST(test_clock_deadline_takes_epoch_and_duration_and_is_bounded)
{
    int64_t now[2] = { 5000000000, 1795418400000000000 };
    struct nj_clock c;
    nj_clock_init(&c, read_fake, now);
    ck_assert_int_eq(nj_clock_deadline(&c, 1795418402000).ms, 7000);
    ck_assert_int_eq(nj_clock_deadline(&c, 2000).ms, 7000);
    ck_assert_int_eq(nj_clock_deadline(&c, 1795418399000).ms, 4000);
    ck_assert_int_eq(nj_clock_deadline(&c, INT64_MAX).ms, 5000 + 24 * 3600 * 1000);
    ck_assert_int_eq(nj_clock_deadline(&c, INT64_MIN).ms, 5000 - 24 * 3600 * 1000);
    ck_assert_int_eq(nj_mono_after(c.mono, INT64_MAX).ms, INT64_MAX);
    now[0] += 1999999;
    nj_clock_tick(&c);
    ck_assert_int_eq(c.mono.ms, 5001);
}
END_TEST

/* What nj_diag() writes while standard error is a pipe of ours. */
static size_t catch_diag(char *out, size_t room, const char *text)
{
    int fds[2], keep = dup(STDERR_FILENO);
    ck_assert_int_eq(pipe(fds), 0);
    dup2(fds[1], STDERR_FILENO);
    nj_diag(NJ_LEVEL_WARN, "NJ0000", "%s", text);
    nj_diag(NJ_LEVEL_DEBUG, "NJ0000", "not at this level");
    dup2(keep, STDERR_FILENO);
    close(keep);
    close(fds[1]);
    ssize_t n = read(fds[0], out, room);
    close(fds[0]);
    return n > 0 ? (size_t)n : 0;
}

START_TEST(test_diag_is_one_safe_line_that_knows_itself)
{
    char line[2000], longest[3000];
    memset(longest, '"', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    size_t n = catch_diag(line, sizeof(line), "a \"quote\"\nand \xff a break");
    struct nj_str s = { line, n };
    ck_assert(nj_diag_is_own(s));
    ck_assert_uint_eq(nj_str_chr(s, '\n', 0), n - 1);
    ck_assert_uint_ne(nj_str_find(s, NJ_STR("a \\\"quote\\\"?and ? a break\"}"), 0), NJ_NPOS);
    n = catch_diag(line, sizeof(line), longest);
    ck_assert_uint_le(n, 1000);
    ck_assert_uint_gt(n, 500);
    ck_assert_view_eq(nj_str_slice((struct nj_str){ line, n }, n - 3, n), "\"}\n");
    ck_assert(!nj_diag_is_own(NJ_STR("{\"level\":\"warn\"}")));
}
END_TEST

START_TEST(test_diag_to_a_full_pipe_is_dropped_and_counted)
{
    int fds[2], keep = dup(STDERR_FILENO);
    char page[4096] = { 0 };
    ck_assert_int_eq(pipe(fds), 0);
    for (int i = 0; i < 16; i++)
        ck_assert_int_eq(write(fds[1], page, sizeof(page)), sizeof(page));
    dup2(fds[1], STDERR_FILENO);
    uint64_t before = nj_diag_dropped();
    nj_diag(NJ_LEVEL_ERROR, "NJ0000", "nobody reads");
    dup2(keep, STDERR_FILENO);
    ck_assert_uint_eq(nj_diag_dropped(), before + 1);
    close(keep);
    close(fds[0]);
    close(fds[1]);
}
END_TEST

START_TEST(test_diag_gate_opens_once_an_interval_and_tells_what_was_missed)
{
    struct nj_diag_gate g = { 0 };
    uint64_t missed = 9;
    ck_assert(nj_diag_gate(&g, (struct nj_mono){ 100 }, 1000, &missed));
    ck_assert_uint_eq(missed, 0);
    ck_assert(!nj_diag_gate(&g, (struct nj_mono){ 1099 }, 1000, &missed));
    ck_assert(nj_diag_gate(&g, (struct nj_mono){ 1100 }, 1000, &missed));
    ck_assert_uint_eq(missed, 1);
}
END_TEST

START_TEST(test_hash_tells_every_change_of_a_byte_and_of_the_length)
{
    char text[70] = "the quick brown fox jumps over the lazy dog, again and again and on";
    for (size_t n = 0; n < sizeof(text); n++) {
        uint64_t whole = nj_hash64((struct nj_str){ text, n }, 7);
        ck_assert_uint_ne(whole, nj_hash64((struct nj_str){ text, n + 1 }, 7));
        ck_assert_uint_ne(whole, nj_hash64((struct nj_str){ text, n }, 8));
        for (size_t i = 0; i < n; i++) {
            text[i] ^= 1;
            ck_assert_uint_ne(whole, nj_hash64((struct nj_str){ text, n }, 7));
            text[i] ^= 1;
        }
        ck_assert_uint_eq(whole, nj_hash64((struct nj_str){ text, n }, 7));
    }
}
END_TEST

START_TEST(test_random_hex_is_as_long_as_asked_and_never_twice_the_same)
{
    char a[200], b[200];
    for (size_t digits = 16; digits < sizeof(a); digits += 61) {
        nj_random_hex(a, digits);
        nj_random_hex(b, digits);
        ck_assert_uint_eq(strlen(a), digits);
        ck_assert_uint_eq(strspn(a, "0123456789abcdef"), digits);
        ck_assert_str_ne(a, b);
    }
    for (int i = 0; i < 1000; i++) {
        double r = nj_random01();
        ck_assert(r >= 0 && r < 1);
    }
}
END_TEST

enum { SLICE_NS = 3000000 };

/* What the kernel says of the calling thread; 0 = it knows no slices. */
static uint64_t own_slice(void)
{
    uint64_t told[8] = { 0 }; /* size and policy, flags, nice and priority, runtime, ... */
    return syscall(SYS_sched_getattr, 0, told, sizeof(told), 0) == 0 ? told[3] : 0;
}

static void *ask_sched(void *arg)
{
    uint64_t *slice = arg;
    slice[0] = own_slice();
    ck_assert(nj_sched_ask(0, SLICE_NS));
    slice[1] = own_slice();
    return NULL;
}

START_TEST(test_sched_asks_for_a_slice_of_this_thread_alone)
{
    pthread_t t;
    uint64_t slice[2], mine = own_slice();
    int nice_before = getpriority(PRIO_PROCESS, 0);
    ck_assert_int_eq(pthread_create(&t, NULL, ask_sched, slice), 0);
    ck_assert_int_eq(pthread_join(t, NULL), 0);
    ck_assert(slice[1] == (slice[0] == 0 ? 0 : SLICE_NS)); /* before Linux 6.12: no slices */
    ck_assert(own_slice() == mine);
    ck_assert_int_eq(getpriority(PRIO_PROCESS, 0), nice_before);
}
END_TEST

static void *move_around(void *arg)
{
    cpu_set_t before, after;
    int *moves = arg;
    ck_assert_int_eq(sched_getaffinity(0, sizeof(before), &before), 0);
    for (int i = 0; i < CPU_SETSIZE; i++) {
        bool moved = nj_sched_move(i);
        ck_assert(moved == (CPU_ISSET((size_t)i, &before) != 0));
        for (int tries = 0; moved && sched_getcpu() != i && tries < 1000; tries++)
            (void)nj_sched_move(i); /* the scheduler may have moved it on */
        ck_assert(!moved || sched_getcpu() == i);
        *moves += moved;
    }
    ck_assert(!nj_sched_move(-1) && !nj_sched_move(CPU_SETSIZE));
    ck_assert_int_eq(sched_getaffinity(0, sizeof(after), &after), 0);
    ck_assert(CPU_EQUAL(&before, &after));
    return NULL;
}

START_TEST(test_sched_moves_to_where_the_thread_may_run_and_does_not_keep_it_there)
{
    pthread_t t;
    int moves = 0;
    ck_assert_int_eq(pthread_create(&t, NULL, move_around, &moves), 0);
    ck_assert_int_eq(pthread_join(t, NULL), 0);
    ck_assert_int_gt(moves, 0);
}
END_TEST

START_TEST(test_status_has_words_for_every_code_and_beyond)
{
    for (int i = 0; i <= NJ_STATUSES; i++) {
        ck_assert_uint_gt(strlen(nj_status_name((enum nj_status)i)), 0);
        ck_assert_uint_gt(strlen(nj_status_text((enum nj_status)i)), 0);
    }
    ck_assert(nj_status_retry(NJ_EREMOTE));
    ck_assert(!nj_status_retry(NJ_EPARSE));
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_str_cut_gives_each_piece_and_the_empty_ones)                                                                                    \
    X(test_str_u64_refuses_what_is_no_number)                                                                                              \
    X(test_str_finds_at_the_edges)                                                                                                         \
    X(test_str_distance_knows_a_swap_and_stops_at_the_limit)                                                                               \
    X(test_buf_over_its_ceiling_latches_and_keeps_the_content)                                                                             \
    X(test_buf_writes_numbers_that_read_back)                                                                                              \
    X(test_buf_json_escapes_and_mends)                                                                                                     \
    X(test_hex_reads_digits_and_nothing_beside_them)                                                                                       \
    X(test_hex_writes_what_it_reads)                                                                                                       \
    X(test_percent_decoding_has_three_ways_with_what_is_broken)                                                                            \
    X(test_address_reads_both_families_and_prints_them_canonically)                                                                        \
    X(test_utf8_put_and_point_agree_for_every_scalar)                                                                                      \
    X(test_time_reads_every_form_and_writes_one)                                                                                           \
    X(test_clock_deadline_takes_epoch_and_duration_and_is_bounded)                                                                         \
    X(test_diag_is_one_safe_line_that_knows_itself)                                                                                        \
    X(test_diag_to_a_full_pipe_is_dropped_and_counted)                                                                                     \
    X(test_diag_gate_opens_once_an_interval_and_tells_what_was_missed)                                                                     \
    X(test_hash_tells_every_change_of_a_byte_and_of_the_length)                                                                            \
    X(test_random_hex_is_as_long_as_asked_and_never_twice_the_same)                                                                        \
    X(test_sched_asks_for_a_slice_of_this_thread_alone)                                                                                    \
    X(test_sched_moves_to_where_the_thread_may_run_and_does_not_keep_it_there)                                                             \
    X(test_status_has_words_for_every_code_and_beyond)

NJ_TEST_MAIN("base")
