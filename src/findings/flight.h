/* What a client has sent and not yet been answered, while it sends on (RFC 2920). The order of
 * capture shows it wherever the capture was taken: a command that waited for a reply passes every
 * point of the way after it. */
#ifndef SMTPSCOPE_FINDINGS_FLIGHT_H
#define SMTPSCOPE_FINDINGS_FLIGHT_H

#include "findings/look.h"

/* The last thing the client sent that is owed a reply, and what has to be known of it. */
struct flight {
    const struct entry *before; /* NULL: none that can be judged */
    const struct entry *forced; /* reply to a content that ended at a look-alike; NULL: none */
};

/* Carries it over one entry. */
void flight_step(struct flight *flight, const struct session_record *record,
                 const struct entry *entry);

/* What the client had sent before `entry`, where `entry` was captured before its reply; NULL: it
 * waited, or it cannot be told. */
const struct entry *flight_of(const struct flight *flight, const struct session_record *record,
                              const struct entry *entry);

#endif
