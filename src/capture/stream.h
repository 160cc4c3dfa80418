/* The octets of one capture file, unpacked on the way. Private to capture/. */
#ifndef SMTPSCOPE_CAPTURE_STREAM_H
#define SMTPSCOPE_CAPTURE_STREAM_H

#include <stdbool.h>
#include <stdio.h>

#include "base/slice.h"
#include "base/status.h"

struct stream;

enum { STREAM_PROBLEM_MAX = 160 };

/* What a file is before anything of it is read. */
struct stream_facts {
    bool is_regular; /* may be opened again, and has a size */
    uint64_t size;   /* octets on the disk, where regular */
};

/* Opens `path`, or standard input where it is "-". STATUS_IO: `problem` says why not. */
MUST_USE enum status stream_open(struct stream **out, const char *path,
                                 char problem[STREAM_PROBLEM_MAX]);
/* The FILE must have been closed before. */
void stream_free(struct stream *stream);

struct stream_facts stream_facts(const struct stream *stream);

/* The first `size` octets, unpacked, without taking them; fewer where the file has no more. Only
 * before the FILE is read. Waits for no octet beyond them. */
struct slice stream_peek(struct stream *stream, size_t size);

/* The octets from where the reading stands, at least `size` of them, unpacked, as they lie in the
 * stream's buffer until the next call; fewer where the stream has no more, and after an error.
 * stream_pass moves on. What the FILE has read is not among them. */
struct slice stream_view(struct stream *stream, size_t size);
void stream_pass(struct stream *stream, size_t size);

/* A FILE over the stream with a buffer of its own, NULL where there is no memory. The caller closes
 * it; it is asked for once. */
FILE *stream_file(struct stream *stream);

/* Octets read from the disk so far. */
uint64_t stream_octets_read(const struct stream *stream);

/* Why reading failed: "" where it did not. What could be read before was delivered. */
const char *stream_problem(const struct stream *stream);

#endif
