/* The program but for its main function. */
#ifndef SMTPSCOPE_APP_APP_H
#define SMTPSCOPE_APP_APP_H

#include "app/exit_status.h"

/* Reads the command line and does what it asks. Every problem has been said on standard error. */
enum exit_status app_run(int argc, char **argv);

#endif
