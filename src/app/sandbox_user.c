/* Who the process becomes, and what it may no longer be. */
#include "app/sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/slice.h"

/* The kernel's overflow user and group: nobody, where there is no list of users at all. */
enum { NOBODY = 65534 };

static void set_user(struct sandbox_user *user, const char *name, uid_t uid, gid_t gid)
{
    user->is_other = uid != geteuid();
    user->uid = uid;
    user->gid = gid;
    (void)snprintf(user->name, sizeof user->name, "%s", name);
}

static bool take_named(struct sandbox_user *user, const char *name)
{
    const struct passwd *entry = getpwnam(name);

    if (entry == NULL)
        return false;
    set_user(user, name, entry->pw_uid, entry->pw_gid);
    return true;
}

static bool number_of(const char *text, uid_t *out)
{
    uint64_t number;

    if (text == NULL || !slice_to_u64(slice_of_string(text), &number) || number >= UINT32_MAX)
        return false;
    *out = (uid_t)number;
    return true;
}

/* Of a user without an entry the group is what `group` says, or nobody's. */
static void take_numbered(struct sandbox_user *user, uid_t uid, const char *group)
{
    const struct passwd *entry = getpwuid(uid);
    gid_t gid = NOBODY;
    char name[24];

    if (entry != NULL) {
        set_user(user, entry->pw_name, uid, entry->pw_gid);
        return;
    }
    (void)number_of(group, &gid);
    (void)snprintf(name, sizeof name, "user %u", (unsigned)uid);
    set_user(user, name, uid, gid);
}

/* Whoever started a program that runs as root: by its set-user-ID bit, for whom the environment
 * proves nothing, or by sudo. */
static bool take_caller(struct sandbox_user *user)
{
    uid_t uid = getuid();

    if (uid == 0 && (!number_of(getenv("SUDO_UID"), &uid) || uid == 0))
        return false;
    take_numbered(user, uid, getuid() == 0 ? getenv("SUDO_GID") : NULL);
    return true;
}

static enum status pick_wanted(struct sandbox_user *user, const char *wanted,
                               char error[SANDBOX_ERROR_MAX])
{
    if (!take_named(user, wanted)) {
        (void)snprintf(error, SANDBOX_ERROR_MAX, "-Z: there is no user '%.100s'", wanted);
        return STATUS_USAGE;
    }
    if (geteuid() != 0 && user->is_other) {
        (void)snprintf(error, SANDBOX_ERROR_MAX, "-Z: only root can become '%.100s'", wanted);
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

enum status sandbox_pick_user(struct sandbox_user *user, const char *wanted, bool writes_files,
                              char error[SANDBOX_ERROR_MAX])
{
    if (wanted != NULL)
        return pick_wanted(user, wanted, error);
    if (geteuid() != 0)
        take_numbered(user, geteuid(), NULL);
    else if (!take_named(user, "smtpscope") && !(writes_files && take_caller(user)) &&
             !take_named(user, "nobody"))
        set_user(user, "nobody", NOBODY, NOBODY);
    return STATUS_OK;
}

static enum status fail(char error[SANDBOX_ERROR_MAX], const char *what, int reason)
{
    (void)snprintf(error, SANDBOX_ERROR_MAX, "cannot %s: %s", what, strerror(reason));
    return STATUS_IO;
}

static enum status become(const struct sandbox_user *user, char error[SANDBOX_ERROR_MAX])
{
    if (setgroups(0, NULL) != 0)
        return fail(error, "leave root's groups", errno);
    if (setresgid(user->gid, user->gid, user->gid) != 0 ||
        setresuid(user->uid, user->uid, user->uid) != 0) {
        (void)snprintf(error, SANDBOX_ERROR_MAX, "cannot become %s: %s", user->name,
                       strerror(errno));
        return STATUS_IO;
    }
    if (user->uid != 0 && setresuid(0, 0, 0) == 0)
        return fail(error, "leave root behind", EPERM);
    return STATUS_OK;
}

/* Effective, permitted and inheritable; the kernel keeps no ambient one that is not permitted. */
static enum status clear_capabilities(char error[SANDBOX_ERROR_MAX])
{
    capng_clear(CAPNG_SELECT_CAPS);
    if (capng_apply(CAPNG_SELECT_CAPS) != 0)
        return fail(error, "give up the capabilities", errno);
    if (capng_get_caps_process() != 0 || capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE)
        return fail(error, "give up the capabilities", EPERM);
    return STATUS_OK;
}

enum status sandbox_drop_privileges(const struct sandbox_user *user, char error[SANDBOX_ERROR_MAX])
{
    enum status status = STATUS_OK;

    /* First, since it takes a capability. A process that lacks it keeps the set, which grants
     * nothing to one that runs no further program. */
    capng_clear(CAPNG_SELECT_BOUNDS);
    (void)capng_apply(CAPNG_SELECT_BOUNDS);
    if (geteuid() == 0)
        status = become(user, error);
    if (status == STATUS_OK)
        status = clear_capabilities(error);
    if (status == STATUS_OK && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        status = fail(error, "renounce new privileges", errno);
    return status;
}

enum status sandbox_drop_capabilities(char error[SANDBOX_ERROR_MAX])
{
    return geteuid() == 0 ? STATUS_OK : clear_capabilities(error);
}
