/* Copies without slack. */
#include "support/exact.h"

#include <check.h>

#include "base/mem.h"

struct slice exact_copy(struct slice octets)
{
    uint8_t *copy = mem_alloc(octets.len);

    ck_assert_ptr_nonnull(copy);
    mem_copy(copy, octets.data, octets.len);
    return slice_of(copy, octets.len);
}

void exact_free(struct slice copy)
{
    mem_free((void *)(uintptr_t)copy.data);
}
