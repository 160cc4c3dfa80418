/* What is left once the sandbox is up, tried from within: each trial is a child's. */
#include "app/sandbox.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/capture_files.h"
#include "support/suite.h"

static const char *ours;   /* a file that may be read */
static const char *others; /* one that may not */
static const char *device; /* that may be written in place */
static char workshop[300]; /* a folder where files may be made */
static char fresh[320];    /* a file there, not there yet */
static char renamed[320];  /* another */
static int pair[2];        /* connected sockets */
static bool has_landlock;

static void set_up(void)
{
    capture_files_begin();
    ours = capture_files_write("ours", slice_of_string("ours"));
    others = capture_files_write("others", slice_of_string("others"));
    device = "/dev/null";
    (void)snprintf(workshop, sizeof workshop, "%s/workshop", capture_files_folder());
    (void)snprintf(fresh, sizeof fresh, "%s/fresh", workshop);
    (void)snprintf(renamed, sizeof renamed, "%s/renamed", workshop);
    ck_assert_int_eq(mkdir(workshop, 0700), 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    has_landlock =
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static void tear_down(void)
{
    (void)unlink(fresh);
    (void)unlink(renamed);
    ck_assert_int_eq(rmdir(workshop), 0);
    (void)close(pair[0]);
    (void)close(pair[1]);
    capture_files_end();
}

/* Ends the child where something is not as it should be, and says where. */
static void expect(bool claim, int line)
{
    if (claim)
        return;
    dprintf(STDERR_FILENO, "line %d: not so (%s)\n", line, strerror(errno));
    _exit(1);
}

#define EXPECT(claim) expect(claim, __LINE__)

/* How the child that runs `trial` ends, as waitpid tells it. */
static int ending_of(void (*trial)(int), int argument)
{
    pid_t child = fork();
    int ending;

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        trial(argument);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &ending, 0), child);
    return ending;
}

static void confine(unsigned needs)
{
    const char *const writable[] = { workshop, device };
    struct sandbox sandbox = {
        .needs = needs,
        .readable = &ours,
        .readable_count = 1,
        .writable = writable,
        .writable_count = 2,
        .packet_socket = (needs & SANDBOX_SNIFFS) != 0 ? pair[0] : -1,
    };
    char error[SANDBOX_ERROR_MAX];

    EXPECT(sandbox_confine(&sandbox, error) == STATUS_OK);
}

static void tighten(unsigned needs)
{
    struct sandbox sandbox = { .needs = needs, .packet_socket = -1 };
    char error[SANDBOX_ERROR_MAX];

    EXPECT(sandbox_tighten(&sandbox, error) == STATUS_OK);
}

static bool fails_with(long result, int reason)
{
    return result == -1 && errno == reason;
}

static bool can_open(const char *path, int flags)
{
    int descriptor = open(path, flags, 0600);

    if (descriptor >= 0)
        (void)close(descriptor);
    return descriptor >= 0;
}

static const int hostile[] = {
    SYS_execve, SYS_execveat,  SYS_clone,        SYS_socket, SYS_socketpair,
    SYS_bind,   SYS_listen,    SYS_connect,      SYS_ptrace, SYS_process_vm_writev,
    SYS_kill,   SYS_setresuid, SYS_memfd_create, SYS_bpf,    SYS_io_uring_setup,
    SYS_mount,  SYS_unshare,   SYS_capset,       SYS_setns,  SYS_keyctl,
};

static void call(int which)
{
    confine(SANDBOX_OPENS | SANDBOX_MAKES | SANDBOX_REPLACES | SANDBOX_SNIFFS | SANDBOX_SERVES |
            SANDBOX_TIGHTENS);
    (void)syscall(hostile[which], -1, 0, 0, 0, 0, 0);
}

START_TEST(a_call_that_only_an_attacker_makes_ends_the_process)
{
    int ending = ending_of(call, _i);

    ck_assert_msg(WIFSIGNALED(ending) && WTERMSIG(ending) == SIGSYS, "call %d: ending %#x",
                  hostile[_i], (unsigned)ending);
}
END_TEST

