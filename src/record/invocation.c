/* The ring of invocation contexts, and which of them a line of text belongs to. */
#include "nightjar/invocation.h"

#include "nightjar/hex.h"

_Static_assert(NJ_ID_MAX <= NJ_ARN_MAX && NJ_TENANT_MAX <= NJ_ARN_MAX, "ids and tenants fit into nj_short");

void nj_short_set(struct nj_short *s, struct nj_str v)
{
    s->n = (uint16_t)(v.n < sizeof(s->p) ? v.n : sizeof(s->p));
    if (s->n != 0)
        memcpy(s->p, v.p, s->n);
}

void nj_invocations_init(struct nj_invocations *t, bool concurrent)
{
    memset(t, 0, sizeof(*t));
    t->newest = NJ_INVOCATIONS;
    t->concurrent = concurrent;
    t->prepared = concurrent;
}

/* --- by request id ------------------------------------------------------------------------------------------------ */

/* Ids are random: some bytes of either end tell them apart.  Never 0. */
static uint32_t tag_of(struct nj_str id)
{
    uint64_t head = 0, tail = 0;
    size_t n = id.n < sizeof(head) ? id.n : sizeof(head);
    memcpy(&head, id.p, n);
    memcpy(&tail, id.p + id.n - n, n);
    uint64_t mixed = (head ^ tail << 1 ^ id.n) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(mixed >> 32) | 1;
}

static struct nj_str id_of(struct nj_str request_id)
{
    request_id.n = request_id.n < NJ_ID_MAX ? request_id.n : NJ_ID_MAX;
    return request_id;
}

struct nj_invocation *nj_invocations_find(struct nj_invocations *t, struct nj_str request_id)
{
    struct nj_str id = id_of(request_id);
    if (id.n == 0)
        return NULL;
    uint32_t tag = tag_of(id);
    if (t->newest != NJ_INVOCATIONS && t->tags[t->newest] == tag && nj_str_eq(nj_short_str(&t->ring[t->newest].request_id), id))
        return &t->ring[t->newest]; /* almost always */
    for (size_t i = 0; i < NJ_INVOCATIONS; i++)
        if (t->tags[i] == tag && nj_str_eq(nj_short_str(&t->ring[i].request_id), id))
            return &t->ring[i];
    return NULL;
}

/* A free place, or the oldest finished context, or the oldest. */
static size_t place_to_use(const struct nj_invocations *t)
{
    size_t best = 0;
    for (size_t i = 0; i < NJ_INVOCATIONS; i++) {
        const struct nj_invocation *a = &t->ring[i], *b = &t->ring[best];
        if (!a->used)
            return i;
        bool a_over = a->done || a->reported, b_over = b->done || b->reported;
        if (a_over != b_over ? a_over : a->order < b->order)
            best = i;
    }
    return best;
}

static bool later(const struct nj_invocation *a, const struct nj_invocation *b)
{
    return a->start_ns != b->start_ns ? a->start_ns > b->start_ns : a->order > b->order;
}

/* The one that started last among those that started at or before when_ns; NJ_INVOCATIONS = none. */
static unsigned newest_at(const struct nj_invocations *t, int64_t when_ns)
{
    unsigned best = NJ_INVOCATIONS;
    for (unsigned i = 0; i < NJ_INVOCATIONS; i++) {
        const struct nj_invocation *a = &t->ring[i];
        if (a->used && a->started && a->start_ns <= when_ns && (best == NJ_INVOCATIONS || later(a, &t->ring[best])))
            best = i;
    }
    return best;
}

struct nj_invocation *nj_invocations_at(struct nj_invocations *t, struct nj_str request_id)
{
    struct nj_invocation *i = nj_invocations_find(t, request_id);
    if (i != NULL)
        return i;
    if (request_id.n == 0) {
        t->nobody = (struct nj_invocation){ .used = true };
        return &t->nobody;
    }
    size_t at = place_to_use(t);
    i = &t->ring[at];
    if (i->used && i->started && !i->done)
        t->open--;
    *i = (struct nj_invocation){ .used = true, .order = ++t->orders };
    nj_short_set(&i->request_id, id_of(request_id));
    t->tags[at] = tag_of(id_of(request_id));
    if (t->newest == at)
        t->newest = newest_at(t, INT64_MAX);
    return i;
}

void nj_invocation_started(struct nj_invocations *t, struct nj_invocation *i, int64_t start_ns)
{
    if (i->started || i == &t->nobody)
        return;
    unsigned at = (unsigned)(i - t->ring);
    i->started = true;
    i->start_ns = start_ns;
    i->coldstart = !t->seen_start && !t->prepared;
    t->seen_start = true;
    t->open += !i->done; /* its end may have been told first */
    if (t->newest == NJ_INVOCATIONS || later(i, &t->ring[t->newest]))
        t->newest = at;
}

