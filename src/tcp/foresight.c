/* A line of steps: each packet that is foreseen moves those before it on by one, from the table to
 * the connection, to its flow, to what these point at. A step reads only what the one before it had
 * fetched. The connection may be gone by then: its slot of the table tells. The processor waits for
 * some ten lines of its cache at a time, so that what a packet will not touch is not fetched. */
#include "tcp/foresight.h"

#include "net/endpoint.h"

/* How many packets later a step is taken. */
enum {
    STEP_CONNECTION = 3,
    STEP_FLOW = 6,
    STEP_CONTENT = 9,
};

/* Inline, and unrolled: an instruction a line where the size is known. */
static inline __attribute__((always_inline)) void fetch(const void *from, size_t size)
{
#pragma GCC unroll 8
    for (size_t at = 0; at < size; at += MEM_LINE)
        __builtin_prefetch((const uint8_t *)from + at, 1);
}

static inline struct foreseen *before(struct foresight *f, uint32_t steps)
{
    return &f->list[(f->next - steps) % FORESIGHT_ROOM];
}

/* Looks for the connection: the first under that hash, which may be another's. */
static inline void find(const struct tracker *t, struct foreseen *packet)
{
    uint32_t at = flow_table_home(&t->table, packet->hash);

    packet->number = flow_table_next(&t->table, packet->hash, &at);
    packet->found_at = at;
    if (packet->number != 0)
        fetch(pool_at(&t->pool, packet->number), CONNECTION_HOT);
}

/* What every segment touches, and of what octets touch the lines that are known. */
static inline void fetch_flow(const struct tracker *t, const struct foreseen *packet)
{
    const struct connection *c = foresight_found(t, packet);
    const struct flow *flow = c == NULL ? NULL : c->flow;

    if (flow == NULL)
        return;
    fetch(&flow->half[0], MEM_LINE);
    fetch(&flow->half[1], MEM_LINE);
    /* Unless the client only acknowledges. */
    if (packet->payload > 0 || packet->direction != c->client)
        fetch(&flow->sent.count, MEM_LINE);
    if (packet->payload == 0)
        return;
    fetch(&flow->half[packet->direction].stuck, MEM_LINE);
    if (c->user != NULL && t->sink.expect != NULL)
        t->sink.expect(t->sink.context, c, TRACKER_EXPECTED_SOON);
}

static inline void fetch_content(const struct tracker *t, const struct foreseen *packet)
{
    const struct connection *c = foresight_found(t, packet);
    const struct flow *flow = c == NULL ? NULL : c->flow;

    if (flow == NULL)
        return;
    /* The client's is written over the oldest, which nobody waits for. */
    if (packet->direction != c->client)
        fetch(sent_newest(&flow->sent), sizeof(struct sent_segment));
    if (packet->payload == 0)
        return;
    if (flow->half[packet->direction].trail != NULL)
        fetch(flow->half[packet->direction].trail, MEM_LINE);
    if (c->user != NULL && t->sink.expect != NULL)
        t->sink.expect(t->sink.context, c, TRACKER_EXPECTED_NEXT);
}

void foresight_take(struct tracker *t, uint64_t frame, const struct endpoint *from,
                    const struct endpoint *to, uint32_t payload)
{
    struct foresight *f = &t->foresight;
    struct foreseen *packet = before(f, 0);
    struct flow_key key = flow_table_key(&t->table, from, to);

    if (f->next - f->come == FORESIGHT_ROOM)
        f->come++;
    /* The numbers of another file's frames begin anew. */
    if (f->next != f->come && before(f, 1)->frame >= frame)
        f->come = f->next;
    *packet = (struct foreseen){
        .frame = frame,
        .hash = key.hash,
        .direction = (uint8_t)key.direction,
        .payload = payload,
    };
    __builtin_prefetch(&t->table.slots[flow_table_home(&t->table, packet->hash)]);
    find(t, before(f, STEP_CONNECTION));
    fetch_flow(t, before(f, STEP_FLOW));
    fetch_content(t, before(f, STEP_CONTENT));
    f->next++;
}
