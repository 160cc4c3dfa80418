/* Why a refusal came, where its own words, its enhanced code or what the server had offered tell. */
#ifndef SMTPSCOPE_FINDINGS_CAUSE_H
#define SMTPSCOPE_FINDINGS_CAUSE_H

#include "findings/sentence.h"
#include "session/record.h"

/* Adds " (the mailbox is full)", or nothing where the words say it, or the cause is not plain. `reply`
 * is a refusal. Returns the case_text that fits better than what the reply's code says; NULL: none. */
const char *sentence_add_cause(struct sentence *s, const struct session_record *record,
                               const struct entry *reply);

#endif
