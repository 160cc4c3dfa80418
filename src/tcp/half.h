/* One direction of a connection put in order: 64-bit offsets, segments held until what comes before
 * them is there, holes given up on demand. After ngtcp2's reorder buffer. */
#ifndef SMTPSCOPE_TCP_HALF_H
#define SMTPSCOPE_TCP_HALF_H

#include "base/status.h"
#include "tcp/connection.h"

/* A segment that cannot be delivered yet: octets before it are missing, or octets of the other
 * direction that it acknowledges. */
struct held_segment {
    uint64_t offset;
    uint64_t needs; /* offset of the other direction that must have been delivered before */
    uint32_t len;
    struct place place;
    uint8_t *octets;
};

struct half {
    uint64_t next;  /* every octet before it was delivered or given up */
    uint64_t acked; /* the other side has acknowledged every octet before it */
    uint64_t end;   /* one past the last octet seen */
    uint64_t fin;   /* offset of the FIN; UINT64_MAX: none seen */
    uint32_t base;  /* sequence number of offset 0 */
    bool has_base;
    bool is_seen; /* payload was captured */
    bool is_zero_window;
    bool fin_told;
    struct place acked_place;  /* of the segment that acknowledged `acked` */
    struct held_segment *held; /* sorted by offset; they do not overlap */
    uint32_t held_count;
    uint32_t held_room;
    uint64_t held_octets;
    struct tcp_direction counts;
};

/* What became of a segment that was offered. */
enum half_take {
    HALF_NOW,     /* deliver it from the packet: *fresh is what is new of it, at `next` */
    HALF_HELD,    /* a copy is kept */
    HALF_NOTHING, /* nothing of it was new */
    HALF_FULL,    /* it does not fit under the caps: give up a hole, then offer it again */
};

struct half half_of(void);

/* Gives the held segments back; `*held_in_all` is lessened by their octets. */
void half_clear(struct half *half, uint64_t *held_in_all);

/* The offset of a sequence number, by the sign of its distance from `next` (RFC 9293 3.4). Negative
 * offsets, before the beginning, come out as values over INT64_MAX. */
uint64_t half_offset(const struct half *half, uint32_t sequence);

/* Offers octets at `offset`. They are held unless `is_in_time` (nothing of the other direction is
 * missing before them) and they begin at or before `next`. `*held_in_all` counts all connections'
 * held octets. STATUS_NO_MEMORY in `*status` where a copy could not be made. */
enum half_take half_offer(struct half *half, uint64_t offset, struct slice octets, uint64_t needs,
                          const struct place *place, bool is_in_time, uint64_t *held_in_all,
                          struct slice *fresh, enum status *status);

/* The first held segment; NULL where none is. */
const struct held_segment *half_first(const struct half *half);

/* Takes the first held segment out; there must be one. The caller frees its octets. */
struct held_segment half_pop(struct half *half, uint64_t *held_in_all);

/* Octets that are missing before the first held segment, or that the peer has acknowledged; 0 where
 * no hole is known. */
uint64_t half_hole(const struct half *half);

#endif
