/* What the opening of a live capture (live_begin.c) and its loop (live.c) share. */
#ifndef SMTPSCOPE_APP_LIVE_STATE_H
#define SMTPSCOPE_APP_LIVE_STATE_H

#include "app/analysis.h"
#include "capture/packet_file.h"

struct live {
    const struct options *options;
    struct analysis analysis;
    struct source *source;
    struct packet_file *packets; /* NULL: not kept, or no more */
    bool has_packet_trouble;
    bool is_over;              /* the interface has gone */
    int64_t ends_at;           /* of the clock that never goes back; INT64_MAX: no end */
    int64_t stats_at;          /* the same; INT64_MAX: never */
    int64_t drops_at;          /* when drops are looked at next */
    struct source_counts told; /* drops that the user has been told of */
};

/* Opens the interface, the reports and the packet file, then gives up every right that the loop does
 * not need. Where it fails, that has been said, and live_run frees what there is. */
enum exit_status live_begin(struct live *live, const struct catalog *catalog);

#endif
