/* Names of JSON that take more than a look: rewritten, cut, told apart, found by their path. */
#include "json_walk.h"

/* Longer names are cut; what stays leaves room for the number that tells two of them apart. */
enum { NAME_BYTES = NJ_NAME_LEAVES, NAME_KEPT = 240 };

/* --- strings ------------------------------------------------------------------------------------------------------ */

/* 8 for the escape of a high surrogate at byte at, 12 for a low one, 0 for anything else. */
static int surrogate_half(struct nj_str s, size_t at)
{
    if (s.n - at < 6 || s.p[at] != '\\' || s.p[at + 1] != 'u' || (s.p[at + 2] | 0x20) != 'd')
        return 0;
    char c = s.p[at + 3];
    return c == '8' || c == '9' || (c | 0x20) == 'a' || (c | 0x20) == 'b' ? 8 : nj_is(c, NJ_IS_ALPHA) ? 12 : 0;
}

/* May some escape in a string be one of a character by its number?  Most are of quotes. */
static bool may_have_number(struct nj_str inner)
{
    size_t at = 0;
    for (; inner.n - at > sizeof(nj_lane); at += sizeof(nj_lane)) {
        nj_lane v = nj_lane_at(inner.p + at), behind = nj_lane_at(inner.p + at + 1);
        if (nj_lane_bits((nj_lane)(v == '\\') & (nj_lane)(behind == 'u')) != 0)
            return true;
    }
    for (; inner.n - at > 1; at++)
        if (inner.p[at] == '\\' && inner.p[at + 1] == 'u')
            return true;
    return false;
}

/* Does a string hold a half of a surrogate pair alone, which no strict reader takes? */
static bool has_lone_half(struct nj_str inner)
{
    size_t at = 0;
    if (inner.n == 0 || !may_have_number(inner))
        return false;
    while ((at = nj_str_chr(inner, '\\', at)) != NJ_NPOS) {
        int half = surrogate_half(inner, at);
        if (half == 12 || (half == 8 && surrogate_half(inner, at + 6) != 12))
            return true;
        at += half == 8 ? 12 : 2;
    }
    return false;
}

bool nj_walk_unescape(struct walk *w, const struct nj_piece *p, struct nj_str *out, bool *mended)
{
    struct nj_buf *b = &w->r->levels[w->level + 1].plain;
    *mended = has_lone_half(*out);
    if (*mended)
        nj_note(w->r, NJ_AUDIT_MALFORMED);
    nj_buf_reset(b);
    nj_json_unescape(b, *out);
    return nj_buf_finish(b, out) == NJ_OK;
}

/* --- names -------------------------------------------------------------------------------------------------------- */

/* A name of reasonable length: the end of a longer one, because that decides what it means. */
static struct nj_str shortened(struct nj_str name, size_t most)
{
    if (name.n <= most)
        return name;
    size_t from = name.n - NAME_KEPT;
    while (from < name.n && ((unsigned char)name.p[from] & 0xc0) == 0x80)
        from++;
    return nj_str_slice(name, from, name.n);
}

/* The name of a member without what it may hold itself; its rule is that of the name as it leaves. */
static struct nj_str clean_key(struct walk *w, bool *changed)
{
    struct nj_str text, clean;
    bool mended = false;
    *changed = true;
    if (!nj_walk_text(w, &w->in.piece, &text, &mended) || !nj_text_redact(w->r, w->level + 1, NULL, text, &clean)) {
        nj_withheld(w->r, view(w, w->in.piece.in));
        return NJ_STR(NJ_WITHHELD);
    }
    if (clean.n > NAME_BYTES)
        nj_note(w->r, NJ_AUDIT_TRUNCATED);
    *changed = clean.p != text.p || mended || clean.n > NAME_BYTES;
    return shortened(clean, NAME_BYTES);
}

/* Has the object at hand a member of this name before this one? */
static __attribute__((noinline)) bool had(struct walk *w, uint32_t hash)
{
    struct nj_frame *f = w->frame;
    if (f->new_from != 0)
        nj_members_read(&w->r->members, f->number, nj_str_slice(w->in.t, f->first, f->member));
    f->new_from = 0; /* from now on they are all asked about, and so noticed */
    return nj_members_add(&w->r->members, f->number, hash);
}

/* Puts the name in place of the one that was read.  Where the object has it already, a number tells the two apart: in front, where it is
 * part of no value. */
