/* A bump allocator: small blocks at first, half of what there is later, up to a page or four; large
 * objects on their own. */
#include "base/arena.h"

#include <stdalign.h>
#include <stddef.h>

#include "base/mem.h"

enum { ARENA_SMALLEST_BLOCK = 480, ARENA_LARGEST_BLOCK = 16384 };

struct arena_block {
    struct arena_block *next;
    alignas(max_align_t) uint8_t data[];
};

void arena_clear(struct arena *a)
{
    while (a->blocks != NULL) {
        struct arena_block *next = a->blocks->next;

        mem_free(a->blocks);
        a->blocks = next;
    }
    *a = (struct arena){ 0 };
}

static enum status add_block(struct arena *a, size_t need)
{
    size_t room = a->total / 2;
    struct arena_block *block;

    if (room < ARENA_SMALLEST_BLOCK)
        room = ARENA_SMALLEST_BLOCK;
    if (room > ARENA_LARGEST_BLOCK)
        room = ARENA_LARGEST_BLOCK;
    if (room < need)
        room = need;
    block = mem_alloc(sizeof(*block) + room);
    if (block == NULL)
        return STATUS_NO_MEMORY;
    block->next = a->blocks;
    a->blocks = block;
    a->room = room;
    a->used = 0;
    a->total += room;
    return STATUS_OK;
}

/* An object whose octets are whatever they are. */
static void *take(struct arena *a, size_t size, size_t align)
{
    size_t pad = (align - a->used % align) % align;
    uint8_t *object;

    if (size > SIZE_MAX / 2)
        return NULL;
    if (a->blocks == NULL || pad > a->room - a->used || size > a->room - a->used - pad) {
        if (add_block(a, size) != STATUS_OK)
            return NULL;
        pad = 0;
    }
    a->used += pad;
    object = a->blocks->data + a->used;
    a->used += size;
    return object;
}

void *arena_alloc(struct arena *a, size_t size)
{
    void *object = take(a, size, alignof(max_align_t));

    if (object != NULL)
        memset(object, 0, size);
    return object;
}

struct slice arena_copy(struct arena *a, struct slice s, enum status *status)
{
    uint8_t *copy;

    if (s.len == 0)
        return slice_of(NULL, 0);
    copy = take(a, s.len, 1);
    if (copy == NULL) {
        *status = STATUS_NO_MEMORY;
        return slice_of(NULL, 0);
    }
    mem_copy(copy, s.data, s.len);
    return slice_of(copy, s.len);
}
