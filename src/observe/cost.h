/* cost.h -- what an invocation is estimated to cost.
 *
 * Billed duration x memory x price, plus the request.  Since August 2025 billed duration contains the init phase; adding that would
 * count it twice.  Tiers, savings plans, provisioned concurrency and data transfer are not modelled. */
#ifndef NIGHTJAR_OBSERVE_COST_H
#define NIGHTJAR_OBSERVE_COST_H

#include "nightjar/limits.h"

/* USD a GB-second: the operator's, or the list price of us-east-1, first tier, for the processor this runs on. */
double nj_price_gb_second(const struct nj_limits *l);
double nj_cost_of_time(const struct nj_limits *l, double ms, int64_t memory_mb);
double nj_cost_of_call(const struct nj_limits *l, double billed_ms, int64_t memory_mb);

#endif
