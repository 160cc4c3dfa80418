/* Where in RFC 5321 4.1.4's order of commands a dialogue stands, as the client could know it. */
#ifndef SMTPSCOPE_FINDINGS_SEQUENCE_H
#define SMTPSCOPE_FINDINGS_SEQUENCE_H

#include "findings/look.h"

/* What is certain of a thing that a hole in the capture may hide. */
enum certainty {
    CERTAINLY_NOT,
    PERHAPS,
    CERTAINLY,
};

struct sequence {
    enum certainty greeted;     /* EHLO, HELO or LHLO was said */
    enum certainty transaction; /* a MAIL was accepted and its transaction is open */
    uint32_t mail;              /* n of the last MAIL since it was last closed; 0: none */
    uint32_t hello;             /* n of the last EHLO, HELO or LHLO; 0: none */
    uint32_t accepted;          /* RCPTs of it */
    uint32_t refused;
    uint32_t undecided;
    uint32_t last_rcpt;     /* n; 0: none */
    enum smtp_verb content; /* BDAT once a chunk was sent; else VERB_NONE */
};

struct sequence sequence_of(const struct session_record *record);

/* Carries the state over one entry. */
void sequence_step(struct sequence *sequence, const struct session_record *record,
                   const struct entry *entry);

/* The command comes in its turn: MAIL after a greeting and outside a transaction, RCPT inside one, and
 * DATA or BDAT once, with a recipient. Of other commands, and of what is not certain, nothing is said. */
static inline bool sequence_is_kept(const struct sequence *sequence, enum smtp_verb verb)
{
    if (verb == VERB_RCPT)
        return sequence->transaction == CERTAINLY;
    if (verb == VERB_DATA || verb == VERB_BDAT)
        return sequence->accepted > 0 && sequence->content == VERB_NONE;
    return verb_opens_transaction(verb) && sequence->greeted == CERTAINLY &&
           sequence->transaction == CERTAINLY_NOT;
}

/* The reply to entry `n` was captured before `entry` was sent: the client could know it. Also true
 * for n of 0. */
bool sequence_knew(const struct session_record *record, uint32_t n, const struct entry *entry);

#endif
