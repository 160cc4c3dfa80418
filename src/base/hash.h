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
