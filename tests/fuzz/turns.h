/* A dialogue as a fuzzer writes it: octets, with a few that part them into turns. None of those is
 * UTF-8, so that a mutation of a turn's text seldom moves its borders.
 *
 *   F8      the client says what follows    F9     the server does
 *   FA n    a hole in the client's octets   FB n   in the server's
 *   FC n    n * n * n milliseconds pass     FD n   the turn before, n times more
 *   FF x    the octet x as it is
 *
 * What stands before the first of them is the server's. */
#ifndef SMTPSCOPE_TESTS_FUZZ_TURNS_H
#define SMTPSCOPE_TESTS_FUZZ_TURNS_H

#include "base/chunk.h"

enum { TURNS_MAX = 200, TURNS_OCTETS_MAX = 200000 };

struct turns {
    size_t count;
    struct chunk list[TURNS_MAX]; /* data points into `octets`; a second goes by with each */
    size_t len;
    uint8_t octets[TURNS_OCTETS_MAX];
};

/* What is too much is left out. */
void turns_read(struct turns *turns, struct slice in);

/* How the octets of a turn are cut for one run. */
enum cut {
    CUT_NOWHERE,
    CUT_EVERYWHERE,
    CUT_IN_TWO,
};

/* The part of `octets` that is fed next when `at` were: cut in two, it ends at one octet of them
 * that `where` picks. */
struct slice cut_part(struct slice octets, size_t at, enum cut cut, unsigned where);

#endif
