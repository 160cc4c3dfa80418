/* Between whom a frame passes, at a look: for who wants to have memory at hand when the frame itself
 * is decoded. Nothing that is reported depends on it. */
#ifndef SMTPSCOPE_NET_GLANCE_H
#define SMTPSCOPE_NET_GLANCE_H

#include "net/packet.h"

struct glance {
    struct endpoint from;
    struct endpoint to;
    bool has_payload;
};

/* False where the frame is not plainly TCP over IP over Ethernet, as most frames are. */
bool net_glance(int link_type, struct slice octets, struct glance *out);

#endif
