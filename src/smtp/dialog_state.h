/* What the parts of the dialogue share: the reader of the client's octets (dialog_client.c,
 * dialog_content.c), that of the server's (dialog_server.c, dialog_answer.c), the short way of both
 * (dialog_plain.c) and the weighing of readings (doubt.c). */
#ifndef SMTPSCOPE_SMTP_DIALOG_STATE_H
#define SMTPSCOPE_SMTP_DIALOG_STATE_H

#include "smtp/content.h"
#include "smtp/dialog.h"
#include "smtp/header.h"
#include "smtp/held.h"
#include "smtp/line.h"
#include "smtp/probe.h"
#include "smtp/proxy_header.h"
#include "smtp/redact.h"
#include "smtp/reply.h"
#include "smtp/waiting.h"

/* What the client's next octets are. */
enum client_mode {
    CLIENT_COMMANDS,
    CLIENT_SASL,      /* one line that answers a 334 */
    CLIENT_CONTENT,   /* up to the end of data */
    CLIENT_CHUNK,     /* so many octets of BDAT */
    CLIENT_UNDECIDED, /* the reply to DATA, AUTH or a SASL line will tell */
    CLIENT_OPAQUE,    /* TLS, to the end */
};

/* What the first word of the client's next octets will tell. */
enum beginning_kind {
    BEGINNING_KNOWN,      /* nothing more */
    BEGINNING_OF_CAPTURE, /* midstream: in commands, in TLS, or in content? */
    BEGINNING_AFTER_HOLE, /* does a line begin here, or does the one before the hole go on? */
};

/* A word that comes in pieces is kept until it tells. */
struct beginning {
    enum beginning_kind kind;
    bool is_command; /* it told so, of the octets that are read next */
    uint8_t len;
    uint8_t octets[SMTP_VERB_TELLS];
    struct place place; /* of the first of them */
};

/* One way to read octets that can be read in several. Zero is the strict one: only CRLF.CRLF ends
 * content, and a hole swallowed nothing whole. */
struct reading {
    uint32_t honoured;    /* look-alikes that the server takes for the end of data: lookalike_bit */
    bool ends_in_gap;     /* the content ended inside the hole */
    unsigned passes_gaps; /* not in the first so many holes, though */
    bool begins_in_content; /* a midstream capture began inside content */
    bool content_follows;   /* the hole held a DATA and its 354: content goes on after it */
    size_t lost_replies;    /* the hole held the replies to this many commands */
    unsigned lost_commands; /* the hole held this many commands */
};

/* What is not decided by one reading alone, and so is held until replies tell. */
enum doubt_kind {
    DOUBT_LOOKALIKE,   /* in content: is this the end of data? */
    DOUBT_CONTENT_GAP, /* a hole in content: did the end lie in it? */
    DOUBT_REPLY_GAP,   /* a hole in replies: how many? */
    DOUBT_COMMAND_GAP, /* a hole in commands: how many? */
    DOUBT_MIDSTREAM,   /* the capture begins here: in commands, or in content? */
};

/* Octets of a name that a header field may have; RFC 4021 lists none as long. */
enum { FIELD_NAME_TRIED = 40 };

/* The beginning of what the client says after a hole, kept until it tells whether it is a header. */
struct next_word {
    unsigned len;
    uint8_t octets[FIELD_NAME_TRIED];
    struct place place; /* of the first of them */
};

struct doubt {
    enum doubt_kind kind;
    uint32_t form;        /* DOUBT_LOOKALIKE: lookalike_bit of the one it began with */
    struct held_list log; /* everything since, both sides */
    unsigned weighings;
    uint64_t reply_lines;  /* held, and whole */
    uint64_t reply_column; /* octets of the server's line that the log ends in */
    bool reply_goes_on;    /* a hyphen stands behind that line's code */
    unsigned client_gaps;
    unsigned unclaimed;   /* of the dialogue, where the doubt began */
    unsigned name_octets; /* of what may be the name of a header field the client goes on with */
    bool has_colon;       /* after it */
    bool header_follows;  /* it is one */
    struct next_word next;
    bool is_between_lines; /* a hole: it begins where a line does */
    uint64_t missing[2];   /* by enum side: octets of the holes held */
};

