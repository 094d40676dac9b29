/* Builds the redactor the settings ask for, or a stricter one. */
#include "nightjar/redaction.h"

#include "nightjar/file.h"

#include <errno.h>
#include <stdio.h>

static enum nj_status make(struct nj_redaction *r, struct nj_redact_options ro)
{
    ro.pseudonyms = r->pseudonyms;
    ro.rules = r->rules;
    ro.withhold = (r->notes & NJ_NOTE_RULES) != 0;
    return nj_redactor_new(&r->redactor, &ro);
}

/* Which of the two lists is at fault? */
static void blame(struct nj_redaction *r, struct nj_redact_options ro)
{
    ro.allow_keys = (struct nj_str){ NULL, 0 };
    bool keys_ok = make(r, ro) == NJ_OK;
    nj_redactor_free(r->redactor);
    r->redactor = NULL;
    r->notes |= keys_ok ? NJ_NOTE_ALLOW_KEYS : NJ_NOTE_KEYS;
}

static void open_pseudonyms(struct nj_redaction *r, const struct nj_options *o)
{
    if (nj_pseudonyms_new(&r->pseudonyms, o->pseudonym_key, o->pseudonym_key_previous) != NJ_OK)
        r->notes |= NJ_NOTE_NO_PSEUDONYMS;
    else if (nj_pseudonyms_ephemeral(r->pseudonyms))
        r->notes |= NJ_NOTE_EPHEMERAL;
    else if (nj_pseudonyms_weak(r->pseudonyms))
        r->notes |= NJ_NOTE_WEAK_KEY;
}

static void refuse_rules(struct nj_redaction *r, const char *what, const struct nj_rules_error *e)
{
    r->notes |= NJ_NOTE_RULES;
    snprintf(r->why, sizeof(r->why), "%s, line %zu, column %zu: %s", what, e->line, e->column, e->text);
}

static void load_rules(struct nj_redaction *r, struct nj_str json, const char *what)
{
    struct nj_rules_error e;
    if (nj_rules_new(&r->rules, json, &e) != NJ_OK)
        refuse_rules(r, what, &e);
}

static void open_rules(struct nj_redaction *r, struct nj_str value)
{
    char path[512];
    struct nj_buf text;
    struct nj_str json;
    if (value.n == 0)
        return;
    if (value.p[0] == '[' || value.p[0] == '{') {
        load_rules(r, value, "NIGHTJAR_REDACT_RULES");
        return;
    }
    snprintf(path, sizeof(path), "%.*s", NJ_STR_ARG(value));
    nj_buf_init(&text, 2 * NJ_RULES_BYTES);
    errno = 0;
    enum nj_status st = value.n < sizeof(path) ? nj_file_read(path, NJ_RULES_BYTES, &text) : NJ_ELIMIT;
    if (st == NJ_OK && nj_buf_finish(&text, &json) == NJ_OK) {
        load_rules(r, json, path);
    } else {
        r->notes |= NJ_NOTE_RULES;
        snprintf(r->why, sizeof(r->why), "%.200s: %s", path, st == NJ_EREMOTE ? strerror(errno) : nj_status_text(st));
    }
    nj_buf_fini(&text);
}

enum nj_status nj_redaction_open(struct nj_redaction *r, const struct nj_options *o)
{
    struct nj_redact_options ro = { .policy = nj_options_choice(NJ_OPT_redact, o->redact),
                                    .keys = o->redact_keys,
                                    .allow_keys = o->redact_allow_keys,
                                    .payload_most = (size_t)o->capture_bytes };
    *r = (struct nj_redaction){ .notes = 0 };
    open_pseudonyms(r, o);
    open_rules(r, o->redact_rules);
    if (nj_str_eq(ro.policy, NJ_STR("off")))
        r->notes |= NJ_NOTE_OFF;
    enum nj_status st = make(r, ro);
    if (st != NJ_EPARSE)
        return st;
    blame(r, ro);
    r->notes &= ~(unsigned)NJ_NOTE_OFF;
    return make(r, (struct nj_redact_options){ .policy = NJ_STR("strict"), .keys = NJ_STR("*"), .payload_most = ro.payload_most });
}

void nj_redaction_close(struct nj_redaction *r)
{
    nj_redactor_free(r->redactor);
    nj_rules_free(r->rules);
    nj_pseudonyms_free(r->pseudonyms);
    *r = (struct nj_redaction){ .notes = 0 };
}
