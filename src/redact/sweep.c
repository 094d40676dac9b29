/* One pass over a text: from mark to mark, each judged by the detectors that wait for it. */
#include "decode.h"
#include "forms.h"
#include "rules.h"

/* --- replacing ---------------------------------------------------------------------------------------------------- */

/* A part of the text that was folded, with the bytes it came with. */
static __attribute__((noinline)) struct nj_str unfolded(const struct nj_sweep *s, size_t from, size_t to)
{
    size_t end = to >= s->text.n ? s->original.n : nj_fold_origin(s->steps, to);
    return nj_str_slice(s->original, from == 0 ? 0 : nj_fold_origin(s->steps, from), end);
}

/* The same of any. */
static inline struct nj_str original(const struct nj_sweep *s, size_t from, size_t to)
{
    return s->original.p == NULL ? nj_str_slice(s->text, from, to) : unfolded(s, from, to);
}

/* Is this a piece of what was put in place of something?  The digits of a pseudonym may by chance look like something else. */
static bool in_placeholder(struct nj_str t, struct nj_span span)
{
    enum { HEAD = 5 + NJ_PSEUDONYM_ID_MAX + 1 + 16 }; /* "hmac:<id>:<digits>"; placeholders are shorter */
    size_t floor = span.from > HEAD ? span.from - HEAD : 0;
    for (size_t at = span.from + 1; at > floor; at--) {
        char c = t.p[at - 1];
        if ((c == 'h' || c == '[') && at - 1 + nj_placeholder_len(t, at - 1) >= span.to)
            return true;
        if (!nj_is(c, NJ_IS_WORD) && c != ':' && c != '-')
            return false; /* none has it but at its ends */
    }
    return false;
}

bool nj_sweep_replace(struct nj_sweep *s, struct nj_span span, enum nj_class class, enum nj_action action, unsigned counter,
                      struct nj_str placeholder)
{
    if (span.from < s->done)
        span.from = s->done;
    while (span.to < s->text.n && ((unsigned char)s->text.p[span.to] & 0xc0) == 0x80)
        span.to++; /* a shape that reads a bounded stretch may stop inside a character */
    if (span.from >= span.to || action == NJ_ACT_KEEP || in_placeholder(s->text, span))
        return false;
    if (nj_rules_allow(s->r, class, nj_str_slice(s->text, span.from, span.to))) {
        nj_buf_add(s->out, original(s, s->done, span.to));
        s->done = span.to; /* so that nothing else takes a part of it */
        return true;
    }
    if (action == NJ_ACT_PARTIAL && class == NJ_CLASS_IP && !nj_network_span(s->text, span.from, &span.to))
        return false;
    if (action == NJ_ACT_TRUNCATE)
        span.to = s->text.n;
    struct nj_str value = nj_str_slice(s->text, span.from, span.to), given = original(s, span.from, span.to);
    nj_buf_add(s->out, original(s, s->done, span.from));
    nj_replacement_add(s->r, class, action, action == NJ_ACT_COUNT ? given : value, placeholder, s->out);
    s->done = span.to;
    s->changed = s->changed || action != NJ_ACT_COUNT;
    nj_found(s->r, counter, action, given);
    return true;
}

static bool take_detected(struct nj_sweep *s, struct nj_span span, enum nj_detector_id id)
{
    enum nj_class class = nj_detectors[id].class;
    return nj_sweep_replace(s, span, class, nj_policy_action(&s->r->policy, class), id, nj_detectors[id].placeholder);
}

static bool take_key(struct nj_sweep *s, struct nj_span value, int rule)
{
    return nj_sweep_replace(s, value, nj_key_class(s->r, rule), nj_key_action(s->r, rule), NJ_COUNT_KEYS + (unsigned)rule,
                            NJ_STR("[secret]"));
}

/* Replaces what was found ahead and begins before byte at. */
static void settle_waiting(struct nj_sweep *s, size_t at)
{
    size_t taken = 0;
    if (s->waiting_n == 0)
        return;
    while (taken < s->waiting_n && s->waiting[taken].span.from < at) {
        const struct nj_waiting *w = &s->waiting[taken];
        if (w->rule != NJ_KEY_NONE)
            (void)take_key(s, w->span, w->rule);
        else
            (void)take_detected(s, w->span, w->id);
        taken++;
    }
    s->waiting_n -= taken;
    memmove(s->waiting, s->waiting + taken, s->waiting_n * sizeof(s->waiting[0]));
}

