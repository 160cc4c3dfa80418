/* What of a session was delivered, in words. */
#ifndef SMTPSCOPE_FINDINGS_DELIVERY_H
#define SMTPSCOPE_FINDINGS_DELIVERY_H

#include "findings/sentence.h"
#include "session/record.h"

/* Adds "2 messages of 65 octets in all to 2 recipients": what was accepted. */
void sentence_add_delivery(struct sentence *s, const struct session_record *record);

#endif
