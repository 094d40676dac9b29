/* Builds the rooms, connects them, and takes them down again. */
#include "sidecar_internal.h"

#include "diag_door.h"
#include "nightjar/diag.h"
#include "nightjar/random.h"
#include "nightjar/sched.h"
#include "own_records.h"

#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

/* A step is some two milliseconds of work.  While the queue is nearly full and the sink takes what it is given, a body waits
 * a little for room, and the platform with it, rather than push out what is queued. */
enum { STEP_BYTES = 64 << 10, CONGESTED_MS = 1, PAUSE_MAX_MS = 200 };

/* A third of the scheduler's weight: a handler, or the proxy's thread, that wakes up runs before work on telemetry goes on; and that
 * still goes on when the function uses all of the processor.  Linux 6.12 and later protect whoever runs for the length of its slice, a
 * millisecond and more, unless a thread with a shorter one wakes up: hence the long one.  Neither can be taken back without
 * privilege, so they have to do for SHUTDOWN, too. */
enum { STAND_BACK_NICE = 5, STAND_BACK_SLICE_NS = 10000000 };

enum {
    OWN_TEXT_MAX = 64 << 10,
    SPOOF_INTERVAL_MS = 10000,
    CONTAINER_ERROR_MS = 500,
    START_RETRY_MS = 20,
    START_RETRY_MAX_MS = 100,
    MMAP_THRESHOLD = 128 << 10,
    LACKS_MAX = 256
};

/* --- records of our own ------------------------------------------------------------------------------------------- */

void nj_sidecar_write_ledger(struct nj_sidecar *s, bool final)
{
    struct nj_record r;
    s->ledger_at = s->clock->mono;
    nj_capture_tally(s);
    if (s->pipeline == NULL)
        return;
    nj_own_ledger(&r, &s->own_text, &s->ledger, s->outlets, s->outlet_count, final);
    nj_pipeline_own(s->pipeline, &r);
}

static void say_last_ledger(struct nj_sidecar *s)
{
    nj_capture_tally(s);
    nj_buf_reset(&s->own_text);
    nj_own_ledger_object(&s->own_text, &s->ledger, s->outlets, s->outlet_count);
    nj_diag_json(NJ_LEVEL_INFO, "NJ1900", "leaving; the ledger of this sandbox", "ledger", nj_buf_str(&s->own_text));
}

/* --- what the rooms tell each other ------------------------------------------------------------------------------- */

static void on_post(void *ctx, struct nj_str body)
{
    struct nj_sidecar *s = ctx;
    if (s->pipeline == NULL)
        return;
    nj_capture_drain(s); /* an input is older than what telemetry says of how its invocation ended */
    nj_pipeline_settle_cut(s->pipeline, false);
    nj_pipeline_begin(s->pipeline, body);
}

static int64_t on_more(void *ctx)
{
    struct nj_sidecar *s = ctx;
    if (s->pipeline == NULL)
        return -1;
    int64_t wait_ms = nj_turn_congested(s) ? CONGESTED_MS : 0;
    if (wait_ms > 0 && s->paused_ms < PAUSE_MAX_MS) {
        s->paused_ms += wait_ms;
        return wait_ms;
    }
    if (nj_pipeline_step(s->pipeline, STEP_BYTES))
        return 0;
    s->paused_ms = 0;
    nj_observing_rearm(s);
    nj_turn_posted(s);
    return -1;
}

static void on_spoof(void *ctx, struct nj_str peer)
{
    struct nj_sidecar *s = ctx;
    struct nj_record r;
    uint64_t missed = 0;
    if (s->pipeline == NULL || !nj_diag_gate(&s->spoof_gate, s->clock->mono, SPOOF_INTERVAL_MS, &missed))
        return;
    nj_diag(NJ_LEVEL_WARN, "NJ1303", "a POST to the telemetry listener was refused: not the platform's");
    nj_own_spoofed(&r, &s->own_text, peer, missed);
    nj_pipeline_own(s->pipeline, &r);
}

static void on_fact(void *ctx, const struct nj_facts *f)
{
    nj_turn_fact(ctx, f);
}

static void on_restored(void *ctx)
{
    nj_clone_told(ctx);
}

static void on_settled(void *ctx)
{
    nj_turn_settled(ctx);
}

void nj_sidecar_lacks(struct nj_sidecar *s, enum nj_lack what)
{
    s->lacks |= 1u << what;
}

