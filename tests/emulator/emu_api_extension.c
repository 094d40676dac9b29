/* The Extensions API 2020-01-01. */
#include "emu_api.h"
#include "emu_events.h"
#include "emu_phases.h"
#include "emu_timeline.h"

#include <stdio.h>
#include <stdlib.h>

static const char content_json[] = "application/json";

/* --- register -------------------------------------------------------------------------------------------------------- */

struct wish {
    struct nj_str name;
    unsigned events;
    bool account;
};

static bool refuse(struct nj_exchange *x, const char *type, const char *text)
{
    emu_api_error(x, 403, type, "%s", text);
    return false;
}

static bool read_events(struct nj_exchange *x, const json_t *root, unsigned *events)
{
    static const char *const names[] = { "INVOKE", "SHUTDOWN" };
    json_t *list = json_object_get(root, "events"), *item = NULL;
    size_t at = 0;
    *events = 0;
    if (json_array_size(json_object_get(root, "configurationKeys")) != 0)
        return refuse(x, "InvalidRequestFormat", "configurationKeys is not supported");
    if (list != NULL && !json_is_null(list) && !json_is_array(list))
        return refuse(x, "InvalidRequestFormat", "events is not an array");
    json_array_foreach(list, at, item)
    {
        const char *name = json_string_value(item);
        size_t i = 0;
        while (i < NJ_COUNT(names) && (name == NULL || strcmp(names[i], name) != 0))
            i++;
        if (i == NJ_COUNT(names))
            return refuse(x, "Extension.InvalidEventType", name != NULL ? "unknown event type" : "an event type is a string");
        *events |= 1u << i;
    }
    return true;
}

static bool wants_account(struct nj_exchange *x)
{
    struct nj_str rest = nj_exchange_header(x, "Lambda-Extension-Accept-Feature"), word;
    while (nj_str_cut(&rest, ',', &word))
        if (nj_str_eq_nocase(nj_str_trim(word), NJ_STR("accountId")))
            return true;
    return false;
}

static bool read_wish(struct nj_exchange *x, struct wish *out)
{
    struct nj_str body = nj_exchange_body(x);
    out->name = nj_exchange_header(x, "Lambda-Extension-Name");
    out->account = wants_account(x);
    if (out->name.n == 0 || out->name.n >= EMU_NAME_MAX)
        return refuse(x, "Extension.InvalidExtensionName", "Invalid extension name: the header Lambda-Extension-Name is empty or too long");
    json_t *root = body.n == 0 ? NULL : json_loadb(body.p, body.n, 0, NULL);
    bool ok =
        json_is_object(root) ? read_events(x, root, &out->events) : refuse(x, "InvalidRequestFormat", "the body is not a JSON object");
    json_decref(root);
    return ok;
}

static struct emu_ext *add_internal(struct emu *w, struct nj_str name)
{
    struct emu_ext *e = calloc(1, sizeof(*e));
    if (e == NULL || w->n_exts == EMU_EXT_MAX) {
        free(e);
        return NULL;
    }
    e->world = w;
    e->overheads = json_array();
    (void)snprintf(e->name, sizeof(e->name), "%.*s", NJ_STR_ARG(name));
    w->exts[w->n_exts++] = e;
    return e;
}

static size_t registered_all(const struct emu *w)
{
    return emu_count_registered(w, true) + emu_count_registered(w, false);
}

/* What the name and the moment allow.  NULL: answered. */
static struct emu_ext *admit(struct emu *w, struct nj_exchange *x, const struct wish *wish)
{
    struct emu_ext *e = emu_ext_by_name(w, wish->name);
    if (emu_is_managed(w) && (wish->events & EMU_EVENT_INVOKE) != 0) {
        (void)refuse(x, "Extension.InvalidEventType", "INVOKE is not supported on Lambda Managed Instances: register for SHUTDOWN only");
        return NULL;
    }
    if (e == NULL && (wish->events & EMU_EVENT_SHUTDOWN) != 0) {
        (void)refuse(x, "Extension.InvalidEventType",
                     "SHUTDOWN is not supported for internal extensions; an external one registers under its file name");
        return NULL;
    }
    if (e != NULL && e->state != EMU_EXT_STARTED) {
        emu_api_error(x, 403, "Extension.InvalidExtensionState", "State transition from %s to Registered failed for extension %s",
                      emu_ext_state_names[e->state], e->name);
        return NULL;
    }
    if (w->phase != EMU_INIT || (e == NULL && w->runtime_ready)) {
        (void)refuse(x, "Extension.RegistrationClosed", "Registration is closed");
        return NULL;
    }
    if (registered_all(w) >= EMU_EXT_LIMIT) {
        (void)refuse(x, "Extension.TooManyExtensions", "Extension limit (10) reached");
        return NULL;
    }
    if (e == NULL)
        e = add_internal(w, wish->name);
    if (e == NULL)
        emu_api_error(x, 500, "InternalServerError", "Internal Server Error");
    return e;
}

