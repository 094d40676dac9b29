/* cap_store.h -- where a capture sink writes down what came.
 *
 *   requests.ndjson  one line a request: number, time, method, path, headers, sizes, records, fault, status, ...
 *   records.ndjson   the records of requests that were taken, byte for byte, one a line
 *   refused.ndjson   the same of requests that were not taken
 *   bodies/N.bin     what could not be decoded, and, when asked for, every body as it was sent
 *
 * Everything is on its file when a call returns.
 *
 * Blocking   writes files under a lock.  Threads: any.
 */
#ifndef NIGHTJAR_TESTS_CAP_STORE_H
#define NIGHTJAR_TESTS_CAP_STORE_H

#include "nightjar/buf.h"

struct cap_store;

/* The directory is made when it is missing; files of an earlier run in it are emptied. */
NJ_MUST enum nj_status cap_store_new(struct cap_store **out, const char *dir);
/* False when something could not be written. */
bool cap_store_free(struct cap_store *s);

/* Files the records of a decoded body; tells how many they are and the number (from 0) of the first one in its file. */
void cap_store_records(struct cap_store *s, struct nj_str body, bool taken, uint64_t *records, uint64_t *first);
void cap_store_body(struct cap_store *s, uint64_t request, struct nj_str bytes);
void cap_store_request(struct cap_store *s, struct nj_str line);
/* Totals so far, for the closing line. */
void cap_store_totals(struct cap_store *s, uint64_t *requests, uint64_t *taken, uint64_t *refused);

#endif
