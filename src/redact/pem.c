/* PEM private keys: in one text, or line by line over the records of a stream; nothing is held back for it. */
#include "redact_internal.h"

#define BEGIN NJ_STR("-----BEGIN ")
#define END   NJ_STR("-----END")
#define RULE  NJ_STR("-----")

enum { LABEL_MAX = 64, TOKEN_MIN = 16 };

/* Next "-----END" at or after byte at: searched for once, however many blocks begin before it. */
static size_t next_end(struct nj_sweep *s, size_t at)
{
    bool known = at >= s->pem_end.from && (s->pem_end.at == NJ_NPOS || s->pem_end.at >= at);
    if (!known) {
        s->pem_end.from = at;
        s->pem_end.at = nj_str_find(s->text, END, at);
    }
    return s->pem_end.at;
}

/* Behind the dashes that close the END line. */
static size_t end_line(struct nj_str t, size_t at)
{
    size_t label = at + END.n, to = label;
    while (to < t.n && to - label < LABEL_MAX && (nj_is(t.p[to], NJ_IS_ALPHA | NJ_IS_DIGIT) || t.p[to] == ' '))
        to++;
    return nj_has_at(t, to, RULE) ? to + RULE.n : to;
}

/* Behind what may part two lines of a block: white space, also as the escapes of some other notation, and quotes with their
 * separators where each line is a string of its own. */
static size_t skip_breaks(struct nj_str t, size_t at)
{
    for (;;) {
        if (at < t.n && (nj_is(t.p[at], NJ_IS_SPACE) || t.p[at] == '"' || t.p[at] == '\'' || t.p[at] == ',' || t.p[at] == '+'))
            at++;
        else if (at + 1 < t.n && t.p[at] == '\\' && strchr("nrt\\\"", t.p[at + 1]) != NULL)
            at += t.p[at + 1] == '\\' ? 1 : 2;
        else
            return at;
    }
}

static size_t token_end(struct nj_str t, size_t at)
{
    at = nj_run(t, at, NJ_IS_B64);
    while (at < t.n && t.p[at] == '=')
        at++;
    return at;
}

/* "Proc-Type: 4,ENCRYPTED" and the like stand between BEGIN and the key. */
static size_t skip_header(struct nj_str t, size_t at)
{
    static const struct nj_str names[] = { NJ_STR_INIT("Proc-Type:"), NJ_STR_INIT("DEK-Info:"), NJ_STR_INIT("Comment:"),
                                           NJ_STR_INIT("Version:") };
    for (size_t i = 0; i < NJ_COUNT(names); i++) {
        if (!nj_has_at(t, at, names[i]))
            continue;
        while (at < t.n && t.p[at] != '\n' && t.p[at] != '\r' && !nj_has_at(t, at, NJ_STR("\\n")))
            at++;
        return at;
    }
    return at;
}

/* End of the lines of a key that start at byte at: long runs of base64, and a short one where it ends a line.  *open tells
 * that the text ends before the block does. */
static size_t body_end(struct nj_str t, size_t at, bool *open)
{
    size_t end = at;
    for (;;) {
        size_t from = skip_breaks(t, at);
        size_t header = skip_header(t, from);
        if (header != from) {
            at = end = header;
            continue;
        }
        *open = from >= t.n;
        if (*open || t.p[from] == '-')
            return end;
        at = token_end(t, from);
        bool whole_line = at >= t.n || t.p[at] == '\n' || t.p[at] == '\r' || t.p[at] == '\\';
        if (at == from || (at - from < TOKEN_MIN && !whole_line))
            return end;
        end = at;
    }
}

static void note(struct nj_carry *c, bool in_key)
{
    c->in_key = in_key;
    c->lines = c->bytes = 0;
}

/* Certificates and public keys are let through as a whole, whatever their lines look like by chance. */
static void pass_public(struct nj_sweep *s, struct nj_str label, size_t at)
{
    struct nj_str t = s->text;
    bool open = false, known = nj_str_ends(label, NJ_STR("CERTIFICATE")) || nj_str_ends(label, NJ_STR("PUBLIC KEY"));
    size_t end = known && nj_has_at(t, at, RULE) ? skip_breaks(t, body_end(t, at + RULE.n, &open)) : at;
    if (end > at && end - at < NJ_PEM_BYTES && nj_has_at(t, end, END))
        nj_sweep_pass(s, end_line(t, end));
}

bool nj_shape_pem(struct nj_sweep *s, size_t at, struct nj_span *out)
{
    struct nj_str t = s->text;
    if (at < s->done + RULE.n || !nj_has_at(t, at - RULE.n, BEGIN))
        return false;
    size_t from = at - RULE.n, label = from + BEGIN.n, to = label;
    while (to < t.n && to - label < LABEL_MAX && (nj_is(t.p[to], NJ_IS_ALPHA | NJ_IS_DIGIT) || t.p[to] == ' '))
        to++;
    if (nj_str_find(nj_str_slice(t, label, to), NJ_STR("PRIVATE KEY"), 0) == NJ_NPOS) {
        pass_public(s, nj_str_slice(t, label, to), to);
        return false;
    }
    if (nj_has_at(t, to, RULE))
        to += RULE.n;
    size_t end = next_end(s, to);
    bool open = false;
    if (end != NJ_NPOS && end - from <= NJ_PEM_BYTES)
        to = end_line(t, end);
    else
        to = body_end(t, to, &open);
    note(s->carry, open);
    s->r->key_open = open;
    if (open)
        nj_note(s->r, NJ_AUDIT_SPLIT_STATE);
    *out = (struct nj_span){ from, to };
    return true;
}

/* "10:22:31 INFO MIIE...": a line of the key behind the head of a log line. */
static bool behind_head(struct nj_str t, size_t *from, size_t *to)
{
    enum { HEAD_MAX = 128 };
    size_t end = t.n, start;
    while (end > 0 && nj_is(t.p[end - 1], NJ_IS_SPACE))
        end--;
    for (start = end; start > 0 && (nj_is(t.p[start - 1], NJ_IS_B64) || t.p[start - 1] == '=') && end - start < 2 * LABEL_MAX; start--)
        ;
    if (end - start < TOKEN_MIN || start == 0 || start > HEAD_MAX || t.p[start - 1] != ' ')
        return false;
    *from = start;
    *to = end;
    return true;
}

void nj_pem_resume(struct nj_sweep *s)
{
    struct nj_str t = s->text;
    struct nj_carry *c = s->carry;
    bool open = false;
    if (!c->in_key)
        return;
    size_t from = skip_breaks(t, 0), to = body_end(t, from, &open);
    if (to == from && from < t.n && !nj_has_at(t, from, RULE))
        open = behind_head(t, &from, &to);
    if (to > from && nj_has_at(t, skip_breaks(t, to), END)) {
        to = end_line(t, skip_breaks(t, to));
        open = false;
    }
    c->lines++;
    c->bytes += t.n < NJ_PEM_BYTES ? (uint32_t)t.n : NJ_PEM_BYTES;
    c->in_key = open && c->lines < NJ_PEM_LINES && c->bytes < NJ_PEM_BYTES;
    if (to > from && nj_sweep_take(s, (struct nj_span){ from, to }, NJ_DET_PRIVATE_KEY))
        nj_note(s->r, NJ_AUDIT_SPLIT_STATE);
}
