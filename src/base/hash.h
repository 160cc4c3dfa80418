/* Hashes: one that strangers can't aim at a table, and the name that tools share for a flow. */
#ifndef SMTPSCOPE_BASE_HASH_H
#define SMTPSCOPE_BASE_HASH_H

#include "base/slice.h"
#include "base/status.h"

struct siphash_key {
    uint64_t k0;
    uint64_t k1;
};

/* A key from the kernel's random numbers. */
MUST_USE enum status siphash_key_random(struct siphash_key *key);

/* SipHash-1-3 (Aumasson and Bernstein, 2012): without the key nobody can make keys collide. */
uint64_t siphash13(const struct siphash_key *key, struct slice in);

/* The same of the text with its ASCII letters in upper case. */
uint64_t siphash13_nocase(const struct siphash_key *key, struct slice in);

/* The same of `count` numbers. */
uint64_t siphash13_words(const struct siphash_key *key, const uint64_t *words, size_t count);

/* Multilinear hashing (Carter and Wegman, 1979): a sum of products with secret numbers, modulo 2^64,
 * of which the upper half is the hash (strongly universal: Lemire and Kaser, 2014, section 2); a few
 * instructions a word. Of two different inputs that were chosen without the key, the hashes are the
 * same with a probability of 2^-32, their first n bits with one of 2^-n. Who is told hashes can find
 * the key, other than with SipHash: for tables whose order nobody is shown while they can still be
 * added to. */
enum { LINEAR_WORDS_MAX = 9 };
struct linear_key {
    uint64_t added;
    uint64_t multipliers[LINEAR_WORDS_MAX];
};

/* A key from the kernel's random numbers. */
MUST_USE enum status linear_key_random(struct linear_key *key);

/* What the word of number `at` adds to the sum; a word that is left out counts as 0. */
static inline uint64_t linear_term(const struct linear_key *key, size_t at, uint32_t word)
{
    return key->multipliers[at] * word;
}

/* The hash of the terms' sum. */
static inline uint32_t linear_hash(const struct linear_key *key, uint64_t sum)
{
    uint32_t hash = (uint32_t)((sum + key->added) >> 32);

    /* Numbers that grow evenly have products that do. These steps can be undone, so the bounds stand,
     * and leave no trace of that order. The constants are those of hash-prospector (Wellons, 2018). */
    hash = (hash ^ hash >> 16) * UINT32_C(0x7FEB352D);
    hash = (hash ^ hash >> 15) * UINT32_C(0x846CA68B);
    return hash ^ hash >> 16;
}

/* One end of a flow, for community_id: 4 or 16 octets of address in network order. */
struct flow_end {
    struct slice address;
    uint16_t port;
};

/* "1:", 28 characters of base64, NUL. */
enum { COMMUNITY_ID_TEXT_MAX = 31 };

/* Writes the Community ID (version 1, seed 0) of a TCP connection, the same for both directions, and
 * returns its length: 0, with an empty text, where the addresses are of two kinds or there is no
 * SHA-1. */
size_t community_id(struct flow_end a, struct flow_end b, char out[COMMUNITY_ID_TEXT_MAX]);

#endif
