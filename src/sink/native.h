/* The record as one JSON object on one line: what NDJSON and the JSON array have in common. */
#ifndef NJ_SINK_NATIVE_H
#define NJ_SINK_NATIVE_H

#include "nightjar/sink.h"

/* Keys in the order of the design's section 4; never a line break.  cache may be NULL. */
void nj_native_record(struct nj_buf *out, const struct nj_clean *r, struct nj_encode_cache *cache);

#endif
