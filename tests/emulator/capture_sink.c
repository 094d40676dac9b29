/* capture_sink.c -- a log backend for tests: takes whatever is sent over HTTP or HTTPS, writes it down, and fails on demand. */
#include "cap_conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SMALL_RCVBUF = 4096, THREAD_STACK = 512 << 10, PATH_SIZE = 4096 };

struct options {
    const char *address, *port_file, *dir, *plan, *ca_file, *reply;
    uint64_t port, listen_after_ms, mute_ms, status;
    bool tls, bodies, verbose;
    enum cap_cert cert;
};

static const char usage[] =
    "Usage: capture-sink [OPTION]...\n"
    "Takes what is sent over HTTP or HTTPS, decompresses it, writes it down, and fails as a plan says.\n"
    "\n"
    "  --port N            listen there; 0 (the default) takes any free port\n"
    "  --port-file F       write the port to F when it is known (and to standard output)\n"
    "  --address A         IPv4 address, 127.0.0.1 by default\n"
    "  --dir D             write to D (default: capture): requests.ndjson, records.ndjson, refused.ndjson, bodies/\n"
    "  --bodies            keep every body as it was sent, too\n"
    "  --plan F            faults to play, one JSON object a line (see below)\n"
    "  --status N          status of requests without a fault, 200 by default\n"
    "  --reply TEXT        body of those answers, {} by default\n"
    "  --tls[=KIND]        serve HTTPS; the certificate is made now: valid, expired, future, wrong-host, old-tls\n"
    "  --ca-file F         write the certificate for clients to trust there (default: D/ca.pem)\n"
    "  --listen-after MS   refuse connections for so long; the port is known at once\n"
    "  --mute MS           accept connections, then do nothing for so long\n"
    "  --verbose           a line for every request on standard output\n"
    "  --help              this text\n"
    "\n"
    "It ends at SIGTERM or SIGINT, with everything written: exit status 0, or 1 when something could not be.\n"
    "\n"
    "A line of the plan says which requests it is for - \"at\":n, \"from\":n, \"to\":n, \"every\":n, \"always\":true,\n"
    "\"downForMs\":n (after the first request), \"downUntil\":\"/file\" (is there), \"path\":\"/prefix\"; a line without any is for\n"
    "the next request in turn - and what to do with them. A request takes the first line that fits:\n"
    "\n";

static void print_help(void)
{
    struct nj_buf faults;
    nj_buf_init(&faults, 64 << 10);
    cap_plan_help(&faults);
    printf("%s%.*s", usage, NJ_STR_ARG(nj_buf_str(&faults)));
    nj_buf_fini(&faults);
}

static bool number_option(const char *name, const char *text, uint64_t max, uint64_t *out)
{
    if (nj_str_u64(nj_str_of(text), out) && *out <= max)
        return true;
    fprintf(stderr, "capture-sink: --%s takes a number from 0 to %" PRIu64 ", not \"%s\"\n", name, max, text);
    return false;
}

static bool cert_option(const char *text, enum cap_cert *out)
{
    for (int i = 0; i < CAP_CERTS; i++) {
        if (strcmp(text, cap_cert_names[i]) == 0) {
            *out = (enum cap_cert)i;
            return true;
        }
    }
    fprintf(stderr, "capture-sink: --tls does not know \"%s\"; try --help\n", text);
    return false;
}

static bool one_option(struct options *o, int c, const char *name)
{
    switch (c) {
    case 'p':
        return number_option(name, optarg, 65535, &o->port);
    case 'l':
        return number_option(name, optarg, 3600000, &o->listen_after_ms);
    case 'm':
        return number_option(name, optarg, 3600000, &o->mute_ms);
    case 's':
        return number_option(name, optarg, 599, &o->status);
    case 't':
        o->tls = true;
        return optarg == NULL || cert_option(optarg, &o->cert);
    case 'f':
        o->port_file = optarg;
        return true;
    case 'a':
        o->address = optarg;
        return true;
    case 'd':
        o->dir = optarg;
        return true;
    case 'P':
        o->plan = optarg;
        return true;
    case 'r':
        o->reply = optarg;
        return true;
    case 'c':
        o->ca_file = optarg;
        return true;
    case 'b':
        o->bodies = true;
        return true;
    case 'v':
        o->verbose = true;
        return true;
    default:
        return false;
    }
}

