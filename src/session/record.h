/* A finished session: what was said, what became of each message, what decided it. It never
 * changes again: findings read it, reports read both. */
#ifndef SMTPSCOPE_SESSION_RECORD_H
#define SMTPSCOPE_SESSION_RECORD_H

#include "base/chunk.h"
#include "base/reply_code.h"
#include "smtp/event.h"
#include "smtp/verb.h"
#include "tcp/connection.h"

enum entry_kind {
    ENTRY_COMMAND,
    ENTRY_SASL,
    ENTRY_REPLY,
    ENTRY_DATA,
    ENTRY_TLS,
    ENTRY_GAP,
};

enum tls_event {
    TLS_EVENT_CLIENT_HELLO,
    TLS_EVENT_SERVER_HELLO,
    TLS_EVENT_ESTABLISHED,
    TLS_EVENT_ALERT,
    TLS_EVENT_CLOSED,
};

/* Where in a line "MAIL FROM:<local@domain>" or "RCPT TO:<local@domain>", written just so and of
 * letters, digits and atext's signs alone, its '@' and its '>' stand; 0: it is another line, or was not
 * read. */
struct path_place {
    uint16_t at;
    uint16_t end;
};

/* A command line, or a SASL answer. */
struct entry_command {
    struct slice line;      /* without its end, redacted, octets as captured */
    uint32_t answered_by;   /* n of the reply; 0: none seen */
    struct path_place path; /* MAIL, RCPT */
};

/* Whose time a reply's latency is; -1: not known. The capture point may lie anywhere between client
 * and server:
 *   network_ns  from there to the server and back. Where the server acknowledged what it answers in
 *               a segment of its own, and it took more than half a second longer than ever else
 *               (RFC 9293 3.8.6.3 lets an ACK wait that long) or had to be sent again, the time to
 *               that ACK; else the smallest round trip seen (tcp_summary.server_trip_ns). Never
 *               more than the latency.
 *   server_ns   the rest of the latency: how long the server thought, and took to send it all.
 *   client_ns   from the last octet of the reply before to the last octet of what is answered; it
 *               holds the way from the capture point to the client and back, and a content's own
 *               time. Not known where something else was said in between (pipelining).
 * A greeting has a latency here that it has not elsewhere: from the ACK that ends the handshake. */
struct latency_parts {
    int64_t network_ns;
    int64_t server_ns;
    int64_t client_ns;
};

struct entry_reply {
    uint16_t code; /* 0 where a line has no three digits */
    uint8_t code_text[3];
    struct enhanced_code enhanced;
    const struct slice *lines; /* text of each, code and separator removed */
    uint32_t line_count;
    uint32_t answers;   /* n of the command, SASL or data entry; 0: none, or the greeting */
    int64_t latency_ns; /* -1: not known */
    int64_t ack_ns;     /* from the last octet of what it answers to its acknowledgement by the
                           server ahead of the reply; -1: none seen */
    bool was_repeated;  /* what it answers was sent more than once before it was acknowledged */
    struct latency_parts parts;
    uint64_t longest_line;
};

/* A DATA body or one BDAT chunk. The entry's octets are message octets: dot-stuffing and terminator
 * removed. */
struct entry_data {
    uint64_t lines;
    uint64_t lost_octets;
    uint64_t declared; /* BDAT: the size its command gave */
    const struct content_facts *facts;
    uint32_t answered_by;
    uint32_t command; /* n of its DATA or BDAT command; 0: not kept */
    uint32_t message; /* index in messages; none there where the content is no message's */
    bool is_last;
    bool is_complete;
};

struct entry_tls {
    enum tls_event event;
    struct slice detail; /* empty: none */
};

/* One entry of the dialogue; its number n is its index + 1. */
struct entry {
    enum entry_kind kind;
    enum side from;
    enum smtp_verb verb; /* command, data: its own; reply: what it answers */
    enum line_end end;   /* command, SASL; reply: of its last line */
    bool is_encrypted;
    bool is_doubtful;   /* a gap touched it: MARK_AFTER_GAP */
    bool is_cut;        /* more came than is kept */
    unsigned marks;     /* enum mark, ORed */
    struct place place; /* of the packet that completed it */
    struct place begin; /* of the packet that began it */
    uint64_t sequence;  /* of the dialogue's event; TLS entries share that of the event before */
    uint64_t octets;    /* on the wire; data: message octets; gap: octets missing */
    union {
        struct entry_command command; /* ENTRY_COMMAND, ENTRY_SASL */
        struct entry_reply reply;
        struct entry_data data;
        struct entry_tls tls;
    };
};

