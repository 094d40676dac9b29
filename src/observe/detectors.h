/* detectors.h -- the observers that look for attacks and abuse, one file a family.  Each says nothing of a payload but names of
 * parameters and rules. */
#ifndef NIGHTJAR_OBSERVE_DETECTORS_H
#define NIGHTJAR_OBSERVE_DETECTORS_H

#include "finding.h"
#include "logins.h"

extern const struct nj_observer nj_login_detector;  /* detect_login.c */
extern const struct nj_observer nj_access_detector; /* detect_access.c: sweeps, scanning, tools, injection, extraneous fields */
extern const struct nj_observer nj_data_detector;   /* detect_data.c: unusual amounts of personal data */
extern const struct nj_observer nj_volume_detector; /* detect_volume.c: logs that were dropped, fall silent, or flood */

#endif
