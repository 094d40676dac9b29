/* Walks checked JSON once, from token to token, and rewrites only what has to go.
 *
 * A string without marks, escapes or foreign bytes is passed without another look, and members with a dull name and such a
 * value, as most are, one after another (read_members()). */
#include "json_walk.h"
#include "decode.h"

#include "nightjar/hash.h"
#include "nightjar/json.h"

static void replace(struct walk *w, struct nj_span s, struct nj_str by)
{
    nj_buf_add(w->out, nj_str_slice(w->in.t, w->done, s.from));
    nj_buf_add(w->out, by);
    w->done = s.to;
    w->changed = true;
}

void nj_walk_string(struct walk *w, struct nj_span s, struct nj_str by)
{
    replace(w, s, (struct nj_str){ NULL, 0 });
    nj_buf_add_json(w->out, by);
}

/* Whoever reads it may want numbers where there were some. */
static void replace_number(struct walk *w, struct nj_span s, struct nj_str by)
{
    if (w->r->numeric == NJ_NUMERIC_STRING)
        nj_walk_string(w, s, by);
    else
        replace(w, s, w->r->numeric == NJ_NUMERIC_ZERO ? NJ_STR("0") : NJ_STR("null"));
}

/* --- strings ------------------------------------------------------------------------------------------------------ */

static __attribute__((noinline, cold)) void withhold(struct walk *w, const struct nj_piece *p)
{
    nj_withheld(w->r, view(w, p->in));
    nj_walk_string(w, quoted(p), NJ_STR(NJ_WITHHELD));
}

/* Takes the member at hand out, with the comma that would be too many: the one before it, or behind it where none stays. */
static __attribute__((noinline, cold)) void remove_member(struct walk *w, size_t value_end)
{
    struct nj_frame *f = w->frame;
    if (w->out->err == NJ_OK)
        nj_buf_cut(w->out, f->member_out); /* its name may have been rewritten */
    w->done = f->member_done;
    replace(w, (struct nj_span){ f->kept ? f->comma : f->member, value_end }, (struct nj_str){ NULL, 0 });
    f->removed = true;
}

/* Counts a value that its name gave away. */
static void tell(struct walk *w, struct nj_span value, enum nj_action action)
{
    size_t quote = w->in.t.p[value.from] == '"';
    struct nj_str inner = nj_str_slice(w->in.t, value.from + quote, value.to - quote);
    w->r->trace.in_string = quote != 0;
    nj_found(w->r, NJ_COUNT_KEYS + (unsigned)w->rule, action, inner);
    w->r->trace.in_string = false;
}

/* Does to the value of a secret name what the policy wants, or what the operator; text is what the value says.  False: it stays, and
 * is looked at like any other. */
static bool mask(struct walk *w, struct nj_span value, struct nj_str text)
{
    enum nj_class class = nj_key_class(w->r, w->rule);
    enum nj_action action = nj_key_action(w->r, w->rule);
    if (nj_rules_allow(w->r, class, text))
        return true;
    tell(w, value, action);
    if (action == NJ_ACT_COUNT)
        return false;
    if (action == NJ_ACT_REMOVE && w->frame->object) {
        remove_member(w, value.to);
        return true;
    }
    if (w->in.t.p[value.from] != '"' && w->r->numeric != NJ_NUMERIC_STRING) {
        replace_number(w, value, (struct nj_str){ NULL, 0 });
        return true;
    }
    replace(w, value, NJ_STR("\""));
    nj_replacement_add(w->r, class, action, text, NJ_STR("[secret]"), w->out);
    nj_buf_addc(w->out, '"');
    return true;
}

/* Where it would be remembered that this value passed.  What is judged by its name too is not, such as <x@host>, which may be a
 * messageId, nor what is nested: there, what may still be opened differs. */
