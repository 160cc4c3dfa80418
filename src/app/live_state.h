/* What the opening of a live capture (live_begin.c), its loop (live.c) and its metrics
 * (live_metrics.c) share. */
#ifndef SMTPSCOPE_APP_LIVE_STATE_H
#define SMTPSCOPE_APP_LIVE_STATE_H

#include "app/analysis.h"
#include "app/metrics.h"
#include "capture/packet_file.h"

struct live {
    const struct options *options;
    struct analysis analysis;
    struct source *source;
    struct packet_file *packets; /* NULL: not kept, or no more */
    bool has_packet_trouble;
    bool is_over;                  /* the interface has gone */
    int64_t ends_at;               /* of the clock that never goes back; INT64_MAX: no end */
    int64_t stats_at;              /* the same; INT64_MAX: never */
    int64_t drops_at;              /* when drops are looked at next */
    struct source_counts told;     /* drops that the user has been told of */
    struct metrics_server *server; /* NULL: nobody is to be told */
    int64_t served;                /* when it was run; of the clock that never goes back */
    int statm;                     /* the kernel's word on the memory in use; -1: none */
    struct stamp started;
};

/* Opens the interface, the reports and the packet file, then gives up every right that the loop does
 * not need. Where it fails, that has been said, and live_run frees what there is. */
enum exit_status live_begin(struct live *live, const struct catalog *catalog);

/* --metrics, before rights are given up. Where it fails, that has been said. live_metrics_close is
 * called in every case. */
enum exit_status live_metrics_open(struct live *live);
void live_metrics_close(struct live *live);

/* Answers who asked. Where packets wait (`is_idle` false), not at every call. */
void live_metrics_serve(struct live *live, int64_t now, bool is_idle);

#endif
