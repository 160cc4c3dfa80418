/* Handlers set a flag; the loop looks at it, for it never waits longer than a moment. */
#include "app/signals.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t end_asked;
static volatile sig_atomic_t reopen_asked;
static volatile sig_atomic_t counts_asked;

static void ask_end(int signal_number)
{
    (void)signal_number;
    end_asked = 1;
}

static void ask_reopen(int signal_number)
{
    (void)signal_number;
    reopen_asked = 1;
}

static void ask_counts(int signal_number)
{
    (void)signal_number;
    counts_asked = 1;
}

static void catch_one(int signal_number, void (*handler)(int), int flags)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART | flags };
    struct sigaction before;

    (void)sigemptyset(&action.sa_mask);
    if (sigaction(signal_number, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        (void)sigaction(signal_number, &action, NULL);
}

void signals_catch(void)
{
    catch_one(SIGINT, ask_end, (int)SA_RESETHAND);
    catch_one(SIGTERM, ask_end, (int)SA_RESETHAND);
    catch_one(SIGHUP, ask_reopen, 0);
    catch_one(SIGUSR1, ask_counts, 0);
}

bool signals_end_is_asked(void)
{
    return end_asked != 0;
}

static bool take(volatile sig_atomic_t *asked)
{
    bool was_asked = *asked != 0;

    *asked = 0;
    return was_asked;
}

bool signals_take_reopen(void)
{
    return take(&reopen_asked);
}

bool signals_take_counts(void)
{
    return take(&counts_asked);
}