static void write_key(struct walk *w, struct nj_str name, bool again)
{
    struct nj_frame *f = w->frame;
    struct nj_buf *b = &w->r->levels[w->level].key;
    nj_buf_reset(b);
    if (again)
        name = shortened(name, NAME_KEPT);
    for (bool taken = again; taken; taken = b->err == NJ_OK && nj_members_add(&w->r->members, f->number, nj_name_hash(nj_buf_str(b)))) {
        nj_buf_reset(b);
        nj_buf_addf(b, "#%u ", ++f->renamed + 1u);
        nj_buf_add(b, name);
    }
    if (!again)
        nj_buf_add(b, name);
    nj_walk_string(w, quoted(&w->in.piece), nj_buf_str(b));
}

/* A slot tells without a look at the members whether a name is new, unless it was seen late; so do those of names that stand there as they
 * are. */
static bool is_again(struct walk *w, struct nj_str name, struct nj_key_slot *slot)
{
    if (slot == NULL || w->in.piece.escaped || slot->object >= w->frame->new_from)
        return had(w, nj_name_hash(name));
    slot->object = w->frame->number;
    return false;
}

/* A name that is long, or in which something is marked; seen: its slot, if that was looked for.  What is nested may differ in what may still
 * be opened, and is not remembered. */
static struct nj_key marked_key(struct walk *w, struct nj_str *name, struct nj_key_slot *seen)
{
    uint64_t found = w->r->findings;
    struct nj_str raw = *name;
    bool changed = false;
    if (raw.n > NAME_BYTES || w->read_all || (!nj_piece_is_plain(&w->in) && !nj_piece_is_word(&w->in))) {
        *name = clean_key(w, &changed);
        seen = NULL; /* other names may have been looked for since */
    }
    struct nj_key_slot *of_name = seen != NULL ? seen : nj_key_slot(w->r, *name);
    struct nj_key_slot *slot = name->p == raw.p && w->r->findings == found && w->level == 0 ? of_name : NULL;
    if (slot != NULL) {
        slot->key.quiet = true;
        slot->key.traits = (uint16_t)(slot->key.traits != 0 ? slot->key.traits : nj_name_traits(raw));
    }
    struct nj_key key = of_name != NULL ? of_name->key : nj_key_of_long(w->r, *name);
    bool again = (changed || w->level == 0) && is_again(w, *name, slot);
    if (again && !changed)
        nj_note(w->r, NJ_AUDIT_MALFORMED);
    if (again || changed)
        write_key(w, *name, again);
    return key;
}

/* Two members of one name are one to most readers, and which one is a matter of taste: both stay, under names of their own.  In text inside
 * text nobody reads them as members of the record. */
static void tell_apart(struct walk *w, struct nj_str name)
{
    if (!had(w, nj_name_hash(name)) || w->level != 0)
        return;
    nj_note(w->r, NJ_AUDIT_MALFORMED);
    write_key(w, name, true);
}

struct nj_key nj_walk_name(struct walk *w, struct nj_str *name, struct nj_key_slot *seen)
{
    if (w->r->paths && !w->read_all && !w->in.piece.escaped)
        seen = nj_key_slot(w->r, *name);
    struct nj_key_slot *known = is_quiet(w, seen) ? seen : NULL;
    if (known != NULL && known->object >= w->frame->new_from)
        tell_apart(w, *name);
    struct nj_key key = known != NULL ? known->key : marked_key(w, name, seen);
    if (known != NULL)
        known->object = w->frame->number;
    if (w->r->paths) {
        w->path = nj_path_step(&w->r->path, w->frame->path, *name);
        key = nj_path_key(w->r, w->path, key);
    }
    key.dull = key.dull && !w->read_all;
    return key;
}

/* {"op": "replace", "path": "/user/password", "value": "x"}: of a JSON patch. */
static bool has_op(const struct walk *w, struct nj_str path)
{
    return path.n != 0 && path.p[0] == '/' && nj_walk_has_quoted(w, NJ_STR("\"op\""));
}

static struct nj_str behind_slash(struct nj_str path)
{
    size_t from = path.n;
    while (from > 0 && path.p[from - 1] != '/')
        from--;
    return nj_str_slice(path, from, path.n);
}

int nj_walk_place(const struct walk *w, struct nj_str value)
{
    return nj_rule_of_place(w->r, has_op(w, value) ? behind_slash(value) : value);
}

/* --- values -------------------------------------------------------------------------------------------------------- */

