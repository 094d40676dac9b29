/* Huffman codes: a tree from the frequencies, lengths from the tree, bits from the lengths. */
#include "deflate_code.h"

#include <string.h>

/* A symbol in the lowest bits, how often it occurs above. */
enum { SYMBOL_BITS = 9, SYMBOL = (1 << SYMBOL_BITS) - 1, DIGIT = 256 };

/* By one byte of the frequency. */
static void sort_by(uint32_t *to, const uint32_t *from, size_t n, unsigned shift)
{
    uint32_t start[DIGIT] = { 0 }, sum = 0;
    for (size_t i = 0; i < n; i++)
        start[from[i] >> shift & (DIGIT - 1)]++;
    for (size_t i = 0; i < DIGIT; i++) {
        uint32_t here = start[i];
        start[i] = sum;
        sum += here;
    }
    for (size_t i = 0; i < n; i++)
        to[start[from[i] >> shift & (DIGIT - 1)]++] = from[i];
}

/* The symbols that occur, the rarest first. */
static size_t sorted(uint32_t *out, const uint32_t *freq, size_t symbols)
{
    uint32_t other[NJ_CODE_SYMBOLS], most = 0;
    size_t n = 0;
    for (size_t i = 0; i < symbols; i++) {
        if (freq[i] == 0)
            continue;
        out[n++] = freq[i] << SYMBOL_BITS | (uint32_t)i;
        most = freq[i] > most ? freq[i] : most;
    }
    for (unsigned shift = SYMBOL_BITS; shift < 32 && most >> (shift - SYMBOL_BITS) != 0; shift += 8) {
        sort_by(other, out, n, shift);
        memcpy(out, other, n * sizeof(*out));
    }
    return n;
}

/* Joins the two lightest of leaves and inner nodes until one is left; parent[i] is that of the i-th inner node.  Both are made in
 * order of their weight, so the lightest are always at the front of one of two rows. */
static void grow(uint16_t *parent, const uint32_t *leaves, size_t n)
{
    uint32_t weight[NJ_CODE_SYMBOLS];
    size_t leaf = 0, inner = 0;
    for (size_t made = 0; made + 1 < n; made++) {
        uint32_t sum = 0;
        for (int i = 0; i < 2; i++) {
            if (leaf < n && (inner == made || leaves[leaf] >> SYMBOL_BITS <= weight[inner])) {
                sum += leaves[leaf++] >> SYMBOL_BITS;
            } else {
                sum += weight[inner];
                parent[inner++] = (uint16_t)made;
            }
        }
        weight[made] = sum;
    }
}

/* How many codes have which length.  From the root down each inner node takes the place of a code and makes two that are longer by one;
 * one that would make them too long takes the longest place that there is instead. */
static void count_lengths(unsigned count[static NJ_CODE_BITS + 1], const uint16_t *parent, size_t n, unsigned most)
{
    uint8_t depth[NJ_CODE_SYMBOLS];
    memset(count, 0, (NJ_CODE_BITS + 1) * sizeof(*count));
    if (n < 2)
        return;
    size_t root = n - 2;
    depth[root] = 0;
    count[1] = 2;
    for (size_t i = root; i-- > 0;) {
        unsigned at = depth[parent[i]] + 1u;
        depth[i] = (uint8_t)at;
        if (at >= most)
            for (at = most - 1; count[at] == 0; at--)
                ;
        count[at]--;
        count[at + 1] += 2;
    }
}

static uint16_t reversed(unsigned code, unsigned n)
{
    unsigned out = 0;
    for (; n > 0; n--, code >>= 1)
        out = out << 1 | (code & 1);
    return (uint16_t)out;
}

void nj_code_number(struct nj_code *codes, size_t symbols)
{
    unsigned count[NJ_CODE_BITS + 2] = { 0 }, next[NJ_CODE_BITS + 2] = { 0 };
    for (size_t i = 0; i < symbols; i++)
        count[codes[i].n]++;
    count[0] = 0;
    for (unsigned n = 1; n <= NJ_CODE_BITS; n++)
        next[n + 1] = (next[n] + count[n]) << 1;
    for (size_t i = 0; i < symbols; i++)
        codes[i].bits = codes[i].n != 0 ? reversed(next[codes[i].n]++, codes[i].n) : 0;
}

void nj_code_make(struct nj_code *codes, uint32_t *freq, size_t symbols, unsigned most)
{
    uint32_t leaves[NJ_CODE_SYMBOLS];
    uint16_t parent[NJ_CODE_SYMBOLS];
    unsigned count[NJ_CODE_BITS + 1];
    size_t used = 0, at = 0;
    for (size_t i = 0; i < symbols; i++)
        used += freq[i] != 0;
    for (size_t i = 0; used < 2; i++) {
        used += freq[i] == 0;
        freq[i] += freq[i] == 0;
    }
    size_t n = sorted(leaves, freq, symbols);
    grow(parent, leaves, n);
    count_lengths(count, parent, n, most);
    memset(codes, 0, symbols * sizeof(*codes));
    for (unsigned length = most; length > 0; length--)
        for (unsigned k = count[length]; k > 0 && at < n; k--)
            codes[leaves[at++] & SYMBOL].n = (uint8_t)length;
    nj_code_number(codes, symbols);
}
