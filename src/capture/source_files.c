/* Several capture files as one stream of time: a merge that opens a file when its time has come. */
#include "capture/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "capture/reader.h"
#include "capture/source_kind.h"

struct file {
    const char *path;
    uint32_t index;
    bool is_fine;
    bool is_empty;         /* read to its end, and no frame was in it */
    bool is_ahead;         /* open, and its first frame read while looking for its stamp */
    struct stamp at;       /* of the first frame while the file waits; then of `ahead` */
    struct reader *reader; /* NULL where the file is not open */
    struct frame ahead;    /* read, and not yet given; its place.capture is `index` */
    char *problem;         /* why it could not be opened; NULL where it could, or when told */
    uint64_t octets_read;  /* as counted when it was closed */
    struct stream_facts facts;
    bool is_sizeless; /* a pipe */
};

struct files {
    struct file *files;
    size_t count;
    size_t told;           /* files whose problem, if any, has been told */
    struct filter *filter; /* NULL: none */
    struct filter *owned;  /* the same, where the caller has none */
    bool is_filter_fit;    /* for one file at least */
    struct file **waiting; /* by the time they begin */
    size_t waiting_count;
    size_t waiting_next;
    struct file **heap; /* open files, the earliest frame on top */
    size_t heap_count;
    bool is_out; /* the caller has the frame of the file on top */
    struct file
        *alone; /* the file on top, where no other is to come and nothing else to be heeded */
    struct source_progress progress;
};

static bool goes_before(const struct file *a, const struct file *b)
{
    return a->at.ns != b->at.ns ? a->at.ns < b->at.ns : a->index < b->index;
}

static int compare_waiting(const void *a, const void *b)
{
    const struct file *const *first = a;
    const struct file *const *second = b;

    return goes_before(*first, *second) ? -1 : 1;
}

static void sift_down(struct files *s)
{
    size_t at = 0;

    while (at * 2 + 1 < s->heap_count) {
        size_t child = at * 2 + 1;
        struct file *moved = s->heap[at];

        if (child + 1 < s->heap_count && goes_before(s->heap[child + 1], s->heap[child]))
            child++;
        if (!goes_before(s->heap[child], moved))
            return;
        s->heap[at] = s->heap[child];
        s->heap[child] = moved;
        at = child;
    }
}

static void heap_push(struct files *s, struct file *file)
{
    size_t at = s->heap_count++;

    s->heap[at] = file;
    while (at > 0 && goes_before(file, s->heap[(at - 1) / 2])) {
        s->heap[at] = s->heap[(at - 1) / 2];
        at = (at - 1) / 2;
        s->heap[at] = file;
    }
}

static void heap_pop(struct files *s)
{
    s->heap[0] = s->heap[--s->heap_count];
    sift_down(s);
}

static void file_close(struct file *file)
{
    file->octets_read = reader_octets_read(file->reader);
    reader_free(file->reader);
    file->reader = NULL;
}

/* The file is done with: it counts as read whole, wherever its reading ended. */
static void file_done(struct file *file)
{
    file_close(file);
    if (file->facts.is_regular)
        file->octets_read = file->facts.size;
}

/* Opens the file and compiles the filter for it. STATUS_USAGE: the filter is not for its link
 * type. The file is then closed. */
static enum status file_open(struct files *s, struct file *file, char problem[READER_PROBLEM_MAX])
{
    enum status status = reader_open(&file->reader, file->path, problem);

    if (status != STATUS_OK)
        return status;
    file->is_fine = reader_is_fine(file->reader);
    file->facts = reader_facts(file->reader);
    file->is_sizeless = !file->facts.is_regular;
    if (s->filter == NULL)
        return STATUS_OK;
    status = reader_set_filter(file->reader, s->filter, problem);
    if (status != STATUS_OK)
        file_close(file);
    else
        s->is_filter_fit = true;
    return status;
}

static void tell(struct source_problem *problem, const struct file *file, uint64_t frame,
                 const char *reason)
{
    problem->file = file->path;
    problem->frame = frame;
    snprintf(problem->reason, sizeof(problem->reason), "%s", reason);
}

/* Moves the file on to its next frame that passes the filter. */
static enum reader_result file_next(struct files *s, struct file *file,
                                    struct source_problem *problem)
{
    char reason[READER_PROBLEM_MAX];
    enum reader_result result;

