/* Validation of telemetry subscriptions, field by field. */
#include "emu_subscription.h"

#include <stdarg.h>
#include <stdio.h>

enum { RESERVED_PORT = 9001 };

struct complaints {
    char *text;
    size_t n;
};

static void complain(struct complaints *c, const char *fmt, ...) NJ_PRINTF(2, 3);
static void complain(struct complaints *c, const char *fmt, ...)
{
    va_list ap;
    if (c->n + 4 >= EMU_COMPLAINT_MAX)
        return;
    if (c->n != 0) {
        memcpy(c->text + c->n, "; ", 3);
        c->n += 2;
    }
    va_start(ap, fmt);
    int n = vsnprintf(c->text + c->n, EMU_COMPLAINT_MAX - c->n, fmt, ap);
    va_end(ap);
    if (n > 0)
        c->n = strlen(c->text);
}

static void read_schema(struct emu_subscription *out, json_t *root, const struct emu_subscription_rules *rules, struct complaints *c)
{
    const char *name = json_string_value(json_object_get(root, "schemaVersion"));
    size_t i = 0;
    if (name == NULL) {
        complain(c, "schemaVersion is not provided");
        return;
    }
    while (i < EMU_SCHEMAS && strcmp(emu_schema_names[i], name) != 0)
        i++;
    if (i == EMU_SCHEMAS || (rules->refuse_2025 && i == EMU_SCHEMA_2025_01))
        complain(c, "schemaVersion %.40s is not supported", name);
    else if (rules->managed && i != EMU_SCHEMA_2025_01)
        complain(c, "schemaVersion must be 2025-01-29 on Lambda Managed Instances");
    else
        out->schema = (enum emu_schema)i;
}

static void read_types(struct emu_subscription *out, json_t *types, struct complaints *c)
{
    static const struct {
        const char *name;
        unsigned bit;
    } known[] = { { "platform", EMU_WANT_PLATFORM }, { "function", EMU_WANT_FUNCTION }, { "extension", EMU_WANT_EXTENSION } };
    json_t *type = NULL;
    size_t at = 0;
    if (!json_is_array(types) || json_array_size(types) == 0) {
        complain(c, "types should not be empty");
        return;
    }
    json_array_foreach(types, at, type)
    {
        const char *name = json_string_value(type);
        size_t i = 0;
        while (i < NJ_COUNT(known) && (name == NULL || strcmp(known[i].name, name) != 0))
            i++;
        if (i == NJ_COUNT(known))
            complain(c, "types contains an unknown value: %.40s", name != NULL ? name : "(not a string)");
        else
            out->want |= known[i].bit;
    }
}

static void check_port(struct emu_subscription *out, uint64_t port, const struct emu_subscription_rules *rules, struct complaints *c)
{
    if (port == 0 || port > 65535)
        complain(c, "destination port is out of range");
    else if (port == RESERVED_PORT || port == rules->reserved_port)
        complain(c, "destination port %u is reserved", (unsigned)port);
    else
        out->port = (uint16_t)port;
}

static void read_uri(struct emu_subscription *out, const char *uri, const struct emu_subscription_rules *rules, struct complaints *c)
{
    static const struct nj_str scheme = NJ_STR_INIT("http://");
    struct nj_str rest = nj_str_of(uri);
    uint64_t port = 0;
    if (uri == NULL || rest.n == 0) {
        complain(c, "destination URI is not provided");
        return;
    }
    if (!nj_str_starts_nocase(rest, scheme) || rest.n >= EMU_URI_MAX) {
        complain(c, "destination URI must begin with http:// and be shorter than %d bytes", EMU_URI_MAX);
        return;
    }
    rest = nj_str_slice(rest, scheme.n, rest.n);
    size_t slash = nj_str_chr(rest, '/', 0);
    struct nj_str authority = nj_str_slice(rest, 0, slash), path = slash == NJ_NPOS ? NJ_STR("/") : nj_str_slice(rest, slash, rest.n);
    size_t colon = nj_str_chr(authority, ':', 0);
    struct nj_str host = nj_str_slice(authority, 0, colon);
    if (!nj_str_eq_nocase(host, NJ_STR("sandbox.localdomain")) && !nj_str_eq_nocase(host, NJ_STR("sandbox")))
        complain(c, "URI host should be sandbox.localdomain");
    if (colon == NJ_NPOS)
        complain(c, "URI port is not provided");
    else if (!nj_str_u64(nj_str_slice(authority, colon + 1, authority.n), &port))
        complain(c, "URI port is not a number");
    else
        check_port(out, port, rules, c);
    (void)snprintf(out->host, sizeof(out->host), "%.*s", NJ_STR_ARG(host));
    (void)snprintf(out->path, sizeof(out->path), "%.*s", NJ_STR_ARG(path));
}

static void read_destination(struct emu_subscription *out, json_t *destination, const struct emu_subscription_rules *rules,
                             struct complaints *c)
{
    const char *protocol = json_string_value(json_object_get(destination, "protocol"));
    json_t *port = json_object_get(destination, "port");
    if (!json_is_object(destination)) {
        complain(c, "destination is not provided");
        return;
    }
    if (protocol == NULL) {
        complain(c, "destination protocol is not provided");
    } else if (strcmp(protocol, "HTTP") == 0) {
        read_uri(out, json_string_value(json_object_get(destination, "URI")), rules, c);
    } else if (strcmp(protocol, "TCP") == 0) {
        out->tcp = true;
        if (json_object_get(destination, "URI") != NULL)
            complain(c, "destination URI is not allowed for TCP");
        if (!json_is_integer(port) || json_integer_value(port) < 0)
            complain(c, "destination port is not provided");
        else
            check_port(out, (uint64_t)json_integer_value(port), rules, c);
    } else {
        complain(c, "destination protocol should be HTTP or TCP");
    }
}

static json_int_t bounded(json_t *buffering, const char *name, json_int_t standard, json_int_t low, json_int_t high, struct complaints *c)
{
    json_t *v = json_object_get(buffering, name);
    if (v == NULL || json_is_null(v))
        return standard;
    if (!json_is_integer(v) || json_integer_value(v) < low || json_integer_value(v) > high) {
        complain(c, "buffering.%s should be an integer between %lld and %lld", name, (long long)low, (long long)high);
        return standard;
    }
    return json_integer_value(v);
}

enum nj_status emu_subscription_read(struct emu_subscription *out, struct nj_str body, const struct emu_subscription_rules *rules,
                                     char why[static EMU_COMPLAINT_MAX])
{
    struct complaints c = { .text = why };
    *out = (struct emu_subscription){ 0 };
    why[0] = 0;
    json_t *root = body.n == 0 ? NULL : json_loadb(body.p, body.n, 0, NULL);
    if (!json_is_object(root)) {
        complain(&c, "request body is not a JSON object");
    } else {
        json_t *buffering = json_object_get(root, "buffering");
        read_schema(out, root, rules, &c);
        read_types(out, json_object_get(root, "types"), &c);
        read_destination(out, json_object_get(root, "destination"), rules, &c);
        out->max_items = (size_t)bounded(buffering, "maxItems", 10000, 1000, 10000, &c);
        out->max_bytes = (size_t)bounded(buffering, "maxBytes", 262144, 262144, 1048576, &c);
        out->timeout_ms = bounded(buffering, "timeoutMs", 1000, 25, 30000, &c);
    }
    json_decref(root);
    return c.n == 0 ? NJ_OK : NJ_EPARSE;
}
