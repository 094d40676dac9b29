/* Telemetry bodies in, records out: one folder a case below tests/fixtures/decode.
 *
 *   story.txt        what happens, in a few sentences
 *   telemetry*.json  the POSTs, in the order of their names
 *   expected.ndjson  the records as they leave enrichment, then what is known of the sandbox
 *
 * A new folder is a new case.  NJ_UPDATE=1 writes what came out as expected.ndjson: read it before you commit it. */
#include "nightjar/clock.h"
#include "nightjar/enrich.h"
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#define ROOT "tests/fixtures/decode"

enum { FILE_MAX = 8 << 20, PATH_LEN = 512, POSTS_MAX = 16 };

static const int64_t now_ns = 1795500000000000000; /* 2026-11-24T06:00:00Z, after every sample */

/* --- files -------------------------------------------------------------------------------------------------------- */

static bool read_file(const char *path, struct nj_buf *out)
{
    FILE *f = fopen(path, "rb");
    char chunk[4096];
    size_t n;
    if (f == NULL)
        return false;
    nj_buf_reset(out);
    while ((n = fread(chunk, 1, sizeof(chunk), f)) != 0)
        nj_buf_add(out, (struct nj_str){ chunk, n });
    fclose(f);
    return out->err == NJ_OK;
}

static void write_file(const char *path, struct nj_str text)
{
    FILE *f = fopen(path, "wb");
    ck_assert_msg(f != NULL, "cannot write %s", path);
    ck_assert_uint_eq(fwrite(text.p, 1, text.n, f), text.n);
    fclose(f);
}

