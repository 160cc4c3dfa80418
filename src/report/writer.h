/* A report over a stream: begun once, one call a session, ended once. */
#ifndef SMTPSCOPE_REPORT_WRITER_H
#define SMTPSCOPE_REPORT_WRITER_H

#include <stdio.h>

#include "base/limits.h"
#include "catalog/catalog.h"
#include "findings/diagnosis.h"
#include "findings/finding.h"
#include "net/packet.h"
#include "session/record.h"

enum annotate {
    ANNOTATE_ALL,
    ANNOTATE_REFUSALS, /* 4xx and 5xx only */
    ANNOTATE_NONE,
};

enum report_detail {
    DETAIL_QUIET, /* the diagnosis line of each session */
    DETAIL_NORMAL,
    DETAIL_FULL, /* the whole dialogue with timing and octet counts, every annotation */
};

enum clock_zone {
    CLOCK_LOCAL,
    CLOCK_UTC,
};

/* Names and precision of the captures; answered by whoever opened them. */
struct capture_names {
    const void *context;
    const char *(*name)(const void *context, uint32_t capture);
    bool (*is_fine)(const void *context, uint32_t capture); /* finer than microseconds */
};

struct report_options {
    const struct catalog *catalog;
    struct capture_names captures;
    enum annotate annotate;
    enum report_detail detail;
    enum clock_zone zone;
    enum language language;
    bool in_colour;
    bool with_headers; /* --headers */
    unsigned columns;  /* of the terminal; text is wrapped to it */
};

struct report_session {
    const struct session_record *record;
    const struct findings *findings;
    const struct diagnosis *diagnosis; /* NULL: every report is a summary */
};

/* What was read just now, while its session goes on. */
struct report_event {
    const struct endpoint *client;
    const struct endpoint *server;
    const struct smtp_event *event;
};

/* Packets of one link type that could not be decoded for one reason. */
struct report_undecoded {
    enum skip_reason reason;
    int link_type;         /* a LINKTYPE_ value */
    const char *link_name; /* NULL: libpcap has none for it */
    uint64_t packets;
};

/* What was read, known at the end. */
struct report_input {
    const char *const *captures;
    size_t capture_count;
    uint64_t packets;
    uint64_t octets;
    bool has_times; /* false where no packet was read */
    struct place first;
    struct place last;
    uint64_t skipped[SKIP_REASON_COUNT];
    uint64_t checksums[CHECKSUM_COUNT]; /* analysed packets, by enum checksum */
    struct report_undecoded undecoded[LIMIT_UNDECODED_ROWS]; /* those of `skipped` by link type */
    size_t undecoded_count;
    struct fragment_counts fragments;
    uint64_t sessions_unreported; /* left out by the selection options */
    bool is_live;
    uint64_t dropped_by_kernel; /* live: packets that nobody saw, as libpcap counts them */
    uint64_t dropped_by_interface;
};

struct tally; /* report/tally.h: counts over all reported sessions */

struct report_writer; /* opaque: one a format */

/* Each makes a writer over `out`, which stays the caller's. NULL where there is no memory. */
struct report_writer *text_writer_new(FILE *out, const struct report_options *options);
struct report_writer *ndjson_writer_new(FILE *out, const struct report_options *options);
struct report_writer *json_writer_new(FILE *out, const struct report_options *options);
struct report_writer *summary_writer_new(FILE *out, const struct report_options *options);

/* STATUS_IO where the stream failed; errno then says why. */
MUST_USE enum status report_begin(struct report_writer *writer);
/* One event of a session that goes on; most formats have no place for it. */
MUST_USE enum status report_event(struct report_writer *writer, const struct report_event *event);
MUST_USE enum status report_session(struct report_writer *writer,
                                    const struct report_session *session);
MUST_USE enum status report_end(struct report_writer *writer, const struct report_input *input,
                                const struct tally *tally);
void report_writer_free(struct report_writer *writer);

/* For the writers: the table each of them fills in as its first member. */
struct report_writer {
    enum status (*begin)(struct report_writer *writer);
    enum status (*event)(struct report_writer *writer,
                         const struct report_event *event); /* or NULL */
    enum status (*session)(struct report_writer *writer, const struct report_session *session);
    enum status (*end)(struct report_writer *writer, const struct report_input *input,
                       const struct tally *tally);
    void (*free)(struct report_writer *writer);
};

#endif
