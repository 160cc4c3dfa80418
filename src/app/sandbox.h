/* What the program may still do once its files are open: no rights of root, no file but those it
 * was asked for, no call of the kernel but those that reading and reporting take. Whoever takes it
 * over with a malformed packet can neither run a program nor reach the network.
 *
 * The order, for a live capture:
 *     sandbox_pick_user         while names of users can still be looked up
 *     (the interface, the outputs and the metrics socket are opened)
 *     sandbox_drop_privileges
 *     sandbox_confine
 * and where files are read, which need no privileges:
 *     sandbox_drop_capabilities
 *     sandbox_confine           before the first octet of a capture is looked at
 *     (the captures and the outputs are opened)
 *     sandbox_tighten
 *
 * Builds with sanitizers or coverage, and runs under valgrind, do without sandbox_confine: their
 * run time forks, traces and writes files of its own (sandbox_is_real). */
#ifndef SMTPSCOPE_APP_SANDBOX_H
#define SMTPSCOPE_APP_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/status.h"

enum { SANDBOX_ERROR_MAX = 256 };

struct sandbox_user {
    bool is_other; /* false: the process stays who it is */
    uid_t uid;
    gid_t gid;
    char name[64]; /* for messages */
};

/* Who to become. `wanted` is -Z's, or NULL: then the system user "smtpscope"; where there is none
 * and files are written, whoever called sudo, so that the files are theirs; else nobody. Only root
 * becomes somebody else. STATUS_USAGE, with a line in `error`: there is no such user, or who asks is
 * not root. */
MUST_USE enum status sandbox_pick_user(struct sandbox_user *user, const char *wanted,
                                       bool writes_files, char error[SANDBOX_ERROR_MAX]);

/* Becomes `user`, without further groups, and gives up every capability for good: effective,
 * permitted, inheritable, ambient and, where that is permitted, the bounding set. What is open stays
 * open. STATUS_IO: a line in `error`; the process must not go on. */
MUST_USE enum status sandbox_drop_privileges(const struct sandbox_user *user,
                                             char error[SANDBOX_ERROR_MAX]);

/* Gives up the capabilities alone, as far as they are not root's own: those of a program file or of
 * a service, which reading files does not need. */
MUST_USE enum status sandbox_drop_capabilities(char error[SANDBOX_ERROR_MAX]);

/* What the loop goes on needing beside reading, and writing to what is open; ORed. */
enum sandbox_need {
    SANDBOX_OPENS = 1 << 0,    /* opens files for reading */
    SANDBOX_MAKES = 1 << 1,    /* makes files, opens them for writing, sets their rights */
    SANDBOX_REPLACES = 1 << 2, /* renames and removes files */
    SANDBOX_SNIFFS = 1 << 3,   /* waits for, and receives from, the capture's descriptor; libpcap
                                  counts the drops of an interface that is promiscuous in files below
                                  /sys/devices, for which it takes SANDBOX_OPENS too */
    SANDBOX_SERVES = 1 << 4,   /* accepts connections on a listening socket, and answers them */
    SANDBOX_TIGHTENS = 1 << 5, /* sandbox_tighten is going to be called */
};

struct sandbox {
    unsigned needs; /* enum sandbox_need */
    /* Landlock, where the kernel has it, leaves only these. A path that does not exist is passed
     * over. */
    const char *const *readable; /* files; or directories, with all beneath */
    size_t readable_count;
    const char *const *writable; /* directories where files are made, renamed and removed; or files
                                    that are written in place */
    size_t writable_count;
    int packet_socket; /* nothing can be sent on it afterwards, by write(2) or otherwise; -1: none.
                        * With SANDBOX_SNIFFS only. */
};

/* Confines the process for good. Before, it reads the time zone, which the C library would open
 * later. A call that no honest run makes (exec, fork, socket, connect, ptrace and their like) then
 * ends the process with SIGSYS; any other one that is not needed fails with ENOSYS, as on a
 * kernel that does not have it, which the C library knows how to live with. With a line in `error`:
 * STATUS_NO_MEMORY, or STATUS_IO: the kernel has no seccomp, or refuses. Files can then be read with
 * --no-sandbox only. */
MUST_USE enum status sandbox_confine(const struct sandbox *sandbox, char error[SANDBOX_ERROR_MAX]);

/* Takes away what sandbox_confine had left for the time of opening. `needs` must be among those
 * given there; paths stay as they are. */
MUST_USE enum status sandbox_tighten(const struct sandbox *sandbox, char error[SANDBOX_ERROR_MAX]);

/* False in a build, or a run, that sandbox_confine and sandbox_tighten leave as it is. */
bool sandbox_is_real(void);

#endif
