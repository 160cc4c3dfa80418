/* Memory that lives and dies together: bump allocation in blocks, dropped in one step. A session's
 * record stands in one. */
#ifndef SMTPSCOPE_BASE_ARENA_H
#define SMTPSCOPE_BASE_ARENA_H

#include "base/slice.h"
#include "base/status.h"

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used;                /* octets handed out from the newest block */
    size_t room;                /* octets of the newest block; kept here, where it is at hand */
    size_t total;               /* octets of all blocks */
};

/* Drops every object at once; the arena is empty and usable again. */
void arena_clear(struct arena *a);

/* `size` octets, zeroed, aligned for any object; NULL where the heap has no more. They live until
 * arena_clear. The caller bounds what it asks for. */
MUST_USE void *arena_alloc(struct arena *a, size_t size);

/* Copies octets into the arena. On lack of memory the result is empty and `*status` is set; it is
 * left alone otherwise, so that a run of copies is checked once. */
struct slice arena_copy(struct arena *a, struct slice s, enum status *status);

#endif
