/* Reads a file, plain or packed, into a FILE for libpcap. */
#include "capture/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "capture/codec.h"

enum {
    /* libpcap reads 16 octets and then a frame at a time: the buffer is what makes that cheap. */
    BUFFER_SIZE = 256 * 1024,
    HEAD_MAX = 64 * 1024,
    HEAD_STEP = 4096,
};

struct stream {
    int fd;
    bool is_owner; /* of fd */
    struct stream_facts facts;
    uint64_t octets_read;
    const struct codec *codec; /* NULL: plain */
    void *state;               /* the codec's */
    bool is_head_known;        /* codec is set */
    bool is_at_end;            /* the file has no more */
    enum codec_result last;
    uint8_t *input;    /* read from the file; BUFFER_SIZE octets of room */
    struct slice left; /* of `input`: not unpacked yet */
    struct buf head;   /* unpacked and peeked at */
    size_t head_taken;
    char *file_buffer;
    uint8_t *view; /* what stream_view shows: from view_begin to view_end of `view_room` octets */
    size_t view_begin;
    size_t view_end;
    size_t view_room;
    char problem[STREAM_PROBLEM_MAX];
};

static const struct codec *const codecs[] = { &codec_gzip, &codec_zstd };

static enum status open_descriptor(struct stream *s, const char *path,
                                   char problem[STREAM_PROBLEM_MAX])
{
    bool is_standard_input = strcmp(path, "-") == 0;
    struct stat facts;

    s->is_owner = !is_standard_input;
    s->fd = is_standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (s->fd < 0 || fstat(s->fd, &facts) != 0) {
        snprintf(problem, STREAM_PROBLEM_MAX, "%s", strerror(errno));
        return STATUS_IO;
    }
    if (S_ISDIR(facts.st_mode)) {
        snprintf(problem, STREAM_PROBLEM_MAX, "is a directory");
        return STATUS_IO;
    }
    if (S_ISREG(facts.st_mode) && !is_standard_input)
        s->facts = (struct stream_facts){ true, (uint64_t)facts.st_size };
    return STATUS_OK;
}

enum status stream_open(struct stream **out, const char *path, char problem[STREAM_PROBLEM_MAX])
{
    struct stream *s = mem_calloc(1, sizeof(*s));
    enum status status;

    *out = NULL;
    if (s == NULL)
        return STATUS_NO_MEMORY;
    s->fd = -1;
    s->head = buf_of(HEAD_MAX);
    s->input = mem_alloc(BUFFER_SIZE);
    s->file_buffer = mem_alloc(BUFFER_SIZE);
    status = s->input == NULL || s->file_buffer == NULL ? STATUS_NO_MEMORY
                                                        : open_descriptor(s, path, problem);
    if (status != STATUS_OK) {
        stream_free(s);
        return status;
    }
    *out = s;
    return STATUS_OK;
}

void stream_free(struct stream *s)
{
    if (s == NULL)
        return;
    if (s->is_owner && s->fd >= 0)
        (void)close(s->fd);
    if (s->codec != NULL)
        s->codec->free(s->state);
    buf_clear(&s->head);
    mem_free(s->input);
    mem_free(s->file_buffer);
    mem_free(s->view);
    mem_free(s);
}

struct stream_facts stream_facts(const struct stream *s)
{
    return s->facts;
}

uint64_t stream_octets_read(const struct stream *s)
{
    return s->octets_read;
}

const char *stream_problem(const struct stream *s)
{
    return s->problem;
}

/* Reads what is there, once: a live pipe is not waited on for a full buffer. Returns what read(2)
 * does. */
static ssize_t read_file(struct stream *s, uint8_t *out, size_t room)
{
    ssize_t got;

    if (s->is_at_end)
        return 0;
    do
        got = read(s->fd, out, room);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        snprintf(s->problem, sizeof(s->problem), "read error: %s", strerror(errno));
    else if (got == 0)
        s->is_at_end = true;
    else
        s->octets_read += (uint64_t)got;
    return got;
}

/* False after an error, or without a single octet more. */
static bool refill(struct stream *s)
{
    ssize_t got;

    mem_move(s->input, s->left.data, s->left.len);
    got = read_file(s, &s->input[s->left.len], BUFFER_SIZE - s->left.len);
    s->left = slice_of(s->input, s->left.len + (got > 0 ? (size_t)got : 0));
    return got > 0;
}

/* Reads the head and picks the codec by it. */
static enum status recognise(struct stream *s)
{
    if (s->is_head_known)
        return STATUS_OK;
    while (s->left.len < CODEC_HEAD && refill(s))
        continue;
    s->is_head_known = true;
    for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
        if (!codecs[i]->recognises(s->left))
            continue;
        s->state = codecs[i]->new ();
        if (s->state == NULL) {
            snprintf(s->problem, sizeof(s->problem), "out of memory");
            return STATUS_NO_MEMORY;
        }
        s->codec = codecs[i];
    }
    return STATUS_OK;
}

