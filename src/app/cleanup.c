/* The names of temporary files, where a signal handler can reach them. */
#include "app/cleanup.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

/* One a -o; a name past the last stays behind when a signal ends the program. */
enum { KEPT_MAX = 64 };

static const char *volatile kept[KEPT_MAX];

static const int fatal[] = { SIGINT, SIGTERM, SIGHUP };

static void end(int signal_number)
{
    for (size_t i = 0; i < KEPT_MAX; i++)
        if (kept[i] != NULL)
            (void)unlink(kept[i]);
    /* SA_RESETHAND has put the default back: this ends the program, with the right status. */
    (void)raise(signal_number);
}

void cleanup_catch_signals(void)
{
    struct sigaction action = { .sa_handler = end, .sa_flags = (int)SA_RESETHAND };
    struct sigaction before;

    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        /* nohup and shells' background jobs ignore some: that stays. */
        if (sigaction(fatal[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void)sigaction(fatal[i], &action, NULL);
    }
    action = (struct sigaction){ .sa_handler = SIG_IGN };
    (void)sigaction(SIGPIPE, &action, NULL);
}

static void keep(const char *path)
{
    for (size_t i = 0; i < KEPT_MAX; i++) {
        if (kept[i] == NULL) {
            kept[i] = path;
            return;
        }
    }
}

int cleanup_make_temporary(char *path)
{
    sigset_t ending;
    sigset_t before;
    int descriptor;
    int error;

    /* A signal between the two steps would leave the file behind. */
    (void)sigemptyset(&ending);
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        (void)sigaddset(&ending, fatal[i]);
    (void)sigprocmask(SIG_BLOCK, &ending, &before);
    descriptor = mkostemp(path, 0);
    error = errno;
    if (descriptor >= 0)
        keep(path);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return descriptor;
}

void cleanup_forget(const char *path)
{
    for (size_t i = 0; i < KEPT_MAX; i++)
        if (kept[i] == path)
            kept[i] = NULL;
}
