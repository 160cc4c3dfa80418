/* What the kernel and the driver count of a live capture. Private to capture/. */
#ifndef SMTPSCOPE_CAPTURE_LIVE_COUNTS_H
#define SMTPSCOPE_CAPTURE_LIVE_COUNTS_H

#include "capture/source.h"

enum { LIVE_COUNTS_DRIVER = 2 };

struct live_counts {
    int capture;                         /* the packet socket */
    int driver[LIVE_COUNTS_DRIVER];      /* open files of the interface's error counts; -1: none */
    uint64_t before[LIVE_COUNTS_DRIVER]; /* what they said last */
    struct source_counts sum;
};

/* Begins to count. The open files are kept, because nothing may be opened once privileges are
 * dropped: that is why pcap_stats, which opens them each time, is not used. */
void live_counts_open(struct live_counts *counts, int capture, const char *interface);

/* Adds what has come since. To be called at least once in 2^32 frames. */
void live_counts_update(struct live_counts *counts);

void live_counts_close(struct live_counts *counts);

#endif
