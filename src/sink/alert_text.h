/* What the alert formats have in common: one record as something a person reads on a phone. */
#ifndef NJ_SINK_ALERT_TEXT_H
#define NJ_SINK_ALERT_TEXT_H

#include "nightjar/sink.h"

enum { ALERT_TITLE_MAX = 240, ALERT_TEXT_MAX = 4 << 10 };

/* "[ERROR] billing: credential stuffing: 52 accounts from one address": one line, at most ALERT_TITLE_MAX bytes, cut between
 * characters. */
void nj_alert_title(struct nj_buf *out, const struct nj_clean *r);
/* "name: value" lines of what, when, who, where and data, in this order; each value cut at 200 bytes, all at ALERT_TEXT_MAX. */
void nj_alert_lines(struct nj_buf *out, const struct nj_clean *r);
/* The value of a text attribute of who, where or the resource; absent where there is none. */
struct nj_str nj_alert_attr(const struct nj_clean *r, struct nj_str key);

#endif
