/* Which calls of the kernel may still be made: a seccomp filter. */
#include "app/sandbox_parts.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* libseccomp gives a number below zero to what this machine does not have, and passes it over. */

/* clang-format off */
/* Memory, time, signals and what is open. */
static const int always[] = {
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev),
    SCMP_SYS(pwrite64), SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(fsync),
    SCMP_SYS(fdatasync), SCMP_SYS(fstat), SCMP_SYS(fstat64), SCMP_SYS(stat), SCMP_SYS(stat64),
    SCMP_SYS(lstat), SCMP_SYS(lstat64), SCMP_SYS(newfstatat), SCMP_SYS(fstatat64),
    SCMP_SYS(statx), SCMP_SYS(fadvise64), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(brk),
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time),
    SCMP_SYS(getrandom), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(sched_yield),
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
    SCMP_SYS(getegid), SCMP_SYS(getrusage), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigpending), SCMP_SYS(rt_sigsuspend),
    SCMP_SYS(rt_sigtimedwait), SCMP_SYS(sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall), SCMP_SYS(pause), SCMP_SYS(exit), SCMP_SYS(exit_group),
    /* Half a frame is taken back where the disk is full. */
    SCMP_SYS(ftruncate), SCMP_SYS(ftruncate64),
};

static const int making[] = {
    SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(umask), SCMP_SYS(fchmod), SCMP_SYS(fchown),
    SCMP_SYS(readlink), SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd), SCMP_SYS(dup3), /* a file opened anew takes the old one's descriptor */
};

static const int replacing[] = {
    SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
};

static const int waiting[] = {
    SCMP_SYS(select), SCMP_SYS(_newselect), SCMP_SYS(pselect6), SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(epoll_ctl),
    SCMP_SYS(timerfd_settime), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(recvmmsg),
    SCMP_SYS(getsockopt), SCMP_SYS(getsockname), /* libpcap, when an interface goes down */
};

static const int serving[] = {
    SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
    SCMP_SYS(sendfile), SCMP_SYS(setsockopt), SCMP_SYS(shutdown), SCMP_SYS(getpeername),
};

static const int tightening[] = { SCMP_SYS(seccomp) };

/* Nobody but an attacker makes these: the process ends, and the kernel's log says so. */
static const int deadly[] = {
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(clone),
    SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(socketcall), SCMP_SYS(connect),
    SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_getfd), SCMP_SYS(kill),
    SCMP_SYS(tkill), SCMP_SYS(memfd_create), SCMP_SYS(io_uring_setup), SCMP_SYS(bpf),
    SCMP_SYS(userfaultfd), SCMP_SYS(perf_event_open), SCMP_SYS(keyctl), SCMP_SYS(add_key),
    SCMP_SYS(request_key), SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(unshare),
    SCMP_SYS(setns), SCMP_SYS(chroot), SCMP_SYS(pivot_root), SCMP_SYS(init_module),
    SCMP_SYS(finit_module), SCMP_SYS(kexec_load), SCMP_SYS(setuid), SCMP_SYS(setresuid),
    SCMP_SYS(setreuid), SCMP_SYS(capset),
};

/* What sends, by its first argument, or gives a descriptor another name: to set up a ring for
 * sending does not send. */
static const int sending[] = {
    SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg), SCMP_SYS(sendfile), SCMP_SYS(dup3),
};

/* clang-format on */

/* Some times what libseccomp takes to make the program of a filter like these. */
enum { HEADROOM = 1024 * 1024 };

/* A filter being made; the first thing that goes wrong stays. */
struct making {
    scmp_filter_ctx filter;
    int problem; /* a negative errno, libseccomp's way */
};

static void add(struct making *m, uint32_t action, const int *calls, size_t count)
{
    for (size_t i = 0; m->problem == 0 && i < count; i++)
        m->problem = seccomp_rule_add(m->filter, action, calls[i], 0);
}

#define ALLOW(m, calls) add(m, SCMP_ACT_ALLOW, calls, sizeof(calls) / sizeof *(calls))

/* A condition on a call's argument; SCMP_A0 and its like leave a field out, which clang minds. */
static struct scmp_arg_cmp equals(unsigned argument, scmp_datum_t value)
{
    return (struct scmp_arg_cmp){ .arg = argument, .op = SCMP_CMP_EQ, .datum_a = value };
}

static struct scmp_arg_cmp masked_equals(unsigned argument, scmp_datum_t mask, scmp_datum_t value)
{
    return (struct scmp_arg_cmp){
        .arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value
    };
}

static void add_where(struct making *m, uint32_t action, int call, struct scmp_arg_cmp where)
{
    if (m->problem == 0)
        m->problem = seccomp_rule_add_array(m->filter, action, call, 1, &where);
}

/* Memory, but none that can be run: no code comes in, nor is a library loaded. */
static void allow_mapping(struct making *m)
{
    struct scmp_arg_cmp is_no_code = masked_equals(2, PROT_EXEC, 0);

    add_where(m, SCMP_ACT_ALLOW, SCMP_SYS(mmap), is_no_code);
    add_where(m, SCMP_ACT_ALLOW, SCMP_SYS(mmap2), is_no_code);
    add_where(m, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), is_no_code);
}

