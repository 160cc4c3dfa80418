/* The runs whose allocations fail one by one, and the files that they read. */
#ifndef SMTPSCOPE_TESTS_OOM_RUNS_H
#define SMTPSCOPE_TESTS_OOM_RUNS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum { RUN_WORDS_MAX = 16, RUN_FILES_MAX = 3 };

enum run_form { RUN_PROSE, RUN_JSON, RUN_NDJSON };

enum { RUN_FORMS = 3 };

/* A report that a run leaves. */
struct run_report {
    const char *name; /* in the folder's folder "reports"; NULL: no further one */
    enum run_form form;
};

struct run {
    const char *name;
    const char *arguments; /* parted by blanks; "%" in front is the folder, a comma is a blank */
    enum run_form form;    /* of standard output */
    struct run_report reports[RUN_FILES_MAX];
    bool needs_root;
};

/* The first of them reads the built-in catalog, as all do, and does little else. */
const struct run *runs(size_t *count);

/* NULL: there is none of that name. */
const struct run *run_of(const char *name);

/* The command line of a run, ended by NULL; it lives until the next call. */
char **run_words(const struct run *run, const char *folder, int *count);

/* Writes into the folder what runs read there, and takes it away again. */
void run_files_write(const char *folder);
void run_files_remove(const char *folder);

#endif
