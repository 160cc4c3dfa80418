/* Frames decoded ahead of their analysis. With thousands of connections open each packet is of
 * another, whose memory is in no cache; while some packets wait, what they will touch is fetched,
 * all of it at the same time. */
#ifndef SMTPSCOPE_APP_AHEAD_H
#define SMTPSCOPE_APP_AHEAD_H

#include "capture/frame.h"
#include "net/decode.h"
#include "tcp/tracker.h"

enum {
    /* With fewer connections open all of them are in the cache. */
    AHEAD_CONNECTIONS = 500,
    AHEAD_FRAMES = 32,
    AHEAD_OCTETS = 2048, /* a longer frame does not wait */
};

struct ahead_frame {
    struct frame frame; /* its octets are the copy below */
    struct packet packet;
    struct tracker_glance glance;
    uint8_t octets[AHEAD_OCTETS];
};

/* All zero: empty. */
struct ahead {
    struct ahead_frame *ring; /* AHEAD_FRAMES of them; NULL: none was ever needed */
    unsigned oldest;
    unsigned count;
};

static inline bool ahead_is_full(const struct ahead *ahead)
{
    return ahead->count == AHEAD_FRAMES;
}

/* There is one. It lives until ahead_drop_oldest. */
static inline struct ahead_frame *ahead_oldest(const struct ahead *ahead)
{
    return &ahead->ring[ahead->oldest];
}

static inline void ahead_drop_oldest(struct ahead *ahead)
{
    ahead->oldest = (ahead->oldest + 1) % AHEAD_FRAMES;
    ahead->count--;
}

/* Decodes a frame, and keeps a copy where it is one segment of TCP that can wait. Otherwise false:
 * then `*packet` and `*parse` are net_decode's of `*frame`, to be taken after those that wait. The
 * ring must not be full. */
bool ahead_put(struct ahead *ahead, struct net_decoder *decoder, const struct tracker *tracker,
               const struct frame *frame, struct packet *packet, enum parse *parse);

void ahead_clear(struct ahead *ahead);

#endif
