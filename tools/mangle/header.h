/* Where the headers of an Ethernet frame are, and what must fit again once it was changed. Private
 * to mangle. */
#ifndef SMTPSCOPE_MANGLE_HEADER_H
#define SMTPSCOPE_MANGLE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum {
    HEADER_IPV4 = 20, /* without options */
    HEADER_IPV6 = 40,
    HEADER_FRAGMENT = 8, /* RFC 8200 4.5 */
    HEADER_TCP = 20,     /* without options */
    PROTOCOL_TCP = 6,
    PROTOCOL_FRAGMENT = 44,
};

/* All from the frame's first octet on. */
struct headers {
    unsigned version;  /* of IP: 4 or 6 */
    unsigned protocol; /* what the IP header says comes next */
    size_t ip;         /* behind Ethernet and VLAN tags */
    size_t transport;  /* behind the IP header and IPv4's options */
    size_t payload;    /* behind TCP's header; 0: it is not TCP */
    size_t end;        /* of the IP packet: what comes after it is padding */
};

/* False where it is not one whole IP packet: not IP, a fragment, snapped, or of no length, as cards
 * that cut segments themselves leave it. */
bool headers_of(struct slice frame, struct headers *out);

/* RFC 1071 over the octets, `sum` being added to them. */
unsigned header_checksum(struct slice octets, uint64_t sum);

unsigned octets_get_u16(const uint8_t *at);
uint32_t octets_get_u32(const uint8_t *at);
void octets_set_u16(uint8_t *at, unsigned value);
void octets_set_u32(uint8_t *at, uint32_t value);

/* Writes the length of the IP packet, that now ends at `end`, and IPv4's header checksum. */
void header_seal_ip(uint8_t *frame, const struct headers *headers, size_t end);

/* Writes TCP's checksum for a segment that ends at `end`. */
void header_seal_tcp(uint8_t *frame, const struct headers *headers, size_t end);

#endif