static size_t slot_of(struct walk *w, struct nj_str text)
{
    if (w->level != 0 || text.n == 0 || text.n > NJ_KNOWN_LEN || memchr(text.p, '<', text.n) != NULL)
        return NJ_NPOS;
    if ((w->topics & NJ_TOPICS_UNSEEN) != 0)
        w->topics = nj_key_topics(w->r, w->key);
    if (w->topics != 0)
        return NJ_NPOS;
    return nj_known_hash(text) % NJ_KNOWN_VALUES;
}

/* Need nothing be looked for in the string? */
static inline bool is_idle(struct walk *w)
{
    const struct nj_carry *carry = goes_on(w);
    if ((carry != NULL && carry->in_key) || w->read_all)
        return false;
    return nj_piece_is_plain(&w->in) || (carry == NULL && nj_piece_is_word(&w->in));
}

/* What a detector leaves of a secret string is masked when it can still be one. */
static __attribute__((noinline)) void scan_string(struct walk *w, bool secret, bool named)
{
    const struct nj_piece *p = &w->in.piece;
    struct nj_redactor *r = w->r;
    struct nj_str text, clean;
    bool mended = false;
    struct nj_carry *carry = goes_on(w);
    if (!nj_walk_text(w, p, &text, &mended)) {
        withhold(w, p);
        return;
    }
    size_t slot = w->dull && !w->message && !mended ? slot_of(w, text) : NJ_NPOS;
    if (slot != NJ_NPOS && nj_is_known(&r->known_values[slot], text))
        return;
    struct nj_layer before = nj_layer_open(r, nj_layer_string, view(w, p->in));
    r->topics = w->topics;
    r->context = w->key;
    uint64_t found = r->findings;
    r->key_open = false;
    if (nj_piece_marks(&w->in, &r->ready.marks) && r->ready.marks.odd == 0)
        r->ready.text = text;
    bool judged = nj_text_redact(r, w->level + 1, carry, text, &clean);
    r->ready.text.p = NULL;
    r->topics = 0;
    r->context = (struct nj_str){ NULL, 0 };
    if (r->key_open || carry == &w->lines)
        nj_walk_note_lines(w);
    nj_layer_close(r, before);
    if (!judged)
        withhold(w, p);
    else if (!((secret || (named && clean.p != text.p)) && nj_key_takes(w->rule, clean) && mask(w, quoted(p), clean)) &&
             (mended || clean.p != text.p))
        nj_walk_string(w, quoted(p), clean);
    else if (slot != NJ_NPOS && r->findings == found)
        nj_know(&r->known_values[slot], text);
}

/* --- secrets by name ---------------------------------------------------------------------------------------------- */

static bool is_secret(const struct walk *w)
{
    return w->rule != NJ_KEY_NONE && nj_key_action(w->r, w->rule) != NJ_ACT_KEEP;
}

static __attribute__((noinline)) bool mask_string(struct walk *w, const struct nj_piece *p)
{
    struct nj_str text;
    bool mended = false;
    if (!nj_walk_text(w, p, &text, &mended))
        text = view(w, p->in);
    return mask(w, quoted(p), text);
}

/* Most values have no rule. */
static inline bool takes(const struct walk *w, struct nj_str value)
{
    return w->rule != NJ_KEY_NONE && nj_walk_takes(w, value);
}

/* Addresses and cards have detectors that say more than "[secret]"; the name only decides what they do not know. */
static bool detectors_first(const struct walk *w)
{
    return (nj_secret_keys[w->rule].how & NJ_HOW_DETECTED) != 0;
}

/* A string that may be base64 all through; true when it was replaced. */
static __attribute__((noinline)) bool encoded_value(struct walk *w, const struct nj_piece *p)
{
    struct nj_str text = view(w, p->in), out;
    bool mended = false;
    if (text.n == 0 || !nj_is(text.p[0], NJ_IS_MIXED | NJ_IS_END_AT)) /* nor the backslash of an escape */
        return false;
    if (!nj_walk_text(w, p, &text, &mended) || !nj_decode_value(w->r, w->level, text, (w->roles & NJ_ROLE_BODY) != 0, &out))
        return false;
    nj_walk_string(w, quoted(p), out);
    return true;
}

