/* The record's vocabulary: names of its enums, levels as loggers spell them, and small attribute lists. */
#include "nightjar/record.h"

#define NAME(text) NJ_STR_INIT(text)

const struct nj_str nj_category_names[NJ_CATEGORIES] = {
#define NJ_CATEGORY(name, text) [NJ_CAT_##name] = NAME(text),
#include "nightjar/categories.def"
#undef NJ_CATEGORY
};

const struct nj_str nj_severity_names[NJ_SEVERITIES] = {
    [NJ_SEV_TRACE] = NAME("TRACE"), [NJ_SEV_DEBUG] = NAME("DEBUG"), [NJ_SEV_INFO] = NAME("INFO"),
    [NJ_SEV_WARN] = NAME("WARN"),   [NJ_SEV_ERROR] = NAME("ERROR"), [NJ_SEV_FATAL] = NAME("FATAL"),
};

const struct nj_str nj_outcome_names[NJ_OUTCOMES] = {
    [NJ_OUTCOME_SUCCESS] = NAME("success"),
    [NJ_OUTCOME_FAILURE] = NAME("failure"),
    [NJ_OUTCOME_UNKNOWN] = NAME("unknown"),
};

const struct nj_str nj_lane_names[NJ_LANES] = {
    [NJ_LANE_CRITICAL] = NAME("critical"),
    [NJ_LANE_BULK] = NAME("bulk"),
};

/* --- levels ------------------------------------------------------------------------------------------------------- */

/* log4j, java.util.logging, Python, winston, syslog, .NET, Serilog, zap and the AWS runtimes.  In the order of the alphabet: the words of
 * one letter stand together. */
static const struct level {
    struct nj_str word;
    enum nj_severity severity;
} levels[] = {
    { NAME("alert"), NJ_SEV_FATAL },        { NAME("critical"), NJ_SEV_FATAL }, { NAME("config"), NJ_SEV_DEBUG },
    { NAME("crit"), NJ_SEV_FATAL },         { NAME("debug"), NJ_SEV_DEBUG },    { NAME("dbg"), NJ_SEV_DEBUG },
    { NAME("dbug"), NJ_SEV_DEBUG },         { NAME("dpanic"), NJ_SEV_FATAL },   { NAME("error"), NJ_SEV_ERROR },
    { NAME("err"), NJ_SEV_ERROR },          { NAME("emerg"), NJ_SEV_FATAL },    { NAME("emergency"), NJ_SEV_FATAL },
    { NAME("fatal"), NJ_SEV_FATAL },        { NAME("fail"), NJ_SEV_ERROR },     { NAME("fine"), NJ_SEV_DEBUG },
    { NAME("finer"), NJ_SEV_TRACE },        { NAME("finest"), NJ_SEV_TRACE },   { NAME("ftl"), NJ_SEV_FATAL },
    { NAME("http"), NJ_SEV_INFO },          { NAME("info"), NJ_SEV_INFO },      { NAME("information"), NJ_SEV_INFO },
    { NAME("informational"), NJ_SEV_INFO }, { NAME("inf"), NJ_SEV_INFO },       { NAME("log"), NJ_SEV_INFO },
    { NAME("notice"), NJ_SEV_INFO },        { NAME("panic"), NJ_SEV_FATAL },    { NAME("severe"), NJ_SEV_ERROR },
    { NAME("silly"), NJ_SEV_TRACE },        { NAME("trace"), NJ_SEV_TRACE },    { NAME("trce"), NJ_SEV_TRACE },
    { NAME("trc"), NJ_SEV_TRACE },          { NAME("verbose"), NJ_SEV_DEBUG },  { NAME("warn"), NJ_SEV_WARN },
    { NAME("warning"), NJ_SEV_WARN },       { NAME("wrn"), NJ_SEV_WARN },
};

_Static_assert(NJ_COUNT(levels) == 35, "letters[] is counted by hand");

