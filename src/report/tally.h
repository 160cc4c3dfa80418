/* Counts over all reported sessions: what `summary`, the JSON report's summary and the end of the
 * text report are made of. */
#ifndef SMTPSCOPE_REPORT_TALLY_H
#define SMTPSCOPE_REPORT_TALLY_H

#include "report/patterns.h"
#include "report/writer.h"

/* A name and how often it came up; lists are sorted, most first, then by name. */
struct tally_row {
    const char *name; /* as captured: escaped by whoever shows it */
    size_t name_len;
    uint64_t count;
};

struct tally;

struct tally *tally_new(void); /* NULL: no memory */
void tally_free(struct tally *tally);
MUST_USE enum status tally_add(struct tally *tally, const struct report_session *session);

struct tally_totals {
    uint64_t sessions;
    uint64_t outcomes[OUTCOME_COUNT];
    uint64_t replies[1000]; /* by code; [0]: lines without one */
    uint64_t messages_accepted;
    uint64_t messages_refused;
    uint64_t messages_unknown;
    uint64_t message_octets;
    uint64_t recipients_accepted;
    uint64_t recipients_refused;
};

const struct tally_totals *tally_totals(const struct tally *tally);

/* What the sessions show together. */
const struct patterns *tally_patterns(const struct tally *tally);

enum tally_list {
    TALLY_REFUSING_SERVERS, /* servers by replies that refused or deferred mail */
    TALLY_REFUSED_DOMAINS,  /* recipients' domains by refused recipients and messages */
    TALLY_FINDINGS,         /* finding ids by sessions that hold them */
    TALLY_LIST_COUNT,
};

/* The rows of a list, at most `most`; `*count` of them. They live until the next call; NULL
 * where there is no memory for them. Distinct
 * names past a limit of base/limits.h are counted together and reported by tally_overflow. */
const struct tally_row *tally_rows(const struct tally *tally, enum tally_list list, size_t most,
                                   size_t *count);
uint64_t tally_overflow(const struct tally *tally, enum tally_list list);

/* Latency of replies by the verb they answer. */
struct tally_latency {
    enum smtp_verb verb;
    uint64_t count;
    int64_t median_ns; /* from a histogram whose buckets are a tenth wide: within 10 % */
    int64_t p95_ns;
    int64_t slowest_ns; /* exact */
    uint64_t slowest_session;
};

/* A row for each verb that was answered, the slowest first; how many. */
size_t tally_latencies(const struct tally *tally, struct tally_latency out[VERB_COUNT]);

#endif
