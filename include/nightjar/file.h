/* nightjar/file.h -- a small file as bytes: rules, keys.
 *
 * Limits     max bytes, given by the caller; regular files and pipes alike.
 * Errors     NJ_EREMOTE with errno set when it cannot be opened or read; NJ_ELIMIT when it is larger; NJ_ENOMEM.
 * Blocking   on the file.  Globals: none.
 */
#ifndef NIGHTJAR_FILE_H
#define NIGHTJAR_FILE_H

#include "nightjar/buf.h"

/* Appends the content of the file. */
NJ_MUST enum nj_status nj_file_read(const char *path, size_t max, struct nj_buf *out);

#endif
