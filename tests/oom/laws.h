/* What must hold however a run without memory ended. */
#ifndef SMTPSCOPE_TESTS_OOM_LAWS_H
#define SMTPSCOPE_TESTS_OOM_LAWS_H

#include <stdbool.h>
#include <stddef.h>

#include "oom/runs.h"

/* What a run left: octets read into memory, ended by a NUL that does not count. */
struct left {
    char *text; /* NULL: there is no such file */
    size_t len;
};

struct ending {
    int status;           /* as waitpid says */
    struct left output;   /* standard output */
    struct left messages; /* standard error */
    struct left reports[RUN_FILES_MAX];
    size_t strangers; /* files that nobody asked for */
};

void ending_clear(struct ending *ending);

/* `whole` is how the run ends with memory for all, `lines_max` how many messages there may be. NULL,
 * or the law that is broken. */
const char *law_broken(const struct run *run, const struct ending *ending,
                       const struct ending *whole, size_t lines_max);

#endif