static void wake(struct nj_sweep *s)
{
    size_t waiting = s->waiting_n != 0 ? s->waiting[0].span.from : NJ_NPOS;
    s->wakes = waiting < s->own.from ? waiting : s->own.from;
}

/* The same with the operator's patterns, which come first where something else begins at the same byte. */
static void settle(struct nj_sweep *s, size_t at)
{
    if (at < s->wakes)
        return;
    while (s->own.from <= at && s->own.from != NJ_NPOS) {
        settle_waiting(s, s->own.from);
        if (s->own.from >= s->done)
            nj_rules_take(s);
        else
            nj_rules_next(s);
    }
    settle_waiting(s, at);
    wake(s);
}

bool nj_sweep_take(struct nj_sweep *s, struct nj_span span, enum nj_detector_id id)
{
    settle(s, span.from);
    return take_detected(s, span, id);
}

bool nj_sweep_take_key(struct nj_sweep *s, struct nj_span value, int rule)
{
    settle(s, value.from);
    return take_key(s, value, rule);
}

bool nj_sweep_put(struct nj_sweep *s, struct nj_span span, struct nj_str by)
{
    settle(s, span.from);
    if (span.from < s->done)
        span.from = s->done;
    nj_buf_add(s->out, original(s, s->done, span.from));
    nj_buf_add(s->out, by);
    s->done = span.to > s->done ? span.to : s->done;
    s->changed = true;
    return true;
}

void nj_sweep_pass(struct nj_sweep *s, size_t to)
{
    settle(s, to);
    if (to <= s->done)
        return;
    nj_buf_add(s->out, original(s, s->done, to));
    s->done = to;
}

static void wait_for(struct nj_sweep *s, struct nj_waiting w)
{
    if (s->waiting_n == NJ_WAITING_MAX)
        settle(s, s->waiting[0].span.from + 1);
    size_t i = s->waiting_n++;
    for (; i > 0 && s->waiting[i - 1].span.from > w.span.from; i--)
        s->waiting[i] = s->waiting[i - 1];
    s->waiting[i] = w;
    wake(s);
}

void nj_sweep_wait(struct nj_sweep *s, struct nj_span span, enum nj_detector_id id)
{
    wait_for(s, (struct nj_waiting){ .span = span, .id = id, .rule = NJ_KEY_NONE });
}

void nj_sweep_wait_key(struct nj_sweep *s, struct nj_span value, int rule)
{
    wait_for(s, (struct nj_waiting){ .span = value, .rule = rule });
}

bool nj_rare_may(struct nj_str t, size_t at)
{
    char before = at > 0 ? t.p[at - 1] : ' ', after = at + 1 < t.n ? t.p[at + 1] : ' ';
    switch (t.p[at]) {
    case '@':
        return before != '"' && before != ' ';
    case '%':
        return nj_is(after, NJ_IS_HEX);
    case '$':
        return nj_is(before, NJ_IS_WORD) || nj_is(after, NJ_IS_WORD);
    case '+':
        return after >= '1' && after <= '9'; /* not "+00:00" */
    case '~':                                /* Q~ */
    case 'B':                                /* -B */
        return true;
    case 'a':
    case 'A':
        return (after | 0x20) == 'r' && nj_str_starts_nocase(nj_str_slice(t, at - 2, t.n), NJ_STR("bearer"));
    default:
        return (after | 0x20) == 'i' && nj_str_starts_nocase(nj_str_slice(t, at - 2, t.n), NJ_STR("basic"));
    }
}

/* --- from mark to mark -------------------------------------------------------------------------------------------- */

static bool try_anchor(struct nj_sweep *s, size_t at, enum nj_anchor anchor)
{
    const struct nj_anchor_index *x = &s->r->anchors;
    for (int id = x->first[anchor]; id >= 0; id = x->next[id]) {
        const struct nj_detector *d = &nj_detectors[id];
        struct nj_span span;
        if (d->shape(s, at, &span) && d->valid(s->text, &span) && nj_sweep_take(s, span, (enum nj_detector_id)id))
            return true;
    }
    return false;
}

static enum nj_anchor rare_anchor(char c)
{
    switch (c) {
    case '@':
    case '%':
        return NJ_ANCHOR_AT;
    case '$':
        return NJ_ANCHOR_CRYPT;
    case '~':
        return NJ_ANCHOR_TILDE;
    case 'B':
        return NJ_ANCHOR_PEM;
    default:
        return c == '+' ? NJ_ANCHOR_PLUS : NJ_ANCHOR_SCHEME;
    }
}

