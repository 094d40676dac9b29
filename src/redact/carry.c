/* What one record of a stream leaves open for the next: a name whose value is still to come, a quote, a token cut in two. */
#include "forms.h"

/* The platform cuts lines of 256 KiB; what is a little shorter may have lost a piece of a character. */
enum { CUT_AT = (256 << 10) - 8, OPEN_RECORDS = 8, RUN_MAX = 4096, RUN_MIN = 4 };

static bool ends_run(char c)
{
    return nj_is(c, NJ_IS_SPACE) || nj_is_quote(c) || (c != '\0' && strchr(",;{}[]()<>", c) != NULL);
}

static void mask(struct nj_sweep *s, struct nj_span span, int rule)
{
    if (span.to > span.from && !nj_value_is_harmless(nj_part(s->text, span)) && nj_sweep_take_key(s, span, rule))
        nj_note(s->r, NJ_AUDIT_SPLIT_STATE);
}

/* To the quote that closes what an earlier record opened; all of it when none does. */
static void resume_quote(struct nj_sweep *s, const struct nj_carry *was)
{
    struct nj_form f = { .s = s, .t = s->text, .quote = was->open.quote, .slashes = was->open.slashes, .rule = was->open.rule };
    size_t to = nj_form_end(&f);
    mask(s, (struct nj_span){ 0, to }, was->open.rule);
    if (f.open && was->open_left > 1) {
        s->carry->open = was->open;
        s->carry->open_left = (uint8_t)(was->open_left - 1);
    }
}

/* The first token of the text, if it can be a value: in quotes, alone, or no word of prose. */
static void resume_value(struct nj_sweep *s, int rule)
{
    struct nj_form f = { .s = s, .t = s->text, .rule = rule };
    size_t at = nj_skip_blanks(s->text, 0);
    if (at >= s->text.n || s->text.p[at] == '{' || s->text.p[at] == '[')
        return;
    struct nj_span value = nj_form_read(&f, at);
    struct nj_str v = nj_part(s->text, value);
    char last = v.n != 0 ? v.p[v.n - 1] : '\0';
    if (v.n == 0 || last == ':' || !nj_key_takes(rule, v) || (f.quote == 0 && nj_form_is_prose(v)))
        return;
    mask(s, value, rule);
    if (f.open)
        s->open = (struct nj_open_quote){ f.quote, (uint8_t)f.slashes, (int16_t)rule };
}

size_t nj_carry_line(struct nj_str t)
{
    size_t from = t.n;
    while (from > 0 && t.p[from - 1] != '\t')
        from--;
    return from;
}

/* $4, AUTH, $8, x1: a line each.  What follows AUTH goes, a user before the password, too. */
static void resume_wire(struct nj_sweep *s, struct nj_wire was)
{
    struct nj_str line = nj_str_trim(nj_str_slice(s->text, nj_carry_line(s->text), s->text.n));
    struct nj_wire *now = &s->carry->wire;
    uint64_t n = 0;
    size_t from = line.n != 0 ? (size_t)(line.p - s->text.p) : 0;
    if (was.state == NJ_WIRE_BULK && line.n == was.bytes) {
        mask(s, (struct nj_span){ from, from + line.n }, nj_key_classify(s->r, NJ_STR("password")).rule);
        now->state = NJ_WIRE_AUTH;
    } else if (was.state == NJ_WIRE_AUTH && line.n > 1 && line.p[0] == '$' && nj_str_u64(nj_str_slice(line, 1, line.n), &n)) {
        *now = (struct nj_wire){ NJ_WIRE_BULK, n };
    } else if (was.state == NJ_WIRE_FOUR && nj_str_eq_nocase(line, NJ_STR("AUTH"))) {
        now->state = NJ_WIRE_AUTH;
    } else if (nj_str_eq(line, NJ_STR("$4"))) {
        now->state = NJ_WIRE_FOUR;
    }
}

