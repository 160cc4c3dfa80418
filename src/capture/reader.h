/* One capture file, frame by frame. Private to capture/. */
#ifndef SMTPSCOPE_CAPTURE_READER_H
#define SMTPSCOPE_CAPTURE_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/stamp.h"
#include "base/status.h"
#include "capture/filter.h"
#include "capture/frame.h"
#include "capture/stream.h"

struct reader;

enum { READER_PROBLEM_MAX = 256 }; /* as struct source_problem has it */

enum reader_result {
    READER_FRAME,
    READER_END,
    READER_ERROR, /* nothing more can be read */
};

/* STATUS_IO: `problem` says in one line why not. */
MUST_USE enum status reader_open(struct reader **out, const char *path,
                                 char problem[READER_PROBLEM_MAX]);
void reader_free(struct reader *reader);

/* STATUS_USAGE: the filter is not one for this file's link type. It must outlive the reader. */
MUST_USE enum status reader_set_filter(struct reader *reader, struct filter *filter,
                                       char problem[READER_PROBLEM_MAX]);

/* The next frame of the file, whatever the filter says. Its octets lie in a buffer until the next
 * read of the same reader. Left as they are: the number of the capture; everything, where it is not
 * READER_FRAME. */
MUST_USE enum reader_result reader_next(struct reader *reader, struct frame *frame,
                                        char problem[READER_PROBLEM_MAX]);

/* The same, where the frame is in memory, as most are. False: reader_next tells. */
bool reader_take(struct reader *reader, struct frame *frame);

/* A frame that reader_next will give, each once, up to `distance` frames ahead. False where the next
 * such frame is not in memory yet, or is further ahead than that. */
bool reader_glance(struct reader *reader, uint32_t distance, struct frame *frame);

/* Whether a frame of this file passes the filter. */
bool reader_passes(const struct reader *reader, const struct frame *frame);

int reader_link_type(const struct reader *reader); /* a LINKTYPE_ value */
bool reader_is_fine(const struct reader *reader);  /* stamps finer than microseconds */
struct stream_facts reader_facts(const struct reader *reader);
uint64_t reader_frames(const struct reader *reader); /* that reader_next has given */
uint64_t reader_octets_read(const struct reader *reader);

/* STATUS_USAGE: the expression is none for Ethernet. Needs no file. */
MUST_USE enum status reader_check_filter(struct filter *filter, char problem[READER_PROBLEM_MAX]);

#endif
