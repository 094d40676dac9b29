/* Names that stand twice in an object, and names by the path that leads to them. */
#include "redact_internal.h"

#include "nightjar/json.h"

#include <stdlib.h>

/* --- names an object has had -------------------------------------------------------------------------------------- */

static void use(struct nj_members *m, uint64_t *slot, uint32_t size)
{
    nj_members_free(m);
    m->slot = slot;
    m->mask = size - 1;
}

void nj_members_free(struct nj_members *m)
{
    if (m->slot != m->first)
        free(m->slot);
    m->slot = NULL;
}

static void forget(struct nj_members *m)
{
    m->round += (uint64_t)1 << 32;
    m->room = (m->mask + 1) / 2;
    if (m->round != 0)
        return;
    memset(m->slot, 0, ((size_t)m->mask + 1) * sizeof(*m->slot));
    m->round = (uint64_t)1 << 32;
}

void nj_members_begin_anew(struct nj_members *m)
{
    if (m->slot == NULL || m->mask >= NJ_MEMBERS_KEEP) { /* one large value must not hold its memory for ever */
        use(m, m->first, NJ_MEMBERS_FIRST);
        memset(m->first, 0, sizeof(m->first));
    }
    forget(m);
}

static void grow(struct nj_members *m)
{
    uint32_t mask = 2 * m->mask + 1;
    uint64_t *slot = mask < NJ_MEMBERS_MAX ? calloc((size_t)mask + 1, sizeof(*slot)) : NULL;
    if (slot == NULL) { /* what was before is not noticed again */
        forget(m);
        return;
    }
    for (uint32_t i = 0; i <= m->mask; i++) {
        uint32_t at = (uint32_t)m->slot[i] >> 15;
        if (m->slot[i] >> 32 != m->round >> 32)
            continue;
        while (slot[at & mask] != 0)
            at++;
        slot[at & mask] = m->slot[i];
    }
    use(m, slot, mask + 1);
    m->room = (mask + 1) / 4;
}

bool nj_members_add(struct nj_members *m, uint32_t object, uint32_t hash)
{
    uint32_t print = (hash ^ object * 0x9e3779b9u) * 0x85ebca6bu, at = print >> 15;
    uint64_t own = m->round | print;
    for (; m->slot[at & m->mask] >> 32 == m->round >> 32; at++)
        if (m->slot[at & m->mask] == own)
            return true;
    m->slot[at & m->mask] = own;
    if (--m->room == 0)
        grow(m);
    return false;
}

void nj_members_read(struct nj_members *m, uint32_t object, struct nj_str text)
{
    struct nj_json_iter it = { .at = text.p, .end = text.p + text.n, .object = true };
    struct nj_json value;
    struct nj_str name;
    if (text.n > m->left)
        return;
    m->left -= text.n;
    while (nj_json_next(&it, &name, &value))
        (void)nj_members_add(m, object, nj_name_hash(name));
}

/* --- paths -------------------------------------------------------------------------------------------------------- */

size_t nj_path_step(struct nj_path *p, size_t n, struct nj_str name)
{
    size_t dot = n != 0 ? 1 : 0;
    if (n > NJ_PATH_MAX || name.n > NJ_PATH_MAX || n + dot + name.n > NJ_PATH_MAX)
        return NJ_PATH_MAX + 1;
    if (dot != 0)
        p->text[n] = '.';
    if (name.n != 0)
        memcpy(p->text + n + dot, name.p, name.n);
    return n + dot + name.n;
}

struct nj_key nj_path_key(const struct nj_redactor *r, size_t n, struct nj_key key)
{
    bool known = n <= NJ_PATH_MAX;
    struct nj_str path = { r->path.text, known ? n : 0 };
    int own = nj_rules_path(r, path, known);
    bool custom = own == NJ_KEY_NONE && nj_globs_match_path(&r->keys, path, known);
    if (own != NJ_KEY_NONE || custom) {
        key.rule = (int16_t)(custom ? NJ_KEY_CUSTOM : own);
        key.dull = false;
        return key;
    }
    bool of_operator = key.rule == NJ_KEY_CUSTOM || key.rule >= NJ_SECRET_KEYS;
    bool safe = nj_globs_match_path(&r->allow_keys, path, known);
    for (size_t i = 0; i < NJ_COUNT(r->safe); i++)
        safe = safe || (r->safe[i] != NULL && nj_globs_match_path(r->safe[i], path, known));
    if (known && key.rule != NJ_KEY_NONE && !of_operator && safe)
        key.rule = NJ_KEY_NONE;
    return key;
}
