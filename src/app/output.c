/* Opens, writes and completes the reports. */
#include "app/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/cleanup.h"
#include "app/folder.h"
#include "app/message.h"
#include "base/mem.h"

/* Sessions of a few KiB each leave in writes of this size. */
enum { BUFFER_SIZE = 256 * 1024 };

static struct report_writer *writer_new(enum format format, FILE *stream,
                                        const struct report_options *options)
{
    switch (format) {
    case FORMAT_TEXT:
        return text_writer_new(stream, options);
    case FORMAT_JSON:
        return json_writer_new(stream, options);
    case FORMAT_NDJSON:
        return ndjson_writer_new(stream, options);
    case FORMAT_SUMMARY:
        return summary_writer_new(stream, options);
    }
    return NULL;
}

void output_discard(struct output *output)
{
    if (output->writer != NULL)
        report_writer_free(output->writer);
    /* What is left in the buffer has nowhere to go; of standard output, exit would try again. */
    if (output->stream != NULL)
        (void)fclose(output->stream);
    if (output->temporary != NULL) {
        (void)unlink(output->temporary);
        cleanup_forget(output->temporary);
    }
    if (output->directory >= 0)
        (void)close(output->directory);
    mem_free(output->temporary);
    mem_free(output->target);
    mem_free(output->buffer);
    *output = (struct output){ .name = output->name, .directory = -1 };
}

/* Says what went wrong, once, and gives the output up. */
static enum output_result fail(struct output *output, enum status status, int error)
{
    bool is_closed_pipe = output->is_standard && status == STATUS_IO && error == EPIPE;

    if (!is_closed_pipe)
        message("%s: %s", output->name,
                status == STATUS_NO_MEMORY || error == ENOMEM ? "out of memory" : strerror(error));
    output_discard(output);
    return is_closed_pipe ? OUTPUT_CLOSED : OUTPUT_FAILED;
}

static enum output_result begin(struct output *output, enum format format,
                                const struct report_options *options)
{
    enum status status;

    output->buffer = mem_alloc(BUFFER_SIZE);
    if (output->buffer == NULL || setvbuf(output->stream, output->buffer, _IOFBF, BUFFER_SIZE) != 0)
        return fail(output, STATUS_NO_MEMORY, 0);
    output->writer = writer_new(format, output->stream, options);
    if (output->writer == NULL)
        return fail(output, STATUS_NO_MEMORY, 0);
    status = report_begin(output->writer);
    return status == STATUS_OK ? OUTPUT_OK : fail(output, status, errno);
}

static bool is_regular(int descriptor)
{
    struct stat about;

    return fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode);
}

enum output_result output_open_standard(struct output *output, enum format format,
                                        const struct report_options *options,
                                        enum output_habit habit)
{
    *output = (struct output){
        .name = "standard output",
        .stream = stdout,
        .directory = -1,
        .is_standard = true,
        /* A terminal, head or tail -f on the other end wants each session as it ends; a file does
         * not, and is written in large pieces. */
        .is_followed = habit == OUTPUT_GROWS || !is_regular(STDOUT_FILENO),
    };
    return begin(output, format, options);
}

/* A new file beside the target, under a name of its own, with the rights that the target is to
 * have. */
static FILE *open_temporary(struct output *output)
{
    size_t size = strlen(output->target) + sizeof ".XXXXXX";
    mode_t mask = umask(0);
    int descriptor;

    (void)umask(mask);
    output->temporary = mem_alloc(size);
    if (output->temporary == NULL)
        return NULL;
    (void)snprintf(output->temporary, size, "%s.XXXXXX", output->target);
    descriptor = cleanup_make_temporary(output->temporary);
    if (descriptor < 0) {
        mem_free(output->temporary);
        output->temporary = NULL;
        return NULL;
    }
    (void)fchmod(descriptor, 0666 & ~mask);
    return fdopen(descriptor, "w");
}

/* Where a link leads, so that the link itself is not replaced; the name as it is where nothing
 * stands there yet. */
static char *resolve(const char *path)
{
    char resolved[PATH_MAX];

    return mem_string(realpath(path, resolved) == NULL ? path : resolved);
}

static int open_folder(const char *path)
{
    char *folder = folder_of(path);
    int descriptor = folder == NULL ? -1 : open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

    mem_free(folder);
    return descriptor;
}

