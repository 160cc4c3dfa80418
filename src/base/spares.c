/* A stack of blocks, linked through their first octets. */
#include "base/spares.h"

#include "base/mem.h"

/* What waits must not be read meanwhile, its link aside: the sanitizer is told. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

struct spare {
    struct spare *next;
};

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
    return spares->first == NULL ? mem_alloc(spares->size) : pop(spares);
}

void spares_give(struct spares *spares, void *block)
{
    struct spare *spare = block;

    if (spares->count == spares->most) {
        mem_free(block);
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
        mem_free(pop(spares));
}
