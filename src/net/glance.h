/* Between whom a frame passes, at a look: for who wants to have memory at hand when the frame itself
 * is decoded. Nothing that is reported depends on it. */
#ifndef SMTPSCOPE_NET_GLANCE_H
#define SMTPSCOPE_NET_GLANCE_H

#include "capture/frame.h"
#include "net/packet.h"
#include "net/port_set.h"

struct glance {
    struct endpoint from;
    struct endpoint to;
    uint32_t payload; /* octets sent */
};

/* False where the frame is not plainly TCP over IP over Ethernet, as most frames are, from or to one of
 * those ports. */
bool net_glance(const struct frame *frame, const struct port_set *followed, struct glance *out);

#endif
