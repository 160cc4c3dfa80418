/* The way from a frame to the reports, whoever brings the frame. */
#ifndef SMTPSCOPE_APP_ANALYSIS_H
#define SMTPSCOPE_APP_ANALYSIS_H

#include "app/exit_status.h"
#include "app/hints.h"
#include "app/options.h"
#include "app/output.h"
#include "app/progress.h"
#include "capture/source.h"
#include "net/decode.h"
#include "report/metrics.h"
#include "report/tally.h"
#include "session/conversation.h"
#include "tcp/tracker.h"

struct analysis {
    const struct options *options;
    const struct catalog *catalog;
    struct source *source; /* the caller's: names of captures, and how much was read */
    struct net_decoder *decoder;
    struct conversations *conversations;
    struct tracker *tracker;
    struct tally *tally;
    struct metrics *metrics; /* NULL: nobody asks for them */
    struct output *outputs;  /* standard output, then the files */
    size_t output_count;
    struct progress progress;
    struct hints hints;
    struct report_input input;
    bool *is_link_told; /* by capture: its link type is not known, and the user has been told */
    uint64_t sessions;  /* reported ones, and those that the selection left out */
    bool has_trouble;
    bool is_pipe_closed;
    bool has_matched; /* --fail-on */
};

/* Opens the rooms and the reports. Where it fails, analysis_end and analysis_clear are called all
 * the same. */
MUST_USE enum status analysis_open(struct analysis *analysis, const struct options *options,
                                   const struct catalog *catalog, struct source *source);

/* One frame. STATUS_IO: nobody is left to write for. */
MUST_USE enum status analysis_take(struct analysis *analysis, const struct frame *frame);

/* Live: no frame came, and all up to `now` were read. */
MUST_USE enum status analysis_pass_time(struct analysis *analysis, struct stamp now);

/* Live: -c's number of sessions has been reported, and no more are. */
bool analysis_has_all(const struct analysis *analysis);

/* Live: some connection may have more to tell as time passes. */
bool analysis_is_waiting(const struct analysis *analysis);

/* Says what could not be opened or read. */
void analysis_tell_problem(struct analysis *analysis, const struct source_problem *problem);

/* Live: the reports' files become the user's as whom the program goes on; are opened again. */
void analysis_hand_over(const struct analysis *analysis, uid_t user, gid_t group);
void analysis_reopen(struct analysis *analysis);

/* No more frames come, `status` being why: open sessions are told as they stand and the reports
 * are completed. */
enum status analysis_end(struct analysis *analysis, enum status status);

void analysis_clear(struct analysis *analysis);

/* Says that memory ran out. */
void analysis_run_out(struct analysis *analysis);

/* The exit status. */
enum exit_status analysis_verdict(const struct analysis *analysis);

#endif
