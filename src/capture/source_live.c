/* An interface as a source: frames as they come, without waiting for them. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "capture/link_type.h"
#include "capture/live_counts.h"
#include "capture/live_open.h"
#include "capture/one_line.h"
#include "capture/source_kind.h"

/* Frames after which the kernel's counts are fetched, so that its 32 bits cannot wrap. */
enum { COUNT_EVERY = 1 << 24 };

enum stage {
    STAGE_RUNNING,
    STAGE_LEAVING, /* down or away; what is still in the buffer is read until `deadline` */
    STAGE_OVER,
};

struct live {
    const char *interface;
    pcap_t *handle;
    enum stage stage;
    int64_t deadline; /* by the monotonic clock, in nanoseconds */
    struct live_counts counts;
    bool is_counting;
    struct source_progress progress;
};

/* libpcap goes on over an interface that went down, and asks to be called again soon to see
 * whether it comes back or vanishes: nothing else makes it ask. */
static bool is_down(const struct live *l)
{
    return pcap_get_required_select_timeout(l->handle) != NULL;
}

static void take(struct live *l, const struct pcap_pkthdr *header, const u_char *octets,
                 struct frame *frame)
{
    int64_t unit = pcap_get_tstamp_precision(l->handle) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;

    frame->octets = slice_of(octets, header->caplen);
    frame->length = header->len > header->caplen ? header->len : header->caplen;
    frame->link_type = link_type_of_dlt(pcap_datalink(l->handle));
    frame->place.at.ns = (int64_t)header->ts.tv_sec * STAMP_SECOND + header->ts.tv_usec * unit;
    frame->place.capture = 0;
    source_progress_note(&l->progress, frame->length);
    frame->place.frame = l->progress.frames;
    if (l->progress.frames % COUNT_EVERY == 0)
        live_counts_update(&l->counts);
}

/* Says why nothing more comes. */
static enum source_result leave(struct live *l, bool is_error, struct source_problem *problem)
{
    const char *reason = is_error ? pcap_geterr(l->handle) : "";

    l->stage = STAGE_OVER;
    if (strstr(reason, "disappeared") != NULL)
        reason = "the interface has gone";
    else if (!is_error || is_down(l))
        reason = "the interface went down";
    problem->file = l->interface;
    problem->frame = l->progress.frames;
    one_line(problem->reason, sizeof(problem->reason), reason, "");
    return SOURCE_ERROR;
}

static enum source_result live_next(void *state, struct frame *frame,
                                    struct source_problem *problem)
{
    struct live *l = state;
    struct pcap_pkthdr *header;
    const u_char *octets;
    int result;

    if (l->stage == STAGE_OVER)
        return SOURCE_END;
    result = pcap_next_ex(l->handle, &header, &octets);
    if (result == 1) {
        take(l, header, octets, frame);
        return SOURCE_FRAME;
    }
    if (result == 0 && !is_down(l)) { /* up, or up again before the time was over */
        l->stage = STAGE_RUNNING;
        return SOURCE_NONE;
    }
    if (l->stage == STAGE_RUNNING) {
        l->stage = STAGE_LEAVING;
        l->deadline = clock_ns(CLOCK_MONOTONIC) + SOURCE_DELAY_MS * STAMP_MILLISECOND;
    }
    if (clock_ns(CLOCK_MONOTONIC) < l->deadline)
        return SOURCE_NONE;
    return leave(l, result < 0, problem);
}

static void live_free(void *state)
{
    struct live *l = state;

    if (l->is_counting)
        live_counts_close(&l->counts);
    if (l->handle != NULL)
        pcap_close(l->handle);
}

static void live_progress(const void *state, struct source_progress *progress)
{
    const struct live *l = state;

    *progress = l->progress;
}

static const char *live_name(const void *state, uint32_t index)
{
    const struct live *l = state;

    return index == 0 ? l->interface : "";
}

static bool live_is_fine(const void *state, uint32_t index)
{
    const struct live *l = state;

    return index == 0 && pcap_get_tstamp_precision(l->handle) == PCAP_TSTAMP_PRECISION_NANO;
}

static int live_descriptor(const void *state)
{
    const struct live *l = state;

    return l->stage == STAGE_RUNNING ? pcap_get_selectable_fd(l->handle) : -1;
}

static int live_wait_limit(const void *state)
{
    const struct live *l = state;
    int64_t left = l->deadline - clock_ns(CLOCK_MONOTONIC);

    switch (l->stage) {
    case STAGE_RUNNING:
        break;
    case STAGE_LEAVING: /* in small steps: the descriptor, in error for good, tells of no block */
        return left > 10 * STAMP_MILLISECOND ? 10 : (int)(left / STAMP_MILLISECOND) + 1;
    case STAGE_OVER:
        return 0;
    }
    return -1;
}

static void live_counts(void *state, struct source_counts *counts)
{
    struct live *l = state;

    live_counts_update(&l->counts);
    *counts = l->counts.sum;
}

static int live_link_type(const void *state)
{
    const struct live *l = state;

    return link_type_of_dlt(pcap_datalink(l->handle));
}

static uint32_t live_snap_length(const void *state)
{
    const struct live *l = state;

    return (uint32_t)pcap_snapshot(l->handle);
}

static const struct source_kind live_kind = {
    .next = live_next,
    .free = live_free,
    .progress = live_progress,
    .name = live_name,
    .is_fine = live_is_fine,
    .descriptor = live_descriptor,
    .wait_limit = live_wait_limit,
    .counts = live_counts,
    .link_type = live_link_type,
    .snap_length = live_snap_length,
};

enum status source_open_live(struct source **out, const struct live_options *options, char *error,
                             size_t error_size)
{
    struct live *l = source_new(out, &live_kind, sizeof(*l));
    enum status status;

    if (l == NULL)
        return STATUS_NO_MEMORY;
    l->interface = options->interface;
    status = live_open(&l->handle, options, error, error_size);
    if (status != STATUS_OK)
        return status;
    live_counts_open(&l->counts, pcap_fileno(l->handle), l->interface);
    l->is_counting = true;
    return STATUS_OK;
}
