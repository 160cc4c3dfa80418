/* A bump allocator: small blocks at first, a sixteenth of what there is later, up to a page or four;
 * large objects on their own. */
#include "base/arena.h"

#include "base/mem.h"
#include "base/spares.h"

enum {
    ARENA_SMALLEST_BLOCK = 480,
    ARENA_LARGEST_BLOCK = 16384,
    ARENA_SPARE_BLOCKS = 128, /* of the smallest, 64 KiB: as many as a few dozen sessions have */
};

/* Blocks of the smallest size. One thread (CONTRIBUTING.md). */
static struct spares spares = {
    .size = sizeof(struct arena_block) + ARENA_SMALLEST_BLOCK,
    .most = ARENA_SPARE_BLOCKS,
};

static void drop(struct arena_block *block)
{
    if (block->room == ARENA_SMALLEST_BLOCK)
        spares_give(&spares, block);
    else
        mem_free(block);
}

static struct arena_block *block_of(size_t room)
{
    struct arena_block *block =
        room == ARENA_SMALLEST_BLOCK ? spares_take(&spares) : mem_alloc(sizeof(*block) + room);

    if (block == NULL)
        return NULL;
    block->room = (uint32_t)room;
    block->is_lent = false;
    return block;
}

void arena_clear(struct arena *a)
{
    struct arena_block *next;

    for (struct arena_block *block = a->blocks; block != NULL; block = next) {
        next = block->next;
        if (!block->is_lent)
            drop(block);
    }
    *a = (struct arena){ 0 };
}

void arena_trim(void)
{
    spares_clear(&spares);
}

/* Asks for its head and the first `size` octets of its data. */
static void fetch_block(const struct arena_block *block, size_t size)
{
    mem_fetch_across(block, sizeof(*block) + size);
}

void arena_fetch(const struct arena *a)
{
    size_t size = a->used;

    for (const struct arena_block *block = a->blocks; block != NULL; block = block->next) {
        fetch_block(block, size);
        /* Of an older block hardly anything is left. */
        size = block->next == NULL ? 0 : block->next->room;
    }
}

bool arena_fetch_block(const struct arena *a, unsigned newer)
{
    const struct arena_block *block = a->blocks;

    for (unsigned i = 0; i < newer && block != NULL; i++)
        block = block->next;
    if (block != NULL)
        fetch_block(block, ARENA_SMALLEST_BLOCK);
    return block != NULL;
}

enum status arena_grow(struct arena *a, size_t size)
{
    size_t room = a->total / 16;
    struct arena_block *block;

    if (size > UINT32_MAX)
        return STATUS_NO_MEMORY;
    if (room < ARENA_SMALLEST_BLOCK)
        room = ARENA_SMALLEST_BLOCK;
    if (room > ARENA_LARGEST_BLOCK)
        room = ARENA_LARGEST_BLOCK;
    if (room < size)
        room = size;
    block = block_of(room);
    if (block == NULL)
        return STATUS_NO_MEMORY;
    block->next = a->blocks;
    a->blocks = block;
    a->used = 0;
    a->end = (uint32_t)room;
    a->total += room;
    return STATUS_OK;
}

struct slice arena_copy(struct arena *a, struct slice s, enum status *status)
{
    uint8_t *copy;

    if (s.len == 0)
        return slice_of(NULL, 0);
    if (s.len > a->end - a->used && arena_grow(a, s.len) != STATUS_OK) {
        *status = STATUS_NO_MEMORY;
        return slice_of(NULL, 0);
    }
    a->end -= (uint32_t)s.len;
    copy = a->blocks->data + a->end;
    mem_copy(copy, s.data, s.len);
    return slice_of(copy, s.len);
}