static void call_the_unneeded(int unused)
{
    (void)unused;
    confine(SANDBOX_OPENS);
    EXPECT(fails_with(chmod(ours, 0777), ENOSYS));
    EXPECT(fails_with(mkdir(fresh, 0700), ENOSYS));
    EXPECT(fails_with(rename(ours, renamed), ENOSYS));
    EXPECT(fails_with(unlink(ours), ENOSYS));
    EXPECT(fails_with(symlink(ours, fresh), ENOSYS));
    EXPECT(fails_with(dup(0), ENOSYS));
    EXPECT(fails_with(fcntl(0, F_DUPFD, 100), ENOSYS));
    EXPECT(fails_with(ioctl(0, TIOCSTI, "x"), ENOSYS));
    EXPECT(fails_with(send(pair[0], "x", 1, 0), ENOSYS));
    EXPECT(fails_with(recv(pair[0], fresh, 1, 0), ENOSYS));
    EXPECT(fails_with(open(ours, O_RDWR), ENOSYS));
    EXPECT(fails_with(open(ours, O_WRONLY | O_APPEND), ENOSYS));
    EXPECT(fails_with(open(fresh, O_RDONLY | O_CREAT, 0600), ENOSYS));
    EXPECT(fails_with(open(ours, O_RDONLY | O_TRUNC), ENOSYS));
    EXPECT(fails_with(open(workshop, O_TMPFILE | O_RDWR, 0600), ENOSYS));
    EXPECT(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
               MAP_FAILED &&
           errno == ENOSYS);
    EXPECT(fails_with(syscall(SYS_seccomp, 0, 0, NULL), ENOSYS));
    EXPECT(fails_with(syscall(SYS_clone3, NULL, 0), ENOSYS));
    EXPECT(fails_with(syscall(SYS_tgkill, getppid(), getppid(), SIGCONT), ENOSYS));
}

START_TEST(a_call_that_is_not_needed_fails_as_on_a_kernel_without_it)
{
    ck_assert_int_eq(ending_of(call_the_unneeded, 0), 0);
}
END_TEST

static void read_and_report(int unused)
{
    char octets[8];
    struct stat about;
    struct timespec now;
    struct tm tm;
    time_t zero = 0;
    char *large;
    FILE *file;

    (void)unused;
    confine(SANDBOX_OPENS);
    file = fopen(ours, "r");
    EXPECT(file != NULL && fgets(octets, sizeof octets, file) != NULL);
    EXPECT(strcmp(octets, "ours") == 0);
    EXPECT(fclose(file) == 0);
    EXPECT(stat(others, &about) == 0);
    EXPECT(fails_with(open("/nowhere/at/all", O_RDONLY), ENOENT));
    EXPECT(!has_landlock || fails_with(open(others, O_RDONLY), EACCES));
    EXPECT(!has_landlock || fails_with(open("/etc/passwd", O_RDONLY), EACCES));
    EXPECT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    EXPECT(localtime_r(&zero, &tm) != NULL);
    large = calloc(1, 64 << 20);
    EXPECT(large != NULL);
    large = realloc(large, 128 << 20);
    EXPECT(large != NULL);
    free(large);
    EXPECT(write(pair[1], "x", 1) == 1 && read(pair[0], octets, 1) == 1);
    (void)isatty(STDOUT_FILENO);
}

START_TEST(what_reading_takes_goes_on)
{
    ck_assert_int_eq(ending_of(read_and_report, 0), 0);
}
END_TEST

static void make_and_replace(int unused)
{
    char template[320];
    int descriptor;

    (void)unused;
    (void)snprintf(template, sizeof template, "%s/name.XXXXXX", workshop);
    confine(SANDBOX_MAKES | SANDBOX_REPLACES);
    descriptor = mkostemp(template, 0);
    EXPECT(descriptor >= 0 && write(descriptor, "x", 1) == 1 && fchmod(descriptor, 0640) == 0);
    EXPECT(close(descriptor) == 0);
    EXPECT(rename(template, fresh) == 0);
    EXPECT(can_open(fresh, O_WRONLY | O_TRUNC));
    EXPECT(unlink(fresh) == 0);
    EXPECT(can_open(device, O_WRONLY | O_CREAT | O_TRUNC));
    if (!has_landlock)
        return;
    EXPECT(!can_open(others, O_WRONLY) && errno == EACCES);
    EXPECT(!can_open(ours, O_WRONLY) && errno == EACCES);
    EXPECT(fails_with(unlink(others), EACCES));
    EXPECT(can_open(fresh, O_WRONLY | O_CREAT));
    EXPECT(rename(fresh, others) == -1 && (errno == EACCES || errno == EXDEV));
}

START_TEST(files_are_made_and_replaced_where_they_may_be)
{
    ck_assert_int_eq(ending_of(make_and_replace, 0), 0);
}
END_TEST

