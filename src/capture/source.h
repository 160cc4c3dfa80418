/* Where frames come from: capture files read as one stream of time, or an interface. */
#ifndef SMTPSCOPE_CAPTURE_SOURCE_H
#define SMTPSCOPE_CAPTURE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "capture/frame.h"
#include "capture/live_filter.h"

struct source;

enum source_result {
    SOURCE_FRAME,
    SOURCE_END,
    SOURCE_ERROR, /* *problem says what; call again: reading goes on with what is left */
    SOURCE_NONE,  /* live only: nothing has come yet; wait for source_descriptor */
};

/* Something that could not be opened or read. */
struct source_problem {
    const char *file; /* as the user named it; the interface, where live */
    uint64_t frame;   /* the last frame that could be read; 0 where none could */
    char reason[256]; /* one line, no file name in it, no octet of the capture: "cut short" */
};

struct filter;

struct source_options {
    const char *filter;      /* pcap-filter expression, or NULL */
    struct filter *compiled; /* the caller's, of the same expression; NULL: compiled when needed */
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

struct live_options {
    const char *interface;
    const struct live_filter *filter; /* NULL: every frame */
    uint32_t snap_length;             /* octets kept of a frame; 0: whole frames */
    uint32_t buffer_kib;              /* the kernel's, in units of 1,024 octets; 0: libpcap's own */
    bool is_promiscuous;              /* "any" never is */
};

/* Opens an interface ("any": all of them). STATUS_USAGE: the filter is none, for the reason in
 * `error`. STATUS_IO: one line in `error` names the interface and says what to do. STATUS_OK:
 * capturing has begun, without blocking, and `error` holds a warning in one line, or "". The
 * options are not needed afterwards but for the interface's name, which must outlive the source.
 * The caller frees the source with source_free, whatever came back. From then on a sandbox has to
 * let through poll, getsockopt, getsockname, ioctl(SIOCGIFFLAGS), pread64, clock_gettime, and for
 * source_free setsockopt, munmap and close. */
MUST_USE enum status source_open_live(struct source **out, const struct live_options *options,
                                      char *error, size_t error_size);

/* The longest that a frame waits in the kernel's buffer before source_descriptor tells of it. Who
 * stops on purpose and wants what is on the way reads on for this long. */
enum { SOURCE_DELAY_MS = 100 };

/* Readable, or in error, when source_next has something to say; -1 where there is nothing to wait
 * for but source_wait_limit (files; an interface that is going). Ask before every wait. */
int source_descriptor(const struct source *source);

/* Milliseconds after which to call source_next although the descriptor is silent; -1: none. */
int source_wait_limit(const struct source *source);

/* Counted from the opening on, as libpcap counts. All 0 for files. */
struct source_counts {
    uint64_t received;             /* by the filter, those that were then dropped included */
    uint64_t dropped_by_kernel;    /* the buffer was full */
    uint64_t dropped_by_interface; /* where the driver tells */
};

void source_counts(struct source *source, struct source_counts *counts);

/* Of an interface: a LINKTYPE_ value, and the octets at most captured of a frame, as the header of
 * a capture file has them. -1 and 0 for files. */
int source_link_type(const struct source *source);
uint32_t source_snap_length(const struct source *source);

/* The next frame that passes the filter. An interface that went down or away gives what was still
 * on the way, then SOURCE_ERROR once, then SOURCE_END. Frame numbers count every frame of a file from 1, passed
 * or not. A file cut short or damaged gives SOURCE_ERROR once and is then done with. */
MUST_USE enum source_result source_next(struct source *source, struct frame *frame,
                                        struct source_problem *problem);

/* A frame that will come, each once, up to `distance` frames ahead, filtered ones included; for who
 * can make use of knowing what may come. False where none is in memory. It is valid until the next
 * source_next. */
bool source_glance(struct source *source, uint32_t distance, struct frame *frame);

void source_free(struct source *source);

struct source_progress {
    uint64_t frames;      /* frames read, filtered ones included */
    uint64_t octets;      /* their lengths on the wire */
    uint64_t octets_read; /* of the files, as they lie on the disk (compressed where they are) */
    uint64_t octets_all;  /* of all files; 0 where not known (standard input, an interface) */
};

void source_progress(const struct source *source, struct source_progress *progress);

/* The name of capture file `index` (0: the interface) as the user gave it; it lives as long as the
 * source. */
const char *source_name(const struct source *source, uint32_t index);

/* True where the stamps of capture file `index` (0: the interface) are finer than microseconds. */
bool source_is_fine(const struct source *source, uint32_t index);

/* True where capture file `index` was read to its end and held no frame. */
bool source_is_empty(const struct source *source, uint32_t index);

/* The name that libpcap has for a LINKTYPE_ value; NULL where it knows none. */
const char *source_link_type_name(int link_type);

/* libpcap's own version line, for --version. */
const char *source_library_version(void);

#endif
