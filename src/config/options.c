/* Reads the environment into struct nj_options; whatever is wrong with it becomes a problem, never a failure. */
#include "table.h"

#include "nightjar/utf8.h"

#include <stdarg.h>
#include <stdio.h>

enum { KIB = 1 << 10, MIB = 1 << 20 };

void nj_problem_add(struct nj_problems *p, bool fatal_for_check, const char *fmt, ...)
{
    if (p->n == NJ_PROBLEMS) {
        p->more += fatal_for_check; /* a remark that finds no room is none */
        return;
    }
    struct nj_problem *to = &p->list[p->n++];
    to->fatal_for_check = fatal_for_check;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(to->text, sizeof(to->text), fmt, ap);
    va_end(ap);
}

static struct nj_str env_find(const char *const *environ_, struct nj_str name)
{
    for (size_t i = 0; environ_[i] != NULL; i++) {
        struct nj_str entry = nj_str_of(environ_[i]);
        if (entry.n > name.n && entry.p[name.n] == '=' && nj_str_starts(entry, name))
            return nj_str_slice(entry, name.n + 1, entry.n);
    }
    return (struct nj_str){ NULL, 0 };
}

/* Offset of the first byte no value may hold, or NJ_NPOS.  Control characters would end a header line or a message early. */
static size_t bad_byte(struct nj_str v)
{
    for (size_t i = 0, len; i < v.n; i += len) {
        unsigned char c = (unsigned char)v.p[i];
        len = nj_utf8_len(v, i);
        if (len == 0 || c < 0x20 || c == 0x7f)
            return i;
    }
    return NJ_NPOS;
}

static bool is_reference(struct nj_str v)
{
    struct nj_str rest = v, piece;
    if (!nj_str_cut(&rest, ':', &piece) || !nj_str_eq(piece, NJ_STR("arn")) || !nj_str_cut(&rest, ':', &piece))
        return false;
    return nj_str_starts(rest, NJ_STR("secretsmanager:")) || nj_str_starts(rest, NJ_STR("ssm:"));
}

struct nj_str config_value(struct config_reading *r, struct nj_str name, const char *instead, bool *refused)
{
    static const struct nj_str none = { NULL, 0 };
    struct nj_str v = env_find(r->environ_, name);
    *refused = true;
    if (v.n > NJ_VALUE_MAX) {
        nj_problem_add(r->problems, true, "%.*s is %zu bytes long, allowed are %d; %s.", NJ_STR_ARG(name), v.n, NJ_VALUE_MAX, instead);
        return none;
    }
    v = nj_str_trim(v);
    size_t bad = bad_byte(v);
    if (bad != NJ_NPOS) {
        nj_problem_add(r->problems, true, "%.*s holds a control character or a byte that is not UTF-8 (byte %zu); %s.", NJ_STR_ARG(name),
                       bad + 1, instead);
        return none;
    }
    if (is_reference(v)) {
        nj_problem_add(r->problems, true, "%.*s refers to Secrets Manager or Parameter Store, which is not supported by this version; %s.",
                       NJ_STR_ARG(name), instead);
        return none;
    }
    *refused = false;
    return v.n != 0 ? v : none;
}

/* --- one row ------------------------------------------------------------------------------------------------------ */

static void set_default(struct nj_options *o, const struct config_row *row)
{
    void *field = config_field(o, row);
    switch (row->kind) {
    case CONFIG_TEXT:
        *(struct nj_str *)field = row->standard_text[0] != '\0' ? nj_str_of(row->standard_text) : (struct nj_str){ NULL, 0 };
        break;
    case CONFIG_SIZE:
    case CONFIG_NUMBER:
        *(uint64_t *)field = row->standard;
        break;
    case CONFIG_MSEC:
        *(int64_t *)field = (int64_t)row->standard;
        break;
    case CONFIG_CHOICE:
        for (unsigned i = 0; nj_options_choice((enum nj_option)(row - config_rows), i).p != NULL; i++)
            if (nj_str_eq(nj_options_choice((enum nj_option)(row - config_rows), i), nj_str_of(row->standard_text)))
                *(unsigned *)field = i;
        break;
    }
}

