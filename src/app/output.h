/* Where reports go: standard output and the files of -o. */
#ifndef SMTPSCOPE_APP_OUTPUT_H
#define SMTPSCOPE_APP_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "app/options.h"

/* Whether a file's report is there only when it is whole, or grows for whoever follows it. */
enum output_habit {
    OUTPUT_REPLACES, /* written under another name; ndjson grows all the same, begun anew */
    OUTPUT_GROWS,    /* text and ndjson are added to what is there, json and summary begun anew */
};

struct output {
    const char *name; /* as messages have it */
    FILE *stream;     /* NULL: nothing is written (any more) */
    struct report_writer *writer;
    char *buffer; /* the stream's */
    char *target; /* the file that `temporary` becomes; NULL: written in place */
    char *temporary;
    int directory; /* OUTPUT_GROWS: where the file stands, to open it again; -1: nowhere */
    bool is_standard;
    bool is_created;  /* OUTPUT_GROWS: the file was not there before */
    bool is_followed; /* somebody may be reading along: flushed after every session */
};

/* What became of writing. The message, if one is due, has been written. */
enum output_result {
    OUTPUT_OK,
    OUTPUT_FAILED, /* this output is closed; the others go on */
    OUTPUT_CLOSED, /* standard output was a pipe, and its reader has gone */
};

/* Opens standard output or a file and begins a report on it. Where it fails, nothing is left to
 * close. */
MUST_USE enum output_result output_open_standard(struct output *output, enum format format,
                                                 const struct report_options *options,
                                                 enum output_habit habit);
MUST_USE enum output_result output_open_file(struct output *output, const struct output_file *file,
                                             const struct report_options *options,
                                             enum output_habit habit);

/* OUTPUT_GROWS: a file that was made for this report becomes the user's as whom the program goes
 * on, so that it can be opened again. */
void output_hand_over(const struct output *output, uid_t user, gid_t group);

/* OUTPUT_GROWS: goes on in a file of the same name, another one where the old was moved away
 * (logrotate). Where it cannot be opened, one line says so and the old one is written on. */
void output_reopen(struct output *output);

MUST_USE enum output_result output_event(struct output *output, const struct report_event *event);

MUST_USE enum output_result output_session(struct output *output,
                                           const struct report_session *session);

/* Ends the report, and puts it in its place. */
MUST_USE enum output_result output_end(struct output *output, const struct report_input *input,
                                       const struct tally *tally);

/* Gives everything back; a report that was not ended is taken away. */
void output_discard(struct output *output);

#endif
