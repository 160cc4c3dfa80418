/* Zstandard (RFC 8878), any number of frames, skippable ones included. */
#include "capture/codec.h"

#include <zstd.h>
#include <zstd_errors.h>

#include "base/cursor.h"
#include "base/mem.h"

enum { MAGIC_LENGTH = 4 };

struct zstd {
    ZSTD_DStream *stream;
    bool has_frame; /* one has ended */
    size_t taken;   /* octets read of the frame under way */
};

static bool recognises(struct slice head)
{
    struct cursor in = cursor_of(head);
    uint32_t magic = cursor_u32le(&in);

    /* RFC 8878 3.1.2: sixteen magic numbers mark frames to be skipped; pzstd begins with one. */
    return magic == ZSTD_MAGICNUMBER ||
           (magic & ZSTD_MAGIC_SKIPPABLE_MASK) == ZSTD_MAGIC_SKIPPABLE_START;
}

static void *zstd_new(void)
{
    struct zstd *z = mem_calloc(1, sizeof(*z));

    if (z == NULL)
        return NULL;
    z->stream = ZSTD_createDStream();
    if (z->stream != NULL)
        return z;
    mem_free(z);
    return NULL;
}

static void zstd_free(void *state)
{
    struct zstd *z = state;

    if (z == NULL)
        return;
    (void)ZSTD_freeDStream(z->stream);
    mem_free(z);
}

static enum codec_result run(void *state, struct slice *in, uint8_t *out, size_t room, size_t *made,
                             const char **problem)
{
    struct zstd *z = state;
    ZSTD_inBuffer input = { .src = in->data, .size = in->len };
    ZSTD_outBuffer output = { .dst = out, .size = room };
    size_t left;

    *made = 0;
    if (in->len == 0 && z->taken == 0 && z->has_frame)
        return CODEC_BETWEEN;
    left = ZSTD_decompressStream(z->stream, &output, &input);
    *made = output.pos;
    *in = slice_from(*in, input.pos);
    z->taken += input.pos;
    if (ZSTD_isError(left)) {
        if (z->has_frame && ZSTD_getErrorCode(left) == ZSTD_error_prefix_unknown)
            return CODEC_END;
        if (ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation)
            return CODEC_NO_MEMORY;
        *problem = ZSTD_getErrorName(left);
        return CODEC_DAMAGED;
    }
    if (left == 0) {
        z->has_frame = true;
        z->taken = 0;
        return CODEC_BETWEEN;
    }
    return z->has_frame && z->taken < MAGIC_LENGTH && output.pos == 0 ? CODEC_BETWEEN
                                                                      : CODEC_GOING_ON;
}

const struct codec codec_zstd = {
    .name = "zstd",
    .recognises = recognises,
    .new = zstd_new,
    .free = zstd_free,
    .run = run,
};
