/* stack_frames.h -- one line of a stack trace, in any of the languages. */
#ifndef NIGHTJAR_OBSERVE_STACK_FRAMES_H
#define NIGHTJAR_OBSERVE_STACK_FRAMES_H

#include "stack.h"

/* next is the line after it: Go and Rust print the place of a function there.  False: the line is no frame.  outermost_first tells the
 * order of the language. */
bool nj_frame_of_line(struct nj_frame *out, struct nj_str line, struct nj_str next, bool *outermost_first);
/* Of parts that a JSON document tells (Go: path, label). */
void nj_frame_of_parts(struct nj_frame *out, struct nj_str path, struct nj_str function);

#endif
