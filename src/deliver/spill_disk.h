/* The directory of a spill and its files: made, locked, read, renamed and removed by descriptors, never by following a link.
 *
 * Other code of the sandbox can put anything there at any moment, so nothing is believed that was not asked of the open descriptor.
 */
#ifndef NJ_DELIVER_SPILL_DISK_H
#define NJ_DELIVER_SPILL_DISK_H

#include "spill_calls.h"
#include "spill_record.h"

#define NJ_SPILL_PREFIX "nightjar-spill-"
enum {
    NJ_SPILL_DIR_SINK = 16, /* digits of the sink in the name of a directory */
    NJ_SPILL_DIR_RANDOM = 32,
    NJ_SPILL_DIR_NAME = sizeof(NJ_SPILL_PREFIX) - 1 + NJ_SPILL_DIR_SINK + 1 + NJ_SPILL_DIR_RANDOM,
    NJ_SPILL_FILE_NAME = 2 + NJ_BATCH_ID_DIGITS /* "c-<id>" or "b-<id>" */
};

struct nj_spill_disk {
    const struct nj_spill_calls *call;
    char *base;
    char sink[NJ_SPILL_DIR_SINK + 1];
    char name[NJ_SPILL_DIR_NAME + 1]; /* of our directory; "" when there is none */
    int base_fd, dir_fd;              /* -1 likewise */
};

NJ_MUST enum nj_status nj_spill_disk_init(struct nj_spill_disk *d, const struct nj_spill_calls *call, struct nj_str base,
                                          const uint8_t sink_id[static NJ_SPILL_SINK]);
/* Closes; what is there stays. */
void nj_spill_disk_fini(struct nj_spill_disk *d);

/* All answer 0 or an errno. */
NJ_MUST int nj_spill_disk_write(struct nj_spill_disk *d, const char *name, const struct iovec *parts, int n); /* makes the directory, too */
/* The whole file, in a block of its own that is the caller's: exactly size bytes, or ESTALE when it is no plain file of ours. */
NJ_MUST int nj_spill_disk_read(struct nj_spill_disk *d, const char *name, size_t size, struct nj_buf *out);
void nj_spill_disk_remove(struct nj_spill_disk *d, const char *name);
void nj_spill_disk_leave(struct nj_spill_disk *d); /* removes the directory, if it is empty */
void nj_spill_disk_rename(struct nj_spill_disk *d);

/* --- what others left --- */
/* Opens and locks a directory of a dead process: a descriptor, or -1 when it is not one, or its process lives. */
int nj_spill_disk_claim(const struct nj_spill_calls *call, int base_fd, const char *name);
bool nj_spill_dir_name(struct nj_str name);
bool nj_spill_file_name(struct nj_str name);

#endif
