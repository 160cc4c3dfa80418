/* SYN, SYN-ACK, or octets in the middle of a connection (RFC 9293 3.5). */
#include "tcp/opening.h"

#include "tcp/delivery.h"
#include "tcp/ending.h"
#include "tcp/pool.h"
#include "tcp/ways.h"

static bool follows(const struct tracker *t, const struct endpoint *endpoint)
{
    return t->options.follows_port(t->options.port_context, endpoint->port);
}

static bool has_base(const struct side_state *side)
{
    return (side->flags & END_HAS_BASE) != 0;
}

/* Its SYN would have had this sequence number. */
static bool has_number(const struct side_state *side, uint32_t sequence)
{
    return has_base(side) && side->base == sequence + 1;
}

/* RFC 9293 3.10.7.4 and RFC 5961 4: on a live connection a SYN changes nothing; only the peer's
 * answer shows that it was taken for a new one. */
static enum opening judge_syn(const struct tracker *t, const struct connection *c,
                              unsigned direction, const struct segment *segment)
{
    const struct side_state *side = &c->sides[direction];
    const struct side_state *other = &c->sides[1 - direction];
    bool is_unanswered = state_has(c, CONNECTION_SYN) && !state_has(c, CONNECTION_WENT_ON) &&
                         other->packets == 0 && direction == c->client;

    if (has_number(side, segment->sequence))
        return OPENING_BELONGS;
    if (state_has(c, CONNECTION_CLOSED | CONNECTION_DROPPED | CONNECTION_RESET))
        return OPENING_ANOTHER;
    if (!has_base(side)) /* both open at the same time (RFC 9293 3.5) */
        return OPENING_BELONGS;
    if (is_unanswered || c->closed_by != TCP_CLOSED_BY_NOBODY ||
        t->now - c->active_at > STATE_LONG_IDLE)
        return OPENING_ANOTHER;
    return OPENING_IGNORED;
}

/* Nothing that it said was taken. */
static bool is_unspoken(const struct connection *c, unsigned direction)
{
    const struct half *half = c->flow == NULL ? NULL : &c->flow->half[direction];

    return half == NULL || (half->next == 0 && half->end == 0 && !half->has_fin);
}

/* The server's first word, of a number other than a segment without octets had led to expect: that
 * one was late, of the connection before, and is forgotten. */
static bool is_answer(const struct connection *c, unsigned direction, const struct segment *segment)
{
    const struct side_state *side = &c->sides[direction];

    return direction != c->client && state_has(c, CONNECTION_SYN) &&
           !state_has(c, CONNECTION_SYN_ACK) && has_base(side) &&
           !has_number(side, segment->sequence) && is_unspoken(c, direction) &&
           segment->acknowledgement == c->sides[c->client].base;
}

static enum opening judge_syn_ack(const struct connection *c, unsigned direction,
                                  const struct segment *segment)
{
    const struct side_state *side = &c->sides[direction];
    const struct side_state *other = &c->sides[1 - direction];

    if (c->flow != NULL && c->flow->syns.count > 0 && direction != c->flow->syns.by &&
        segment->acknowledgement == c->flow->syns.number + 1)
        return OPENING_ANOTHER;
    if (has_number(side, segment->sequence))
        return OPENING_BELONGS;
    if (state_has(c, CONNECTION_CLOSED | CONNECTION_FINISHED)) {
        /* The client tried again after a refusal, or its new SYN was not captured. */
        bool is_retry = state_has(c, CONNECTION_REFUSED) && direction != c->client &&
                        segment->acknowledgement == other->base;

        return is_retry || has_base(side) ? OPENING_ANOTHER : OPENING_BELONGS;
    }
    /* Fast Open: it may acknowledge the SYN's data as well (RFC 7413 4.2). */
    if ((has_base(side) && !is_answer(c, direction, segment)) ||
        (has_base(other) && segment->acknowledgement - other->base > UINT16_MAX))
        return OPENING_IGNORED;
    return OPENING_BELONGS;
}

void opening_keep_syns(struct connection *c)
{
    if (c->flow == NULL)
        return;
    c->sides[c->flow->syns.by].packets += c->flow->syns.count;
    c->flow->syns.count = 0;
}

