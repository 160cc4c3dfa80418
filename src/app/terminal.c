/* Asks the terminal and the environment. */
#include "app/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Below the first no report can be read; the second bounds what a hostile environment may ask. */
enum { COLUMNS_MIN = 40, COLUMNS_MAX = 1000, COLUMNS_USUAL = 80 };

static bool is_set(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0';
}

bool terminal_wants_colour(enum when when)
{
    const char *term = getenv("TERM");

    switch (when) {
    case WHEN_ALWAYS:
        return true;
    case WHEN_NEVER:
        return false;
    case WHEN_AUTO:
        break;
    }
    return isatty(STDOUT_FILENO) == 1 && !is_set("NO_COLOR") &&
           !(term != NULL && strcmp(term, "dumb") == 0);
}

static unsigned clamp(uint64_t columns)
{
    if (columns < COLUMNS_MIN)
        return COLUMNS_MIN;
    return columns > COLUMNS_MAX ? COLUMNS_MAX : (unsigned)columns;
}

unsigned terminal_file_columns(void)
{
    const char *text = getenv("COLUMNS");
    uint64_t columns;

    if (text == NULL || !slice_to_u64(slice_of_string(text), &columns) || columns == 0)
        return COLUMNS_USUAL;
    return clamp(columns);
}

unsigned terminal_columns(void)
{
    struct winsize size = { .ws_col = 0 };

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return clamp(size.ws_col);
    return terminal_file_columns();
}