/* The element behind this one, or this one itself, is a password. */
static void note_password(struct walk *w, bool next)
{
    int rule = nj_key_classify(w->r, NJ_STR("password")).rule;
    if (next)
        w->frame->pair = (int16_t)rule;
    else
        w->rule = rule;
}

/* Takes the password out of the login that stands behind such an option. */
static __attribute__((noinline, cold)) bool mask_login(struct walk *w, const struct nj_piece *p)
{
    struct nj_str raw = view(w, p->in);
    size_t colon = nj_str_chr(raw, ':', 0);
    w->frame->login = false;
    if (colon == NJ_NPOS || nj_value_is_harmless(nj_str_slice(raw, colon + 1, raw.n)))
        return false;
    note_password(w, false);
    bool plain = nj_run(raw, 0, NJ_IS_KEY) == colon; /* or the user goes, too: nobody looks at it again */
    struct nj_span password = { p->in.from + (plain ? colon + 1 : 0), p->in.to };
    if (!is_secret(w))
        return false;
    enum nj_action action = nj_key_action(w->r, w->rule);
    tell(w, password, action);
    if (action != NJ_ACT_COUNT)
        replace(w, password, NJ_STR("[secret]"));
    return true;
}

/* What an element of a list says about the next one: ["--password", "x"], and name after value in rawHeaders. */
static __attribute__((noinline)) void list_names(struct walk *w, struct nj_str raw)
{
    struct nj_frame *f = w->frame;
    f->pair = NJ_KEY_NONE;
    nj_walk_note_login(f, raw);
    if (f->places)
        f[-1].place = (int16_t)nj_rule_of_name(w->r, raw);
    if (f->flat) {
        f->flat_value = !f->flat_value;
        f->pair = (int16_t)(f->flat_value ? nj_rule_of_name(w->r, raw) : NJ_KEY_NONE);
    } else if (raw.n > 2 && raw.p[0] == '-' && nj_run(raw, 0, NJ_IS_KEY) == raw.n) {
        f->pair = (int16_t)nj_rule_of_name(w->r, raw);
    }
    if (raw.n == 0 || raw.p[0] != '-' || f->flat || f->rule != NJ_KEY_NONE)
        return;
    w->rule = NJ_KEY_NONE; /* an option, not the value of the one before */
    if (nj_is_password_option(w->in.t, f->member, raw))
        note_password(w, raw.n == 2);
}

static bool is_secure_string(struct nj_str raw)
{
    return nj_str_eq(raw, NJ_STR("SecureString"));
}

/* The name of a parameter says which secret it is, or nothing about that: "/prod/mail". */
static __attribute__((noinline, cold)) void note_secure_string(struct walk *w)
{
    int pair = w->frame->pair;
    if (pair == NJ_KEY_NONE || nj_secret_keys[pair].class > NJ_CLASS_CVV)
        w->frame->pair = (int16_t)nj_key_classify(w->r, NJ_STR("secret")).rule;
}

/* Of the value at hand: lists add nothing to the path. */
static size_t value_path(const struct walk *w)
{
    return w->frame->object ? w->path : w->frame->path;
}

/* What is said of a value is done to it. */
static void judge_string(struct walk *w)
{
    const struct nj_piece *p = &w->in.piece;
    struct nj_str raw = view(w, p->in);
    w->r->path_at = value_path(w);
    if (w->naming) {
        w->frame->pair = (int16_t)nj_rule_of_name(w->r, raw);
        w->frame->auth = nj_str_eq_nocase(raw, NJ_STR("auth"));
    }
    if (w->roles & NJ_ROLE_PLACE)
        w->frame->place = (int16_t)nj_walk_place(w, raw);
    if (w->frame->login && mask_login(w, p))
        return;
    if (!w->frame->object)
        list_names(w, raw);
    else if (is_secure_string(raw))
        note_secure_string(w);
    bool names_secret = w->naming && !w->own && w->frame->pair != NJ_KEY_NONE;
    bool secret = !names_secret && takes(w, raw) && (!w->key_part || nj_is_key_material(raw));
    if (!secret && (w->roles & NJ_ROLE_ENCODED) && encoded_value(w, p))
        return;
    if (secret && !detectors_first(w) && mask_string(w, p))
        return;
    /* What was harmless under a secret name, such as "${...}" or some words, may not be so any more when something in it was replaced. */
    bool named = !secret && !names_secret && !w->key_part && is_secret(w) &&
                 ((nj_secret_keys[w->rule].how & NJ_HOW_MIXED) || nj_value_is_harmless(raw));
    if (secret || !is_idle(w))
        scan_string(w, secret && detectors_first(w), named);
}

