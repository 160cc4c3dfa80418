/* What every kind of source has behind its door: a state and a table of functions. Private to
 * capture/. */
#ifndef SMTPSCOPE_CAPTURE_SOURCE_KIND_H
#define SMTPSCOPE_CAPTURE_SOURCE_KIND_H

#include "capture/source.h"

struct source_kind {
    enum source_result (*next)(void *state, struct frame *frame, struct source_problem *problem);
    void (*free)(void *state); /* the state may be half built */
    void (*progress)(const void *state, struct source_progress *progress);
    const char *(*name)(const void *state, uint32_t index);
    bool (*is_fine)(const void *state, uint32_t index);
    bool (*is_empty)(const void *state, uint32_t index); /* of files; NULL of an interface */
    bool (*glance)(void *state, uint32_t distance, struct frame *frame); /* the same */

    /* Of a live source; NULL where there is nothing of the kind. */
    int (*descriptor)(const void *state);
    int (*wait_limit)(const void *state);
    void (*counts)(void *state, struct source_counts *counts);
    int (*link_type)(const void *state);
    uint32_t (*snap_length)(const void *state);
};

/* A source of the kind with a zeroed state of `size` octets, which comes back; NULL where there is
 * no memory. `*out` may be freed either way. */
MUST_USE void *source_new(struct source **out, const struct source_kind *kind, size_t size);

/* Counts a frame of so many octets on the wire. Inline: every frame is. */
static inline void source_progress_note(struct source_progress *progress, uint32_t length)
{
    progress->frames++;
    progress->octets += length;
}

#endif
