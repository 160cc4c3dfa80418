/* One direction of a connection: where it stands in 64-bit offsets, what of it is held, what the
 * peer has acknowledged, and since when. After ngtcp2's reorder buffer. */
#ifndef SMTPSCOPE_TCP_HALF_H
#define SMTPSCOPE_TCP_HALF_H

#include <stdalign.h>

#include "base/mem.h"
#include "tcp/connection.h"
#include "tcp/hold.h"
#include "tcp/stuck.h"
#include "tcp/trail.h"

/* RFC 7323 2.3: no window is larger, so nothing that lies further away belongs to it. */
#define HALF_WINDOW_MAX ((int64_t)1 << 30)

enum { HALF_MARKS = 8 };

/* At `at` of the tracker's clock the peer had acknowledged all octets before `offset`. */
struct half_mark {
    uint64_t offset;
    int64_t at;
};

/* Only directions that something was missing from have one. */
struct backlog {
    struct hold hold;
    struct half_mark marks[HALF_MARKS]; /* oldest first; a hole becomes a gap when they have aged */
    uint8_t mark_count;
    uint64_t confirmed; /* acknowledged for LIMIT_HOLE_WAIT */
};

/* Nothing waits, and no hole is known. */
static inline bool backlog_is_empty(const struct backlog *backlog)
{
    return backlog->hold.count == 0 && backlog->mark_count == 0;
}

/* The first line of the cache is what every packet of either direction needs, the second what octets
 * of its own need; the others are for what comes once or goes wrong. */
struct half {
    alignas(MEM_LINE) uint64_t next; /* every octet before it was delivered or given up */
    uint64_t acked;                  /* the peer has acknowledged every octet before it */
    uint64_t end;                    /* one past the last octet seen */
    uint64_t edge;                   /* the peer has offered a window up to it; 0: not known */
    struct backlog *backlog;         /* NULL: nothing was ever held or missing */
    uint32_t base;                   /* sequence number of offset 0 */
    uint32_t recent;                 /* RFC 7323's TS.Recent, where has_recent */
    uint32_t data_segments;
    bool has_base : 1;
    bool has_fin : 1;
    bool is_fin_told : 1;
    bool is_fin_doubtful : 1; /* neither acknowledged nor next in order: anybody may have made it */
    bool is_absent : 1;       /* given up once and never seen: nobody waits for it */
    bool is_on_trial : 1;     /* the octets of its SYN wait to be acknowledged */
    bool may_have_fin : 1;    /* the number past `next` was acknowledged: a FIN not captured */
    bool has_recent : 1;
    bool is_watched : 1; /* an acknowledgement of more tells `stuck` something */
    int64_t pause_ns;    /* of tcp_pause, as pause_end */

    alignas(MEM_LINE) struct stuck stuck;
    struct trail trail;

    alignas(MEM_LINE) uint64_t fin_offset; /* this and the three below count where has_fin */
    uint64_t fin_needs;
    uint64_t fin_order;
    struct place fin_place;
    uint64_t reset_acked; /* the same as `acked`, by the peer's RST; nobody need honour that */
    uint64_t lost_bytes;

    alignas(MEM_LINE) struct tcp_too_big *too_big; /* NULL: there was none */
    struct tcp_conflict *conflict;                 /* the first; NULL: there was none */
    struct stamp zero_since;                       /* counts while its window is zero */
    int64_t zero_ns;
    uint32_t retransmissions;
    uint32_t out_of_order;
    uint32_t gaps;
    uint32_t conflicts;
    uint32_t ignored; /* segments that the peer would not take */
    uint32_t urgent;  /* segments that point to an urgent octet of theirs */
    struct place pause_end;
};

/* What comes next of a direction: a held piece, or its FIN. */
struct half_front {
    bool is_there;
    bool is_fin;
    uint64_t offset;
    uint64_t needs;
    uint64_t order;
    const struct place *place;
};

/* Frees what is held and remembered; `*held_in_all` is lessened by its cost, `spares` may keep
 * what the trail stood in. */
void half_clear(struct half *half, uint64_t *held_in_all, struct trail_spares *spares);

