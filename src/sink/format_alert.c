/* Alerts for people: one record a request, in the form that each receiver takes.
 *
 * Sources: Slack "Incoming webhooks" and "Formatting text" (escape & < >, 3,000 characters a block, 40,000 a text); PagerDuty
 * "Events API v2" (summary 1,024, dedup_key 255 characters, severities); Amazon SNS API "Publish" (Subject: up to 100 printable
 * ASCII characters; message 256 KiB). */
#include "alert_text.h"
#include "native.h"

#include "nightjar/clock.h"

enum { SLACK_BLOCK_MAX = 2900, SUBJECT_MAX = 100, DEDUP_MAX = 255, SUMMARY_MAX = 1024 };

/* Formats write what they say into one of these first, because each receiver escapes it in a way of its own. */
static void text_init(struct nj_buf *b)
{
    nj_buf_init(b, 2 * ALERT_TEXT_MAX);
}

static void latch(struct nj_buf *out, const struct nj_buf *text)
{
    if (out->err == NJ_OK)
        out->err = text->err;
}

/* --- Slack -------------------------------------------------------------------------------------------------------- */

/* Slack's own escapes; what they make longer must not pass the limit of a block. */
static void add_mrkdwn(struct nj_buf *out, struct nj_str s, size_t max)
{
    size_t from = out->n;
    for (size_t i = 0; i < s.n; i++) {
        const char *by = s.p[i] == '&' ? "&amp;" : s.p[i] == '<' ? "&lt;" : s.p[i] == '>' ? "&gt;" : NULL;
        bool whole = ((unsigned char)s.p[i] & 0xc0) != 0x80;
        if (whole && out->n - from + 5 > max)
            return;
        if (by != NULL)
            nj_buf_addz(out, by);
        else
            nj_buf_addc(out, s.p[i]);
    }
}

static void slack_record(struct nj_buf *out, const struct nj_clean *r, struct nj_encode_cache *cache)
{
    struct nj_buf plain, text;
    (void)cache;
    text_init(&plain);
    text_init(&text);
    nj_alert_title(&plain, r);
    add_mrkdwn(&text, nj_buf_str(&plain), SLACK_BLOCK_MAX);
    nj_buf_addz(out, "{\"text\":");
    nj_buf_add_json(out, nj_buf_str(&text));

    nj_buf_reset(&text);
    nj_buf_addc(&text, '*');
    add_mrkdwn(&text, nj_buf_str(&plain), SLACK_BLOCK_MAX / 2);
    nj_buf_addz(&text, "*\n```");
    nj_buf_reset(&plain);
    nj_alert_lines(&plain, r);
    add_mrkdwn(&text, nj_buf_str(&plain), SLACK_BLOCK_MAX - text.n);
    nj_buf_addz(&text, "```");
    nj_buf_addz(out, ",\"blocks\":[{\"type\":\"section\",\"text\":{\"type\":\"mrkdwn\",\"text\":");
    nj_buf_add_json(out, nj_buf_str(&text));
    nj_buf_addz(out, "}}]}");
    latch(out, &plain);
    latch(out, &text);
    nj_buf_fini(&plain);
    nj_buf_fini(&text);
}

const struct nj_format nj_format_slack = {
    .name = "slack",
    .content_type = "application/json",
    .body_max = 64 << 10,
    .records_max = 1,
    .open = NJ_STR_INIT(""),
    .between = NJ_STR_INIT(""),
    .close = NJ_STR_INIT(""),
    .record = slack_record,
};

/* --- any webhook: a text for people, the record for programs --------------------------------------------------------- */

static void alert_record(struct nj_buf *out, const struct nj_clean *r, struct nj_encode_cache *cache)
{
    struct nj_buf title;
    text_init(&title);
    nj_alert_title(&title, r);
    nj_buf_addz(out, "{\"text\":");
    nj_buf_add_json(out, nj_buf_str(&title));
    nj_buf_addz(out, ",\"alert\":");
    nj_native_record(out, r, cache);
    nj_buf_addc(out, '}');
    latch(out, &title);
    nj_buf_fini(&title);
}

const struct nj_format nj_format_alert = {
    .name = "alert",
    .content_type = "application/json",
    .body_max = 256 << 10,
    .records_max = 1,
    .open = NJ_STR_INIT(""),
    .between = NJ_STR_INIT(""),
    .close = NJ_STR_INIT(""),
    .record = alert_record,
};

/* --- PagerDuty ---------------------------------------------------------------------------------------------------- */

static void add_member(struct nj_buf *out, const char *name, struct nj_str value)
{
    nj_buf_addz(out, name);
    nj_buf_add_json(out, value);
}

