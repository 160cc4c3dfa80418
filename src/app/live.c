/* Sniffs an interface: one loop that waits, reads what has come, and looks at the clock. */
#include "app/live.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>

#include "app/live_state.h"
#include "app/message.h"
#include "app/signals.h"
#include "base/clock.h"
#include "report/human.h"

enum {
    BATCH = 1024,      /* frames before signals and the clock are looked at again */
    WAIT_BUSY_MS = 50, /* how long the loop waits where connections are open */
    WAIT_QUIET_MS = 500,
};

/* Drops are told as they happen, but not with every one of them. */
#define DROPS_EVERY (2 * STAMP_SECOND)

static uint64_t skipped_packets(const struct analysis *a)
{
    uint64_t skipped = 0;

    for (unsigned i = 0; i < SKIP_REASON_COUNT; i++)
        skipped += a->input.skipped[i];
    return skipped;
}

static void tell_counts(struct live *live)
{
    struct source_progress read;
    struct source_counts counts;
    uint64_t skipped = skipped_packets(&live->analysis);

    source_progress(live->source, &read);
    source_counts(live->source, &counts);
    message("%s seen, %s analysed, %s dropped by the kernel, %s by the interface; %s",
            human_counted(counts.received, "packet", "packets").text,
            human_count(read.frames > skipped ? read.frames - skipped : 0).text,
            human_count(counts.dropped_by_kernel).text,
            human_count(counts.dropped_by_interface).text,
            human_counted(live->analysis.sessions, "session", "sessions").text);
}

/* A drop is a hole in somebody's session: it is never silent. */
static void tell_drops(struct live *live)
{
    struct source_counts counts;

    source_counts(live->source, &counts);
    if (counts.dropped_by_kernel > live->told.dropped_by_kernel)
        message("%s dropped by the kernel, %s in all: a larger buffer (-B) or a narrower filter "
                "may help",
                human_counted(counts.dropped_by_kernel - live->told.dropped_by_kernel, "packet",
                              "packets")
                    .text,
                human_count(counts.dropped_by_kernel).text);
    if (counts.dropped_by_interface > live->told.dropped_by_interface)
        message("%s dropped by the interface",
                human_counted(counts.dropped_by_interface - live->told.dropped_by_interface,
                              "packet", "packets")
                    .text);
    live->told = counts;
}

static void packet_trouble(struct live *live, const char *error)
{
    message("%s", error);
    live->has_packet_trouble = true;
}

static void keep_packet(struct live *live, const struct frame *frame)
{
    char error[256];

    if (live->packets != NULL &&
        packet_file_write(live->packets, frame, error, sizeof error) != STATUS_OK)
        packet_trouble(live, error);
}

static void flush_packets(struct live *live)
{
    char error[256];

    if (live->packets != NULL && packet_file_flush(live->packets, error, sizeof error) != STATUS_OK)
        packet_trouble(live, error);
}

/* Reads what has come, a batch at the most. */
static enum status read_batch(struct live *live, bool *is_empty)
{
    enum status status = STATUS_OK;
    struct source_problem problem;
    struct frame frame;

    *is_empty = false;
    for (unsigned i = 0; i < BATCH && status == STATUS_OK && !live->is_over; i++) {
        switch (source_next(live->source, &frame, &problem)) {
        case SOURCE_FRAME:
            keep_packet(live, &frame);
            status = analysis_take(&live->analysis, &frame);
            break;
        case SOURCE_NONE:
            *is_empty = true;
            return status;
        case SOURCE_ERROR:
            analysis_tell_problem(&live->analysis, &problem);
            break;
        case SOURCE_END:
            live->is_over = true;
            break;
        }
    }
    return status;
}

/* Frames older than this have all been read, where nothing waits: how long the kernel keeps them
 * from us. */
static struct stamp settled_time(void)
{
    return (struct stamp){ clock_ns(CLOCK_REALTIME) - SOURCE_DELAY_MS * STAMP_MILLISECOND };
}

/* Of two times to wait; -1 is none. */
static int shorter(int wait, int limit)
{
    return limit >= 0 && limit < wait ? limit : wait;
}

static enum status wait_for_frames(struct live *live)
{
    /* poll passes over what is below 0. */
    struct pollfd ready[] = {
        { .fd = source_descriptor(live->source), .events = POLLIN },
        { .fd = live->server == NULL ? -1 : metrics_server_descriptor(live->server),
          .events = POLLIN },
    };
    int wait = analysis_is_waiting(&live->analysis) ? WAIT_BUSY_MS : WAIT_QUIET_MS;

    wait = shorter(wait, source_wait_limit(live->source));
    if (live->server != NULL)
        wait = shorter(wait, metrics_server_wait_limit(live->server, clock_ns(CLOCK_MONOTONIC)));
    if (poll(ready, sizeof ready / sizeof *ready, wait) < 0 && errno != EINTR) {
        message("%s: %s", live->options->live.interface, strerror(errno));
        return STATUS_IO;
    }
    live_metrics_serve(live, clock_ns(CLOCK_MONOTONIC), true);
    return STATUS_OK;
}