    for (;;) {
        if (file->is_ahead) {
            file->is_ahead = false;
            result = READER_FRAME;
        } else {
            result = reader_next(file->reader, &file->ahead, reason);
        }
        if (result != READER_FRAME)
            break;
        source_progress_note(&s->progress, file->ahead.length);
        if (s->filter == NULL || reader_passes(file->reader, &file->ahead)) {
            file->at = file->ahead.place.at;
            return READER_FRAME;
        }
    }
    if (result == READER_ERROR)
        tell(problem, file, reader_frames(file->reader), reason);
    file->is_empty = result == READER_END && reader_frames(file->reader) == 0;
    file_done(file);
    return result;
}

/* Takes the first waiting file into the merge. False where there is a problem to tell. */
static bool admit(struct files *s, struct source_problem *problem)
{
    struct file *file = s->waiting[s->waiting_next++];
    char reason[READER_PROBLEM_MAX];

    if (file->reader == NULL && file_open(s, file, reason) != STATUS_OK) {
        tell(problem, file, 0, reason);
        return false;
    }
    switch (file_next(s, file, problem)) {
    case READER_FRAME:
        heap_push(s, file);
        return true;
    case READER_END:
        return true;
    case READER_ERROR:
        break;
    }
    return false;
}

/* Moves on past the frame that the caller has had. */
static enum reader_result pass(struct files *s, struct source_problem *problem)
{
    enum reader_result result = file_next(s, s->heap[0], problem);

    if (result == READER_FRAME && s->heap_count > 1)
        sift_down(s);
    else if (result != READER_FRAME)
        heap_pop(s);
    return result;
}

/* True where a file could not be opened and that has not been told. */
static bool has_untold(struct files *s, struct source_problem *problem)
{
    while (s->told < s->count) {
        struct file *file = &s->files[s->told++];

        if (file->problem == NULL)
            continue;
        tell(problem, file, 0, file->problem);
        mem_free(file->problem);
        file->problem = NULL;
        return true;
    }
    return false;
}

/* The next frame of all files, and whether from now on those of one need only be read. */
static enum source_result merge_next(struct files *s, struct frame *frame,
                                     struct source_problem *problem)
{
    s->alone = NULL;
    if (s->is_out) {
        s->is_out = false;
        if (pass(s, problem) == READER_ERROR)
            return SOURCE_ERROR;
    }
    if (s->told < s->count && has_untold(s, problem))
        return SOURCE_ERROR;
    while (s->waiting_next < s->waiting_count &&
           (s->heap_count == 0 || s->waiting[s->waiting_next]->at.ns <= s->heap[0]->at.ns))
        if (!admit(s, problem))
            return SOURCE_ERROR;
    if (s->heap_count == 0)
        return SOURCE_END;
    *frame = s->heap[0]->ahead;
    s->is_out = true;
    if (s->heap_count == 1 && s->waiting_next == s->waiting_count && s->filter == NULL)
        s->alone = s->heap[0];
    return SOURCE_FRAME;
}

static enum source_result files_next(void *state, struct frame *frame,
                                     struct source_problem *problem)
{
    struct files *s = state;

    if (s->alone == NULL || !reader_take(s->alone->reader, frame))
        return merge_next(s, frame, problem);
    frame->place.capture = s->alone->index;
    source_progress_note(&s->progress, frame->length);
    return SOURCE_FRAME;
}

/* Opens the file to learn when it begins, and closes it again where it can be opened once more. A
 * single file stays open, and nothing of it is read ahead. */
static enum status probe(struct files *s, struct file *file, char problem[READER_PROBLEM_MAX])
{
    enum status status = file_open(s, file, problem);

    if (status != STATUS_OK)
        return status;
    if (s->count > 1) {
        switch (reader_next(file->reader, &file->ahead, problem)) {
        case READER_FRAME:
            file->is_ahead = true;
            break;
        case READER_END:
            file->is_empty = true;
            file_done(file);
            return STATUS_OK;
        case READER_ERROR:
            file_done(file);
            return STATUS_IO;
        }
    }
    file->at = file->ahead.place.at;
    if (s->count > 1 && file->facts.is_regular) {
        file_close(file);
        file->octets_read = 0;
        file->is_ahead = false;
    }
    s->waiting[s->waiting_count++] = file;
    return STATUS_OK;
}

static bool is_second_standard_input(const struct files *s, const struct file *file)
{
    if (strcmp(file->path, "-") != 0)
        return false;
    for (uint32_t i = 0; i < file->index; i++)
        if (strcmp(s->files[i].path, "-") == 0)
            return true;
    return false;
}

