/* Newline-delimited JSON: one object a line, each line ended. */
#include "native.h"

const struct nj_format nj_format_ndjson = {
    .name = "ndjson",
    .content_type = "application/x-ndjson",
    .body_max = 4 << 20,
    .open = NJ_STR_INIT(""),
    .between = NJ_STR_INIT("\n"),
    .close = NJ_STR_INIT("\n"),
    .record = nj_native_record,
};