void opening_hold_syn(struct tracker *t, struct connection *c, unsigned direction,
                      const struct packet *packet)
{
    struct held_syns *syns;

    if (c->flow == NULL)
        delivery_begin(t, c);
    if (c->flow == NULL)
        return;
    syns = &c->flow->syns;
    if (syns->number != packet->segment.sequence || syns->by != direction)
        opening_keep_syns(c);
    if (syns->count++ == 0)
        syns->first = packet->place;
    syns->number = packet->segment.sequence;
    syns->by = direction;
}

struct held_syns opening_take_syns(struct connection *c, const struct segment *segment)
{
    bool is_answer = (segment->flags & TCP_ACK) != 0;
    struct held_syns syns = { 0 };

    /* A SYN-ACK that tells of a new connection answers a SYN that was seen. */
    if (is_answer && state_has(c, CONNECTION_REFUSED))
        syns.count = 1;
    if (c->flow == NULL || c->flow->syns.count == 0 ||
        (is_answer ? segment->acknowledgement != c->flow->syns.number + 1
                   : segment->sequence != c->flow->syns.number))
        return syns;
    syns = c->flow->syns;
    c->flow->syns.count = 0;
    return syns;
}

enum opening opening_judge(const struct tracker *t, const struct connection *c, unsigned direction,
                           const struct segment *segment)
{
    if ((segment->flags & TCP_SYN) == 0 || (segment->flags & TCP_RST) != 0)
        return OPENING_BELONGS;
    if ((segment->flags & TCP_ACK) != 0)
        return judge_syn_ack(c, direction, segment);
    return judge_syn(t, c, direction, segment);
}

/* RFC 9293 3.8.4: a keep-alive may carry one octet that says nothing. Where it is NUL, as is usual,
 * no octet of a dialogue is lost with it. */
static bool is_keep_alive(const struct segment *segment)
{
    return segment->payload_length == 1 && segment->payload.len == 1 &&
           segment->payload.data[0] == 0;
}

/* Whether the packet can begin a connection. Late packets of one that nobody knows any more begin
 * none: without a SYN it takes payload. */
static bool may_begin(const struct segment *segment)
{
    if ((segment->flags & TCP_RST) != 0)
        return false;
    return (segment->flags & TCP_SYN) != 0 ||
           (segment->payload_length > 0 && !is_keep_alive(segment));
}

/* The client is who sent the SYN; without one, who does not hold a followed port; where both do,
 * who holds the higher port, for services live on low ones. */
static void name_client(const struct tracker *t, struct connection *c, unsigned direction,
                        const struct segment *segment)
{
    bool from_follows = follows(t, &segment->from);
    bool to_follows = follows(t, &segment->to);
    bool from_is_server =
        from_follows != to_follows ? from_follows : segment->from.port < segment->to.port;

    if ((segment->flags & TCP_SYN) != 0) {
        from_is_server = (segment->flags & TCP_ACK) != 0;
        /* A connection to another port is known only so that it is let alone. */
        if (!(from_is_server ? from_follows : to_follows))
            state_set(c, CONNECTION_DROPPED);
    }
    if ((segment->flags & TCP_SYN) != 0 || from_follows != to_follows)
        state_set(c, CONNECTION_CERTAIN);
    c->client = (uint8_t)(from_is_server ? 1 - direction : direction);
}

/* The client's SYNs came before. Which of several was answered is not known. */
static void adopt(struct connection *c, const struct held_syns *syns)
{
    state_set(c, CONNECTION_SYN);
    c->syn_count = syns->count;
    if (syns->first.frame == 0 || syns->count > 1)
        state_set(c, CONNECTION_KARN);
    if (syns->first.frame == 0)
        return;
    c->first = syns->first;
    c->sides[c->client].packets = syns->count;
}