/* What reading content takes, from the content's beginning to the end of its message. Hardly any two
 * contents of small messages are read at the same time, so that a few of these serve any number of
 * dialogues. */
struct content_reading {
    struct content_reading *next; /* idle: the one given back before */
    struct content_scanner scanner;
    struct header_reader header;
    struct place begin;
    unsigned marks;
    unsigned early_code;
    struct early_reply *early; /* while this content was being sent; NULL: none came */
    uint64_t chunk_left;
    uint64_t chunk_declared;
    bool chunk_is_last;
};

/* What every line needs comes first, on two lines of the processor's cache; what one in three needs is
 * on the next, and what most dialogues never need is at the end, or on the heap once they do. */
struct smtp_dialog {
    /* What the short paths do not know: while all of it is 0 they may be taken. */
    union {
        uint16_t odd;
        struct {
            bool is_midstream : 1;   /* the capture began later: no greeting is owed */
            bool has_client_gap : 1; /* a command may have been lost in a hole */
            bool has_server_gap : 1; /* a reply may have been */
            bool client_resyncs : 1; /* after a hole: is the next line a whole one? */
            bool server_resyncs : 1;
            bool is_server_opaque : 1;
            bool is_replaying : 1; /* a doubt's log is being read: its reading explains the holes */
            bool is_scratch : 1;   /* a copy on which a reading is tried out */
            bool is_in_doubt : 1;  /* there is a doubt */
            bool has_open_reply : 1;
        };
    };
    bool is_client_seen : 1;
    bool is_server_seen : 1;
    bool is_greeted : 1;
    bool is_past_proxy : 1;      /* the client's first line is read: no proxy's header comes now */
    bool is_lmtp : 1;            /* the client said LHLO, and was not refused */
    bool goes_on_with_chunk : 1; /* the command before was a BDAT without LAST */
    bool decides_by_octets : 1;  /* the reply that would decide is lost: the client's octets tell */
    bool content_is_decided : 1; /* which look-alike ends this content is no question any more */
    bool shows_secrets : 1;
    bool has_redactor : 1;
    enum client_mode mode : 8;
    uint8_t limits; /* told already */
    struct tls_probe client_probe;
    struct tls_probe server_probe;
    enum status status; /* the first failure; nothing is read after it */
    unsigned unclaimed; /* replies to nothing since the client spoke last: they answer what a hole
                         * of the client holds that comes next */
    uint64_t sequence;  /* of the last event */
    struct smtp_event_sink sink;
    struct line_reader client_line;
    struct line_reader server_line;
    struct waiting_list waiting;

    struct smtp_shared *shared;
    struct content_reading *content;
    uint64_t undecided_on;       /* sequence of the command whose reply decides */
    struct held_list *undecided; /* NULL while nothing is held */
    struct reply_builder *reply; /* NULL while no reply is open */
    struct redactor *redactor;   /* NULL until the first credential may come */
    struct doubt *doubt;
    enum smtp_verb undecided_verb : 8;
    uint32_t recipients; /* RCPTs accepted in this transaction of LMTP */

    uint32_t forms_seen;    /* look-alikes passed in content, as lookalike_bit */
    uint64_t replies_ahead; /* octets of a hole in replies that came while nothing waited, when no
                               reply has come since: they answer what a hole of the client holds */
    struct proxy_header proxy;
    struct beginning beginning;
    struct reading reading; /* in force while a decision is carried out */
};

/* One bit a form of look-alike. */
uint32_t lookalike_bit(const struct lookalike *which);

