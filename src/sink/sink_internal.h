/* What the reading of a sink's settings shares: sink.c for all of them, sink_alert.c for those of alerts. */
#ifndef NJ_SINK_INTERNAL_H
#define NJ_SINK_INTERNAL_H

#include "nightjar/sink.h"

enum { WHY_MAX = 160, URL_MAX_BYTES = 8 << 10 };

struct draft;

struct scheme {
    struct nj_str name;
    enum nj_transport transport;
    const struct nj_format *format;
    enum nj_codec codec;                                          /* unless NIGHTJAR_COMPRESS says otherwise */
    struct nj_str shown_before;                                   /* what the shown URL has before curl's scheme */
    enum nj_status (*parse)(struct draft *d, struct nj_str rest); /* rest: the whole URL */
};

/* A sink while its settings are read; the views of the sink are made when all of it is known. */
struct draft {
    struct nj_sink *sink;
    const struct nj_sink_options *o;
    const struct scheme *scheme;
    char *why;
    struct nj_buf url, path, shown, content_type, lines, body_key, aws_region, aws_host;
    bool credential; /* one is in lines already */
};

/* Writes the sentence for the user, with the name of the variable before it; answers NJ_EPARSE. */
enum nj_status nj_sink_refuse(struct draft *d, const char *part, const char *fmt, ...) NJ_PRINTF(3, 4);
enum nj_status nj_sink_parse_http(struct draft *d, struct nj_str rest);

/* sink_alert.c */
enum nj_status nj_sink_parse_pagerduty(struct draft *d, struct nj_str rest);
enum nj_status nj_sink_parse_sns(struct draft *d, struct nj_str rest);
/* What can only be judged when all settings are known. */
enum nj_status nj_sink_complete(struct draft *d);

#endif