/* "using 256k" */
static void say_default(char *out, size_t room, const struct nj_options *o, const struct config_row *row)
{
    struct nj_buf b;
    nj_buf_init(&b, KIB);
    if (row->kind == CONFIG_TEXT && row->standard_text[0] == '\0')
        nj_buf_addz(&b, "nothing is used");
    else if (row->kind == CONFIG_SIZE && row->standard == 0)
        nj_buf_addz(&b, "using the size derived from the function's memory");
    else {
        nj_buf_addz(&b, "using ");
        config_show_value(&b, row, config_field_of(o, row));
    }
    snprintf(out, room, "%.*s", NJ_STR_ARG(nj_buf_str(&b)));
    nj_buf_fini(&b);
}

void config_refuse(struct config_reading *r, const struct config_row *row, struct nj_str value, const char *why)
{
    char shown[80], instead[80];
    struct nj_buf range;
    set_default(r->o, row);
    r->o->origin[row - config_rows] = NJ_BY_REFUSAL;
    config_excerpt(shown, sizeof(shown), value, row->show);
    say_default(instead, sizeof(instead), r->o, row);
    nj_buf_init(&range, KIB);
    config_show_range(&range, row);
    nj_problem_add(r->problems, true, "%.*s=\"%s\" %s; allowed: %.*s; %s.", NJ_STR_ARG(row->variable), shown, why,
                   NJ_STR_ARG(nj_buf_str(&range)), instead);
    nj_buf_fini(&range);
}

static bool read_choice(const struct config_row *row, struct nj_str value, unsigned *out)
{
    struct nj_str word;
    for (unsigned i = 0; (word = nj_options_choice((enum nj_option)(row - config_rows), i)).p != NULL; i++)
        if (nj_str_eq_nocase(word, value)) {
            *out = i;
            return true;
        }
    return false;
}

/* The number a SIZE, MSEC or NUMBER row holds, or why it holds none. */
static const char *read_number(const struct config_row *row, struct nj_str value, uint64_t *out)
{
    int64_t ms = 0;
    bool ok = row->kind == CONFIG_SIZE   ? nj_parse_size(value, out)
              : row->kind == CONFIG_MSEC ? nj_parse_duration(value, &ms)
                                         : nj_str_u64(value, out);
    if (!ok)
        return row->kind == CONFIG_SIZE   ? "is not a size (bytes, or with k, m, g)"
               : row->kind == CONFIG_MSEC ? "is not a duration (a number with ms, s, m or h)"
                                          : "is not a whole number";
    if (row->kind == CONFIG_MSEC)
        *out = (uint64_t)ms;
    if (*out < row->min)
        return "is below the smallest value";
    return *out > row->max ? "is above the largest value" : NULL;
}

static void read_row(struct config_reading *r, const struct config_row *row)
{
    char instead[80];
    bool refused;
    enum nj_option_origin *origin = &r->o->origin[row - config_rows];
    void *field = config_field(r->o, row);
    set_default(r->o, row);
    *origin = NJ_BY_DEFAULT;
    if (env_find(r->environ_, row->variable).n == 0) /* nearly all rows of nearly everybody, and start-up waits */
        return;
    say_default(instead, sizeof(instead), r->o, row);
    struct nj_str value = config_value(r, row->variable, instead, &refused);
    *origin = refused ? NJ_BY_REFUSAL : value.n != 0 ? NJ_BY_USER : NJ_BY_DEFAULT;
    if (value.n == 0)
        return;
    if (row->kind == CONFIG_TEXT) {
        *(struct nj_str *)field = value;
        return;
    }
    if (row->kind == CONFIG_CHOICE) {
        if (!read_choice(row, value, field))
            config_refuse(r, row, value, "is not one of its words");
        return;
    }
    uint64_t number = 0;
    const char *why = read_number(row, value, &number);
    if (why != NULL)
        config_refuse(r, row, value, why);
    else if (row->kind == CONFIG_MSEC)
        *(int64_t *)field = (int64_t)number;
    else
        *(uint64_t *)field = number;
}

