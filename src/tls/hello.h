/* What a TLS connection says in clear: both hellos, alerts, and how far the handshake came. Octets
 * of either direction go in, cut anywhere; notices come out. */
#ifndef SMTPSCOPE_TLS_HELLO_H
#define SMTPSCOPE_TLS_HELLO_H

#include <stdbool.h>

#include "base/chunk.h"
#include "base/status.h"

/* A hello longer than this is not read; real ones, with post-quantum key shares, stay under 8 KiB. */
#define TLS_HELLO_MAX ((size_t)65536)

/* RFC 8446 4.1.2, RFC 5246 7.4.1.2. */
struct tls_client_hello {
    uint16_t legacy_version;  /* e.g. 0x0303 */
    uint16_t highest_version; /* of supported_versions (RFC 8446 4.2.1), GREASE left out; without
                                 that extension, legacy_version */
    struct slice sni;         /* RFC 6066 3: as sent; empty: none */
    struct slice alpn;        /* RFC 7301 3.1: the first protocol; empty: none */
    bool offers_ticket;       /* RFC 5077 3.2: a session ticket that is not empty */
    bool offers_psk;          /* RFC 8446 4.2.11 */
    bool offers_session_id;   /* not empty; RFC 8446 D.4 sends one without a meaning */
    bool is_sslv2;            /* RFC 5246 E.2 */
    bool is_retried;          /* the second one, after a HelloRetryRequest */
    bool is_unread;           /* too long or malformed: the fields hold what could be read */
};

/* RFC 8446 4.1.3, RFC 5246 7.4.1.3. */
struct tls_server_hello {
    uint16_t version; /* negotiated: supported_versions where it is there */
    uint16_t cipher;
    struct slice alpn;  /* of TLS 1.2 and before; TLS 1.3 encrypts it. Empty: none */
    bool is_retry;      /* a HelloRetryRequest (RFC 8446 4.1.4): the real one comes later */
    bool resumed_known; /* false: the ClientHello was not seen, or TLS 1.2 with a ticket alone */
    bool resumed;
    bool is_unread; /* as in a ClientHello */
};

enum tls_notice_kind {
    TLS_NOTICE_CLIENT_HELLO,
    TLS_NOTICE_SERVER_HELLO, /* HelloRetryRequest included */
    TLS_NOTICE_ALERT,        /* in clear */
    TLS_NOTICE_HIDDEN_ALERT, /* encrypted and before ESTABLISHED, so most likely fatal; its code is
                                not known, and in TLS 1.3 it is inferred from the length alone */
    TLS_NOTICE_ESTABLISHED,  /* both sides have finished the handshake: inferred, for the messages
                                that say so are encrypted */
    TLS_NOTICE_NOT_TLS,      /* the octets of this direction are no TLS records (any more) */
};

/* Slices live during the call only. */
struct tls_notice {
    enum tls_notice_kind kind;
    enum side from; /* ESTABLISHED: of whose octets showed it */
    union {
        struct tls_client_hello client;
        struct tls_server_hello server;
        struct {
            uint8_t level; /* 1 warning, 2 fatal */
            uint8_t code;
        } alert;
    };
};

struct tls_notice_sink {
    void *context;
    enum status (*notice)(void *context, const struct tls_notice *notice);
};

struct tls_hello_reader;

/* NULL where there is no memory. Costs a few hundred octets, and a hello's while one is put
 * together. The caller frees it. */
struct tls_hello_reader *tls_hello_reader_new(const struct tls_notice_sink *sink);
void tls_hello_reader_free(struct tls_hello_reader *reader);

/* The next octets of one direction, from its first TLS octet on. The notices are the same however
 * the octets are cut. Returns STATUS_NO_MEMORY, or what the sink returned. */
MUST_USE enum status tls_hello_reader_feed(struct tls_hello_reader *reader, enum side from,
                                           struct slice octets);

/* Has what the next octets of either direction touch fetched; `reader` may be NULL. */
void tls_hello_reader_fetch(const struct tls_hello_reader *reader);

/* Octets that the capture does not hold. Inside a record they are stepped over; where a record's
 * header may lie in them, nothing more is read of this direction. */
void tls_hello_reader_gap(struct tls_hello_reader *reader, enum side from, uint64_t missing);

/* What was seen so far. */
struct tls_progress {
    bool client_hello;
    bool server_hello; /* HelloRetryRequests do not count */
    bool is_established;
    bool change_cipher[2];    /* by enum side: ChangeCipherSpec sent */
    bool application_data[2]; /* by enum side: a record of that type sent */
    uint64_t records[2];      /* by enum side: whole headers read */
};

void tls_hello_reader_progress(const struct tls_hello_reader *reader,
                               struct tls_progress *progress);

#endif