/* Where those of a letter begin, and how many there are. */
static const struct {
    uint8_t at, n;
} letters[26] = {
    ['a' - 'a'] = { 0, 1 },  ['c' - 'a'] = { 1, 3 },  ['d' - 'a'] = { 4, 4 },  ['e' - 'a'] = { 8, 4 },  ['f' - 'a'] = { 12, 6 },
    ['h' - 'a'] = { 18, 1 }, ['i' - 'a'] = { 19, 4 }, ['l' - 'a'] = { 23, 1 }, ['n' - 'a'] = { 24, 1 }, ['p' - 'a'] = { 25, 1 },
    ['s' - 'a'] = { 26, 2 }, ['t' - 'a'] = { 28, 3 }, ['v' - 'a'] = { 31, 1 }, ['w' - 'a'] = { 32, 3 },
};

/* pino and bunyan count 10 trace, 20 debug ... 60 fatal; a level of one's own in between belongs to the lower ten. */
static bool severity_of_number(struct nj_str text, enum nj_severity *out)
{
    uint64_t n = 0;
    if (!nj_str_u64(text, &n) || n < 10 || n >= 70)
        return false;
    *out = (enum nj_severity)(n / 10 - 1);
    return true;
}

bool nj_severity_parse(struct nj_str text, enum nj_severity *out)
{
    enum { SHORTEST = 2, LONGEST = 13 };
    text = nj_str_trim(text);
    if (text.n < SHORTEST || text.n > LONGEST)
        return false;
    unsigned letter = (unsigned char)(text.p[0] | 0x20) - (unsigned)'a';
    if (letter >= NJ_COUNT(letters))
        return severity_of_number(text, out);
    const struct level *l = &levels[letters[letter].at];
    for (size_t i = 0; i < letters[letter].n; i++) {
        if (text.n != l[i].word.n || !nj_str_eq_nocase(text, l[i].word))
            continue;
        *out = l[i].severity;
        return true;
    }
    return false;
}

/* --- attributes --------------------------------------------------------------------------------------------------- */

static struct nj_attr *slot(struct nj_attrs *l, struct nj_str key)
{
    for (size_t i = 0; i < l->n; i++)
        if (nj_str_eq(l->a[i].key, key))
            return &l->a[i];
    if (l->n == NJ_ATTRS_MAX)
        return NULL;
    l->a[l->n].key = key;
    return &l->a[l->n++];
}

static bool set(struct nj_attrs *l, struct nj_str key, struct nj_value v)
{
    struct nj_attr *a = slot(l, key);
    if (a == NULL)
        return false;
    a->v = v;
    return true;
}

bool nj_attrs_str(struct nj_attrs *l, struct nj_str key, struct nj_str v)
{
    return v.n == 0 || set(l, key, (struct nj_value){ .type = NJ_V_STR, .u.s = v });
}

bool nj_attrs_i64(struct nj_attrs *l, struct nj_str key, int64_t v)
{
    return set(l, key, (struct nj_value){ .type = NJ_V_I64, .u.i = v });
}

bool nj_attrs_f64(struct nj_attrs *l, struct nj_str key, double v)
{
    return set(l, key, (struct nj_value){ .type = NJ_V_F64, .u.f = v });
}

bool nj_attrs_bool(struct nj_attrs *l, struct nj_str key, bool v)
{
    return set(l, key, (struct nj_value){ .type = NJ_V_BOOL, .u.b = v });
}

bool nj_attrs_json(struct nj_attrs *l, struct nj_str key, struct nj_str checked_json)
{
    return checked_json.n == 0 || set(l, key, (struct nj_value){ .type = NJ_V_JSON, .u.s = checked_json });
}

const struct nj_attr *nj_attrs_get(const struct nj_attrs *l, struct nj_str key)
{
    for (size_t i = 0; i < l->n; i++)
        if (nj_str_eq(l->a[i].key, key))
            return &l->a[i];
    return NULL;
}

/* The attribute arrays are left as they are: three kilobytes that nobody looks at beyond n. */
void nj_record_init(struct nj_record *r)
{
    r->when_ns = 0;
    r->event = (struct nj_str){ NULL, 0 };
    r->category = NJ_CAT_LOG;
    r->severity = NJ_SEV_INFO;
    r->outcome = NJ_OUTCOME_NONE;
    r->lane = NJ_LANE_BULK;
    r->origin = NJ_FROM_FUNCTION;
    r->who.n = r->where.n = r->data.n = 0;
    r->message = r->data_json = (struct nj_str){ NULL, 0 };
    r->seq = 0;
}