/* --- what follows from other values ------------------------------------------------------------------------------- */

static void derive_sizes(struct config_reading *r)
{
    enum { SHARE = 32, MEMORY_UNTOLD_MB = 128, OPEN_BATCHES = 4 };
    struct nj_options *o = r->o;
    uint64_t memory = (o->function_memory_mb != 0 ? o->function_memory_mb : MEMORY_UNTOLD_MB) * MIB;
    if (o->queue_bytes == 0) {
        o->queue_bytes = memory / SHARE;
        if (o->queue_bytes < 2 * MIB)
            o->queue_bytes = 2 * MIB;
        if (o->queue_bytes > 16 * MIB)
            o->queue_bytes = 16 * MIB;
        if (o->origin[NJ_OPT_queue_bytes] == NJ_BY_DEFAULT)
            o->origin[NJ_OPT_queue_bytes] = NJ_BY_DERIVATION;
    } else if (o->queue_bytes > memory / 4 && o->function_memory_mb != 0) {
        nj_problem_add(r->problems, false, "NIGHTJAR_QUEUE_BYTES is more than a quarter of the function's memory.");
    }
    uint64_t most = o->queue_bytes / o->sink_count / OPEN_BATCHES; /* sinks share the queue; both lanes need room to move */
    if (o->batch_bytes <= most)
        return;
    o->batch_bytes = most;
    nj_problem_add(r->problems, o->origin[NJ_OPT_batch_bytes] == NJ_BY_USER,
                   "NIGHTJAR_BATCH_BYTES is cut to %llu: a quarter of each sink's share of NIGHTJAR_QUEUE_BYTES.",
                   (unsigned long long)o->batch_bytes);
    o->origin[NJ_OPT_batch_bytes] = NJ_BY_DERIVATION;
}

static void read_sinks(struct config_reading *r)
{
    struct nj_options *o = r->o;
    static const enum nj_option single[] = { NJ_OPT_sink, NJ_OPT_sink_token, NJ_OPT_sink_headers };
    o->sink_count = 0;
    config_read_named_sinks(r);
    o->sinks_named = o->sink_count != 0;
    for (size_t i = 0; o->sink_count != 0 && i < NJ_COUNT(single); i++)
        if (o->origin[single[i]] == NJ_BY_USER)
            nj_problem_add(r->problems, true, "%.*s has no effect because NIGHTJAR_SINKS names the sinks.",
                           NJ_STR_ARG(config_rows[single[i]].variable));
    if (o->sink_count == 0) {
        if (o->sinks.n != 0)
            nj_problem_add(r->problems, true, "NIGHTJAR_SINKS leaves no usable sink; records go where NIGHTJAR_SINK says.");
        o->sink_list[o->sink_count++] =
            (struct nj_sink_options){ .name = NJ_STR("default"), .url = o->sink, .token = o->sink_token, .headers = o->sink_headers };
    }
}

/* Its URL is finished in settle(), where there is room for it. */
static void read_alert_sink(struct config_reading *r)
{
    struct nj_options *o = r->o;
    if (o->alert_url.n == 0) {
        if (o->alert_token.n != 0)
            nj_problem_add(r->problems, true, "NIGHTJAR_ALERT_TOKEN has no effect without NIGHTJAR_ALERT_URL.");
        return;
    }
    o->alert_sink = (struct nj_sink_options){ .name = NJ_STR("alerts"), .variable = NJ_STR("NIGHTJAR_ALERT"), .only = NJ_STR("alert") };
}