/* Separators, and the decoders that wait for one; true when something was replaced. */
static bool visit_separator(struct nj_sweep *s, size_t at)
{
    struct nj_span value;
    int rule = NJ_KEY_NONE;
    char c = s->text.p[at - 1], before = at > 1 ? s->text.p[at - 2] : '\0';
    if (c == '<') {
        if (before == '<' && nj_form_here(s, at, &value, &rule) && nj_sweep_take_key(s, value, rule))
            return true;
        nj_form_tag(s, at);
        return false;
    }
    if (c == ':' && (before == '"' || nj_is(before, NJ_IS_SPACE)) && nj_decode_json(s, at))
        return true;
    if (c == ':' && before == 'a' && nj_decode_data_uri(s, at - 1))
        return true;
    if (nj_form_find(s, at, &value, &rule) && nj_sweep_take_key(s, value, rule))
        return true;
    if (c != ':' || at >= s->text.n)
        return false;
    bool address = s->text.p[at] == '/' || before == 'n';
    return (address && try_anchor(s, at, NJ_ANCHOR_SEPARATOR)) || nj_colon_try(s, at);
}

static bool visit_word(struct nj_sweep *s, size_t at)
{
    struct nj_span value;
    int rule = NJ_KEY_NONE;
    if (at >= s->text.n) /* the mark is behind what was seen */
        return false;
    if (at > s->done && (s->text.p[at] == 'u' || s->text.p[at] == 'x') && s->text.p[at - 1] == '\\')
        return nj_decode_unicode(s, at);
    if (s->text.p[at] == ';')
        return nj_decode_entities(s, at);
    return nj_form_words(s, at, &value, &rule) && nj_sweep_take_key(s, value, rule);
}

static void visit_rare(struct nj_sweep *s, size_t at)
{
    if (!nj_rare_may(s->text, at) || try_anchor(s, at, rare_anchor(s->text.p[at])))
        return;
    if (s->text.p[at] == '%')
        (void)nj_decode_percent(s, at);
    else if (s->text.p[at] == '$')
        nj_form_dollar(s, at);
}

static inline bool is_marked(uint64_t kind, size_t at)
{
    return (kind >> at % NJ_BLOCK & 1) != 0;
}

/* Most marks cannot be anything, which is asked here: what was replaced meanwhile is not asked about. */
static void visit(struct nj_sweep *s, size_t at, const struct nj_marks *m)
{
    if (is_marked(m->separator, at) && visit_separator(s, at))
        return;
    if (is_marked(m->words, at) && nj_word_may(s->text, at) && visit_word(s, at))
        return;
    if (!is_marked(m->number | m->token | m->rare, at))
        return;
    if (is_marked(m->number, at) && nj_number_may(s->r, s->text, at) && nj_number_visit(s, at))
        return;
    if (is_marked(m->token, at) && (nj_token_may(s->r, s->text, at) || nj_encoded_may(s->text, at)) &&
        (nj_token_visit(s, at) || nj_decode_run(s, at)))
        return;
    if (is_marked(m->rare, at))
        visit_rare(s, at);
}

/* Of a text that was not marked before. */
static __attribute__((noinline)) const struct nj_marks *mark_block(struct nj_sweep *s, size_t base)
{
    struct nj_level *l = &s->r->levels[s->level];
    if (base == 0)
        l->marker = (struct nj_marker){ 0 };
    nj_marks_at(s->r->marks, &l->marker, s->text, base, &l->marks[0]);
    return &l->marks[0];
}

/* stream: the text goes on what records before it left open. */
static __attribute__((noinline)) void run(struct nj_sweep *s, bool stream)
{
    if (s->carry->in_key)
        nj_pem_resume(s);
    if (stream)
        nj_carry_resume(s);
    for (size_t base = 0; base < s->text.n; base += NJ_BLOCK) {
        const struct nj_marks *m = s->marks != NULL ? &s->marks[base / NJ_BLOCK] : mark_block(s, base);
        uint64_t any = nj_marks_any(m);
        while (any != 0) {
            size_t at = base + (size_t)__builtin_ctzll(any);
            any &= any - 1;
            if (at >= s->wakes)
                settle(s, at + 1);
            if (at >= s->done)
                visit(s, at, m);
        }
    }
    if (s->wakes != NJ_NPOS)
        settle(s, s->text.n + 1);
    if (stream)
        nj_carry_note(s);
}