static int open_growing(const struct output *output, int flags)
{
    return openat(output->directory, name_in_folder(output->name),
                  O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666);
}

static void open_to_grow(struct output *output, enum format format)
{
    bool is_added_to = format == FORMAT_NDJSON || format == FORMAT_TEXT;
    int descriptor;

    output->is_followed = true;
    output->directory = open_folder(output->name);
    if (output->directory < 0)
        return;
    output->is_created = faccessat(output->directory, name_in_folder(output->name), F_OK, 0) != 0;
    descriptor = open_growing(output, is_added_to ? O_APPEND : O_TRUNC);
    if (descriptor >= 0)
        output->stream = fdopen(descriptor, is_added_to ? "a" : "w");
    if (!is_added_to) {
        /* It is written once, at the end: nobody would find the beginning in another file. */
        (void)close(output->directory);
        output->directory = -1;
    }
}

enum output_result output_open_file(struct output *output, const struct output_file *file,
                                    const struct report_options *options, enum output_habit habit)
{
    struct stat about;
    bool is_there = stat(file->path, &about) == 0;

    *output = (struct output){ .name = file->path, .directory = -1 };
    /* ndjson grows where it is, for whoever follows it; a device or a pipe cannot be replaced. */
    if (habit == OUTPUT_GROWS) {
        open_to_grow(output, file->format);
    } else if (file->format == FORMAT_NDJSON || (is_there && !S_ISREG(about.st_mode))) {
        output->is_followed = true;
        output->stream = fopen(file->path, "we");
    } else {
        output->target = resolve(file->path);
        output->stream = output->target == NULL ? NULL : open_temporary(output);
    }
    if (output->stream == NULL)
        return fail(output, STATUS_IO, errno);
    return begin(output, file->format, options);
}

void output_hand_over(const struct output *output, uid_t user, gid_t group)
{
    if (output->stream != NULL && output->is_created &&
        fchown(fileno(output->stream), user, group) != 0)
        message("%s: its owner cannot be changed: %s", output->name, strerror(errno));
}

void output_reopen(struct output *output)
{
    int descriptor;

    if (output->stream == NULL || output->directory < 0)
        return;
    (void)fflush(output->stream);
    descriptor = open_growing(output, O_APPEND);
    if (descriptor < 0 || dup3(descriptor, fileno(output->stream), O_CLOEXEC) < 0)
        message("%s: cannot be opened again, the old file is written on: %s", output->name,
                strerror(errno));
    if (descriptor >= 0)
        (void)close(descriptor);
}

enum output_result output_event(struct output *output, const struct report_event *event)
{
    enum status status;

    if (output->stream == NULL)
        return OUTPUT_OK;
    status = report_event(output->writer, event);
    if (status == STATUS_OK && fflush(output->stream) != 0)
        status = STATUS_IO;
    return status == STATUS_OK ? OUTPUT_OK : fail(output, status, errno);
}

enum output_result output_session(struct output *output, const struct report_session *session)
{
    enum status status;

    if (output->stream == NULL)
        return OUTPUT_OK;
    status = report_session(output->writer, session);
    if (status == STATUS_OK && output->is_followed && fflush(output->stream) != 0)
        status = STATUS_IO;
    return status == STATUS_OK ? OUTPUT_OK : fail(output, status, errno);
}

enum output_result output_end(struct output *output, const struct report_input *input,
                              const struct tally *tally)
{
    FILE *stream = output->stream;
    enum status status;

    if (stream == NULL)
        return OUTPUT_OK;
    status = report_end(output->writer, input, tally);
    if (status == STATUS_OK && (fflush(stream) != 0 || ferror(stream) != 0))
        status = STATUS_IO;
    if (status != STATUS_OK)
        return fail(output, status, errno);
    output->stream = NULL;
    if (fclose(stream) != 0)
        return fail(output, STATUS_IO, errno);
    if (output->temporary != NULL) {
        if (rename(output->temporary, output->target) != 0)
            return fail(output, STATUS_IO, errno);
        cleanup_forget(output->temporary);
        mem_free(output->temporary);
        output->temporary = NULL;
    }
    output_discard(output);
    return OUTPUT_OK;
}