static void name_lacks(const struct nj_sidecar *s, struct nj_buf *out)
{
    static const char *const names[NJ_LACKS] = {
#define NJ_LACK(name, text) text,
#include "lacks.def"
#undef NJ_LACK
    };
    for (unsigned i = 0; i < NJ_LACKS; i++) {
        if ((s->lacks & 1u << i) == 0)
            continue;
        nj_buf_addz(out, out->n != 0 ? "," : "");
        nj_buf_addz(out, names[i]);
    }
}

/* On Linux both calls are about the calling thread alone. */
void nj_sidecar_stand_back(void)
{
    if (!nj_sched_ask(STAND_BACK_NICE, STAND_BACK_SLICE_NS))
        nj_diag(NJ_LEVEL_INFO, "NJ1407", "telemetry is worked on with the same weight as the function");
}

static void on_ready(void *ctx, const struct nj_registered *registered, enum nj_telemetry_state t)
{
    struct nj_sidecar *s = ctx;
    struct nj_record r;
    struct nj_buf degraded;
    nj_sidecar_stand_back();
    s->telemetry = t == NJ_TELEMETRY_SUBSCRIBED && nj_str_find(s->o->telemetry, NJ_STR("platform"), 0) != NJ_NPOS;
    if (t != NJ_TELEMETRY_SUBSCRIBED)
        nj_sidecar_lacks(s, NJ_LACK_TELEMETRY);
    nj_sandbox_learn_account(&s->sandbox, nj_short_str(&registered->account));
    if (s->observe != NULL)
        nj_observe_telemetry(s->observe, s->clock->wall_ns, s->telemetry);
    if (s->pipeline == NULL)
        return;
    nj_buf_init(&degraded, LACKS_MAX);
    name_lacks(s, &degraded);
    char fingerprint[NJ_FINGERPRINT + 1];
    nj_changes_fingerprint(s, fingerprint);
    nj_own_start(&r, &s->own_text, s->o, s->problems, &s->redaction, s->outlets, s->outlet_count, t, nj_buf_str(&degraded), fingerprint);
    nj_buf_fini(&degraded);
    nj_pipeline_own(s->pipeline, &r);
    if (s->redaction.notes & NJ_NOTE_OFF) {
        nj_own_redaction_off(&r);
        nj_pipeline_own(s->pipeline, &r);
        if (s->observe != NULL)
            nj_observe_heard(s->observe, s->clock->wall_ns, &r);
    }
}

static void on_invoke(void *ctx, const struct nj_ext_event *e)
{
    nj_turn_invoke(ctx, e);
}

static void on_shutdown(void *ctx, const struct nj_ext_event *e)
{
    struct nj_sidecar *s = ctx;
    s->shutdown_reason = e->reason;
    nj_turn_shutdown(s, e->deadline_ms);
}

static void on_container_error(void *ctx)
{
    struct nj_sidecar *s = ctx;
    s->exit_code = 1;
    nj_turn_shutdown(s, CONTAINER_ERROR_MS);
}

/* A signal is no SHUTDOWN: leaving now would be a crash in the eyes of the platform and fail the customer's invocation, and
 * any code of the function may send one.  It is taken as a wish to send what there is. */
static void on_signal(void *ctx, short revents)
{
    struct nj_sidecar *s = ctx;
    struct signalfd_siginfo info;
    (void)revents;
    if (read(s->signals.fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
        return;
    if (s->life == NULL || !nj_lifecycle_registered(s->life)) {
        nj_loop_stop(s->loop);
        return;
    }
    nj_diag(NJ_LEVEL_INFO, "NJ1403", "signal %u: flushing; only SHUTDOWN ends an extension", info.ssi_signo);
    nj_turn_flush_all(s, NJ_LANE_BITS_ALL);
}

/* --- building ----------------------------------------------------------------------------------------------------- */

/* Things that protect the sandbox from us and us from the sandbox; each is tried, none is needed. */
static void harden(void)
{
    struct rlimit none = { 0, 0 };
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* a file sink at a size limit fails instead */
    setrlimit(RLIMIT_CORE, &none);
    umask(077);
#ifndef __SANITIZE_ADDRESS__ /* the leak checker must be able to look at us */
    prctl(PR_SET_DUMPABLE, 0);
#endif
#ifdef __GLIBC__ /* large bodies go back to the system at once, and resolver threads share the one arena */
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
    mallopt(M_TRIM_THRESHOLD, MMAP_THRESHOLD);
#endif
}

static void watch_signals(struct nj_sidecar *s)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    s->signals = (struct nj_watch){ .ready = on_signal, .ctx = s, .fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), .events = POLLIN };
    if (s->signals.fd >= 0 && nj_watch_start(s->loop, &s->signals) != NJ_OK)
        nj_diag(NJ_LEVEL_INFO, "NJ1404", "signals are not watched");
}

