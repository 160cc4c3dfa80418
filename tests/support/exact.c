/* Copies without slack. */
#include "support/exact.h"

#include <stdlib.h>

#include "base/mem.h"

struct slice exact_copy(struct slice octets)
{
    uint8_t *copy = mem_alloc(octets.len);

    if (copy == NULL)
        abort(); /* not only of check: fuzz targets use this too */
    mem_copy(copy, octets.data, octets.len);
    return slice_of(copy, octets.len);
}

void exact_free(struct slice copy)
{
    mem_free((void *)(uintptr_t)copy.data);
}