static void tighten_and_try(int unused)
{
    int descriptor;

    (void)unused;
    confine(SANDBOX_MAKES | SANDBOX_REPLACES | SANDBOX_TIGHTENS);
    descriptor = open(fresh, O_RDWR | O_CREAT, 0600);
    EXPECT(descriptor >= 0);
    tighten(SANDBOX_REPLACES);
    EXPECT(write(descriptor, "x", 1) == 1);
    EXPECT(rename(fresh, renamed) == 0);
    EXPECT(fails_with(open(fresh, O_RDWR | O_CREAT, 0600), ENOSYS));
    EXPECT(fails_with(open(ours, O_RDONLY), ENOSYS));
    EXPECT(fails_with(syscall(SYS_seccomp, 0, 0, NULL), ENOSYS));
}

START_TEST(tightening_takes_away_what_opening_needed)
{
    ck_assert_int_eq(ending_of(tighten_and_try, 0), 0);
}
END_TEST

static void receive(int unused)
{
    struct sockaddr address;
    socklen_t size = sizeof address;
    char octet;

    (void)unused;
    confine(SANDBOX_SNIFFS);
    EXPECT(write(pair[1], "xx", 2) == 2);
    EXPECT(recv(pair[0], &octet, 1, 0) == 1);
    EXPECT(read(pair[0], &octet, 1) == 1);
    /* As libpcap does at the end; its memory is given back all the same. */
    EXPECT(fails_with(setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &octet, 1), ENOSYS));
    EXPECT(getsockname(pair[0], &address, &size) == 0);
    EXPECT(close(pair[0]) == 0);
}

/* The kernel looks at 32 bits of a descriptor, whatever else is in the register. */
static void send_on_it(int which)
{
    long descriptor = which == 0 ? pair[0] : pair[0] | 1L << 40;

    confine(SANDBOX_SNIFFS | SANDBOX_SERVES);
    if (which < 2)
        (void)syscall(SYS_write, descriptor, "x", 1);
    else if (which == 2)
        (void)send(pair[0], "x", 1, 0);
    else
        EXPECT(writev(pair[0], &(struct iovec){ "x", 1 }, 1) != 1);
}

START_TEST(a_packet_socket_receives)
{
    ck_assert_int_eq(ending_of(receive, 0), 0);
}
END_TEST

START_TEST(nothing_is_sent_on_a_packet_socket)
{
    int ending = ending_of(send_on_it, _i);

    ck_assert_msg(WIFSIGNALED(ending) && WTERMSIG(ending) == SIGSYS, "%#x", (unsigned)ending);
}
END_TEST

static void give_up(int unused)
{
    (void)unused;
    confine(0);
    abort();
}

START_TEST(an_assertion_still_ends_the_process_in_its_own_way)
{
    int ending = ending_of(give_up, 0);

    ck_assert(WIFSIGNALED(ending) && WTERMSIG(ending) == SIGABRT);
}
END_TEST

/* The value of a line of /proc/self/status, read from `file`, which was opened before. */
static const char *status_line(int file, const char *name)
{
    static char text[8192];
    ssize_t len = pread(file, text, sizeof text - 1, 0);
    char *line;

    EXPECT(len > 0);
    text[len] = '\0';
    line = strstr(text, name);
    EXPECT(line != NULL);
    line[strcspn(line, "\n")] = '\0';
    return line + strlen(name) + strspn(line + strlen(name), " \t");
}

static void drop_everything(int to_nobody)
{
    const struct passwd *nobody = getpwnam("nobody");
    int file = open("/proc/self/status", O_RDONLY);
    const char *const none = "0000000000000000";
    struct sandbox_user user;
    char error[SANDBOX_ERROR_MAX];
    gid_t groups[4];

    EXPECT(nobody != NULL && file >= 0);
    EXPECT(sandbox_pick_user(&user, to_nobody ? "nobody" : "root", false, error) == STATUS_OK);
    EXPECT(sandbox_drop_privileges(&user, error) == STATUS_OK);
    EXPECT(getuid() == (to_nobody ? nobody->pw_uid : 0) && geteuid() == getuid());
    EXPECT(getgid() == (to_nobody ? nobody->pw_gid : 0) && getegid() == getgid());
    EXPECT(getgroups(4, groups) == 0);
    EXPECT(strcmp(status_line(file, "CapInh:"), none) == 0);
    EXPECT(strcmp(status_line(file, "CapPrm:"), none) == 0);
    EXPECT(strcmp(status_line(file, "CapEff:"), none) == 0);
    EXPECT(strcmp(status_line(file, "CapBnd:"), none) == 0);
    EXPECT(strcmp(status_line(file, "CapAmb:"), none) == 0);
    EXPECT(strcmp(status_line(file, "NoNewPrivs:"), "1") == 0);
    EXPECT(socket(AF_PACKET, SOCK_RAW, 0) < 0 && errno == EPERM);
    confine(0);
    EXPECT(strcmp(status_line(file, "Seccomp:"), sandbox_is_real() ? "2" : "0") == 0);
}

