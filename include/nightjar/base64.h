/* nightjar/base64.h -- the value of a base64 digit, of both alphabets (RFC 4648 sections 4 and 5).
 *
 * Who decodes decides what else may stand between the digits; see redact/validators.c and observe/payload_value.c.
 *
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_BASE64_H
#define NIGHTJAR_BASE64_H

/* 0 to 63, or -1 for a byte that is no digit. */
static inline int nj_base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

#endif
