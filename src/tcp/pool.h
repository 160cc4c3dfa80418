/* Connections by number, and the lists that they are in. */
#ifndef SMTPSCOPE_TCP_POOL_H
#define SMTPSCOPE_TCP_POOL_H

#include "tcp/state.h"

enum { POOL_BLOCK_BITS = 8 };

static inline struct connection *pool_at(const struct pool *pool, uint32_t number)
{
    return &pool->blocks[number >> POOL_BLOCK_BITS].list[number & ((1 << POOL_BLOCK_BITS) - 1)];
}

/* A zeroed connection with its number; NULL: no memory. */
struct connection *pool_take(struct pool *pool);

/* Octets of memory that pool_take would ask for now. */
size_t pool_growth(const struct pool *pool);

/* The block is freed with its last connection, unless it is the only one with a free number. */
void pool_give(struct pool *pool, struct connection *c);
void pool_clear(struct pool *pool);

void pool_append(struct pool *pool, struct connection_list *list, struct connection *c);
void pool_unlink(struct pool *pool, struct connection_list *list, struct connection *c);

/* Orders the list by ordinal, without memory. */
void pool_sort(struct pool *pool, struct connection_list *list);

#endif
