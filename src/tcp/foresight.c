/* A line of steps: each packet that is foreseen moves those before it on by one, from the table to
 * the connection, to its flow, to what these point at. A step reads only what the one before it had
 * fetched. The connection is looked up anew in each, since it may be gone by then. */
#include "tcp/foresight.h"

#include "net/endpoint.h"
#include "tcp/pool.h"

/* How many packets later a step is taken. */
enum {
    STEP_CONNECTION = TRACKER_FORESEEN / 4,
    STEP_FLOW = TRACKER_FORESEEN / 2,
    STEP_CONTENT = 3 * TRACKER_FORESEEN / 4,
};

enum { LINE = 64 };

static void fetch(const void *from, size_t size)
{
    for (size_t at = 0; at < size; at += LINE)
        __builtin_prefetch((const uint8_t *)from + at, 1);
}

/* The first under that hash, which may be another's: NULL where there is none. */
static struct connection *look_up(const struct tracker *t, uint32_t hash)
{
    uint32_t at = flow_table_home(&t->table, hash);
    uint32_t number = flow_table_next(&t->table, hash, &at);

    return number == 0 ? NULL : pool_at(&t->pool, number);
}

static const struct foreseen *before(const struct foresight *f, uint32_t steps)
{
    return &f->list[(f->next - steps) % TRACKER_FORESEEN];
}

static void fetch_flow(const struct tracker *t, const struct foreseen *packet)
{
    const struct connection *c = look_up(t, packet->hash);

    if (c == NULL || c->flow == NULL)
        return;
    fetch(c->flow, sizeof(*c->flow));
    if (packet->has_payload && c->user != NULL && t->sink.expect != NULL)
        t->sink.expect(t->sink.context, c, TRACKER_EXPECTED_SOON);
}

static void fetch_content(const struct tracker *t, const struct foreseen *packet)
{
    const struct connection *c = packet->has_payload ? look_up(t, packet->hash) : NULL;
    const struct trail *trail;

    if (c == NULL || c->flow == NULL)
        return;
    trail = c->flow->half[packet->direction].trail;
    if (trail != NULL)
        fetch(trail, sizeof(*trail));
    if (c->user != NULL && t->sink.expect != NULL)
        t->sink.expect(t->sink.context, c, TRACKER_EXPECTED_NEXT);
}

void foresight_take(struct tracker *t, const struct endpoint *from, const struct endpoint *to,
                    bool has_payload)
{
    struct foresight *f = &t->foresight;
    struct foreseen *packet = &f->list[f->next % TRACKER_FORESEEN];
    struct endpoint ends[2];
    const struct connection *c;

    packet->direction = (uint8_t)flow_table_order(from, to, ends);
    packet->hash = flow_table_hash(&t->table, ends);
    packet->has_payload = has_payload;
    __builtin_prefetch(&t->table.slots[flow_table_home(&t->table, packet->hash)]);
    c = look_up(t, before(f, STEP_CONNECTION)->hash);
    if (c != NULL)
        fetch(c, sizeof(*c));
    fetch_flow(t, before(f, STEP_FLOW));
    fetch_content(t, before(f, STEP_CONTENT));
    f->next++;
}
