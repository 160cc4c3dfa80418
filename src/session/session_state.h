/* What the parts of the fold share: events (session.c), their notes (note.c, note_add.h, note_reply.c),
 * what waits for a reply (pending.c), what replies change (session_effect.c), transactions
 * (transaction.c) and their messages (messages.c), TLS (session_tls.c) and the outcome (outcome.c). */
#ifndef SMTPSCOPE_SESSION_SESSION_STATE_H
#define SMTPSCOPE_SESSION_SESSION_STATE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/mem.h"
#include "session/note.h"
#include "session/path.h"
#include "session/session.h"
#include "tls/hello.h"

/* Of a content that waits, what most chunks of BDAT have not; in the arena. */
struct kept_content {
    uint64_t lost_octets;
    struct slice headers[HEADER_FIELD_COUNT]; /* in the arena, as the content tells them */
};

/* A command, SASL line or content whose reply is not in yet: one cache line. */
struct pending {
    uint64_t sequence;
    struct place place;
    union {
        struct {
            struct slice text;        /* in the arena */
            struct path_span address; /* MAIL, RCPT and the like: in it */
        } line;                       /* command, SASL */
        struct {
            uint64_t octets;                 /* of the message */
            const struct kept_content *kept; /* NULL: no headers, nothing lost */
            struct note_data *note;          /* NULL: not kept */
        } content;                           /* where is_content */
    };
    uint32_t n;              /* of its entry; 0: not kept */
    enum smtp_verb verb : 8; /* VERB_END_OF_DATA for DATA's content */
    bool is_content : 1;
    bool is_last : 1; /* content: DATA, BDAT LAST */
    bool is_complete : 1;
    bool is_doubtful : 1;
};

/* A reply as the fold sees it, during one call; code 0: none was seen, or it has none. */
struct answer {
    struct note_reply *note; /* NULL: it is not kept, or there is none */
    uint32_t n;              /* of its entry; 0: the same */
    unsigned code;
    struct enhanced_code enhanced;
    const struct slice *lines; /* texts; they live during the call */
    size_t line_count;
    const struct place *place; /* NULL: there is no reply */
    const struct place *begin;
};

/* Its last line, which says most. */
static inline struct slice answer_text(const struct answer *answer)
{
    return answer->line_count == 0 ? slice_of(NULL, 0) : answer->lines[answer->line_count - 1];
}

/* What a session becomes when it is closed, and is not in memory before: one for all of an owner's
 * sessions, which end in turn. */
struct closing {
    struct session_record record;
    struct entry *entries; /* as many as `room`, and a text for each */
    struct slice *texts;
    uint32_t room;
    struct arena arena; /* what else the entries need */
};

/* Of a session in which TLS was seen; in its arena. */
struct session_tls {
    struct tls_record_facts facts;
    struct tls_hello_reader *reader;
    struct place place; /* of the octets being read */
};

/* How many of a list stand in the arena; with the next it moves to the heap. */
enum { FIRST_MESSAGES = 1, FIRST_RECIPIENTS = 2 };

/* How much of a session nearly every event touches, from its beginning on: whoever knows that an event
 * comes may have it fetched. */
#define SESSION_HOT (3 * (size_t)MEM_LINE)

/* It must not be moved. What stands together is used together: the first line for a note, the second
 * for what it answers, the third for what that changes; then what is rare. */
struct session {
    struct arena arena;
    struct note *newest;     /* and all before it */
    struct pending *pending; /* `only_pending`, or on the heap */
    uint32_t pending_head;
    uint32_t pending_count;
    uint32_t pending_room;
    enum status status;
    const struct connection *connection; /* NULL: there is none to ask */

    struct pending only_pending; /* a client that does not pipeline waits for one reply at a time */

    uint32_t entry_count;
    uint32_t capture; /* of the notes that do not tell it */
    unsigned marks;   /* all entries', ORed */
    unsigned limits;  /* enum smtp_limit, ORed */
    struct message *messages;
    uint32_t message_count;
    uint32_t message_room;
    uint32_t recipient_room; /* of the open message's list */
    uint32_t
        next_recipient; /* LMTP: of the newest message, whom the next reply to its end is for */
    struct session_tls *tls; /* NULL: no TLS was seen */
    enum stage furthest : 8;
    bool is_open; /* the newest message's transaction is open */
    bool
        mail_was_refused; /* the newest message's MAIL was: RCPTs sent along with it belong to it */
    bool last_was_421;    /* the newest reply is a 421 that answers nothing */
    bool quit_sent;
    bool ends_in_content;
    bool has_gap;
    bool starttls_accepted;

    uint32_t refused_greeting; /* n of a greeting of 4xx or 5xx; 0: none */
    uint32_t refused_ehlo;     /* n of the newest refusal of EHLO, HELO or LHLO not overcome */
    uint32_t
        refused_bdat; /* n of the newest refusal of a BDAT that is none, inside a transaction */
    uint32_t refused_stray; /* n of the newest refusal of a RCPT, DATA or BDAT outside any
                             * transaction; 0 once a transaction is begun */
    enum stage refused_stray_at;
    uint32_t refused_starttls;
    uint32_t refused_auth;
    bool auth_cancelled;  /* the attempt under way was answered "*" */
    bool ends_unanswered; /* something waited for its reply when the connection ended */
    bool speaks_smtp;
    uint32_t greeting; /* n; 0: none seen */
    struct slice server_software;
    struct ehlo ehlo;
    struct auth_attempt *auth;
    uint32_t auth_count;
    uint32_t auth_room;
    uint32_t messages_dropped;
    uint64_t entries_dropped;
    struct place said_421;    /* where, if last_was_421 */
    struct note_apart *apart; /* of the newest note that has one */
    struct closing *closing;
};

