/* Draws and erases the progress line. */
#include "app/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

#define DRAW_EVERY (STAMP_SECOND / 10)

/* No estimate before this much time: it would jump about. */
#define ESTIMATE_AFTER STAMP_SECOND

struct progress progress_of(enum when when)
{
    struct progress progress = { .is_on = when == WHEN_ALWAYS };

    if (when == WHEN_AUTO)
        progress.is_on = isatty(STDERR_FILENO) == 1;
    progress.shares_screen = isatty(STDOUT_FILENO) == 1;
    progress.began_ns = clock_ns(CLOCK_MONOTONIC);
    progress.drawn_ns = progress.began_ns;
    return progress;
}

/* "1.2 GiB" */
static void format_octets(char *out, size_t size, uint64_t octets)
{
    static const char *const units[] = { "octets", "KiB", "MiB", "GiB", "TiB" };
    double value = (double)octets;
    size_t unit = 0;

    while (value >= 1000 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1024;
        unit++;
    }
    (void)snprintf(out, size, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
}

static void format_left(char *out, size_t size, const struct source_progress *read, int64_t spent)
{
    double left;

    out[0] = '\0';
    if (read->octets_all == 0 || read->octets_read == 0 || spent < ESTIMATE_AFTER ||
        read->octets_read > read->octets_all)
        return;
    left = (double)spent / (double)STAMP_SECOND * (double)(read->octets_all - read->octets_read) /
           (double)read->octets_read;
    if (left < 360000) /* a hundred hours */
        (void)snprintf(out, size, ", %u:%02u left", (unsigned)left / 60, (unsigned)left % 60);
}

static void draw(struct progress *progress, const struct source *source, uint64_t sessions)
{
    struct source_progress read;
    char octets[32];
    char of[48] = "";
    char all[32];
    char left[32];

    source_progress(source, &read);
    format_octets(octets, sizeof octets, read.octets_read);
    if (read.octets_all > 0) {
        format_octets(all, sizeof all, read.octets_all);
        (void)snprintf(of, sizeof of, " of %s", all);
    }
    format_left(left, sizeof left, &read, progress->drawn_ns - progress->began_ns);
    fprintf(stderr, "\r%s%s, %" PRIu64 " %s%s\033[K", octets, of, sessions,
            sessions == 1 ? "session" : "sessions", left);
    (void)fflush(stderr);
    progress->is_shown = true;
}

void progress_look(struct progress *progress, const struct source *source, uint64_t sessions)
{
    int64_t now = clock_ns(CLOCK_MONOTONIC);

    if (now - progress->drawn_ns < DRAW_EVERY)
        return;
    progress->drawn_ns = now;
    draw(progress, source, sessions);
}

void progress_make_room(struct progress *progress)
{
    if (progress->shares_screen)
        progress_end(progress);
}

void progress_end(struct progress *progress)
{
    if (!progress->is_shown)
        return;
    (void)fputs("\r\033[K", stderr);
    (void)fflush(stderr);
    progress->is_shown = false;
}
