/* The counts themselves, shared by who counts (metrics_counts.c) and who writes (metrics.c). */
#ifndef SMTPSCOPE_REPORT_METRICS_COUNTS_H
#define SMTPSCOPE_REPORT_METRICS_COUNTS_H

#include "report/metrics.h"

/* Reply codes that have a series of their own; all others share the last. */
enum { METRICS_CODE_FIRST = 200, METRICS_CODE_LAST = 599 };
enum {
    METRICS_CODE_OTHER = METRICS_CODE_LAST - METRICS_CODE_FIRST + 1,
    METRICS_CODES,
};

/* Upper bounds of latency: from what a server on the same network takes to RFC 5321 4.5.3.2's ten
 * minutes. */
enum { METRICS_BOUNDS = 18 };

extern const struct metrics_bound {
    int64_t ns;
    const char *seconds; /* as the label has it */
} metrics_bounds[METRICS_BOUNDS];

struct metrics_latency {
    uint64_t within[METRICS_BOUNDS]; /* longer than the bound before, and no longer than this one */
    uint64_t beyond;
    uint64_t sum_ns;
};

/* SSLv3 to TLSv1.3, and what is none of them or was not seen. */
enum { METRICS_TLS_VERSIONS = 6, METRICS_TLS_UNKNOWN = METRICS_TLS_VERSIONS - 1 };

extern const uint16_t metrics_tls_versions[METRICS_TLS_UNKNOWN];

enum {
    METRICS_SERVICES = SERVICE_OTHER + 1,
    METRICS_TLS_MODES = TLS_IMPLICIT + 1,
    METRICS_TLS_HANDSHAKES = TLS_HANDSHAKE_FAILED + 1,
    METRICS_VERDICTS = VERDICT_REFUSED + 1,
};

struct metrics {
    uint64_t sessions[METRICS_SERVICES][OUTCOME_COUNT];
    uint64_t replies[VERB_COUNT][METRICS_CODES];
    struct metrics_latency latencies[VERB_COUNT];
    uint64_t tls[METRICS_TLS_MODES][METRICS_TLS_HANDSHAKES][METRICS_TLS_VERSIONS];
    uint64_t messages[METRICS_VERDICTS];
    uint64_t recipients[METRICS_VERDICTS];
    uint64_t message_octets;
    uint64_t *findings; /* as finding_rules lists them */
};

#endif
