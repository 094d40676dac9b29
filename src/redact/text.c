/* One text: cleaned, opened if it is JSON, swept until nothing more is found. */
#include "redact_internal.h"

#include "nightjar/json.h"

/* A replacement changes what stands beside it, so that a second sweep may see what the first could not.  What still
 * changes after this many is withheld: what leaves is always text that another redaction would leave alone. */
enum { SWEEPS_MAX = 6 };

static inline bool may_be_json(struct nj_str text)
{
    return text.n >= 2 && (text.p[0] == '{' || text.p[0] == '[' || nj_is(text.p[0], NJ_IS_SPACE));
}

/* The document that is all of a text. */
static __attribute__((noinline)) bool find_json(struct nj_str text, struct nj_str *out)
{
    struct nj_json json;
    struct nj_str trimmed = nj_str_trim(text);
    if (trimmed.n < 2)
        return false;
    char first = trimmed.p[0], last = trimmed.p[trimmed.n - 1];
    if (!((first == '{' && last == '}') || (first == '[' && last == ']')) || nj_json_parse(trimmed, &json) != NJ_OK)
        return false;
    *out = json.raw;
    return true;
}

/* The whole text with its JSON rewritten; keeps the white space around it. */
static bool redact_as_json(struct nj_redactor *r, unsigned level, struct nj_str text, struct nj_str json, struct nj_str *out)
{
    struct nj_level *l = &r->levels[level];
    struct nj_str walked;
    if (!nj_json_walk(r, level, NULL, json, NJ_KEY_NONE, &walked))
        return false;
    *out = text;
    if (walked.p == json.p)
        return true;
    if (json.n == text.n) {
        *out = walked;
        return true;
    }
    struct nj_buf *b = &l->swept[text.p == l->swept[0].p];
    nj_buf_reset(b);
    nj_buf_add(b, (struct nj_str){ text.p, (size_t)(json.p - text.p) });
    nj_buf_add(b, walked);
    nj_buf_add(b, nj_str_slice(text, (size_t)(json.p - text.p) + json.n, text.n));
    return nj_buf_finish(b, out) == NJ_OK;
}

/* Marks a text of more than one block; what its blocks hold of odd bytes, and of marks. */
static __attribute__((noinline)) uint64_t mark_blocks(struct nj_redactor *r, struct nj_level *l, struct nj_str text, uint64_t *any)
{
    struct nj_marks *m = l->marks;
    uint64_t odd = 0, marked = 0;
    l->marker = (struct nj_marker){ 0 };
    for (size_t base = 0; base < text.n; base += NJ_BLOCK, m++) {
        nj_marks_at(r->marks, &l->marker, text, base, m);
        odd |= m->odd;
        marked |= nj_marks_any(m);
    }
    *any = marked;
    return odd;
}

/* A short text is marked at once. */
static inline void look_at(struct nj_redactor *r, unsigned level, struct nj_str text, bool stream, struct nj_seen *seen)
{
    struct nj_level *l = &r->levels[level];
    uint64_t odd, any;
    seen->bare = false;
    seen->marks = NULL;
    seen->hash = 0;
    if (text.n == 0 || text.n > NJ_COUNT(l->marks) * NJ_BLOCK) {
        seen->ascii = nj_is_plain(text);
        return;
    }
    if (level == 0 && text.n <= NJ_KNOWN_LEN) {
        seen->hash = nj_line_hash(text, stream);
        nj_line_fetch(&r->known_lines, seen->hash);
    }
    bool ready = r->ready.text.p == text.p && r->ready.text.n == text.n;
    r->ready.text.p = NULL;
    if (text.n > NJ_BLOCK && !ready) {
        odd = mark_blocks(r, l, text, &any);
    } else {
        if (ready)
            l->marks[0] = r->ready.marks;
        else
            nj_marks_at(r->marks, &l->marker, text, 0, l->marks);
        odd = l->marks->odd;
        any = nj_marks_any(l->marks);
    }
    seen->ascii = odd == 0;
    seen->bare = (odd | any) == 0;
    if (odd == 0)
        seen->marks = l->marks;
}

/* false: memory was short. */
static __attribute__((noinline)) bool clean(struct nj_redactor *r, struct nj_buf *b, struct nj_str *text)
{
    struct nj_cleaned did = { 0 };
    if (nj_clean_prefix(*text) == text->n)
        return true;
    nj_buf_reset(b);
    nj_clean_add(b, *text, &did);
    for (; did.escapes > 0; did.escapes--)
        nj_count(r, NJ_COUNT_ESCAPES);
    if (did.malformed)
        nj_note(r, NJ_AUDIT_MALFORMED);
    return nj_buf_finish(b, text) == NJ_OK;
}

bool nj_text_redact(struct nj_redactor *r, unsigned level, struct nj_carry *carry, struct nj_str text, struct nj_str *out)
{
    struct nj_level *l = &r->levels[level];
    if (text.n > NJ_REDACT_MAX)
        return false;
    for (unsigned i = 0; i < SWEEPS_MAX; i++) {
        struct nj_seen seen NJ_UNSET;
        struct nj_str json NJ_UNSET;
        look_at(r, level, text, carry != NULL, &seen);
        if (i == 0 && !seen.ascii && !clean(r, &l->clean, &text))
            return false;
        *out = text;
        if (text.n == 0)
            return true;
        if (may_be_json(text) && level <= NJ_NEST_MAX && find_json(text, &json)) {
            if (carry != NULL)
                *carry = (struct nj_carry){ 0 }; /* a document of its own continues nothing */
            return redact_as_json(r, level, text, json, out);
        }
        if (level == 0)
            nj_value_begin(r, text.n);
        struct nj_buf *b = &l->swept[i % 2];
        nj_buf_reset(b);
        if (!nj_sweep(r, level, text, &seen, carry, b))
            return true;
        if (nj_buf_finish(b, &text) != NJ_OK)
            return false;
        carry = NULL;
    }
    return false;
}
