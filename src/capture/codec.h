/* Ways to unpack a compressed capture file, told apart by how the data begins. Private to
 * capture/. */
#ifndef SMTPSCOPE_CAPTURE_CODEC_H
#define SMTPSCOPE_CAPTURE_CODEC_H

#include <stdbool.h>

#include "base/slice.h"
#include "base/status.h"

enum codec_result {
    CODEC_GOING_ON, /* more input, or more room, is needed */
    CODEC_BETWEEN,  /* the same, and the data may end here */
    CODEC_END,      /* what follows is not compressed data: left alone, as zcat does */
    CODEC_DAMAGED,
    CODEC_NO_MEMORY,
};

struct codec {
    const char *name;
    bool (*recognises)(struct slice head);
    void *(*new)(void); /* NULL where there is no memory */
    void (*free)(void *state);
    /* Unpacks from the front of `*in`, which moves on, into at most `room` octets of `out`;
     * `*made` is how many were written, whatever comes back. For CODEC_DAMAGED `*problem` is a
     * short reason that lives as long as the state, or as it was. */
    enum codec_result (*run)(void *state, struct slice *in, uint8_t *out, size_t room, size_t *made,
                             const char **problem);
};

/* Octets that every `recognises` is content with. */
enum { CODEC_HEAD = 4 };

extern const struct codec codec_gzip;
extern const struct codec codec_zstd;

#endif