void nj_invocation_done(struct nj_invocations *t, struct nj_invocation *i, int64_t done_ns)
{
    if (i->done || i == &t->nobody)
        return;
    i->done = true;
    i->done_ns = done_ns;
    t->open -= i->started;
}

/* --- traces ------------------------------------------------------------------------------------------------------- */

/* n hexadecimal digits in lower case to out, which is left alone unless they are well-formed and not all zero. */
static bool take_hex(char *out, struct nj_str hex, size_t n)
{
    char low[32];
    bool zero = true;
    if (hex.n != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = hex.p[i];
        if (!nj_is_hex(c))
            return false;
        zero = zero && c == '0';
        low[i] = (char)(c | 0x20); /* digits have that bit */
    }
    if (zero)
        return false;
    memcpy(out, low, n);
    out[n] = '\0';
    return true;
}

/* 1-5759e988-bd862e3fe1be46a994272793: version, seconds, 96 random bits. */
static void take_root(struct nj_invocation *i, struct nj_str root)
{
    enum { EPOCH = 8, RANDOM = 24, DIGITS = EPOCH + RANDOM };
    char joined[DIGITS];
    if (root.n != 2 + EPOCH + 1 + RANDOM || root.p[0] != '1' || root.p[1] != '-' || root.p[2 + EPOCH] != '-')
        return;
    memcpy(joined, root.p + 2, EPOCH);
    memcpy(joined + EPOCH, root.p + 2 + EPOCH + 1, RANDOM);
    take_hex(i->trace_id, (struct nj_str){ joined, DIGITS }, DIGITS);
}

void nj_invocation_trace(struct nj_invocation *i, struct nj_str xray_value, struct nj_str span_id)
{
    enum { SPAN = 16 };
    struct nj_str rest = xray_value, part, parent = { NULL, 0 };
    while (nj_str_cut(&rest, ';', &part)) {
        struct nj_str value = nj_str_trim(part), key = { NULL, 0 };
        if (!nj_str_cut(&value, '=', &key) || value.p == NULL)
            continue;
        if (nj_str_eq_nocase(key, NJ_STR("Root")))
            take_root(i, value);
        else if (nj_str_eq_nocase(key, NJ_STR("Parent")))
            parent = value;
    }
    if (!take_hex(i->span_id, span_id, SPAN) && i->span_id[0] == '\0')
        take_hex(i->span_id, parent, SPAN);
}

/* --- lines of text ------------------------------------------------------------------------------------------------ */

enum { UUID_LEN = 36, UUID_FIRST = 8, COLUMNS = 64 };

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_';
}

/* The UUID whose first dash is at line.p[dash], by its dashes and edges; the table knows whether it is an id. */
static struct nj_str uuid_around(struct nj_str line, size_t dash)
{
    if (dash < UUID_FIRST || line.n - (dash - UUID_FIRST) < UUID_LEN)
        return (struct nj_str){ NULL, 0 };
    const char *p = line.p + dash - UUID_FIRST;
    bool begins = dash == UUID_FIRST || !is_word(p[-1]);
    bool ends = p + UUID_LEN == line.p + line.n || !is_word(p[UUID_LEN]);
    if (!begins || !ends || p[13] != '-' || p[18] != '-' || p[23] != '-')
        return (struct nj_str){ NULL, 0 };
    return (struct nj_str){ p, UUID_LEN };
}

/* The runtimes write the id into one of the first columns of a line. */
static struct nj_invocation *named_in(struct nj_invocations *t, struct nj_str line)
{
    if (line.n < UUID_LEN)
        return NULL;
    struct nj_str head = nj_str_slice(line, 0, COLUMNS + UUID_FIRST);
    for (size_t dash = nj_str_chr(head, '-', 0); dash != NJ_NPOS; dash = nj_str_chr(head, '-', dash + 1)) {
        struct nj_invocation *i = nj_invocations_find(t, uuid_around(line, dash));
        if (i != NULL)
            return i;
    }
    return NULL;
}

struct nj_invocation *nj_invocations_of_text(struct nj_invocations *t, struct nj_str line, int64_t when_ns, bool *late)
{
    struct nj_invocation *i = named_in(t, line);
    *late = false;
    if (i == NULL && !t->concurrent && t->newest != NJ_INVOCATIONS) {
        unsigned at = t->ring[t->newest].start_ns <= when_ns ? t->newest : newest_at(t, when_ns);
        i = at != NJ_INVOCATIONS ? &t->ring[at] : NULL;
    }
    if (i != NULL)
        *late = i->done;
    return i;
}
