/* Frames into pcap files: a buffer of whole records before one open file, and the turn from file to
 * file. */
#include "capture/packet_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "capture/packet_name.h"

/* draft-ietf-opsawg-pcap section 4: what the stamps of the file count in. */
#define MAGIC_MICROSECONDS UINT32_C(0xA1B2C3D4)
#define MAGIC_NANOSECONDS UINT32_C(0xA1B23C4D)

enum {
    SNAP_MAX = 262144,                             /* libpcap's MAXIMUM_SNAPLEN */
    HEAD_LEN = 24,                                 /* of a file */
    RECORD_LEN = 16,                               /* before each frame */
    HELD_MAX = 256 * 1024 + RECORD_LEN + SNAP_MAX, /* octets that wait for one write */
};

enum state {
    STATE_OPEN,
    STATE_COMPLETE, /* -G with -W: every file has had its time */
    STATE_FAILED,
    STATE_FINISHED,
};

struct packet_file {
    struct packet_file_options options;
    char *folder_path; /* up to its slash; "" where the path has none */
    const char *base;  /* the rest of the path */
    int folder;        /* -1: nothing more is opened */
    unsigned digits;
    uint64_t number;      /* within -C's count */
    uint64_t count;       /* files begun */
    int64_t period_begun; /* seconds since 1970 */
    char name[PACKET_NAME_MAX];
    int descriptor; /* -1: none is open */
    bool is_regular;
    uint64_t size; /* octets of the open file, held ones included */
    uint8_t *held; /* whole records, each with its header */
    size_t held_len;
    uint64_t held_frames;
    uint64_t frames; /* handed to the system */
    enum state state;
    bool is_closed;
};

static bool is_standard_output(const struct packet_file *f)
{
    return strcmp(f->options.path, "-") == 0;
}

static uint32_t snap_of(const struct packet_file *f)
{
    uint32_t snap = f->options.snap_length;

    return snap == 0 || snap > SNAP_MAX ? SNAP_MAX : snap;
}

static void drop_descriptor(struct packet_file *f)
{
    if (f->descriptor >= 0 && !is_standard_output(f))
        close(f->descriptor);
    f->descriptor = -1;
}

/* Says why, by `number` as errno has it, and writes nothing more. */
static enum status fail(struct packet_file *f, int number, char *error, size_t error_size)
{
    if (is_standard_output(f))
        snprintf(error, error_size, "standard output: %s", strerror(number));
    else
        snprintf(error, error_size, "%s%s: %s", f->folder_path, f->name, strerror(number));
    f->state = STATE_FAILED;
    f->is_closed = number == EPIPE;
    f->held_len = 0;
    f->held_frames = 0;
    drop_descriptor(f);
    return STATUS_IO;
}

