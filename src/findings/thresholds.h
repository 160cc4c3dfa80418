/* From where on a time or a count is worth a finding: the one table of them, each with its reason. */
#ifndef SMTPSCOPE_FINDINGS_THRESHOLDS_H
#define SMTPSCOPE_FINDINGS_THRESHOLDS_H

#include "base/stamp.h"

/* A client at the keyboard gives up about then; servers that scan while the client waits take less.
 * --slow sets it. */
#define SLOW_REPLY (10 * STAMP_SECOND)

/* Greeting pauses against spam software begin there; many clients wait 5 to 10 s in practice. */
#define SLOW_GREETING (5 * STAMP_SECOND)

/* A client has its answer and its message ready: a minute is a stuck process, not a pause. */
#define CLIENT_STALL (60 * STAMP_SECOND)

/* A window closes for moments in any fast transfer; a second is a reader that does not read. */
#define ZERO_WINDOW (1 * STAMP_SECOND)

/* A part of a reply that is over before its end by so much was not held up by the network. */
#define TRICKLE (1 * STAMP_SECOND)

enum {
    /* Two lost segments are chance; two in a hundred halve what a path carries. */
    RETRANSMISSIONS_MIN = 3,
    RETRANSMISSIONS_PERCENT = 2,

    /* Random loss repeats the same segment once, rarely twice. */
    STALL_REPETITIONS = 3,

    /* RFC 5321 4.5.3.1.8: so many recipients every server must take. */
    RECIPIENTS_MIN = 100,

    /* So many slow replies, and half of all, are a policy. */
    TARPIT_REPLIES = 3,
};

#endif
