/* The frame of a unit test program with one test case. */
#ifndef SMTPSCOPE_TESTS_SUPPORT_SUITE_H
#define SMTPSCOPE_TESTS_SUPPORT_SUITE_H

#include <check.h>

/* Runs the case under `name`, as CK_FORK and its like say, and frees it; the exit status. */
int suite_run(const char *name, TCase *tc);

#endif
