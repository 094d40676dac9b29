/* What a static build was made from; defined by the build of the layer alone (NJ_LAYER). */
#ifndef NIGHTJAR_CONFIG_LAYER_PARTS_H
#define NIGHTJAR_CONFIG_LAYER_PARTS_H

extern const char nj_layer_parts[]; /* lines: "built for x86_64 from", then "  name version" */

#endif
