/* The header that a proxy puts before what the client says, to name the client's address: HAProxy's
 * PROXY protocol. Version 1 is a line, version 2 is binary. */
#ifndef SMTPSCOPE_SMTP_PROXY_HEADER_H
#define SMTPSCOPE_SMTP_PROXY_HEADER_H

#include "base/slice.h"
#include "base/status.h"

enum {
    PROXY_SIGNATURE = 12,
    PROXY_FIXED = 16, /* signature, version and command, family and protocol, length */
};

/* Reads version 2; all zero at the beginning. */
struct proxy_header {
    uint8_t octets[PROXY_FIXED];
    uint8_t len;
    uint32_t left; /* octets of the addresses still to come */
};

/* Takes octets off `*in` as long as they fit a header. PARSE_OK: it is whole. PARSE_MORE: all was
 * taken. PARSE_BAD: it is none; `octets` holds the `len` that had been taken. */
MUST_USE enum parse proxy_header_feed(struct proxy_header *header, struct slice *in);

/* Octets of a whole header. */
uint64_t proxy_header_length(const struct proxy_header *header);

/* The line is a header of version 1: "PROXY TCP4 …", "PROXY TCP6 …", "PROXY UNKNOWN". */
bool proxy_header_is_line(struct slice line);

#endif
