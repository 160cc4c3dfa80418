/* What a packet will touch: its slot of the table, its connection, the flow and what the sink keeps,
 * and at last what these point to. */
#include "base/mem.h"
#include "tcp/pool.h"

enum { LINE = 64 };

static void fetch(const void *from, size_t size)
{
    const uint8_t *octets = from;

    for (size_t at = 0; at < size; at += LINE)
        __builtin_prefetch(octets + at);
}

void tracker_glance_begin(const struct tracker *t, const struct packet *packet,
                          struct tracker_glance *glance)
{
    const struct segment *segment = &packet->segment;
    struct endpoint ends[2];

    glance->is_followed = tracker_follows(t, segment);
    if (!glance->is_followed)
        return;
    glance->direction = (uint8_t)state_direction(&segment->from, &segment->to, ends);
    glance->hash = flow_table_hash(&t->table, ends);
    __builtin_prefetch(&t->table.slots[flow_table_home(&t->table, glance->hash)]);
}

void tracker_glance_on(const struct tracker *t, const struct tracker_glance *glance, unsigned step)
{
    const struct connection *c;
    const struct flow *flow;
    uint32_t number;
    uint32_t at;

    if (!glance->is_followed)
        return;
    at = flow_table_home(&t->table, glance->hash);
    number = flow_table_next(&t->table, glance->hash, &at);
    if (number == 0)
        return;
    c = pool_at(&t->pool, number);
    if (step == 1) {
        fetch(c, sizeof(*c));
        return;
    }
    flow = c->flow;
    if (step == 2) {
        if (flow != NULL)
            fetch(flow, sizeof(*flow));
        if (c->user != NULL)
            fetch(c->user, 512);
        return;
    }
    if (flow != NULL && flow->half[glance->direction].trail != NULL)
        fetch(flow->half[glance->direction].trail, sizeof(struct trail) + TRAIL_ROOM);
}
