/* malloc and the like, handed on to the C library or to the sanitizer. */
#include "oom/heap.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Deep enough for libpcap's parser and jansson's, called from main. */
enum { STACK_MAX = 64 };

#ifdef HEAP_IS_ASAN
#include <sanitizer/common_interface_defs.h>
#define REAL(name) __interceptor_##name
#else
#define REAL(name) __libc_##name
#endif

void *REAL(malloc)(size_t size);
void *REAL(calloc)(size_t count, size_t size);
void *REAL(realloc)(void *block, size_t size);

static struct {
    bool is_counting;
    uint64_t count;
    uint64_t fails_at;
    enum heap_failure failure;
    bool shows;
    uint64_t *callers;
    size_t room;
    int depth; /* of who called heap_record */
} heap;

/* libpcap's scanner of filters calls exit or reads from NULL where it has no memory, libseccomp 2.5
 * reads from NULL, and the C library's list of users does, or aborts. */
static bool is_hopeless(const void *address)
{
    static const char *const names[] = { "pcap_compile", "seccomp_load", "getpwnam", "getpwuid" };
    Dl_info about;

    if (dladdr(address, &about) == 0 || about.dli_sname == NULL)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(about.dli_sname, names[i]) == 0)
            return true;
    return false;
}

/* FNV-1a over the return addresses, up to where the recording began. */
static void note_caller(void)
{
    void *stack[STACK_MAX];
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    int depth = backtrace(stack, STACK_MAX);

    for (int i = 0; i < depth - heap.depth; i++) {
        if (is_hopeless(stack[i])) {
            heap.callers[heap.count - 1] = HEAP_CALLER_HOPELESS;
            return;
        }
        hash = (hash ^ (uint64_t)(uintptr_t)stack[i]) * UINT64_C(0x100000001b3);
    }
    heap.callers[heap.count - 1] = hash;
}

static void show_stack(void)
{
#ifdef HEAP_IS_ASAN
    __sanitizer_print_stack_trace();
#else
    void *stack[STACK_MAX];

    backtrace_symbols_fd(stack, backtrace(stack, STACK_MAX), STDERR_FILENO);
#endif
}

/* What these two allocate is none of the program's business. */
static void look_at_caller(bool is_failure)
{
    heap.is_counting = false;
    if (heap.callers != NULL && heap.count <= heap.room)
        note_caller();
    if (is_failure && heap.shows) {
        heap.shows = false;
        show_stack();
    }
    heap.is_counting = true;
}

static bool fails(void)
{
    bool is_failure;

    if (!heap.is_counting)
        return false;
    heap.count++;
    is_failure =
        heap.fails_at > 0 && (heap.count == heap.fails_at ||
                              (heap.count > heap.fails_at && heap.failure == HEAP_FAILS_FOR_GOOD));
    look_at_caller(is_failure);
    if (is_failure)
        errno = ENOMEM;
    return is_failure;
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the C library's names are not
 * for programs. */
void *malloc(size_t size)
{
    return fails() ? NULL : REAL(malloc)(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : REAL(calloc)(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails() ? NULL : REAL(realloc)(block, size);
}

/* The sanitizer's own would not come by malloc above. */
char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);

    return copy == NULL ? NULL : memcpy(copy, text, size);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

/* The first call stack loads the unwinder: before any run, or the libraries that a recorded run loads
 * would find another process than those of the runs that follow it. */
__attribute__((constructor)) static void load_unwinder(void)
{
    void *stack[1];

    (void)backtrace(stack, 1);
}

void heap_begin(uint64_t n, enum heap_failure failure)
{
    heap.count = 0;
    heap.fails_at = n;
    heap.failure = failure;
    heap.callers = NULL;
    heap.is_counting = true;
}

void heap_record(uint64_t *callers, size_t room)
{
    void *stack[STACK_MAX];

    heap.depth = backtrace(stack, STACK_MAX) - 1;
    heap_begin(0, HEAP_FAILS_ONCE);
    heap.callers = callers;
    heap.room = room;
}

void heap_show(void)
{
    heap.shows = true;
}

uint64_t heap_end(void)
{
    heap.is_counting = false;
    return heap.count;
}