/* Has the string behind a dull name passed? */
static inline bool passes(struct walk *w)
{
    return nj_piece_is_plain(&w->in) && !is_secure_string(view(w, w->in.piece.in));
}

static bool string_value(struct walk *w)
{
    w->in.at++;
    if (!nj_read_string(&w->in))
        return false;
    if (!w->dull || w->message || !passes(w))
        judge_string(w);
    return true;
}

/* --- numbers and words -------------------------------------------------------------------------------------------- */

static __attribute__((noinline)) void number_value(struct walk *w, struct nj_span value)
{
    char digits[NJ_NUMBER_TEXT];
    struct nj_str text, clean;
    if (is_secret(w) && (nj_secret_keys[w->rule].how & NJ_HOW_TEXT))
        return;
    bool fraction = is_secret(w) && nj_secret_keys[w->rule].class <= NJ_CLASS_CVV && nj_str_chr(view(w, value), '.', 0) != NJ_NPOS;
    bool secret = !fraction && takes(w, view(w, value)); /* a share or a rate is no secret */
    if (secret && !detectors_first(w)) {
        (void)mask(w, value, view(w, value));
        return;
    }
    w->r->topics = w->topics;
    w->r->context = w->key;
    if (!nj_walk_may_identify(w, view(w, value)) || !nj_read_number(view(w, value), digits, &text))
        text = clean = (struct nj_str){ NULL, 0 };
    else if (!nj_text_redact(w->r, w->level + 1, NULL, text, &clean))
        clean = NJ_STR(NJ_WITHHELD);
    w->r->topics = 0;
    w->r->context = (struct nj_str){ NULL, 0 };
    if (clean.p != text.p)
        replace_number(w, value, clean);
    else if (secret)
        (void)mask(w, value, view(w, value));
}

/* A comma, a bracket, white space.  Most scalars are short and of letters, digits and points; how short is as good as random. */
static inline size_t scalar_end(struct nj_str t, size_t at)
{
    if (at + sizeof(nj_lane) <= t.n) {
        nj_lane v = nj_lane_at(t.p + at);
        at += (size_t)__builtin_ctzll(~nj_lane_bits(nj_lane_letters(v) | nj_lane_digits(v) | (nj_lane)(v - '-' < 2)));
    }
    while (at < t.n && !nj_is(t.p[at], NJ_IS_END))
        at++;
    return at;
}

static void scalar_value(struct walk *w)
{
    size_t from = w->in.at;
    const char *p = w->in.t.p;
    w->in.at = scalar_end(w->in.t, from);
    if (w->dull && w->in.at - from < NJ_NUMBER_RUN)
        return;
    if (nj_is(p[from], NJ_IS_DIGIT) || p[from] == '-')
        number_value(w, (struct nj_span){ from, w->in.at });
}

/* --- containers and members --------------------------------------------------------------------------------------- */

/* Does what the name says of a value hold for all in a container?  {"auth": {...}} is no user and password, and the input at
 * fault may be what lacks one. */
static bool spreads(const struct walk *w)
{
    return is_secret(w) && !w->placed && (nj_secret_keys[w->rule].how & NJ_HOW_ITSELF) == 0;
}

/* Members of these names will follow: ours. */
static __attribute__((noinline, cold)) void reserve(struct walk *w)
{
    const struct nj_attrs *own = w->r->reserved;
    w->frame->new_from = 0;
    for (size_t i = 0; i < own->n; i++)
        (void)nj_members_add(&w->r->members, w->frame->number, nj_name_hash(own->a[i].key));
}