/* Probes every file and puts them in the order of their first frames. STATUS_USAGE: the filter is
 * for none of them. */
static enum status probe_all(struct files *s, char problem[READER_PROBLEM_MAX])
{
    char misfit[READER_PROBLEM_MAX] = "";

    for (size_t i = 0; i < s->count; i++) {
        struct file *file = &s->files[i];
        enum status status = STATUS_IO;

        if (is_second_standard_input(s, file))
            snprintf(problem, READER_PROBLEM_MAX, "standard input can be read only once");
        else
            status = probe(s, file, problem);
        if (status == STATUS_OK)
            continue;
        if (status == STATUS_USAGE)
            snprintf(misfit, sizeof(misfit), "%s", problem);
        file->problem = mem_string(problem);
        if (file->problem == NULL)
            return STATUS_NO_MEMORY;
    }
    qsort(s->waiting, s->waiting_count, sizeof(s->waiting[0]), compare_waiting);
    if (s->is_filter_fit || s->filter == NULL)
        return STATUS_OK;
    if (misfit[0] == '\0')
        return reader_check_filter(s->filter, problem);
    snprintf(problem, READER_PROBLEM_MAX, "%s", misfit);
    return STATUS_USAGE;
}

static void files_free(void *state)
{
    struct files *s = state;

    for (size_t i = 0; i < s->count; i++) {
        reader_free(s->files[i].reader);
        mem_free(s->files[i].problem);
    }
    filter_free(s->owned);
    mem_free(s->files);
    mem_free(s->waiting);
    mem_free(s->heap);
}

static void files_progress(const void *state, struct source_progress *progress)
{
    const struct files *s = state;
    bool is_known = true;

    *progress = s->progress;
    for (size_t i = 0; i < s->count; i++) {
        const struct file *file = &s->files[i];

        progress->octets_read +=
            file->reader != NULL ? reader_octets_read(file->reader) : file->octets_read;
        progress->octets_all += file->facts.size;
        is_known = is_known && !file->is_sizeless;
    }
    if (!is_known)
        progress->octets_all = 0;
}

static const char *files_name(const void *state, uint32_t index)
{
    const struct files *s = state;

    return index < s->count ? s->files[index].path : "";
}

static bool files_is_fine(const void *state, uint32_t index)
{
    const struct files *s = state;

    return index < s->count && s->files[index].is_fine;
}

static bool files_is_empty(const void *state, uint32_t index)
{
    const struct files *s = state;

    return index < s->count && s->files[index].is_empty;
}

/* Of several open files any may go on: nothing is said. */
static bool files_glance(void *state, uint32_t distance, struct frame *frame)
{
    struct files *s = state;

    if (s->heap_count != 1)
        return false;
    frame->place.capture = s->heap[0]->index;
    return reader_glance(s->heap[0]->reader, distance, frame);
}

static const struct source_kind files_kind = {
    .next = files_next,
    .free = files_free,
    .progress = files_progress,
    .name = files_name,
    .is_fine = files_is_fine,
    .is_empty = files_is_empty,
    .glance = files_glance,
};

enum status source_open_files(struct source **out, const char *const *paths, size_t count,
                              const struct source_options *options, char *error, size_t error_size)
{
    struct files *s = source_new(out, &files_kind, sizeof(*s));
    char problem[READER_PROBLEM_MAX] = "";
    enum status status;

    if (s == NULL)
        return STATUS_NO_MEMORY;
    if (options != NULL && options->filter != NULL && options->compiled == NULL &&
        filter_new(&s->owned, options->filter) != STATUS_OK)
        return STATUS_NO_MEMORY;
    s->filter = options != NULL && options->compiled != NULL ? options->compiled : s->owned;
    s->files = mem_calloc(count, sizeof(s->files[0]));
    s->waiting = mem_calloc(count, sizeof(struct file *));
    s->heap = mem_calloc(count, sizeof(struct file *));
    if (s->files == NULL || s->waiting == NULL || s->heap == NULL)
        return STATUS_NO_MEMORY;
    s->count = count;
    for (size_t i = 0; i < count; i++) {
        s->files[i].path = paths[i];
        s->files[i].index = (uint32_t)i;
        s->files[i].ahead.place.capture = (uint32_t)i;
    }
    status = probe_all(s, problem);
    if (status != STATUS_OK)
        snprintf(error, error_size, "%s", problem);
    return status;
}