static void answer_register(const struct emu *w, struct nj_exchange *x, const struct emu_ext *e, bool account)
{
    json_t *root =
        json_pack("{s:s,s:s,s:s}", "functionName", w->o.function_name, "functionVersion", w->o.function_version, "handler", w->o.handler);
    if (account)
        json_object_set_new(root, "accountId", json_string(w->o.account));
    char *text = json_dumps(root, JSON_COMPACT);
    nj_exchange_reply_header(x, "Lambda-Extension-Identifier", nj_str_of(e->id));
    nj_exchange_reply(x, 200, content_json, nj_str_of(text));
    free(text);
    json_decref(root);
}

void emu_extension_register(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    struct wish wish = { 0 };
    if (!read_wish(x, &wish))
        return;
    struct emu_ext *e = admit(w, x, &wish);
    if (e == NULL) {
        emu_say(w, EMU_TAG_EXTENSION, "%.*s: register refused", NJ_STR_ARG(wish.name));
        return;
    }
    e->events = wish.events;
    e->registered_ns = w->heard.mono_ns;
    emu_uuid(e->id);
    emu_ext_move(e, EMU_EXT_REGISTERED);
    emu_proc_sample(&e->proc);
    emu_say(w, EMU_TAG_EXTENSION, "%s registered for%s%s%s%s", e->name, (e->events & EMU_EVENT_INVOKE) != 0 ? " INVOKE" : "",
            (e->events & EMU_EVENT_SHUTDOWN) != 0 ? " SHUTDOWN" : "", e->events == 0 ? " no events" : "",
            emu_is_external(e) ? "" : " (internal)");
    answer_register(w, x, e, wish.account);
    emu_init_check(w);
}

/* --- who is calling --------------------------------------------------------------------------------------------------- */

static bool is_uuid(struct nj_str s)
{
    if (s.n != EMU_UUID_LEN)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = s.p[i];
        bool hex = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
        if (dash ? c != '-' : !hex)
            return false;
    }
    return true;
}

struct emu_ext *emu_extension_of(struct emu *w, struct nj_exchange *x)
{
    struct nj_str id = nj_exchange_header(x, "Lambda-Extension-Identifier");
    struct emu_ext *e = NULL;
    if (id.n == 0)
        (void)refuse(x, "Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header");
    else if (!is_uuid(id))
        (void)refuse(x, "Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier");
    else if ((e = emu_ext_by_id(w, id)) == NULL)
        (void)refuse(x, "Extension.UnknownExtensionIdentifier", "Unknown Lambda-Extension-Identifier");
    if (e != NULL)
        emu_proc_sample(&e->proc);
    return e;
}

/* --- event/next ------------------------------------------------------------------------------------------------------- */

void emu_extension_next(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    struct emu_ext *e = emu_extension_of(w, x);
    if (e == NULL)
        return;
    if (e->state != EMU_EXT_REGISTERED && e->state != EMU_EXT_READY && e->state != EMU_EXT_RUNNING) {
        emu_api_error(x, 403, "Extension.InvalidExtensionState", "State transition from %s to Ready failed for extension %s",
                      emu_ext_state_names[e->state], e->name);
        return;
    }
    bool first = e->state == EMU_EXT_REGISTERED;
    if (e->poll != NULL) /* its client gave up and asks again */
        nj_exchange_abort(e->poll);
    e->poll = x;
    if (e->invoke_due != NULL) {
        emu_extension_give_invoke(e, e->invoke_due);
        return;
    }
    e->done_ns = w->heard.mono_ns;
    if (first)
        e->ready_ns = e->done_ns;
    emu_ext_move(e, EMU_EXT_READY);
    if (first) {
        emu_say(w, EMU_TAG_EXTENSION, "%s is ready, %.1f ms after its start", e->name,
                emu_ms(e->ready_ns - (emu_is_external(e) ? e->proc.started : w->init_begin).mono_ns));
        emu_event_extension(e);
    }
    if (e->shutdown_due)
        emu_extension_give_shutdown(e);
    emu_init_check(w);
    emu_invoke_check_over(w);
}

