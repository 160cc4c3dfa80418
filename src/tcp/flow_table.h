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
    struct siphash_key key; /* random: nobody can make endpoints collide */
    struct flow_slot *slots;
    uint32_t count;
    uint8_t bits; /* there are 1 << bits slots, at most three quarters of them taken */
};

/* Octets of slots a connection has, just after the table was doubled, rounded up. */
#define FLOW_TABLE_SHARE (sizeof(struct flow_slot) * 8 / 3 + 1)

MUST_USE enum status flow_table_init(struct flow_table *table);
void flow_table_clear(struct flow_table *table);

/* Puts them in order, and returns the direction from the one to the other: 0 where `from` comes
 * first. */
static inline unsigned flow_table_order(const struct endpoint *from, const struct endpoint *to,
                                        struct endpoint ends[2])
{
    unsigned direction = endpoint_compare(from, to) <= 0 ? 0 : 1;

    ends[direction] = *from;
    ends[1 - direction] = *to;
    return direction;
}

/* Of two endpoints in order (endpoint_compare), so that both directions hash alike. */
uint32_t flow_table_hash(const struct flow_table *table, const struct endpoint ends[2]);

/* The search for a hash: start with *at = flow_table_home(); each call gives the next number stored
 * under it, 0 when there are no more. */
uint32_t flow_table_home(const struct flow_table *table, uint32_t hash);
uint32_t flow_table_next(const struct flow_table *table, uint32_t hash, uint32_t *at);

/* Octets of memory that flow_table_add would ask for now. */
size_t flow_table_growth(const struct flow_table *table);

/* Doubles the table where it must, in one pass over it: some 10 ms at a million connections. */
MUST_USE enum status flow_table_add(struct flow_table *table, uint32_t hash, uint32_t number);
void flow_table_remove(struct flow_table *table, uint32_t hash, uint32_t number);

#endif
