/* Blocks of connections, in each a chain of free ones, a chain of blocks that have some, and doubly
 * linked lists by number. */
#include "tcp/pool.h"

#include "base/mem.h"

enum { FIRST_BLOCKS = 64, BLOCK = 1 << POOL_BLOCK_BITS };

/* A block more, without memory yet, that has room. */
static bool add_block(struct pool *pool)
{
    if (pool->block_count == pool->block_room) {
        uint32_t room = pool->block_room == 0 ? FIRST_BLOCKS : pool->block_room * 2;
        struct pool_block *blocks = mem_realloc(pool->blocks, room * sizeof(*blocks));

        if (blocks == NULL)
            return false;
        pool->blocks = blocks;
        pool->block_room = room;
    }
    pool->blocks[pool->block_count++] = (struct pool_block){ .roomy = pool->roomy };
    pool->roomy = pool->block_count;
    return true;
}

size_t pool_growth(const struct pool *pool)
{
    bool has_room = pool->roomy != 0 && pool->blocks[pool->roomy - 1].list != NULL;

    return has_room ? 0 : BLOCK * sizeof(struct connection);
}

static bool need_memory(struct pool *pool, struct pool_block *block)
{
    if (block->list != NULL)
        return true;
    block->list = mem_alloc(BLOCK * sizeof(*block->list));
    if (block->list == NULL)
        return false;
    /* Number 0 is nobody's: it ends lists and marks free slots. */
    block->taken = block->used = block == pool->blocks ? 1 : 0;
    block->spare = 0;
    pool->roomy_count++;
    return true;
}

struct connection *pool_take(struct pool *pool)
{
    struct pool_block *block;
    struct connection *c;
    uint32_t number;

    if (pool->roomy == 0 && !add_block(pool))
        return NULL;
    number = pool->roomy - 1;
    block = &pool->blocks[number];
    if (!need_memory(pool, block))
        return NULL;
    number = (number << POOL_BLOCK_BITS) + block->used;
    if (block->spare != 0) {
        number = block->spare;
        block->spare = pool_at(pool, number)->next;
    } else {
        block->used++;
    }
    if (++block->taken == BLOCK) {
        pool->roomy = block->roomy;
        pool->roomy_count--;
    }
    c = pool_at(pool, number);
    *c = (struct connection){ .number = number };
    return c;
}

void pool_give(struct pool *pool, struct connection *c)
{
    uint32_t place = c->number >> POOL_BLOCK_BITS;
    struct pool_block *block = &pool->blocks[place];

    if (block->taken == BLOCK) {
        block->roomy = pool->roomy;
        pool->roomy = place + 1;
        pool->roomy_count++;
    }
    c->next = block->spare;
    block->spare = c->number;
    block->taken--;
    if (block->taken > (place == 0 ? 1 : 0) || pool->roomy_count == 1)
        return;
    mem_free(block->list);
    block->list = NULL;
    pool->roomy_count--;
}

void pool_clear(struct pool *pool)
{
    for (uint32_t i = 0; i < pool->block_count; i++)
        mem_free(pool->blocks[i].list);
    mem_free(pool->blocks);
    *pool = (struct pool){ 0 };
}

void pool_append(struct pool *pool, struct connection_list *list, struct connection *c)
{
    c->previous = list->newest;
    c->next = 0;
    if (list->newest != 0)
        pool_at(pool, list->newest)->next = c->number;
    else
        list->oldest = c->number;
    list->newest = c->number;
}

void pool_unlink(struct pool *pool, struct connection_list *list, struct connection *c)
{
    if (c->previous != 0)
        pool_at(pool, c->previous)->next = c->next;
    else
        list->oldest = c->next;
    if (c->next != 0)
        pool_at(pool, c->next)->previous = c->previous;
    else
        list->newest = c->previous;
}

/* Takes the chain that begins with the lower ordinal's head. */
static uint32_t take_lower(struct pool *pool, uint32_t *a, uint32_t *b)
{
    uint32_t *lower = a;
    uint32_t number;

    if (*a == 0 || (*b != 0 && pool_at(pool, *b)->ordinal < pool_at(pool, *a)->ordinal))
        lower = b;
    number = *lower;
    *lower = pool_at(pool, number)->next;
    return number;
}

/* Cuts off the chain at `*from` those that stand in order already. */
static uint32_t cut_run(struct pool *pool, uint32_t *from)
{
    uint32_t head = *from;
    struct connection *last;

    if (head == 0)
        return 0;
    last = pool_at(pool, head);
    while (last->next != 0 && pool_at(pool, last->next)->ordinal >= last->ordinal)
        last = pool_at(pool, last->next);
    *from = last->next;
    last->next = 0;
    return head;
}

void pool_sort(struct pool *pool, struct connection_list *list)
{
    uint32_t merged;

    /* Merge sort of the runs that are there: who is silent longest mostly came first, and a flood is
     * one run. */
    do {
        uint32_t rest = list->oldest;

        *list = (struct connection_list){ 0 };
        for (merged = 0; rest != 0; merged++) {
            uint32_t a = cut_run(pool, &rest);
            uint32_t b = cut_run(pool, &rest);

            while (a != 0 || b != 0)
                pool_append(pool, list, pool_at(pool, take_lower(pool, &a, &b)));
        }
    } while (merged > 1);
}