/* What we write to standard output comes back as a log of an extension: shipped again, it would come back again, for ever. */
static void break_circle(struct config_reading *r)
{
    struct nj_options *o = r->o;
    const struct nj_str extension = NJ_STR(",extension");
    bool to_stdout = false;
    for (size_t i = 0; i < o->sink_count; i++)
        to_stdout = to_stdout || nj_str_starts_nocase(o->sink_list[i].url, NJ_STR("stdout:"));
    if (!to_stdout || !nj_str_ends(o->telemetry, NJ_STR("extension")))
        return;
    o->telemetry = nj_str_ends(o->telemetry, extension) ? nj_str_slice(o->telemetry, 0, o->telemetry.n - extension.n)
                                                        : nj_str_of(config_rows[NJ_OPT_telemetry].standard_text);
    o->origin[NJ_OPT_telemetry] = NJ_BY_REFUSAL;
    nj_problem_add(r->problems, true,
                   "NIGHTJAR_TELEMETRY: extension cannot be had with a stdout: sink, whose lines would come back for ever; using %.*s.",
                   NJ_STR_ARG(o->telemetry));
}

static struct nj_str platform_value(struct config_reading *r, const char *name)
{
    bool refused;
    return config_value(r, nj_str_of(name), "it is taken as not set", &refused);
}

/* The function's own credentials are taken only where a sink signs with them. */
static void read_credentials(struct config_reading *r)
{
    struct nj_options *o = r->o;
    bool wanted = nj_str_starts(o->alert_url, NJ_STR("arn:")) || nj_str_starts_nocase(o->alert_url, NJ_STR("sns:"));
    for (size_t i = 0; i < o->sink_count; i++)
        wanted = wanted || nj_str_starts_nocase(nj_str_trim(o->sink_list[i].url), NJ_STR("sns:"));
    if (!wanted)
        return;
    o->credentials.access_key_id = platform_value(r, "AWS_ACCESS_KEY_ID");
    o->credentials.secret_access_key = platform_value(r, "AWS_SECRET_ACCESS_KEY");
    o->credentials.session_token = platform_value(r, "AWS_SESSION_TOKEN");
    o->aws_endpoint_sns = platform_value(r, "AWS_ENDPOINT_URL_SNS");
    if (o->aws_endpoint_sns.n == 0)
        o->aws_endpoint_sns = platform_value(r, "AWS_ENDPOINT_URL");
}

