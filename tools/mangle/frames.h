/* A capture in memory, to be changed. */
#ifndef SMTPSCOPE_MANGLE_FRAMES_H
#define SMTPSCOPE_MANGLE_FRAMES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/slice.h"
#include "mangle/wrap.h"

struct frame_kept {
    uint32_t seconds;
    uint32_t nanoseconds;
    uint8_t *octets;
    size_t len;
    size_t length; /* on the wire: over `len` where the frame was snapped */
};

struct frames {
    struct frame_kept *list;
    size_t count;
    size_t room;
    uint16_t link_type;
    double file_share; /* of the file that is written, from its beginning on; 1: all */
};

enum { FRAMES_REASON_MAX = 512 };

/* Reads a capture of Ethernet. False: `reason` says why. The caller clears the frames in every
 * case. Here and below, a lack of memory ends the program. */
bool frames_read(struct frames *out, const char *path, char reason[FRAMES_REASON_MAX]);
void frames_clear(struct frames *frames);

/* No frames yet, but the rest as `like` has it. */
struct frames frames_like(const struct frames *like);
struct frames frames_copy(const struct frames *frames);

static inline struct slice frame_view(const struct frame_kept *frame)
{
    return slice_of(frame->octets, frame->len);
}

/* Adds a frame of these octets at the end, captured when `like` was and snapped by as many octets;
 * it lives until the next is added. */
struct frame_kept *frames_add(struct frames *frames, const struct frame_kept *like,
                              struct slice octets);

/* Writes pcap with nanoseconds. False where the stream fails. */
bool frames_write(const struct frames *frames, FILE *out);

/* The same in memory, for the caller to `free`. */
char *frames_file(const struct frames *frames, size_t *size);

#endif