/* {"login.password": "Password"}, of a catalogue of texts; and a rule for subtrees says little about a value right behind the name. */
static bool says_less(const struct walk *w, struct nj_str value)
{
    if ((nj_secret_keys[w->rule].how & NJ_HOW_SUBTREE) && !nj_value_is_street(value))
        return true;
    return nj_str_chr(w->key, '.', 0) != NJ_NPOS && nj_value_is_label(w->r, w->rule, value);
}

bool nj_walk_takes(const struct walk *w, struct nj_str value)
{
    if (nj_key_action(w->r, w->rule) == NJ_ACT_KEEP || (w->joint != NJ_JOINT_NONE && !nj_joint_takes(w->joint, value)))
        return false;
    if (nj_key_takes(w->rule, value))
        return !w->own || !says_less(w, value);
    return w->own && w->frame->object && nj_key_takes_beside(w->rule, nj_str_slice(w->in.t, w->frame->first, w->frame->member), value);
}

/* All but cards need a name that says what they are. */
bool nj_walk_may_identify(const struct walk *w, struct nj_str raw)
{
    uint8_t digits[NJ_NUMBER_DIGITS];
    if (w->read_all)
        return true;
    if (raw.n < NJ_NUMBER_RUN)
        return false;
    if (raw.n < 13 || raw.n > 19 || nj_run(raw, 0, NJ_IS_DIGIT) != raw.n)
        return raw.n >= 13 || nj_key_topics(w->r, w->key) != 0;
    for (size_t i = 0; i < raw.n; i++)
        digits[i] = (uint8_t)(raw.p[i] - '0');
    return nj_valid_card(digits, raw.n) || nj_key_topics(w->r, w->key) != 0;
}

/* Numbers of a key are long and written in base64. */
bool nj_is_key_material(struct nj_str raw)
{
    enum { SHORTEST = 16 };
    return raw.n >= SHORTEST && nj_run(raw, 0, NJ_IS_B64URL | NJ_IS_B64) == raw.n;
}

/* --- lists -------------------------------------------------------------------------------------------------------- */

void nj_walk_note_lines(struct walk *w)
{
    if (w->r->key_open && !w->frame->object) {
        w->lines = (struct nj_carry){ .in_key = true };
        w->lines_of = w->frame->number;
    } else if (goes_on(w) == &w->lines) { /* of all else that a line may leave open, nothing goes on */
        w->lines = (struct nj_carry){ .in_key = true, .lines = w->lines.lines, .bytes = w->lines.bytes };
    }
    w->r->key_open = false;
}

/* --- names and what they are in ----------------------------------------------------------------------------------- */

bool nj_walk_is_bound(struct walk *w)
{
    enum { MOST = 2048 };
    const struct nj_frame *f = w->frame;
    if (!f->object || f->member - f->first > MOST)
        return false;
    struct nj_str sql = nj_sql_before(nj_str_slice(w->in.t, f->first, f->member));
    return sql.n != 0 && nj_sql_bound(w->r, sql, w->r->levels[w->level].bound_rules);
}

struct nj_str nj_walk_head(const struct walk *w, bool object)
{
    const struct nj_frame *f = w->frame;
    if (w->rule != NJ_KEY_NONE && (nj_secret_keys[w->rule].how & (NJ_HOW_LONG | NJ_HOW_CODE)) == 0)
        return (struct nj_str){ NULL, 0 }; /* holds for all that is in it */
    if (!w->own)                           /* an element of a list */
        return f->object || !object ? (struct nj_str){ NULL, 0 } : f->head;
    bool here = w->key.p >= w->in.t.p && w->key.p + w->key.n <= w->in.t.p + w->in.t.n;
    return here && (w->roles & NJ_ROLE_HEAD) != 0 ? w->key : (struct nj_str){ NULL, 0 };
}

/* {"customer": {"name": "x"}} says what {"customer.name": "x"} does. */
enum nj_joint nj_walk_joint(struct walk *w, struct nj_str name)
{
    char text[NJ_KEY_SLOT_LEN];
    struct nj_str head = w->frame->head;
    size_t n = head.n + 1 + name.n;
    if (n > sizeof(text))
        return NJ_JOINT_NONE;
    memcpy(text, head.p, head.n);
    text[head.n] = '.';
    memcpy(text + head.n + 1, name.p, name.n);
    w->rule = nj_rule_but(nj_key_classify(w->r, (struct nj_str){ text, n }).rule, NJ_HOW_ASIDE);
    if (w->rule == NJ_KEY_NONE)
        return NJ_JOINT_NONE;
    return w->traits & NJ_TRAIT_ENDS_NAME ? NJ_JOINT_NAME : w->traits & NJ_TRAIT_ENDS_NUMBER ? NJ_JOINT_NUMBER : NJ_JOINT_KEY;
}