static void allow_reading(struct making *m)
{
    const unsigned forbidden = O_ACCMODE | O_CREAT | O_TRUNC;

    add_where(m, SCMP_ACT_ALLOW, SCMP_SYS(openat), masked_equals(2, forbidden, O_RDONLY));
    add_where(m, SCMP_ACT_ALLOW, SCMP_SYS(open), masked_equals(1, forbidden, O_RDONLY));
}

/* Descriptors and terminals, asked about; F_DUPFD is not: the descriptor that nothing may be sent
 * on would have another name. */
static void allow_asking(struct making *m, unsigned needs)
{
    static const unsigned terminals[] = { TCGETS, TIOCGWINSZ, FIONREAD };
    static const unsigned interfaces[] = { SIOCGIFFLAGS, SIOCGIFNAME, SIOCGIFINDEX };
    static const int descriptors[] = { F_GETFD, F_SETFD, F_GETFL, F_SETFL };

    for (size_t i = 0; i < sizeof terminals / sizeof *terminals; i++)
        add_where(m, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), equals(1, terminals[i]));
    for (size_t i = 0; (needs & SANDBOX_SNIFFS) != 0 && i < sizeof interfaces / sizeof *interfaces;
         i++)
        add_where(m, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), equals(1, interfaces[i]));
    for (size_t i = 0; i < sizeof descriptors / sizeof *descriptors; i++) {
        struct scmp_arg_cmp where = equals(1, (scmp_datum_t)descriptors[i]);

        add_where(m, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), where);
        add_where(m, SCMP_ACT_ALLOW, SCMP_SYS(fcntl64), where);
    }
}

static void allow(struct making *m, unsigned needs)
{
    ALLOW(m, always);
    allow_mapping(m);
    allow_asking(m, needs);
    /* raise and abort: a signal to itself. */
    add_where(m, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), equals(0, (scmp_datum_t)getpid()));
    if ((needs & SANDBOX_MAKES) != 0)
        ALLOW(m, making);
    else if ((needs & SANDBOX_OPENS) != 0)
        allow_reading(m);
    if ((needs & SANDBOX_REPLACES) != 0)
        ALLOW(m, replacing);
    if ((needs & (SANDBOX_SNIFFS | SANDBOX_SERVES)) != 0)
        ALLOW(m, waiting);
    if ((needs & SANDBOX_SERVES) != 0)
        ALLOW(m, serving);
    if ((needs & SANDBOX_TIGHTENS) != 0)
        ALLOW(m, tightening);
}

/* A filter that does `action` to what no rule is about. */
static struct making making_of(uint32_t action)
{
    struct making m = { .filter = seccomp_init(action) };

    if (m.filter == NULL) {
        m.problem = -ENOMEM;
        return m;
    }
    m.problem = seccomp_attr_set(m.filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    /* sandbox_confine has renounced new privileges already. */
    if (m.problem == 0)
        m.problem = seccomp_attr_set(m.filter, SCMP_FLTATR_CTL_NNP, 0);
    /* Kernels before 5.16 slow a filtered process down against code that it runs for others; this
     * one runs none. Older ones do not know how to be told. */
    (void)seccomp_attr_set(m.filter, SCMP_FLTATR_CTL_SSB, 1);
    return m;
}

/* libseccomp 2.5 reads from NULL where it has no memory to make the program. */
static int load(struct making *m)
{
    if (m->problem == 0 && !mem_has_room(HEADROOM))
        m->problem = -ENOMEM;
    if (m->problem == 0)
        m->problem = seccomp_load(m->filter);
    if (m->filter != NULL)
        seccomp_release(m->filter);
    return m->problem;
}

/* A filter of its own: where several are in force the strictest wins, and libseccomp cannot say
 * "every descriptor but this one" of the 32 bits that the kernel looks at. */
static int silence(int descriptor)
{
    struct making m = making_of(SCMP_ACT_ALLOW);
    struct scmp_arg_cmp where = masked_equals(0, UINT32_MAX, (scmp_datum_t)(uint32_t)descriptor);

    for (size_t i = 0; i < sizeof sending / sizeof *sending; i++)
        add_where(&m, SCMP_ACT_KILL_PROCESS, sending[i], where);
    return load(&m);
}

enum status sandbox_confine_calls(const struct sandbox *sandbox, char error[SANDBOX_ERROR_MAX])
{
    int problem = 0;

    if ((sandbox->needs & SANDBOX_SNIFFS) != 0 && sandbox->packet_socket >= 0)
        problem = silence(sandbox->packet_socket);
    if (problem == 0) {
        struct making m = making_of(SCMP_ACT_ERRNO(ENOSYS));

        allow(&m, sandbox->needs);
        add(&m, SCMP_ACT_KILL_PROCESS, deadly, sizeof deadly / sizeof *deadly);
        problem = load(&m);
    }
    if (problem == 0)
        return STATUS_OK;
    if (problem == -ENOMEM) {
        (void)snprintf(error, SANDBOX_ERROR_MAX, "out of memory");
        return STATUS_NO_MEMORY;
    }
    (void)snprintf(error, SANDBOX_ERROR_MAX,
                   "cannot give up system calls: %s; --no-sandbox does without",
                   strerror(-problem));
    return STATUS_IO;
}
