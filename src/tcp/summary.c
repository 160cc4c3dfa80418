/* Counts of the two directions, turned into those of client and server. */
#include "tcp/summary.h"

#include "tcp/ways.h"

static enum tcp_handshake handshake_of(const struct connection *c)
{
    if (!state_has(c, CONNECTION_SYN | CONNECTION_SYN_ACK))
        return TCP_HANDSHAKE_MIDSTREAM;
    if (state_has(c, CONNECTION_REFUSED))
        return TCP_HANDSHAKE_REFUSED;
    if (!state_has(c, CONNECTION_WENT_ON) && c->sides[1 - c->client].packets == 0)
        return TCP_HANDSHAKE_UNANSWERED;
    return state_has(c, CONNECTION_SYN) && state_has(c, CONNECTION_SYN_ACK) &&
                   state_has(c, CONNECTION_WENT_ON)
               ? TCP_HANDSHAKE_COMPLETE
               : TCP_HANDSHAKE_PARTIAL;
}

/* What is told of one direction only where payload was seen. */
static void follow_up(struct tcp_direction *out, const struct connection *c, unsigned direction)
{
    const struct half *half = &c->flow->half[direction];
    const struct side_state *peer = &c->sides[1 - direction];
    bool peer_reset = state_has(c, CONNECTION_RESET) && c->flow->reset_by != direction;
    uint64_t end = half->end > half->next ? half->end : half->next;
    uint64_t acked = half->acked;

    if (peer_reset && half->reset_acked > acked)
        acked = half->reset_acked;
    out->zero_window_ns = half->zero_ns;
    if (state_has(c, state_zero_window(direction)))
        out->zero_window_ns += state_zero_time(half, c->last.at);
    out->largest_segment = half->stuck.largest;
    out->largest_acknowledged = half->stuck.passed;
    out->stall = stuck_worst(&half->stuck, peer->packets - (peer_reset ? 1 : 0));
    if (half->too_big != NULL)
        out->too_big = *half->too_big;
    out->pause = (struct tcp_pause){ .ns = half->pause_ns, .end = half->pause_end };
    if (peer->packets > 0 && end > acked)
        out->unacknowledged = end - acked;
    if (half->conflict != NULL)
        out->conflict = *half->conflict;
}

static struct tcp_direction direction_of(const struct connection *c, unsigned direction)
{
    const struct side_state *side = &c->sides[direction];
    struct tcp_direction out = {
        .packets = side->packets,
        .zero_windows = c->faults[direction].zero_windows,
        .checksum_errors = c->faults[direction].checksum_errors,
    };

    if (c->flow != NULL) {
        const struct half *half = &c->flow->half[direction];

        out.bytes = half_octets(half);
        out.lost_bytes = half->lost_bytes;
        out.retransmissions = half->retransmissions;
        out.data_segments = half->data_segments;
        out.out_of_order = half->out_of_order;
        out.gaps = half->gaps;
        out.overlap_conflicts = half->conflicts;
        out.ignored = half->ignored;
        out.urgent = half->urgent;
        follow_up(&out, c, direction);
    }
    return out;
}

void summary_make(struct tcp_summary *summary, const struct tracker *t, const struct connection *c,
                  enum tcp_close close)
{
    *summary = (struct tcp_summary){
        .handshake = handshake_of(c),
        .close = close,
        .closed_by = (enum tcp_closed_by)c->closed_by,
        .client_is_certain = state_has(c, CONNECTION_CERTAIN),
        .is_snapped = state_has(c, CONNECTION_SNAPPED),
        .limit_reached = state_has(c, CONNECTION_LIMIT),
        .is_out_of_memory = state_has(c, CONNECTION_NO_MEMORY),
        .is_multipath = (c->sides[0].flags & c->sides[1].flags & END_MULTIPATH) != 0,
        .was_reset_by_icmp = state_has(c, CONNECTION_ICMP),
        .round_trip_ns = state_has(c, CONNECTION_KARN) ? -1 : c->established_ns,
        .established_ns = c->established_ns,
        .server_trip_ns = c->flow == NULL ? -1 : c->flow->sent.smallest_ns,
        .syn_count = c->syn_count,
        .first = c->first,
        .last = c->last,
        .encapsulation = ways_at(&t->ways, c->way),
        .client = direction_of(c, c->client),
        .server = direction_of(c, 1U - c->client),
    };
    if (summary->was_reset_by_icmp)
        summary->refusal = t->refusal;
    if (c->closed_by != TCP_CLOSED_BY_NOBODY)
        summary->first_close = c->first_close;
}
