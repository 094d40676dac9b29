/* sf_query.c -- query strings and small JSON bodies, as the sample function reads them. */
#include "sf_app.h"

#include <jansson.h>

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
    return at == NULL ? -1 : (int)(at - digits);
}

static void add_decoded(struct nj_buf *out, struct nj_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        int high = s.p[i] == '%' && i + 2 < s.n ? hex_value(s.p[i + 1]) : -1;
        int low = high >= 0 ? hex_value(s.p[i + 2]) : -1;
        if (low >= 0) {
            nj_buf_addc(out, (char)(high << 4 | low));
            i += 2;
        } else {
            nj_buf_addc(out, s.p[i] == '+' ? ' ' : s.p[i]);
        }
    }
}

void sf_query_text(struct nj_str query, const char *name, struct nj_buf *out)
{
    struct nj_str member;
    if (query.p == NULL)
        return;
    while (nj_str_cut(&query, '&', &member)) {
        size_t eq = nj_str_chr(member, '=', 0);
        if (!nj_str_eq(nj_str_slice(member, 0, eq), nj_str_of(name)))
            continue;
        if (eq != NJ_NPOS)
            add_decoded(out, nj_str_slice(member, eq + 1, member.n));
        return;
    }
}

uint64_t sf_query_number(struct nj_str query, const char *name, uint64_t otherwise, uint64_t max)
{
    struct nj_buf text;
    uint64_t n = otherwise;
    nj_buf_init(&text, 4096);
    sf_query_text(query, name, &text);
    if (!nj_str_u64(nj_buf_str(&text), &n))
        n = otherwise;
    nj_buf_fini(&text);
    return n > max ? max : n;
}

bool sf_json_text(struct nj_str text, const char *name, struct nj_buf *out)
{
    json_t *root = text.n > 0 ? json_loadb(text.p, text.n, 0, NULL) : NULL;
    json_t *v = json_object_get(root, name);
    bool found = json_is_string(v);
    if (found)
        nj_buf_add(out, (struct nj_str){ json_string_value(v), json_string_length(v) });
    json_decref(root);
    return found;
}
