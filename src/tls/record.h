/* The record layer of TLS (RFC 8446 5.1, RFC 5246 6.2.1): octets recognised as TLS, and one record
 * header read. What a port number promises counts for nothing here. */
#ifndef SMTPSCOPE_TLS_RECORD_H
#define SMTPSCOPE_TLS_RECORD_H

#include "base/slice.h"
#include "base/status.h"

enum tls_content {
    TLS_CONTENT_CHANGE_CIPHER_SPEC = 20,
    TLS_CONTENT_ALERT = 21,
    TLS_CONTENT_HANDSHAKE = 22,
    TLS_CONTENT_APPLICATION_DATA = 23,
    TLS_CONTENT_HEARTBEAT = 24, /* RFC 6520 3 */
};

enum {
    TLS_RECORD_HEADER = 5,
    /* RFC 5246 6.2.3 lets an encrypted record grow by 2048 octets, RFC 8446 5.2 by only 256. */
    TLS_RECORD_BODY_MAX = 16384 + 2048,
};

struct tls_record_header {
    enum tls_content content;
    uint16_t version; /* 0x0300 to 0x0304; says little: RFC 8446 5.1 freezes it */
    uint16_t length;  /* of the body that follows, at most TLS_RECORD_BODY_MAX */
};

/* Reads the header at the start of `octets`. PARSE_MORE: fewer than its five octets are there and
 * all of them fit. PARSE_BAD: no TLS record begins so, at whichever octet that shows. */
MUST_USE enum parse tls_record_header_parse(struct slice octets, struct tls_record_header *out);

/* Does a client's TLS begin here? PARSE_OK: a ClientHello (RFC 8446 4.1.2), or an SSLv2-compatible
 * one (RFC 5246 E.2), by its first six octets. PARSE_MORE: too few octets, none of which speaks
 * against it; never for an empty slice alone. PARSE_BAD: something else. */
MUST_USE enum parse tls_client_hello_begins(struct slice octets);

/* The same for a server: a ServerHello, or an alert in its stead, by its first six octets. */
MUST_USE enum parse tls_server_hello_begins(struct slice octets);

#endif
