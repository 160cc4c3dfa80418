/* What one direction shows of a path that does not let it through: which sizes the peer has
 * acknowledged, and which segment was sent again and again. */
#ifndef SMTPSCOPE_TCP_STUCK_H
#define SMTPSCOPE_TCP_STUCK_H

#include "base/status.h"
#include "tcp/connection.h"

struct stalls {
    struct tcp_stall now;   /* of the first octet not acknowledged; times 0: none */
    struct tcp_stall worst; /* that is over */
    uint32_t sacked;        /* the longest run past the first octet not acknowledged */
    uint32_t peer_before;   /* packets of the peer before `now` began */
};

struct stuck {
    uint32_t largest; /* data segment seen */
    uint32_t passed;  /* the largest that the peer has acknowledged */
    uint32_t trying;  /* one that waits to be, and where it ends; 0: none */
    uint64_t trying_end;
    struct stalls *stalls; /* NULL: nothing was ever sent again, nor acknowledged past a hole */
};

void stuck_clear(struct stuck *stuck);

/* The stall with the most repetitions. `packets` is the peer's count. */
struct tcp_stall stuck_worst(const struct stuck *stuck, uint32_t packets);

/* A data segment of new octets that ends at `end`. True where its acknowledgement will tell more. */
static inline bool stuck_take(struct stuck *stuck, uint32_t length, uint64_t end)
{
    if (length > stuck->largest)
        stuck->largest = length;
    /* One as large waits already, or has passed. */
    if (length <= stuck->passed || length <= stuck->trying)
        return false;
    stuck->trying = length;
    stuck->trying_end = end;
    return true;
}

/* Octets from `from` on were sent again. A large segment sent again in small pieces will not have
 * passed when they are acknowledged. */
static inline void stuck_shrink(struct stuck *stuck, uint32_t length, uint64_t from)
{
    if (length < stuck->trying && from < stuck->trying_end &&
        from + stuck->trying >= stuck->trying_end) {
        stuck->trying = length;
        stuck->trying_end = from + length;
    }
}

/* A segment that begins with the first octet not acknowledged was sent again. */
MUST_USE enum status stuck_repeat(struct stuck *stuck, uint32_t length, const struct place *place,
                                  uint32_t packets);

/* The peer holds a run of `length` octets past the first one not acknowledged (RFC 2018). */
MUST_USE enum status stuck_sack(struct stuck *stuck, uint32_t length);

/* The peer has acknowledged more than before, up to `acked`. */
void stuck_acknowledge(struct stuck *stuck, uint64_t acked, struct stamp at);

/* An acknowledgement of more can still tell something. */
static inline bool stuck_is_waiting(const struct stuck *stuck)
{
    return stuck->trying != 0 ||
           (stuck->stalls != NULL && (stuck->stalls->now.times != 0 || stuck->stalls->sacked != 0));
}

#endif
