/* How far the reading is: one line on standard error that rewrites itself. */
#ifndef SMTPSCOPE_APP_PROGRESS_H
#define SMTPSCOPE_APP_PROGRESS_H

#include "app/options.h"
#include "capture/source.h"

struct progress {
    bool is_on;
    bool is_shown;      /* the line stands on the terminal now */
    bool shares_screen; /* reports go to a terminal too: the line makes room for them */
    unsigned calls;     /* since the clock was last looked at */
    int64_t began_ns;   /* of the clock that never goes back */
    int64_t drawn_ns;
};

struct progress progress_of(enum when when);

/* The clock is read once in so many frames. */
enum { PROGRESS_FRAMES_A_LOOK = 256 };

/* Reads the clock, and draws at most ten times a second. */
void progress_look(struct progress *progress, const struct source *source, uint64_t sessions);

/* To be called for every frame. */
static inline void progress_tick(struct progress *progress, const struct source *source,
                                 uint64_t sessions)
{
    if (progress->is_on && ++progress->calls == PROGRESS_FRAMES_A_LOOK) {
        progress->calls = 0;
        progress_look(progress, source, sessions);
    }
}

/* Before a report is written to the same screen. */
void progress_make_room(struct progress *progress);

/* Takes the line away for good. */
void progress_end(struct progress *progress);

#endif
