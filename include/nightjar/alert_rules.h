/* nightjar/alert_rules.h -- which of the derived records become alerts, and how often.
 *
 * A rule counts the records of its events in groups.  The first alert of a group comes when count of them lie within the window,
 * further ones at 10, 20, 50, 100, 200, ... records of the day, never two within every, and one with the exact number when a group
 * has been silent for a window, or at SHUTDOWN.  So 34,985 failed logins are a dozen alerts that tell how many there were.
 *
 * Units      seconds.
 * Limits     NJ_ALERT_RULES rules; texts as below.
 */
#ifndef NIGHTJAR_ALERT_RULES_H
#define NIGHTJAR_ALERT_RULES_H

#include "nightjar/record.h"

enum { NJ_ALERT_RULES = 48, NJ_ALERT_NAME = 32, NJ_ALERT_EVENTS = 256, NJ_ALERT_BY = 64 };

struct nj_alert_rule {
    char name[NJ_ALERT_NAME];     /* alert.<name>: letters, digits, '_' and '-' */
    char events[NJ_ALERT_EVENTS]; /* "authn.*,authz_fail" */
    char by[NJ_ALERT_BY];         /* "": one group */
    enum nj_severity severity;    /* records below it do not count */
    uint32_t count;               /* from 1 */
    uint32_t window_s, every_s;
};

struct nj_alert_rules {
    struct nj_alert_rule rule[NJ_ALERT_RULES];
    size_t n;
};

/* The built-in ones. */
void nj_alert_rules_standard(struct nj_alert_rules *r);
/* Does the rule count this event at this severity? */
bool nj_alert_rule_wants(const struct nj_alert_rule *r, struct nj_str event, enum nj_severity severity);

#endif
