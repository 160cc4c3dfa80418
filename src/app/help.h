/* The texts of help and --version. */
#ifndef SMTPSCOPE_APP_HELP_H
#define SMTPSCOPE_APP_HELP_H

#include <stdio.h>

/* The help of one command by name, or the general one for NULL. */
void help_write(FILE *out, const char *topic);

/* A few lines for whoever gave no arguments at all. */
void help_write_usage(FILE *out);

/* The program's version and those of its libraries, a line each. */
void version_write(FILE *out);

#endif
