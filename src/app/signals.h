/* Signals as the loop of a live capture sees them. */
#ifndef SMTPSCOPE_APP_SIGNALS_H
#define SMTPSCOPE_APP_SIGNALS_H

#include <stdbool.h>

/* SIGINT and SIGTERM ask for the end, and do what they always do the second time; SIGHUP asks for
 * files to be opened again, SIGUSR1 for the counts. What is ignored already stays ignored. */
void signals_catch(void);

bool signals_end_is_asked(void);

/* True once for each time it was asked, or several in a row. */
bool signals_take_reopen(void);
bool signals_take_counts(void);

#endif
