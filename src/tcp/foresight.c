/* A line of steps: each packet that is foreseen moves those before it on by one, from the table to
 * the connection, to its flow, to what these point at. A step reads only what the one before it had
 * fetched. The connection may be gone by then: its slot of the table tells. The processor waits for
 * some ten lines of its cache at a time, so that what a packet will not touch is not fetched. */
#include "tcp/foresight.h"

#include "net/endpoint.h"

/* How many packets later a step is taken. */
enum {
    STEP_CONNECTION = TRACKER_FORESEEN / 4,
    STEP_FLOW = TRACKER_FORESEEN / 2,
    STEP_CONTENT = 3 * TRACKER_FORESEEN / 4,
};

static inline struct foreseen *before(struct foresight *f, uint32_t steps)
{
    return &f->list[(f->next - steps) % FORESIGHT_ROOM];
}

/* Looks for the connection: the first under that hash, which may be another's. */
static inline void find(const struct tracker *t, struct foreseen *packet)
{
    uint32_t at = flow_table_home(&t->table, packet->hash);
    const uint8_t *connection;

    packet->number = flow_table_next(&t->table, packet->hash, &at);
    packet->found_at = at;
    if (packet->number == 0)
        return;
    connection = (const uint8_t *)pool_at(&t->pool, packet->number);
#pragma GCC unroll 8
    for (size_t line = 0; line < CONNECTION_HOT; line += MEM_LINE)
        __builtin_prefetch(connection + line, 1);
}

/* What a segment in order reads of a flow, which is a few of its lines. */
static inline void fetch_for_segment(const struct flow *flow, const struct foreseen *packet,
                                     unsigned client)
{
    __builtin_prefetch(&flow->half[0], 1);
    __builtin_prefetch(&flow->half[1], 1);
    /* Unless the client only acknowledges. */
    if (packet->has_payload || packet->direction != client)
        __builtin_prefetch(&flow->sent.smallest_ns, 1);
    if (packet->has_payload)
        __builtin_prefetch(&flow->half[packet->direction].stuck, 1);
}

static inline void fetch_flow(const struct tracker *t, const struct foreseen *packet)
{
    const struct connection *c = foresight_found(t, packet);

    if (c == NULL || c->flow == NULL)
        return;
    fetch_for_segment(c->flow, packet, c->client);
    if (packet->has_payload && c->user != NULL && t->sink.expect != NULL)
        t->sink.expect(t->sink.context, c, TRACKER_EXPECTED_SOON);
}

static inline void fetch_content(const struct tracker *t, const struct foreseen *packet)
{
    const struct connection *c = foresight_found(t, packet);

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

void foresight_take(struct tracker *t, uint64_t frame, const struct endpoint *from,
                    const struct endpoint *to, bool has_payload)
{
    struct foresight *f = &t->foresight;
    struct foreseen *packet = before(f, 0);
    struct flow_key key = flow_table_key(&t->table, from, to);

    if (f->next - f->come == FORESIGHT_ROOM)
        f->come++;
    *packet = (struct foreseen){
        .frame = frame,
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
