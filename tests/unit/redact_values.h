/* tests/unit/redact_values.h -- values for tests and benchmarks of the redactor.
 *
 * Those that look like live secrets are put together from pieces, so that scanners of the source do not take them for one. */
#ifndef NIGHTJAR_TESTS_REDACT_VALUES_H
#define NIGHTJAR_TESTS_REDACT_VALUES_H

#define AWS_ID                                                                                                                             \
    "AKIA"                                                                                                                                 \
    "QYLPMN5HFIQR7XYA"
#define AWS_OLD_ID                                                                                                                         \
    "AKIA"                                                                                                                                 \
    "I7FODNN2QXAMPLW4"
#define AWS_SECRET                                                                                                                         \
    "Wcrl"                                                                                                                                 \
    "UtnFEMI/K7MDENG/bPxRfiCYzQ3hVJo9a2+T"
#define JWT_HEADER                                                                                                                         \
    "eyJ"                                                                                                                                  \
    "hbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
#define JWT_TEXT                                                                                                                           \
    JWT_HEADER ".eyJ"                                                                                                                      \
               "zdWIiOiIxMjM0NTY3ODkwIn0"                                                                                                  \
               ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
#define CARD                                                                                                                               \
    "4242"                                                                                                                                 \
    "424242424242"
#define PEM_BEGIN                                                                                                                          \
    "-----BEGIN"                                                                                                                           \
    " RSA PRIVATE KEY-----"
#define PEM_END                                                                                                                            \
    "-----END"                                                                                                                             \
    " RSA PRIVATE KEY-----"
#define PEM_LINE "MIIEowIBAAKCAQEAx7nQ9b2vT0mYw5rFzK3dJ8hLpXc1sVgUeNiBqOaWtRyZkMjH"

#define RIGHT_TO_LEFT "\xE2\x80\xAE\xE2\x80\xAC" /* changes how the text behind it is shown: the redactor must make it visible */

#endif
