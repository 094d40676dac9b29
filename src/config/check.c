/* --check: the effective configuration, built as far as it can be without a platform, and what is wrong with it. */
#include "nightjar/commands.h"
#include "nightjar/redact.h"
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

static void check_redactor(const struct nj_options *o, struct nj_problems *problems, struct nj_buf *out)
{
    struct nj_redactor *redactor = NULL;
    struct nj_redact_options ro = { .policy = nj_options_choice(NJ_OPT_redact, o->redact),
                                    .keys = o->redact_keys,
                                    .allow_keys = o->redact_allow_keys };
    bool ok = nj_redactor_new(&redactor, &ro) == NJ_OK;
    nj_buf_addf(out, "Redaction: preset %.*s\n", NJ_STR_ARG(ro.policy));
    nj_redactor_free(redactor);
    if (ok)
        return;
    redactor = NULL;
    ro.allow_keys = (struct nj_str){ NULL, 0 };
    bool keys_ok = nj_redactor_new(&redactor, &ro) == NJ_OK;
    nj_redactor_free(redactor);
    nj_problem_add(problems, true, "%s is no list of names with * in them; the strict preset is used, without lists of your own.",
                   keys_ok ? "NIGHTJAR_REDACT_ALLOW_KEYS" : "NIGHTJAR_REDACT_KEYS");
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
    check_redactor(&o, &problems, out);
    size_t n = list_problems(&problems, true, "Problems", out) + problems.more;
    if (problems.more != 0)
        nj_buf_addf(out, "  and %zu more\n", problems.more);
    list_problems(&problems, false, "Remarks", out);
    if (n == 0)
        nj_buf_addz(out, "\nNo problems.\n");
    nj_options_fini(&o);
    return n;
}