/* Where something cannot be written any more, going on would lose what comes; whoever watches over
 * the program starts it again. */
static bool has_trouble(const struct live *live)
{
    return live->has_packet_trouble || live->analysis.has_trouble;
}

static bool has_enough(const struct live *live, int64_t now)
{
    return has_trouble(live) || signals_end_is_asked() || now >= live->ends_at ||
           analysis_has_all(&live->analysis) ||
           (live->packets != NULL && packet_file_is_complete(live->packets));
}

static void look_at_the_clock(struct live *live, int64_t now)
{
    if (now >= live->drops_at) {
        live->drops_at = now + DROPS_EVERY;
        tell_drops(live);
    }
    if (now >= live->stats_at) {
        live->stats_at = now + live->options->live.stats_ns;
        tell_counts(live);
    }
    if (signals_take_counts())
        tell_counts(live);
    if (signals_take_reopen())
        analysis_reopen(&live->analysis);
}

static enum status loop(struct live *live)
{
    enum status status = STATUS_OK;
    int64_t now = clock_ns(CLOCK_MONOTONIC);
    bool is_empty = false;

    while (status == STATUS_OK && !live->is_over && !has_enough(live, now)) {
        status = read_batch(live, &is_empty);
        if (status == STATUS_OK && is_empty) {
            status = analysis_pass_time(&live->analysis, settled_time());
            flush_packets(live);
            if (status == STATUS_OK)
                status = wait_for_frames(live);
        }
        now = clock_ns(CLOCK_MONOTONIC);
        live_metrics_serve(live, now, false);
        look_at_the_clock(live, now);
    }
    return status;
}

/* What was on its way when the end was asked for is still read: who stops on purpose wants it. */
static enum status drain(struct live *live)
{
    int64_t until = clock_ns(CLOCK_MONOTONIC) + SOURCE_DELAY_MS * STAMP_MILLISECOND;
    enum status status = STATUS_OK;
    bool is_empty = false;

    while (status == STATUS_OK && !live->is_over && clock_ns(CLOCK_MONOTONIC) < until) {
        status = read_batch(live, &is_empty);
        if (status == STATUS_OK && is_empty)
            status = wait_for_frames(live);
    }
    return status;
}

static void tell_start(const struct live *live)
{
    const struct live_settings *settings = &live->options->live;
    const char *link = source_link_type_name(source_link_type(live->source));

    message("listening on %s%s%s%s (^C ends it)", settings->interface, link == NULL ? "" : ", ",
            link == NULL ? "" : link, live->options->filter == NULL ? "" : ", filtered");
    if (settings->has_metrics) {
        char where[ENDPOINT_TEXT_MAX];

        (void)endpoint_text(&settings->metrics, where);
        message("metrics at http://%s/metrics", where);
    }
}

static void set_clocks(struct live *live)
{
    const struct live_settings *settings = &live->options->live;
    int64_t now = clock_ns(CLOCK_MONOTONIC);

    live->ends_at = settings->duration_ns > 0 ? now + settings->duration_ns : INT64_MAX;
    live->stats_at = settings->stats_ns > 0 ? now + settings->stats_ns : INT64_MAX;
    live->drops_at = now + DROPS_EVERY;
}

static enum status listen(struct live *live)
{
    enum status status;

    signals_catch();
    set_clocks(live);
    tell_start(live);
    status = loop(live);
    if (status == STATUS_OK && !has_trouble(live) && !analysis_has_all(&live->analysis))
        status = drain(live);
    return status;
}

static void finish_packets(struct live *live)
{
    char error[256];

    if (live->packets != NULL &&
        packet_file_finish(live->packets, error, sizeof error) != STATUS_OK)
        packet_trouble(live, error);
}

static enum exit_status verdict(const struct live *live)
{
    enum exit_status result = analysis_verdict(&live->analysis);

    if (live->packets != NULL && packet_file_is_closed(live->packets))
        return EXIT_CLOSED_PIPE;
    return result != EXIT_CLOSED_PIPE && live->has_packet_trouble ? EXIT_TROUBLE : result;
}

enum exit_status live_run(const struct options *options, const struct catalog *catalog)
{
    struct live live = { .options = options, .statm = -1 };
    enum exit_status result = live_begin(&live, catalog);

    if (result == EXIT_DONE) {
        enum status status = listen(&live);

        tell_drops(&live);
        (void)analysis_end(&live.analysis, status);
        finish_packets(&live);
        if (!live.analysis.is_pipe_closed)
            tell_counts(&live);
        result = verdict(&live);
    }
    live_metrics_close(&live);
    analysis_clear(&live.analysis);
    packet_file_free(live.packets);
    source_free(live.source);
    return result;
}