/* Nothing is said of the next value. */
static inline void forget_name(struct walk *w)
{
    w->own = w->naming = w->message = w->dull = w->placed = w->key_part = false;
    w->joint = NJ_JOINT_NONE;
    w->roles = w->traits = 0;
}

/* What a value without a name is secret under: an element of a list, or what is in a container before any name was read. */
static void next_value(struct walk *w)
{
    struct nj_frame *f = w->frame;
    w->rule = f->rule != NJ_KEY_NONE ? f->rule : f->pair;
    forget_name(w);
    if (f == w->bound && f->element < NJ_BOUND_MAX && w->rule == NJ_KEY_NONE)
        w->rule = w->r->levels[w->level].bound_rules[f->element++];
}

/* A list in a list: ["name", secret] has the rule of its name. */
static __attribute__((noinline, cold)) void open_tuple(struct walk *w)
{
    w->frame->rule = (int16_t)nj_ahead_tuple(w->r, w->in.t, w->in.at);
    next_value(w);
    if (w->frame->rule != NJ_KEY_NONE)
        w->rule = NJ_KEY_NONE; /* the name itself */
}

/* Behind the bracket that opens a container: the frame of it, with what both kinds have. */
static inline struct nj_frame *new_frame(struct walk *w, bool object)
{
    struct nj_frame *f = w->frame + 1;
    *f = (struct nj_frame){ .first = w->in.at,
                            .member = w->in.at,
                            .path = (uint16_t)value_path(w),
                            .rule = (int16_t)(spreads(w) ? w->rule : NJ_KEY_NONE),
                            .pair = NJ_KEY_NONE,
                            .place = NJ_KEY_NONE,
                            .object = object };
    f->number = f->new_from = ++w->r->members.objects;
    return f;
}

static bool open_object(struct walk *w)
{
    struct nj_frame *outer = w->frame;
    bool headed = w->own ? (w->roles & NJ_ROLE_HEAD) != 0 : !outer->object;
    w->in.at++;
    if (w->depth == NJ_JSON_DEPTH)
        return false;
    if (w->naming)
        outer->pair = (int16_t)nj_ahead_typed_name(w->r, w->in.t, w->in.at);
    struct nj_frame *f = new_frame(w, true);
    f->query = w->own && (w->traits & NJ_TRAIT_QUERY) != 0;
    if (headed)
        f->head = nj_walk_head(w, true);
    w->frame = f;
    w->rule = f->rule;
    forget_name(w);
    if (w->depth++ == 0 && w->r->reserved != NULL && w->level == 0)
        reserve(w);
    return true;
}

static bool open_list(struct walk *w)
{
    const struct nj_frame *outer = w->frame;
    w->in.at++;
    if (w->depth == NJ_JSON_DEPTH)
        return false;
    bool bound = w->own && (w->traits & NJ_TRAIT_BOUND) && nj_walk_is_bound(w);
    struct nj_frame *f = new_frame(w, false);
    f->flat = (w->roles & NJ_ROLE_FLAT) != 0;
    f->places = (w->roles & NJ_ROLE_PLACE) != 0;
    if (w->own && (w->roles & NJ_ROLE_HEAD) != 0)
        f->head = nj_walk_head(w, false);
    w->bound = bound ? f : w->bound == f ? NULL : w->bound;
    w->frame = f;
    if (w->depth++ != 0 && !outer->object && f->rule == NJ_KEY_NONE)
        open_tuple(w);
    else
        next_value(w);
    return true;
}

static inline void close_container(struct walk *w)
{
    size_t one = w->depth > 0;
    w->in.at++;
    w->depth -= one;
    w->frame -= one;
    w->rule = NJ_KEY_NONE;
}

/* Some rules are for text and for parameters alone, and some for what stands beside something else. */
static inline bool stands(const struct walk *w, int rule)
{
    unsigned how = nj_secret_keys[rule].how;
    return (how & (NJ_HOW_GRANT | NJ_HOW_BESIDE | NJ_HOW_QUERY)) == 0 || nj_walk_stands(w, rule, how);
}

