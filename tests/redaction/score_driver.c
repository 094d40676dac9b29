/* Takes cases on standard input, one JSON object a line, through the redactor, and prints what came out of each.
 *
 * In     {"id":..,"policy":..,"text":".." | "json":{..},"split":"lines"}: text is the message of a function's record, json the
 *        fields of a structured one; with split every line of text is a record of its own, all of one stream.
 * Out    {"id":..,"out":"..","again":"..","counts":{..}}: again is what a second redaction made of out; out of a json case is
 *        the text of the object.
 *
 * The door is the one that the pipeline uses, nj_redact_record(); nothing here knows what was expected. */
#include "nightjar/redact.h"

#include <stdio.h>
#include <stdlib.h>

enum { LINE_MAX_BYTES = 64 << 20, POLICIES = 8 };

struct door {
    struct nj_str policy;
    struct nj_redactor *r;
};

static struct door doors[POLICIES];

static void die(const char *what)
{
    fprintf(stderr, "redaction-driver: %s\n", what);
    exit(2);
}

static struct nj_redactor *door_of(struct nj_str policy)
{
    for (size_t i = 0; i < POLICIES; i++) {
        if (doors[i].r == NULL) {
            char *name = malloc(policy.n + 1);
            if (name == NULL)
                die("no memory");
            memcpy(name, policy.p, policy.n);
            doors[i].policy = (struct nj_str){ name, policy.n };
            if (nj_redactor_new(&doors[i].r, &(struct nj_redact_options){ .policy = doors[i].policy }) != NJ_OK)
                die("no such policy");
        }
        if (nj_str_eq(doors[i].policy, policy))
            return doors[i].r;
    }
    die("too many policies");
    return NULL;
}

/* One record through the door; what came out is appended. */
static void pass(struct nj_redactor *r, struct nj_str stream, struct nj_str in, bool json, struct nj_buf *out, struct nj_buf *counts)
{
    static const struct nj_resource resource;
    struct nj_record record;
    struct nj_clean clean;
    nj_record_init(&record);
    record.event = NJ_STR("function.log");
    record.category = NJ_CAT_LOG;
    record.origin = NJ_FROM_FUNCTION;
    if (json)
        record.data_json = in;
    else
        record.message = in;
    nj_attrs_str(&record.where, NJ_STR("faas.invocation_id"), stream);
    if (nj_redact_record(r, &record, &resource, NJ_STR("driver-1"), &clean) != NJ_OK)
        die("a record could not be redacted");
    nj_buf_add(out, json ? clean.data : clean.message);
    if (counts != NULL && clean.counts.n > 0) {
        if (counts->n > 0)
            nj_buf_addc(counts, ',');
        nj_buf_add(counts, clean.counts);
    }
}

static void pass_case(struct nj_redactor *r, struct nj_str stream, struct nj_str in, bool json, bool split, struct nj_buf *out,
                      struct nj_buf *counts)
{
    nj_buf_reset(out);
    if (!split) {
        pass(r, stream, in, json, out, counts);
        return;
    }
    for (size_t at = 0; at <= in.n;) {
        size_t end = nj_str_find(in, NJ_STR("\n"), at);
        if (end == NJ_NPOS)
            end = in.n;
        pass(r, stream, nj_str_slice(in, at, end), false, out, counts);
        if (end < in.n)
            nj_buf_addc(out, '\n');
        at = end + 1;
    }
}

static void member(struct nj_json object, const char *key, struct nj_buf *out)
{
    bool escaped;
    struct nj_json v = nj_json_get(object, nj_str_of(key));
    nj_buf_reset(out);
    if (v.type == NJ_JSON_STRING)
        nj_json_unescape(out, nj_json_inner(v, &escaped));
}

static void run_line(struct nj_str line)
{
    static struct nj_buf id, policy, text, once, twice, counts, answer;
    static struct nj_buf *const all[] = { &id, &policy, &text, &once, &twice, &counts, &answer };
    struct nj_json object;
    if (id.max == 0)
        for (size_t i = 0; i < NJ_COUNT(all); i++)
            nj_buf_init(all[i], LINE_MAX_BYTES);
    if (nj_json_parse(line, &object) != NJ_OK || object.type != NJ_JSON_OBJECT)
        die("a line is no JSON object");
    member(object, "id", &id);
    member(object, "policy", &policy);
    member(object, "text", &text);
    struct nj_json fields = nj_json_get(object, NJ_STR("json"));
    bool json = fields.type != NJ_JSON_NONE, split = nj_json_get(object, NJ_STR("split")).type == NJ_JSON_STRING;
    struct nj_redactor *r = door_of(policy.n > 0 ? nj_buf_str(&policy) : NJ_STR("default"));
    nj_buf_reset(&counts);
    pass_case(r, nj_buf_str(&id), json ? fields.raw : nj_buf_str(&text), json, split, &once, &counts);
    nj_buf_add(&id, NJ_STR("#2")); /* another stream */
    pass_case(r, nj_buf_str(&id), nj_buf_str(&once), json, split, &twice, NULL);
    nj_buf_cut(&id, id.n - 2);

    nj_buf_reset(&answer);
    nj_buf_addz(&answer, "{\"id\":");
    nj_buf_add_json(&answer, nj_buf_str(&id));
    nj_buf_addz(&answer, ",\"out\":");
    nj_buf_add_json(&answer, nj_buf_str(&once));
    nj_buf_addz(&answer, ",\"again\":");
    nj_buf_add_json(&answer, nj_buf_str(&twice));
    nj_buf_addz(&answer, ",\"counts\":[");
    nj_buf_add(&answer, nj_buf_str(&counts));
    nj_buf_addz(&answer, "]}\n");
    for (size_t i = 0; i < NJ_COUNT(all); i++)
        if (all[i]->err != NJ_OK)
            die("a case is too large");
    fwrite(answer.p, 1, answer.n, stdout);
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n = getline(&line, &room, stdin); n >= 0; n = getline(&line, &room, stdin)) {
        struct nj_str s = nj_str_trim((struct nj_str){ line, (size_t)n });
        if (s.n > 0)
            run_line(s);
    }
    free(line);
    for (size_t i = 0; i < POLICIES && doors[i].r != NULL; i++) {
        nj_redactor_free(doors[i].r);
        free((void *)(uintptr_t)doors[i].policy.p);
    }
    return EXIT_SUCCESS;
}
