/* Line splitting with a ceiling per line. */
#include "emu_lines.h"

void emu_lines_init(struct emu_lines *l, size_t limit, void (*line)(void *, struct nj_str), void *ctx)
{
    *l = (struct emu_lines){ .limit = limit == 0 ? EMU_LINE_LIMIT : limit, .line = line, .ctx = ctx };
    nj_buf_init(&l->part, l->limit + 1);
}

void emu_lines_fini(struct emu_lines *l)
{
    nj_buf_fini(&l->part);
}

/* The longest piece that may be handed over now, or nothing when the line is still open. */
static size_t piece_len(const struct emu_lines *l, struct nj_str bytes)
{
    size_t room = l->limit - l->part.n;
    size_t nl = nj_str_chr(bytes, '\n', 0);
    if (nl != NJ_NPOS && nl + 1 <= room)
        return nl + 1;
    return bytes.n >= room ? room : 0;
}

void emu_lines_feed(struct emu_lines *l, struct nj_str bytes)
{
    while (bytes.n != 0) {
        size_t take = piece_len(l, bytes);
        if (take == 0)
            break;
        if (l->part.n == 0) {
            l->line(l->ctx, nj_str_slice(bytes, 0, take));
        } else {
            nj_buf_add(&l->part, nj_str_slice(bytes, 0, take));
            l->line(l->ctx, nj_buf_str(&l->part));
            nj_buf_reset(&l->part);
        }
        bytes = nj_str_slice(bytes, take, bytes.n);
    }
    nj_buf_add(&l->part, bytes);
}

void emu_lines_flush(struct emu_lines *l)
{
    if (l->part.n == 0)
        return;
    l->line(l->ctx, nj_buf_str(&l->part));
    nj_buf_reset(&l->part);
}
