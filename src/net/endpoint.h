/* Addresses as text, and endpoints compared. */
#ifndef SMTPSCOPE_NET_ENDPOINT_H
#define SMTPSCOPE_NET_ENDPOINT_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "net/packet.h"

/* The longest text is that of an IPv6 address; ENDPOINT_TEXT_MAX has room for brackets and port. */
enum { ADDRESS_TEXT_MAX = 46, ENDPOINT_TEXT_MAX = 56 };

/* Writes the numeric IPv4 or RFC 5952 IPv6 address, ended by a NUL; returns its length. */
size_t address_text(const struct address *address, char out[ADDRESS_TEXT_MAX]);

/* "192.0.2.1:25" or "[2001:db8::1]:25". */
size_t endpoint_text(const struct endpoint *endpoint, char out[ENDPOINT_TEXT_MAX]);

/* Parses a numeric address; false where `text` is none. */
bool address_parse(const char *text, struct address *out);

/* Eight octets of an address from `at`, 0 or 8, on, in the machine's own order. */
static inline uint64_t address_word(const struct address *address, size_t at)
{
    uint64_t word;

    mem_copy(&word, address->octets + at, sizeof(word));
    return word;
}

/* Four of them from `at` on, a multiple of 4. */
static inline uint32_t address_word32(const struct address *address, size_t at)
{
    uint32_t word;

    mem_copy(&word, address->octets + at, sizeof(word));
    return word;
}

/* Inline, as endpoint_equal is: asked for every packet. */
static inline bool address_equal(const struct address *a, const struct address *b)
{
    return address_word(a, 0) == address_word(b, 0) && address_word(a, 8) == address_word(b, 8) &&
           a->version == b->version;
}

static inline bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port && address_equal(&a->address, &b->address);
}

/* Order of the octets, then of the port: what Community ID and flow keys sort by. The first octet is
 * the highest. */
static inline int endpoint_compare(const struct endpoint *a, const struct endpoint *b)
{
    uint64_t left = be64toh(address_word(&a->address, 0));
    uint64_t right = be64toh(address_word(&b->address, 0));

    if (left == right) {
        left = be64toh(address_word(&a->address, 8));
        right = be64toh(address_word(&b->address, 8));
    }
    if (left == right) {
        left = (uint64_t)a->port << 8 | a->address.version;
        right = (uint64_t)b->port << 8 | b->address.version;
    }
    return (left > right) - (left < right);
}

#endif
