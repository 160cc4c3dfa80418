/* The only door to the heap and to raw copies, so that both can be counted, capped and made to
 * fail in tests. */
#ifndef SMTPSCOPE_BASE_MEM_H
#define SMTPSCOPE_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/status.h"

/* Octets that the processor fetches at once. */
enum { MEM_LINE = 64 };

/* Like malloc, calloc, realloc and free, but a size of 0 is a valid, distinct object. NULL where
 * the heap has no more; mem_realloc then leaves the old block as it was. */
MUST_USE void *mem_alloc(size_t size);
MUST_USE void *mem_calloc(size_t count, size_t size);
MUST_USE void *mem_realloc(void *block, size_t size);
void mem_free(void *block);

/* Like mem_alloc, but the block begins where a MEM_LINE does; mem_free_lines frees it. */
MUST_USE void *mem_alloc_lines(size_t size);
void mem_free_lines(void *block);

/* Octets that are on the heap through this door, as the allocator rounds them. */
size_t mem_used(void);

/* Whether so much could be had just now: asked before a library that does not live through a lack of
 * memory. */
MUST_USE bool mem_has_room(size_t size);

/* Copies `n` octets; the regions must not overlap (mem_move: may). `n` of 0 with NULL is fine.
 * Inline, so that a copy of a size that is known beforehand is an instruction or two. */
static inline void mem_copy(void *to, const void *from, size_t n)
{
    if (n > 0)
        memcpy(to, from, n);
}

static inline void mem_move(void *to, const void *from, size_t n)
{
    if (n > 0)
        memmove(to, from, n);
}

/* Asks the processor for the lines of `size` octets from the beginning of a line on, which will be
 * written or read soon; waits for nothing, and any address will do. Inline, and unrolled: an
 * instruction a line where the size is known. */
static inline __attribute__((always_inline)) void mem_fetch(const void *from, size_t size)
{
    /* Or gcc takes a caller that does nothing else for a function without effect, and leaves it out. */
    __asm__ volatile("");
#pragma GCC unroll 8
    for (size_t at = 0; at < size; at += MEM_LINE)
        __builtin_prefetch((const uint8_t *)from + at, 1);
}

/* The same of octets that begin anywhere. */
static inline __attribute__((always_inline)) void mem_fetch_across(const void *from, size_t size)
{
    mem_fetch(from, size);
    __builtin_prefetch((const uint8_t *)from + size - 1, 1);
}

/* Overwrites octets that were secret, in a way the compiler may not leave out. */
void mem_wipe(void *block, size_t n);

/* A copy of a C string on the heap, NULL where there is no memory; mem_free gives it back. */
MUST_USE char *mem_string(const char *text);

#endif
