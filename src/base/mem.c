/* The heap behind one door. */
#include "base/mem.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One thread (CONTRIBUTING.md), so a plain number will do. */
static size_t used;

/* What the allocator spends on a block beside its octets. */
enum { BLOCK_HEAD = sizeof(size_t) };

static void *counted(void *block)
{
    if (block != NULL)
        used += malloc_usable_size(block) + BLOCK_HEAD;
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
