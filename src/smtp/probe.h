/* Tells TLS from SMTP by the octets that a line would begin with; the port says nothing. */
#ifndef SMTPSCOPE_SMTP_PROBE_H
#define SMTPSCOPE_SMTP_PROBE_H

#include "base/slice.h"
#include "base/status.h"

enum { PROBE_MAX = 3 };

/* The first octets of what may be a TLS record: type, and the two of the version. */
struct tls_probe {
    uint8_t octets[PROBE_MAX];
    uint8_t len;
};

enum probe_types {
    PROBE_HANDSHAKE, /* where a connection turns to TLS: a handshake record or an alert */
    PROBE_ANY,       /* where a capture may begin inside one: any record */
};

/* Takes octets off `*in` as long as they fit a record's header (RFC 8446 5.1). PARSE_OK: it is
 * one, its first octets are in the probe. PARSE_MORE: all was taken. PARSE_BAD: it is none; the
 * probe holds what had been taken, none of it CR or LF. */
MUST_USE enum parse tls_probe_feed(struct tls_probe *probe, struct slice *in,
                                   enum probe_types types);

#endif