START_TEST(no_right_of_root_is_left)
{
    ck_assert_int_eq(ending_of(drop_everything, _i), 0);
}
END_TEST

static void pick_as_root(int unused)
{
    const struct passwd *own = getpwnam("smtpscope");
    const struct passwd *nobody = getpwnam("nobody");
    struct sandbox_user user;
    char error[SANDBOX_ERROR_MAX];

    (void)unused;
    EXPECT(nobody != NULL);
    EXPECT(sandbox_pick_user(&user, "no-such-user", false, error) == STATUS_USAGE);
    EXPECT(strcmp(error, "-Z: there is no user 'no-such-user'") == 0);
    EXPECT(setenv("SUDO_UID", "12345", 1) == 0 && setenv("SUDO_GID", "54321", 1) == 0);
    EXPECT(sandbox_pick_user(&user, NULL, false, error) == STATUS_OK && user.is_other);
    EXPECT(user.uid == (own != NULL ? own->pw_uid : nobody->pw_uid));
    if (own != NULL)
        return;
    EXPECT(sandbox_pick_user(&user, NULL, true, error) == STATUS_OK);
    EXPECT(user.uid == 12345 && user.gid == 54321 && strcmp(user.name, "user 12345") == 0);
    /* Root's own sudo, and what is no number, name nobody. */
    EXPECT(setenv("SUDO_UID", "0", 1) == 0);
    EXPECT(sandbox_pick_user(&user, NULL, true, error) == STATUS_OK);
    EXPECT(user.uid == nobody->pw_uid);
    EXPECT(setenv("SUDO_UID", "4294967295", 1) == 0);
    EXPECT(sandbox_pick_user(&user, NULL, true, error) == STATUS_OK);
    EXPECT(user.uid == nobody->pw_uid);
}

START_TEST(root_becomes_who_it_is_told_to_or_nobody)
{
    ck_assert_int_eq(ending_of(pick_as_root, 0), 0);
}
END_TEST

static void pick_as_another(int unused)
{
    struct sandbox_user user;
    char error[SANDBOX_ERROR_MAX] = "";

    (void)unused;
    EXPECT(geteuid() != 0 ||
           (setresgid(4321, 4321, 4321) == 0 && setresuid(4321, 4321, 4321) == 0));
    EXPECT(sandbox_pick_user(&user, "root", false, error) == STATUS_USAGE);
    EXPECT(strstr(error, "only root") != NULL);
    EXPECT(sandbox_pick_user(&user, NULL, true, error) == STATUS_OK);
    EXPECT(!user.is_other && user.uid == geteuid());
    EXPECT(sandbox_drop_privileges(&user, error) == STATUS_OK);
    EXPECT(sandbox_drop_capabilities(error) == STATUS_OK);
    EXPECT(geteuid() == user.uid);
}

START_TEST(whoever_is_not_root_stays)
{
    ck_assert_int_eq(ending_of(pick_as_another, 0), 0);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("sandbox");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    if (sandbox_is_real()) {
        tcase_add_loop_test(tc, a_call_that_only_an_attacker_makes_ends_the_process, 0,
                            sizeof hostile / sizeof *hostile);
        tcase_add_test(tc, a_call_that_is_not_needed_fails_as_on_a_kernel_without_it);
        tcase_add_test(tc, what_reading_takes_goes_on);
        tcase_add_test(tc, files_are_made_and_replaced_where_they_may_be);
        tcase_add_test(tc, tightening_takes_away_what_opening_needed);
        tcase_add_test(tc, a_packet_socket_receives);
        tcase_add_loop_test(tc, nothing_is_sent_on_a_packet_socket, 0, 4);
        tcase_add_test(tc, an_assertion_still_ends_the_process_in_its_own_way);
    } else {
        (void)puts("instrumented: the filter of system calls is not tried here");
    }
    if (geteuid() == 0) {
        tcase_add_loop_test(tc, no_right_of_root_is_left, 0, 2);
        tcase_add_test(tc, root_becomes_who_it_is_told_to_or_nobody);
    } else {
        (void)puts("not root: giving up root's rights is not tried here");
    }
    tcase_add_test(tc, whoever_is_not_root_stays);
    return suite_run("sandbox", tc);
}
