/* The observing room at work in the sidecar: built, told of what the platform says, woken when it wants to be. */
#include "sidecar_internal.h"

#include <fcntl.h>
#include <unistd.h>

static void on_derived(void *ctx, struct nj_record *r)
{
    struct nj_sidecar *s = ctx;
    nj_pipeline_derived(s->pipeline, r);
}

/* The second number of statm, in pages.  0 = it cannot be read. */
static uint64_t resident_bytes(void *ctx)
{
    char text[128];
    struct nj_str rest = { text, 0 }, word = { NULL, 0 };
    uint64_t pages = 0;
    (void)ctx;
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, text, sizeof(text));
    close(fd);
    rest.n = n > 0 ? (size_t)n : 0;
    (void)nj_str_cut(&rest, ' ', &word); /* the size of the address space */
    bool told = nj_str_cut(&rest, ' ', &word) && nj_str_u64(word, &pages);
    return told ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static void on_timer(void *ctx)
{
    struct nj_sidecar *s = ctx;
    nj_observe_tick(s->observe, s->clock->wall_ns);
    nj_observing_rearm(s);
    nj_turn_said(s);
}

static void read_alert_rules(struct nj_sidecar *s)
{
    char why[NJ_ALERT_WHY];
    if (nj_alert_rules_read(&s->alert_rules, s->o->alert_rules, why))
        return;
    nj_sidecar_lacks(s, NJ_LACK_CONFIGURATION);
    nj_diag(NJ_LEVEL_WARN, "NJ1510", "NIGHTJAR_ALERT_RULES: %s; the built-in rules are used", why);
}

static void on_limits_problem(void *ctx, struct nj_str sentence)
{
    nj_sidecar_lacks(ctx, NJ_LACK_CONFIGURATION);
    nj_diag(NJ_LEVEL_WARN, "NJ1513", "%.*s", NJ_STR_ARG(sentence));
}

void nj_observing_start(struct nj_sidecar *s)
{
    struct nj_limits limits;
    struct nj_observe_options oo = {
        .categories = s->o->observe,
        .alert_rules = &s->alert_rules,
        .limits = &limits,
        .memory_mb = s->o->function_memory_mb,
        .concurrent = s->managed,
        .auth_routes = s->o->auth_routes,
        .sensitive_routes = s->o->sensitive_routes,
        .trusted_hops = (unsigned)s->o->trusted_hops,
        .cdn = nj_str_eq(nj_options_choice(NJ_OPT_cdn, s->o->cdn), NJ_STR("cloudfront")),
        .resident_bytes = resident_bytes,
        .pseudonyms = s->redaction.pseudonyms,
        .emit = on_derived,
        .ctx = s,
    };
    s->observe_timer = (struct nj_timer){ .fire = on_timer, .ctx = s };
    if (s->pipeline == NULL)
        return;
    read_alert_rules(s);
    nj_limits_read(&limits, s->o->detect, on_limits_problem, s);
    enum nj_status st = nj_observe_new(&s->observe, &oo);
    if (st == NJ_EPARSE) {
        nj_sidecar_lacks(s, NJ_LACK_CONFIGURATION);
        nj_diag(NJ_LEVEL_WARN, "NJ1507", "NIGHTJAR_OBSERVE names something that is no category; the rest of it is used");
    }
    if (s->observe == NULL) {
        nj_sidecar_lacks(s, NJ_LACK_OBSERVING);
        nj_diag(NJ_LEVEL_ERROR, "NJ1508", "no memory to observe with; nothing is derived");
        return;
    }
    nj_pipeline_observe(s->pipeline, s->observe);
}

void nj_observing_rearm(struct nj_sidecar *s)
{
    if (s->observe == NULL)
        return;
    int64_t in_ms = nj_observe_due_ms(s->observe, s->clock->wall_ns);
    if (in_ms >= 0)
        nj_timer_set(s->loop, &s->observe_timer, in_ms);
    else
        nj_timer_stop(s->loop, &s->observe_timer);
}

void nj_observing_invoke(struct nj_sidecar *s, const struct nj_ext_event *e)
{
    if (s->observe == NULL)
        return;
    nj_observe_invoke(s->observe, s->clock->wall_ns, nj_short_str(&e->request_id), e->deadline_ms);
    nj_observing_rearm(s);
}

void nj_observing_answered(struct nj_sidecar *s, struct nj_str request_id)
{
    if (s->observe == NULL)
        return;
    nj_observe_answered(s->observe, s->clock->wall_ns, request_id);
    nj_observing_rearm(s);
}

void nj_observing_shutdown(struct nj_sidecar *s)
{
    if (s->observe == NULL)
        return;
    nj_observe_shutdown(s->observe, s->clock->wall_ns, nj_short_str(&s->shutdown_reason));
    nj_timer_stop(s->loop, &s->observe_timer);
}

void nj_observing_stop(struct nj_sidecar *s)
{
    if (s->loop != NULL)
        nj_timer_stop(s->loop, &s->observe_timer);
    nj_observe_free(s->observe);
    s->observe = NULL;
}
