/* Files for tests, in a folder of their own. */
#include "support/capture_files.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"

enum { PATH_SIZE = 256 };

static char folder[PATH_SIZE];
static struct arena arena;
static unsigned number;
static int old_input = -1;

void capture_files_begin(void)
{
    const char *parent = getenv("TMPDIR");

    number = 0;
    snprintf(folder, sizeof(folder), "%s/smtpscope-XXXXXX", parent != NULL ? parent : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static char *path_of(const char *name, unsigned which)
{
    char *path = arena_alloc(&arena, PATH_SIZE);

    ck_assert_ptr_nonnull(path);
    ck_assert_int_lt(snprintf(path, PATH_SIZE, "%s/%05u-%s", folder, which, name), PATH_SIZE);
    return path;
}

const char *capture_files_folder(void)
{
    return folder;
}

/* The names are kept in order of their numbers, for the removal. */
static const char *names[20000];

const char *capture_files_path(const char *name)
{
    ck_assert_uint_lt(number, sizeof(names) / sizeof(names[0]));
    names[number] = path_of(name, number);
    return names[number++];
}

void capture_files_end(void)
{
    if (old_input >= 0) {
        ck_assert_int_eq(dup2(old_input, STDIN_FILENO), STDIN_FILENO);
        close(old_input);
        old_input = -1;
    }
    for (unsigned i = 0; i < number; i++)
        unlink(names[i]);
    ck_assert_int_eq(rmdir(folder), 0);
    arena_clear(&arena);
}

const char *capture_files_write(const char *name, struct slice octets)
{
    const char *path = capture_files_path(name);
    FILE *file = fopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    if (octets.len > 0)
        ck_assert_uint_eq(fwrite(octets.data, 1, octets.len, file), octets.len);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

struct slice capture_files_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *octets;
    long size;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    ck_assert_int_ge(size, 0);
    rewind(file);
    octets = arena_alloc(&arena, (size_t)size + 1);
    ck_assert_ptr_nonnull(octets);
    ck_assert_uint_eq(fread(octets, 1, (size_t)size, file), (size_t)size);
    fclose(file);
    return slice_of(octets, (size_t)size);
}

uint8_t *capture_files_room(size_t size)
{
    uint8_t *room = arena_alloc(&arena, size);

    ck_assert_ptr_nonnull(room);
    return room;
}

uint8_t *capture_files_copy(struct slice octets)
{
    uint8_t *copy = arena_alloc(&arena, octets.len + 1);

    ck_assert_ptr_nonnull(copy);
    for (size_t i = 0; i < octets.len; i++)
        copy[i] = octets.data[i];
    return copy;
}

void capture_files_as_input(const char *path)
{
    struct slice octets = capture_files_read(path);
    int ends[2];

    ck_assert_uint_le(octets.len, 65536); /* what a pipe holds */
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], octets.data, octets.len), (ssize_t)octets.len);
    close(ends[1]);
    if (old_input < 0)
        old_input = dup(STDIN_FILENO);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
}

void capture_files_limit_descriptors(size_t count)
{
    struct rlimit limit;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = count;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}
