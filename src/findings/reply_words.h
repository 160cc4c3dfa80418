/* What a reply says and what it answers, for the diagnosis. */
#ifndef SMTPSCOPE_FINDINGS_REPLY_WORDS_H
#define SMTPSCOPE_FINDINGS_REPLY_WORDS_H

#include "findings/sentence.h"
#include "session/record.h"

/* A reply's code and words: its lines joined, the enhanced code said once. */
void sentence_add_reply(struct sentence *s, const struct entry *reply);

/* "RCPT TO <x@example>", "the end of the message", "AUTH". */
void sentence_add_answered(struct sentence *s, const struct session_record *record,
                           const struct entry *reply);

#endif
