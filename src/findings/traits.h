/* What is unusual about a record as a whole, so that most looks at it need not be taken. */
#ifndef SMTPSCOPE_FINDINGS_TRAITS_H
#define SMTPSCOPE_FINDINGS_TRAITS_H

#include "findings/finding.h"
#include "findings/thresholds.h"

/* The longest that one side kept the other waiting, as a walk over the dialogue finds it. */
struct waits {
    int64_t reply_ns;          /* for a reply: all of its latency, or the server's part */
    int64_t silence_ns;        /* behind a reply */
    const struct entry *reply; /* the last thing said; NULL: something else was */
};

/* Carries it over one entry. */
static inline void waits_step(struct waits *waits, const struct entry *entry)
{
    if (waits->reply != NULL) {
        int64_t silence = stamp_between(waits->reply->place.at, entry->begin.at);

        if (silence > waits->silence_ns)
            waits->silence_ns = silence;
        waits->reply = NULL;
    }
    if (entry->kind == ENTRY_REPLY) {
        const struct entry_reply *reply = &entry->reply;

        if (reply->latency_ns > waits->reply_ns)
            waits->reply_ns = reply->latency_ns;
        if (reply->parts.server_ns > waits->reply_ns)
            waits->reply_ns = reply->parts.server_ns;
        waits->reply = entry;
    }
}

/* What takes too long for a reply. */
static inline int64_t slow_limit(const struct findings *findings)
{
    return findings->slow_ns > 0 ? findings->slow_ns : SLOW_REPLY;
}

/* The WITH_ bits of findings/view.h; `waits` has been carried over all entries. */
uint64_t traits_of(const struct session_record *record, const struct waits *waits,
                   int64_t slow_limit);

#endif