/* False: *status is what to exit with. */
static bool read_options(struct options *o, int argc, char **argv, int *status)
{
    static const struct option longs[] = {
        { "port", required_argument, NULL, 'p' },
        { "port-file", required_argument, NULL, 'f' },
        { "address", required_argument, NULL, 'a' },
        { "dir", required_argument, NULL, 'd' },
        { "bodies", no_argument, NULL, 'b' },
        { "plan", required_argument, NULL, 'P' },
        { "status", required_argument, NULL, 's' },
        { "reply", required_argument, NULL, 'r' },
        { "tls", optional_argument, NULL, 't' },
        { "ca-file", required_argument, NULL, 'c' },
        { "listen-after", required_argument, NULL, 'l' },
        { "mute", required_argument, NULL, 'm' },
        { "verbose", no_argument, NULL, 'v' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    *o = (struct options){ .address = "127.0.0.1", .dir = "capture", .reply = "{}", .status = 200 };
    int c, at = 0;
    while ((c = getopt_long(argc, argv, "h", longs, &at)) != -1) {
        if (c == 'h') {
            print_help();
            *status = EXIT_SUCCESS;
            return false;
        }
        if (!one_option(o, c, longs[at].name)) {
            *status = 2;
            return false;
        }
    }
    if (optind == argc)
        return true;
    fprintf(stderr, "capture-sink: what is \"%s\"? Try --help\n", argv[optind]);
    *status = 2;
    return false;
}

static int bind_socket(const struct options *o, bool small_buffers, uint16_t *port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)o->port) };
    socklen_t n = sizeof a;
    int one = 1, small = SMALL_RCVBUF;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (small_buffers)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (inet_pton(AF_INET, o->address, &a.sin_addr) == 1 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0 &&
        getsockname(fd, (struct sockaddr *)&a, &n) == 0) {
        *port = ntohs(a.sin_port);
        return fd;
    }
    close(fd);
    return -1;
}

/* Written beside and moved into place, so that a reader never sees half of it. */
static bool write_port(const char *file, uint16_t port)
{
    char tmp[PATH_SIZE];
    int n = snprintf(tmp, sizeof tmp, "%s.new", file);
    FILE *f = n > 0 && (size_t)n < sizeof tmp ? fopen(tmp, "we") : NULL;
    if (f == NULL)
        return false;
    bool ok = fprintf(f, "%u\n", (unsigned)port) > 0;
    ok = fclose(f) == 0 && ok;
    return ok && rename(tmp, file) == 0;
}

struct visitor {
    struct cap_sink *sink;
    int fd;
    uint64_t connection;
};

static void *serve(void *arg)
{
    struct visitor *v = arg;
    cap_conn_serve(v->sink, v->fd, v->connection);
    atomic_fetch_sub(&v->sink->connections, 1);
    free(v);
    return NULL;
}

static void welcome(struct cap_sink *sink, int fd, uint64_t connection, const pthread_attr_t *attr)
{
    struct visitor *v = calloc(1, sizeof *v);
    pthread_t thread;
    atomic_fetch_add(&sink->connections, 1);
    if (v != NULL) {
        *v = (struct visitor){ sink, fd, connection };
        if (pthread_create(&thread, attr, serve, v) == 0)
            return;
    }
    atomic_fetch_sub(&sink->connections, 1);
    free(v);
    close(fd);
}

/* Accepts until a signal comes. */
static void accept_all(struct cap_sink *sink, int listen_fd, int signal_fd, const struct options *o)
{
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, THREAD_STACK);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    uint64_t connection = 0;
    struct pollfd fds[2] = { { .fd = signal_fd, .events = POLLIN }, { .fd = listen_fd, .events = POLLIN } };
    int rc = o->listen_after_ms > 0 ? poll(fds, 1, (int)o->listen_after_ms) : 0; /* bound, not listening: connections are refused */
    if (rc == 0 && listen(listen_fd, 128) == 0) {
        while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
            if (fds[0].revents != 0)
                break;
            int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
            if (fd >= 0)
                welcome(sink, fd, ++connection, &attr);
        }
    }
    pthread_attr_destroy(&attr);
}

