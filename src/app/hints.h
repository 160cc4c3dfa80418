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

/* What hints_look leaves to look at closer. */
void hints_look_closer(struct hints *hints, const struct segment *segment, bool is_followed);

/* One TCP segment; `is_followed` says whether its connection is analysed. Inline: few have anything
 * new to tell. */
static inline void hints_look(struct hints *hints, const struct segment *segment, bool is_followed)
{
    bool may_greet = !is_followed && segment->payload.len > 0 && segment->payload.data[0] == '2';

    if (may_greet || !hints->usual_port_seen)
        hints_look_closer(hints, segment, is_followed);
}

/* The port to try; 0: none. */
uint16_t hints_port(const struct hints *hints);

#endif
