/* Numbers and times as people read them. */
#ifndef SMTPSCOPE_REPORT_HUMAN_H
#define SMTPSCOPE_REPORT_HUMAN_H

#include "base/stamp.h"
#include "report/writer.h"

/* A short text by value, ended by a NUL, so that a call can stand where the text is needed. */
struct human {
    char text[64];
};

/* "1204", as frames are numbered */
struct human human_plain(uint64_t number);

/* "1,204" */
struct human human_count(uint64_t count);

/* "1,204 octets", "1 octet": `one` and `many` are the nouns, short words. */
struct human human_counted(uint64_t count, const char *one, const char *many);

/* "27 µs", "0.8 ms", "12 ms", "1.24 s", "5 min 3 s", "2 h 5 min", "3 d 4 h"; "unknown" where
 * negative. */
struct human human_duration(int64_t ns);

enum human_decimals {
    HUMAN_MILLISECONDS,
    HUMAN_MICROSECONDS,
};

/* Seconds: "0.013", "-0.001"; cut, not rounded, as frame times are. */
struct human human_offset(int64_t ns, enum human_decimals decimals);

/* "2026-11-24 01:02:03.123" */
struct human human_time(struct stamp at, enum clock_zone zone);

/* "01:02:03.123" */
struct human human_clock(struct stamp at, enum clock_zone zone);

/* "UTC", or the zone's own name at that time, e.g. "CET". */
struct human human_zone(struct stamp at, enum clock_zone zone);

#endif
