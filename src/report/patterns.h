/* What only several sessions together show: the same client failing AUTH against many names, a
 * server that defers everyone, and the like. Bounded by LIMIT_PATTERN_SUBJECTS. */
#ifndef SMTPSCOPE_REPORT_PATTERNS_H
#define SMTPSCOPE_REPORT_PATTERNS_H

#include "findings/finding.h"
#include "findings/sentence.h"

struct patterns;

enum { PATTERN_SESSIONS = 16 /* ordinals kept of each; the count goes on */ };

struct pattern {
    const char *id;
    enum severity severity;
    struct sentence message; /* captured octets in it are as captured: writers escape */
    const char *fix;
    const char *reference;
    const uint64_t *sessions; /* the first so many; they live as long as the patterns */
    size_t session_count;
};

struct patterns *patterns_new(void); /* NULL: no memory */
void patterns_free(struct patterns *patterns);

MUST_USE enum status patterns_add(struct patterns *patterns, const struct session_record *record);

/* Takes the next pattern, in the order in which their subjects first came up; `*at` begins as 0.
 * False when none is left. */
bool patterns_next(const struct patterns *patterns, size_t *at, struct pattern *out);

/* How often something came up that could not be followed any more. */
uint64_t patterns_overflow(const struct patterns *patterns);

#endif