void nj_carry_resume(struct nj_sweep *s)
{
    struct nj_carry was = *s->carry;
    s->carry->open = (struct nj_open_quote){ 0 };
    s->carry->pending = 0;
    s->carry->cut = false;
    s->carry->table.parting = 0;
    s->carry->wire.state = NJ_WIRE_NONE;
    if (s->text.n == 0)
        return;
    resume_wire(s, was.wire);
    if (was.table.parting != 0 && nj_form_table_goes_on(s, &was.table))
        s->carry->table = was.table;
    if (was.cut) {
        size_t to = 0;
        while (to < s->text.n && !ends_run(s->text.p[to]))
            to++;
        mask(s, (struct nj_span){ 0, to }, NJ_KEY_SPLIT);
    }
    if (was.open.quote != 0)
        resume_quote(s, &was);
    else if (was.pending != 0)
        resume_value(s, was.pending - 1);
}

/* The run of bytes that touches the cut: half a token is one that no detector knows. */
static void mask_cut(struct nj_sweep *s)
{
    size_t from = s->text.n;
    while (from > s->done && s->text.n - from < RUN_MAX && !ends_run(s->text.p[from - 1]))
        from--;
    if (s->text.n - from >= RUN_MIN && !nj_form_is_prose(nj_str_slice(s->text, from, s->text.n)))
        mask(s, (struct nj_span){ from, s->text.n }, NJ_KEY_SPLIT);
}

/* "password: >-" says that the value stands below.  Where the text ends before such a mark. */
static size_t skip_block_mark(struct nj_str t, size_t end, size_t floor)
{
    size_t at = end;
    if (at > floor && (t.p[at - 1] == '-' || t.p[at - 1] == '+'))
        at--;
    if (at < floor + 2 || (t.p[at - 1] != '|' && t.p[at - 1] != '>') || t.p[at - 2] != ' ')
        return end;
    while (at > floor + 1 && nj_is_blank(t.p[at - 2]))
        at--;
    return at - 1;
}

/* A line that is "<password>" and nothing else, or ends a head of multipart with name="password": the rule of the name, whose value stands
 * on a line of its own, or NJ_KEY_NONE. */
static int rule_of_part(struct nj_sweep *s, struct nj_str line)
{
    static const struct nj_str name = NJ_STR_INIT("name=\"");
    size_t from = 0;
    if (line.n > 2 && line.p[0] == '<' && line.p[1] != '/' && line.p[line.n - 1] == '>') {
        from = 1;
        size_t prefix = nj_str_chr(line, ':', from);
        from = prefix != NJ_NPOS ? prefix + 1 : from;
    } else if (line.n > name.n && line.p[line.n - 1] == '"') {
        from = line.n - 1;
        while (from > 0 && nj_is(line.p[from - 1], NJ_IS_KEY))
            from--;
        struct nj_str head = nj_str_slice(line, 0, from);
        from = nj_str_ends(head, name) && nj_str_find(head, NJ_STR("form-data;"), 0) != NJ_NPOS ? from : 0;
    }
    struct nj_str key = nj_str_slice(line, from, line.n - (line.n != 0 ? 1 : 0));
    if (from == 0 || key.n == 0 || nj_run(key, 0, NJ_IS_KEY) != key.n)
        return NJ_KEY_NONE;
    return nj_rule_but(nj_key_classify(s->r, key).rule, NJ_HOW_ASIDE | NJ_HOW_DETECTED);
}

void nj_carry_note(struct nj_sweep *s)
{
    struct nj_str t = s->text;
    size_t end = t.n;
    if (t.n >= CUT_AT) {
        mask_cut(s);
        s->carry->cut = true;
        nj_note(s->r, NJ_AUDIT_TRUNCATED);
    }
    if (s->open.quote != 0) {
        s->carry->open = s->open;
        s->carry->open_left = OPEN_RECORDS;
        nj_note(s->r, NJ_AUDIT_SPLIT_STATE);
    }
    while (end > s->done && nj_is(t.p[end - 1], NJ_IS_SPACE))
        end--;
    size_t whole = end;
    end = skip_block_mark(t, end, s->done);
    bool part = end == whole && end > s->done && (t.p[end - 1] == '>' || t.p[end - 1] == '"');
    if (end > s->done && (part || t.p[end - 1] == ':' || t.p[end - 1] == '=')) {
        int rule = part ? rule_of_part(s, nj_str_trim(nj_str_slice(t, s->done, end))) : nj_form_pending(s, end - 1);
        s->carry->pending = (int16_t)(rule != NJ_KEY_NONE ? rule + 1 : 0);
        if (rule != NJ_KEY_NONE)
            nj_note(s->r, NJ_AUDIT_SPLIT_STATE);
    }
}
