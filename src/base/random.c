/* Random bytes from the kernel, each time anew. */
#include "nightjar/random.h"

#include "nightjar/clock.h"
#include "nightjar/hex.h"

#include <sys/random.h>
#include <unistd.h>

/* Without getrandom (a sandbox that forbids it) ids must still differ between sandboxes: clock and process id, mixed. */
static void fill_weakly(unsigned char *p, size_t n)
{
    struct nj_clock c;
    nj_clock_init(&c, NULL, NULL);
    uint64_t x = (uint64_t)c.wall_ns ^ ((uint64_t)getpid() << 48) ^ (uint64_t)(uintptr_t)p;
    for (size_t i = 0; i < n; i++) {
        x += 0x9e3779b97f4a7c15u; /* splitmix64 */
        uint64_t z = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
        p[i] = (unsigned char)((z ^ (z >> 27)) >> 24);
    }
}

bool nj_random_secret(void *out, size_t n)
{
    unsigned char *p = out;
    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

void nj_random_fill(void *out, size_t n)
{
    if (!nj_random_secret(out, n))
        fill_weakly(out, n);
}

double nj_random01(void)
{
    uint64_t x;
    nj_random_fill(&x, sizeof(x));
    return (double)(x >> 11) * 0x1p-53;
}

void nj_random_hex(char *out, size_t digits)
{
    uint8_t bytes[64];
    out[digits] = '\0';
    for (size_t n = 0; digits != 0; digits -= n, out += n) {
        n = digits < 2 * sizeof(bytes) ? digits : 2 * sizeof(bytes);
        nj_random_fill(bytes, (n + 1) / 2);
        nj_hex_write(out, n, bytes);
    }
}
