/* Where frames come from: capture files read as one stream of time. */
#ifndef SMTPSCOPE_CAPTURE_SOURCE_H
#define SMTPSCOPE_CAPTURE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "capture/frame.h"

struct source;

enum source_result {
    SOURCE_FRAME,
    SOURCE_END,
    SOURCE_ERROR, /* *problem says what; call again: reading goes on with what is left */
};

/* Something that could not be opened or read. */
struct source_problem {
    const char *file; /* as the user named it */
    uint64_t frame;   /* the last frame that could be read; 0 where none could */
    char reason[256]; /* one line, no file name in it, no octet of the capture: "cut short" */
};

struct source_options {
    const char *filter; /* pcap-filter expression, or NULL */
};

/* Opens capture files (pcap, pcapng; .gz and .zst of either by their content; "-" is standard
 * input, once) as one stream: the frame with the earliest stamp of all files comes next, each
 * file's own order kept. `paths` must outlive the source. Files that cannot be opened are reported
 * by source_next as SOURCE_ERROR, each once, before the first frame. A filter that compiles for
 * none of the files is STATUS_USAGE with the reason in `error`; a file whose link type it does not
 * suit is one that cannot be opened. `options` may be NULL. Files are opened when their time comes,
 * so that thousands of them need few descriptors. The caller frees the source with source_free,
 * whatever came back. */
MUST_USE enum status source_open_files(struct source **out, const char *const *paths, size_t count,
                                       const struct source_options *options, char *error,
                                       size_t error_size);

/* The next frame that passes the filter. Frame numbers count every frame of a file from 1, passed
 * or not. A file cut short or damaged gives SOURCE_ERROR once and is then done with. */
MUST_USE enum source_result source_next(struct source *source, struct frame *frame,
                                        struct source_problem *problem);

void source_free(struct source *source);

struct source_progress {
    uint64_t frames;      /* frames read, filtered ones included */
    uint64_t octets;      /* their lengths on the wire */
    uint64_t octets_read; /* of the files, as they lie on the disk (compressed where they are) */
    uint64_t octets_all;  /* of all files; 0 where not known (standard input) */
    struct stamp first;   /* earliest stamp read, where frames > 0 */
    struct stamp last;
};

void source_progress(const struct source *source, struct source_progress *progress);

/* The name of capture file `index` as the user gave it; it lives as long as the source. */
const char *source_name(const struct source *source, uint32_t index);

/* True where the header of capture file `index` says finer than microseconds. */
bool source_is_fine(const struct source *source, uint32_t index);

/* The name that libpcap has for a LINKTYPE_ value; NULL where it knows none. */
const char *source_link_type_name(int link_type);

/* libpcap's own version line, for --version. */
const char *source_library_version(void);

#endif