static void read_platform(struct config_reading *r)
{
    struct nj_options *o = r->o;
    o->runtime_api = platform_value(r, "AWS_LAMBDA_RUNTIME_API");
    o->region = platform_value(r, "AWS_REGION");
    if (o->region.n == 0)
        o->region = platform_value(r, "AWS_DEFAULT_REGION");
    o->function_name = platform_value(r, "AWS_LAMBDA_FUNCTION_NAME");
    o->function_version = platform_value(r, "AWS_LAMBDA_FUNCTION_VERSION");
    o->initialization_type = platform_value(r, "AWS_LAMBDA_INITIALIZATION_TYPE");
    o->log_stream = platform_value(r, "AWS_LAMBDA_LOG_STREAM_NAME");
    o->otel_service_name = platform_value(r, "OTEL_SERVICE_NAME");
    o->otel_resource_attributes = platform_value(r, "OTEL_RESOURCE_ATTRIBUTES");
    struct nj_str memory = platform_value(r, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE");
    uint64_t mb = 0;
    if (memory.n != 0 && (!nj_str_u64(memory, &mb) || mb > MIB)) {
        nj_problem_add(r->problems, false, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE is no plausible number of megabytes; it is taken as not told.");
        mb = 0;
    }
    o->function_memory_mb = mb;
}

/* --- from borrowed to owned --------------------------------------------------------------------------------------- */

enum { VIEWS_MAX = NJ_OPTION_ROWS + 5 * NJ_SINKS_MAX + 12, ALERT_SCHEME_MAX = 16 };

static size_t list_views(struct nj_options *o, struct nj_str *views[static VIEWS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < NJ_OPTION_ROWS; i++)
        if (config_rows[i].kind == CONFIG_TEXT)
            views[n++] = config_field(o, &config_rows[i]);
    for (size_t i = 0; i < o->sink_count; i++) {
        views[n++] = &o->sink_list[i].name;
        views[n++] = &o->sink_list[i].url;
        views[n++] = &o->sink_list[i].token;
        views[n++] = &o->sink_list[i].headers;
        views[n++] = &o->sink_list[i].only;
    }
    struct nj_str *told[] = { &o->runtime_api,
                              &o->region,
                              &o->function_name,
                              &o->function_version,
                              &o->initialization_type,
                              &o->log_stream,
                              &o->otel_service_name,
                              &o->otel_resource_attributes,
                              &o->credentials.access_key_id,
                              &o->credentials.secret_access_key,
                              &o->credentials.session_token,
                              &o->aws_endpoint_sns };
    for (size_t i = 0; i < NJ_COUNT(told); i++)
        views[n++] = told[i];
    return n;
}

/* What sinks take from elsewhere in the options; again after the texts have moved. */
static void finish_sink(const struct nj_options *o, struct nj_sink_options *sink)
{
    sink->compress = o->compress;
    sink->credentials = o->credentials;
    sink->aws_endpoint = o->aws_endpoint_sns;
}

/* Copies every text into the store, reserved at once so that no view moves.  False when there is no memory for it. */
static bool settle(struct nj_options *o)
{
    struct nj_str *views[VIEWS_MAX];
    size_t n = list_views(o, views), total = 0;
    for (size_t i = 0; i < n; i++)
        total += views[i]->n;
    total += ALERT_SCHEME_MAX + o->alert_url.n + 1;
    nj_buf_init(&o->store, total);
    if (nj_buf_reserve(&o->store, total) != NJ_OK)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (views[i]->n == 0)
            continue;
        char *at = o->store.p + o->store.n;
        nj_buf_add(&o->store, *views[i]);
        views[i]->p = at;
    }
    for (size_t i = 0; i < o->sink_count; i++)
        finish_sink(o, &o->sink_list[i]);
    if (o->alert_url.n == 0)
        return true;
    size_t from = o->store.n;
    nj_sink_alert_url(o->alert_url, &o->store);
    finish_sink(o, &o->alert_sink);
    o->alert_sink.compress = (struct nj_str){ NULL, 0 };
    o->alert_sink.url = nj_str_slice(nj_buf_str(&o->store), from, o->store.n);
    o->alert_sink.token = o->alert_token;
    return true;
}

static void read_all(struct nj_options *o, const char *const *environ_, struct nj_problems *problems)
{
    struct config_reading r = { environ_, o, problems };
    memset(o, 0, sizeof(*o));
    problems->n = problems->more = 0;
    for (size_t i = 0; i < NJ_OPTION_ROWS; i++)
        read_row(&r, &config_rows[i]);
    read_platform(&r);
    config_check_texts(&r);
    read_sinks(&r);
    read_alert_sink(&r);
    read_credentials(&r);
    break_circle(&r);
    derive_sizes(&r);
    config_report_names(&r);
}

void nj_options_read(struct nj_options *o, const char *const *environ_, struct nj_problems *problems)
{
    static const char *const empty[] = { NULL };
    read_all(o, environ_ != NULL ? environ_ : empty, problems);
    if (settle(o))
        return;
    /* Nothing of it may be lost: where the platform is, and what the team wants to be redacted, least of all.  So its texts stay where
     * they are; the alert URL alone would have to be written anew. */
    o->alert_url = o->alert_sink.url = (struct nj_str){ NULL, 0 };
    nj_problem_add(problems, true, "There is no memory for the configuration; it is used where it is, and NIGHTJAR_ALERT_URL not at all.");
}

void nj_options_fini(struct nj_options *o)
{
    if (o->store.p != NULL)
        explicit_bzero(o->store.p, o->store.cap);
    nj_buf_fini(&o->store);
}
