/* The sandbox itself: started, started again, crashed, shut down; and whether it is being watched. */
#include "judge.h"

static void say(struct nj_observe *o, struct nj_case *c, struct nj_record *r, struct nj_str message)
{
    r->message = message;
    nj_observe_say(o, c, r);
}

static struct nj_str text_of(const struct nj_record *raw, struct nj_str key)
{
    bool escaped = false;
    struct nj_json v = nj_json_get((struct nj_json){ .type = NJ_JSON_OBJECT, .raw = raw->data_json }, key);
    struct nj_str inner = nj_json_inner(v, &escaped);
    return escaped ? (struct nj_str){ NULL, 0 } : inner;
}

static void on_platform(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_facts *f, const struct nj_record *raw)
{
    (void)state;
    (void)c;
    if (f->kind != NJ_EV_INIT_START && f->kind != NJ_EV_RESTORE_START)
        return;
    struct nj_str phase = raw->data_json.n != 0 ? text_of(raw, NJ_STR("phase")) : (struct nj_str){ NULL, 0 };
    bool again = nj_str_eq(phase, NJ_STR("invoke")); /* suppressed init: the one before it had failed */
    struct nj_record *r = nj_word_record(o, NULL, again ? NJ_WORD_SYS_RESTART : NJ_WORD_SYS_STARTUP);
    r->when_ns = raw->when_ns;
    if (f->kind == NJ_EV_RESTORE_START)
        nj_attrs_str(&r->data, NJ_STR("nightjar.init.type"), NJ_STR("snap-start"));
    else
        nj_attrs_str(&r->data, NJ_STR("nightjar.init.type"), f->init_type);
    nj_attrs_str(&r->data, NJ_STR("nightjar.init.phase"), phase);
    say(o, NULL, r, again ? NJ_STR("the sandbox was started again within an invocation") : NJ_STR("the sandbox is starting"));
}

static void on_done(struct nj_observe *o, void *state, struct nj_case *c)
{
    (void)state;
    if (c->end != NJ_END_CRASH && c->end != NJ_END_OUT_OF_MEMORY)
        return;
    struct nj_record *r = nj_word_record(o, c, NJ_WORD_SYS_CRASH);
    nj_attrs_str(&r->data, NJ_STR("error.type"), c->error_type);
    nj_attrs_str(&r->data, NJ_STR("nightjar.outcome"), nj_str_of(nj_end_names[c->end]));
    say(o, c, r, NJ_STR("the runtime crashed in an invocation"));
}

static void on_watched(struct nj_observe *o, void *state, bool comes)
{
    (void)state;
    struct nj_record *r = nj_word_record(o, NULL, comes ? NJ_WORD_MONITOR_ENABLED : NJ_WORD_MONITOR_DISABLED);
    say(o, NULL, r, comes ? NJ_STR("the platform delivers its events") : NJ_STR("the platform delivers no events of its own"));
}

static void on_shutdown(struct nj_observe *o, void *state, struct nj_str reason)
{
    (void)state;
    struct nj_record *r = nj_word_record(o, NULL, NJ_WORD_SYS_SHUTDOWN);
    nj_attrs_str(&r->data, NJ_STR("nightjar.reason"), reason);
    say(o, NULL, r, NJ_STR("the sandbox is shut down"));
}

const struct nj_observer nj_system_observer = { .name = "system",
                                                .category = NJ_CAT_PLATFORM,
                                                .always = true,
                                                .on_platform = on_platform,
                                                .on_done = on_done,
                                                .on_watched = on_watched,
                                                .on_shutdown = on_shutdown };
