/* A line of steps: each packet that is foreseen moves those before it on by one, from the table to
 * the connection, to its flow, to what these point at. A step reads only what the one before it had
 * fetched. The connection may be gone by then: its slot of the table tells. The processor waits for
 * some ten lines of its cache at a time, so that what a packet will not touch is not fetched. */
#include "tcp/foresight.h"

#include "base/mem.h"
#include "net/endpoint.h"

/* How many packets later a step is taken: the next, when what the one before fetched is there. */
enum {
    STEP_CONNECTION = 2,
    STEP_FLOW = 4,
    STEP_CONTENT = 6,
    STEPS_APART = 2,
};

_Static_assert(STEP_FLOW + (TRACKER_EXPECTED_STEPS - 1) * STEPS_APART < TRACKER_FORESEEN,
               "all steps are taken before the packet comes");

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
        mem_fetch_across(pool_at(&t->pool, packet->number), CONNECTION_HOT);
}

/* Tells the sink of a connection that it knows. */
static inline void expect(const struct tracker *t, const struct connection *c,
                          struct foreseen *packet, unsigned step)
{
    enum tracker_expected what = packet->ends ? TRACKER_EXPECTED_END : TRACKER_EXPECTED_CHUNK;

    packet->is_expected =
        c->user != NULL && t->sink.expect != NULL && t->sink.expect(t->sink.context, c, what, step);
}

/* What every segment touches, and of what octets touch the lines that are known. The packet after
 * both FINs ends the connection (ending_finish), and then all is looked at. */
static inline void fetch_flow(const struct tracker *t, struct foreseen *packet)
{
    const struct connection *c = foresight_found(t, packet);
    const struct flow *flow = c == NULL ? NULL : c->flow;

    if (flow == NULL)
        return;
    packet->ends = state_has(c, CONNECTION_FINISHED);
    if (packet->ends) {
        mem_fetch(flow->half, sizeof(flow->half));
        mem_fetch(&flow->sent.count, MEM_LINE);
        expect(t, c, packet, 0);
        return;
    }
    mem_fetch(&flow->half[0], MEM_LINE);
    mem_fetch(&flow->half[1], MEM_LINE);
    /* Unless the client only acknowledges. */
    if (packet->payload > 0 || packet->direction != c->client)
        mem_fetch(&flow->sent.count, MEM_LINE);
    if (packet->payload == 0)
        return;
    mem_fetch(&flow->half[packet->direction].stuck, MEM_LINE);
    expect(t, c, packet, 0);
}

static inline void fetch_content(const struct tracker *t, const struct foreseen *packet)
{
    const struct connection *c = packet->ends ? NULL : foresight_found(t, packet);
    const struct flow *flow = c == NULL ? NULL : c->flow;

    if (flow == NULL)
        return;
    if (packet->direction != c->client)
        mem_fetch(sent_newest(&flow->sent), sizeof(struct sent_segment));
    else if (packet->payload > 0)
        mem_fetch(sent_next(&flow->sent), sizeof(struct sent_segment));
    if (flow->half[1 - packet->direction].is_watched)
        mem_fetch(&flow->half[1 - packet->direction].stuck, MEM_LINE);
    if (packet->payload > 0)
        trail_fetch(&flow->half[packet->direction].trail);
}

/* What of the sink's is behind that. */
static inline void fetch_further(const struct tracker *t, struct foreseen *packet, unsigned step)
{
    const struct connection *c = packet->is_expected ? foresight_found(t, packet) : NULL;

    if (c != NULL)
        expect(t, c, packet, step);
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
    mem_fetch(&t->table.slots[flow_table_home(&t->table, packet->hash)], sizeof(struct flow_slot));
    find(t, before(f, STEP_CONNECTION));
    fetch_flow(t, before(f, STEP_FLOW));
    fetch_content(t, before(f, STEP_CONTENT));
    for (unsigned step = 1; step < TRACKER_EXPECTED_STEPS; step++)
        fetch_further(t, before(f, STEP_FLOW + step * STEPS_APART), step);
    f->next++;
}
