/* What one segment says to a connection's flow: what the peer has received, octets, a FIN. */
#include "base/limits.h"
#include "base/mem.h"
#include "tcp/delivery.h"
#include "tcp/ending.h"
#include "tcp/window.h"

/* The peer of `direction` has acknowledged more of it than before. */
static void note_acknowledged(struct connection *c, unsigned direction, struct stamp at)
{
    struct half *half = &c->flow->half[direction];

    if (half->is_watched) {
        stuck_acknowledge(&half->stuck, half->acked, at);
        half->is_watched = stuck_is_waiting(&half->stuck);
    }
    if (direction == c->client && c->flow->sent.waiting > 0)
        sent_acknowledge(&c->flow->sent, half->acked, at);
}

/* Octets of `direction` that came before came again, from `from` on. */
static void note_repeated(struct tracker *t, struct connection *c, unsigned direction,
                          uint64_t from, const struct packet *packet)
{
    struct half *half = &c->flow->half[direction];
    uint32_t length = packet->segment.payload_length;

    half->retransmissions++;
    if (direction == c->client)
        sent_repeat(&c->flow->sent, from, from + length);
    stuck_shrink(&half->stuck, length, from);
    /* What waits for a window is no news of the path. */
    if (from != half->acked || c->sides[1 - direction].window == 0)
        return;
    half->is_watched = true;
    if (stuck_repeat(&half->stuck, length, &packet->place, c->sides[1 - direction].packets) !=
        STATUS_OK)
        t->status = STATUS_NO_MEMORY;
}

/* New octets of `direction`, up to `end`. */
static void note_new(struct tracker *t, struct connection *c, unsigned direction, uint64_t end,
                     const struct packet *packet)
{
    struct half *half = &c->flow->half[direction];

    if (stuck_take(&half->stuck, packet->segment.payload_length, end))
        half->is_watched = true;
    if (t->silence > half->pause_ns) {
        half->pause_ns = t->silence;
        half->pause_end = packet->place;
    }
    /* Where its acknowledgement was captured before it, nothing is known of its way. */
    if (direction == c->client && end > half->acked)
        sent_push(&c->flow->sent, end, &packet->place);
}

/* The peer of `direction` has acknowledged its FIN: that is honoured, though octets before it may
 * not have been captured. */
static void note_fin_acknowledged(struct connection *c, unsigned direction)
{
    const struct half *half = &c->flow->half[direction];

    c->sides[direction].flags |= END_FIN_ACKED;
    if (!half->is_fin_told)
        ending_note_closer(c, direction, &half->fin_place);
}

/* The peer of `direction` has acknowledged octets after its FIN: nobody honoured that. */
static void forget_fin(struct connection *c, unsigned direction)
{
    struct half *half = &c->flow->half[direction];

    half->has_fin = false;
    c->sides[direction].flags &= (uint8_t)~END_FIN_ACKED;
    ending_take_back(c, &half->fin_place);
}

/* What the segment acknowledges of the other direction, as an offset; 0 where it tells nothing. */
static uint64_t take_acknowledgement(struct tracker *t, struct connection *c, unsigned direction,
                                     const struct packet *packet)
{
    const struct segment *segment = &packet->segment;
    struct half *other = &c->flow->half[1 - direction];
    uint64_t acked;

    if (!half_is_acknowledged(other, segment, &acked))
        return 0;
    window_open(c, direction, acked, segment->window);
    if (other->has_fin && acked > other->fin_offset) {
        /* The number after its last octet is the FIN's. */
        if (acked > other->fin_offset + 1 && !other->is_fin_told) {
            forget_fin(c, 1 - direction);
        } else {
            note_fin_acknowledged(c, 1 - direction);
            acked = other->fin_offset;
        }
    }
    if (acked > other->acked) {
        other->acked = acked;
        note_acknowledged(c, 1 - direction, packet->place.at);
        if (acked > half_reach(other) && half_mark(other, t->now) != STATUS_OK)
            t->status = STATUS_NO_MEMORY;
    }
    if (segment->sacked > 0 && acked == other->acked) {
        other->is_watched = true;
        if (stuck_sack(&other->stuck, segment->sacked) != STATUS_OK)
            t->status = STATUS_NO_MEMORY;
    }
    return acked;
}

