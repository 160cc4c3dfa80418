/* A session that is talked into through a dialogue, and the record that comes of it. */
#ifndef SMTPSCOPE_TESTS_SUPPORT_SESSION_RIG_H
#define SMTPSCOPE_TESTS_SUPPORT_SESSION_RIG_H

#include "session/session.h"
#include "smtp/dialog.h"

struct session_rig {
    struct session *session;
    struct smtp_dialog *dialog;
    uint64_t frame; /* of the segment sent last; a second goes by with each */
    struct tcp_summary tcp;
    uint16_t port; /* the server's; 25 */
};

/* A connection whose handshake was complete, and that ends in FIN. */
void session_rig_begin(struct session_rig *rig);
void session_rig_end(struct session_rig *rig);

/* One segment; LF stands for CRLF. */
void session_rig_client(struct session_rig *rig, const char *text);
void session_rig_server(struct session_rig *rig, const char *text);
/* One command and its reply; CRLF is put after each. */
void session_rig_ask(struct session_rig *rig, const char *command, const char *reply);

/* So many commands in one segment, and all their replies in another. */
void session_rig_ask_often(struct session_rig *rig, const char *command, const char *reply,
                           size_t times);

/* One segment of octets as they are, or a hole. */
void session_rig_octets(struct session_rig *rig, enum side from, struct slice octets);
void session_rig_gap(struct session_rig *rig, enum side from, uint64_t missing);

/* The connection is over; the record lives until session_rig_end. */
const struct session_record *session_rig_close(struct session_rig *rig);

#endif
