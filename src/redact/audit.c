/* What a record says about its redaction: counts by rule, how much went, how deep it lay, and what made judging difficult. */
#include "redact_internal.h"

/* --- counts ------------------------------------------------------------------------------------------------------- */

void nj_count(struct nj_redactor *r, unsigned counter)
{
    r->counted[counter / 64] |= (uint64_t)1 << counter % 64;
    r->findings += counter == NJ_COUNT_WITHHELD ? 1 : 0;
    if (r->counts[counter] != UINT32_MAX)
        r->counts[counter]++;
}

void nj_withheld(struct nj_redactor *r, struct nj_str value)
{
    nj_note(r, NJ_AUDIT_BUDGET);
    nj_found(r, NJ_COUNT_WITHHELD, NJ_ACT_MASK, value);
}

struct nj_str nj_counter_name(const struct nj_redactor *r, unsigned counter)
{
    if (counter < NJ_DETECTORS)
        return nj_detectors[counter].counter;
    if (counter == NJ_COUNT_ESCAPES)
        return NJ_STR("escape_sequence");
    if (counter == NJ_COUNT_WITHHELD)
        return NJ_STR("withheld");
    if (counter >= NJ_COUNT_RULES)
        return nj_rules_name(r, counter - NJ_COUNT_RULES);
    return nj_secret_keys[counter - NJ_COUNT_KEYS].counter;
}

/* The next counter that is not zero at or after i, or NJ_COUNTS. */
static unsigned next_counted(const struct nj_redactor *r, unsigned i)
{
    for (unsigned word = i / 64; word < NJ_COUNT(r->counted); word++) {
        uint64_t bits = r->counted[word] & (word == i / 64 ? ~(uint64_t)0 << i % 64 : ~(uint64_t)0);
        if (bits != 0)
            return word * 64 + (unsigned)__builtin_ctzll(bits);
    }
    return NJ_COUNTS;
}

static uint64_t take_count(struct nj_redactor *r, unsigned i)
{
    uint64_t n = r->counts[i];
    r->counts[i] = 0;
    return n;
}

/* Rows of one counter stand together: their sum is printed once. */
void nj_redact_counts_take(struct nj_redactor *r, struct nj_buf *out)
{
    bool any = false;
    for (unsigned i = next_counted(r, 0); i < NJ_COUNTS;) {
        struct nj_str name = nj_counter_name(r, i);
        uint64_t sum = take_count(r, i);
        nj_buf_addz(out, any ? ",\"" : "{\"");
        if (i >= NJ_COUNT_KEYS)
            nj_buf_addz(out, i >= NJ_COUNT_RULES ? "rule." : "key.");
        nj_buf_add(out, name);
        bool key = i >= NJ_COUNT_KEYS;
        for (i = next_counted(r, i + 1); key && i < NJ_COUNT_RULES && nj_str_eq(nj_counter_name(r, i), name); i = next_counted(r, i + 1))
            sum += take_count(r, i);
        nj_buf_addz(out, "\":");
        nj_buf_add_u64(out, sum);
        any = true;
    }
    if (any)
        nj_buf_addc(out, '}');
    memset(r->counted, 0, sizeof(r->counted));
}

/* --- the rest ----------------------------------------------------------------------------------------------------- */

static const struct nj_str flag_names[NJ_AUDIT_FLAGS] = {
    [NJ_AUDIT_TRUNCATED] = NJ_STR_INIT("\"truncated\""),
    [NJ_AUDIT_BUDGET] = NJ_STR_INIT("\"budget\""),
    [NJ_AUDIT_MALFORMED] = NJ_STR_INIT("\"malformed\""),
    [NJ_AUDIT_SPLIT_STATE] = NJ_STR_INIT("\"split_state\""),
};

bool nj_redact_noted(const struct nj_redactor *r)
{
    return next_counted(r, 0) != NJ_COUNTS || r->audit.flags != 0;
}

/* The sum of one finding would be its length: up to the next power of two it says how much, and no more. */
static uint64_t coarse(uint64_t bytes)
{
    enum { LEAST = 64 };
    uint64_t size = LEAST;
    while (size < bytes)
        size *= 2;
    return size;
}

static void add_flags(struct nj_buf *out, unsigned flags)
{
    bool first = true;
    for (unsigned i = 0; i < NJ_AUDIT_FLAGS; i++) {
        if ((flags >> i & 1) == 0)
            continue;
        nj_buf_add(out, first ? NJ_STR("\"flags\":[") : NJ_STR(","));
        nj_buf_add(out, flag_names[i]);
        first = false;
    }
    nj_buf_addc(out, ']');
}

void nj_redact_audit_take(struct nj_redactor *r, struct nj_buf *out)
{
    struct nj_audit a = r->audit;
    r->audit = (struct nj_audit){ 0 };
    if (a.bytes == 0 && a.flags == 0)
        return;
    nj_buf_addc(out, '{');
    if (a.bytes != 0) {
        nj_buf_add(out, NJ_STR("\"bytes\":"));
        nj_buf_add_u64(out, coarse(a.bytes));
        nj_buf_add(out, NJ_STR(",\"depth\":"));
        nj_buf_add_u64(out, a.depth);
    }
    if (a.bytes != 0 && a.flags != 0)
        nj_buf_addc(out, ',');
    if (a.flags != 0)
        add_flags(out, a.flags);
    nj_buf_addc(out, '}');
}
