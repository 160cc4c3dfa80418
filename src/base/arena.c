/* A bump allocator: small blocks at first, a quarter of what there is later, up to a page or four;
 * large objects on their own. */
#include "base/arena.h"

#include "base/mem.h"

/* What is kept for the next must not be read meanwhile: the sanitizer is told. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

enum {
    ARENA_SMALLEST_BLOCK = 480,
    ARENA_LARGEST_BLOCK = 16384,
    ARENA_SPARE_BLOCKS = 128, /* of the smallest, 64 KiB: as many as a few dozen sessions have */
};

/* Blocks of the smallest size that nobody has. One thread (CONTRIBUTING.md). */
static struct arena_block *spare;
static unsigned spare_count;

static void drop(struct arena_block *block)
{
    if (block->room != ARENA_SMALLEST_BLOCK || spare_count == ARENA_SPARE_BLOCKS) {
        mem_free(block);
        return;
    }
    block->next = spare;
    spare = block;
    spare_count++;
    ASAN_POISON_MEMORY_REGION(block->data, ARENA_SMALLEST_BLOCK);
}

static struct arena_block *block_of(size_t room)
{
    struct arena_block *block = spare;

    if (room != ARENA_SMALLEST_BLOCK || block == NULL) {
        block = mem_alloc(sizeof(*block) + room);
        if (block != NULL)
            block->room = room;
        return block;
    }
    spare = block->next;
    spare_count--;
    ASAN_UNPOISON_MEMORY_REGION(block->data, ARENA_SMALLEST_BLOCK);
    return block;
}

void arena_clear(struct arena *a)
{
    struct arena_block *next;

    for (struct arena_block *block = a->blocks; block != NULL; block = next) {
        next = block->next;
        if (block->room != 0)
            drop(block);
    }
    *a = (struct arena){ 0 };
}

void arena_fetch(const struct arena *a)
{
    for (const struct arena_block *block = a->blocks; block != NULL; block = block->next) {
        for (size_t at = 0; at < block->room; at += MEM_LINE)
            __builtin_prefetch(block->data + at);
    }
}

void arena_trim(void)
{
    while (spare != NULL) {
        struct arena_block *next = spare->next;

        mem_free(spare);
        spare = next;
    }
    spare_count = 0;
}

enum status arena_grow(struct arena *a, size_t size)
{
    size_t room = a->total / 4;
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
