/* What an empty result may have missed: a port that speaks SMTP and was not followed. */
#ifndef SMTPSCOPE_APP_HINTS_H
#define SMTPSCOPE_APP_HINTS_H

#include "net/packet.h"

enum { HINT_PORTS_MAX = 16 };

struct hints {
    bool usual_port_seen; /* 25, 587 or 465, in either direction */
    struct {
        uint16_t port;
        uint64_t greetings;
    } ports[HINT_PORTS_MAX]; /* ports past the last are not counted: one is enough for a hint */
    unsigned port_count;
};

/* One TCP segment; `is_followed` says whether its connection is analysed. */
void hints_look(struct hints *hints, const struct segment *segment, bool is_followed);

/* The port to try; 0: none. */
uint16_t hints_port(const struct hints *hints);

#endif