/* A name that was unescaped or rewritten stands in a buffer of which the values make use. */
static __attribute__((noinline, cold)) void keep_key(struct walk *w, struct nj_str name)
{
    char *text = w->r->levels[w->level].name;
    w->key = nj_str_slice(name, 0, NJ_NAME_LEAVES); /* none is longer */
    if (w->key.n != 0)
        memcpy(text, name.p, w->key.n);
    w->key.p = text;
}

static inline void remember_key(struct walk *w, struct nj_str name)
{
    w->key = name;
    if ((uintptr_t)name.p - (uintptr_t)w->in.t.p >= w->in.t.n)
        keep_key(w, name);
}

/* The value behind this name is next. */
static inline void take_name(struct walk *w, struct nj_str name, struct nj_key key)
{
    w->traits = key.traits != 0 ? key.traits : nj_name_traits(name);
    w->dull = key.dull && w->frame->rule == NJ_KEY_NONE && !w->read_all;
    w->placed = w->key_part = false;
    w->joint = NJ_JOINT_NONE;
    w->roles = key.roles;
    w->naming = (key.roles & NJ_ROLE_NAME) != 0;
    w->message = w->depth == 1 && (key.roles & NJ_ROLE_MESSAGE) != 0;
    w->rule = key.rule;
    w->topics = key.topics;
    w->own = true;
    remember_key(w, name);
}

/* What the name says of it where it is dull, and nothing around it says more; few such values are looked at. */
static __attribute__((noinline)) void take_dull_name(struct walk *w, struct nj_str name, struct nj_key key)
{
    take_name(w, name, key);
}

/* ... and where it may say something. */
static inline void apply_name(struct walk *w, struct nj_str name, struct nj_key key)
{
    enum { KIN = NJ_ROLE_ARGS, PAIR = NJ_ROLE_NAME | NJ_ROLE_VALUE | NJ_ROLE_INPUT };
    struct nj_frame *f = w->frame;
    take_name(w, name, key);
    if (w->rule == NJ_KEY_NONE && f->head.n != 0 && (w->traits & NJ_TRAIT_ENDS))
        w->joint = nj_walk_joint(w, name);
    if (w->dull && w->joint == NJ_JOINT_NONE)
        return;
    w->dull = false;
    f->kty |= (w->traits & NJ_TRAIT_KTY) != 0;
    f->grant |= (w->traits & NJ_TRAIT_GRANT) != 0;
    if (w->rule != NJ_KEY_NONE && !stands(w, w->rule))
        w->rule = NJ_KEY_NONE;
    if (w->rule == NJ_KEY_NONE && ((w->traits & NJ_TRAIT_PART) || (w->roles & KIN)))
        nj_walk_kin(w);
    /* Rules that hold for some values only say less than the container does. */
    if (f->rule != NJ_KEY_NONE && (w->roles & NJ_ROLE_SAFE) == 0 &&
        (w->rule == NJ_KEY_NONE || (nj_secret_keys[w->rule].how & (NJ_HOW_SOME | NJ_HOW_SUBTREE)))) {
        w->rule = f->rule;
        w->own = false;
    }
    if (w->rule == NJ_KEY_NONE && (w->roles & PAIR))
        nj_walk_pair(w);
}

static __attribute__((noinline, cold)) void drop_comma(struct walk *w)
{
    if (!w->frame->kept)
        replace(w, (struct nj_span){ w->in.at, w->in.at + 1 }, (struct nj_str){ NULL, 0 });
    w->frame->removed = false;
}

/* At the comma behind a member. */
static inline void end_member(struct walk *w)
{
    struct nj_frame *f = w->frame;
    if (f->removed)
        drop_comma(w);
    else
        f->kept = true;
    f->comma = w->in.at;
}

static inline void skip_colon(struct walk *w)
{
    struct nj_reader *d = &w->in;
    for (; d->at < d->t.n && d->t.p[d->at] != ':'; d->at++)
        w->breaks |= d->t.p[d->at] == '\n' || d->t.p[d->at] == '\r';
    d->at++;
}

