/* A stack of blocks, linked through their first octets. */
#include "base/spares.h"

#include "base/mem.h"
#include "base/poison.h"

struct spare {
    struct spare *next;
};

static void *fresh(const struct spares *spares)
{
    return spares->has_lines ? mem_alloc_lines(spares->size) : mem_alloc(spares->size);
}

static void drop(const struct spares *spares, void *block)
{
    if (spares->has_lines)
        mem_free_lines(block);
    else
        mem_free(block);
}

/* The one given back last. */
static struct spare *pop(struct spares *spares)
{
    struct spare *spare = spares->first;

    ASAN_UNPOISON_MEMORY_REGION(spare + 1, spares->size - sizeof(*spare));
    spares->first = spare->next;
    spares->count--;
    return spare;
}

void *spares_take(struct spares *spares)
{
    return spares->first == NULL ? fresh(spares) : pop(spares);
}

void spares_give(struct spares *spares, void *block)
{
    struct spare *spare = block;

    if (spares->count == spares->most) {
        drop(spares, block);
        return;
    }
    spare->next = spares->first;
    spares->first = spare;
    spares->count++;
    ASAN_POISON_MEMORY_REGION(spare + 1, spares->size - sizeof(*spare));
}

void spares_clear(struct spares *spares)
{
    while (spares->first != NULL)
        drop(spares, pop(spares));
}
