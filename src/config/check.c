/* --check: the effective configuration, built as far as it can be without a platform, and what is wrong with it. */
#include "nightjar/commands.h"
#include "nightjar/limits.h"
#include "nightjar/redaction.h"
#include "nightjar/sink.h"

static void check_sink(const struct nj_sink_options *so, const char *instead, struct nj_problems *problems, struct nj_buf *out)
{
    struct nj_sink sink;
    char why[160] = "";
    const struct nj_str name = so->name;
    nj_buf_addf(out, "  %.*s: ", NJ_STR_ARG(name));
    if (nj_sink_init(&sink, so, why) != NJ_OK) {
        nj_buf_addf(out, "cannot be used; %s\n", instead);
        nj_problem_add(problems, true, "%s.", why);
    } else {
        nj_sink_describe(&sink, out);
        nj_buf_addc(out, '\n');
        if (nj_sink_is_cleartext(&sink))
            nj_problem_add(problems, false, "Sink %.*s: http:// sends records and credentials unencrypted to another machine.",
                           NJ_STR_ARG(name));
    }
    nj_sink_fini(&sink);
}

static void check_redaction(const struct nj_options *o, struct nj_problems *problems, struct nj_buf *out)
{
    struct nj_redaction r;
    bool built = nj_redaction_open(&r, o) == NJ_OK;
    nj_buf_addf(out, "Redaction: preset %.*s", NJ_STR_ARG(nj_options_choice(NJ_OPT_redact, o->redact)));
    if (r.pseudonyms != NULL)
        nj_buf_addf(out, ", pseudonyms under key %.*s%s", NJ_STR_ARG(nj_pseudonyms_key_id(r.pseudonyms)),
                    r.notes & NJ_NOTE_EPHEMERAL ? ", made up for this run" : "");
    nj_buf_addc(out, '\n');
    if (!built)
        nj_problem_add(problems, true, "There is not memory enough to build the redactor.");
    if (r.notes & (NJ_NOTE_KEYS | NJ_NOTE_ALLOW_KEYS))
        nj_problem_add(problems, true, "%s is no list of names with * in them; every named field is redacted instead.",
                       r.notes & NJ_NOTE_KEYS ? "NIGHTJAR_REDACT_KEYS" : "NIGHTJAR_REDACT_ALLOW_KEYS");
    if (r.notes & NJ_NOTE_RULES)
        nj_problem_add(problems, true, "%s; function logs and payloads are withheld.", r.why);
    if (r.notes & NJ_NOTE_NO_PSEUDONYMS)
        nj_problem_add(problems, true, "The system gives no random bytes for a key: what would be a pseudonym is masked.");
    if (r.notes & NJ_NOTE_EPHEMERAL)
        nj_problem_add(problems, false, "NIGHTJAR_PSEUDONYM_KEY is not set: pseudonyms join within one sandbox only.");
    if (r.notes & NJ_NOTE_WEAK_KEY)
        nj_problem_add(problems, false, "NIGHTJAR_PSEUDONYM_KEY has less than %d bytes: who sees pseudonyms may find it by trying.",
                       NJ_PSEUDONYM_KEY_MIN);
    if (r.notes & NJ_NOTE_OFF)
        nj_problem_add(problems, false, "NIGHTJAR_REDACT=off: secrets and personal data leave as they are.");
    nj_redaction_close(&r);
}

static void check_alert_rules(const struct nj_options *o, struct nj_problems *problems, struct nj_buf *out)
{
    struct nj_alert_rules rules;
    char why[NJ_ALERT_WHY];
    if (!nj_alert_rules_read(&rules, o->alert_rules, why))
        nj_problem_add(problems, true, "NIGHTJAR_ALERT_RULES: %s; the built-in rules are used.", why);
    nj_buf_addf(out, "Alerts: %zu rules:", rules.n);
    for (size_t i = 0; i < rules.n; i++)
        nj_buf_addf(out, " %s", rules.rule[i].name);
    nj_buf_addc(out, '\n');
}

static void on_limits_problem(void *ctx, struct nj_str sentence)
{
    nj_problem_add(ctx, true, "%.*s", NJ_STR_ARG(sentence));
}

static size_t list_problems(const struct nj_problems *problems, bool fatal, const char *title, struct nj_buf *out)
{
    size_t n = 0;
    for (size_t i = 0; i < problems->n; i++) {
        if (problems->list[i].fatal_for_check != fatal)
            continue;
        if (n++ == 0)
            nj_buf_addf(out, "\n%s:\n", title);
        nj_buf_addf(out, "  %s\n", problems->list[i].text);
    }
    return n;
}

size_t nj_check(const char *const *environ_, struct nj_buf *out)
{
    struct nj_options o;
    struct nj_problems problems;
    nj_options_read(&o, environ_, &problems);
    nj_buf_addf(out, "nightjar %s, effective configuration:\n\n", NJ_VERSION);
    nj_options_dump(&o, out);
    nj_buf_addz(out, "\nSinks:\n");
    for (size_t i = 0; i < o.sink_count; i++)
        check_sink(&o.sink_list[i], "stdout: takes its place", &problems, out);
    if (o.alert_sink.url.n != 0)
        check_sink(&o.alert_sink, "alerts go to the other sinks only", &problems, out);
    check_redaction(&o, &problems, out);
    check_alert_rules(&o, &problems, out);
    struct nj_limits limits;
    nj_limits_read(&limits, o.detect, on_limits_problem, &problems);
    size_t n = list_problems(&problems, true, "Problems", out) + problems.more;
    if (problems.more != 0)
        nj_buf_addf(out, "  and %zu more\n", problems.more);
    list_problems(&problems, false, "Remarks", out);
    if (n == 0)
        nj_buf_addz(out, "\nNo problems.\n");
    nj_options_fini(&o);
    return n;
}