/* No more octets may be held of it; it has a backlog. */
static bool is_full(const struct tracker *t, const struct half *half, size_t len)
{
    const struct hold *hold = &half->backlog->hold;

    return hold->count >= LIMIT_HELD_SEGMENTS || hold->octets + len > LIMIT_HELD_A_DIRECTION ||
           t->held_in_all + len + PIECE_COST > LIMIT_HELD_IN_ALL;
}

/* Makes room for one more piece under the limits, by giving up what has waited longest. */
static void make_room(struct tracker *t, struct connection *c, unsigned direction, size_t len)
{
    struct half *half = &c->flow->half[direction];
    struct half *other = &c->flow->half[1 - direction];

    if (half->backlog != NULL && is_full(t, half, len))
        half_drop_outside(half, &t->held_in_all);
    while (half->backlog != NULL && half->backlog->hold.count > 0 && !state_is_mute(t, c)) {
        struct half_front front = half_front(half);

        if (!is_full(t, half, len))
            return;
        state_set(c, CONNECTION_LIMIT);
        if (front.offset > half->next) {
            delivery_tell_gap(t, c, direction, front.offset, front.place);
        } else {
            struct half_front blocked = half_front(other);
            uint64_t until = front.needs;

            if (blocked.is_there && blocked.offset < until)
                until = blocked.offset;
            if (until > half_reach(other))
                delivery_tell_gap(t, c, 1 - direction, until, front.place);
            else
                half_release_front(half);
        }
        delivery_pump(t, c);
    }
}

/* First the gap in the other direction that it tells of. */
static void deliver_now(struct tracker *t, struct connection *c, unsigned direction,
                        const struct held_segment *fresh)
{
    if (fresh->needs > half_reach(&c->flow->half[1 - direction]))
        delivery_tell_gap(t, c, 1 - direction, fresh->needs, &fresh->place);
    delivery_tell_octets(t, c, direction, fresh->octets, &fresh->place);
}

/* All connections together hold what they may: the hole before this segment is given up at once. */
static void deliver_past_hole(struct tracker *t, struct connection *c, unsigned direction,
                              struct held_segment *fresh)
{
    struct half *half = &c->flow->half[direction];

    state_set(c, CONNECTION_LIMIT);
    if (fresh->offset > half->next)
        delivery_tell_gap(t, c, direction, fresh->offset, &fresh->place);
    fresh->needs = 0;
    deliver_now(t, c, direction, fresh);
}

/* Holds it; true where every octet of it was held before. */
static bool keep(struct tracker *t, struct connection *c, unsigned direction,
                 struct held_segment *fresh)
{
    struct half *half = &c->flow->half[direction];
    struct hold_result result = { 0 };
    bool is_late = fresh->offset < half->end;

    make_room(t, c, direction, fresh->octets.len);
    if (state_is_mute(t, c))
        return false;
    /* Making room may have gone past the beginning of it. */
    if (fresh->offset < half->next) {
        uint64_t gone = half->next - fresh->offset;

        fresh->octets = slice_from(fresh->octets, gone < SIZE_MAX ? (size_t)gone : SIZE_MAX);
        fresh->offset = half->next;
    }
    if (fresh->octets.len == 0)
        return false;
    if (t->held_in_all + fresh->octets.len + PIECE_COST > LIMIT_HELD_IN_ALL) {
        deliver_past_hole(t, c, direction, fresh);
        return false;
    }
    t->status = half_hold(half, fresh, &t->held_in_all, &result);
    half->out_of_order += result.fresh > 0 && is_late;
    if (result.is_conflict && half_note_conflict(half, &result.conflict) != STATUS_OK)
        t->status = STATUS_NO_MEMORY;
    return result.fresh == 0 && t->status == STATUS_OK;
}

/* RFC 9293 3.8.4: a keep-alive repeats the last octet, which was acknowledged; 3.8.6.1: a probe of
 * a zero window repeats the next one, and gets no further. */
