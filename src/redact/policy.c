/* Presets as a table, and the name lists of the operator. */
#include "redact_internal.h"

#include "nightjar/address.h"

#include <stdlib.h>

static const struct nj_policy presets[] = {
#define NJ_REDACT_CLASS(name, standard, strict, pci, hipaa) [NJ_CLASS_##name] = NJ_ACT_##standard,
    { NJ_STR_INIT("default"),
      .action = {
#include "classes.def"
      } },
#undef NJ_REDACT_CLASS
#define NJ_REDACT_CLASS(name, standard, strict, pci, hipaa) [NJ_CLASS_##name] = NJ_ACT_##strict,
    { NJ_STR_INIT("strict"),
      .names_only = true, .action = {
#include "classes.def"
      } },
#undef NJ_REDACT_CLASS
#define NJ_REDACT_CLASS(name, standard, strict, pci, hipaa) [NJ_CLASS_##name] = NJ_ACT_##pci,
    { NJ_STR_INIT("pci"),
      .payload_most = 16 << 10, .action = {
#include "classes.def"
      } },
#undef NJ_REDACT_CLASS
#define NJ_REDACT_CLASS(name, standard, strict, pci, hipaa) [NJ_CLASS_##name] = NJ_ACT_##hipaa,
    { NJ_STR_INIT("hipaa"),
      .names_only = true, .action = {
#include "classes.def"
      } },
#undef NJ_REDACT_CLASS
#define NJ_REDACT_CLASS(name, standard, strict, pci, hipaa) [NJ_CLASS_##name] = NJ_ACT_COUNT,
    { NJ_STR_INIT("off"),
      .action = {
#include "classes.def"
      } },
#undef NJ_REDACT_CLASS
};

const struct nj_str nj_action_names[NJ_ACTIONS] = {
    [NJ_ACT_KEEP] = NJ_STR_INIT("keep"),       [NJ_ACT_MASK] = NJ_STR_INIT("mask"),         [NJ_ACT_LAST4] = NJ_STR_INIT("last4"),
    [NJ_ACT_HMAC] = NJ_STR_INIT("hmac"),       [NJ_ACT_REMOVE] = NJ_STR_INIT("remove"),     [NJ_ACT_COUNT] = NJ_STR_INIT("count"),
    [NJ_ACT_PARTIAL] = NJ_STR_INIT("partial"), [NJ_ACT_TRUNCATE] = NJ_STR_INIT("truncate"), [NJ_ACT_DROP] = NJ_STR_INIT("drop_record"),
    [NJ_ACT_BIN] = NJ_STR_INIT("bin_last4"),
};

static const struct nj_str class_names[NJ_CLASSES] = {
#define NJ_REDACT_CLASS(name, standard, strict, pci, hipaa) [NJ_CLASS_##name] = NJ_STR_INIT(#name),
#include "classes.def"
#undef NJ_REDACT_CLASS
};

bool nj_action_find(struct nj_str name, enum nj_action *out)
{
    static const struct {
        struct nj_str name;
        enum nj_action action;
    } others[] = { { NJ_STR_INIT("pseudonym"), NJ_ACT_HMAC },
                   { NJ_STR_INIT("drop"), NJ_ACT_DROP },
                   { NJ_STR_INIT("count_only"), NJ_ACT_COUNT } };
    for (unsigned i = 0; i < NJ_ACTIONS; i++)
        if (nj_str_eq(name, nj_action_names[i])) {
            *out = (enum nj_action)i;
            return true;
        }
    for (size_t i = 0; i < NJ_COUNT(others); i++)
        if (nj_str_eq(name, others[i].name)) {
            *out = others[i].action;
            return true;
        }
    return false;
}

bool nj_class_find(struct nj_str name, enum nj_class *out)
{
    for (unsigned i = 0; i < NJ_CLASSES; i++)
        if (nj_str_eq_nocase(name, class_names[i])) {
            *out = (enum nj_class)i;
            return true;
        }
    return false;
}

bool nj_class_is_secret(enum nj_class class)
{
    return class <= NJ_CLASS_CVV; /* the graver ones stand first */
}

const struct nj_policy *nj_policy_find(struct nj_str name)
{
    if (name.n == 0)
        return &presets[0];
    for (size_t i = 0; i < NJ_COUNT(presets); i++)
        if (nj_str_eq_nocase(name, presets[i].name))
            return &presets[i];
    return NULL;
}

size_t nj_redact_payload_most(struct nj_str policy)
{
    const struct nj_policy *p = nj_policy_find(policy);
    return p != NULL ? p->payload_most : 0;
}

/* --- what takes the place of a value ------------------------------------------------------------------------------ */

