/* The verbs of RFC 5321 and of the extensions in use, with the pseudo verbs of a report. */
#ifndef SMTPSCOPE_SMTP_VERB_H
#define SMTPSCOPE_SMTP_VERB_H

#include <stdbool.h>

#include "base/slice.h"
#include "base/status.h"

enum smtp_verb {
    VERB_NONE,        /* a reply to nothing */
    VERB_CONNECT,     /* what the greeting answers */
    VERB_END_OF_DATA, /* "." */
    VERB_UNKNOWN,     /* "?": a line that is no known command */
    VERB_PROXY,       /* a proxy's header before the client's first line: proxy_header.h */
    VERB_HELO,
    VERB_EHLO,
    VERB_LHLO, /* RFC 2033 */
    VERB_MAIL,
    VERB_RCPT,
    VERB_DATA,
    VERB_BDAT, /* RFC 3030 */
    VERB_BURL, /* RFC 4468 */
    VERB_RSET,
    VERB_NOOP,
    VERB_QUIT,
    VERB_VRFY,
    VERB_EXPN,
    VERB_HELP,
    VERB_SEND, /* SEND, SOML, SAML, TURN: RFC 821, obsolete */
    VERB_SOML,
    VERB_SAML,
    VERB_TURN,
    VERB_ATRN,           /* RFC 2645 */
    VERB_ETRN,           /* RFC 1985 */
    VERB_AUTH,           /* RFC 4954 */
    VERB_STARTTLS,       /* RFC 3207 */
    VERB_X_ANONYMOUSTLS, /* Exchange's STARTTLS without a certificate */
    VERB_XCLIENT,        /* Postfix and others */
    VERB_XFORWARD,
    VERB_COUNT,
};

/* The verb that a command line begins with, in any case of letters; VERB_UNKNOWN for an empty line
 * or no known verb. The verb ends at a space, a colon or the line's end. */
enum smtp_verb smtp_verb_of(struct slice line);

/* Whether a line that begins with `octets` is a known command, LF and CRLF ending it. PARSE_MORE: it
 * may be, and more of it will tell; never of more than SMTP_VERB_TELLS octets. */
enum { SMTP_VERB_TELLS = 15 };
MUST_USE enum parse smtp_verb_begins(struct slice octets);

/* The name as reports show it, e.g. "MAIL", ".", "?", "CONNECT"; "" for VERB_NONE. */
const char *smtp_verb_name(enum smtp_verb verb);

/* STARTTLS or X-ANONYMOUSTLS. */
bool smtp_verb_starts_tls(enum smtp_verb verb);

#endif
