/* Packets that will come soon: what they will touch is fetched into the processor's cache while
 * those before them are worked on. Where many connections are open, waiting for memory is otherwise
 * most of the time. Nothing that is reported depends on it. */
#ifndef SMTPSCOPE_TCP_FORESIGHT_H
#define SMTPSCOPE_TCP_FORESIGHT_H

#include "tcp/pool.h"
#include "tcp/state.h"

/* Asks memory for the slot that this packet's connection is found by, and for the next things that
 * the packets foreseen before it will touch. */
void foresight_take(struct tracker *t, uint64_t frame, const struct endpoint *from,
                    const struct endpoint *to, uint32_t payload);

/* NULL where none was found for that packet, or it is gone or elsewhere in the table by now. */
static inline struct connection *foresight_found(const struct tracker *t,
                                                 const struct foreseen *packet)
{
    bool is_there = packet->number != 0 &&
                    flow_table_has(&t->table, packet->found_at, packet->hash, packet->number);

    return is_there ? pool_at(&t->pool, packet->number) : NULL;
}

/* The connection of a segment that comes now, where it was foreseen and is what it was thought to be;
 * NULL: look for it. Packets come in the order that they were foreseen in, but for those that do not
 * come. Inline: asked for every segment. */
static inline struct connection *foresight_find(struct tracker *t, const struct packet *packet,
                                                unsigned *direction)
{
    struct foresight *f = &t->foresight;
    const struct foreseen *foreseen;
    struct connection *c;

    while (f->come != f->next && f->list[f->come % FORESIGHT_ROOM].frame < packet->place.frame)
        f->come++;
    if (f->come == f->next)
        return NULL;
    foreseen = &f->list[f->come % FORESIGHT_ROOM];
    if (foreseen->frame != packet->place.frame)
        return NULL;
    c = foresight_found(t, foreseen);
    *direction = foreseen->direction;
    if (c == NULL ||
        !state_is_between(c, foreseen->direction, &packet->segment.from, &packet->segment.to))
        return NULL;
    return c;
}

#endif
