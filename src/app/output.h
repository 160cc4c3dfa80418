/* Where reports go: standard output and the files of -o. */
#ifndef SMTPSCOPE_APP_OUTPUT_H
#define SMTPSCOPE_APP_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "app/options.h"

struct output {
    const char *name; /* as messages have it */
    FILE *stream;     /* NULL: nothing is written (any more) */
    struct report_writer *writer;
    char *buffer; /* the stream's */
    char *target; /* the file that `temporary` becomes; NULL: written in place */
    char *temporary;
    bool is_standard;
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
                                                 const struct report_options *options);
MUST_USE enum output_result output_open_file(struct output *output, const struct output_file *file,
                                             const struct report_options *options);

MUST_USE enum output_result output_session(struct output *output,
                                           const struct report_session *session);

/* Ends the report, and puts it in its place. */
MUST_USE enum output_result output_end(struct output *output, const struct report_input *input,
                                       const struct tally *tally);

/* Gives everything back; a report that was not ended is taken away. */
void output_discard(struct output *output);

#endif
