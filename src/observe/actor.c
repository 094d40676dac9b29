/* Addresses, and who is behind a case: what is kept of a name is its pseudonym. */
#include "observe_internal.h"

#include "nightjar/hex.h"
#include "nightjar/pseudonym.h"

/* --- addresses ---------------------------------------------------------------------------------------------------- */

static bool is_v4(struct nj_str s)
{
    struct nj_str rest = s, octet = { NULL, 0 };
    uint64_t n = 0;
    size_t octets = 0;
    while (nj_str_cut(&rest, '.', &octet)) {
        if (octet.n == 0 || octet.n > 3 || !nj_str_u64(octet, &n) || n > 255)
            return false;
        octets++;
    }
    return octets == 4;
}

static bool is_v6(struct nj_str s)
{
    size_t colons = 0;
    for (size_t i = 0; i < s.n; i++) {
        colons += s.p[i] == ':';
        if (!nj_is_hex(s.p[i]) && s.p[i] != ':' && s.p[i] != '.')
            return false;
    }
    bool short_form = nj_str_find(s, NJ_STR("::"), 0) != NJ_NPOS;
    return s.n <= NJ_ADDRESS_MAX && colons <= 8 && colons >= 2 && (colons == 7 || short_form || nj_str_chr(s, '.', 0) != NJ_NPOS);
}

struct nj_str nj_address_of(struct nj_str s)
{
    static const struct nj_str none = { NULL, 0 };
    s = nj_str_trim(s);
    if (s.n != 0 && s.p[0] == '[') {
        size_t end = nj_str_chr(s, ']', 0);
        s = end != NJ_NPOS ? nj_str_slice(s, 1, end) : none;
    }
    size_t colon = nj_str_chr(s, ':', 0);
    if (colon != NJ_NPOS && nj_str_chr(s, ':', colon + 1) == NJ_NPOS) /* one colon: the port of an IPv4 address */
        s = nj_str_slice(s, 0, colon);
    size_t zone = nj_str_chr(s, '%', 0);
    if (zone != NJ_NPOS)
        s = nj_str_slice(s, 0, zone);
    return is_v4(s) || is_v6(s) ? s : none;
}

struct nj_str nj_address_forwarded(struct nj_str list, unsigned hops)
{
    struct nj_str rest = list, entry = { NULL, 0 };
    size_t entries = 1, at = 0;
    hops = hops == 0 ? 1 : hops;
    for (size_t i = 0; i < list.n; i++)
        entries += list.p[i] == ',';
    if (entries < hops)
        return (struct nj_str){ NULL, 0 };
    while (at <= entries - hops && nj_str_cut(&rest, ',', &entry))
        at++;
    return nj_address_of(entry);
}

void nj_actor_address(struct nj_observe *o, struct nj_case *c, struct nj_str address, const char *source)
{
    struct nj_actor *a = &c->actor;
    if (a->address.n != 0 || address.n == 0)
        return;
    a->address = nj_case_keep(c, address, NJ_ADDRESS_MAX);
    a->address_source = a->address.n != 0 ? source : NULL;
    const struct nj_pseudonyms *p = nj_observe_config(o)->pseudonyms;
    if (p != NULL && a->address.n != 0)
        a->address_tag = nj_pseudonym_tag(p, NJ_PSEUDONYM_NET, (struct nj_str){ NULL, 0 }, a->address);
}

/* --- names -------------------------------------------------------------------------------------------------------- */

static bool is_email(struct nj_str s)
{
    size_t at = nj_str_chr(s, '@', 0);
    return at != NJ_NPOS && at != 0 && nj_str_chr(s, '@', at + 1) == NJ_NPOS && nj_str_chr(s, '.', at) != NJ_NPOS;
}

static struct nj_str pseudonym(struct nj_observe *o, struct nj_case *c, uint64_t tag)
{
    struct nj_buf *b = nj_observe_scratch(o);
    nj_pseudonym_add_tag(nj_observe_config(o)->pseudonyms, tag, b);
    return nj_case_keep(c, nj_buf_str(b), NJ_PSEUDONYM_MAX);
}

void nj_actor_name(struct nj_observe *o, struct nj_case *c, struct nj_str principal, enum nj_who_kind kind, bool claimed)
{
    const struct nj_pseudonyms *p = nj_observe_config(o)->pseudonyms;
    struct nj_actor *a = &c->actor;
    principal = nj_str_trim(principal);
    if (principal.n == 0 || a->tag != 0 || (claimed && a->kind > NJ_WHO_ANONYMOUS))
        return;
    a->kind = kind;
    a->claimed = claimed;
    if (kind == NJ_WHO_SERVICE)
        a->service = nj_case_keep(c, principal, NJ_PSEUDONYM_MAX);
    if (p == NULL)
        return;
    enum nj_pseudonym_class class = is_email(principal) ? NJ_PSEUDONYM_EMAIL : NJ_PSEUDONYM_USER;
    a->tag = nj_pseudonym_tag(p, class, a->tenant, principal);
    if (kind != NJ_WHO_SERVICE)
        a->pseudonym = pseudonym(o, c, a->tag);
}

void nj_actor_session(struct nj_observe *o, struct nj_case *c, struct nj_str session)
{
    const struct nj_pseudonyms *p = nj_observe_config(o)->pseudonyms;
    if (p == NULL || c->actor.session.n != 0 || session.n == 0)
        return;
    c->actor.session = pseudonym(o, c, nj_pseudonym_tag(p, NJ_PSEUDONYM_SESSION, c->actor.tenant, session));
}

/* --- routes ------------------------------------------------------------------------------------------------------- */

/* Ids, numbers, addresses, long or odd words; "v1" is no id. */
static bool varies(struct nj_str s)
{
    enum { LONG = 24 };
    bool digit = false, odd = false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        digit = digit || (c >= '0' && c <= '9');
        odd = odd || c >= 0x80 || c == '%' || c == '@' || c == '=' || c == '{' || c <= ' ';
    }
    bool version = s.n <= 3 && s.n >= 2 && (s.p[0] | 0x20) == 'v' && digit;
    return odd || s.n > LONG || (digit && !version);
}

struct nj_str nj_route_of_path(struct nj_str path, char *out, size_t max)
{
    static const struct nj_str id = NJ_STR_INIT("{id}");
    enum { SEGMENTS = 8 };
    struct nj_str rest = nj_str_slice(path, 0, nj_str_chr(path, '?', 0)), segment = { NULL, 0 };
    size_t n = 0, segments = 0;
    while (nj_str_cut(&rest, '/', &segment)) {
        if (segment.n == 0)
            continue;
        if (varies(segment))
            segment = id;
        if (segments++ == SEGMENTS || segment.n + 1 > max - n)
            break;
        out[n++] = '/';
        memcpy(out + n, segment.p, segment.n);
        n += segment.n;
    }
    if (n == 0 && max != 0)
        out[n++] = '/';
    return (struct nj_str){ out, n };
}
