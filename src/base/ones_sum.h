/* One's complement sums of 16-bit words (RFC 1071), the Internet's checksum. */
#ifndef SMTPSCOPE_BASE_ONES_SUM_H
#define SMTPSCOPE_BASE_ONES_SUM_H

#include "base/slice.h"

/* A sum of all octets, the first of each two the lower of a word, an odd last one filled up with 0.
 * It stands for all numbers of the same remainder by 65535: ones_sum_fold makes it one word. */
uint64_t ones_sum(struct slice octets);

/* The same by 64-bit additions: what ones_sum must agree with, and is where the processor has nothing
 * wider. */
uint64_t ones_sum_plain(struct slice octets);

/* RFC 1071 2(C): the carry is added back in. */
static inline uint64_t ones_sum_add(uint64_t sum, uint64_t word)
{
    sum += word;
    return sum + (sum < word);
}

static inline uint16_t ones_sum_fold(uint64_t sum)
{
    /* What two words make fits 33 bits, and what three parts of 16 bits make fits 18. */
    sum = (sum & UINT32_MAX) + (sum >> 32);
    sum = (sum & UINT16_MAX) + (sum >> 16 & UINT16_MAX) + (sum >> 32);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    return (uint16_t)((sum & UINT16_MAX) + (sum >> 16));
}

/* Whether ones_sum_fold gives all ones, as it does of octets with a right checksum among them: the
 * multiples of 65535 but 0. A multiplication and a comparison, as compilers divide by a constant. */
static inline bool ones_sum_is_right(uint64_t sum)
{
    return sum % UINT16_MAX == 0 && sum != 0;
}

#endif
