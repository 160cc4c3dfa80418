/* What somebody does to STARTTLS between client and server: the diagnosis says so, whatever else came
 * of the session. */
#ifndef SMTPSCOPE_FINDINGS_TAMPERING_H
#define SMTPSCOPE_FINDINGS_TAMPERING_H

#include "findings/finding.h"
#include "findings/sentence.h"

/* Adds "; something on the way hides STARTTLS" and the like, by the gravest of the findings that say
 * so, and returns that; NULL, and nothing added: none does. */
const struct finding *sentence_add_tampering(struct sentence *s, const struct findings *findings);

#endif