static void build_redactor(struct nj_sidecar *s)
{
    if (nj_redaction_open(&s->redaction, s->o) != NJ_OK)
        return;
    unsigned notes = s->redaction.notes;
    if (notes & (NJ_NOTE_KEYS | NJ_NOTE_ALLOW_KEYS)) {
        nj_sidecar_lacks(s, NJ_LACK_CONFIGURATION);
        nj_diag(NJ_LEVEL_ERROR, "NJ1501", "the lists of field names could not be used; every named field is redacted instead");
    }
    if (notes & NJ_NOTE_RULES) {
        nj_sidecar_lacks(s, NJ_LACK_CONFIGURATION);
        nj_diag(NJ_LEVEL_ERROR, "NJ1521", "%s; function logs and payloads are withheld", s->redaction.why);
    }
    if (notes & NJ_NOTE_NO_PSEUDONYMS)
        nj_diag(NJ_LEVEL_ERROR, "NJ1511", "the system gives no random bytes for a key; what would be a pseudonym is masked");
    if (notes & NJ_NOTE_EPHEMERAL)
        nj_diag(NJ_LEVEL_WARN, "NJ1511", "NIGHTJAR_PSEUDONYM_KEY is not set; pseudonyms join within this sandbox only");
    if (notes & NJ_NOTE_WEAK_KEY)
        nj_diag(NJ_LEVEL_WARN, "NJ1511", "NIGHTJAR_PSEUDONYM_KEY has less than %d bytes; who sees pseudonyms may find it by trying",
                NJ_PSEUDONYM_KEY_MIN);
    if (notes & NJ_NOTE_OFF)
        nj_diag(NJ_LEVEL_WARN, "NJ1512", "redaction is off by NIGHTJAR_REDACT; secrets and personal data leave as they are");
}

static struct nj_outlet_options outlet_options(struct nj_sidecar *s)
{
    return (struct nj_outlet_options){
        .batch = { .max_bytes = (size_t)s->o->batch_bytes, .max_records = (size_t)s->o->batch_records },
        .batch_age_ms = s->o->batch_age_ms,
        .queue_bytes = (size_t)s->o->queue_bytes / (s->o->sink_count != 0 ? s->o->sink_count : 1),
        .spill = nj_spilling_options(s, s->o->spill_bytes / (s->o->sink_count != 0 ? s->o->sink_count : 1)),
        .timeout_ms = s->o->timeout_ms,
        .chain_key = s->chain_keyed ? &s->chain_key : NULL,
        .changed = on_settled,
        .ctx = s,
    };
}

/* Takes over the sink that was made ready in its place of the list. */
static void add_outlet(struct nj_sidecar *s, const struct nj_outlet_options *oo)
{
    struct nj_sink *sink = &s->sinks[s->outlet_count];
    if (nj_outlet_new(&s->outlets[s->outlet_count], s->loop, s->http, sink, oo) == NJ_OK &&
        nj_pipeline_outlet(s->pipeline, s->outlets[s->outlet_count])) {
        s->outlet_count++;
        return;
    }
    nj_sidecar_lacks(s, NJ_LACK_SINK);
    nj_diag(NJ_LEVEL_ERROR, "NJ1503", "no memory for a sink; it gets nothing");
    nj_sink_fini(sink);
}

static void build_outlet(struct nj_sidecar *s, const struct nj_sink_options *so)
{
    char why[160] = "";
    struct nj_outlet_options oo = outlet_options(s);
    struct nj_sink *sink = &s->sinks[s->outlet_count];
    if (nj_sink_init(sink, so, why) != NJ_OK) {
        nj_sink_fini(sink);
        /* What we print would come back as extension telemetry, for ever. */
        bool circle = nj_str_find(s->o->telemetry, NJ_STR("extension"), 0) != NJ_NPOS;
        nj_sidecar_lacks(s, NJ_LACK_SINK);
        nj_diag(NJ_LEVEL_ERROR, "NJ1502", "%s; %s", why, circle ? "this sink gets nothing" : "using stdout: instead");
        if (circle || nj_sink_init(sink, &(struct nj_sink_options){ .name = so->name, .url = NJ_STR("stdout:") }, why) != NJ_OK)
            return;
    }
    add_outlet(s, &oo);
}

