/* Telemetry API 2022-07-01, the refusal of its predecessor, and the credentials endpoint. */
#include "emu_api.h"
#include "emu_events.h"
#include "emu_timeline.h"

#include <stdio.h>
#include <stdlib.h>

/* Answers decided by --subscribe-answer.  False: the normal way. */
static bool answer_by_option(const struct emu *w, struct nj_exchange *x)
{
    switch (w->o.subscribe_answer) {
    case EMU_SUB_202:
        emu_api_error(x, 202, "Telemetry.NotSupported", "Telemetry API is not supported");
        return true;
    case EMU_SUB_403:
        emu_api_error(x, 403, "Telemetry.SubscriptionClosed", "Telemetry API subscription is closed already");
        return true;
    case EMU_SUB_404:
        nj_exchange_reply(x, 404, "text/plain", NJ_STR("404 page not found\n"));
        return true;
    case EMU_SUB_500:
        emu_api_error(x, 500, "InternalServerError", "Internal Server Error");
        return true;
    default:
        return false;
    }
}

void emu_telemetry_subscribe(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    char why[EMU_COMPLAINT_MAX];
    struct emu_subscription what;
    const struct emu_subscription_rules rules = { .managed = emu_is_managed(w),
                                                  .refuse_2025 = w->o.subscribe_answer == EMU_SUB_400_2025,
                                                  .reserved_port = nj_http_server_port(w->api) };
    struct emu_ext *e = emu_extension_of(w, x);
    if (e == NULL || answer_by_option(w, x))
        return;
    if (!emu_stream_is_open(w->stream)) {
        emu_say(w, EMU_TAG_EXTENSION, "%s: subscription refused, the window is closed", e->name);
        emu_api_error(x, 403, "Telemetry.SubscriptionClosed", "Telemetry API subscription is closed already");
        return;
    }
    if (emu_subscription_read(&what, nj_exchange_body(x), &rules, why) != NJ_OK) {
        emu_say(w, EMU_TAG_EXTENSION, "%s: subscription refused: %s", e->name, why);
        emu_api_error(x, 400, "ValidationError", "%s", why);
        return;
    }
    if (e->sub != NULL) {
        emu_api_error(x, 500, "InternalServerError", "Internal Server Error");
        return;
    }
    e->sub = emu_stream_subscribe(w->stream, e->name, w->generation, &what);
    if (e->sub == NULL) {
        emu_api_error(x, 500, "InternalServerError", "Internal Server Error");
        return;
    }
    emu_say(w, EMU_TAG_EXTENSION, "%s subscribed to telemetry %s at port %u", e->name, emu_schema_names[what.schema], what.port);
    nj_exchange_reply(x, 200, "application/json", NJ_STR("\"OK\""));
    emu_event_subscription(e);
}

void emu_logs_subscribe(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    if (emu_extension_of(w, x) != NULL)
        emu_api_error(x, 202, "Logs.NotSupported", "Logs API is not supported");
}

void emu_credentials(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    char expires[EMU_TIME_LEN + 1];
    if (w->o.init_type != EMU_SNAP_START || w->o.no_credentials) {
        nj_exchange_reply(x, 404, "text/plain", NJ_STR("404 page not found\n"));
        return;
    }
    if (!nj_str_eq(nj_exchange_header(x, "Authorization"), nj_str_of(w->token))) {
        emu_api_error(x, 403, "InvalidToken", "The Authorization header is not AWS_CONTAINER_AUTHORIZATION_TOKEN");
        return;
    }
    json_t *root =
        json_pack("{s:s,s:s,s:s,s:s}", "AccessKeyId", emu_access_key, "SecretAccessKey", emu_secret_key, "Token", emu_session_token,
                  "Expiration", emu_time_format(expires, emu_now().wall_ns + (int64_t)6 * 3600 * 1000000000).p);
    char *text = json_dumps(root, JSON_COMPACT);
    nj_exchange_reply(x, 200, "application/json", nj_str_of(text));
    free(text);
    json_decref(root);
}
