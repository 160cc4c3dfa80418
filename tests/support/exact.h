/* Octets in a heap block of just their size, so that a sanitizer sees every read past either end. */
#ifndef SMTPSCOPE_TESTS_SUPPORT_EXACT_H
#define SMTPSCOPE_TESTS_SUPPORT_EXACT_H

#include "base/slice.h"

/* A copy that exact_free gives back; the test ends where there is no memory. */
struct slice exact_copy(struct slice octets);
void exact_free(struct slice copy);

#endif
