/* The next in-order run of one direction of a connection, or a hole in it. */
#ifndef SMTPSCOPE_BASE_CHUNK_H
#define SMTPSCOPE_BASE_CHUNK_H

#include "base/slice.h"
#include "base/stamp.h"

enum side {
    SIDE_CLIENT,
    SIDE_SERVER,
};

static inline enum side side_other(enum side s)
{
    return s == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

/* Where in the input an octet was captured. */
struct place {
    struct stamp at;
    uint64_t frame;   /* 1-based, counted in each capture file of its own: Wireshark's number */
    uint32_t capture; /* index of the capture file; 0 for an interface */
};

struct chunk {
    enum side from;
    struct place place; /* of the segment that brought it; for a hole, of what came after it */
    uint64_t offset;    /* octets of this direction before this one, holes counted */
    struct slice data;  /* borrowed: valid during the call that hands it on */
    uint64_t missing;   /* octets the capture does not hold; data is then empty */
};

#endif
