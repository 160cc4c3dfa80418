/* Numbers of connections found by a keyed hash of their endpoints: open addressing over eight
 * octets a slot, so that a search touches one line of the table and one connection. */
#ifndef SMTPSCOPE_TCP_FLOW_TABLE_H
#define SMTPSCOPE_TCP_FLOW_TABLE_H

#include "base/hash.h"
#include "net/endpoint.h"

struct flow_slot {
    uint32_t hash;
    uint32_t number; /* of the connection; 0: the slot is free */
};

struct flow_table {
    struct linear_key key; /* random and told to nobody, so that none can make endpoints collide */
    struct flow_slot *slots;
    uint32_t count;
    uint8_t bits; /* there are 1 << bits slots, at most three quarters of them taken */
};

/* Octets of slots a connection has, just after the table was doubled, rounded up. */
#define FLOW_TABLE_SHARE (sizeof(struct flow_slot) * 8 / 3 + 1)

MUST_USE enum status flow_table_init(struct flow_table *table);
void flow_table_clear(struct flow_table *table);

/* What a connection is looked for by, the same in both directions. */
struct flow_key {
    const struct endpoint *ends[2]; /* in order (endpoint_compare) */
    unsigned direction;             /* 0: the first of them is who sends */
    uint32_t hash;
};

/* Of an IPv4 address the last twelve octets are zero, and need not be counted. */
static inline uint32_t flow_table_hash(const struct linear_key *key, const struct endpoint *low,
                                       const struct endpoint *high)
{
    uint64_t sum = linear_term(key, 0, (uint32_t)low->port << 16 | high->port) +
                   linear_term(key, 1, address_word32(&low->address, 0)) +
                   linear_term(key, 2, address_word32(&high->address, 0));

    if (low->address.version != 4) {
#pragma GCC unroll 3
        for (size_t i = 1; i < 4; i++)
            sum += linear_term(key, 2 * i + 1, address_word32(&low->address, 4 * i)) +
                   linear_term(key, 2 * i + 2, address_word32(&high->address, 4 * i));
    }
    return linear_hash(key, sum);
}

/* The endpoints must outlive the key. Inline: made of every packet. */
static inline __attribute__((always_inline)) struct flow_key
flow_table_key(const struct flow_table *table, const struct endpoint *from,
               const struct endpoint *to)
{
    unsigned direction = endpoint_compare(from, to) <= 0 ? 0 : 1;
    const struct endpoint *low = direction == 0 ? from : to;
    const struct endpoint *high = direction == 0 ? to : from;

    return (struct flow_key){
        .ends = { low, high },
        .direction = direction,
        .hash = flow_table_hash(&table->key, low, high),
    };
}

static inline uint32_t flow_table_mask(const struct flow_table *table)
{
    return ((uint32_t)1 << table->bits) - 1;
}

/* The search for a hash: start with *at = flow_table_home(); each call gives the next number stored
 * under it, 0 when there are no more. */
static inline uint32_t flow_table_home(const struct flow_table *table, uint32_t hash)
{
    return hash >> (32 - table->bits);
}

static inline uint32_t flow_table_next(const struct flow_table *table, uint32_t hash, uint32_t *at)
{
    for (uint32_t i = *at;; i++) {
        const struct flow_slot *slot = &table->slots[i & flow_table_mask(table)];

        if (slot->number != 0 && slot->hash != hash)
            continue;
        *at = i + 1;
        return slot->number;
    }
}

/* Whether the table still has that number where the search for it, `at` behind it, once found it.
 * Inline: asked for every packet. */
static inline bool flow_table_has(const struct flow_table *table, uint32_t at, uint32_t hash,
                                  uint32_t number)
{
    const struct flow_slot *slot = &table->slots[(at - 1) & flow_table_mask(table)];

    return slot->hash == hash && slot->number == number;
}

/* Octets of memory that flow_table_add would ask for now. */
size_t flow_table_growth(const struct flow_table *table);

/* Doubles the table where it must, in one pass over it: some 10 ms at a million connections. */
MUST_USE enum status flow_table_add(struct flow_table *table, uint32_t hash, uint32_t number);
void flow_table_remove(struct flow_table *table, uint32_t hash, uint32_t number);

#endif
