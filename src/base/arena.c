/* A bump allocator: small first block, doubling up to a page or four, large objects on their own. */
#include "base/arena.h"

#include <stdalign.h>
#include <stddef.h>

#include "base/mem.h"

enum { ARENA_FIRST_BLOCK = 1024, ARENA_LARGEST_BLOCK = 16384 };

struct arena_block {
    struct arena_block *next;
    size_t room;
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
    size_t room = a->blocks == NULL ? ARENA_FIRST_BLOCK : a->blocks->room * 2;
    struct arena_block *block;

    if (room > ARENA_LARGEST_BLOCK)
        room = ARENA_LARGEST_BLOCK;
    if (room < need)
        room = need;
    block = mem_alloc(sizeof(*block) + room);
    if (block == NULL)
        return STATUS_NO_MEMORY;
    block->next = a->blocks;
    block->room = room;
    a->blocks = block;
    a->used = 0;
    a->total += room;
    return STATUS_OK;
}

/* An object whose octets are whatever they are. */
static void *take(struct arena *a, size_t size)
{
    const size_t align = alignof(max_align_t);
    uint8_t *object;

    if (size > SIZE_MAX - align)
        return NULL;
    size = (size + align - 1) / align * align;
    if (a->blocks == NULL || size > a->blocks->room - a->used) {
        if (add_block(a, size) != STATUS_OK)
            return NULL;
    }
    object = a->blocks->data + a->used;
    a->used += size;
    return object;
}

void *arena_alloc(struct arena *a, size_t size)
{
    void *object = take(a, size);

    if (object != NULL)
        memset(object, 0, size);
    return object;
}

struct slice arena_copy(struct arena *a, struct slice s, enum status *status)
{
    uint8_t *copy;

    if (s.len == 0)
        return slice_of(NULL, 0);
    copy = take(a, s.len);
    if (copy == NULL) {
        *status = STATUS_NO_MEMORY;
        return slice_of(NULL, 0);
    }
    mem_copy(copy, s.data, s.len);
    return slice_of(copy, s.len);
}