/* Tells the connections to end and waits for them. */
static void stop_all(struct cap_sink *sink)
{
    uint64_t one = 1;
    if (write(sink->stop_fd, &one, sizeof one) != (ssize_t)sizeof one)
        return;
    while (atomic_load(&sink->connections) > 0)
        usleep(1000);
}

static int signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    (void)sigaction(SIGPIPE, &ignore, NULL);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static int run(struct cap_sink *sink, const struct options *o)
{
    uint16_t port = 0;
    int signal_fd = signals(), status = EXIT_FAILURE;
    int listen_fd = bind_socket(o, sink->plan->slow_read, &port);
    sink->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (listen_fd < 0) {
        fprintf(stderr, "capture-sink: cannot listen on %s port %" PRIu64 ": %s\n", o->address, o->port, strerror(errno));
    } else if (signal_fd < 0 || sink->stop_fd < 0) {
        fprintf(stderr, "capture-sink: %s\n", strerror(errno));
    } else if (o->port_file != NULL && !write_port(o->port_file, port)) {
        fprintf(stderr, "capture-sink: cannot write %s: %s\n", o->port_file, strerror(errno));
    } else {
        printf("%s://%s:%u\n", o->tls ? "https" : "http", o->address, (unsigned)port);
        fflush(stdout);
        accept_all(sink, listen_fd, signal_fd, o);
        stop_all(sink);
        status = EXIT_SUCCESS;
    }
    if (listen_fd >= 0)
        close(listen_fd);
    return status;
}

static bool open_parts(struct cap_sink *sink, struct cap_plan *plan, const struct options *o)
{
    struct nj_buf error;
    nj_buf_init(&error, 4096);
    char ca[PATH_SIZE];
    int n = snprintf(ca, sizeof ca, "%s/ca.pem", o->dir);
    const char *ca_file = o->ca_file != NULL ? o->ca_file : ca;
    bool ok = n > 0 && (size_t)n < sizeof ca;
    if (o->plan != NULL && cap_plan_load(plan, o->plan, &error) != NJ_OK) {
        fprintf(stderr, "capture-sink: plan %s: %.*s\n", o->plan, NJ_STR_ARG(nj_buf_str(&error)));
        ok = false;
    } else if (cap_store_new(&sink->store, o->dir) != NJ_OK) {
        fprintf(stderr, "capture-sink: cannot write below %s: %s\n", o->dir, strerror(errno));
        ok = false;
    } else if (o->tls && cap_tls_new(&sink->tls, o->cert, ca_file) != NJ_OK) {
        fprintf(stderr, "capture-sink: cannot make a certificate and write it to %s\n", ca_file);
        ok = false;
    }
    nj_buf_fini(&error);
    return ok;
}

int main(int argc, char **argv)
{
    struct options o;
    int status = 2;
    if (!read_options(&o, argc, argv, &status))
        return status;
    struct cap_plan plan = { 0 };
    struct cap_sink sink = {
        .plan = &plan,
        .stop_fd = -1,
        .mute_ms = (int64_t)o.mute_ms,
        .status = (int)o.status,
        .reply = o.reply,
        .keep_bodies = o.bodies,
        .verbose = o.verbose,
        .first_ms = -1,
        .lock = PTHREAD_MUTEX_INITIALIZER,
    };
    struct nj_clock now;
    nj_clock_init(&now, NULL, NULL);
    sink.started_ms = now.mono.ms;
    status = open_parts(&sink, &plan, &o) ? run(&sink, &o) : 2;
    uint64_t requests = 0, taken = 0, refused = 0;
    if (sink.store != NULL) {
        cap_store_totals(sink.store, &requests, &taken, &refused);
        if (status == EXIT_SUCCESS)
            printf("%" PRIu64 " requests; records: %" PRIu64 " taken, %" PRIu64 " refused\n", requests, taken, refused);
    }
    if (!cap_store_free(sink.store)) {
        fprintf(stderr, "capture-sink: something could not be written below %s\n", o.dir);
        status = EXIT_FAILURE;
    }
    cap_tls_free(sink.tls);
    cap_plan_free(&plan);
    return status;
}
