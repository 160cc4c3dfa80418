/* The heap behind one door. */
#include "base/mem.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* One thread (CONTRIBUTING.md), so a plain number will do. */
static size_t used;

/* What the allocator spends on a block beside its octets. */
enum { BLOCK_HEAD = sizeof(size_t) };

/* A heap that has grown so far grows on in large pages, by as much at a time: with thousands of
 * sessions open, each packet of another, a fifth of all time went into finding the small ones. */
#define LARGE_HEAP ((size_t)16 << 20)
#define LARGE_PAGE ((size_t)2 << 20)

/* Where `used` passes it, the heap is looked at. */
static size_t look_at = LARGE_HEAP;

/* What the heap has grown by is asked for in large pages before most of it is touched. Where there
 * are none it stays as it is. */
static void use_large_pages(void)
{
    static uintptr_t asked_to;
    uintptr_t end = (uintptr_t)sbrk(0) & ~(uintptr_t)(LARGE_PAGE - 1);

    look_at = used + LARGE_PAGE / 2;
    /* That also keeps glibc from changing the size from which blocks are mapped by themselves. */
    if (asked_to == 0)
        (void)mallopt(M_TOP_PAD, (int)LARGE_HEAP);
    else if (asked_to < end)
        (void)madvise((void *)asked_to, end - asked_to, MADV_HUGEPAGE);
    /* Lower where some was given back: grown anew it may be of small pages. */
    asked_to = end;
}

static void *counted(void *block)
{
    if (block == NULL)
        return NULL;
    used += malloc_usable_size(block) + BLOCK_HEAD;
    if (used > look_at)
        use_large_pages();
    return block;
}

size_t mem_used(void)
{
    return used;
}

void *mem_alloc(size_t size)
{
    return counted(malloc(size == 0 ? 1 : size));
}

void *mem_calloc(size_t count, size_t size)
{
    if (count == 0 || size == 0)
        return counted(calloc(1, 1));
    return counted(calloc(count, size));
}

void *mem_realloc(void *block, size_t size)
{
    size_t before = block == NULL ? 0 : malloc_usable_size(block) + BLOCK_HEAD;
    void *moved = realloc(block, size == 0 ? 1 : size);

    if (moved != NULL)
        used -= before;
    return counted(moved);
}

void mem_free(void *block)
{
    if (block != NULL)
        used -= malloc_usable_size(block) + BLOCK_HEAD;
    free(block);
}

/* The allocator's block is larger and begins somewhere before, as the octets before this one tell.
 * aligned_alloc would leave pieces of the heap before and behind that it must look through later. */
void *mem_alloc_lines(size_t size)
{
    uint8_t *whole = size > SIZE_MAX - MEM_LINE ? NULL : mem_alloc(size + MEM_LINE);
    uint8_t *block;

    if (whole == NULL)
        return NULL;
    /* It is never the whole's beginning. */
    block = whole + (MEM_LINE - (uintptr_t)whole % MEM_LINE);
    mem_copy(block - sizeof(whole), &whole, sizeof(whole));
    return block;
}

void mem_free_lines(void *block)
{
    uint8_t *whole;

    if (block == NULL)
        return;
    mem_copy(&whole, (uint8_t *)block - sizeof(whole), sizeof(whole));
    mem_free(whole);
}

bool mem_has_room(size_t size)
{
    void *block = mem_alloc(size);

    mem_free(block);
    return block != NULL;
}

void mem_wipe(void *block, size_t n)
{
    if (n > 0)
        explicit_bzero(block, n);
}

char *mem_string(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = mem_alloc(size);

    if (copy != NULL)
        mem_copy(copy, text, size);
    return copy;
}