enum outcome {
    OUTCOME_DELIVERED,
    OUTCOME_PARTIAL,
    OUTCOME_REJECTED,
    OUTCOME_DEFERRED,
    OUTCOME_REFUSED,
    OUTCOME_UNANSWERED,
    OUTCOME_ABORTED,
    OUTCOME_ENCRYPTED,
    OUTCOME_NO_MAIL,
    OUTCOME_INCOMPLETE,
    OUTCOME_COUNT,
};

enum stage {
    STAGE_CONNECT,
    STAGE_GREETING,
    STAGE_EHLO,
    STAGE_TLS,
    STAGE_AUTH,
    STAGE_MAIL,
    STAGE_RCPT,
    STAGE_DATA,
    STAGE_QUIT,
    STAGE_COUNT,
};

/* An answer that may not have been seen. */
enum verdict {
    VERDICT_UNKNOWN,
    VERDICT_ACCEPTED,
    VERDICT_REFUSED,
};

struct parameter {
    struct slice name;  /* as sent */
    struct slice value; /* empty where there is none */
};

struct parameters {
    const struct parameter *list;
    uint32_t count;
};

struct recipient {
    struct slice address; /* forward-path without its angle brackets */
    struct parameters params;
    uint32_t command; /* n of RCPT; 0: not kept */
    uint32_t reply;   /* n of its reply; 0: none seen */
    uint16_t code;    /* 0: none */
    struct enhanced_code enhanced;
    enum verdict verdict;
};

/* How many messages a content is to a reader that ends DATA at CRLF.CRLF only, and to one that ends
 * it at every look-alike. */
struct readings {
    uint32_t strict;
    uint32_t lenient; /* 0: there is no look-alike in it */
};

/* One mail transaction (RFC 5321 3.3), begun by MAIL, or by content whose MAIL was not captured. What
 * each reply of the envelope changes comes first, in a line of the processor's cache or two. */
struct message {
    struct recipient *recipients;
    uint32_t recipient_count;
    uint32_t recipients_dropped; /* past LIMIT_RECIPIENTS */
    struct place ended;          /* of what decided it, or of the last thing seen of it */
    enum smtp_verb via;          /* DATA, BDAT, BURL; VERB_NONE: no content was begun */
    enum verdict verdict;
    enum verdict mail_verdict; /* what MAIL itself was answered */
    uint32_t begin;        /* n of the DATA, BDAT or BURL command that began the content; 0: none */
    uint32_t end_reply;    /* n of the reply that decided it; 0: none */
    uint16_t refusal_code; /* of the reply that refused it, at whatever stage; 0: none did */

    bool has_from;      /* a MAIL was seen */
    bool is_complete;   /* the end of the content was seen */
    bool is_doubtful;   /* a gap touched it */
    bool is_taken_back; /* RSET, EHLO, or QUIT without content: a call-out */
    uint16_t code;      /* of the end of data, the last BDAT or BURL; 0: none seen */
    struct enhanced_code enhanced;
    enum stage refused_at; /* STAGE_MAIL, STAGE_RCPT or STAGE_DATA, where refusal_code is set */
    uint32_t mail;         /* n of MAIL; 0: none kept */
    struct slice from;     /* reverse-path without its angle brackets; empty for <> */
    struct parameters params;
    struct place began; /* of MAIL */
    uint64_t octets;
    uint64_t lost_octets;
    struct readings readings;
    struct slice message_id;                  /* without its angle brackets; empty: not seen */
    struct slice queue_id;                    /* from the reply to the end of data; empty: none */
    struct slice headers[HEADER_FIELD_COUNT]; /* bodies as sent, folded as sent */
};

enum auth_result {
    AUTH_SUCCESS,
    AUTH_FAILURE,
    AUTH_CANCELLED,
    AUTH_INCOMPLETE,
};

