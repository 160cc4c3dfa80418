/* The spares tell the size of an item. */
#include "base/doubling.h"

#include "base/mem.h"

static size_t octets_of(const struct spares *firsts, uint32_t room)
{
    return firsts->size / DOUBLING_FIRST * room;
}

void *doubling_grow(struct spares *firsts, void *items, uint32_t *room)
{
    uint32_t more = *room == 1 ? DOUBLING_FIRST : *room * 2;
    void *grown = more == DOUBLING_FIRST ? spares_take(firsts) : mem_alloc(octets_of(firsts, more));

    if (grown == NULL)
        return NULL;
    mem_copy(grown, items, octets_of(firsts, *room));
    doubling_give(firsts, items, *room);
    *room = more;
    return grown;
}

void doubling_give(struct spares *firsts, void *items, uint32_t room)
{
    if (room == DOUBLING_FIRST)
        spares_give(firsts, items);
    else if (room > DOUBLING_FIRST)
        mem_free(items);
}