_Static_assert(offsetof(struct session, only_pending) == MEM_LINE, "lines as told");
_Static_assert(offsetof(struct session, entry_count) == 2 * (size_t)MEM_LINE, "lines as told");
_Static_assert(offsetof(struct session, refused_greeting) <= SESSION_HOT, "lines as told");

/* What replies change of a message, nearly always. */
#define MESSAGE_HOT offsetof(struct message, has_from)

/* Has what an event comes to fetched, when SESSION_HOT is there: where its note will be written, what
 * it may answer, and what that may change. */
static inline void session_fetch(const struct session *session)
{
    mem_fetch(arena_front(&session->arena), 2 * (size_t)MEM_LINE);
    mem_fetch(session->pending + session->pending_head, sizeof(*session->pending));
    if (session->tls != NULL)
        mem_fetch_across(session->tls, sizeof(*session->tls));
    else if (session->is_open)
        mem_fetch_across(session->messages + session->message_count - 1, MESSAGE_HOT);
}

/* In memory of the caller's, as session_new and session_free do on the heap. `closing` outlives it. */
void session_init(struct session *session, const struct place *started, struct closing *closing);
void session_clear(struct session *session);
void closing_clear(struct closing *closing);

/* Copies text into the arena, up to LIMIT_SESSION_TEXT in all. */
struct slice session_keep(struct session *session, struct slice text);

/* Whether so much text has been kept that no more is. */
static inline bool session_is_full(const struct session *session)
{
    return session->arena.total > LIMIT_SESSION_TEXT;
}

/* How many octets of a text are kept behind a note. */
static inline size_t session_text_room(struct session *session, struct slice text)
{
    if (!session_is_full(session))
        return text.len;
    session->limits |= SMTP_LIMIT_TEXT;
    return 0;
}

/* note_reply.c */
/* The note of an event that is a reply; NULL as of session_add_note. */
struct note_reply *session_note_reply(struct session *session, const struct smtp_event *event);
/* Makes the answer's lines outlive the call, where no note holds them: all, or the first where so
 * much text has been kept that no more is. */
void session_keep_lines(struct session *session, struct answer *answer);

/* note.c */
/* Keeps apart what of the event the note does not hold (note_add.h). */
void session_note_apart(struct session *session, struct note *note, const struct smtp_event *event);

/* The note of an event and its number; NULL where it was not kept. What is asked for is hardly ever
 * far back. */
struct note *session_note_of(const struct session *session, uint64_t sequence, uint32_t *n);
struct place session_note_place(const struct session *session, const struct note *note);
/* Makes entries of all notes, and tells the record, whose `tcp` is known. */
MUST_USE enum status session_expand(struct session *session);

/* pending.c */
void pending_clear(struct session *session);
/* Gives back what pending_clear kept for the next session. */
void pending_trim(void);
/* Room for one more that waits, as the newest; where too many do, the oldest goes unanswered. NULL:
 * there is no memory (session->status tells). */
struct pending *session_await(struct session *session);
/* Takes what waits off the front up to `sequence`, and lets `answer` have its effect there; what
 * stands before it was never answered. NULL where `sequence` does not wait, because it was answered
 * before; what is returned lives until the next comes to wait. */
const struct pending *session_settle(struct session *session, uint64_t sequence,
                                     const struct answer *answer);
/* Something waits for its reply that would have got one: a server may close at QUIT, and a BDAT is
 * answered where its octets are. */
bool session_is_waiting(const struct session *session);

/* session_effect.c */

/* How far a command of this verb brings a session; STAGE_CONNECT where it tells nothing. */
enum stage session_stage_of(enum smtp_verb verb);
void session_begin_auth(struct session *session, const struct smtp_event *event, uint32_t n);
/* A SASL line of the attempt under way. */
void session_go_on_with_auth(struct session *session, const struct smtp_event *event);
void session_take_greeting(struct session *session, const struct answer *reply);
/* It is known what the reply answers. */
void session_take_effect(struct session *session, const struct pending *command,
                         const struct answer *answer);

/* messages.c */
/* One more message, zeroed, and without recipients; one more recipient of the newest message. NULL: it
 * is not kept, or there is no memory (session->status tells). */
struct message *messages_add(struct session *session);
struct recipient *messages_add_recipient(struct session *session, struct message *message);
void messages_clear(struct session *session);

/* transaction.c */
void transaction_command(struct session *session, const struct pending *command,
                         const struct answer *answer);
void transaction_further_reply(struct session *session, const struct answer *answer);
/* Where the recipient was refused: LMTP may do so after the content. */
enum stage transaction_recipient_stage(const struct session_record *record,
                                       const struct recipient *recipient);
void transaction_finish(struct session *session);

/* latency.c */
/* How what the reply answers, which ended at `answered`, was acknowledged. */
void session_note_acknowledgement(const struct session *session, const struct answer *reply,
                                  const struct place *answered);
/* The parts of the latency of `entry`, a reply, when record.tcp and what stands before it are known. */
void latency_attribute(const struct session_record *record, struct entry *entry);

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
