/* One invocation in, what the room derives of it out: each folder of tests/fixtures/observe is a case.
 *
 *   story.txt        what it is, in a sentence
 *   event.json       the input, as the event source sends it
 *   response.json    the answer, or error.json: the posted error, or neither
 *   logs.ndjson      what the function writes: each line is the record of a function log, a string or an object
 *   options.txt      name=value: trusted_hops, cdn, auth_routes, sensitive_routes, done (the platform's status), error_type
 *   expected.ndjson  who and where as the input's own record gets them, then the records, in their order
 *
 * There is a case for every row of the table of event sources and for every word of the vocabulary but those of the sandbox itself.
 * NJ_UPDATE=1 writes what was found; read the difference before committing it. */
#include "nightjar/observe.h"
#include "nightjar/pseudonym.h"
#include "unit.h"

#include "../../src/observe/judge.h"

#include <dirent.h>
#include <stdio.h>

#define FIXTURES "tests/fixtures/observe"
#define ID       "3d2c5f0a-1111-4222-8333-444455556666"
enum { FILE_MAX = 1 << 20, PATH_LEN = 600, CASES_AT_LEAST = 60 };
static const int64_t t0 = 1795418101000000000; /* 2026-11-23T07:15:01Z */

struct world {
    struct nj_observe *room;
    struct nj_pseudonyms *pseudonyms;
    struct nj_buf out, options;
    const char *folder;
};

/* --- files -------------------------------------------------------------------------------------------------------- */

static bool read_file(const char *folder, const char *name, struct nj_buf *out)
{
    char path[PATH_LEN], chunk[4096];
    size_t n;
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    nj_buf_reset(out);
    if (f == NULL)
        return false;
    while ((n = fread(chunk, 1, sizeof(chunk), f)) != 0)
        nj_buf_add(out, (struct nj_str){ chunk, n });
    fclose(f);
    ck_assert_int_eq(out->err, NJ_OK);
    return true;
}

static void compare(const char *folder, struct nj_str got)
{
    struct nj_buf want;
    char path[PATH_LEN];
    nj_buf_init(&want, FILE_MAX);
    if (getenv("NJ_UPDATE") != NULL) {
        snprintf(path, sizeof(path), "%s/expected.ndjson", folder);
        FILE *f = fopen(path, "wb");
        ck_assert_ptr_nonnull(f);
        ck_assert_uint_eq(fwrite(got.p, 1, got.n, f), got.n);
        fclose(f);
    }
    ck_assert_msg(read_file(folder, "expected.ndjson", &want), "%s has no expected.ndjson", folder);
    size_t same = 0, line = 1;
    while (same < want.n && same < got.n && want.p[same] == got.p[same])
        line += got.p[same++] == '\n';
    ck_assert_msg(want.n == got.n && same == got.n, "%s: line %zu differs:\n  want ...%.*s\n  got  ...%.*s", folder, line,
                  (int)(want.n - same > 200 ? 200 : want.n - same), want.p + same, (int)(got.n - same > 200 ? 200 : got.n - same),
                  got.p + same);
    nj_buf_fini(&want);
}

