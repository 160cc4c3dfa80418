/* The one door to all kinds of sources. */
#include "capture/source.h"

#include "base/mem.h"
#include "capture/source_kind.h"

struct source {
    const struct source_kind *kind;
    void *state;
};

void *source_new(struct source **out, const struct source_kind *kind, size_t size)
{
    struct source *s = mem_calloc(1, sizeof(*s));

    *out = s;
    if (s == NULL)
        return NULL;
    s->kind = kind;
    s->state = mem_calloc(1, size);
    return s->state;
}

void source_free(struct source *s)
{
    if (s == NULL)
        return;
    if (s->state != NULL)
        s->kind->free(s->state);
    mem_free(s->state);
    mem_free(s);
}

enum source_result source_next(struct source *s, struct frame *frame,
                               struct source_problem *problem)
{
    return s->kind->next(s->state, frame, problem);
}

bool source_glance(struct source *s, uint32_t distance, struct frame *frame)
{
    return s->kind->glance != NULL && s->kind->glance(s->state, distance, frame);
}

void source_progress(const struct source *s, struct source_progress *progress)
{
    s->kind->progress(s->state, progress);
}

const char *source_name(const struct source *s, uint32_t index)
{
    return s->kind->name(s->state, index);
}

bool source_is_empty(const struct source *s, uint32_t index)
{
    return s->kind->is_empty != NULL && s->kind->is_empty(s->state, index);
}

bool source_is_fine(const struct source *s, uint32_t index)
{
    return s->kind->is_fine(s->state, index);
}

int source_descriptor(const struct source *s)
{
    return s->kind->descriptor != NULL ? s->kind->descriptor(s->state) : -1;
}

int source_wait_limit(const struct source *s)
{
    return s->kind->wait_limit != NULL ? s->kind->wait_limit(s->state) : -1;
}

void source_counts(struct source *s, struct source_counts *counts)
{
    *counts = (struct source_counts){ 0 };
    if (s->kind->counts != NULL)
        s->kind->counts(s->state, counts);
}

int source_link_type(const struct source *s)
{
    return s->kind->link_type != NULL ? s->kind->link_type(s->state) : -1;
}

uint32_t source_snap_length(const struct source *s)
{
    return s->kind->snap_length != NULL ? s->kind->snap_length(s->state) : 0;
}
