/* Session records by hand, as a transcript: each line said becomes an entry with a time, a frame
 * and what it answers; messages, recipients and authentication follow from the lines. What a test
 * needs otherwise it writes into `b.record` or an entry before record_finish.
 *
 *     struct record_builder b;
 *
 *     record_begin(&b);
 *     record_server(&b, "220 mx.example.test ESMTP Postfix");
 *     record_client(&b, "EHLO client.example.test");
 *     record_server(&b, "250-mx.example.test\n250-PIPELINING\n250 SIZE 10240000");
 *     record_client(&b, "MAIL FROM:<a@example.test>");
 *     record_server(&b, "250 2.1.0 Ok");
 *     record_client(&b, "RCPT TO:<b@example.test>");
 *     record_server(&b, "550 5.1.1 User unknown");
 *     record = record_finish(&b, OUTCOME_REJECTED, STAGE_RCPT);
 *     ...
 *     record_clear(&b);
 *
 * Where memory runs out, the test ends. */
#ifndef SMTPSCOPE_TESTS_RECORD_BUILDER_H
#define SMTPSCOPE_TESTS_RECORD_BUILDER_H

#include "base/arena.h"
#include "session/record.h"

/* 2026-11-24T01:02:03.123456Z: where every record begins. */
#define RECORD_START INT64_C(1795482123123456000)

enum { RECORD_WAITING_MAX = 512 };

/* A command or content whose reply has not come. */
struct record_waiting {
    uint32_t n;
    enum smtp_verb verb; /* what its reply answers */
};

struct record_builder {
    struct session_record record;
    struct arena arena;     /* its texts */
    struct tcp_summary tcp; /* the record's; the builder must not be moved */
    int64_t step;           /* nanoseconds that pass before each entry; 1 ms */
    struct stamp now;
    uint64_t frame; /* of the entry made last */

    /* Own the lists of the record. */
    struct entry *entries;
    uint32_t entry_room;
    struct message *messages;
    uint32_t message_room;
    struct auth_attempt *auth;
    uint32_t auth_room;

    struct record_waiting waiting[RECORD_WAITING_MAX];
    size_t waiting_count;
    bool has_transaction; /* MAIL was accepted, or is not answered yet */
};

/* An open session of 192.0.2.10:51022 with 192.0.2.25:25, ordinal 1, handshake complete with a
 * round trip of 0.4 ms. */
void record_begin(struct record_builder *b);

/* Lets time pass before the next entry. */
void record_wait(struct record_builder *b, int64_t ns);

/* Each adds an entry and returns it, valid until the next one is added. A C string stands for its
 * octets; a slice may hold any. */

/* A command, which waits for its reply. */
struct entry *record_client(struct record_builder *b, const char *line);
struct entry *record_client_octets(struct record_builder *b, struct slice line);

/* An answer to a 334; record_server has put the exchange back to wait for it. */
struct entry *record_sasl(struct record_builder *b, const char *line);

/* A reply; several lines are parted by LF. It answers the oldest command or content that waits; the
 * first of a session is the greeting. */
struct entry *record_server(struct record_builder *b, const char *lines);
struct entry *record_server_octets(struct record_builder *b, struct slice lines);

/* A reply that answers nothing. */
struct entry *record_unsolicited(struct record_builder *b, const char *lines);

/* The content after DATA's 354. */
struct entry *record_content(struct record_builder *b, uint64_t octets, uint64_t lines);

/* The chunk after a BDAT command, whose size and LAST are read from that command. */
struct entry *record_chunk(struct record_builder *b, uint64_t lines);

/* A ClientHello and a ServerHello, and octets of TLS both ways. `sni` may be NULL. */
struct entry *record_tls(struct record_builder *b, enum tls_mode mode, uint16_t version,
                         const char *sni, uint64_t client_octets, uint64_t server_octets);

/* Octets of one side that the capture does not hold. */
struct entry *record_gap(struct record_builder *b, enum side from, uint64_t octets);

/* Ends the session: the client closed, with FIN. */
const struct session_record *record_finish(struct record_builder *b, enum outcome outcome,
                                           enum stage stage);

void record_clear(struct record_builder *b);

#endif
