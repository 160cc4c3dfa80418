/* A growing buffer with a cap. */
#include "base/buf.h"

enum { BUF_FIRST_ROOM = 256 };

void buf_clear(struct buf *b)
{
    mem_free(b->data);
    *b = buf_of(b->max);
}

enum status buf_reserve(struct buf *b, size_t need)
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

void buf_consume(struct buf *b, size_t n)
{
    b->len -= n;
    mem_move(b->data, b->data + n, b->len);
}
