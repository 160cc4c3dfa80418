/* From finished records to the reports of every format, held in memory and checked. */
#ifndef SMTPSCOPE_TESTS_FUZZ_REPORTS_H
#define SMTPSCOPE_TESTS_FUZZ_REPORTS_H

#include <stdio.h>

#include "report/metrics.h"
#include "report/tally.h"
#include "session/conversation.h"

enum { REPORTS = 6 };

/* One report being written. */
struct report_text {
    char *text; /* whole after reports_end */
    size_t size;
    FILE *out;
    struct report_writer *writer;
};

struct reports {
    struct report_text all[REPORTS]; /* text at three levels of detail, summary, JSON, NDJSON */
    struct tally *tally;
    struct metrics *metrics;
};

/* `detail` shakes the options that change what is shown. */
void reports_begin(struct reports *reports, unsigned detail);

/* Judges each record and reports it. */
struct record_sink reports_sink(struct reports *reports);

/* Completes the reports and asserts that they are harmless: UTF-8, no control octet, JSON that
 * parses. The texts live until reports_clear. */
void reports_end(struct reports *reports, const struct report_input *input);
void reports_clear(struct reports *reports);

/* Whether `octets` stand in one of the reports. */
bool reports_hold(const struct reports *reports, struct slice octets);

#endif
