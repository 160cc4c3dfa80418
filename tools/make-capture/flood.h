/* Captures that are made to exhaust whoever reads them: many connections that cost their sender a
 * packet each, and few that never end what they began. */
#ifndef SMTPSCOPE_MAKE_CAPTURE_FLOOD_H
#define SMTPSCOPE_MAKE_CAPTURE_FLOOD_H

#include "make-capture/wire.h"

struct flood_kind;

/* NULL: there is none of that name. */
const struct flood_kind *flood_named(const char *name);

/* One line a kind, for --help. */
void flood_help(void);

/* `count` connections, segments, octets, lines or commands, as the kind says; 0: as many as it is
 * known for. */
void flood_write(const struct flood_kind *kind, uint64_t count, struct wire *wire);

#endif