static bool is_probe(const struct half *half, const struct side_state *peer, int64_t ahead,
                     uint32_t length)
{
    if (length != 1 || ahead != -1 || half->end > half->next)
        return false;
    return half->acked >= half->next || peer->window == 0;
}

/* Nothing is missing before it: it is delivered from the packet itself. */
static bool is_in_turn(const struct half *half, const struct half *other,
                       const struct held_segment *fresh)
{
    struct half_front front = half_front(half);

    return fresh->offset == half->next && !half->is_on_trial &&
           (fresh->needs <= half_reach(other) || other->is_absent) &&
           (!front.is_there || front.offset >= fresh->offset + fresh->octets.len);
}

/* Octets that were delivered came again: do they say the same? */
static void compare(struct tracker *t, struct half *half, uint64_t begin,
                    const struct packet *packet)
{
    struct tcp_conflict conflict = { .place = packet->place };

    if (trail_differs(&half->trail, begin, packet->segment.payload, &conflict) &&
        half_note_conflict(half, &conflict) != STATUS_OK)
        t->status = STATUS_NO_MEMORY;
}

static void take_payload(struct tracker *t, struct connection *c, unsigned direction,
                         const struct packet *packet, uint64_t needs)
{
    const struct segment *segment = &packet->segment;
    struct half *half = &c->flow->half[direction];
    /* The SYN of a Fast Open takes the number before its data (RFC 7413 2). */
    uint32_t sequence = segment->sequence + ((segment->flags & TCP_SYN) != 0 ? 1 : 0);
    int64_t ahead = half_distance(half, sequence);
    int64_t sent_ahead = ahead + segment->payload_length;
    uint64_t begin = half->next + (uint64_t)ahead;
    uint64_t end = half->next + (uint64_t)sent_ahead;
    struct held_segment fresh = { .needs = needs, .order = t->packets, .place = packet->place };

    if (ahead > HALF_WINDOW_MAX ||
        is_probe(half, &c->sides[1 - direction], ahead, segment->payload_length))
        return;
    half->data_segments++;
    half->is_absent = false;
    half->urgent += (segment->flags & TCP_URG) != 0;
    if (segment->flags == TCP_SYN && c->sides[1 - direction].packets == 0)
        half->is_on_trial = true;
    if (ahead < 0)
        compare(t, half, begin, packet);
    if (sent_ahead <= 0 || half->is_fin_told) {
        note_repeated(t, c, direction, begin, packet);
        return;
    }
    fresh.octets = slice_from(segment->payload, ahead < 0 ? (size_t)-ahead : 0);
    fresh.offset = half->next + (ahead > 0 ? (uint64_t)ahead : 0);
    /* A segment snapped before its first new octet tells only how far the octets go. */
    if (fresh.octets.len > 0 && is_in_turn(half, &c->flow->half[1 - direction], &fresh)) {
        half->out_of_order += fresh.offset < half->end;
        note_new(t, c, direction, end, packet);
        deliver_now(t, c, direction, &fresh);
    } else if (fresh.octets.len > 0 && keep(t, c, direction, &fresh)) {
        note_repeated(t, c, direction, begin, packet);
    } else {
        note_new(t, c, direction, end, packet);
    }
    if (half->end < end)
        half->end = end;
}

/* RFC 9293 3.10.7.4: the FIN stands after the segment's octets. */
static void take_fin(struct tracker *t, struct connection *c, unsigned direction,
                     const struct packet *packet, uint64_t needs, uint64_t offset)
{
    struct half *half = &c->flow->half[direction];

    /* Of two that wait the nearer is reached. */
    if (half->has_fin && (half->is_fin_told || offset >= half->fin_offset))
        return;
    half->has_fin = true;
    half->fin_offset = offset;
    half->fin_needs = needs;
    half->fin_order = t->packets;
    half->fin_place = packet->place;
    half->may_have_fin = false;
    if (half->acked <= offset)
        return;
    note_fin_acknowledged(c, direction);
    half->acked = offset;
}

