/* A dialogue of turns as one TCP connection, played through tracker and conversation. */
#ifndef SMTPSCOPE_TESTS_FUZZ_WIRE_H
#define SMTPSCOPE_TESTS_FUZZ_WIRE_H

#include "fuzz/turns.h"
#include "session/conversation.h"

struct wire_options {
    struct conversation_options conversation;
    uint16_t port;      /* the server's, which is followed */
    bool is_midstream;  /* no handshake was captured */
    size_t segment_max; /* octets of payload a segment; its time does not depend on it */
    enum wire_end { WIRE_FIN, WIRE_RST, WIRE_OPEN } end;
    enum side end_from;
};

/* Each record goes to `sink` as its session ends. */
void wire_play(const struct turns *turns, const struct wire_options *options,
               const struct record_sink *sink);

#endif