/* The last four digits tell a customer which card it was, and nobody the others: of a shorter number they would tell too much.  So do the
 * first six beside them. */
static void add_digits(struct nj_str value, struct nj_str placeholder, bool first, struct nj_buf *out)
{
    enum { SHORTEST = 12, SHORTEST_WITH_FIRST = 15, LONGEST = 19, FIRST = 6, LAST = 4 };
    char digit[LONGEST];
    size_t digits = 0;
    for (size_t i = 0; i < value.n; i++)
        if (nj_is(value.p[i], NJ_IS_DIGIT) && digits++ < LONGEST)
            digit[digits - 1] = value.p[i];
    if (digits < SHORTEST || digits > LONGEST) {
        nj_buf_add(out, placeholder);
        return;
    }
    nj_buf_add(out, nj_str_slice(placeholder, 0, placeholder.n - 1));
    nj_buf_addc(out, '-');
    if (first && digits >= SHORTEST_WITH_FIRST) {
        nj_buf_add(out, (struct nj_str){ digit, FIRST });
        nj_buf_addc(out, '-');
    }
    nj_buf_add(out, (struct nj_str){ digit + digits - LAST, LAST });
    nj_buf_addc(out, ']');
}

/* Groups of digits as cards have them, and nothing else. */
static bool is_card(struct nj_str v)
{
    enum { SHORTEST = 12, LONGEST = 19, GAPS = 4 };
    uint8_t digits[LONGEST];
    size_t n = 0;
    if (v.n < SHORTEST || v.n > LONGEST + GAPS)
        return false;
    for (size_t i = 0; i < v.n; i++) {
        if (nj_is(v.p[i], NJ_IS_DIGIT) && n < LONGEST)
            digits[n++] = (uint8_t)(v.p[i] - '0');
        else if (v.p[i] != ' ' && v.p[i] != '-')
            return false;
    }
    return n >= SHORTEST && nj_valid_card(digits, n);
}

/* --- networks ----------------------------------------------------------------------------------------------------- */

enum { NET4 = 24, NET6 = 48 };

/* The number behind the slash at byte at, and where it ends; false when there is none. */
static bool prefix_length(struct nj_str t, size_t at, unsigned *bits, size_t *end)
{
    enum { DIGITS = 3 };
    *end = at + 1;
    *bits = 0;
    if (at >= t.n || t.p[at] != '/')
        return false;
    while (*end < t.n && *end - at <= DIGITS && nj_is(t.p[*end], NJ_IS_DIGIT))
        *bits = *bits * 10 + (unsigned)(t.p[(*end)++] - '0');
    return *end > at + 1;
}

bool nj_network_span(struct nj_str text, size_t from, size_t *to)
{
    unsigned bits;
    size_t end;
    if (!prefix_length(text, *to, &bits, &end))
        return true;
    bool v6 = nj_str_chr(nj_str_slice(text, from, *to), ':', 0) != NJ_NPOS;
    if (bits <= (v6 ? NET6 : NET4))
        return false;
    *to = end;
    return true;
}

/* 203.0.113.7 is of 203.0.113.0/24; false when it is no address. */
static bool add_network(struct nj_str value, struct nj_buf *out)
{
    struct nj_address a;
    unsigned bits;
    struct nj_str v = nj_str_trim(value);
    size_t slash = nj_str_chr(v, '/', 0), end = v.n;
    if (!nj_address_read(nj_str_slice(v, 0, slash), &a))
        return false;
    unsigned keep = a.bits == 32 ? NET4 : NET6;
    if (slash != NJ_NPOS && (!prefix_length(v, slash, &bits, &end) || end != v.n))
        return false;
    if (slash != NJ_NPOS && bits <= keep) {
        nj_buf_add(out, v);
        return true;
    }
    nj_address_cut(&a, keep);
    nj_address_add(&a, out);
    nj_buf_addf(out, "/%u", keep);
    return true;
}

/* Equal values of these classes have equal pseudonyms however they are written; all others are taken as they are. */
enum nj_pseudonym_class nj_class_pseudonym(enum nj_class class)
{
    switch (class) {
    case NJ_CLASS_EMAIL:
        return NJ_PSEUDONYM_EMAIL;
    case NJ_CLASS_IP:
        return NJ_PSEUDONYM_IP;
    case NJ_CLASS_USER:
        return NJ_PSEUDONYM_USER;
    case NJ_CLASS_PAN:
        return NJ_PSEUDONYM_PAN;
    case NJ_CLASS_SESSION:
        return NJ_PSEUDONYM_SESSION;
    case NJ_CLASS_DEVICE:
    case NJ_CLASS_GEO:
        return NJ_PSEUDONYM_DEVICE;
    default:
        return NJ_PSEUDONYM_VALUE;
    }
}

