/* The SMTP dialogue of one connection: octets of both sides in, commands, replies and content out,
 * each reply with what it answers (RFC 5321, RFC 2920). */
#ifndef SMTPSCOPE_SMTP_DIALOG_H
#define SMTPSCOPE_SMTP_DIALOG_H

#include "base/chunk.h"
#include "smtp/event.h"

struct smtp_dialog;
struct reply_builder;
struct content_reading;

/* What dialogues that are fed in turn need one after the other, and so need not have each. Zeroed at
 * first. */
struct smtp_shared {
    struct reply_builder *reply;     /* idle, or NULL */
    struct content_reading *content; /* a list of idle ones */
    unsigned content_count;
};

/* When the last of the dialogues is gone. */
void smtp_shared_clear(struct smtp_shared *shared);

struct smtp_dialog_options {
    struct smtp_shared *shared; /* outlives the dialogue; NULL: it has all for itself */
    bool shows_secrets;         /* credentials are handed on as they were sent */
    bool is_midstream;          /* the capture began after the connection: no greeting is owed */
};

/* A dialogue that tells `sink` what it reads. The caller frees it with smtp_dialog_free, NULL or not
 * whole where memory ran out. */
MUST_USE enum status smtp_dialog_new(struct smtp_dialog **out,
                                     const struct smtp_dialog_options *options,
                                     const struct smtp_event_sink *sink);
void smtp_dialog_free(struct smtp_dialog *dialog);

/* The same in memory of the caller's, which must have SMTP_DIALOG_OCTETS and be aligned for any
 * object; smtp_dialog_clear then frees what the dialogue holds beside it. To be cleared even where
 * memory ran out. */
enum { SMTP_DIALOG_OCTETS = 320 };

/* Octets at its beginning that are all a line needs of it, nearly always; of most only two thirds. */
enum { SMTP_DIALOG_HOT = 192 };
MUST_USE enum status smtp_dialog_init(struct smtp_dialog *dialog,
                                      const struct smtp_dialog_options *options,
                                      const struct smtp_event_sink *sink);
void smtp_dialog_clear(struct smtp_dialog *dialog);

/* The next octets of one side, or a hole in them (chunk->missing). The two sides' chunks must come
 * in the order of cause and effect: a reply after the command it answers. Once a side has turned to
 * TLS its octets are handed on as SMTP_EVENT_OPAQUE. */
MUST_USE enum status smtp_dialog_feed(struct smtp_dialog *dialog, const struct chunk *chunk);

/* Has what the next octets touch beside the dialogue fetched, when SMTP_DIALOG_HOT of it are there:
 * what they may answer, and what reading content takes. */
void smtp_dialog_fetch(const struct smtp_dialog *dialog);

/* The connection is over: what is left unfinished is told as it stands. */
MUST_USE enum status smtp_dialog_finish(struct smtp_dialog *dialog, const struct place *place);

#endif
