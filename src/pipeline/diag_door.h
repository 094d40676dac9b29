/* diag_door.h -- our own lines go through a redactor, too: an error message is as good a way out as any. */
#ifndef NIGHTJAR_PIPELINE_DIAG_DOOR_H
#define NIGHTJAR_PIPELINE_DIAG_DOOR_H

#include "nightjar/diag.h"

/* For nj_diag_filter().  Has a redactor of its own, made when the first line is to be said, since lines are said on any thread
 * and before the pipeline is built; without memory for it nothing but the code of the line is said.  ctx is not read. */
void nj_diag_door(void *ctx, struct nj_str text, char *out, size_t room);
/* Gives its redactor back; the next line makes a new one. */
void nj_diag_door_close(void);

#endif
