/* Every kind is a row of a table: what it writes, and how much of it. */
#include "make-capture/flood.h"

#include <string.h>

#include "base/stamp.h"

/* 2 March 2026, 08:00 UTC. */
#define BEGIN (INT64_C(1772438400) * STAMP_SECOND)

/* A hundred thousand packets a second. */
#define STEP (10 * STAMP_MILLISECOND / 1000)

struct flood_kind {
    const char *name;
    const char *what;
    uint64_t count;
    void (*write)(uint64_t count, struct wire *wire);
};

/* One connection, as its packets go by. */
struct talk {
    struct wire *wire;
    struct endpoint ends[2]; /* by enum side */
    uint32_t next[2];        /* sequence numbers */
    int64_t at;
};

static struct talk talk_of(struct wire *wire, uint64_t number, int64_t at)
{
    uint8_t octets[3] = { (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number };

    return (struct talk){
        .wire = wire,
        .ends = { { { 4, { 10, octets[0], octets[1], octets[2] } },
                    (uint16_t)(1024 + (number >> 24) + number % 60000) },
                  { { 4, { 198, 51, 100, 25 } }, 25 } },
        .next = { (uint32_t)number * 2654435761U, (uint32_t)number * 40503U + 77 },
        .at = at,
    };
}

static void send(struct talk *t, enum side from, uint8_t flags, struct slice payload)
{
    enum side to = side_other(from);
    struct wire_segment segment = {
        .from = t->ends[from],
        .to = t->ends[to],
        .sequence = t->next[from],
        .acknowledgement = (flags & TCP_ACK) != 0 ? t->next[to] : 0,
        .flags = flags,
        .window = 64240,
    };

    wire_tcp(t->wire, t->at, &segment, payload);
    t->at += STEP;
    t->next[from] += (uint32_t)payload.len + ((flags & (TCP_SYN | TCP_FIN)) != 0 ? 1 : 0);
}

static void say(struct talk *t, enum side from, const char *text)
{
    send(t, from, TCP_ACK | TCP_PSH, slice_of_string(text));
}

static void ask(struct talk *t, const char *command, const char *reply)
{
    say(t, SIDE_CLIENT, command);
    say(t, SIDE_SERVER, reply);
}

/* The handshake, the greeting, EHLO. */
static struct talk begin(struct wire *wire, uint64_t number, int64_t at)
{
    struct talk t = talk_of(wire, number, at);