/* Alerts are few and small: a queue of their own beside that of the sinks, so that no flood of logs can push them out. */
static void build_alerts(struct nj_sidecar *s)
{
    enum { ALERT_QUEUE = 256 << 10, ALERT_SPILL = 1 << 20 };
    char why[160] = "";
    struct nj_outlet_options oo = outlet_options(s);
    if (s->o->alert_sink.url.n == 0)
        return;
    if (nj_sink_init(&s->sinks[s->outlet_count], &s->o->alert_sink, why) != NJ_OK) {
        nj_sidecar_lacks(s, NJ_LACK_SINK);
        nj_diag(NJ_LEVEL_ERROR, "NJ1509", "%s; alerts go to the other sinks only", why);
        return;
    }
    oo.queue_bytes = ALERT_QUEUE;
    oo.spill.max_bytes = s->o->spill_bytes < ALERT_SPILL ? s->o->spill_bytes : ALERT_SPILL;
    add_outlet(s, &oo);
}

static void build_pipeline(struct nj_sidecar *s)
{
    struct nj_pipeline_options po = {
        .clock = s->clock,
        .ledger = &s->ledger,
        .sandbox = &s->sandbox,
        .invocations = &s->invocations,
        .fact = on_fact,
        .restored = on_restored,
        .ctx = s,
    };
    build_redactor(s);
    po.redactor = s->redaction.redactor;
    if (s->redaction.redactor == NULL || nj_pipeline_new(&s->pipeline, &po) != NJ_OK) {
        nj_sidecar_lacks(s, NJ_LACK_REDACTION);
        nj_diag(NJ_LEVEL_ERROR, "NJ1504", "no records in this sandbox: without redaction nothing may leave");
        return;
    }
    /* A key that dies with the sandbox would keep everybody from checking. */
    s->chain_keyed = s->redaction.pseudonyms != NULL && !nj_pseudonyms_ephemeral(s->redaction.pseudonyms);
    if (s->chain_keyed)
        nj_pseudonyms_derive(s->redaction.pseudonyms, NJ_STR("chain"), &s->chain_key);
    nj_spilling_key(s);
    for (size_t i = 0; i < s->o->sink_count; i++)
        build_outlet(s, &s->o->sink_list[i]);
    build_alerts(s);
}

static void build_sandbox(struct nj_sidecar *s)
{
    char made_up[NJ_INSTANCE_DIGITS + 1];
    struct nj_str instance = s->o->log_stream;
    nj_random_hex(made_up, NJ_INSTANCE_DIGITS);
    if (instance.n == 0)
        instance = nj_str_of(made_up);
    size_t bad = nj_sandbox_init(&s->sandbox, s->o->region, s->o->function_name, s->o->function_version, s->o->otel_service_name, instance,
                                 s->o->otel_resource_attributes, s->o->attributes);
    s->sandbox.instance_told = s->o->log_stream.n != 0;
    if (bad != 0)
        nj_diag(NJ_LEVEL_WARN, "NJ1505", "%zu attribute%s in NIGHTJAR_ATTRIBUTES or OTEL_RESOURCE_ATTRIBUTES could not be used", bad,
                bad == 1 ? "" : "s");
    nj_invocations_init(&s->invocations, s->managed);
}

static void build_listener(struct nj_sidecar *s)
{
    char address[46];
    nj_listener_address(NJ_STR("/etc/hosts"), s->o->runtime_api, address);
    struct nj_listener_options lo = {
        .address = address,
        .port = (uint16_t)s->o->listener_port,
        .ledger = &s->ledger,
        .on_post = on_post,
        .on_more = on_more,
        .on_spoof = on_spoof,
        .ctx = s,
    };
    if (nj_listener_new(&s->listener, s->loop, &lo) == NJ_OK) {
        nj_lifecycle_listener(s->life, nj_listener_uri(s->listener));
        return;
    }
    nj_sidecar_lacks(s, NJ_LACK_LISTENER);
    nj_diag(NJ_LEVEL_ERROR, "NJ1304", "the telemetry listener could not be opened; going on without telemetry");
}

static enum nj_status build_lifecycle(struct nj_sidecar *s, const char *argv0)
{
    const char *slash = strrchr(argv0, '/');
    struct nj_lifecycle_options lo = {
        .runtime_api = s->o->runtime_api,
        .name = nj_str_of(slash != NULL ? slash + 1 : argv0),
        .types = s->o->telemetry,
        .managed = s->managed,
        .ready = on_ready,
        .invoke = on_invoke,
        .shutdown = on_shutdown,
        .container_error = on_container_error,
        .ctx = s,
    };
    return nj_lifecycle_new(&s->life, s->loop, s->http, &lo);
}

/* The proxy's port comes first, since the runtime starts once we are registered.  The rest is built while the platform answers that; the
 * listener is there before the subscription is sent. */
