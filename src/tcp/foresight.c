/* A line of steps: each packet that is foreseen moves those before it on by one, from the table to
 * the connection, to its flow, to what these point at. A step reads only what the one before it had
 * fetched. The connection may be gone by then: its slot of the table tells. */
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

/* Inline, and unrolled: an instruction a line where the size is known. */
static inline __attribute__((always_inline)) void fetch(const void *from, size_t size)
{
#pragma GCC unroll 32
    for (size_t at = 0; at < size; at += LINE)
        __builtin_prefetch((const uint8_t *)from + at, 1);
}

static struct foreseen *before(struct foresight *f, uint32_t steps)
{
    return &f->list[(f->next - steps) % TRACKER_FORESEEN];
}

/* Looks for the connection: the first under that hash, which may be another's. */
static void find(const struct tracker *t, struct foreseen *packet)
{
    uint32_t at = flow_table_home(&t->table, packet->hash);

    packet->number = flow_table_next(&t->table, packet->hash, &at);
    packet->found_at = at;
    if (packet->number != 0)
        fetch(pool_at(&t->pool, packet->number), sizeof(struct connection));
}

/* NULL where there was none, or it is gone or elsewhere in the table by now. */
static struct connection *found(const struct tracker *t, const struct foreseen *packet)
{
    bool is_there = packet->number != 0 &&
                    flow_table_has(&t->table, packet->found_at, packet->hash, packet->number);

    return is_there ? pool_at(&t->pool, packet->number) : NULL;
}

/* What a segment in order reads of a flow, which is a few of its lines. */
static void fetch_for_segment(const struct flow *flow, const struct foreseen *packet)
{
    __builtin_prefetch(&flow->half[0], 1);
    __builtin_prefetch(&flow->half[1], 1);
    __builtin_prefetch(&flow->sent.smallest_ns, 1);
    if (packet->has_payload)
        __builtin_prefetch(&flow->half[packet->direction].stuck, 1);
}

static void fetch_flow(const struct tracker *t, const struct foreseen *packet)
{
    const struct connection *c = found(t, packet);

    if (c == NULL || c->flow == NULL)
        return;
    fetch_for_segment(c->flow, packet);
    if (packet->has_payload && c->user != NULL && t->sink.expect != NULL)
        t->sink.expect(t->sink.context, c, TRACKER_EXPECTED_SOON);
}

static void fetch_content(const struct tracker *t, const struct foreseen *packet)
{
    const struct connection *c = found(t, packet);

    if (c == NULL || c->flow == NULL)
        return;
    if (packet->direction != c->client)
        __builtin_prefetch(sent_newest(&c->flow->sent), 1);
    if (!packet->has_payload)
        return;
    /* Of the rest of it nothing is read: what is written nobody waits for. */
    __builtin_prefetch(c->flow->half[packet->direction].trail, 1);
    if (c->user != NULL && t->sink.expect != NULL)
        t->sink.expect(t->sink.context, c, TRACKER_EXPECTED_NEXT);
}

void foresight_take(struct tracker *t, const struct endpoint *from, const struct endpoint *to,
                    bool has_payload)
{
    struct foresight *f = &t->foresight;
    struct foreseen *packet = &f->list[f->next % TRACKER_FORESEEN];
    struct flow_key key = flow_table_key(&t->table, from, to);

    *packet = (struct foreseen){
        .hash = key.hash,
        .direction = (uint8_t)key.direction,
        .has_payload = has_payload,
    };
    __builtin_prefetch(&t->table.slots[flow_table_home(&t->table, packet->hash)]);
    find(t, before(f, STEP_CONNECTION));
    fetch_flow(t, before(f, STEP_FLOW));
    fetch_content(t, before(f, STEP_CONTENT));
    f->next++;
}