/* Steps over the name that is expected here and its colon; NULL where another one stands. */
static inline struct nj_key_slot *expected_key(struct walk *w)
{
    struct nj_key_slot *slot = &w->r->slots[w->last->next[0]];
    if (!nj_name_stands(&w->in, slot)) {
        slot = &w->r->slots[w->last->next[1]];
        if (!nj_name_stands(&w->in, slot))
            return NULL;
    }
    if (w->asks || (!slot->bare && w->level != 0))
        return NULL;
    w->in.at += slot->n + 2u;
    w->last = slot;
    return slot;
}

/* From now on it is expected behind the one before it. */
static void expect(struct walk *w, struct nj_key_slot *slot, struct nj_str name)
{
    if (!slot->judged) {
        nj_name_expect(&w->in, slot);
        slot->key.traits = (uint16_t)nj_name_traits(name);
    }
    w->last->next[1] = w->last->next[0];
    w->last->next[0] = (uint16_t)(slot - w->r->slots);
    w->last = slot;
}

/* What is known of the name at hand, which stands there as it is; where its object has had it, it may become another. */
static inline const struct nj_key *key_of_known(struct walk *w, struct nj_key_slot *known, struct nj_str *name, struct nj_key *judged)
{
    if (known->object < w->frame->new_from) {
        known->object = w->frame->number;
        return &known->key;
    }
    size_t from = (size_t)(name->p - w->in.t.p);
    w->in.piece = (struct nj_piece){ .in = { from, from + name->n } };
    *judged = nj_walk_name(w, name, known);
    return judged;
}

/* Reads a name and the colon behind it.  NULL: it has no end. */
static inline const struct nj_key *read_name(struct walk *w, struct nj_str *name, struct nj_key *judged)
{
    struct nj_reader *d = &w->in;
    size_t from = d->at;
    struct nj_key_slot *known = expected_key(w);
    if (known != NULL) {
        *name = (struct nj_str){ d->t.p + from, known->n };
        return key_of_known(w, known, name, judged);
    }
    if (!nj_read_string(d))
        return NULL;
    *name = view(w, d->piece.in);
    known = d->piece.escaped || w->asks ? NULL : nj_key_slot(w->r, *name);
    if (is_quiet(w, known)) {
        expect(w, known, *name);
        skip_colon(w);
        return key_of_known(w, known, name, judged);
    }
    *judged = nj_walk_name(w, name, known);
    skip_colon(w);
    return judged;
}

/* May the line of a log record, which a message is, go on what the one before left open? */
static inline unsigned roles_that_go_on(const struct walk *w)
{
    return w->depth == 1 && w->carry != NULL && w->carry->in_key ? NJ_ROLE_MESSAGE : 0;
}

/* A value behind a dull name that is a short scalar: steps over it. */
static inline bool skip_scalar(struct nj_reader *d)
{
    size_t from = d->at, to = scalar_end(d->t, from);
    if (to == from || to - from >= NJ_NUMBER_RUN || d->t.p[from] == '{' || d->t.p[from] == '[')
        return false;
    d->at = to;
    return true;
}

/* At the quote of a name: reads members as long as their values are strings, or dull; what is next then is a value, or what follows the last
 * member. */
