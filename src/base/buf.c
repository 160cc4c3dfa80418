/* A growing buffer with a cap. */
#include "base/buf.h"

#include "base/mem.h"

enum { BUF_FIRST_ROOM = 256 };

void buf_clear(struct buf *b)
{
    mem_free(b->data);
    *b = buf_of(b->max);
}

static enum status reserve(struct buf *b, size_t need)
{
    size_t room = b->room == 0 ? BUF_FIRST_ROOM : b->room;
    uint8_t *data;

    if (need <= b->room)
        return STATUS_OK;
    while (room < need)
        room = room > SIZE_MAX / 2 ? need : room * 2;
    data = mem_realloc(b->data, room);
    if (data == NULL)
        return STATUS_NO_MEMORY;
    b->data = data;
    b->room = room;
    return STATUS_OK;
}

enum status buf_append(struct buf *b, struct slice s, size_t *dropped)
{
    size_t keep = s.len < b->max - b->len ? s.len : b->max - b->len;

    *dropped = s.len - keep;
    if (keep == 0)
        return STATUS_OK;
    if (reserve(b, b->len + keep) != STATUS_OK)
        return STATUS_NO_MEMORY;
    mem_copy(b->data + b->len, s.data, keep);
    b->len += keep;
    return STATUS_OK;
}

void buf_consume(struct buf *b, size_t n)
{
    b->len -= n;
    mem_move(b->data, b->data + n, b->len);
}