static struct nj_str option(const struct world *w, const char *name)
{
    struct nj_str rest = nj_buf_str(&w->options), line, key;
    while (nj_str_cut(&rest, '\n', &line)) {
        struct nj_str value = line;
        if (nj_str_cut(&value, '=', &key) && nj_str_eq(key, nj_str_of(name)))
            return value;
    }
    return (struct nj_str){ NULL, 0 };
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static void add_attrs(struct nj_buf *b, const char *name, const struct nj_attrs *l)
{
    nj_buf_addf(b, ",\"%s\":{", name);
    for (size_t i = 0; i < l->n; i++) {
        const struct nj_value *v = &l->a[i].v;
        nj_buf_addz(b, i != 0 ? "," : "");
        nj_buf_add_json(b, l->a[i].key);
        nj_buf_addc(b, ':');
        if (v->type == NJ_V_STR)
            nj_buf_add_json(b, v->u.s);
        else if (v->type == NJ_V_JSON)
            nj_buf_add(b, v->u.s);
        else if (v->type == NJ_V_I64)
            nj_buf_add_i64(b, v->u.i);
        else if (v->type == NJ_V_F64)
            nj_buf_add_f64(b, v->u.f);
        else
            nj_buf_addz(b, v->u.b ? "true" : "false");
    }
    nj_buf_addc(b, '}');
}

static void add_record(struct nj_buf *b, const struct nj_record *r)
{
    nj_buf_addz(b, "{\"event\":");
    nj_buf_add_json(b, r->event);
    nj_buf_addz(b, ",\"category\":");
    nj_buf_add_json(b, nj_category_names[r->category]);
    nj_buf_addz(b, ",\"severity\":");
    nj_buf_add_json(b, nj_severity_names[r->severity]);
    if (r->outcome != NJ_OUTCOME_NONE) {
        nj_buf_addz(b, ",\"outcome\":");
        nj_buf_add_json(b, nj_outcome_names[r->outcome]);
    }
    nj_buf_addz(b, ",\"message\":");
    nj_buf_add_json(b, r->message);
    add_attrs(b, "who", &r->who);
    add_attrs(b, "where", &r->where);
    add_attrs(b, "data", &r->data);
    nj_buf_addz(b, "}\n");
}

static void on_emit(void *ctx, struct nj_record *r)
{
    struct world *w = ctx;
    ck_assert_msg(r->when_ns != 0, "%s: a record without a time", w->folder);
    /* Names with a dot, but for some, and sketches are of the observers that have tests of their own; sys_shutdown is the same in all
     * cases. */
    bool ours = nj_str_chr(r->event, '.', 0) == NJ_NPOS || nj_str_eq(r->event, NJ_STR("invocation.summary")) ||
                nj_str_eq(r->event, NJ_STR("authn.reset_requested")) || nj_str_eq(r->event, NJ_STR("output.invalid")) ||
                nj_str_starts(r->event, NJ_STR("malicious."));
    if (ours && !nj_str_eq(r->event, NJ_STR("sys_shutdown")) && !nj_str_eq(r->event, NJ_STR("sketch")))
        add_record(&w->out, r);
}

/* --- the way of one invocation ------------------------------------------------------------------------------------ */

static void build(struct world *w, const char *folder)
{
    uint64_t hops = 0;
    *w = (struct world){ .folder = folder };
    nj_buf_init(&w->out, FILE_MAX);
    nj_buf_init(&w->options, FILE_MAX);
    (void)read_file(folder, "options.txt", &w->options);
    bool told = nj_str_u64(option(w, "trusted_hops"), &hops);
    ck_assert(told || option(w, "trusted_hops").n == 0);
    ck_assert_int_eq(nj_pseudonyms_new(&w->pseudonyms, NJ_STR("k1:a key that is long enough for tests of this kind"), NJ_STR("")), NJ_OK);
    struct nj_observe_options o = {
        .pseudonyms = w->pseudonyms,
        .trusted_hops = (unsigned)hops,
        .cdn = option(w, "cdn").n != 0,
        .auth_routes = option(w, "auth_routes"),
        .sensitive_routes = option(w, "sensitive_routes"),
        .emit = on_emit,
        .ctx = w,
    };
    ck_assert_int_eq(nj_observe_new(&w->room, &o), NJ_OK);
}

static void tear_down(struct world *w)
{
    nj_observe_free(w->room);
    nj_pseudonyms_free(w->pseudonyms);
    nj_buf_fini(&w->out);
    nj_buf_fini(&w->options);
}

static void tell(struct world *w, struct nj_str element)
{
    struct nj_buf scratch;
    struct nj_record r;
    struct nj_facts f;
    nj_buf_init(&scratch, 4 << 20);
    nj_decode(element, t0, &scratch, &r, &f);
    ck_assert_msg(nj_attrs_get(&r.data, NJ_STR("nightjar.unreadable")) == NULL, "%s: %.*s", w->folder, NJ_STR_ARG(element));
    nj_attrs_str(&r.where, NJ_STR("faas.invocation_id"), NJ_STR(ID));
    nj_observe_record(w->room, t0, &f, &r, NULL);
    nj_buf_fini(&scratch);
}

static void tell_logs(struct world *w)
{
    struct nj_buf file, element;
    struct nj_str rest, line;
    nj_buf_init(&file, FILE_MAX);
    nj_buf_init(&element, FILE_MAX);
    (void)read_file(w->folder, "logs.ndjson", &file);
    rest = nj_buf_str(&file);
    while (nj_str_cut(&rest, '\n', &line)) {
        if (line.n == 0)
            continue;
        nj_buf_reset(&element);
        nj_buf_addz(&element, "{\"time\":\"2026-11-23T07:15:01.100Z\",\"type\":\"function\",\"record\":");
        nj_buf_add(&element, line);
        nj_buf_addc(&element, '}');
        tell(w, nj_buf_str(&element));
    }
    nj_buf_fini(&file);
    nj_buf_fini(&element);
}

static void tell_platform(struct world *w, const char *type, struct nj_str status)
{
    struct nj_buf b;
    nj_buf_init(&b, 4096);
    nj_buf_addf(&b,
                "{\"time\":\"2026-11-23T07:15:01.200Z\",\"type\":\"platform.%s\",\"record\":{\"requestId\":\"" ID "\",\"status\":\"%.*s\"",
                type, NJ_STR_ARG(status));
    nj_buf_addz(&b, ",\"metrics\":{\"durationMs\":20.5,\"billedDurationMs\":21,\"memorySizeMB\":512,\"maxMemoryUsedMB\":80}}}");
    tell(w, nj_buf_str(&b));
    nj_buf_fini(&b);
}

static bool pass(struct world *w, enum nj_payload_kind kind, const char *name, struct nj_buf *file)
{
    struct nj_json v;
    int64_t status = 0;
    if (!read_file(w->folder, name, file))
        return false;
    struct nj_str text = nj_str_trim(nj_buf_str(file));
    struct nj_payload p = {
        .kind = kind, .request_id = NJ_STR(ID), .complete = true, .size = text.n, .kept = text, .start_ns = t0, .end_ns = t0 + 20000000
    };
    ck_assert_msg(nj_json_parse(text, &v) == NJ_OK, "%s/%s is no JSON", w->folder, name);
    if (nj_json_i64(nj_json_get(v, NJ_STR("statusCode")), &status))
        p.status_code = (unsigned)status;
    if (kind == NJ_PAYLOAD_ERROR)
        p.error_type = option(w, "error_type");
    nj_observe_payload(w->room, t0, &p);
    return true;
}

/* --- is there a case for each row? ---------------------------------------------------------------------------------- */

static bool said_word[NJ_WORDS], met_trigger[256];

static void note_words(struct nj_str said)
{
    for (size_t i = 0; i < NJ_WORDS; i++) {
        char text[80];
        snprintf(text, sizeof(text), "{\"event\":\"%.*s\",", NJ_STR_ARG(nj_words[i].event));
        said_word[i] = said_word[i] || nj_str_find(said, nj_str_of(text), 0) != NJ_NPOS;
    }
}

static void note_trigger(struct nj_str event)
{
    struct nj_document d;
    nj_document_init(&d);
    (void)nj_document_read(&d, event, event.n);
    met_trigger[nj_trigger_of(&d) - nj_triggers] = true;
    nj_document_fini(&d);
}

static void run_case(const char *folder)
{
    struct world w;
    struct nj_buf file;
    struct nj_record r;
    nj_buf_init(&file, FILE_MAX);
    build(&w, folder);
    nj_observe_invoke(w.room, t0, NJ_STR(ID), 0);
    if (pass(&w, NJ_PAYLOAD_INPUT, "event.json", &file)) {
        note_trigger(nj_buf_str(&file));
        nj_record_init(&r);
        r.event = NJ_STR("invocation.input");
        nj_attrs_str(&r.where, NJ_STR("faas.invocation_id"), NJ_STR(ID));
        nj_observe_put(w.room, &r, false);
        add_record(&w.out, &r);
    }
    tell_logs(&w);
    bool answered = pass(&w, NJ_PAYLOAD_RESPONSE, "response.json", &file) || pass(&w, NJ_PAYLOAD_ERROR, "error.json", &file);
    if (answered)
        nj_observe_answered(w.room, t0, NJ_STR(ID));
    struct nj_str done = option(&w, "done").n != 0 ? option(&w, "done") : NJ_STR("success");
    tell_platform(&w, "runtimeDone", done);
    tell_platform(&w, "report", done);
    nj_observe_shutdown(w.room, t0, NJ_STR("spindown"));
    compare(folder, nj_buf_str(&w.out));
    note_words(nj_buf_str(&w.out));
    tear_down(&w);
    nj_buf_fini(&file);
}

static int visible(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

START_TEST(test_observe_fixtures_come_out_as_expected)
{
    struct dirent **list = NULL;
    int n = scandir(FIXTURES, &list, visible, alphasort);
    ck_assert_msg(n >= CASES_AT_LEAST, "%d cases in " FIXTURES ": run from the top of the tree", n);
    for (int i = 0; i < n; i++) {
        char folder[400];
        snprintf(folder, sizeof(folder), FIXTURES "/%s", list[i]->d_name);
        free(list[i]);
        run_case(folder);
    }
    free(list);
    ck_assert_uint_lt(nj_trigger_count, NJ_COUNT(met_trigger));
    for (size_t i = 0; i < nj_trigger_count; i++)
        ck_assert_msg(met_trigger[i], "no case for row %zu of the event sources: %.*s, %.*s", i, NJ_STR_ARG(nj_triggers[i].name),
                      NJ_STR_ARG(nj_triggers[i].test));
    for (size_t i = 0; i < NJ_WORDS; i++) /* those of the sandbox are of scenarios: observe-sandbox, redact-off */
        ck_assert_msg(said_word[i] || nj_words[i].part == NJ_PART_SANDBOX, "no case for the word %.*s", NJ_STR_ARG(nj_words[i].event));
}
END_TEST

#define NJ_TESTS(X) X(test_observe_fixtures_come_out_as_expected)

NJ_TEST_MAIN("observe fixtures")
