/* What a live capture tells those who scrape it, and when they are served. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "app/live_state.h"
#include "app/message.h"
#include "base/clock.h"
#include "report/metrics.h"

/* While packets keep coming, the server is looked at this often only. */
#define SERVE_EVERY (10 * STAMP_MILLISECOND)

/* "SIZE RESIDENT ...", in pages; 0 where it cannot be read. */
static uint64_t resident_octets(int statm)
{
    char text[128];
    ssize_t len = statm < 0 ? -1 : pread(statm, text, sizeof text, 0);
    long page = sysconf(_SC_PAGESIZE);
    struct slice rest;
    uint64_t pages;

    if (len <= 0 || page <= 0)
        return 0;
    rest = slice_of(text, (size_t)len);
    (void)slice_next_word(&rest);
    return slice_to_u64(slice_next_word(&rest), &pages) ? pages * (uint64_t)page : 0;
}

static enum status write_text(void *context, struct buf *out)
{
    struct live *live = context;
    const struct report_input *input = &live->analysis.input;
    struct metrics_capture capture = {
        .started = live->started,
        .sessions_unreported = input->sessions_unreported,
        .resident_octets = resident_octets(live->statm),
    };
    struct source_progress read;
    struct source_counts counts;
    uint64_t skipped = 0;

    source_progress(live->source, &read);
    source_counts(live->source, &counts);
    tracker_counts(live->analysis.tracker, &capture.tcp);
    for (unsigned i = 0; i < SKIP_REASON_COUNT; i++) {
        capture.skipped[i] = input->skipped[i];
        skipped += input->skipped[i];
    }
    capture.packets_received = counts.received;
    capture.dropped_by_kernel = counts.dropped_by_kernel;
    capture.dropped_by_interface = counts.dropped_by_interface;
    /* Fragments are found to be lost long after they came: to take them back then would let a count
     * fall that must not. */
    capture.packets_analysed = read.frames > skipped ? read.frames - skipped : 0;
    capture.skipped[SKIP_FRAGMENT] += net_decoder_fragments(live->analysis.decoder).lost;
    return metrics_write(live->analysis.metrics, &capture, out);
}

enum exit_status live_metrics_open(struct live *live)
{
    const struct metrics_text text = { live, write_text };
    char error[METRICS_ERROR_MAX];

    live->statm = -1;
    if (!live->options->live.has_metrics)
        return EXIT_DONE;
    live->started.ns = clock_ns(CLOCK_REALTIME);
    live->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    switch (metrics_server_open(&live->server, &live->options->live.metrics, &text, error)) {
    case STATUS_OK:
        return EXIT_DONE;
    case STATUS_IO:
    case STATUS_USAGE:
        message("%s", error);
        return EXIT_TROUBLE;
    case STATUS_NO_MEMORY:
        break;
    }
    message("out of memory");
    return EXIT_TROUBLE;
}

void live_metrics_serve(struct live *live, int64_t now, bool is_idle)
{
    if (live->server == NULL || (!is_idle && now - live->served < SERVE_EVERY))
        return;
    live->served = now;
    metrics_server_run(live->server, now);
}

void live_metrics_close(struct live *live)
{
    metrics_server_free(live->server);
    live->server = NULL;
    if (live->statm >= 0)
        (void)close(live->statm);
    live->statm = -1;
}
