/* nightjar/sink.h -- where records go: one URL names a format and a way of transport.
 *
 *   stdout:   file:///tmp/x.ndjson   http(s)://host/path (NDJSON)   json+http(s)://host/path (one array)
 *
 * A format turns cleaned records into bytes and knows nothing of sockets; adding a sink is one file with a
 * struct nj_format and one row in the table of sink.c.
 *
 * Ownership  struct nj_sink holds copies of what it was given; nj_sink_fini() frees.
 * Secrets    token and header values are held for the request only; nj_sink_describe() never shows them, nor the user
 *            information and the query of the URL.
 * Blocking   never.  Globals: the constant table.
 */
#ifndef NIGHTJAR_SINK_H
#define NIGHTJAR_SINK_H

#include "nightjar/record.h"

enum nj_codec { NJ_CODEC_NONE, NJ_CODEC_GZIP, NJ_CODEC_ZSTD, NJ_CODECS };
extern const char *const nj_codec_names[NJ_CODECS]; /* "none" "gzip" "zstd": as in Content-Encoding */

enum nj_transport { NJ_TO_STDOUT, NJ_TO_FILE, NJ_TO_HTTP };

struct nj_format {
    const char *name;
    const char *content_type;
    struct nj_str open, between, close; /* bytes around the records of a batch */
    /* Appends one record, without separator.  The buffer latches failures. */
    void (*record)(struct nj_buf *out, const struct nj_clean *r);
};

extern const struct nj_format nj_format_ndjson;
extern const struct nj_format nj_format_json_array;

struct nj_sink {
    struct nj_str name;             /* "default", or its name in NIGHTJAR_SINKS */
    enum nj_transport transport;
    const struct nj_format *format;
    enum nj_codec codec;
    struct nj_str url;              /* NJ_TO_HTTP: what curl gets, without user information */
    struct nj_str path;             /* NJ_TO_FILE */
    struct nj_str headers;          /* finished "Name: value\n" lines: extra headers and authorization */
    uint32_t categories;            /* bit 1 << enum nj_category: what this sink wants */
    struct nj_buf store;            /* the bytes behind the views */
};

struct nj_sink_options {
    struct nj_str name, url, token, headers, only; /* absent = default */
    struct nj_str compress;                        /* absent = as the format prefers */
};

/* On failure *why is one sentence for the user, without secrets, and the sink is unusable (fini is allowed). */
NJ_MUST enum nj_status nj_sink_init(struct nj_sink *s, const struct nj_sink_options *o, char why[static 160]);
void nj_sink_fini(struct nj_sink *s);
/* "https://logs.example.com/ingest (ndjson, gzip)" */
void nj_sink_describe(const struct nj_sink *s, struct nj_buf *out);

#endif
