/* The server ports to follow, as --ports lists them. */
#ifndef SMTPSCOPE_APP_PORTS_H
#define SMTPSCOPE_APP_PORTS_H

#include "net/port_set.h"

struct ports {
    bool is_any; /* then all are in the set */
    struct port_set set;
};

/* 25, 587 and 465: smtp, submission (RFC 6409), submissions (RFC 8314). */
void ports_default(struct ports *ports);

/* Reads "25,2525", "+2525" (added to what is there) or "any"; false where it is none of these, and
 * `*ports` is then as it was. */
bool ports_parse(struct ports *ports, const char *text);

/* Inline: asked for every packet. */
static inline bool ports_hold(const struct ports *ports, uint16_t port)
{
    return port_set_has(&ports->set, port);
}

#endif