/* Writes all of it. On failure errno says why, and `*written` how far it came. */
static bool write_all(int descriptor, const uint8_t *octets, size_t len, size_t *written)
{
    *written = 0;
    while (*written < len) {
        ssize_t n = write(descriptor, octets + *written, len - *written);

        if (n >= 0) {
            *written += (size_t)n;
        } else if (errno == EAGAIN) {
            struct pollfd full = { .fd = descriptor, .events = POLLOUT };

            (void)poll(&full, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

static void put_u32(uint8_t *at, uint32_t value)
{
    mem_copy(at, &value, sizeof(value));
}

/* Octets of the whole records among the first `len` that are held. */
static size_t whole_records(const struct packet_file *f, size_t len, uint64_t *count)
{
    size_t at = 0;

    *count = 0;
    while (len - at >= RECORD_LEN) {
        uint32_t captured;

        mem_copy(&captured, f->held + at + 8, sizeof(captured));
        if (captured > len - at - RECORD_LEN)
            break;
        at += RECORD_LEN + captured;
        ++*count;
    }
    return at;
}

static enum status write_held(struct packet_file *f, char *error, size_t error_size)
{
    size_t written = 0;
    uint64_t count;
    int reason;

    if (write_all(f->descriptor, f->held, f->held_len, &written)) {
        f->frames += f->held_frames;
        f->held_frames = 0;
        f->held_len = 0;
        return STATUS_OK;
    }
    reason = errno;
    /* Half a record would look like a damaged capture. */
    if (f->is_regular)
        (void)!ftruncate(f->descriptor,
                         (off_t)(f->size - f->held_len + whole_records(f, written, &count)));
    else
        (void)whole_records(f, written, &count);
    f->frames += count;
    return fail(f, reason, error, error_size);
}

static enum status write_head(struct packet_file *f, char *error, size_t error_size)
{
    const uint16_t version[2] = { 2, 4 };
    uint8_t head[HEAD_LEN] = { 0 };
    size_t written = 0;

    put_u32(head,
            f->options.precision == PACKET_NANOSECONDS ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS);
    mem_copy(head + 4, version, sizeof(version));
    put_u32(head + 16, snap_of(f));
    put_u32(head + 20, (uint32_t)f->options.link_type);
    if (!write_all(f->descriptor, head, sizeof(head), &written)) {
        int reason = errno;

        if (f->is_regular)
            (void)!ftruncate(f->descriptor, 0);
        return fail(f, reason, error, error_size);
    }
    f->size = sizeof(head);
    return STATUS_OK;
}

/* Gives a regular file its mode and its owner, whoever made it. Where the file system has neither,
 * or the file is another's, it is written all the same: it was opened. */
static void own(struct packet_file *f)
{
    struct stat facts;

    f->is_regular = fstat(f->descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
    if (!f->is_regular)
        return;
    (void)!fchmod(f->descriptor, S_IRUSR | S_IWUSR);
    (void)!fchown(f->descriptor,
                  f->options.uid == PACKET_FILE_KEEP_OWNER ? (uid_t)-1 : (uid_t)f->options.uid,
                  f->options.gid == PACKET_FILE_KEEP_OWNER ? (gid_t)-1 : (gid_t)f->options.gid);
}

/* Begins the file whose turn it is. */
static enum status begin(struct packet_file *f, char *error, size_t error_size)
{
    if (is_standard_output(f)) {
        f->descriptor = STDOUT_FILENO;
    } else {
        struct stamp at = { f->period_begun * STAMP_SECOND };

        if (packet_name(f->name, f->base, f->options.seconds > 0, at, f->number, f->digits) !=
            STATUS_OK) {
            snprintf(error, error_size, "%s: names no file in its folder", f->options.path);
            f->state = STATE_FAILED;
            return STATUS_USAGE;
        }
        f->descriptor =
            openat(f->folder, f->name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY,
                   S_IRUSR | S_IWUSR);
        if (f->descriptor < 0)
            return fail(f, errno, error, error_size);
        own(f);
    }
    f->count++;
    return write_head(f, error, error_size);
}

/* Ends the open file, if there is one. */
static enum status end(struct packet_file *f, char *error, size_t error_size)
{
    enum status status = write_held(f, error, error_size);
    int descriptor = f->descriptor;

    if (status != STATUS_OK || is_standard_output(f))
        return status;
    f->descriptor = -1;
    /* Where a file system finds out late that it is full, it says so here. */
    if (close(descriptor) != 0 && errno != EINTR)
        return fail(f, errno, error, error_size);
    return STATUS_OK;
}

/* Takes the turn to the next file where it is time: as tcpdump does, by the seconds first, which
 * begin the count of -C anew. */
static enum status turn(struct packet_file *f, struct stamp at, char *error, size_t error_size)
{
    int64_t now = at.ns / STAMP_SECOND;
    bool is_late = f->options.seconds > 0 && now - f->period_begun >= (int64_t)f->options.seconds;
    bool is_full = f->options.octets > 0 && f->size > f->options.octets;
    enum status status;

    if (!is_late && !is_full)
        return STATUS_OK;
    status = end(f, error, error_size);
    if (status != STATUS_OK)
        return status;
    if (is_late) {
        f->period_begun = now;
        f->number = 0;
        if (f->options.octets == 0 && f->options.files > 0 && f->count >= f->options.files) {
            f->state = STATE_COMPLETE;
            return STATUS_OK;
        }
    } else if (++f->number >= f->options.files && f->options.files > 0) {
        f->number = 0;
    }
    return begin(f, error, error_size);
}

static void hold(struct packet_file *f, const struct frame *frame)
{
    int64_t unit = f->options.precision == PACKET_NANOSECONDS ? 1 : 1000;
    uint32_t captured = frame->octets.len < snap_of(f) ? (uint32_t)frame->octets.len : snap_of(f);
    uint8_t *at = f->held + f->held_len;

    put_u32(at, (uint32_t)(frame->place.at.ns / STAMP_SECOND));
    put_u32(at + 4, (uint32_t)(frame->place.at.ns % STAMP_SECOND / unit));
    put_u32(at + 8, captured);
    put_u32(at + 12, frame->length);
    mem_copy(at + RECORD_LEN, frame->octets.data, captured);
    f->held_len += RECORD_LEN + captured;
    f->held_frames++;
    f->size += RECORD_LEN + captured;
}

enum status packet_file_write(struct packet_file *f, const struct frame *frame, char *error,
                              size_t error_size)
{
    enum status status = STATUS_OK;

    if (f->state != STATE_OPEN)
        return STATUS_OK;
    status = turn(f, frame->place.at, error, error_size);
    if (status != STATUS_OK || f->state != STATE_OPEN)
        return status;
    if (RECORD_LEN + snap_of(f) > HELD_MAX - f->held_len)
        status = write_held(f, error, error_size);
    if (status == STATUS_OK)
        hold(f, frame);
    return status;
}

enum status packet_file_flush(struct packet_file *f, char *error, size_t error_size)
{
    return f->state == STATE_OPEN ? write_held(f, error, error_size) : STATUS_OK;
}

enum status packet_file_finish(struct packet_file *f, char *error, size_t error_size)
{
    if (f->state != STATE_OPEN)
        return STATUS_OK;
    f->state = STATE_FINISHED;
    return end(f, error, error_size);
}

/* What is wrong with the options; NULL where nothing is. */
static const char *contradiction(const struct packet_file_options *options)
{
    bool is_turning = options->octets > 0 || options->seconds > 0;
    const char *slash = strrchr(options->path, '/');

    if (options->files > 0 && !is_turning)
        return "-W counts files of -C or -G";
    if (is_turning && strcmp(options->path, "-") == 0)
        return "standard output cannot be turned into several files";
    if (slash != NULL && slash[1] == '\0')
        return "is a folder";
    if (options->seconds > 0 && slash != NULL &&
        memchr(options->path, '%', (size_t)(slash - options->path)) != NULL)
        return "with -G, % may stand in the file's name only, not in its folder's";
    return NULL;
}

/* Cuts the path, and opens its folder. */
static enum status open_folder(struct packet_file *f, char *error, size_t error_size)
{
    const char *slash = strrchr(f->options.path, '/');

    f->folder_path = mem_string(f->options.path);
    if (f->folder_path == NULL)
        return STATUS_NO_MEMORY;
    f->base = slash != NULL ? slash + 1 : f->options.path;
    f->folder_path[f->base - f->options.path] = '\0';
    if (is_standard_output(f))
        return STATUS_OK;
    f->folder = open(slash != NULL ? f->folder_path : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (f->folder < 0) {
        snprintf(error, error_size, "%s: %s", f->options.path, strerror(errno));
        return STATUS_IO;
    }
    return STATUS_OK;
}

enum status packet_file_open(struct packet_file **out, const struct packet_file_options *options,
                             char *error, size_t error_size)
{
    const char *wrong = contradiction(options);
    struct packet_file *f = mem_calloc(1, sizeof(*f));
    enum status status;

    *out = f;
    if (f == NULL)
        return STATUS_NO_MEMORY;
    f->options = *options;
    f->folder = -1;
    f->descriptor = -1;
    f->state = STATE_FAILED;
    if (wrong != NULL) {
        snprintf(error, error_size, "%s: %s", options->path, wrong);
        return STATUS_USAGE;
    }
    f->period_begun = options->begun.ns / STAMP_SECOND;
    f->digits = options->octets > 0 ? packet_name_digits(options->files) : 0;
    f->held = mem_alloc(HELD_MAX);
    if (f->held == NULL)
        return STATUS_NO_MEMORY;
    status = open_folder(f, error, error_size);
    if (status != STATUS_OK)
        return status;
    f->state = STATE_OPEN;
    status = begin(f, error, error_size);
    if (options->octets == 0 && options->seconds == 0 && f->folder >= 0) {
        close(f->folder);
        f->folder = -1;
    }
    return status;
}

void packet_file_free(struct packet_file *f)
{
    if (f == NULL)
        return;
    drop_descriptor(f);
    if (f->folder >= 0)
        close(f->folder);
    mem_free(f->folder_path);
    mem_free(f->held);
    mem_free(f);
}

int packet_file_folder(const struct packet_file *f)
{
    return f->folder;
}

bool packet_file_is_complete(const struct packet_file *f)
{
    return f->state == STATE_COMPLETE;
}

bool packet_file_is_closed(const struct packet_file *f)
{
    return f->is_closed;
}

uint64_t packet_file_frames(const struct packet_file *f)
{
    return f->frames;
}

uint64_t packet_file_count(const struct packet_file *f)
{
    return f->count;
}
