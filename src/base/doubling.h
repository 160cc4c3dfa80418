/* Arrays of one sort of item that double as they fill. The first is small and often asked for again:
 * it waits among spares. */
#ifndef SMTPSCOPE_BASE_DOUBLING_H
#define SMTPSCOPE_BASE_DOUBLING_H

#include <stdint.h>

#include "base/spares.h"

/* Items of the first array on the heap, and how many such arrays wait. */
enum { DOUBLING_FIRST = 4, DOUBLING_SPARES = 64 };

/* What first arrays of items of that size wait in; spares_clear gives them back. */
#define DOUBLING_OF(item_size)                                         \
    {                                                                  \
        .size = DOUBLING_FIRST * (item_size), .most = DOUBLING_SPARES, \
    }

/* An array of twice as many items as `*room`, which becomes that: all of `items` are in it, and
 * doubling_give has taken those back. Where `*room` is 1 the item is the caller's own, and the array
 * the first. NULL: there is no memory, and nothing has changed. */
MUST_USE void *doubling_grow(struct spares *firsts, void *items, uint32_t *room);

/* Takes back an array of that many; of 1 or none it is not on the heap, and stays. */
void doubling_give(struct spares *firsts, void *items, uint32_t room);

#endif
