/* Fuzz target: the parser that watches HTTP messages pass, and the search for a status code in bodies.
 *
 * The first byte of the input says what it is (a request or an answer, to HEAD or not) and where the rest is cut.  Besides "does
 * not crash": read in pieces a message ends where it ends when read at once, with the same fields, trailers and body; every byte
 * is taken until it ends; and the search finds the same in pieces as at once.
 *
 *   make fuzz FUZZ=fuzz_proxy */
#include "../../src/lambda/proxy_message.h"
#include "../../src/lambda/proxy_scan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

struct outcome {
    struct nj_msg_reader reader;
    struct nj_msg m;
    struct nj_buf told, body;
    size_t left;
};

static void on_start(void *ctx, struct nj_str method, struct nj_str target)
{
    struct outcome *o = ctx;
    nj_buf_addf(&o->told, "<%.*s %.*s>", NJ_STR_ARG(method), NJ_STR_ARG(target));
}

static void on_field(void *ctx, struct nj_str name, struct nj_str value, bool trailer)
{
    struct outcome *o = ctx;
    must(name.n > 0);
    nj_buf_addc(&o->told, trailer ? '+' : '-');
    nj_buf_add(&o->told, name);
    nj_buf_addc(&o->told, '=');
    nj_buf_add(&o->told, value);
}

static bool wants(struct nj_str name)
{
    return true;
}

static void read_in_pieces(struct outcome *o, struct nj_str in, uint8_t kind, size_t piece)
{
    nj_buf_init(&o->told, 1 << 20);
    nj_buf_init(&o->body, 1 << 20);
    o->reader = (struct nj_msg_reader){ .start = on_start, .field = on_field, .wants = wants, .ctx = o };
    nj_msg_init(&o->m, (kind & 1) != 0, &o->reader);
    o->m.bodiless = (kind & 2) != 0;
    size_t at = 0;
    while (at < in.n && o->m.phase != NJ_MSG_DONE && o->m.phase != NJ_MSG_BAD) {
        struct nj_spans spans = { .n = 0 };
        struct nj_str now = nj_str_slice(in, at, at + piece);
        size_t n = nj_msg_feed(&o->m, now.p, now.n, &spans);
        must(n > 0 && n <= now.n);
        for (size_t i = 0; i < spans.n; i++) {
            must(spans.at[i].p >= now.p && spans.at[i].p + spans.at[i].n <= now.p + n);
            nj_buf_add(&o->body, spans.at[i]);
        }
        at += n;
    }
    o->left = in.n - at;
}

static void forget(struct outcome *o)
{
    nj_msg_fini(&o->m);
    nj_buf_fini(&o->told);
    nj_buf_fini(&o->body);
}

static unsigned search(struct nj_str in, size_t piece)
{
    struct nj_scan s;
    nj_scan_init(&s);
    for (size_t at = 0; at < in.n; at += piece)
        nj_scan_feed(&s, nj_str_slice(in, at, at + piece));
    must(s.found == 0 || (s.found >= 100 && s.found <= 599));
    return s.found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct outcome whole, cut;
    struct nj_str in = { (const char *)data + 1, size - 1 };
    size_t piece = 1 + (data[0] >> 2);
    read_in_pieces(&whole, in, data[0], in.n);
    read_in_pieces(&cut, in, data[0], piece);
    must(whole.m.phase == cut.m.phase && nj_msg_last(&whole.m) == nj_msg_last(&cut.m));
    must(nj_str_eq(nj_buf_str(&whole.told), nj_buf_str(&cut.told)));
    /* What is bad may be noticed at the end of another piece. */
    if (whole.m.phase != NJ_MSG_BAD)
        must(whole.left == cut.left && nj_str_eq(nj_buf_str(&whole.body), nj_buf_str(&cut.body)));
    forget(&whole);
    forget(&cut);
    must(search(in, in.n) == search(in, piece));
    return 0;
}