/* RFC 7413 3.1: a server may leave the octets of a SYN alone, and a client then sends them again,
 * or others. `taken` of them were acknowledged, or are taken for it by the client. */
static void end_trial(struct tracker *t, struct half *half, uint64_t taken)
{
    half->is_on_trial = false;
    half_drop_from(half, taken, &t->held_in_all);
}

void delivery_take(struct tracker *t, struct connection *c, unsigned direction,
                   const struct packet *packet)
{
    const struct segment *segment = &packet->segment;
    struct half *half = &c->flow->half[direction];
    struct half *other = &c->flow->half[1 - direction];
    uint64_t needs;
    int64_t ahead = half_distance(half, segment->sequence) + segment->payload_length +
                    ((segment->flags & TCP_SYN) != 0 ? 1 : 0);
    /* A gap up to what was acknowledged may have taken the FIN's number for an octet's. */
    uint64_t fin_offset = half->next + (ahead < 0 ? 0 : (uint64_t)ahead);

    if ((segment->flags & TCP_SYN) == 0 && window_refuses(c, direction, segment)) {
        half->ignored++;
        return;
    }
    needs = take_acknowledgement(t, c, direction, packet);
    window_follow(c, direction, segment);
    if (half->is_on_trial && (segment->flags & TCP_SYN) == 0)
        end_trial(t, half,
                  ahead < segment->payload_length ? 0 : (uint64_t)ahead - segment->payload_length);
    if (other->is_on_trial && (segment->flags & TCP_ACK) != 0)
        end_trial(t, other, needs);
    if (segment->payload_length > 0)
        take_payload(t, c, direction, packet, needs);
    if ((segment->flags & TCP_FIN) != 0 && ahead >= -1 && ahead <= HALF_WINDOW_MAX)
        take_fin(t, c, direction, packet, needs, fin_offset);
    if (!half_is_even(half) || !half_is_even(other))
        delivery_give_up(t, c, GIVE_UP_AGED);
}

/* Nothing of it is missing or held, and no end of it is in sight. */
static inline bool is_plain(const struct half *half)
{
    return half->has_base && !half->has_fin && !half->may_have_fin && !half->is_absent &&
           !half->is_on_trial && half->acked <= half->next && half->end <= half->next &&
           (half->backlog == NULL || backlog_is_empty(half->backlog));
}

/* What window.c asks of a segment that is next in order and acknowledges what was sent. */
static inline bool is_welcome(const struct half *half, const struct half *other, uint64_t acked,
                              const struct segment *segment)
{
    return (other->edge == 0 || acked <= other->edge) &&
           (!half->has_recent || !segment->has_timestamp ||
            (int32_t)(segment->timestamp - half->recent) >= 0);
}

static void take_next_octets(struct tracker *t, struct connection *c, unsigned direction,
                             const struct packet *packet)
{
    struct half *half = &c->flow->half[direction];
    uint64_t end = half->next + packet->segment.payload_length;

    half->data_segments++;
    note_new(t, c, direction, end, packet);
    half->end = end;
    delivery_tell_octets(t, c, direction, packet->segment.payload, &packet->place);
}

bool delivery_take_expected(struct tracker *t, struct connection *c, unsigned direction,
                            const struct packet *packet)
{
    const struct segment *segment = &packet->segment;
    struct half *half = &c->flow->half[direction];
    struct half *other = &c->flow->half[1 - direction];
    uint64_t acked = other->next + (uint64_t)half_distance(other, segment->acknowledgement);

    if ((segment->flags & ~(unsigned)TCP_PSH) != TCP_ACK || segment->sacked > 0 ||
        half_distance(half, segment->sequence) != 0 || !is_plain(half) || !is_plain(other) ||
        acked < other->acked || acked > other->next || !is_welcome(half, other, acked, segment) ||
        segment->payload_length != segment->payload.len)
        return false;
    window_open(c, direction, acked, segment->window);
    if (acked > other->acked) {
        other->acked = acked;
        note_acknowledged(c, 1 - direction, packet->place.at);
    }
    window_follow(c, direction, segment);
    if (segment->payload_length > 0)
        take_next_octets(t, c, direction, packet);
    return true;
}