/* Numbers the event and hands it on; the first failure sticks. */
void dialog_emit(struct smtp_dialog *dialog, struct smtp_event *event);

/* Fills what every event has, for one that lies in one segment; what its kind has besides is the
 * caller's to fill. */
static inline void event_begin(struct smtp_event *event, enum smtp_event_kind kind, enum side from,
                               const struct place *place)
{
    event->kind = kind;
    event->from = from;
    event->place = *place;
    event->begin = *place;
    event->marks = 0;
}

/* Says once that a limit was reached. */
void dialog_tell_limit(struct smtp_dialog *dialog, enum smtp_limit limit, enum side side,
                       const struct place *place);

/* The next input, wherever it comes from: the connection, or what was held. */
void dialog_input(struct smtp_dialog *dialog, const struct chunk *chunk);

/* Adds to what waits for a reply. */
static inline void dialog_await(struct smtp_dialog *dialog, enum waiting_kind kind,
                                enum smtp_verb verb, uint64_t sequence, const struct place *place)
{
    struct waiting *item;

    if (dialog->waiting.count >= LIMIT_OUTSTANDING) {
        dialog_tell_limit(dialog, SMTP_LIMIT_OUTSTANDING, SIDE_CLIENT, place);
        return;
    }
    item = waiting_add(&dialog->waiting);
    if (item == NULL) {
        dialog->status = STATUS_NO_MEMORY;
        return;
    }
    item->kind = kind;
    item->verb = verb;
    item->ends_message = false;
    item->replies_left = 0;
    item->sequence = sequence;
    item->place = *place;
    item->early = NULL;
}

/* Where a capture may begin inside TLS any record may come first. */
enum probe_types probe_types_for(const struct smtp_dialog *dialog, bool is_side_seen);

/* What the probe took was no TLS: it is the beginning of a line. */
void give_probe_back(struct tls_probe *probe, struct line_reader *reader, const struct place *place,
                     enum status *status);

/* dialog_plain.c: read what is plain at the front of `in`, and return how many octets that was; 0
 * where it is not, and nothing was done. */
size_t client_read_plain(struct smtp_dialog *dialog, struct slice in, const struct place *place);
size_t server_read_plain(struct smtp_dialog *dialog, struct slice in, const struct place *place);

/* dialog_client.c */
/* What a command changes in how the octets after it are read. */
void client_follow_command(struct smtp_dialog *dialog, const struct smtp_event *event);
void client_octets(struct smtp_dialog *dialog, const struct chunk *chunk);
void client_gap(struct smtp_dialog *dialog, const struct chunk *chunk);
void client_emit_gap(struct smtp_dialog *dialog, const struct chunk *chunk);
/* What the reading says of the commands in a hole, from where a line begins in it. */
void client_lose_commands(struct smtp_dialog *dialog, unsigned lost, const struct place *place);
/* Reads the client's first word. True where `chunk` is then read on from its beginning; else it was
 * taken. */
bool client_read_beginning(struct smtp_dialog *dialog, const struct chunk *chunk);
/* The octets kept of the client's first word tell nothing more: they are read. */
void client_give_beginning_back(struct smtp_dialog *dialog);
/* False while the client has begun a line. */
bool client_is_between_lines(const struct smtp_dialog *dialog);
/* A reply came and nothing waits: a line that CR alone ends so far is then whole. */
void client_end_line_at_cr(struct smtp_dialog *dialog, const struct place *place);
/* A 354 or 334 answers a command that was not captured: it tells what comes next all the same. */
void client_follow_lost_command(struct smtp_dialog *dialog, unsigned code,
                                const struct place *place);
/* The reply that decides what the held octets are has come, or is lost: then the octets themselves
 * tell, as soon as they do, or as they stand where they must. */
void client_decide(struct smtp_dialog *dialog, enum client_mode mode);
enum decide { DECIDE_IF_TOLD, DECIDE_NOW };
void client_decide_by_octets(struct smtp_dialog *dialog, enum decide when);
void client_finish(struct smtp_dialog *dialog, const struct place *place);