/* Is there a member of that name in the object, before this one or after it? */
static bool has_member(const struct walk *w, struct nj_str name, bool seen)
{
    return seen || nj_ahead_member(w->in.t, w->in.at, name);
}

/* Is it the code of a callback, ?code=...&state=...? */
static bool is_callback(const struct walk *w)
{
    return w->frame->query && nj_walk_has_quoted(w, NJ_STR("\"state\""));
}

bool nj_walk_stands(const struct walk *w, int rule, unsigned how)
{
    if (how & NJ_HOW_GRANT)
        return has_member(w, NJ_STR("granttype"), w->frame->grant) || is_callback(w);
    if (how & NJ_HOW_BESIDE)
        return nj_walk_has_quoted(w, nj_secret_keys[rule].phrase.p[0] == 'f' ? NJ_STR("\"given\"") : NJ_STR("\"family\""));
    return (how & NJ_HOW_MIXED) != 0 || w->frame->query;
}

void nj_walk_kin(struct walk *w)
{
    struct nj_frame *f = w->frame;
    w->key_part = (w->traits & NJ_TRAIT_PART) && has_member(w, NJ_STR("kty"), f->kty);
    if (w->key_part)
        w->rule = nj_key_classify(w->r, NJ_STR("private_key")).rule;
    if (w->rule == NJ_KEY_NONE && f->auth && (w->roles & NJ_ROLE_ARGS))
        w->rule = nj_key_classify(w->r, NJ_STR("password")).rule; /* of a client of Redis, beside what went wrong */
}

void nj_walk_pair(struct walk *w)
{
    struct nj_frame *f = w->frame;
    if (w->roles & NJ_ROLE_VALUE)
        w->rule = f->pair != NJ_KEY_NONE ? f->pair : nj_ahead_name(w->r, w->in.t, w->in.at);
    if (w->rule == NJ_KEY_NONE && w->naming && f->object && (w->traits & NJ_TRAIT_KEY))
        w->rule = nj_ahead_key(w->r, w->in.t, f->first, w->in.at);
    w->placed = w->rule == NJ_KEY_NONE && (w->roles & (NJ_ROLE_VALUE | NJ_ROLE_INPUT)) && f->place != NJ_KEY_NONE;
    if (w->placed)
        w->rule = f->place;
}

bool nj_joint_takes(enum nj_joint joint, struct nj_str value)
{
    enum { FEWEST = 5, SHORTEST = 20 };
    size_t digits = 0;
    for (size_t i = 0; i < value.n; i++)
        digits += nj_is(value.p[i], NJ_IS_DIGIT) ? 1 : 0;
    if (joint == NJ_JOINT_NUMBER)
        return digits >= FEWEST;
    /* {"license": {"key": "mit"}} */
    bool made = value.n >= SHORTEST && digits != 0 && nj_run(value, 0, NJ_IS_ALPHA | NJ_IS_DIGIT) == value.n;
    return joint != NJ_JOINT_KEY || made || nj_is_random(value);
}

void nj_walk_note_login(struct nj_frame *f, struct nj_str raw)
{
    static const struct nj_str options[] = { NJ_STR_INIT("-u"), NJ_STR_INIT("--user"), NJ_STR_INIT("-U"), NJ_STR_INIT("--proxy-user") };
    f->curl = f->curl || nj_str_ends(raw, NJ_STR("curl"));
    f->login = f->curl && nj_str_is_any(raw, options, NJ_COUNT(options));
}

bool nj_walk_has_quoted(const struct walk *w, struct nj_str name)
{
    enum { AROUND = 256 };
    size_t at = w->in.at, from = at > w->frame->first + AROUND ? at - AROUND : w->frame->first;
    size_t end = nj_str_chr(nj_str_slice(w->in.t, 0, at + AROUND), '}', at);
    struct nj_str near = nj_str_slice(w->in.t, from, end < at + AROUND ? end : at + AROUND);
    size_t found = nj_str_find(near, name, 0), colon = found == NJ_NPOS ? near.n : nj_run(near, found + name.n, NJ_IS_SPACE);
    return colon < near.n && near.p[colon] == ':';
}
