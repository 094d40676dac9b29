/* One JSON array a request, for receivers that parse the whole body at once. */
#include "native.h"

const struct nj_format nj_format_json_array = {
    .name = "json",
    .content_type = "application/json",
    .body_max = 4 << 20,
    .open = NJ_STR_INIT("["),
    .between = NJ_STR_INIT(","),
    .close = NJ_STR_INIT("]"),
    .record = nj_native_record,
};
