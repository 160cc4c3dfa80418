/* Names and how often each came up: a hash table that stops growing at LIMIT_TALLY_NAMES. */
#ifndef SMTPSCOPE_REPORT_TALLY_NAMES_H
#define SMTPSCOPE_REPORT_TALLY_NAMES_H

#include "base/arena.h"
#include "base/hash.h"
#include "report/tally.h"

struct tally_names {
    struct tally_row *rows; /* open addressing; `name` is NULL where a row is free */
    size_t room;            /* a power of two, or 0 */
    size_t count;
    size_t newest;     /* the row that was added to last */
    uint64_t overflow; /* how often names came up for which there was no row */
    struct siphash_key key;
    struct tally_row *sorted;
    struct arena arena;
};

void tally_names_init(struct tally_names *names, const struct siphash_key *key);
void tally_names_clear(struct tally_names *names);

MUST_USE enum status tally_names_add(struct tally_names *names, struct slice name, uint64_t count);

/* Most first, then by name; they live until the next call. An empty list where there is no memory. */
const struct tally_row *tally_names_sorted(struct tally_names *names, size_t *count);

#endif
