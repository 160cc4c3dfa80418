/* The heap, by the same door as the program's. */
#include "make-capture/list.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

static void *must(void *block)
{
    if (block == NULL) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    return block;
}

void *list_new(size_t size)
{
    return must(mem_calloc(1, size));
}

void *list_grown(void *list, size_t *room, size_t count, size_t size)
{
    if (count <= *room)
        return list;
    *room = count < 8 ? 8 : count + count / 2;
    return must(mem_realloc(list, *room * size));
}