/* dialog_content.c: what is being sent as content, by DATA or as a chunk of BDAT. */
/* DATA's. Sets the mode; where memory ran out, to CLIENT_OPAQUE. */
void client_begin_content(struct smtp_dialog *dialog, const struct place *place);
/* The message is over, or another begins. */
void client_forget_content(struct smtp_dialog *dialog);
/* Frees what waits for the next content. */
void content_reading_clear(struct smtp_shared *shared);
/* Content whose beginning was not captured is being sent. */
void client_begin_inside_content(struct smtp_dialog *dialog, const struct place *place);
/* The octets that a BDAT command announces; false where it is malformed and announces none. */
bool client_begin_chunk(struct smtp_dialog *dialog, struct slice line, const struct place *place);
/* Read what is content at the front of `in`, and return how many octets that was. */
size_t client_read_content(struct smtp_dialog *dialog, struct slice in, const struct place *place);
size_t client_read_chunk(struct smtp_dialog *dialog, struct slice in, const struct place *place);
void client_gap_in_content(struct smtp_dialog *dialog, const struct chunk *chunk);
void client_gap_in_chunk(struct smtp_dialog *dialog, const struct chunk *chunk);
/* The content ends where the scanner stands, `terminator` octets of it being the end of data. */
void client_end_content(struct smtp_dialog *dialog, uint64_t terminator, const struct place *place);
/* The content ends at the look-alike that was found last. */
void client_end_at_lookalike(struct smtp_dialog *dialog, const struct place *place);
/* The connection ended inside the content. */
void client_leave_content(struct smtp_dialog *dialog, const struct place *place);

/* dialog_proxy.c */
/* Nothing of the client was read yet, and the greeting is due. */
bool client_may_be_proxied(const struct smtp_dialog *dialog);
/* Takes a binary header off the front of `in`. False where there is none. */
bool client_take_proxy(struct smtp_dialog *dialog, struct slice *in, const struct place *place);
/* What was taken for the beginning of a header, if anything was, is the client's. */
void client_end_proxy(struct smtp_dialog *dialog, const struct place *place);
/* A reply of this code came: the header that waits got none. */
void server_pass_proxy(struct smtp_dialog *dialog, unsigned code);

/* dialog_server.c */
void server_octets(struct smtp_dialog *dialog, const struct chunk *chunk);
void server_gap(struct smtp_dialog *dialog, const struct chunk *chunk);
void server_finish(struct smtp_dialog *dialog, const struct place *place);
/* The client goes on: a reply that a hole cut ended in that hole. */
void server_end_cut_reply(struct smtp_dialog *dialog);
/* The reply is done with. */
void server_close_reply(struct smtp_dialog *dialog, struct reply_builder *reply);

/* dialog_answer.c */
/* A reply that is whole: tells what it answers, and follows it. */
void server_take_reply(struct smtp_dialog *dialog, struct smtp_event *event);
/* The replies to the `count` oldest are lost in a hole. */
void server_lose_replies(struct smtp_dialog *dialog, size_t count);
/* The reply that came early turns out to answer the end of the content at the queue's head. */
void server_reattribute(struct smtp_dialog *dialog);

/* doubt.c */
void doubt_begin(struct smtp_dialog *dialog, enum doubt_kind kind, uint32_t form);
/* Holds an input while a doubt lasts, and decides when it can. */
void doubt_take(struct smtp_dialog *dialog, const struct chunk *chunk);
/* The same with what is left of a chunk, in which the doubt began. */
void doubt_take_rest(struct smtp_dialog *dialog, const struct chunk *chunk, struct slice rest);
/* Nothing more will come: the likeliest reading stands. */
void doubt_finish(struct smtp_dialog *dialog);
void doubt_free(struct doubt *doubt);

#endif
