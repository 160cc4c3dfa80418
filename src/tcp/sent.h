/* When the server acknowledged what the client sent last: what tells the network's part of a reply's
 * latency from the server's. */
#ifndef SMTPSCOPE_TCP_SENT_H
#define SMTPSCOPE_TCP_SENT_H

#include "tcp/connection.h"

/* As many segments may follow a command before its reply comes, without its time being forgotten. */
enum { SENT_KEPT = 8 };

struct sent_segment {
    uint64_t frame : 62;
    bool is_acknowledged : 1;
    bool is_repeated : 1;
    struct stamp at;
    struct stamp acknowledged; /* where is_acknowledged */
    uint32_t capture;
    uint32_t end; /* one past its last octet, the low bits of the offset: what is compared with it
                     lies less than 2^31 away, but where holes of gigabytes are given up */
};

struct sent {
    struct sent_segment list[SENT_KEPT];
    uint8_t count;       /* of the list */
    uint8_t next;        /* where the next one goes */
    uint8_t waiting;     /* of them, those not acknowledged */
    int64_t smallest_ns; /* from a segment to its acknowledgement; -1: none measured */
};

void sent_init(struct sent *sent);

/* Where in the list the one is after which `newer` came. What is asked for is hardly ever far
 * back. */
static inline unsigned sent_index(const struct sent *sent, unsigned newer)
{
    return (sent->next + (unsigned)SENT_KEPT - 1 - newer) % SENT_KEPT;
}

/* The newest, of which there may be none yet. */
static inline const struct sent_segment *sent_newest(const struct sent *sent)
{
    return &sent->list[sent_index(sent, 0)];
}

/* Where the next one goes: over the oldest. */
static inline const struct sent_segment *sent_next(const struct sent *sent)
{
    return &sent->list[sent->next];
}

/* A segment of new octets that end at `end`. */
void sent_push(struct sent *sent, uint64_t end, const struct place *place);

/* Octets from `from` to `end` came once more. */
void sent_repeat(struct sent *sent, uint64_t from, uint64_t end);

/* The peer has acknowledged everything before `offset`. */
void sent_acknowledge(struct sent *sent, uint64_t offset, struct stamp at);

/* The segment captured there; NULL where it is not known any more. */
const struct sent_segment *sent_at(const struct sent *sent, const struct place *place);

#endif
