/* Base 16, both ways. */
#include "nightjar/hex.h"

static const char digit_of[] = "0123456789abcdef";

bool nj_hex_decode(struct nj_str text, uint8_t *out)
{
    if (text.n % 2 != 0)
        return false;
    for (size_t i = 0; i < text.n; i += 2) {
        int byte = nj_hex_byte(text, i);
        if (byte < 0)
            return false;
        out[i / 2] = (uint8_t)byte;
    }
    return true;
}

/* Eight digits of four bytes at once: each half byte into a byte of its own, the first one lowest; what is above nine is a letter. */
static void write8(char *out, const uint8_t *bytes)
{
    const uint64_t ones = 0x0101010101010101u;
    uint32_t four;
    memcpy(&four, bytes, sizeof(four));
    uint64_t v = (four | (uint64_t)four << 16) & 0x0000ffff0000ffffu;
    v = (v | v << 8) & 0x00ff00ff00ff00ffu;
    v = (v >> 4 & 0x000f000f000f000fu) | (v & 0x000f000f000f000fu) << 8;
    uint64_t letter = (v + 6 * ones) >> 4 & ones;
    v += '0' * ones + letter * ('a' - '0' - 10);
    memcpy(out, &v, sizeof(v));
}

void nj_hex_write(char *out, size_t digits, const uint8_t *bytes)
{
    size_t i = 0;
    for (; i + 8 <= digits; i += 8, bytes += 4)
        write8(out + i, bytes);
    for (; i + 2 <= digits; i += 2, bytes++) {
        out[i] = digit_of[*bytes >> 4];
        out[i + 1] = digit_of[*bytes & 15];
    }
    if (i < digits)
        out[i] = digit_of[*bytes >> 4];
}

void nj_hex_write_u64(char out[static 16], uint64_t v)
{
    for (unsigned i = 0; i < 16; i++)
        out[i] = digit_of[v >> (60 - 4 * i) & 15];
}

void nj_hex_add(struct nj_buf *out, const uint8_t *bytes, size_t n)
{
    if (n == 0 || nj_buf_reserve(out, 2 * n) != NJ_OK)
        return;
    nj_hex_write(out->p + out->n, 2 * n, bytes);
    out->n += 2 * n;
}

bool nj_percent_decode(struct nj_str in, enum nj_percent how, struct nj_buf *out)
{
    for (size_t i = 0; i < in.n; i++) {
        char c = in.p[i] == '+' && how == NJ_PERCENT_FORM ? ' ' : in.p[i];
        int byte = c == '%' ? nj_hex_byte(in, i + 1) : -1;
        if (byte >= 0) {
            c = (char)byte;
            i += 2;
        } else if (c == '%' && how == NJ_PERCENT_STRICT) {
            return false;
        }
        nj_buf_addc(out, c);
    }
    return true;
}
