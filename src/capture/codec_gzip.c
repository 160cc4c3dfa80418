/* gzip (RFC 1952), any number of members. */
#define ZLIB_CONST
#include "capture/codec.h"

#include <zlib.h>

#include "base/mem.h"

enum {
    WINDOW = 15 + 16, /* zlib: the greatest window, and a gzip header expected */
    MAGIC_LENGTH = 2,
};

struct gzip {
    z_stream zlib;
    bool has_member; /* one has ended */
    bool is_between; /* and the next has not begun */
};

static bool recognises(struct slice head)
{
    return slice_starts(head, slice_of("\x1f\x8b", MAGIC_LENGTH));
}

static void *gzip_new(void)
{
    struct gzip *g = mem_calloc(1, sizeof(*g));

    if (g == NULL)
        return NULL;
    if (inflateInit2(&g->zlib, WINDOW) == Z_OK)
        return g;
    mem_free(g);
    return NULL;
}

static void gzip_free(void *state)
{
    struct gzip *g = state;

    if (g == NULL)
        return;
    (void)inflateEnd(&g->zlib);
    mem_free(g);
}

static enum codec_result run(void *state, struct slice *in, uint8_t *out, size_t room, size_t *made,
                             const char **problem)
{
    struct gzip *g = state;
    uInt given, space = room < UINT32_MAX ? (uInt)room : UINT32_MAX;
    int code;

    *made = 0;
    if (g->is_between && in->len > 0) {
        (void)inflateReset(&g->zlib); /* fails only for a stream that is none */
        g->is_between = false;
    }
    given = in->len < UINT32_MAX ? (uInt)in->len : UINT32_MAX;
    g->zlib.next_in = in->data;
    g->zlib.avail_in = given;
    g->zlib.next_out = out;
    g->zlib.avail_out = space;
    code = inflate(&g->zlib, Z_NO_FLUSH);
    *made = space - g->zlib.avail_out;
    *in = slice_from(*in, given - g->zlib.avail_in);
    if (code == Z_STREAM_END) {
        g->has_member = true;
        g->is_between = true;
        return CODEC_BETWEEN;
    }
    if (code == Z_OK || code == Z_BUF_ERROR) /* the latter: no input, or no room */
        return g->has_member && g->zlib.total_in < MAGIC_LENGTH ? CODEC_BETWEEN : CODEC_GOING_ON;
    if (g->has_member && code == Z_DATA_ERROR && g->zlib.total_in <= MAGIC_LENGTH)
        return CODEC_END;
    if (code == Z_MEM_ERROR)
        return CODEC_NO_MEMORY;
    if (g->zlib.msg != NULL)
        *problem = g->zlib.msg;
    return CODEC_DAMAGED;
}

const struct codec codec_gzip = {
    .name = "gzip",
    .recognises = recognises,
    .new = gzip_new,
    .free = gzip_free,
    .run = run,
};
