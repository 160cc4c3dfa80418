/* What the terminal can do, and what the user wants it to. */
#ifndef SMTPSCOPE_APP_TERMINAL_H
#define SMTPSCOPE_APP_TERMINAL_H

#include <stdbool.h>

#include "app/options.h"

/* Colour on standard output: auto means a terminal that is not "dumb", and NO_COLOR unset or
 * empty (no-color.org). */
bool terminal_wants_colour(enum when when);

/* Columns that text is wrapped to: the terminal's; else COLUMNS; else 80. */
unsigned terminal_columns(void);

/* The same where standard output is not what is written to. */
unsigned terminal_file_columns(void);

#endif
