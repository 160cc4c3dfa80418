/* Flights of up to 32 segments: each has arrived whole before the next is sent. */
#include "make-capture/flow.h"

#include "base/mem.h"
#include "base/stamp.h"
#include "make-capture/list.h"

enum {
    FLIGHT_MAX = 32,
    SPLIT_MAX = 160,
    WINDOW = 502,
    WRAP_WITHIN = 60000,
};

/* Nanoseconds. */
#define MICROSECOND ((int64_t)1000)
#define MILLISECOND (1000 * MICROSECOND)

/* From the capture point to the server's answer. */
#define TO_SERVER (30 * MICROSECOND)

struct flight {
    uint32_t count;
    uint16_t len[FLIGHT_MAX];
    uint64_t begin[FLIGHT_MAX]; /* in the turn */
    int64_t arrival[FLIGHT_MAX];
};

static int64_t between(struct flow *f, int64_t low, int64_t high)
{
    return low + (int64_t)random_below(&f->random, (uint32_t)((high - low) / 1000 + 1)) * 1000;
}

static bool chance(struct flow *f, enum share share)
{
    return random_chance(&f->random, f->workload->shares[share]);
}

static void set_address(struct address *out, bool is_v6, uint32_t number, bool is_server)
{
    uint8_t high = (uint8_t)(number >> 8), low = (uint8_t)number;

    /* RFC 2544's and RFC 3849's addresses belong to nobody. */
    if (is_v6)
        *out = (struct address){ 6,
                                 { 0x20, 0x01, 0x0D, 0xB8, 0, is_server ? 0x25 : 1, 0, 0, 0, 0, 0,
                                   0, 0, (uint8_t)(number >> 16), high, low } };
    else
        *out = (struct address){ 4, { 198, is_server ? 19 : 18, high, low } };
}

static void name_hosts(struct flow *f, const struct endpoint *again)
{
    bool is_v6 = chance(f, SHARE_IPV6);
    uint32_t near = WRAP_WITHIN;

    if (again != NULL) {
        f->hosts[SIDE_CLIENT].end = again[0];
        f->hosts[SIDE_SERVER].end = again[1];
    } else {
        set_address(&f->hosts[SIDE_CLIENT].end.address, is_v6, f->number, false);
        set_address(&f->hosts[SIDE_SERVER].end.address, is_v6, f->number % 16 + 1, true);
        f->hosts[SIDE_CLIENT].end.port = (uint16_t)(1024 + (uint64_t)f->number * 7919 % 64000);
    }
    f->hosts[SIDE_SERVER].end.port = f->script.port;
    for (int side = 0; side < 2; side++) {
        f->hosts[side].number = (uint32_t)random_next(&f->random);
        f->hosts[side].clock = (uint32_t)random_next(&f->random) | 1;
        if (chance(f, SHARE_WRAP))
            f->hosts[side].number = UINT32_MAX - random_below(&f->random, near);
    }
}

/* Into the queue; a delayed one is captured behind others. */
static void enqueue(struct flow *f, struct pending packet)
{
    size_t at;

    if (chance(f, SHARE_REORDER))
        packet.at += between(f, 0, f->round_trip);
    if (f->first > 0 && f->first == f->count)
        f->first = f->count = 0;
    f->queue = list_grown(f->queue, &f->room, f->count + 1, sizeof(*f->queue));
    for (at = f->count++; at > f->first && f->queue[at - 1].at > packet.at; at--)
        f->queue[at] = f->queue[at - 1];
    f->queue[at] = packet;
}

static void capture(struct flow *f, const struct pending *packet)
{
    enqueue(f, *packet);
    if (chance(f, SHARE_DUPLICATES)) {
        struct pending copy = *packet;

        copy.at += between(f, MICROSECOND, 50 * MICROSECOND);
        enqueue(f, copy);
    }
}

/* A packet without payload; its number is taken after it. */
static void capture_bare(struct flow *f, int64_t at, enum side from, unsigned flags)
{
    struct host *host = &f->hosts[from];

    capture(f, &(struct pending){ .at = at,
                                  .from = from,
                                  .flags = (uint8_t)flags,
                                  .offset = host->sent,
                                  .acked = host->received });
}

static void shake_hands(struct flow *f)
{
    int64_t at = f->next_at;

    capture_bare(f, at, SIDE_CLIENT, TCP_SYN);
    /* The SYN was lost behind the capture point. */
    if (chance(f, SHARE_LOSS)) {
        at += STAMP_SECOND;
        capture_bare(f, at, SIDE_CLIENT, TCP_SYN);
    }
    capture_bare(f, at + TO_SERVER, SIDE_SERVER, TCP_SYN | TCP_ACK);
    at += f->round_trip;
    capture_bare(f, at, SIDE_CLIENT, TCP_ACK);
    f->phase = FLOW_TALKING;
    f->next_at = at + between(f, MILLISECOND, 30 * MILLISECOND);
}