struct auth_attempt {
    struct slice mechanism; /* as sent; "" where AUTH named none */
    struct slice user;      /* authentication identity where the mechanism shows it */
    enum auth_result result;
    uint16_t code; /* of the last reply; 0: none */
    struct enhanced_code enhanced;
    bool is_encrypted;
    uint32_t command; /* n of AUTH */
    uint32_t reply;   /* n of the last reply; 0: none */
};

struct ehlo {
    enum smtp_verb verb;            /* EHLO, HELO, LHLO; VERB_NONE: none accepted */
    struct slice name;              /* what the client called itself */
    const struct slice *extensions; /* EHLO keyword lines of the last accepted EHLO, as sent */
    uint32_t extension_count;
    uint32_t reply; /* n */
};

enum tls_mode {
    TLS_NONE,
    TLS_STARTTLS,
    TLS_IMPLICIT,
};

enum tls_handshake {
    TLS_HANDSHAKE_INCOMPLETE,
    TLS_HANDSHAKE_COMPLETE,
    TLS_HANDSHAKE_FAILED,
};

/* What is sent in clear of a TLS connection. */
struct tls_record_facts {
    enum tls_mode mode;
    enum tls_handshake handshake;
    uint16_t version;         /* as negotiated, e.g. 0x0304; 0: not known */
    uint16_t offered_version; /* the highest that the client offered; 0: not known */
    uint16_t cipher;          /* 0: not known */
    struct slice sni;
    struct slice alpn;
    bool resumed_known;
    bool resumed;
    bool alert_known;  /* an alert was sent in clear */
    bool alert_hidden; /* what looks like an alert was sent encrypted before the handshake's end */
    enum side alert_from;
    uint8_t alert_level;
    uint8_t alert_code;
    bool client_spoke; /* a TLS record came from the client */
    bool server_spoke;
    uint64_t client_octets;
    uint64_t server_octets;
    uint32_t first_entry; /* n of the first TLS entry */
};

enum service {
    SERVICE_SMTP,
    SERVICE_SUBMISSION,
    SERVICE_SUBMISSIONS,
    SERVICE_OTHER,
};

struct session_record {
    uint64_t ordinal; /* 1-based, by first packet */
    struct endpoint client;
    struct endpoint server;
    enum service service;
    struct place started;
    struct place ended;
    bool spans_captures; /* its packets lie in more than one capture file */

    enum outcome outcome;
    enum stage stage;
    uint32_t deciding; /* n of the entry that decided; 0: none */

    const struct tcp_summary *tcp;
    struct tls_record_facts tls; /* mode TLS_NONE: no TLS was seen */
    struct ehlo ehlo;
    uint32_t greeting;            /* n of the greeting; 0: none seen */
    struct slice server_software; /* e.g. "Postfix", from the greeting; empty: not told */

    const struct auth_attempt *auth;
    uint32_t auth_count;
    const struct message *messages;
    uint32_t message_count;
    uint32_t messages_dropped; /* past LIMIT_MESSAGES */
    const struct entry *entries;
    uint32_t entry_count;
    uint64_t entries_dropped; /* past LIMIT_DIALOGUE_ENTRIES */

    unsigned marks;        /* all entries' marks, ORed: a rule may skip the walk */
    unsigned limits;       /* enum smtp_limit, ORed */
    bool is_client_unseen; /* no payload of the client was captured, though it sent some */
    bool is_server_unseen;
    bool quit_sent;
    bool ends_in_content; /* content was begun and its end was not seen */

    bool has_gap; /* octets of the dialogue, not of TLS, are missing */
};

const char *outcome_name(enum outcome outcome);
const char *stage_name(enum stage stage);
const char *service_name(enum service service);
const char *tls_mode_name(enum tls_mode mode);
const char *tls_handshake_name(enum tls_handshake handshake);
const char *tls_event_name(enum tls_event event);
const char *tcp_handshake_name(enum tcp_handshake handshake);
const char *tcp_close_name(enum tcp_close close);
const char *auth_result_name(enum auth_result result);

/* False where `name` is no outcome. */
bool outcome_parse(struct slice name, enum outcome *out);

/* Entry number n (1-based); NULL for 0 or one that was not kept. */
static inline const struct entry *record_entry(const struct session_record *record, uint32_t n)
{
    return n == 0 || n > record->entry_count ? NULL : &record->entries[n - 1];
}

#endif
