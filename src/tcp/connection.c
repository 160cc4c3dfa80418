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
    if (!state_has(c, CONNECTION_CERTAIN))
        c->client = (uint8_t)(1 - c->client);
}

void connection_drop(struct connection *c)
{
    state_set(c, CONNECTION_DROPPED);
}
