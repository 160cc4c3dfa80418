/* How a TLS handshake failed, in words, for finding and diagnosis. */
#ifndef SMTPSCOPE_FINDINGS_TLS_WORDS_H
#define SMTPSCOPE_FINDINGS_TLS_WORDS_H

#include "findings/sentence.h"
#include "session/record.h"

/* "client sent alert unknown_ca", "the server never answered the ClientHello". */
void sentence_add_tls_failure(struct sentence *s, const struct session_record *record);

/* "closed by the client", "reset by the server", "fell silent". */
const char *record_closer(const struct session_record *record);

/* A handshake was begun and did not come to its end; a side that never spoke TLS at all is another
 * matter. */
bool record_failed_tls(const struct session_record *record);

#endif
