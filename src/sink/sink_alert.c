/* Where alerts go: addresses of Slack, PagerDuty and SNS, and what each of them needs besides. */
#include "sink_internal.h"

#define SLACK     NJ_STR("https://hooks.slack.com/")
#define SLACK_GOV NJ_STR("https://hooks.slack-gov.com/")
#define PAGERDUTY NJ_STR("https://events.pagerduty.com/")
#define PD_EUROPE NJ_STR("https://events.eu.pagerduty.com/")
#define SNS_ARN   NJ_STR(":sns:")

/* Sources: "AWS service endpoints", AWS General Reference; partitions.json of the SDKs. */
static const struct {
    struct nj_str partition, suffix;
} partitions[] = {
    { NJ_STR_INIT("aws"), NJ_STR_INIT("amazonaws.com") },        { NJ_STR_INIT("aws-cn"), NJ_STR_INIT("amazonaws.com.cn") },
    { NJ_STR_INIT("aws-us-gov"), NJ_STR_INIT("amazonaws.com") }, { NJ_STR_INIT("aws-eusc"), NJ_STR_INIT("amazonaws.eu") },
    { NJ_STR_INIT("aws-iso"), NJ_STR_INIT("c2s.ic.gov") },       { NJ_STR_INIT("aws-iso-b"), NJ_STR_INIT("sc2s.sgov.gov") },
};

void nj_sink_alert_url(struct nj_str address, struct nj_buf *out)
{
    address = nj_str_trim(address);
    if (nj_str_starts_nocase(address, SLACK) || nj_str_starts_nocase(address, SLACK_GOV))
        nj_buf_addz(out, "slack+");
    else if (nj_str_starts_nocase(address, PAGERDUTY) || nj_str_starts_nocase(address, PD_EUROPE))
        nj_buf_addz(out, "pagerduty+");
    else if (nj_str_starts(address, NJ_STR("arn:")))
        nj_buf_addz(out, "sns:");
    else if (nj_str_starts_nocase(address, NJ_STR("http://")) || nj_str_starts_nocase(address, NJ_STR("https://")))
        nj_buf_addz(out, "alert+");
    nj_buf_add(out, address);
}

enum nj_status nj_sink_parse_pagerduty(struct draft *d, struct nj_str rest)
{
    if (!nj_str_eq_nocase(rest, NJ_STR("pagerduty:")))
        return nj_sink_refuse(d, "", "pagerduty: takes nothing behind the colon; the routing key is the token");
    static const struct scheme web = { .name = NJ_STR_INIT("pagerduty+https"), .shown_before = NJ_STR_INIT("pagerduty+") };
    d->scheme = &web;
    return nj_sink_parse_http(d, NJ_STR("pagerduty+https://events.pagerduty.com/v2/enqueue"));
}

static struct nj_str suffix_of(struct nj_str partition)
{
    for (size_t i = 0; i < NJ_COUNT(partitions); i++)
        if (nj_str_eq(partition, partitions[i].partition))
            return partitions[i].suffix;
    return (struct nj_str){ NULL, 0 };
}

static bool is_label(struct nj_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
            return false;
    return s.n != 0;
}

/* sns:arn:<partition>:sns:<region>:<account>:<topic> */
enum nj_status nj_sink_parse_sns(struct draft *d, struct nj_str rest)
{
    enum { ARN, PARTITION, SERVICE, REGION, ACCOUNT, TOPIC, PARTS };
    struct nj_str arn = nj_str_slice(rest, sizeof("sns:") - 1, rest.n), left = arn, part[PARTS] = { { NULL, 0 } };
    for (size_t i = 0; i < PARTS; i++)
        if (!nj_str_cut(&left, ':', &part[i]))
            break;
    struct nj_str suffix = suffix_of(part[PARTITION]);
    if (!nj_str_eq(part[ARN], NJ_STR("arn")) || !nj_str_eq(part[SERVICE], NJ_STR("sns")) || suffix.n == 0 || !is_label(part[REGION]) ||
        part[TOPIC].n == 0 || left.p != NULL)
        return nj_sink_refuse(d, "", "sns: needs the ARN of a topic, as in sns:arn:aws:sns:eu-west-1:123456789012:alerts");
    struct nj_buf url;
    nj_buf_init(&url, URL_MAX_BYTES);
    nj_buf_addz(&url, "sns+");
    if (d->o->aws_endpoint.n != 0) {
        nj_buf_add(&url, d->o->aws_endpoint);
    } else {
        nj_buf_addz(&url, "https://sns.");
        nj_buf_add(&url, part[REGION]);
        nj_buf_addc(&url, '.');
        nj_buf_add(&url, suffix);
        nj_buf_addc(&url, '/');
    }
    nj_buf_add(&d->body_key, arn);
    nj_buf_add(&d->aws_region, part[REGION]);
    d->sink->aws.service = NJ_STR("sns");
    static const struct scheme web[] = { { .name = NJ_STR_INIT("sns+http"), .shown_before = NJ_STR_INIT("sns+") },
                                         { .name = NJ_STR_INIT("sns+https"), .shown_before = NJ_STR_INIT("sns+") } };
    d->scheme = &web[nj_str_starts_nocase(nj_buf_str(&url), NJ_STR("sns+https:"))];
    enum nj_status st = url.err != NJ_OK ? url.err : nj_sink_parse_http(d, nj_buf_str(&url));
    nj_buf_fini(&url);
    return st;
}

enum nj_status nj_sink_complete(struct draft *d)
{
    struct nj_sink *s = d->sink;
    if (s->format == &nj_format_pagerduty && d->body_key.n == 0)
        return nj_sink_refuse(d, "_TOKEN", "PagerDuty needs the routing key of an integration (Events API v2)");
    if (s->aws.service.n == 0)
        return NJ_OK;
    s->aws.credentials = d->o->credentials;
    if (s->aws.credentials.access_key_id.n == 0 || s->aws.credentials.secret_access_key.n == 0)
        return nj_sink_refuse(d, "", "there are no AWS credentials in the environment to sign requests with");
    return NJ_OK;
}
