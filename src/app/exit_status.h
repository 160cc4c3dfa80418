/* What the program says to the shell. */
#ifndef SMTPSCOPE_APP_EXIT_STATUS_H
#define SMTPSCOPE_APP_EXIT_STATUS_H

enum exit_status {
    EXIT_DONE = 0,
    EXIT_TROUBLE = 1,       /* something could not be read, opened or written */
    EXIT_USAGE = 2,         /* wrong arguments */
    EXIT_FAIL_ON = 3,       /* --fail-on matched; EXIT_TROUBLE beats it */
    EXIT_CLOSED_PIPE = 141, /* what a shell shows for a process that SIGPIPE ended */
};

#endif
