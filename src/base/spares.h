/* Blocks of one size that were given back and wait for the next who asks: their memory is warm then,
 * and the allocator has nothing to join and part. */
#ifndef SMTPSCOPE_BASE_SPARES_H
#define SMTPSCOPE_BASE_SPARES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct spare;

struct spares {
    size_t size;    /* octets of a block, at least a pointer's */
    bool has_lines; /* blocks begin where a MEM_LINE does */
    unsigned most;  /* how many are kept: they count as memory in use (mem_used) */
    unsigned count;
    struct spare *first; /* given back last */
};

/* A block, its octets as they happen to be; NULL where there is no memory. */
MUST_USE void *spares_take(struct spares *spares);

void spares_give(struct spares *spares, void *block);

/* Frees what is kept. */
void spares_clear(struct spares *spares);

#endif
