/* Blocks of one size that were given back, kept for who asks next: their memory is warm, while one
 * fresh from the heap is not, and those of a heap that is cut in pieces cost a search. */
#ifndef SMTPSCOPE_TCP_SPARES_H
#define SMTPSCOPE_TCP_SPARES_H

#include <stdint.h>

#include "base/mem.h"

/* So few weigh nothing against what a tracker may hold, and connections that end in turn need no
 * more. The address sanitizer would not see one used that was given back. */
#if defined(__SANITIZE_ADDRESS__)
enum { SPARES_KEPT = 0 };
#else
enum { SPARES_KEPT = 32 };
#endif

/* Zero is an empty one. */
struct spares {
    void *list; /* chained by their first octets */
    uint32_t count;
};

/* One of them, as it happens to be; NULL: none is left. */
static inline void *spares_take(struct spares *spares)
{
    void *block = spares->list;

    if (block != NULL) {
        mem_copy(&spares->list, block, sizeof(spares->list));
        spares->count--;
    }
    return block;
}

/* Keeps a block, of at least a pointer's size, or frees it. */
static inline void spares_give(struct spares *spares, void *block)
{
    if (spares->count == SPARES_KEPT) {
        mem_free(block);
        return;
    }
    mem_copy(block, &spares->list, sizeof(spares->list));
    spares->list = block;
    spares->count++;
}

static inline void spares_clear(struct spares *spares)
{
    void *block;

    while ((block = spares_take(spares)) != NULL)
        mem_free(block);
}

#endif
