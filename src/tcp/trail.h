/* The octets that were delivered last, so that another copy of them is known to differ. Octets held
 * out of order are compared in the hold; these are gone from there, and an attack's second copy
 * mostly comes after the first was delivered. */
#ifndef SMTPSCOPE_TCP_TRAIL_H
#define SMTPSCOPE_TCP_TRAIL_H

#include "base/slice.h"
#include "base/spares.h"
#include "base/status.h"
#include "tcp/connection.h"

/* Every octet of the newest TRAIL_ROOM, which is what two copies in a race are about; and of the
 * newest TRAIL_MARKS segments the first octets, so that a whole segment put in another's place
 * shows from further back. What differs elsewhere goes unseen: a hash of each segment would see
 * that, but a keyed one reads every octet of bulk data once more, finds nothing in segments cut
 * otherwise, and cannot say which octets differ. A direction costs 320 octets and its ring; what
 * is kept is wiped with the connection. */
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

struct trail {
    uint64_t start;  /* the ring holds the octets from here ... */
    uint64_t end;    /* ... to here */
    uint64_t origin; /* that of offset n is at (n - origin) modulo `room` */
    uint32_t room;   /* a power of two, up to TRAIL_ROOM */
    uint8_t mark_count;
    uint8_t mark_next;
    struct trail_mark marks[TRAIL_MARKS];
    uint8_t octets[]; /* the ring */
};

/* What trails with the largest ring wait in. */
struct spares trail_spares(void);

/* Octets from `offset` on were delivered. `*trail` is made with the first of them, of one with the
 * largest ring that lies in `spares` where there is one, and grows with those that follow; octets
 * after a gap begin it anew. */
MUST_USE enum status trail_add(struct trail **trail, uint64_t offset, struct slice octets,
                               const struct place *place, struct spares *spares);

/* True where a copy of octets from `offset` on (which may lie before 0, wrapped) differs from what
 * is known of them; `*conflict` is then where, all but its `place`. `trail` may be NULL. */
MUST_USE bool trail_differs(const struct trail *trail, uint64_t offset, struct slice copy,
                            struct tcp_conflict *conflict);

/* `trail` may be NULL. */
void trail_free(struct trail *trail, struct spares *spares);

#endif
