/* injection.h -- does a parameter speak a language that no parameter should?  A small grammar a rule, no patterns that run wild.
 *
 * sqli.tautology  a quote, or/and, and a comparison that is always true        ' or 1=1
 * sqli.union      union [all] select
 * sqli.stacked    a semicolon and a statement                                  ; drop table x
 * sqli.comment    a quote that ends in a comment                               admin'--
 * template        markers of template languages with something to compute      {{7*7}} ${7*7} __class__
 * jndi            lookups of log libraries                                     ${jndi:ldap://...
 * traversal       up two directories, or a file only the system has            ../../etc/passwd
 * log_injection   a line break and what looks like the beginning of a log line
 */
#ifndef NIGHTJAR_OBSERVE_INJECTION_H
#define NIGHTJAR_OBSERVE_INJECTION_H

#include "nightjar/str.h"

enum nj_injection {
    NJ_INJECTION_NONE,
    NJ_INJECTION_TAUTOLOGY,
    NJ_INJECTION_UNION,
    NJ_INJECTION_STACKED,
    NJ_INJECTION_COMMENT,
    NJ_INJECTION_TEMPLATE,
    NJ_INJECTION_JNDI,
    NJ_INJECTION_TRAVERSAL,
    NJ_INJECTION_LOG,
    NJ_INJECTIONS
};
extern const char *const nj_injection_rules[NJ_INJECTIONS];

enum { NJ_INJECTION_VALUE = 4096 };

/* The first rule that the value meets, also with percent-encoding undone once.  Reads its first NJ_INJECTION_VALUE bytes. */
enum nj_injection nj_injection_of(struct nj_str value);

#endif