static void give(struct emu_ext *e, json_t *event)
{
    char uuid[EMU_UUID_LEN + 1];
    char *text = json_dumps(event, JSON_COMPACT);
    struct nj_exchange *x = e->poll;
    e->poll = NULL;
    emu_uuid(uuid);
    nj_exchange_reply_header(x, "Lambda-Extension-Event-Identifier", nj_str_of(uuid));
    nj_exchange_reply(x, 200, content_json, nj_str_of(text));
    free(text);
    json_decref(event);
}

void emu_extension_give_invoke(struct emu_ext *e, const struct emu_invocation *inv)
{
    emu_ext_move(e, EMU_EXT_RUNNING);
    e->done_ns = 0;
    e->invoke_due = e->poll == NULL ? inv : NULL;
    if (e->poll == NULL) {
        emu_say(e->world, EMU_TAG_BAD, "%s has no pending event/next: INVOKE waits for it", e->name);
        return;
    }
    json_t *event = json_pack("{s:s,s:I,s:s,s:s}", "eventType", "INVOKE", "deadlineMs", (json_int_t)inv->deadline_ms, "requestId", inv->id,
                              "invokedFunctionArn", inv->arn);
    if (inv->trace[0] != 0)
        json_object_set_new(event, "tracing", json_pack("{s:s,s:s}", "type", "X-Amzn-Trace-Id", "value", inv->trace));
    give(e, event);
}

void emu_extension_give_shutdown(struct emu_ext *e)
{
    const struct emu_stopping *stop = &e->world->stop;
    e->shutdown_due = true;
    if (e->poll == NULL)
        return;
    e->shutdown_due = false;
    e->shutdown_given = true;
    emu_ext_move(e, EMU_EXT_RUNNING);
    give(e, json_pack("{s:s,s:s,s:I}", "eventType", "SHUTDOWN", "shutdownReason", stop->reason, "deadlineMs",
                      (json_int_t)(stop->begin.wall_ns / 1000000 + stop->total_ms)));
}

/* --- giving up -------------------------------------------------------------------------------------------------------- */

/* Extension. and a word in letters that begins with a capital, or the standard word. */
static struct nj_str checked_type(struct nj_str given, const char *standard)
{
    static const struct nj_str prefix = NJ_STR_INIT("Extension.");
    size_t at = prefix.n;
    if (!nj_str_starts(given, prefix) || given.n == at || given.p[at] < 'A' || given.p[at] > 'Z')
        return nj_str_of(standard);
    while (at < given.n && ((given.p[at] | 0x20) >= 'a' && (given.p[at] | 0x20) <= 'z'))
        at++;
    return at == given.n ? given : nj_str_of(standard);
}

static void give_up(struct emu *w, struct nj_exchange *x, bool in_init)
{
    enum emu_ext_state to = in_init ? EMU_EXT_INIT_ERROR : EMU_EXT_EXIT_ERROR;
    struct emu_ext *e = emu_extension_of(w, x);
    if (e == NULL)
        return;
    struct nj_str given = nj_exchange_header(x, "Lambda-Extension-Function-Error-Type");
    if (given.n == 0) {
        (void)refuse(x, "Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found");
        return;
    }
    if (e->state == to) { /* said before */
        emu_api_ok(x, 202);
        return;
    }
    bool legal = in_init ? e->state == EMU_EXT_REGISTERED : e->state == EMU_EXT_READY || e->state == EMU_EXT_RUNNING;
    if (!legal) {
        emu_api_error(x, 403, "Extension.InvalidExtensionState", "State transition from %s to %s failed for extension %s",
                      emu_ext_state_names[e->state], emu_ext_state_names[to], e->name);
        return;
    }
    struct nj_str type = checked_type(given, in_init ? "Extension.InitError" : "Extension.ExitError");
    (void)snprintf(e->error_type, sizeof(e->error_type), "%.*s", NJ_STR_ARG(type));
    emu_ext_move(e, to);
    emu_say(w, EMU_TAG_EXTENSION, "%s gives up: %s %s", e->name, in_init ? "init/error" : "exit/error", e->error_type);
    emu_api_ok(x, 202);
    emu_event_extension(e);
    emu_on_ext_gave_up(e, in_init);
}

void emu_extension_init_error(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    give_up(w, x, true);
}

void emu_extension_exit_error(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    give_up(w, x, false);
}