/* What shows a part of the value. */
static __attribute__((noinline)) void add_shown(const struct nj_redactor *r, enum nj_class class, enum nj_action action,
                                                struct nj_str value, struct nj_str placeholder, struct nj_buf *out)
{
    if (class != NJ_CLASS_PAN && is_card(value)) {
        class = NJ_CLASS_PAN;
        action = nj_policy_action(&r->policy, class);
    }
    if (action == NJ_ACT_COUNT)
        nj_buf_add(out, value);
    else if (action == NJ_ACT_PARTIAL && class == NJ_CLASS_IP && add_network(value, out))
        return;
    else if (action == NJ_ACT_LAST4 || action == NJ_ACT_BIN || (action == NJ_ACT_PARTIAL && class != NJ_CLASS_IP))
        add_digits(value, placeholder, action == NJ_ACT_BIN, out);
    else if (action == NJ_ACT_HMAC && r->pseudonyms != NULL)
        nj_pseudonym_add(r->pseudonyms, nj_class_pseudonym(class), r->tenant, value, out);
    else
        nj_buf_add(out, placeholder);
}

void nj_replacement_add(const struct nj_redactor *r, enum nj_class class, enum nj_action action, struct nj_str value,
                        struct nj_str placeholder, struct nj_buf *out)
{
    if (action == NJ_ACT_LAST4 || action == NJ_ACT_PARTIAL || action == NJ_ACT_HMAC || action == NJ_ACT_BIN)
        add_shown(r, class, action, value, placeholder, out);
    else
        nj_buf_add(out, action == NJ_ACT_COUNT ? value : placeholder);
}

/* --- name lists --------------------------------------------------------------------------------------------------- */

static bool glob_is_sound(struct nj_str glob)
{
    if (glob.n == 0 || glob.n > NJ_GLOB_LEN)
        return false;
    for (size_t i = 0; i < glob.n; i++) {
        unsigned char c = (unsigned char)glob.p[i];
        if (c <= ' ' || c == 0x7f || c == '"' || c == '\\' || c == '\'' || c == '?' || c == '[' || c == ']' || c == '{' || c == '}')
            return false;
        if (c == '*' && i > 0 && glob.p[i - 1] == '*')
            return false;
    }
    return true;
}

enum nj_status nj_globs_init(struct nj_globs *g, struct nj_str list)
{
    struct nj_str piece, rest;
    *g = (struct nj_globs){ .n = 0 };
    if (list.n == 0)
        return NJ_OK;
    g->text = malloc(list.n);
    if (g->text == NULL)
        return NJ_ENOMEM;
    memcpy(g->text, list.p, list.n);
    rest = (struct nj_str){ g->text, list.n };
    while (nj_str_cut(&rest, ',', &piece)) {
        piece = nj_str_trim(piece);
        if (g->n == NJ_GLOBS_MAX || !glob_is_sound(piece)) {
            nj_globs_fini(g);
            return NJ_EPARSE;
        }
        g->dotted += nj_str_chr(piece, '.', 0) != NJ_NPOS;
        g->glob[g->n++] = piece;
    }
    return NJ_OK;
}

void nj_globs_fini(struct nj_globs *g)
{
    free(g->text);
    *g = (struct nj_globs){ .n = 0 };
}

/* Goes back to the last star only: at most pattern times name steps, both of which are short. */
static bool glob_match(struct nj_str glob, struct nj_str name)
{
    size_t g = 0, n = 0, star = NJ_NPOS, resume = 0;
    while (n < name.n) {
        if (g < glob.n && glob.p[g] == '*') {
            star = g++;
            resume = n;
        } else if (g < glob.n && nj_lower(glob.p[g]) == nj_lower(name.p[n])) {
            g++;
            n++;
        } else if (star != NJ_NPOS) {
            g = star + 1;
            n = ++resume;
        } else {
            return false;
        }
    }
    while (g < glob.n && glob.p[g] == '*')
        g++;
    return g == glob.n;
}

bool nj_globs_match(const struct nj_globs *g, struct nj_str name)
{
    enum { LONGEST = 256 }; /* a longer name is judged by its end */
    if (name.n > LONGEST)
        name = nj_str_slice(name, name.n - LONGEST, name.n);
    for (size_t i = 0; i < g->n; i++)
        if (glob_match(g->glob[i], name))
            return true;
    return false;
}

bool nj_globs_match_path(const struct nj_globs *g, struct nj_str path, bool known)
{
    if (!known)
        return g->dotted != 0;
    for (size_t i = 0; i < g->n && g->dotted != 0; i++)
        if (nj_str_chr(g->glob[i], '.', 0) != NJ_NPOS && glob_match(g->glob[i], path))
            return true;
    return false;
}