    send(&t, SIDE_CLIENT, TCP_SYN, slice_of(NULL, 0));
    send(&t, SIDE_SERVER, TCP_SYN | TCP_ACK, slice_of(NULL, 0));
    send(&t, SIDE_CLIENT, TCP_ACK, slice_of(NULL, 0));
    say(&t, SIDE_SERVER, "220 mx.example.test ESMTP\r\n");
    ask(&t, "EHLO client.example.test\r\n",
        "250-mx.example.test\r\n250-PIPELINING\r\n250 CHUNKING\r\n");
    return t;
}

static void end(struct talk *t)
{
    ask(t, "QUIT\r\n", "221 2.0.0 Bye\r\n");
    send(t, SIDE_SERVER, TCP_ACK | TCP_FIN, slice_of(NULL, 0));
    send(t, SIDE_CLIENT, TCP_ACK | TCP_FIN, slice_of(NULL, 0));
}

/* So many octets of one side: `line` over and over, in full segments, each acknowledged in its
 * turn. */
static void pour(struct talk *t, enum side from, const char *line, uint64_t octets)
{
    uint8_t segment[WIRE_PAYLOAD_MAX];
    size_t length = strlen(line);
    size_t at = 0;

    while (octets > 0) {
        size_t some = octets < sizeof(segment) ? (size_t)octets : sizeof(segment);

        for (size_t i = 0; i < some; i++) {
            segment[i] = (uint8_t)line[at];
            at = at + 1 == length ? 0 : at + 1;
        }
        send(t, from, TCP_ACK, slice_of(segment, some));
        send(t, side_other(from), TCP_ACK, slice_of(NULL, 0));
        octets -= some;
    }
}

static void write_syn(uint64_t count, struct wire *wire)
{
    for (uint64_t i = 0; i < count; i++) {
        struct talk t = talk_of(wire, i, BEGIN + (int64_t)i * STEP);

        send(&t, SIDE_CLIENT, TCP_SYN, slice_of(NULL, 0));
    }
}

static void write_half_open(uint64_t count, struct wire *wire)
{
    for (uint64_t i = 0; i < count; i++) {
        struct talk t = talk_of(wire, i, BEGIN + (int64_t)i * 2 * STEP);

        send(&t, SIDE_CLIENT, TCP_SYN, slice_of(NULL, 0));
        send(&t, SIDE_SERVER, TCP_SYN | TCP_ACK, slice_of(NULL, 0));
    }
}

static void write_one_packet(uint64_t count, struct wire *wire)
{
    for (uint64_t i = 0; i < count; i++) {
        struct talk t = talk_of(wire, i, BEGIN + (int64_t)i * STEP);

        say(&t, SIDE_CLIENT, "EHLO client.example.test\r\n");
    }
}

/* The bits of `number` from the other end: neighbours come far apart. */
static uint32_t turned(uint32_t number, unsigned bits)
{
    uint32_t result = 0;

    for (unsigned i = 0; i < bits; i++)
        result |= (number >> i & 1) << (bits - 1 - i);
    return result;
}

/* Every other octet, in an order that fills no hole and begins at neither end; as many in each
 * connection as are held. */
static void write_holes(uint64_t count, struct wire *wire)
{
    enum { BITS = 12 };
    struct talk t = begin(wire, 0, BEGIN);
    uint32_t first = t.next[SIDE_CLIENT];

    for (uint64_t i = 0; i < count; i++) {
        if (i > 0 && i % (1 << BITS) == 0) {
            t = begin(wire, i >> BITS, t.at);
            first = t.next[SIDE_CLIENT];
        }
        t.next[SIDE_CLIENT] = first + 1 + 2 * turned((uint32_t)(i % (1 << BITS)), BITS);
        say(&t, SIDE_CLIENT, "x");
    }
}

static void write_endless_line(uint64_t count, struct wire *wire)
{
    struct talk t = begin(wire, 0, BEGIN);

    pour(&t, SIDE_CLIENT, "x", count);
}

static void write_huge_message(uint64_t count, struct wire *wire)
{
    static const char line[] = "All that is sent is counted, however long it takes to send it.\r\n";
    struct talk t = begin(wire, 0, BEGIN);
    uint64_t lines = count / (sizeof(line) - 1);

    ask(&t, "MAIL FROM:<a@example.test>\r\n", "250 2.1.0 Ok\r\n");
    ask(&t, "RCPT TO:<b@example.test>\r\n", "250 2.1.5 Ok\r\n");
    ask(&t, "DATA\r\n", "354 End data with <CR><LF>.<CR><LF>\r\n");
    pour(&t, SIDE_CLIENT, line, lines * (sizeof(line) - 1));
    ask(&t, ".\r\n", "250 2.0.0 Ok: queued as 4FloodX1Yz\r\n");
    end(&t);
}

static void write_long_reply(uint64_t count, struct wire *wire)
{
    static const char line[] = "214-And so on.\r\n";
    struct talk t = begin(wire, 0, BEGIN);

    say(&t, SIDE_CLIENT, "HELP\r\n");
    pour(&t, SIDE_SERVER, line, count * (sizeof(line) - 1));
    say(&t, SIDE_SERVER, "214 That was it.\r\n");
    end(&t);
}

static void write_pipelined(uint64_t count, struct wire *wire)
{
    static const char command[] = "NOOP\r\n";
    static const char reply[] = "250 2.0.0 Ok\r\n";
    struct talk t = begin(wire, 0, BEGIN);

    pour(&t, SIDE_CLIENT, command, count * (sizeof(command) - 1));
    pour(&t, SIDE_SERVER, reply, count * (sizeof(reply) - 1));
    end(&t);
}

/* 2^63 is more than any server counts; one less is what RFC 3030 lets it count to. */
static void write_bdat(uint64_t count, struct wire *wire)
{
    static const char *const sizes[] = { "BDAT 9223372036854775808 LAST\r\n",
                                         "BDAT 9223372036854775807 LAST\r\n" };
    int64_t at = BEGIN;

    for (size_t i = 0; i < 2; i++) {
        struct talk t = begin(wire, i, at);

        ask(&t, "MAIL FROM:<a@example.test>\r\n", "250 2.1.0 Ok\r\n");
        ask(&t, "RCPT TO:<b@example.test>\r\n", "250 2.1.5 Ok\r\n");
        say(&t, SIDE_CLIENT, sizes[i]);
        if (i == 0)
            say(&t, SIDE_SERVER, "501 5.5.4 Syntax: BDAT count [LAST]\r\n");
        else
            pour(&t, SIDE_CLIENT, "All of it in one chunk.\r\n", count);
        at = t.at;
    }
}

static const struct flood_kind kinds[] = {
    { "syn", "connections of a SYN each", 1000000, write_syn },
    { "half-open", "connections of a SYN and its answer each", 1000000, write_half_open },
    { "one-packet", "connections of an EHLO each, without a SYN", 1000000, write_one_packet },
    { "holes", "segments of an octet each, between holes", 1000000, write_holes },
    { "endless-line", "octets of a line without an end", UINT64_C(1) << 30, write_endless_line },
    { "huge-message", "octets of a message", UINT64_C(9) << 29, write_huge_message },
    { "long-reply", "lines of a reply", 100000, write_long_reply },
    { "pipelined", "commands, then their replies", 1000000, write_pipelined },
    { "bdat", "octets of a chunk said to have 2^63", 100000000, write_bdat },
};

const struct flood_kind *flood_named(const char *name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

void flood_help(void)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        printf("                        %-13s %s\n", kinds[i].name, kinds[i].what);
}

void flood_write(const struct flood_kind *kind, uint64_t count, struct wire *wire)
{
    kind->write(count == 0 ? kind->count : count, wire);
}
