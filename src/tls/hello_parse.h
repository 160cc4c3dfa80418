/* The two hello messages, whole: their fields and extensions. Used by the hello reader. */
#ifndef SMTPSCOPE_TLS_HELLO_PARSE_H
#define SMTPSCOPE_TLS_HELLO_PARSE_H

#include "tls/hello.h"

enum { SESSION_ID_MAX = 32 }; /* RFC 5246 7.4.1.2 */

/* What of one hello is needed to read the next. */
struct hello_memory {
    bool has_client;
    bool offers_ticket;
    uint8_t session_id[SESSION_ID_MAX];
    size_t session_id_len;
    uint16_t version; /* negotiated; 0: not known */
    uint16_t cipher;
};

/* The body of a ClientHello (RFC 8446 4.1.2), handshake header removed. */
void hello_parse_client(struct slice body, struct tls_client_hello *out,
                        struct hello_memory *memory);

/* The same in the form of RFC 5246 E.2, two octets of length removed. */
void hello_parse_sslv2(struct slice body, struct tls_client_hello *out);

/* The body of a ServerHello (RFC 8446 4.1.3) or HelloRetryRequest. */
void hello_parse_server(struct slice body, struct tls_server_hello *out,
                        struct hello_memory *memory);

#endif
