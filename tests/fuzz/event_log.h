/* The events of a dialogue as octets, so that two runs can be compared and a secret be looked for.
 * How TLS was cut does not show: neighbouring pieces of one side are told together. */
#ifndef SMTPSCOPE_TESTS_FUZZ_EVENT_LOG_H
#define SMTPSCOPE_TESTS_FUZZ_EVENT_LOG_H

#include <stdio.h>

#include "smtp/dialog.h"

struct event_log {
    char *text; /* on the heap once event_log_end has been called */
    size_t size;
    FILE *out;
    uint64_t opaque[2]; /* octets of TLS not told yet, by enum side */
    enum side opaque_from;
    uint64_t sequence; /* of the event told last */
};

void event_log_begin(struct event_log *log);
struct smtp_event_sink event_log_sink(struct event_log *log);

/* Completes the text; the caller frees it with event_log_clear. */
void event_log_end(struct event_log *log);
void event_log_clear(struct event_log *log);

#endif
