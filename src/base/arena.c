/* A bump allocator: small blocks at first, half of what there is later, up to a page or four; large
 * objects on their own. */
#include "base/arena.h"

#include "base/mem.h"

enum { ARENA_SMALLEST_BLOCK = 480, ARENA_LARGEST_BLOCK = 16384 };

void arena_clear(struct arena *a)
{
    while (a->blocks != a->lent) {
        struct arena_block *next = a->blocks->next;

        mem_free(a->blocks);
        a->blocks = next;
    }
    *a = (struct arena){ 0 };
}

enum status arena_grow(struct arena *a, size_t size)
{
    size_t room = a->total / 2;
    struct arena_block *block;

    if (size > SIZE_MAX / 2)
        return STATUS_NO_MEMORY;
    if (room < ARENA_SMALLEST_BLOCK)
        room = ARENA_SMALLEST_BLOCK;
    if (room > ARENA_LARGEST_BLOCK)
        room = ARENA_LARGEST_BLOCK;
    if (room < size)
        room = size;
    block = mem_alloc(sizeof(*block) + room);
    if (block == NULL)
        return STATUS_NO_MEMORY;
    block->next = a->blocks;
    a->blocks = block;
    a->used = 0;
    a->end = room;
    a->total += room;
    return STATUS_OK;
}

struct slice arena_copy(struct arena *a, struct slice s, enum status *status)
{
    uint8_t *copy;

    if (s.len == 0)
        return slice_of(NULL, 0);
    if (s.len > a->end - a->used && arena_grow(a, s.len) != STATUS_OK) {
        *status = STATUS_NO_MEMORY;
        return slice_of(NULL, 0);
    }
    a->end -= s.len;
    copy = a->blocks->data + a->end;
    mem_copy(copy, s.data, s.len);
    return slice_of(copy, s.len);
}
