/* usage.h -- the tables of usage: this minute's rows, what each subject usually uses, which routes know their callers. */
#ifndef NIGHTJAR_OBSERVE_USAGE_H
#define NIGHTJAR_OBSERVE_USAGE_H

#include "nightjar/counters.h"
#include "slot.h"

enum { NJ_USAGE_ROWS = 64, NJ_USAGE_SUBJECTS = 72, NJ_USAGE_ROUTES = 32 };

/* Route x principal x API key x tenant, of the running minute. */
struct nj_usage_row {
    uint64_t principal;
    char method[8], route[48], api_key[24], tenant[32], service[32];
    uint8_t method_n, route_n, api_key_n, tenant_n, service_n;
    uint32_t calls, denied, failed, units;
    double billed_ms, usd;
};

/* A principal, an API key or a tenant. */
struct nj_subject {
    struct nj_slot slot;
    uint32_t window, calls; /* window: number of the last one with calls; calls, billed_ms: within it */
    double billed_ms;
    struct nj_ewma calls_mean, billed_mean; /* of windows with calls */
    uint32_t budget_hour;
};

struct nj_usage_route {
    struct nj_slot slot;
    uint32_t with, without, untold;
};

struct nj_usage {
    struct nj_topk top;
    struct nj_topk_slot slots[NJ_USAGE_ROWS];
    uint16_t index[2 * NJ_USAGE_ROWS];
    struct nj_usage_row rows[NJ_USAGE_ROWS];
    struct nj_subject subjects[NJ_USAGE_SUBJECTS];
    struct nj_usage_route routes[NJ_USAGE_ROUTES];
    struct nj_countmin *hourly; /* calls of each subject this hour, however many there are; NULL: there is no budget */
    uint32_t hour;
    uint64_t other_calls;
    double other_ms, other_usd;
    int64_t minute_ns;
};

#endif