/* Returns how many octets it is. */
static uint64_t cut_flight(struct flow *f, struct flight *flight, const struct turn *turn)
{
    uint64_t at = f->turn_at;

    flight->count = 0;
    while (flight->count < FLIGHT_MAX && at < turn->len) {
        uint32_t most = f->is_split ? random_between(&f->random, 1, SPLIT_MAX) : WIRE_PAYLOAD_MAX;
        uint64_t len = turn->len - at < most ? turn->len - at : most;

        flight->begin[flight->count] = at;
        flight->len[flight->count++] = (uint16_t)len;
        at += len;
    }
    return at - f->turn_at;
}

/* Sends the segments: some are lost and sent again, some the capture misses. Returns when the last
 * has arrived. */
static int64_t send_flight(struct flow *f, struct flight *flight, const struct turn *turn)
{
    struct host *sender = &f->hosts[turn->from];
    int64_t delay = turn->from == SIDE_CLIENT ? TO_SERVER : f->round_trip / 2;
    int64_t step = between(f, 12 * MICROSECOND, 200 * MICROSECOND);
    int64_t resend = f->next_at + step * flight->count + f->round_trip + MILLISECOND;
    int64_t last = f->next_at;

    for (uint32_t i = 0; i < flight->count; i++) {
        bool is_end = flight->begin[i] + flight->len[i] == turn->len;
        struct pending packet = {
            .at = f->next_at + step * i,
            .from = turn->from,
            .flags = is_end ? TCP_ACK | TCP_PSH : TCP_ACK,
            .len = flight->len[i],
            .turn = f->turn,
            .turn_at = flight->begin[i],
            .offset = sender->sent + flight->begin[i] - f->turn_at,
            .acked = sender->received,
        };
        bool is_lost = chance(f, SHARE_LOSS);

        if (is_lost && random_below(&f->random, 2) == 0)
            capture(f, &packet);
        if (is_lost)
            packet.at = resend += step;
        if (!is_lost && chance(f, SHARE_GAPS) &&
            script_is_missable(&f->script, turn, packet.turn_at, packet.len))
            sender->missing += packet.len;
        else
            capture(f, &packet);
        flight->arrival[i] = packet.at + delay;
        last = flight->arrival[i] > last ? flight->arrival[i] : last;
    }
    return last;
}

static void acknowledge(struct flow *f, enum side from, int64_t arrival)
{
    int64_t back = from == SIDE_SERVER ? TO_SERVER : f->round_trip / 2;

    if (!chance(f, SHARE_GAPS))
        capture_bare(f, arrival + back, from, TCP_ACK);
}

/* The receiver acknowledges every second segment, and each that comes out of order. */
static void receive_flight(struct flow *f, const struct flight *flight, const struct turn *turn)
{
    enum side from = side_other(turn->from);
    struct host *receiver = &f->hosts[from];
    bool is_taken[FLIGHT_MAX] = { false };
    uint32_t unacknowledged = 0;
    uint32_t in_order = 0;

    for (uint32_t n = 0; n < flight->count; n++) {
        uint32_t next = FLIGHT_MAX;

        for (uint32_t i = 0; i < flight->count; i++)
            if (!is_taken[i] && (next == FLIGHT_MAX || flight->arrival[i] < flight->arrival[next]))
                next = i;
        is_taken[next] = true;
        for (; in_order < flight->count && is_taken[in_order]; in_order++)
            receiver->received += flight->len[in_order];
        if (++unacknowledged == 2 || in_order != n + 1) {
            acknowledge(f, from, flight->arrival[next]);
            unacknowledged = 0;
        }
    }
    /* A delayed acknowledgement; as often the answer carries it. */
    if (unacknowledged > 0 && random_below(&f->random, 2) == 0)
        acknowledge(f, from, flight->arrival[flight->count - 1]);
}

static void talk(struct flow *f)
{
    const struct turn *turn = &f->script.turns[f->turn];
    struct host *sender = &f->hosts[turn->from];
    struct flight flight;
    uint64_t len = cut_flight(f, &flight, turn);
    int64_t last = send_flight(f, &flight, turn);

    receive_flight(f, &flight, turn);
    sender->sent += len;
    sender->said += len;
    f->turn_at += len;
    f->next_at = last + f->round_trip / 2 + MICROSECOND;
    if (f->turn_at < turn->len)
        return;
    f->turn++;
    f->turn_at = 0;
    f->next_at += between(f, 100 * MICROSECOND, 20 * MILLISECOND);
}

