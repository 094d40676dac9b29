/* One text: cleaned, opened if it is JSON, swept until nothing more is found. */
#include "redact_internal.h"

#include "nightjar/json.h"

/* A replacement changes what stands beside it, so that a second sweep may see what the first could not.  What still
 * changes after this many is withheld: what leaves is always text that another redaction would leave alone. */
enum { SWEEPS_MAX = 6 };

static bool may_be_json(struct nj_str text, struct nj_str *trimmed)
{
    if (text.n < 2 || (text.p[0] != '{' && text.p[0] != '[' && !nj_is(text.p[0], NJ_IS_SPACE)))
        return false;
    *trimmed = nj_str_trim(text);
    if (trimmed->n < 2)
        return false;
    char first = trimmed->p[0], last = trimmed->p[trimmed->n - 1];
    return (first == '{' && last == '}') || (first == '[' && last == ']');
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

/* A short text is marked at once. */
static void look_at(struct nj_redactor *r, unsigned level, struct nj_str text, bool stream, struct nj_seen *seen)
{
    struct nj_marks *marks = r->levels[level].marks;
    uint64_t odd = 0, any = 0;
    *seen = (struct nj_seen){ 0 };
    if (text.n == 0 || text.n > sizeof(r->levels[level].marks) / sizeof(*marks) * NJ_BLOCK) {
        seen->ascii = nj_is_plain(text);
        return;
    }
    if (level == 0 && text.n <= NJ_KNOWN_LEN) {
        seen->hash = nj_line_hash(text, stream);
        nj_line_fetch(&r->known_lines, seen->hash);
    }
    bool ready = r->ready.text.p == text.p && r->ready.text.n == text.n;
    r->ready.text.p = NULL;
    if (ready) {
        marks[0] = r->ready.marks;
        odd = marks->odd;
        any = nj_marks_any(marks);
    } else {
        struct nj_marker m = { 0 };
        for (size_t base = 0; base < text.n; base += NJ_BLOCK) {
            struct nj_marks *block = &marks[base / NJ_BLOCK];
            nj_marks_at(r->marks, &m, text, base, block);
            odd |= block->odd;
            any |= nj_marks_any(block);
        }
    }
    seen->ascii = odd == 0;
    seen->bare = odd == 0 && any == 0;
    seen->marks = odd == 0 ? marks : NULL;
}

bool nj_text_redact(struct nj_redactor *r, unsigned level, struct nj_carry *carry, struct nj_str text, struct nj_str *out)
{
    struct nj_level *l = &r->levels[level];
    struct nj_json json;
    struct nj_str trimmed;
    if (text.n > NJ_REDACT_MAX)
        return false;
    struct nj_seen seen;
    look_at(r, level, text, carry != NULL, &seen);
    if (!seen.ascii && nj_clean_prefix(text) != text.n) {
        struct nj_cleaned did = { 0 };
        nj_buf_reset(&l->clean);
        nj_clean_add(&l->clean, text, &did);
        for (; did.escapes > 0; did.escapes--)
            nj_count(r, NJ_COUNT_ESCAPES);
        if (did.malformed)
            nj_note(r, NJ_AUDIT_MALFORMED);
        if (nj_buf_finish(&l->clean, &text) != NJ_OK)
            return false;
    }
    *out = text;
    if (text.n == 0)
        return true;
    for (int i = 0; i < SWEEPS_MAX; i++) {
        if (level <= NJ_NEST_MAX && may_be_json(text, &trimmed) && nj_json_parse(trimmed, &json) == NJ_OK) {
            if (carry != NULL && i == 0)
                *carry = (struct nj_carry){ 0 }; /* a document of its own continues nothing */
            return redact_as_json(r, level, text, json.raw, out);
        }
        if (level == 0)
            nj_value_begin(r, text.n);
        struct nj_buf *b = &l->swept[i % 2];
        nj_buf_reset(b);
        if (!nj_sweep(r, level, text, &seen, i == 0 ? carry : NULL, b)) {
            *out = text;
            return true;
        }
        if (nj_buf_finish(b, &text) != NJ_OK)
            return false;
        look_at(r, level, text, false, &seen);
    }
    return false;
}
