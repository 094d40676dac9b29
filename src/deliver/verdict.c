/* From a status or a curl code to what becomes of the batch, and how long the next attempt waits. */
#include "nightjar/verdict.h"

#include <curl/curl.h>

const char *const nj_verdict_names[NJ_VERDICTS] = { "delivered", "retry", "again", "split", "reject", "config", "doubt" };

static const struct {
    long from, to;
    enum nj_verdict verdict;
} status_rows[] = {
#define NJ_STATUS_ROW(from, to, verdict) { from, to, NJ_V_##verdict },
#include "nightjar/verdict.def"
};

static const struct {
    int code;
    enum nj_verdict verdict;
} curl_rows[] = {
#define NJ_CURL_ROW(code, verdict) { CURLE_##code, NJ_V_##verdict },
#include "nightjar/verdict.def"
};

static enum nj_verdict of_status(long status)
{
    for (size_t i = 0; i < NJ_COUNT(status_rows); i++)
        if (status >= status_rows[i].from && status <= status_rows[i].to)
            return status_rows[i].verdict;
    return NJ_V_DOUBT;
}

static enum nj_verdict of_curl(int code)
{
    for (size_t i = 0; i < NJ_COUNT(curl_rows); i++)
        if (curl_rows[i].code == code)
            return curl_rows[i].verdict;
    return NJ_V_DOUBT;
}

/* How a connection shows that it had been closed while nobody looked: before the first byte of an answer. */
static bool is_dead_connection(int code)
{
    return code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
}

enum nj_verdict nj_verdict_of(const struct nj_http_reply *r)
{
    if (r->status >= 200)
        return of_status(r->status);
    if (r->curl_code == CURLE_OK)
        return NJ_V_DOUBT;
    if (r->status == 0 && r->reused && is_dead_connection(r->curl_code))
        return NJ_V_AGAIN;
    return of_curl(r->curl_code);
}

int64_t nj_backoff_ms(uint32_t tries, int64_t retry_after_ms, double random01)
{
    int64_t step = NJ_BACKOFF_FIRST_MS;
    for (uint32_t i = 1; i < tries && step < NJ_BACKOFF_MAX_MS; i++)
        step *= 2;
    if (step > NJ_BACKOFF_MAX_MS)
        step = NJ_BACKOFF_MAX_MS;
    int64_t half = step / 2, wait = half + (int64_t)((double)half * random01);
    int64_t floor = retry_after_ms > NJ_RETRY_AFTER_MAX_MS ? NJ_RETRY_AFTER_MAX_MS : retry_after_ms;
    return wait > floor ? wait : floor;
}
