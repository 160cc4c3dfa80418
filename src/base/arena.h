/* Memory that lives and dies together: bump allocation in blocks, dropped in one step. A session's
 * record stands in one. */
#ifndef SMTPSCOPE_BASE_ARENA_H
#define SMTPSCOPE_BASE_ARENA_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

/* What an object may be: numbers of 64 bits, pointers and what is made of them. */
enum { ARENA_ALIGNMENT = alignof(uint64_t) };

struct arena_block {
    struct arena_block *next;
    uint32_t room; /* octets of data */
    bool is_lent;  /* the block is the caller's */
    alignas(ARENA_ALIGNMENT) uint8_t data[];
};

/* Objects fill the newest block from its beginning and copied octets from its end, so that nothing
 * is lost to alignment between them. */
struct arena {
    struct arena_block *blocks; /* newest first */
    uint32_t used;              /* octets at the front of the newest block that are handed out */
    uint32_t end;               /* where those at its back begin */
    size_t total;               /* octets of all blocks */
};

/* An empty arena whose first block, with `room` octets behind its head, is the caller's and outlives
 * it. */
static inline struct arena arena_in(struct arena_block *block, uint32_t room)
{
    block->next = NULL;
    block->room = room;
    block->is_lent = true;
    return (struct arena){ .blocks = block, .end = room, .total = room };
}

/* Drops every object at once; the arena is empty and usable again, without the block lent. A few
 * blocks of the smallest size are kept for whoever asks next, whose memory is warm then. */
void arena_clear(struct arena *a);

/* Gives back what arena_clear kept. */
void arena_trim(void);

/* `size` octets, zeroed, aligned to ARENA_ALIGNMENT; NULL where the heap has no more. They live
 * until arena_clear. The caller bounds what it asks for. */
MUST_USE static inline void *arena_alloc(struct arena *a, size_t size);

/* The same, as the octets happen to be: for who writes all of them. */
MUST_USE static inline void *arena_take(struct arena *a, size_t size);

/* Asks for the memory of all objects, which are about to be looked at after a long time. */
void arena_fetch(const struct arena *a);

/* The same of the block after which `newer` others came, as if it were of the smallest size: for who
 * knows earlier that objects will be looked at. Of memory it reads the heads of the newer ones. False:
 * there is none. */
bool arena_fetch_block(const struct arena *a, unsigned newer);

/* Where the next object will be, if it fits in what there is. The arena must have a block. */
static inline const uint8_t *arena_front(const struct arena *a)
{
    return a->blocks->data + a->used;
}

/* Copies octets into the arena. On lack of memory the result is empty and `*status` is set; it is
 * left alone otherwise, so that a run of copies is checked once. */
struct slice arena_copy(struct arena *a, struct slice s, enum status *status);

/* A block that has `size` more octets; STATUS_NO_MEMORY leaves the arena as it was. */
MUST_USE enum status arena_grow(struct arena *a, size_t size);

static inline void *arena_take(struct arena *a, size_t size)
{
    size_t whole = (size + ARENA_ALIGNMENT - 1) & ~(size_t)(ARENA_ALIGNMENT - 1);
    void *object;

    if (size > PTRDIFF_MAX)
        return NULL;
    if ((a->blocks == NULL || whole > a->end - a->used) && arena_grow(a, whole) != STATUS_OK)
        return NULL;
    object = a->blocks->data + a->used;
    a->used += (uint32_t)whole;
    return object;
}

/* Inline, so that an object of a size that is known beforehand is zeroed in an instruction or two. */
static inline void *arena_alloc(struct arena *a, size_t size)
{
    void *object = arena_take(a, size);

    return object == NULL ? NULL : memset(object, 0, size);
}

#endif
