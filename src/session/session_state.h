/* What the parts of the fold share: entries (session.c), what waits for a reply (pending.c), what
 * replies change (session_effect.c), transactions (transaction.c), TLS (session_tls.c) and the
 * outcome (outcome.c). */
#ifndef SMTPSCOPE_SESSION_SESSION_STATE_H
#define SMTPSCOPE_SESSION_SESSION_STATE_H

#include "session/note.h"
#include "session/session.h"
#include "tls/hello.h"

/* A command, SASL line or content whose reply is not in yet. */
struct pending {
    uint64_t sequence;
    struct note *note;   /* NULL: not kept */
    enum smtp_verb verb; /* VERB_END_OF_DATA for DATA's content */
    struct slice line;   /* command: in the arena */
    struct place place;
    uint64_t octets; /* content: message octets */
    uint64_t lost_octets;
    bool is_last; /* content: DATA, BDAT LAST */
    bool is_complete;
    bool is_doubtful;
    const struct slice *headers; /* content: HEADER_FIELD_COUNT, in the arena; NULL: none seen */
};

/* A reply as the fold of transactions sees it; code 0: none was seen. */
struct answer {
    uint32_t n;
    unsigned code;
    struct enhanced_code enhanced;
    struct slice text; /* of its last line; lives during the call */
    struct place place;
};

/* Where the notes of a session become entries, in the end. */
struct entry_list {
    struct entry *list;
    uint32_t room;
};

/* How many of a list stand in the arena; with the next it moves to the heap. */
enum { FIRST_MESSAGES = 1, FIRST_RECIPIENTS = 2 };

/* It must not be moved. */
struct session {
    struct session_record record;
    const struct connection *connection; /* NULL: there is none to ask */
    struct note *newest;                 /* and all before it */
    struct entry_list *entries;          /* its own, or shared by those that end in turn */
    struct entry_list own_entries;
    struct message *messages;
    size_t message_room;
    size_t recipient_room; /* of the open message's list */
    struct auth_attempt *auth;
    size_t auth_room;
    bool auth_cancelled;         /* the attempt under way was answered "*" */
    struct pending *pending;     /* `only_pending`, or on the heap */
    struct pending only_pending; /* a client that does not pipeline waits for one reply at a time */
    size_t pending_head;
    size_t pending_count;
    size_t pending_room;
    uint32_t
        next_recipient; /* LMTP: of the newest message, whom the next reply to its end is for */
    bool is_open;       /* the newest message's transaction is open */
    bool
        mail_was_refused; /* the newest message's MAIL was: RCPTs sent along with it belong to it */
    bool ends_unanswered; /* something waited for its reply when the connection ended */
    bool starttls_accepted;
    bool speaks_smtp;
    bool quit_answered;
    bool last_was_421;         /* the newest reply is a 421 that answers nothing */
    struct place said_421;     /* where, in that case */
    uint32_t refused_greeting; /* n of a greeting of 4xx or 5xx; 0: none */
    uint32_t refused_ehlo;     /* n of the newest refusal of EHLO, HELO or LHLO not overcome */
    uint32_t
        refused_bdat; /* n of the newest refusal of a BDAT that is none, inside a transaction */
    uint32_t refused_stray; /* n of the newest refusal of a RCPT, DATA or BDAT outside any
                                   * transaction; 0 once a transaction is begun */
    enum stage refused_stray_at;
    uint32_t refused_starttls;
    uint32_t refused_auth;
    enum stage furthest;
    struct tls_hello_reader *tls;
    struct place tls_place; /* of the octets being read */
    enum status status;
};

/* In memory of the caller's, as session_new and session_free do on the heap. */
void session_init(struct session *session, const struct place *started);
void session_clear(struct session *session);

/* Appends a note and returns it with its place set; NULL where the dialogue is full or memory ran
 * out (session->status tells). */
struct note *session_add_note(struct session *session, enum entry_kind kind, enum side from,
                              const struct place *begin, const struct place *place);

/* n of what waits; 0: it is not kept. */
static inline uint32_t pending_number(const struct pending *item)
{
    return item->note == NULL ? 0 : item->note->n;
}

/* Copies text into the record, up to LIMIT_SESSION_TEXT in all. */
struct slice session_keep(struct session *session, struct slice text);

/* note.c */
/* Makes entries of all notes. */
MUST_USE enum status session_expand(struct session *session);

/* pending.c */
/* One more waits; where too many do, the oldest goes unanswered. */
void session_await(struct session *session, const struct pending *item);
/* Takes what waits off the front up to `sequence`; what stands before it was never answered. False
 * where `sequence` does not wait, because it was answered before; else `*answered` is its note, NULL
 * where it is not kept. */
bool session_settle(struct session *session, uint64_t sequence, struct note *reply,
                    const struct note **answered);
/* Something waits for its reply that would have got one: a server may close at QUIT, and a BDAT is
 * answered where its octets are. */
bool session_is_waiting(const struct session *session);

/* session_effect.c */

/* How far a command of this verb brings a session; STAGE_CONNECT where it tells nothing. */
enum stage session_stage_of(enum smtp_verb verb);
void session_begin_auth(struct session *session, const struct smtp_event *event, uint32_t n);
/* A SASL line of the attempt under way. */
void session_go_on_with_auth(struct session *session, const struct smtp_event *event);
void session_take_greeting(struct session *session, const struct note *note);
struct answer session_answer_of(const struct note *reply);
/* It is known what the reply answers: a command that was not answered has NULL. */
void session_take_effect(struct session *session, const struct pending *command,
                         const struct note *reply);

/* transaction.c */
void transaction_command(struct session *session, const struct pending *command,
                         const struct answer *answer);
void transaction_further_reply(struct session *session, const struct answer *answer);
/* Where the recipient was refused: LMTP may do so after the content. */
enum stage transaction_recipient_stage(const struct session_record *record,
                                       const struct recipient *recipient);
void transaction_finish(struct session *session);

/* latency.c */
/* How what `reply` answers was acknowledged. */
void session_note_acknowledgement(const struct session *session, struct note *reply,
                                  const struct note *answered);
/* The parts of every latency, when record.tcp is known. */
void session_attribute_latency(struct session *session);

/* session_tls.c */
void session_take_opaque(struct session *session, const struct smtp_event *event);
void session_tls_gap(struct session *session, const struct smtp_event *event);
void session_tls_finish(struct session *session);

/* outcome.c */
void session_decide(struct session *session);

/* Takes the queue identifier out of the reply to an end of data; empty where there is none. */
struct slice queue_id_in(struct slice text);

/* The software that a greeting names, with its version; empty where it names none. */
struct slice software_in(struct slice greeting);

#endif
