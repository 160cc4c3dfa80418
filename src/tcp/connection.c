/* What the sink may ask of a connection, and tell it. */
#include "tcp/state.h"

const struct endpoint *connection_client(const struct connection *c)
{
    return &c->ends[c->client];
}

const struct endpoint *connection_server(const struct connection *c)
{
    return &c->ends[1 - c->client];
}

uint64_t connection_ordinal(const struct connection *c)
{
    return c->ordinal;
}

bool connection_is_midstream(const struct connection *c)
{
    return !state_has(c, CONNECTION_SYN | CONNECTION_SYN_ACK);
}

bool connection_client_is_certain(const struct connection *c)
{
    return state_has(c, CONNECTION_CERTAIN);
}

struct place connection_first(const struct connection *c)
{
    return c->first;
}

bool connection_acknowledgement(const struct connection *c, const struct place *sent,
                                struct acknowledgement *out)
{
    const struct sent_segment *segment = c->flow == NULL ? NULL : sent_at(&c->flow->sent, sent);

    if (segment == NULL)
        return false;
    *out = (struct acknowledgement){
        .is_there = segment->is_acknowledged,
        .is_of_repeated = segment->is_repeated,
        .at = segment->acknowledged,
    };
    return true;
}

void *connection_user(const struct connection *c)
{
    return c->user;
}

void connection_set_user(struct connection *c, void *user)
{
    c->user = user;
}

void connection_swap_sides(struct connection *c)
{
    if (state_has(c, CONNECTION_CERTAIN))
        return;
    c->client = (uint8_t)(1 - c->client);
    if (c->flow != NULL)
        sent_init(&c->flow->sent);
}

void connection_drop(struct connection *c)
{
    state_set(c, CONNECTION_DROPPED);
}