static void close_from(struct flow *f, enum side first)
{
    enum side second = side_other(first);
    int64_t at = f->next_at;

    capture_bare(f, at, first, TCP_FIN | TCP_ACK);
    f->hosts[first].sent++;
    f->hosts[second].received++;
    at += f->round_trip;
    capture_bare(f, at, second, TCP_ACK);
    at += between(f, 10 * MICROSECOND, MILLISECOND);
    capture_bare(f, at, second, TCP_FIN | TCP_ACK);
    f->hosts[second].sent++;
    f->hosts[first].received++;
    capture_bare(f, at + f->round_trip, first, TCP_ACK);
}

static void finish(struct flow *f)
{
    int64_t last;

    switch (f->script.end) {
    case SCRIPT_SERVER_CLOSES:
        close_from(f, SIDE_SERVER);
        break;
    case SCRIPT_CLIENT_CLOSES:
        close_from(f, SIDE_CLIENT);
        break;
    case SCRIPT_RESET:
        /* Behind all that is still to be captured: what comes later than a reset may be taken for
         * missing. */
        last = f->first < f->count ? f->queue[f->count - 1].at + MICROSECOND : f->next_at;
        capture_bare(f, last > f->next_at ? last : f->next_at, SIDE_CLIENT, TCP_RST | TCP_ACK);
        break;
    case SCRIPT_SILENCE:
        break;
    }
    f->phase = FLOW_OVER;
    f->next_at = INT64_MAX;
}

static void go_on(struct flow *f)
{
    switch (f->phase) {
    case FLOW_OPENING:
        shake_hands(f);
        break;
    case FLOW_TALKING:
        if (f->turn < f->script.turn_count)
            talk(f);
        else
            f->phase = FLOW_CLOSING;
        break;
    case FLOW_CLOSING:
        finish(f);
        break;
    case FLOW_OVER:
        break;
    }
}

void flow_begin(struct flow *flow, const struct workload *workload, const struct text *text,
                uint32_t number, int64_t at, const struct endpoint *again)
{
    *flow = (struct flow){
        .workload = workload,
        .random = random_of(workload->seed, number),
        .number = number,
        .next_at = at,
    };
    dialogue_write(&flow->script, &flow->random, workload, text, number);
    name_hosts(flow, again);
    flow->is_split = chance(flow, SHARE_SPLITS);
    flow->round_trip = between(flow, 2 * MILLISECOND, 120 * MILLISECOND);
}

void flow_clear(struct flow *flow)
{
    script_clear(&flow->script);
    mem_free(flow->queue);
    flow->queue = NULL;
}

int64_t flow_at(const struct flow *flow)
{
    int64_t queued = flow->first < flow->count ? flow->queue[flow->first].at : INT64_MAX;

    return queued < flow->next_at ? queued : flow->next_at;
}

static void write_packet(struct flow *f, struct wire *wire, const struct pending *packet)
{
    const struct host *sender = &f->hosts[packet->from];
    const struct host *receiver = &f->hosts[side_other(packet->from)];
    uint32_t clock = (uint32_t)(packet->at / MILLISECOND);
    uint8_t octets[WIRE_PAYLOAD_MAX];
    struct wire_segment segment = {
        .from = sender->end,
        .to = receiver->end,
        .sequence = sender->number + 1 + (uint32_t)packet->offset,
        .flags = packet->flags,
        .window = WINDOW,
        .timestamp = (sender->clock + clock) | 1,
    };

    if ((packet->flags & TCP_SYN) != 0)
        segment.sequence--;
    if ((packet->flags & TCP_ACK) != 0) {
        segment.acknowledgement = receiver->number + 1 + (uint32_t)packet->acked;
        segment.echo = (receiver->clock + clock) | 1;
    }
    if (packet->len > 0)
        script_copy(&f->script, &f->script.turns[packet->turn], packet->turn_at, octets,
                    packet->len);
    wire_tcp(wire, packet->at, &segment, slice_of(octets, packet->len));
}

void flow_step(struct flow *flow, struct wire *wire)
{
    if (flow->first < flow->count && flow->queue[flow->first].at <= flow->next_at) {
        write_packet(flow, wire, &flow->queue[flow->first]);
        flow->first++;
        return;
    }
    go_on(flow);
}