/* Apart, because the room for what lies ahead is not cleared for those who have no patterns. */
static __attribute__((noinline)) void run_with_rules(struct nj_sweep *s, bool stream)
{
    struct nj_span ahead[NJ_RULE_AUTOMATA];
    memset(ahead, 0, sizeof(ahead));
    s->ahead = ahead;
    nj_rules_next(s);
    wake(s);
    run(s, stream);
}

/* A call of memset is dearer than so few stores, and the compiler makes one of anything longer than a piece. */
static inline __attribute__((always_inline)) void clear(struct nj_sweep *s)
{
    enum { PIECE = 64 };
    char *p = (char *)s;
    size_t at = 0;
#pragma GCC unroll 8
    for (; at + PIECE <= sizeof(*s); at += PIECE)
        memset(p + at, 0, PIECE);
    memset(p + at, 0, sizeof(*s) % PIECE);
}

static inline __attribute__((always_inline)) bool sweep(struct nj_redactor *r, unsigned level, struct nj_str text,
                                                        const struct nj_seen *seen, struct nj_carry *carry, struct nj_buf *out)
{
    struct nj_carry own = { 0 };
    size_t before = out->n;
    struct nj_sweep s NJ_UNSET;
    struct nj_level *l = &r->levels[level];
    clear(&s);
    s.r = r;
    s.level = level;
    s.text = text;
    s.out = out;
    s.carry = carry != NULL ? carry : &own;
    s.pem_end.from = NJ_NPOS;
    s.own.from = NJ_NPOS;
    s.wakes = NJ_NPOS;
    s.marks = seen->marks;
    s.waiting = l->waiting;
    if (!seen->ascii && nj_fold_find(text, 0) != text.n) {
        if (!nj_fold(text, &l->folded, &l->steps)) {
            out->err = NJ_ENOMEM;
            return true; /* withheld: what cannot be read is not passed on */
        }
        s.original = text;
        s.text = nj_buf_str(&l->folded);
        s.steps = nj_buf_str(&l->steps);
    }
    if (r->read_all)
        run_with_rules(&s, carry != NULL);
    else
        run(&s, carry != NULL);
    if (s.changed)
        nj_buf_add(out, original(&s, s.done, s.text.n));
    else if (out->err == NJ_OK)
        nj_buf_cut(out, before); /* all that was found was only counted */
    return s.changed;
}

/* --- lines that come again ---------------------------------------------------------------------------------------- */

static bool is_idle(const struct nj_carry *c)
{
    return c == NULL ||
           !(c->in_key || c->open.quote != 0 || c->pending != 0 || c->cut || c->table.parting != 0 || c->wire.state != NJ_WIRE_NONE);
}

/* May a text be remembered, because nothing else has a say in what is found in it? */
static bool may_be_known(const struct nj_redactor *r, unsigned level, struct nj_str text, const struct nj_carry *carry)
{
    return level == 0 && text.n <= NJ_KNOWN_LEN && !r->read_all && !r->paths && r->context.n == 0 && is_idle(carry);
}

bool nj_sweep(struct nj_redactor *r, unsigned level, struct nj_str text, const struct nj_seen *seen, struct nj_carry *carry,
              struct nj_buf *out)
{
    bool remembers = false;
    size_t place = seen->hash % NJ_KNOWN_LINES;
    uint16_t print = (uint16_t)(seen->hash >> 16);
    struct nj_known *known = &r->known_lines.line[place];
    if (seen->marks != NULL) {
        if (seen->bare && carry == NULL && !r->read_all)
            return false; /* nothing is found but at marks */
        remembers = !seen->bare && may_be_known(r, level, text, carry);
        if (remembers && r->known_lines.print[place] == print && nj_is_known(known, text))
            return false;
    }
    unsigned flags = r->audit.flags;
    uint64_t findings = r->findings;
    r->audit.flags = 0;
    bool changed = sweep(r, level, text, seen, carry, out);
    if (remembers && !changed && r->findings == findings && r->audit.flags == 0 && is_idle(carry)) {
        r->known_lines.print[place] = print;
        nj_know(known, text);
    }
    r->audit.flags |= flags;
    return changed;
}
