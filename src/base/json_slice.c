/* Finding the elements of a telemetry body, whatever has happened to it. */
#include "json_scan.h"

/* A broken element is looked at again from each envelope inside it; this many times the body in all, so that a body made
 * of nothing but openings costs linear time too. */
enum { RESCAN = 8 };

void nj_slicer_init(struct nj_slicer *s, struct nj_str body)
{
    *s = (struct nj_slicer){ .body = body };
    if (nj_str_starts(body, NJ_STR("\xEF\xBB\xBF")))
        s->at = 3;
    s->budget = body.n <= SIZE_MAX / RESCAN ? body.n * RESCAN : SIZE_MAX;
}

static const char *expect(const char *p, const char *end, struct nj_str word)
{
    p = nj_json_skip_space(p, end);
    return (size_t)(end - p) >= word.n && memcmp(p, word.p, word.n) == 0 ? p + word.n : NULL;
}

/* {"time":"...","type":  as the platform writes it, white space allowed.  The time is short and has no escapes. */
static bool is_envelope(const char *p, const char *end)
{
    enum { TIME_MAX = 64 };
    static const struct nj_str before[] = { NJ_STR_INIT("{"), NJ_STR_INIT("\"time\""), NJ_STR_INIT(":"), NJ_STR_INIT("\"") };
    static const struct nj_str after[] = { NJ_STR_INIT("\""), NJ_STR_INIT(","), NJ_STR_INIT("\"type\""), NJ_STR_INIT(":") };
    for (size_t i = 0; i < NJ_COUNT(before); i++)
        if ((p = expect(p, end, before[i])) == NULL)
            return false;
    for (size_t n = 0; p < end && n < TIME_MAX && *p != '"' && *p != '\\'; n++)
        p++;
    for (size_t i = 0; i < NJ_COUNT(after); i++)
        if ((p = expect(p, end, after[i])) == NULL)
            return false;
    return true;
}

/* Index of the next envelope opening at or after from, or the length of the body. */
static size_t find_envelope(struct nj_str body, size_t from)
{
    const char *end = body.p + body.n;
    for (size_t at = nj_str_chr(body, '{', from); at != NJ_NPOS; at = nj_str_chr(body, '{', at + 1))
        if (is_envelope(body.p + at, end))
            return at;
    return body.n;
}

/* What the platform puts between elements belongs to none of them. */
static struct nj_str without_separators(struct nj_str s)
{
    while (s.n != 0 && (nj_json_is_space(s.p[0]) || s.p[0] == ','))
        s = nj_str_slice(s, 1, s.n);
    while (s.n != 0 && (nj_json_is_space(s.p[s.n - 1]) || s.p[s.n - 1] == ','))
        s = nj_str_slice(s, 0, s.n - 1);
    return s;
}

/* Everything from s->at to the next envelope after from is nobody's. */
static enum nj_slice_kind bad_until(struct nj_slicer *s, size_t from, struct nj_str *piece)
{
    size_t next = find_envelope(s->body, from);
    *piece = without_separators(nj_str_slice(s->body, s->at, next));
    s->at = next;
    return NJ_SLICE_BAD;
}

/* An element that is no object or array has to be a whole token with a separator behind it: words of garbage between two
 * elements are one piece, not a record each. */
static enum nj_scan scan_element(const char **at, const char *end)
{
    if (**at == '{' || **at == '[')
        return nj_json_scan_loose(at, end);
    enum nj_scan r = nj_json_scan(at, end);
    const char *after = nj_json_skip_space(*at, end);
    return r != NJ_SCAN_DONE || after == end || *after == ',' || *after == ']' ? r : NJ_SCAN_BROKEN;
}