/* One incident for one function and one rule: what fires again adds to it. */
static void add_dedup_key(struct nj_buf *out, const struct nj_clean *r)
{
    struct nj_buf key;
    text_init(&key);
    nj_buf_add(&key, nj_alert_attr(r, NJ_STR("cloud.account.id")));
    nj_buf_addc(&key, ':');
    nj_buf_add(&key, nj_alert_attr(r, NJ_STR("faas.name")));
    nj_buf_addc(&key, ':');
    nj_buf_add(&key, r->event);
    nj_buf_add_json(out, nj_str_slice(nj_buf_str(&key), 0, DEDUP_MAX));
    latch(out, &key);
    nj_buf_fini(&key);
}

static void pagerduty_record(struct nj_buf *out, const struct nj_clean *r, struct nj_encode_cache *cache)
{
    static const char *const severities[NJ_SEVERITIES] = {
        [NJ_SEV_TRACE] = "info",   [NJ_SEV_DEBUG] = "info",  [NJ_SEV_INFO] = "info",
        [NJ_SEV_WARN] = "warning", [NJ_SEV_ERROR] = "error", [NJ_SEV_FATAL] = "critical"
    };
    char when[NJ_TIME_LEN + 1];
    struct nj_str function = nj_alert_attr(r, NJ_STR("faas.name"));
    struct nj_buf title;
    text_init(&title);
    nj_alert_title(&title, r);
    add_member(out, "{\"routing_key\":", cache != NULL && cache->sink != NULL ? cache->sink->body_key : NJ_STR(""));
    nj_buf_addz(out, ",\"event_action\":\"trigger\",\"dedup_key\":");
    add_dedup_key(out, r);
    add_member(out, ",\"client\":\"nightjar\",\"payload\":{\"summary\":", nj_str_slice(nj_buf_str(&title), 0, SUMMARY_MAX));
    add_member(out, ",\"source\":", function.n != 0 ? function : NJ_STR("lambda"));
    add_member(out, ",\"severity\":", nj_str_of(severities[r->severity]));
    add_member(out, ",\"timestamp\":", nj_time_format(when, r->when_ns));
    add_member(out, ",\"class\":", r->event);
    nj_buf_addz(out, ",\"custom_details\":");
    nj_native_record(out, r, cache);
    nj_buf_addz(out, "}}");
    latch(out, &title);
    nj_buf_fini(&title);
}

const struct nj_format nj_format_pagerduty = {
    .name = "pagerduty",
    .content_type = "application/json",
    .body_max = 512 << 10,
    .records_max = 1,
    .open = NJ_STR_INIT(""),
    .between = NJ_STR_INIT(""),
    .close = NJ_STR_INIT(""),
    .record = pagerduty_record,
};

/* --- SNS ---------------------------------------------------------------------------------------------------------- */

static void add_form_value(struct nj_buf *out, const char *name, struct nj_str value)
{
    static const char digits[] = "0123456789ABCDEF";
    nj_buf_addz(out, name);
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        char escaped[3] = { '%', digits[c >> 4], digits[c & 15] };
        if (c == ' ')
            nj_buf_addc(out, '+'); /* as forms have it, and as those encode it anew who check the signature */
        else
            nj_buf_add(out, plain ? nj_str_slice(value, i, i + 1) : (struct nj_str){ escaped, sizeof(escaped) });
    }
}

/* Printable ASCII, not empty, and no more of it than a subject may have. */
static void ascii_subject(struct nj_buf *subject)
{
    for (size_t i = 0; i < subject->n; i++)
        if ((unsigned char)subject->p[i] < 0x20 || (unsigned char)subject->p[i] > 0x7e)
            subject->p[i] = '?';
    if (subject->n > SUBJECT_MAX)
        nj_buf_cut(subject, SUBJECT_MAX);
}

static void sns_record(struct nj_buf *out, const struct nj_clean *r, struct nj_encode_cache *cache)
{
    struct nj_buf subject, text;
    text_init(&subject);
    text_init(&text);
    nj_alert_title(&subject, r);
    nj_buf_add(&text, nj_buf_str(&subject));
    nj_buf_addz(&text, "\n\n");
    nj_alert_lines(&text, r);
    ascii_subject(&subject);
    add_form_value(out, "&TopicArn=", cache != NULL && cache->sink != NULL ? cache->sink->body_key : NJ_STR(""));
    add_form_value(out, "&Subject=", nj_buf_str(&subject));
    add_form_value(out, "&Message=", nj_buf_str(&text));
    latch(out, &subject);
    latch(out, &text);
    nj_buf_fini(&subject);
    nj_buf_fini(&text);
}

const struct nj_format nj_format_sns = {
    .name = "sns",
    .content_type = "application/x-www-form-urlencoded",
    .body_max = 256 << 10,
    .records_max = 1,
    .open = NJ_STR_INIT("Action=Publish&Version=2010-03-31"),
    .between = NJ_STR_INIT(""),
    .close = NJ_STR_INIT(""),
    .record = sns_record,
};
