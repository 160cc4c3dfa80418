/* Memory that lives and dies together: bump allocation in blocks, dropped in one step. A session's
 * record stands in one. */
#ifndef SMTPSCOPE_BASE_ARENA_H
#define SMTPSCOPE_BASE_ARENA_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

struct arena_block {
    struct arena_block *next;
    alignas(max_align_t) uint8_t data[];
};

/* Objects fill the newest block from its beginning and copied octets from its end, so that nothing
 * is lost to alignment between them. */
struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used;                /* octets at the front of the newest block that are handed out */
    size_t end;                 /* where those at its back begin */
    size_t total;               /* octets of all blocks */
    struct arena_block *lent;   /* the block it began with, not its own; NULL: none */
};

/* An empty arena whose first block, with `room` octets behind its head, is the caller's and outlives
 * it. */
static inline struct arena arena_in(struct arena_block *block, size_t room)
{
    block->next = NULL;
    return (struct arena){ .blocks = block, .end = room, .total = room, .lent = block };
}

/* Drops every object at once; the arena is empty and usable again, without the block lent. */
void arena_clear(struct arena *a);

/* `size` octets, zeroed, aligned for any object; NULL where the heap has no more. They live until
 * arena_clear. The caller bounds what it asks for. */
MUST_USE static inline void *arena_alloc(struct arena *a, size_t size);

/* Copies octets into the arena. On lack of memory the result is empty and `*status` is set; it is
 * left alone otherwise, so that a run of copies is checked once. */
struct slice arena_copy(struct arena *a, struct slice s, enum status *status);

/* A block that has `size` more octets; STATUS_NO_MEMORY leaves the arena as it was. */
MUST_USE enum status arena_grow(struct arena *a, size_t size);

/* Inline, so that an object of a size that is known beforehand is zeroed in an instruction or two. */
static inline void *arena_alloc(struct arena *a, size_t size)
{
    size_t whole = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    void *object;

    if (size > PTRDIFF_MAX)
        return NULL;
    if ((a->blocks == NULL || whole > a->end - a->used) && arena_grow(a, whole) != STATUS_OK)
        return NULL;
    object = a->blocks->data + a->used;
    a->used += whole;
    return memset(object, 0, size);
}

#endif