bool nj_json_is_function_log(struct nj_str text)
{
    static const char head[] = "{\"time\":\"", middle[] = "\",\"type\":\"function\",\"record\":";
    enum { MIDDLE = NJ_FUNCTION_TIME + NJ_FUNCTION_TIME_LEN };
    _Static_assert(NJ_FUNCTION_TIME == sizeof(head) - 1 && NJ_FUNCTION_RECORD == MIDDLE + sizeof(middle) - 1, "as json.h says");
    if (text.n <= NJ_FUNCTION_RECORD || memcmp(text.p, head, sizeof(head) - 1) != 0 ||
        memcmp(text.p + MIDDLE, middle, sizeof(middle) - 1) != 0)
        return false;
    const char *time = text.p + NJ_FUNCTION_TIME;
    return nj_json_first(nj_json_stops(nj_json_load(time)) | nj_json_stops(nj_json_load(time + NJ_FUNCTION_TIME_LEN - 16))) == 16;
}

/* Behind such an element, if its record is all that is left of it; else NULL: then it is walked from its beginning. */
static const char *behind_function_log(const char *p, const char *end)
{
    if (!nj_json_is_function_log((struct nj_str){ p, (size_t)(end - p) }))
        return NULL;
    p += NJ_FUNCTION_RECORD;
    if (*p == '"')
        p = nj_json_skip_string(p, end);
    else if (*p != '{' || nj_json_scan_loose(&p, end) != NJ_SCAN_DONE)
        return NULL;
    return p < end && *p == '}' ? p + 1 : NULL;
}

static enum nj_slice_kind take_value(struct nj_slicer *s, struct nj_str *piece)
{
    const char *from = s->body.p + s->at, *end = s->body.p + s->body.n, *at = behind_function_log(from, end);
    enum nj_scan r = NJ_SCAN_DONE;
    if (at == NULL) {
        at = from;
        r = scan_element(&at, end);
    }
    size_t walked = (size_t)(at - from);
    if (r == NJ_SCAN_DONE || r == NJ_SCAN_ENDED) {
        *piece = (struct nj_str){ from, r == NJ_SCAN_DONE ? walked : (size_t)(end - from) };
        s->at += piece->n;
        return r == NJ_SCAN_DONE ? NJ_SLICE_ELEMENT : NJ_SLICE_CUT;
    }
    bool again = walked <= s->budget;
    s->budget -= again ? walked : 0;
    return bad_until(s, s->at + (again || walked == 0 ? 1 : walked), piece);
}

/* A bracket opens the array when none is open; inside of one only if an envelope follows, since an element is no array of
 * envelopes: there a separator was damaged, or the whole array is wrapped twice. */
static bool opens_array(const struct nj_slicer *s)
{
    const char *p = s->body.p + s->at + 1, *end = s->body.p + s->body.n;
    return !s->opened || s->closed || is_envelope(p, end);
}

/* Moves to what comes next; false at the end of the body. */
static bool skip_to_value(struct nj_slicer *s)
{
    for (; s->at < s->body.n; s->at++) {
        char c = s->body.p[s->at];
        if (nj_json_is_space(c) || (c == ',' && s->opened))
            continue;
        if (c == '[' && opens_array(s)) {
            s->opened = true;
            s->closed = false;
        } else if (c == ']' && s->opened) {
            s->closed = true;
        } else {
            return true;
        }
    }
    return false;
}

enum nj_slice_kind nj_slicer_next(struct nj_slicer *s, struct nj_str *piece)
{
    *piece = (struct nj_str){ NULL, 0 };
    while (skip_to_value(s)) {
        /* Outside the array only objects count: a bare one, or envelopes behind a bracket that came too early. */
        const char *p = s->body.p + s->at;
        bool wanted = (s->opened && !s->closed) || (*p == '{' && (!s->opened || is_envelope(p, s->body.p + s->body.n)));
        s->opened = true;
        enum nj_slice_kind kind = wanted ? take_value(s, piece) : bad_until(s, s->at, piece);
        if (kind != NJ_SLICE_BAD || piece->n != 0)
            return kind;
    }
    return NJ_SLICE_END;
}
