/* nightjar/sink.h -- where records go: one URL names a format and a way of transport.
 *
 *   stdout:   file:///tmp/x.ndjson   http(s)://host/path (NDJSON)   json+http(s)://host/path (one array)
 *
 * and, for alerts, one request a record, as text that a person reads:
 *
 *   slack+https://hooks.slack.com/services/...   pagerduty: (or pagerduty+https://...; the routing key is the token)
 *   alert+https://host/path ({"text":...,"alert":{...}})   sns:arn:aws:sns:region:account:topic
 *
 * A format turns cleaned records into bytes and knows nothing of sockets; adding a sink is one file with a
 * struct nj_format and one row in the table of sink.c.
 *
 * Ownership  struct nj_sink holds copies of what it was given; nj_sink_fini() frees.
 * Secrets    token and header values are held for the request only; nj_sink_describe() never shows them, nor the user
 *            information and the query of the URL, nor the rest of a path segment long enough to be a key.
 * Blocking   never.  Globals: the constant table.
 */
#ifndef NIGHTJAR_SINK_H
#define NIGHTJAR_SINK_H

#include "nightjar/chain.h"
#include "nightjar/record.h"
#include "nightjar/sigv4.h"

enum nj_codec { NJ_CODEC_NONE, NJ_CODEC_GZIP, NJ_CODEC_ZSTD, NJ_CODECS };
extern const char *const nj_codec_names[NJ_CODECS]; /* "none" "gzip" "zstd": as in Content-Encoding */

enum nj_transport { NJ_TO_STDOUT, NJ_TO_FILE, NJ_TO_HTTP };

/* Attributes as they were last encoded, under the number redaction gave the list: records of one invocation mostly have the same. */
struct nj_encoded_attrs {
    uint32_t number; /* 0 = none yet */
    bool comma;      /* it began with one */
    uint16_t n;
    char bytes[894];
};

/* What one record has in common with the one before, kept by whoever encodes many records of one sandbox: the encoded
 * resource, attributes, and its time down to the second.  Zeroed at first, the buffer initialised with NJ_ENCODE_CACHE_MAX, freed with
 * nj_buf_fini(&c.bytes). */
enum { NJ_ENCODE_CACHE_MAX = 64 << 10, NJ_WHEN_HEAD = 20 };
struct nj_encode_cache {
    const struct nj_sink *sink; /* whom it is encoded for; may be NULL */
    struct nj_chain *chain;     /* numbers and links the records of this sink; may be NULL */
    const struct nj_resource *of;
    uint32_t generation;
    struct nj_buf bytes;
    int64_t second; /* when_head is its text, "2026-11-23T07:15:01."; 0 = none yet */
    char when_head[NJ_WHEN_HEAD];
    struct nj_encoded_attrs who, where;
};

struct nj_format {
    const char *name;
    const char *content_type;
    size_t body_max;                    /* most uncompressed bytes of one request body */
    size_t records_max;                 /* most records of one request; 0 = any number */
    struct nj_str open, between, close; /* bytes around the records of a batch */
    /* Appends one record, without separator.  The buffer latches failures.  cache may be NULL. */
    void (*record)(struct nj_buf *out, const struct nj_clean *r, struct nj_encode_cache *cache);
};

extern const struct nj_format nj_format_ndjson;
extern const struct nj_format nj_format_json_array;
extern const struct nj_format nj_format_slack;
extern const struct nj_format nj_format_pagerduty;
extern const struct nj_format nj_format_alert;
extern const struct nj_format nj_format_sns;

struct nj_sink {
    struct nj_str name; /* "default", or its name in NIGHTJAR_SINKS */
    enum nj_transport transport;
    const struct nj_format *format;
    enum nj_codec codec;
    struct nj_str url;          /* NJ_TO_HTTP: what curl gets, without user information */
    struct nj_str path;         /* NJ_TO_FILE: absolute, NUL-terminated */
    struct nj_str content_type; /* the format's, or what the headers option says instead */
    struct nj_str headers;      /* finished "Name: value\n" lines: extra headers and authorization */
    struct nj_str shown;        /* NJ_TO_HTTP: the URL as it may be shown */
    struct nj_str body_key;     /* what the format writes into each body: PagerDuty's routing key, SNS's topic; absent elsewhere */
    struct {                    /* requests are signed (Signature Version 4) where a service is named */
        struct nj_str service, region, host;
        struct nj_aws_credentials credentials;
    } aws;
    uint32_t categories; /* bit 1 << enum nj_category: what this sink wants */
    bool alerts_only;    /* and of the category alert only alert.*: the findings behind them come thousands at a time */
    bool cleartext;      /* http:// to another machine */
    struct nj_buf store; /* the bytes behind the views */
};

struct nj_sink_options {
    struct nj_str name, url, token, headers, only; /* absent = default */
    struct nj_str variable;                        /* what messages call it, as "NIGHTJAR_ALERT"; absent = by its name */
    struct nj_str compress;                        /* absent = as the format prefers; stdout: is never compressed */
    struct nj_aws_credentials credentials;         /* of the function; for sinks of AWS */
    struct nj_str aws_endpoint;                    /* in place of the service's own, as AWS_ENDPOINT_URL; absent = its own */
};

/* On failure *why is one sentence for the user, without secrets, and the sink is unusable (fini is allowed). */
NJ_MUST enum nj_status nj_sink_init(struct nj_sink *s, const struct nj_sink_options *o, char why[static 160]);
void nj_sink_fini(struct nj_sink *s);
/* "https://logs.example.com/ingest (ndjson, gzip)" */
void nj_sink_describe(const struct nj_sink *s, struct nj_buf *out);
/* The sink URL for an address of alerts: those of Slack and PagerDuty and topic ARNs are recognised, others on the web become
 * alert+..., and what names its scheme already stays.  Appends to out. */
void nj_sink_alert_url(struct nj_str address, struct nj_buf *out);
/* Do records and credentials travel unencrypted to another machine?  Worth a remark, not an error. */
bool nj_sink_is_cleartext(const struct nj_sink *s);
/* Does this sink want such records? */
static inline bool nj_sink_wants(const struct nj_sink *s, enum nj_category c, struct nj_str event)
{
    bool finding = s->alerts_only && c == NJ_CAT_ALERT && !nj_str_starts(event, NJ_STR("alert."));
    return (s->categories >> (unsigned)c & 1u) != 0 && !finding;
}

#endif