static size_t read_plain(struct stream *s, uint8_t *out, size_t room)
{
    struct slice part = slice_part(s->left, 0, room);
    ssize_t got;

    if (part.len > 0) {
        mem_copy(out, part.data, part.len);
        s->left = slice_from(s->left, part.len);
        return part.len;
    }
    got = read_file(s, out, room);
    return got > 0 ? (size_t)got : 0;
}

static size_t read_packed(struct stream *s, uint8_t *out, size_t room)
{
    const char *problem = "invalid data";
    size_t made = 0;

    while (s->last == CODEC_GOING_ON || s->last == CODEC_BETWEEN) {
        s->last = s->codec->run(s->state, &s->left, out, room, &made, &problem);
        if (s->last == CODEC_DAMAGED)
            snprintf(s->problem, sizeof(s->problem), "damaged %s data: %s", s->codec->name,
                     problem);
        else if (s->last == CODEC_NO_MEMORY)
            snprintf(s->problem, sizeof(s->problem), "out of memory");
        if (made > 0)
            return made;
        if (s->last == CODEC_GOING_ON || s->last == CODEC_BETWEEN) {
            if (s->left.len > 0 || refill(s))
                continue;
            if (s->last == CODEC_GOING_ON && s->problem[0] == '\0')
                snprintf(s->problem, sizeof(s->problem), "cut short inside the %s data",
                         s->codec->name);
            return 0;
        }
    }
    return 0;
}

/* Unpacked octets, at least one; 0 at the end or where `problem` says so. */
static size_t read_some(struct stream *s, uint8_t *out, size_t room)
{
    if (recognise(s) != STATUS_OK)
        return 0;
    return s->codec == NULL ? read_plain(s, out, room) : read_packed(s, out, room);
}

struct slice stream_peek(struct stream *s, size_t size)
{
    uint8_t step[HEAD_STEP];

    while (s->head.len < size && s->head.len < HEAD_MAX) {
        size_t need = size - s->head.len;
        size_t got = read_some(s, step, need < sizeof(step) ? need : sizeof(step));
        size_t dropped;

        if (got == 0)
            break;
        if (buf_append(&s->head, slice_of(step, got), &dropped) != STATUS_OK || dropped > 0) {
            snprintf(s->problem, sizeof(s->problem), "out of memory");
            break;
        }
    }
    return slice_part(buf_view(&s->head), 0, size);
}

/* read_some, what was peeked at coming first. */
static size_t read_next(struct stream *s, uint8_t *out, size_t room)
{
    struct slice head = slice_part(slice_from(buf_view(&s->head), s->head_taken), 0, room);

    if (head.len > 0) {
        mem_copy(out, head.data, head.len);
        s->head_taken += head.len;
        return head.len;
    }
    return s->problem[0] == '\0' ? read_some(s, out, room) : 0;
}

/* Room for `size` octets in view, and for a whole read behind them. */
static bool make_view(struct stream *s, size_t size)
{
    uint8_t *view;

    if (s->view_room >= size + BUFFER_SIZE)
        return true;
    view = mem_realloc(s->view, size + BUFFER_SIZE);
    if (view == NULL) {
        snprintf(s->problem, sizeof(s->problem), "out of memory");
        return false;
    }
    s->view = view;
    s->view_room = size + BUFFER_SIZE;
    return true;
}

static void fill_view(struct stream *s, size_t size)
{
    if (!make_view(s, size))
        return;
    mem_move(s->view, s->view + s->view_begin, s->view_end - s->view_begin);
    s->view_end -= s->view_begin;
    s->view_begin = 0;
    while (s->view_end < size) {
        size_t got = read_next(s, s->view + s->view_end, BUFFER_SIZE);

        if (got == 0)
            return;
        s->view_end += got;
    }
}

struct slice stream_view(struct stream *s, size_t size)
{
    if (s->view_end - s->view_begin < size)
        fill_view(s, size);
    return slice_of(s->view + s->view_begin, s->view_end - s->view_begin);
}

void stream_pass(struct stream *s, size_t size)
{
    size_t left = s->view_end - s->view_begin;

    s->view_begin += size < left ? size : left;
}

/* What fopencookie calls. */
static ssize_t cookie_read(void *cookie, char *out, size_t room)
{
    struct stream *s = cookie;
    size_t got = read_next(s, (uint8_t *)out, room);

    if (got > 0)
        return (ssize_t)got;
    if (s->problem[0] == '\0')
        return 0;
    errno = EIO;
    return -1;
}

FILE *stream_file(struct stream *s)
{
    FILE *file = fopencookie(s, "r", (cookie_io_functions_t){ .read = cookie_read });

    if (file == NULL)
        return NULL;
    (void)setvbuf(file, s->file_buffer, _IOFBF, BUFFER_SIZE);
    /* One thread reads it; libpcap would otherwise lock it twice a frame. */
    (void)__fsetlocking(file, FSETLOCKING_BYCALLER);
    return file;
}
