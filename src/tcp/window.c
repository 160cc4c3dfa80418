/* The capture may have missed acknowledgements, so what lies ahead of the window is refused at once
 * only where it lies further ahead than is held anyway; delivery_flush drops the rest. */
#include "tcp/window.h"

#include "base/limits.h"

/* Where the segment ends, for the RFCs' tests, from the half's `next`: a FIN takes a number too. */
static int64_t end_of(const struct half *half, const struct segment *segment)
{
    return half_distance(half, segment->sequence) + segment->payload_length +
           ((segment->flags & TCP_FIN) != 0);
}

/* RFC 7323 5.3: older than what came before it, and with octets (or a FIN) that were neither seen
 * nor acknowledged. A first copy whose time became TS.Recent was sent after all that was acknowledged
 * by then: so no order in which the capture has first copies makes this true of one that was taken.
 * A late first copy of what was sent again is a repetition like any other (captures/21 holds three
 * that its Linux server dropped so). Linux allows a difference of 1. A silence after which the clock
 * may have gone round (24 days) is no matter: after LIMIT_IDLE the connection is another. */
static bool is_stale(const struct connection *c, unsigned direction, const struct segment *segment)
{
    const struct half *half = &c->flow->half[direction];
    int64_t end = end_of(half, segment);

    if (!half->has_recent || !segment->has_timestamp ||
        (int32_t)(half->recent - segment->timestamp) <= 1)
        return false;
    return end > 0 && end > (int64_t)(half->acked - half->next);
}

/* RFC 9293 3.10.7.4: the right edge that the peer has offered. */
static bool is_beyond(const struct half *half, const struct segment *segment)
{
    int64_t ahead = half_distance(half, segment->sequence);

    return half->edge > 0 && ahead > 0 &&
           ahead > (int64_t)(half->edge - half->next) + (int64_t)LIMIT_HELD_A_DIRECTION;
}

/* RFC 5961 5.2: nobody acknowledges what the peer was not allowed to send, nor what lies further
 * back than a window. */
static bool acknowledges_wrongly(const struct connection *c, unsigned direction,
                                 const struct segment *segment)
{
    const struct half *other = &c->flow->half[1 - direction];
    int64_t ahead = half_distance(other, segment->acknowledgement);
    int64_t edge = (int64_t)(other->edge - other->next);
    int64_t acked = (int64_t)(other->acked - other->next);
    int64_t window = edge - acked > UINT16_MAX ? edge - acked : UINT16_MAX;

    /* Without its SYN the first number is a guess. */
    if (other->edge == 0 || (c->sides[1 - direction].flags & END_HAS_SCALE) == 0)
        return false;
    return ahead > edge + (int64_t)LIMIT_HELD_A_DIRECTION || ahead < acked - window;
}

bool window_refuses(const struct connection *c, unsigned direction, const struct segment *segment)
{
    const struct half *half = &c->flow->half[direction];

    if (segment->payload_length == 0 && (segment->flags & TCP_FIN) == 0)
        return false;
    /* RFC 9293 3.10.7.4, fifth: without an ACK the segment is dropped. */
    if ((segment->flags & TCP_ACK) == 0)
        return true;
    return is_beyond(half, segment) || acknowledges_wrongly(c, direction, segment) ||
           is_stale(c, direction, segment);
}

void window_follow(struct connection *c, unsigned direction, const struct segment *segment)
{
    struct half *half = &c->flow->half[direction];
    unsigned both = c->sides[0].flags & c->sides[1].flags & END_HAS_TIMES;
    int64_t acked = (int64_t)(half->acked - half->next);

    /* RFC 7323 4.3 (2): SEG.SEQ <= Last.ACK.sent, and not older; but 5.3 R2: what lies before the
     * window as a whole, for it was sent again needlessly, is dropped before its time is looked at. */
    if (both == 0 || !segment->has_timestamp || half_distance(half, segment->sequence) > acked ||
        end_of(half, segment) < acked ||
        (half->has_recent && (int32_t)(segment->timestamp - half->recent) < 0))
        return;
    half->has_recent = true;
    half->recent = segment->timestamp;
}

void window_open(struct connection *c, unsigned direction, uint64_t acked, uint16_t window)
{
    const struct side_state *side = &c->sides[direction];
    struct half *other = &c->flow->half[1 - direction];
    uint64_t edge = acked + ((uint64_t)window << side->scale);

    /* Without its SYN the window's scale is not known. */
    if ((side->flags & END_HAS_SCALE) != 0 && edge > other->edge)
        other->edge = edge;
}
