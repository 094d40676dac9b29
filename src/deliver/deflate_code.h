/* src/deliver/deflate_code.h -- Huffman codes of the blocks of deflate.c. */
#ifndef NIGHTJAR_DELIVER_DEFLATE_CODE_H
#define NIGHTJAR_DELIVER_DEFLATE_CODE_H

#include <stddef.h>
#include <stdint.h>

enum { NJ_CODE_SYMBOLS = 288, NJ_CODE_BITS = 15 };

/* Of one symbol: bits in the order they are written, lowest first, and how many; 0 = it has none. */
struct nj_code {
    uint16_t bits;
    uint8_t n;
};

/* The best code of at most most bits for symbols that occur so often; it is complete, so at least two of them are given one.
 * symbols: at most NJ_CODE_SYMBOLS.  freq: below 2^23 in all; may be raised to 1 to make two. */
void nj_code_make(struct nj_code *codes, uint32_t *freq, size_t symbols, unsigned most);
/* The same for lengths that are given (n of each code). */
void nj_code_number(struct nj_code *codes, size_t symbols);

#endif
