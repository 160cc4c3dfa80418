/* Which files may still be opened: Landlock, where the kernel has it. */
#include "app/sandbox_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights that are younger than some <linux/landlock.h>. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

/* What a file can be asked for; the rest is for directories. */
#define OF_FILE                                                                                  \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE | \
     LANDLOCK_ACCESS_FS_TRUNCATE)

/* A folder can be opened, to be told that it is one; no call that lists it is left. */
#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITING                                                                                   \
    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE | \
     LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE)

/* Every right on files that version `abi` of Landlock knows: what is not named here stays allowed.
 * Of the later ones, ioctl and signals and the network are the system call filter's. */
static uint64_t known_rights(long abi)
{
    uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

    if (abi >= 2)
        rights |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3)
        rights |= LANDLOCK_ACCESS_FS_TRUNCATE;
    return rights;
}

static enum status fail(char error[SANDBOX_ERROR_MAX], const char *path)
{
    (void)snprintf(error, SANDBOX_ERROR_MAX, "cannot confine itself to %.100s: %s", path,
                   strerror(errno));
    return STATUS_IO;
}

static enum status add(int rules, const char *path, uint64_t rights, char error[SANDBOX_ERROR_MAX])
{
    struct landlock_path_beneath_attr rule = { .parent_fd = open(path, O_PATH | O_CLOEXEC) };
    struct stat about;
    enum status status = STATUS_OK;

    /* Whoever opens it says better why it cannot be opened. */
    if (rule.parent_fd < 0)
        return STATUS_OK;
    if (fstat(rule.parent_fd, &about) == 0 && !S_ISDIR(about.st_mode))
        rights &= OF_FILE;
    rule.allowed_access = rights;
    /* EBADFD: a pipe, as a shell's <(...) names it, which Landlock leaves alone. */
    if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0 &&
        errno != EBADFD)
        status = fail(error, path);
    (void)close(rule.parent_fd);
    return status;
}

static enum status add_all(int rules, const char *const *paths, size_t count, uint64_t rights,
                           char error[SANDBOX_ERROR_MAX])
{
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = add(rules, paths[i], rights, error);
    return status;
}

enum status sandbox_confine_paths(const struct sandbox *sandbox, char error[SANDBOX_ERROR_MAX])
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct landlock_ruleset_attr handled;
    enum status status;
    int rules;

    if (abi < 1)
        return STATUS_OK;
    handled = (struct landlock_ruleset_attr){ .handled_access_fs = known_rights(abi) };
    rules = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
    if (rules < 0)
        return fail(error, "its files");
    status = add_all(rules, sandbox->readable, sandbox->readable_count, READING, error);
    if (status == STATUS_OK)
        status = add_all(rules, sandbox->writable, sandbox->writable_count,
                         WRITING & handled.handled_access_fs, error);
    if (status == STATUS_OK && syscall(SYS_landlock_restrict_self, rules, 0) != 0)
        status = fail(error, "its files");
    (void)close(rules);
    return status;
}
