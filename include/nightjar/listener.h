/* nightjar/listener.h -- takes the platform's telemetry POSTs and refuses those that do not look like them.
 *
 * Any code in the sandbox can reach the port.  The first POST comes before the runtime has started, so it is genuine: from
 * it we learn whether the platform keeps our unguessable path.  If it does, later posts must carry the path; if it drops
 * it (managed instances do), they must come to the same path from the same address as the first.  Others get 403 and are
 * counted; and once any POST has carried the path, it is asked of all.  A genuine POST is always answered 200, also when nothing in it can be read: a refusal would be repeated for
 * ever and block the stream (lambda-protocol 2.4).
 *
 * Limits     bodies of NJ_LISTENER_BODY_MAX bytes (twice the largest maxBytes, twice over); 16 connections.
 * A body is taken in steps between which the loop turns, so that batches leave while a large one is looked at.  The answer
 * to a second POST that comes meanwhile waits until its turn: that is all the back pressure there is.
 *
 * Ownership  the body view is valid until on_more has answered -1.
 * Blocking   never.
 */
#ifndef NIGHTJAR_LISTENER_H
#define NIGHTJAR_LISTENER_H

#include "nightjar/http_server.h"
#include "nightjar/ledger.h"

enum { NJ_LISTENER_BODY_MAX = 4 << 20 };

struct nj_listener;

struct nj_listener_options {
    const char *address; /* IPv4 text; NULL: nj_listener_address() decides */
    uint16_t port;       /* 0 = any; a taken one falls back to any, with a warning */
    struct nj_ledger *ledger;
    void (*on_post)(void *ctx, struct nj_str body); /* a new body */
    int64_t (*on_more)(void *ctx);                  /* take some more of it; when to ask again in ms, -1: nothing is left */
    void (*on_spoof)(void *ctx, struct nj_str peer);
    void *ctx;
};

NJ_MUST enum nj_status nj_listener_new(struct nj_listener **out, struct nj_loop *l, const struct nj_listener_options *o);
void nj_listener_free(struct nj_listener *s);
/* Takes all that has come: before the last ledger is written. */
void nj_listener_drain(struct nj_listener *s);
/* From now on no POST is answered, not even one that waits for the body before it to be taken: the platform sends it again, or keeps it. */
void nj_listener_close(struct nj_listener *s);
/* "http://sandbox.localdomain:PORT/token"; valid as long as the listener. */
struct nj_str nj_listener_uri(const struct nj_listener *s);

/* Where to bind: the address /etc/hosts gives sandbox.localdomain, else 127.0.0.1 when the Runtime API is on loopback,
 * else every address.  Reads one file, asks no resolver. */
void nj_listener_address(struct nj_str hosts_file, struct nj_str runtime_api, char out[static 46]);

#endif