struct connection *opening_begin(struct tracker *t, const struct packet *packet,
                                 const struct held_syns *syns)
{
    const struct segment *segment = &packet->segment;
    struct flow_key key;
    struct connection *c;

    if (!may_begin(segment) || (!follows(t, &segment->from) && !follows(t, &segment->to)))
        return NULL;
    ending_make_room(t);
    if (t->status != STATUS_OK)
        return NULL;
    key = flow_table_key(&t->table, &segment->from, &segment->to);
    c = pool_take(&t->pool);
    if (c == NULL || flow_table_add(&t->table, key.hash, c->number) != STATUS_OK) {
        t->status = STATUS_NO_MEMORY;
        return NULL;
    }
    c->ends[0] = *key.ends[0];
    c->ends[1] = *key.ends[1];
    c->hash = key.hash;
    c->first = packet->place;
    c->last = packet->place;
    c->established_ns = -1;
    c->way = ways_number(&t->ways, &packet->encapsulation, &t->status);
    c->active_at = t->now;
    c->queued_at = t->now;
    name_client(t, c, key.direction, segment);
    pool_append(&t->pool, &t->open, c);
    if (state_has(c, CONNECTION_DROPPED))
        return c;
    c->ordinal = ++t->ordinal;
    t->open_count++;
    if (syns->count > 0)
        adopt(c, syns);
    return c;
}

static void set_base(struct connection *c, unsigned direction, uint32_t base)
{
    struct side_state *side = &c->sides[direction];

    if (has_base(side))
        return;
    side->base = base;
    side->flags |= END_HAS_BASE;
    if (c->flow != NULL) {
        c->flow->half[direction].base = base;
        c->flow->half[direction].has_base = true;
    }
}

/* What led to it counts for nothing either. */
static void forget_base(struct connection *c, unsigned direction)
{
    c->sides[direction].flags &= (uint8_t)~END_HAS_BASE;
    state_unset(c, CONNECTION_WENT_ON);
    if (c->flow == NULL)
        return;
    c->flow->half[direction].acked = 0;
    c->flow->half[direction].edge = 0;
    c->flow->half[direction].has_recent = false;
}

/* Karn: which SYN was answered is not known where one was repeated before the handshake's end. */
static void note_repetition(struct connection *c)
{
    if (!state_has(c, CONNECTION_WENT_ON))
        state_set(c, CONNECTION_KARN);
}

static void follow_syn(struct connection *c, unsigned direction, const struct packet *packet)
{
    const struct segment *segment = &packet->segment;
    struct side_state *side = &c->sides[direction];

    /* RFC 7323 2.2: the scale is told once, in the SYN, and holds only if both tell one. */
    side->scale =
        segment->has_window_scale && segment->window_scale <= 14 ? segment->window_scale : 0;
    side->flags |= END_HAS_SCALE;
    if (segment->has_timestamp)
        side->flags |= END_HAS_TIMES;
    if (segment->is_multipath)
        side->flags |= END_MULTIPATH;
    if ((segment->flags & TCP_ACK) != 0) {
        if (state_has(c, CONNECTION_SYN_ACK))
            note_repetition(c);
        else if (direction != c->client && c->closed_by == TCP_CLOSED_BY_NOBODY)
            c->answered_ns = stamp_between(c->first.at, packet->place.at);
        if (direction != c->client)
            state_set(c, CONNECTION_SYN_ACK);
        return;
    }
    if (!state_has(c, CONNECTION_SYN) && c->flow == NULL) {
        c->client = (uint8_t)direction;
        state_set(c, CONNECTION_CERTAIN);
    }
    if (direction == c->client) {
        if (state_has(c, CONNECTION_SYN | CONNECTION_SYN_ACK))
            note_repetition(c);
        state_set(c, CONNECTION_SYN);
        c->syn_count++;
    } else {
        state_set(c, CONNECTION_SYN_ACK | CONNECTION_KARN);
    }
}

void opening_follow(struct connection *c, unsigned direction, const struct packet *packet)
{
    const struct segment *segment = &packet->segment;

    if ((segment->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK) &&
        is_answer(c, direction, segment))
        forget_base(c, direction);
    if ((segment->flags & TCP_SYN) != 0)
        follow_syn(c, direction, packet);
    /* RFC 9293 3.4: the SYN takes one number, the first octet has the next. */
    set_base(c, direction, segment->sequence + ((segment->flags & TCP_SYN) != 0 ? 1 : 0));
    if ((segment->flags & TCP_ACK) == 0)
        return;
    set_base(c, 1 - direction, segment->acknowledgement);
    if (direction != c->client || (segment->flags & TCP_SYN) != 0 ||
        state_has(c, CONNECTION_WENT_ON))
        return;
    state_set(c, CONNECTION_WENT_ON);
    if (state_has(c, CONNECTION_SYN) && state_has(c, CONNECTION_SYN_ACK))
        c->established_ns = stamp_between(c->first.at, packet->place.at);
}
