/* One session while it is open: a fold of the dialogue's events into a record. */
#ifndef SMTPSCOPE_SESSION_SESSION_H
#define SMTPSCOPE_SESSION_SESSION_H

#include "session/record.h"

struct session;
struct connection;

MUST_USE enum status session_new(struct session **out, const struct place *started);
void session_free(struct session *session);

/* The connection whose events will come, asked for acknowledgements until session_close. */
void session_follow(struct session *session, const struct connection *connection);

/* Folds one event in. SMTP_EVENT_OPAQUE goes to TLS first. */
MUST_USE enum status session_apply(struct session *session, const struct smtp_event *event);

/* What is known of the connection when it is over; then what is left open is closed and the outcome
 * worked out. The record lives until the next session of the same owner is closed, its texts as long
 * as the session. */
MUST_USE enum status session_close(struct session *session, const struct tcp_summary *tcp,
                                   const struct endpoint *client, const struct endpoint *server,
                                   uint64_t ordinal, const struct session_record **record);

/* Speaks SMTP: a 220 that names SMTP, or EHLO, HELO or LHLO answered by 250. */
bool session_speaks_smtp(const struct session *session);

#endif
