/* What an ICMP unreachable says, in words, for finding and diagnosis. */
#ifndef SMTPSCOPE_FINDINGS_ICMP_WORDS_H
#define SMTPSCOPE_FINDINGS_ICMP_WORDS_H

#include "findings/sentence.h"
#include "session/record.h"

/* What refused the handshake: "an ICMP error, host unreachable, from 192.0.2.1", "an ICMPv6 error,
 * port unreachable, of the server itself". */
void sentence_add_icmp(struct sentence *s, const struct session_record *record);

#endif
