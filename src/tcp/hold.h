/* Octets that cannot be delivered yet: copies of segments, sorted by offset, each octet once. */
#ifndef SMTPSCOPE_TCP_HOLD_H
#define SMTPSCOPE_TCP_HOLD_H

#include "base/slice.h"
#include "base/status.h"
#include "tcp/connection.h"

/* (A part of) one segment. */
struct piece {
    uint64_t offset;
    uint64_t needs; /* octets of the other direction that it acknowledges */
    uint64_t order; /* of its packet in the capture */
    struct place place;
    uint32_t len;
    uint8_t octets[];
};

struct hold {
    struct piece **list; /* the pieces are list[first] to list[first + count - 1] */
    uint32_t first;
    uint32_t count;
    uint32_t room;
    uint64_t octets; /* of all pieces */
};

/* What of a segment is offered. */
struct held_segment {
    uint64_t offset;
    struct slice octets;
    uint64_t needs;
    uint64_t order;
    struct place place;
};

/* What became of it. */
struct hold_result {
    uint64_t fresh;               /* octets that were not held before */
    bool is_conflict;             /* octets that were held differ: the first copy stands */
    struct tcp_conflict conflict; /* where is_conflict: the first of them */
};

/* What the heap spends on a piece beside its octets, for the account of all that is held. */
#define PIECE_COST (sizeof(struct piece) + 16)

void hold_clear(struct hold *hold);
MUST_USE enum status hold_push(struct hold *hold, const struct held_segment *segment,
                               struct hold_result *result);

/* The piece with the lowest offset; NULL where nothing is held. */
static inline struct piece *hold_first(const struct hold *hold)
{
    return hold->count == 0 ? NULL : hold->list[hold->first];
}

/* One past the last octet; 0 where nothing is held. */
uint64_t hold_end(const struct hold *hold);

/* Frees every octet from `offset` on. */
void hold_drop_from(struct hold *hold, uint64_t offset);

/* Takes the first piece out; there must be one. mem_free gives it back. */
struct piece *hold_pop(struct hold *hold);

#endif