_Static_assert(offsetof(struct half, stuck) == MEM_LINE &&
                   offsetof(struct half, fin_offset) == 2 * (size_t)MEM_LINE,
               "lines as told");

/* The distance of a sequence number from `next`, by its sign (RFC 9293 3.4: the space wraps). */
static inline int64_t half_distance(const struct half *half, uint32_t sequence)
{
    return (int32_t)(sequence - (half->base + (uint32_t)half->next));
}

/* What a segment of the peer acknowledges of it: every octet before `*offset`. False where it tells
 * nothing. RFC 5961 5: nobody acknowledges what no window let be sent, nor what came before it all. */
static inline bool half_is_acknowledged(const struct half *half, const struct segment *segment,
                                        uint64_t *offset)
{
    int64_t ahead = half_distance(half, segment->acknowledgement);

    *offset = half->next + (uint64_t)ahead;
    return (segment->flags & TCP_ACK) != 0 && half->has_base && ahead <= HALF_WINDOW_MAX &&
           (ahead >= 0 || (uint64_t)-ahead <= half->next);
}

/* Octets of it that were seen, repeated ones not counted: those delivered, and those held. */
static inline uint64_t half_octets(const struct half *half)
{
    return half->next - half->lost_bytes + (half->backlog == NULL ? 0 : half->backlog->hold.octets);
}

/* How far acknowledgements of it are covered: a FIN takes a number too (RFC 9293 3.4). */
static inline uint64_t half_reach(const struct half *half)
{
    return half->next + (half->is_fin_told || half->may_have_fin ? 1 : 0);
}

/* Asked for at every segment of a connection that was ever missing one. */
static inline struct half_front half_front(const struct half *half)
{
    const struct piece *piece = half->backlog == NULL ? NULL : hold_first(&half->backlog->hold);

    /* Nothing comes after a FIN. */
    if (piece != NULL &&
        !(half->has_fin && !half->is_fin_told && piece->offset >= half->fin_offset))
        return (struct half_front){
            .is_there = true,
            .offset = piece->offset,
            .needs = piece->needs,
            .order = piece->order,
            .place = &piece->place,
        };
    return (struct half_front){
        .is_there = half->has_fin && !half->is_fin_told,
        .is_fin = true,
        .offset = half->fin_offset,
        .needs = half->fin_needs,
        .order = half->fin_order,
        .place = &half->fin_place,
    };
}

/* Nothing of it is held, and nothing that the peer has acknowledged is missing. */
static inline bool half_is_even(const struct half *half)
{
    return half->acked <= half_reach(half) && !half_front(half).is_there;
}

/* The front no longer waits for the other direction. */
void half_release_front(struct half *half);

/* Holds a copy; `*held_in_all` grows by its cost. */
MUST_USE enum status half_hold(struct half *half, const struct held_segment *segment,
                               uint64_t *held_in_all, struct hold_result *result);

/* Drops what is held from `offset` on, as if it had never come. */
void half_drop_from(struct half *half, uint64_t offset, uint64_t *held_in_all);

/* Drops what is held outside the window that the peer offered: nobody took it. */
static inline void half_drop_outside(struct half *half, uint64_t *held_in_all)
{
    if (half->edge > 0)
        half_drop_from(half, half->edge > half->next ? half->edge : half->next, held_in_all);
}

/* Counts a conflict, and keeps the first. */
MUST_USE enum status half_note_conflict(struct half *half, const struct tcp_conflict *conflict);

/* Takes the front piece out. mem_free gives it back. */
struct piece *half_pop(struct half *half, uint64_t *held_in_all);

/* Forgets what is held; its octets were not seen. */
void half_drop(struct half *half, uint64_t *held_in_all);

/* Remembers that `acked` goes past what was delivered, at `now` of the tracker's clock. */
MUST_USE enum status half_mark(struct half *half, int64_t now);

/* Octets before it have been acknowledged for LIMIT_HOLE_WAIT. */
uint64_t half_confirmed(struct half *half, int64_t now);

/* When half_confirmed will next grow past `next`; INT64_MAX: no hole is known. */
int64_t half_deadline(struct half *half);

#endif
