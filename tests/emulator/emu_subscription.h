/* emu_subscription.h -- reads and checks the body of PUT /2022-07-01/telemetry.
 *
 * Pure.  Every complaint is collected, joined by "; ", as the platform does.
 */
#ifndef EMU_SUBSCRIPTION_H
#define EMU_SUBSCRIPTION_H

#include "emu_record.h"

enum { EMU_URI_MAX = 512, EMU_COMPLAINT_MAX = 1024 };

struct emu_subscription {
    enum emu_schema schema;
    unsigned want; /* EMU_WANT_ bits */
    bool tcp;
    uint16_t port;
    char host[64];
    char path[EMU_URI_MAX]; /* begins with '/' */
    size_t max_items, max_bytes;
    int64_t timeout_ms;
};

struct emu_subscription_rules {
    bool managed;           /* managed instances: 2025-01-29 only */
    bool refuse_2025;       /* an older platform that does not know 2025-01-29 */
    uint16_t reserved_port; /* the platform's own; 9001 is reserved in any case */
};

/* NJ_EPARSE: *why says in the platform's words what is wrong. */
NJ_MUST enum nj_status emu_subscription_read(struct emu_subscription *out, struct nj_str body, const struct emu_subscription_rules *rules,
                                             char why[static EMU_COMPLAINT_MAX]);

#endif