static bool read_members(struct walk *w)
{
    struct nj_reader *d = &w->in;
    struct nj_frame *f = w->frame;
    unsigned telling = roles_that_go_on(w);
    bool secret = f->rule != NJ_KEY_NONE || f->head.n != 0;
    struct nj_str name NJ_UNSET;
    struct nj_key judged NJ_UNSET;
    for (;;) {
        f->member = d->at++;
        f->member_out = w->out->n;
        f->member_done = w->done;
        const struct nj_key *key = read_name(w, &name, &judged);
        if (key == NULL)
            return false;
        bool dull = key->dull && !secret && (key->roles & telling) == 0, applied = !dull;
        if (!dull)
            apply_name(w, name, *key);
        if (d->at < d->t.n && d->t.p[d->at] == '"') {
            d->at++;
            if (!nj_read_string(d))
                return false;
            if (!((dull || (w->dull && !w->message)) && passes(w))) {
                if (dull)
                    take_dull_name(w, name, *key);
                judge_string(w);
                telling = dull ? telling : roles_that_go_on(w);
                applied = true;
            }
        } else if (!dull || !skip_scalar(d)) {
            if (dull)
                take_dull_name(w, name, *key);
            return true;
        }
        if (d->t.n - d->at < 2 || d->t.p[d->at] != ',' || d->t.p[d->at + 1] != '"') {
            if (!applied) { /* elements of a list are judged by the last name */
                w->topics = key->topics;
                remember_key(w, name);
            }
            return true;
        }
        end_member(w);
        d->at++;
    }
}

/* From token to token. */
static inline bool read_tokens(struct walk *w)
{
    struct nj_reader *d = &w->in;
    bool key_next = false, read = true;
    while (read && d->at < d->t.n) {
        switch (d->t.p[d->at]) {
        case '"':
            read = key_next ? read_members(w) : string_value(w);
            key_next = false;
            break;
        case ',':
            key_next = w->frame->object;
            if (key_next)
                end_member(w);
            else
                next_value(w);
            d->at++;
            break;
        case '{':
            read = open_object(w);
            key_next = true;
            break;
        case '[':
            read = open_list(w);
            key_next = false;
            break;
        case '}':
        case ']':
            close_container(w);
            key_next = false;
            break;
        case '\n':
        case '\r':
            w->breaks = true;
            d->at++;
            break;
        case ' ':
        case '\t':
            d->at++;
            break;
        default:
            scalar_value(w);
            key_next = false;
        }
    }
    return read;
}

/* All that is read before it is set. */
static inline void begin_walk(struct walk *w, struct nj_redactor *r, unsigned level, struct nj_carry *carry, struct nj_str json, int rule)
{
    struct nj_level *l = &r->levels[level];
    w->r = r;
    w->in.r = r;
    w->level = level;
    w->carry = carry;
    w->in.t = json;
    w->in.at = w->in.blocks = 0;
    nj_read_last(&w->in);
    w->in.anchors = w->in.marks[0].words = w->in.marks[1].words = 0;
    w->in.marks[0].stops = w->in.marks[1].stops = 0;
    w->in.piece = (struct nj_piece){ 0 };
    w->in.marker = (struct nj_marker){ 0 };
    w->out = &l->walked;
    w->done = w->depth = w->path = 0;
    w->changed = w->breaks = false;
    w->read_all = r->read_all;
    w->asks = r->paths || r->read_all;
    w->frame = l->frames;
    w->rule = rule;
    forget_name(w);
    w->topics = 0;
    w->key = (struct nj_str){ NULL, 0 };
    w->lines_of = 0;
    w->lines = (struct nj_carry){ 0 };
    w->last = &r->slots[r->last_name];
    w->bound = NULL;
    *w->frame = (struct nj_frame){ .rule = (int16_t)rule, .pair = NJ_KEY_NONE, .place = NJ_KEY_NONE, .path = (uint16_t)r->path_at };
}

bool nj_json_walk(struct nj_redactor *r, unsigned level, struct nj_carry *carry, struct nj_str json, int rule, struct nj_str *out)
{
    struct walk w NJ_UNSET; /* it is large, and not all of it is used */
    if (level == 0)
        nj_value_begin(r, json.n);
    size_t path = r->path_at;
    begin_walk(&w, r, level, carry, json, rule);
    nj_buf_reset(w.out);
    if (!read_tokens(&w))
        return false;
    *out = json;
    r->path_at = path;
    r->last_name = (uint16_t)(w.last - r->slots);
    if (level == 0)
        r->breaks = w.breaks;
    if (!w.changed)
        return true;
    nj_buf_add(w.out, nj_str_slice(json, w.done, json.n));
    return nj_buf_finish(w.out, out) == NJ_OK;
}
