/* The octets that were delivered last, so that another copy of them is known to differ. Octets held
 * out of order are compared in the hold; these are gone from there, and an attack's second copy
 * mostly comes after the first was delivered. */
#ifndef SMTPSCOPE_TCP_TRAIL_H
#define SMTPSCOPE_TCP_TRAIL_H

#include "base/mem.h"
#include "base/slice.h"
#include "base/spares.h"
#include "base/status.h"
#include "tcp/connection.h"

/* Every octet of the newest TRAIL_ROOM, which is what two copies in a race are about; and of the
 * newest TRAIL_MARKS segments the first octets, so that a whole segment put in another's place
 * shows from further back. What differs elsewhere goes unseen: a hash of each segment would see
 * that, but a keyed one reads every octet of bulk data once more, finds nothing in segments cut
 * otherwise, and cannot say which octets differ. */
enum {
    TRAIL_ROOM_FIRST = 128,
    TRAIL_ROOM = 512,
    TRAIL_MARKS = 12,
    TRAIL_HEAD = 7,
};

/* Where a segment's octets begin, and its first ones. */
struct trail_mark {
    uint64_t frame;
    uint32_t begin; /* the low bits of the offset: it lies less than 2^32 before trail.end */
    uint32_t capture;
    uint8_t head_length;
    uint8_t head[TRAIL_HEAD];
};

/* What a direction has once octets were delivered. */
struct trail_first {
    struct trail_mark marks[TRAIL_MARKS];
    uint8_t ring[TRAIL_ROOM_FIRST];
};

/* The octet of offset n is at n - origin, modulo the ring's room. Zeroed, it holds nothing. */
struct trail {
    uint64_t end; /* one past the last octet */
    struct trail_first *first;
    uint8_t *ring; /* TRAIL_ROOM octets; NULL: that of `first` is still large enough */
    uint16_t origin;
    uint16_t held; /* octets in the ring, up to `end` */
    uint8_t mark_count;
    uint8_t mark_next;
};

/* What the memory of trails waits in. */
struct trail_spares {
    struct spares firsts;
    struct spares rings;
};

struct trail_spares trail_spares(void);
void trail_spares_clear(struct trail_spares *spares);

/* Octets from `offset` on were delivered; octets after a gap begin it anew. */
MUST_USE enum status trail_add(struct trail *trail, uint64_t offset, struct slice octets,
                               const struct place *place, struct trail_spares *spares);

/* True where a copy of octets from `offset` on (which may lie before 0, wrapped) differs from what
 * is known of them; `*conflict` is then where, all but its `place`. */
MUST_USE bool trail_differs(const struct trail *trail, uint64_t offset, struct slice copy,
                            struct tcp_conflict *conflict);

/* Wipes it: it holds nothing then. */
void trail_clear(struct trail *trail, struct trail_spares *spares);

static inline size_t trail_room(const struct trail *trail)
{
    return trail->ring == NULL ? TRAIL_ROOM_FIRST : TRAIL_ROOM;
}

static inline uint8_t *trail_ring(const struct trail *trail)
{
    return trail->ring == NULL ? trail->first->ring : trail->ring;
}

/* Where in the ring the octet of that offset is, or goes. */
static inline size_t trail_index(const struct trail *trail, uint64_t offset)
{
    return (size_t)(offset - trail->origin) & (trail_room(trail) - 1);
}

/* Has what the next octets are written over fetched, when the trail itself is there. */
static inline void trail_fetch(const struct trail *trail)
{
    if (trail->first == NULL)
        return;
    mem_fetch_across(&trail->first->marks[trail->mark_next], sizeof(trail->first->marks[0]));
    mem_fetch_across(trail_ring(trail) + trail_index(trail, trail->end), MEM_LINE);
}

#endif
