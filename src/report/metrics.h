/* Counts over all reported sessions in Prometheus's text format, for whoever scrapes a live capture.
 * Names and labels are our own or come from tables, never from a capture, so the number of series has
 * a bound. A session counts when it is reported: as it ends. */
#ifndef SMTPSCOPE_REPORT_METRICS_H
#define SMTPSCOPE_REPORT_METRICS_H

#include "base/buf.h"
#include "report/writer.h"
#include "tcp/tracker.h"

struct metrics;

struct metrics *metrics_new(void); /* NULL: no memory */
void metrics_free(struct metrics *metrics);
void metrics_add(struct metrics *metrics, const struct report_session *session);

/* What is not of a session: known by whoever runs the capture. Everything but the states of now (open
 * connections, octets held, memory) only ever rises. */
struct metrics_capture {
    struct stamp started; /* of the program */
    uint64_t packets_received;
    uint64_t packets_analysed;
    uint64_t skipped[SKIP_REASON_COUNT];
    uint64_t dropped_by_kernel;
    uint64_t dropped_by_interface;
    uint64_t sessions_unreported; /* left out by the selection options */
    struct tracker_counts tcp;
    uint64_t resident_octets; /* 0: not known, and left out */
};

/* The most that metrics_write appends. */
#define METRICS_TEXT_MAX ((size_t)4 << 20)

/* The media type of what is written. */
#define METRICS_MEDIA_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Appends the whole text to `out`, whose maximum is at least METRICS_TEXT_MAX. */
MUST_USE enum status metrics_write(const struct metrics *metrics,
                                   const struct metrics_capture *capture, struct buf *out);

#endif
