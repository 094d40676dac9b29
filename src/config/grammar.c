/* Options whose text has a grammar of its own: telemetry types, flush, compression, attributes. */
#include "table.h"

#include "nightjar/hex.h"

static void check_telemetry(struct config_reading *r)
{
    static const struct nj_str names[] = { NJ_STR_INIT("platform"), NJ_STR_INIT("function"), NJ_STR_INIT("extension") };
    /* In the platform's order and spelling, whatever the user's was: index = bits of the names above. */
    static const char *const sets[] = { NULL,        "platform",           "function",           "platform,function",
                                        "extension", "platform,extension", "function,extension", "platform,function,extension" };
    const struct config_row *row = &config_rows[NJ_OPT_telemetry];
    struct nj_str rest = r->o->telemetry, word;
    unsigned bits = 0;
    while (nj_str_cut(&rest, ',', &word)) {
        unsigned bit = 0;
        word = nj_str_trim(word);
        for (size_t i = 0; i < NJ_COUNT(names); i++)
            if (nj_str_eq_nocase(word, names[i]))
                bit = 1u << i;
        if (bit == 0 && word.n != 0) {
            config_refuse(r, row, r->o->telemetry, "names a type the Telemetry API does not have");
            return;
        }
        bits |= bit;
    }
    if (bits == 0)
        config_refuse(r, row, r->o->telemetry, "names no type");
    else
        r->o->telemetry = nj_str_of(sets[bits]);
    if (bits != 0 && (bits & 1u) == 0)
        nj_problem_add(r->problems, false,
                       "NIGHTJAR_TELEMETRY leaves out platform: text lines cannot be attributed to invocations without its events.");
}

static void check_flush(struct config_reading *r)
{
    enum { LEAST_MS = 100, MOST_MS = 3600000 };
    struct nj_options *o = r->o;
    const struct config_row *row = &config_rows[NJ_OPT_flush];
    o->flush_mode = NJ_FLUSH_AUTO;
    o->flush_period_ms = 0;
    if (nj_str_eq_nocase(o->flush, NJ_STR("auto")))
        return;
    if (nj_str_eq_nocase(o->flush, NJ_STR("end"))) {
        o->flush_mode = NJ_FLUSH_END;
        return;
    }
    int64_t ms;
    if (!nj_parse_duration(o->flush, &ms))
        config_refuse(r, row, o->flush, "is neither a word nor a duration");
    else if (ms < LEAST_MS || ms > MOST_MS)
        config_refuse(r, row, o->flush, "is no period of that range");
    else {
        o->flush_mode = NJ_FLUSH_PERIOD;
        o->flush_period_ms = ms;
    }
}

static void check_compress(struct config_reading *r)
{
    static const struct nj_str codecs[] = { NJ_STR_INIT("gzip"), NJ_STR_INIT("zstd"), NJ_STR_INIT("none") };
    if (r->o->compress.n == 0)
        return;
    for (size_t i = 0; i < NJ_COUNT(codecs); i++)
        if (nj_str_eq_nocase(r->o->compress, codecs[i])) {
            r->o->compress = codecs[i];
            return;
        }
    config_refuse(r, &config_rows[NJ_OPT_compress], r->o->compress, "is no compression");
}

static bool percent_ok(struct nj_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '%' && nj_hex_byte(s, i + 1) < 0)
            return false;
    return true;
}

/* Bad pairs are reported by number, because the text around a missing '=' may be anything; the good ones are used. */
static void check_attributes(struct config_reading *r)
{
    struct nj_str rest = r->o->attributes, pair;
    for (size_t nth = 1; rest.n != 0 && nj_str_cut(&rest, ',', &pair); nth++) {
        size_t eq = nj_str_chr(pair, '=', 0);
        bool named = eq != NJ_NPOS && nj_str_trim(nj_str_slice(pair, 0, eq)).n != 0;
        if (nj_str_trim(pair).n != 0 && (!named || !percent_ok(pair)))
            nj_problem_add(r->problems, true, "NIGHTJAR_ATTRIBUTES: pair %zu is not name=value with percent-encoding; it is left out.",
                           nth);
    }
}

/* One variable may be set by mistake, two with a sentence in one of them may not. */
static void check_off(struct config_reading *r)
{
    struct nj_options *o = r->o;
    if (!nj_str_eq(nj_options_choice(NJ_OPT_redact, o->redact), NJ_STR("off")))
        return;
    if (!nj_str_eq(o->redact_off, NJ_STR("i-accept-that-secrets-leave")))
        config_refuse(r, &config_rows[NJ_OPT_redact], NJ_STR("off"), "is refused without NIGHTJAR_REDACT_OFF=i-accept-that-secrets-leave");
}

void config_check_texts(struct config_reading *r)
{
    check_off(r);
    check_telemetry(r);
    check_flush(r);
    check_compress(r);
    check_attributes(r);
}