static int not_hidden(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static int is_post(const struct dirent *e)
{
    struct nj_str name = nj_str_of(e->d_name);
    return nj_str_starts(name, NJ_STR("telemetry")) && nj_str_ends(name, NJ_STR(".json"));
}

static void free_list(struct dirent **list, int n)
{
    for (int i = 0; i < n; i++)
        free(list[i]);
    free(list);
}

/* --- writing records down ----------------------------------------------------------------------------------------- */

static void add_key(struct nj_buf *out, const char *key)
{
    nj_buf_addz(out, out->p[out->n - 1] == '{' ? "" : ",");
    nj_buf_add_json(out, nj_str_of(key));
    nj_buf_addc(out, ':');
}

static void add_text(struct nj_buf *out, const char *key, struct nj_str v)
{
    if (v.p == NULL)
        return;
    add_key(out, key);
    nj_buf_add_json(out, v);
}

static void add_value(struct nj_buf *out, const struct nj_value *v)
{
    struct nj_json checked;
    switch (v->type) {
    case NJ_V_STR:
        nj_buf_add_json(out, v->u.s);
        break;
    case NJ_V_I64:
        nj_buf_add_i64(out, v->u.i);
        break;
    case NJ_V_F64:
        nj_buf_add_f64(out, v->u.f);
        break;
    case NJ_V_BOOL:
        nj_buf_addz(out, v->u.b ? "true" : "false");
        break;
    case NJ_V_JSON:
        ck_assert_int_eq(nj_json_parse(v->u.s, &checked), NJ_OK);
        nj_json_copy(out, checked);
        break;
    }
}

static void add_attrs(struct nj_buf *out, const char *key, const struct nj_attrs *l)
{
    if (l->n == 0)
        return;
    add_key(out, key);
    nj_buf_addc(out, '{');
    for (size_t i = 0; i < l->n; i++) {
        nj_buf_addz(out, i != 0 ? "," : "");
        nj_buf_add_json(out, l->a[i].key);
        nj_buf_addc(out, ':');
        add_value(out, &l->a[i].v);
    }
    nj_buf_addc(out, '}');
}

static const struct nj_str origins[NJ_ORIGINS] = {
    [NJ_FROM_PLATFORM] = NJ_STR_INIT("platform"),
    [NJ_FROM_FUNCTION] = NJ_STR_INIT("function"),
    [NJ_FROM_EXTENSION] = NJ_STR_INIT("extension"),
    [NJ_FROM_OWN] = NJ_STR_INIT("own"),
};

static void add_facts(struct nj_buf *out, const struct nj_facts *f)
{
    add_key(out, "facts");
    nj_buf_addc(out, '{');
    add_text(out, "request_id", f->request_id);
    add_text(out, "tenant_id", f->tenant_id);
    add_text(out, "trace_value", f->trace_value);
    add_text(out, "trace_span", f->trace_span);
    add_text(out, "function_arn", f->function_arn);
    add_text(out, "function_name", f->function_name);
    add_text(out, "function_version", f->function_version);
    add_text(out, "instance_id", f->instance_id);
    add_text(out, "init_type", f->init_type);
    add_text(out, "status", f->status);
    if (f->dropped_records != 0 || f->dropped_bytes != 0) {
        add_key(out, "dropped");
        nj_buf_addf(out, "[%llu,%llu]", (unsigned long long)f->dropped_records, (unsigned long long)f->dropped_bytes);
    }
    nj_buf_addc(out, '}');
}

static void add_record(struct nj_buf *out, const struct nj_record *r, const struct nj_facts *f, bool late, bool unattributed)
{
    char when[NJ_TIME_LEN + 1];
    nj_buf_addc(out, '{');
    add_text(out, "when", nj_time_format(when, r->when_ns));
    add_text(out, "event", r->event);
    add_text(out, "category", nj_category_names[r->category]);
    add_text(out, "severity", nj_severity_names[r->severity]);
    add_text(out, "outcome", nj_outcome_names[r->outcome]);
    add_text(out, "lane", nj_lane_names[r->lane]);
    add_text(out, "origin", origins[r->origin]);
    add_attrs(out, "who", &r->who);
    add_attrs(out, "where", &r->where);
    add_text(out, "message", r->message);
    if (r->data_json.p != NULL) {
        add_key(out, "data_json");
        nj_buf_add(out, r->data_json); /* byte for byte */
    }
    add_attrs(out, "data", &r->data);
    if (f != NULL)
        add_facts(out, f);
    nj_buf_addz(out, late ? ",\"late\":true" : "");
    nj_buf_addz(out, unattributed ? ",\"unattributed\":true" : "");
    nj_buf_addz(out, "}\n");
}

/* --- the way of a body -------------------------------------------------------------------------------------------- */

struct run {
    struct nj_sandbox sandbox;
    struct nj_invocations invocations;
    struct nj_buf scratch, cut, joined, out, body;
};

static void take_element(struct run *r, struct nj_str element)
{
    struct nj_record record;
    struct nj_facts facts;
    bool late, unattributed;
    nj_buf_reset(&r->scratch);
    nj_decode(element, now_ns, &r->scratch, &record, &facts);
    nj_enrich(&r->sandbox, &r->invocations, &facts, &record, &late, &unattributed);
    add_record(&r->out, &record, &facts, late, unattributed);
}

static void take_unreadable(struct run *r, struct nj_str piece, const char *reason)
{
    struct nj_record record;
    nj_buf_reset(&r->scratch);
    nj_decode_unreadable(piece, nj_str_of(reason), now_ns, &r->scratch, &record);
    add_record(&r->out, &record, NULL, false, false);
}

static void settle_cut(struct run *r)
{
    if (r->cut.n != 0)
        take_unreadable(r, nj_buf_str(&r->cut), "cut");
    nj_buf_reset(&r->cut);
}

static void take_body(struct run *r, struct nj_str body)
{
    struct nj_slicer s;
    struct nj_str piece, rest = body;
    enum nj_slice_kind kind;
    enum nj_join join = NJ_JOIN_NO;
    nj_buf_reset(&r->joined);
    if (r->cut.n != 0)
        join = nj_decode_join(nj_buf_str(&r->cut), body, &r->joined, &rest);
    if (join == NJ_JOIN_NO) {
        settle_cut(r);
        rest = body;
    }
    nj_buf_reset(&r->cut);
    if (join == NJ_JOIN_PART)
        nj_buf_add(&r->cut, nj_buf_str(&r->joined));
    if (join == NJ_JOIN_WHOLE)
        take_element(r, nj_buf_str(&r->joined));
    nj_slicer_init(&s, rest);
    while ((kind = nj_slicer_next(&s, &piece)) != NJ_SLICE_END) {
        if (kind == NJ_SLICE_ELEMENT)
            take_element(r, piece);
        else if (kind == NJ_SLICE_CUT)
            nj_buf_add(&r->cut, piece);
        else
            take_unreadable(r, piece, "no record");
    }
}

static void add_sandbox(struct run *r)
{
    nj_buf_addc(&r->out, '{');
    add_attrs(&r->out, "resource", &r->sandbox.resource.where);
    nj_buf_addf(&r->out, ",\"open\":%u,\"concurrent\":%s}\n", r->invocations.open, r->invocations.concurrent ? "true" : "false");
}

static struct run *run_new(void)
{
    struct run *r = calloc(1, sizeof(*r));
    struct nj_str none = { NULL, 0 };
    nj_sandbox_init(&r->sandbox, NJ_STR("eu-west-1"), none, none, none, NJ_STR("made-up-instance"), none, none);
    nj_invocations_init(&r->invocations, false);
    nj_buf_init(&r->scratch, FILE_MAX);
    nj_buf_init(&r->cut, FILE_MAX);
    nj_buf_init(&r->joined, FILE_MAX);
    nj_buf_init(&r->out, FILE_MAX);
    nj_buf_init(&r->body, FILE_MAX);
    return r;
}

static void run_free(struct run *r)
{
    nj_sandbox_fini(&r->sandbox);
    nj_buf_fini(&r->scratch);
    nj_buf_fini(&r->cut);
    nj_buf_fini(&r->joined);
    nj_buf_fini(&r->out);
    nj_buf_fini(&r->body);
    free(r);
}

/* --- comparing ---------------------------------------------------------------------------------------------------- */

/* Shows the first line that differs; the number of lines is compared by running off one end. */
static bool same(const char *name, struct nj_str got, struct nj_str want)
{
    struct nj_str a, b;
    for (size_t line = 1;; line++) {
        bool more = nj_str_cut(&got, '\n', &a), wanted = nj_str_cut(&want, '\n', &b);
        if (!more && !wanted)
            return true;
        if (more && wanted && nj_str_eq(a, b))
            continue;
        fprintf(stderr, "%s, line %zu\n- %.*s\n+ %.*s\n", name, line, wanted ? (int)b.n : 8, wanted ? b.p : "(no line)",
                more ? (int)a.n : 8, more ? a.p : "(no line)");
        return false;
    }
}

static bool run_case(const char *name)
{
    char path[PATH_LEN];
    struct dirent **posts = NULL;
    struct run *r = run_new();
    snprintf(path, sizeof(path), ROOT "/%s", name);
    int n = scandir(path, &posts, is_post, alphasort);
    ck_assert_msg(n > 0, "%s has no telemetry*.json", path);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof(path), ROOT "/%s/%s", name, posts[i]->d_name);
        ck_assert_msg(read_file(path, &r->body), "cannot read %s", path);
        take_body(r, nj_buf_str(&r->body));
    }
    free_list(posts, n);
    settle_cut(r);
    add_sandbox(r);
    ck_assert_int_eq(r->out.err, NJ_OK);
    snprintf(path, sizeof(path), ROOT "/%s/expected.ndjson", name);
    if (getenv("NJ_UPDATE") != NULL)
        write_file(path, nj_buf_str(&r->out));
    ck_assert_msg(read_file(path, &r->body), "cannot read %s", path);
    bool ok = same(name, nj_buf_str(&r->out), nj_buf_str(&r->body));
    snprintf(path, sizeof(path), ROOT "/%s/story.txt", name);
    ck_assert_msg(read_file(path, &r->body) && r->body.n > 20, "%s: every case tells its story", path);
    run_free(r);
    return ok;
}

START_TEST(test_decode_fixtures_give_what_they_promise)
{
    struct dirent **cases = NULL;
    int n = scandir(ROOT, &cases, not_hidden, alphasort), failed = 0;
    ck_assert_msg(n > 0, "no cases below " ROOT "; tests run from the root of the repository");
    for (int i = 0; i < n; i++)
        failed += !run_case(cases[i]->d_name);
    free_list(cases, n);
    ck_assert_msg(failed == 0, "%d of %d cases differ", failed, n);
}
END_TEST

#define NJ_TESTS(X) X(test_decode_fixtures_give_what_they_promise)

NJ_TEST_MAIN("decode_fixtures")
