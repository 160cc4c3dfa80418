/* The heap behind one door. */
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *mem_alloc(size_t size)
{
    return malloc(size == 0 ? 1 : size);
}

void *mem_calloc(size_t count, size_t size)
{
    if (count == 0 || size == 0)
        return calloc(1, 1);
    return calloc(count, size);
}

void *mem_realloc(void *block, size_t size)
{
    return realloc(block, size == 0 ? 1 : size);
}

void mem_free(void *block)
{
    free(block);
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