static enum nj_status build(struct nj_sidecar *s, const char *argv0)
{
    enum nj_status st = nj_loop_new(&s->loop, NULL, NULL);
    if (st != NJ_OK)
        return st;
    s->clock = nj_loop_clock(s->loop);
    st = nj_http_new(&s->http, s->loop);
    if (st != NJ_OK)
        return st;
    nj_http_trust(s->http, s->o->ca_file);
    nj_turns_init(s);
    if (s->problems->n != 0)
        nj_sidecar_lacks(s, NJ_LACK_CONFIGURATION);
    nj_capture_start(s);
    st = build_lifecycle(s, argv0);
    if (st != NJ_OK)
        return st;
    build_listener(s);
    watch_signals(s);
    build_sandbox(s);
    build_pipeline(s);
    nj_observing_start(s);
    return NJ_OK;
}

static void take_down(struct nj_sidecar *s)
{
    nj_lifecycle_free(s->life);
    nj_capture_stop(s);
    nj_listener_free(s->listener);
    nj_observing_stop(s);
    nj_changes_stop(s);
    nj_pipeline_free(s->pipeline);
    for (size_t i = 0; i < s->outlet_count; i++) {
        nj_outlet_free(s->outlets[i]);
        nj_sink_fini(&s->sinks[i]);
    }
    nj_redaction_close(&s->redaction);
    explicit_bzero(&s->chain_key, sizeof(s->chain_key));
    explicit_bzero(&s->spill_key, sizeof(s->spill_key));
    nj_sandbox_fini(&s->sandbox);
    nj_buf_fini(&s->own_text);
    if (s->signals.active)
        nj_watch_stop(s->loop, &s->signals);
    if (s->signals.fd > 0)
        close(s->signals.fd);
    if (s->loop != NULL) {
        nj_timer_stop(s->loop, &s->turn_timer);
        nj_timer_stop(s->loop, &s->flush_timer);
    }
    if (s->http != NULL)
        nj_http_free(s->http);
    if (s->loop != NULL)
        nj_loop_free(s->loop);
    free(s);
}

static void say_problems(const struct nj_problems *problems)
{
    for (size_t i = 0; i < problems->n; i++)
        nj_diag(problems->list[i].fatal_for_check ? NJ_LEVEL_ERROR : NJ_LEVEL_WARN, "NJ1506", "%s", problems->list[i].text);
    if (problems->more != 0)
        nj_diag(NJ_LEVEL_WARN, "NJ1506", "%zu more problems with the configuration", problems->more);
}

/* Without a loop there is no register call, and init would hang: so it is tried until it can be had. */
static struct nj_sidecar *start(const struct nj_options *o, const char *argv0, const struct nj_problems *problems)
{
    unsigned tries = 0;
    for (int wait_ms = START_RETRY_MS;; wait_ms = wait_ms < START_RETRY_MAX_MS ? wait_ms * 2 : wait_ms) {
        struct nj_sidecar *s = calloc(1, sizeof(*s));
        enum nj_status st = NJ_ENOMEM;
        if (s != NULL) {
            s->o = o;
            s->problems = problems;
            s->managed = nj_str_eq(o->initialization_type, NJ_STR("lambda-managed-instances"));
            s->snapshot = nj_str_eq(o->initialization_type, NJ_STR("snap-start"));
            nj_buf_init(&s->own_text, OWN_TEXT_MAX);
            st = build(s, argv0);
            if (st == NJ_OK)
                return s;
            take_down(s);
        }
        if ((tries & (tries + 1)) == 0) /* the 1st, 2nd, 4th, 8th... */
            nj_diag(NJ_LEVEL_ERROR, "NJ1002", "cannot start yet: %s; trying again", nj_status_text(st));
        tries++;
        poll(NULL, 0, wait_ms);
    }
}

int nj_sidecar_run(const struct nj_options *o, const char *argv0, const struct nj_problems *problems)
{
    nj_diag_threshold((enum nj_level)o->log_level);
    harden();
    nj_diag_filter(nj_diag_door, NULL);
    say_problems(problems);
    struct nj_sidecar *s = start(o, argv0, problems);
    nj_loop_run(s->loop);
    say_last_ledger(s);
    int code = s->exit_code;
#ifndef __SANITIZE_ADDRESS__
    /* Everything is settled; taking the rooms down would only cost billed time, and curl's cleanup may wait (exemplars 5). */
    _exit(code);
#endif
    take_down(s);
    nj_diag_filter(NULL, NULL);
    nj_diag_door_close();
    return code;
}
