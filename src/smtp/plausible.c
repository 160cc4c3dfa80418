/* Which codes answer which verb: RFC 5321 4.3.2 and the extensions' RFCs. */
#include "smtp/plausible.h"

static bool is_session_start(enum smtp_verb verb)
{
    /* XCLIENT starts the session anew and is answered by a greeting. */
    return verb == VERB_CONNECT || smtp_verb_starts_tls(verb) || verb == VERB_XCLIENT;
}

/* RFC 3463 3.2: X.1.0 to X.1.8 speak of addresses; servers give 2.1.0 to MAIL, 2.1.5 to RCPT. */
static bool enhanced_fits(enum smtp_verb verb, struct enhanced_code enhanced)
{
    if (enhanced.class != 2 || enhanced.subject != 1)
        return true;
    if (enhanced.detail == 0)
        return verb == VERB_MAIL;
    if (enhanced.detail == 5)
        return verb == VERB_RCPT || verb == VERB_VRFY || verb == VERB_EXPN;
    return true;
}

static bool success_fits(enum smtp_verb verb, unsigned code)
{
    switch (code) {
    case 220:
        return is_session_start(verb);
    case 221:
        return verb == VERB_QUIT;
    case 235:
        return verb == VERB_AUTH;
    case 334:
        return verb == VERB_AUTH;
    case 354:
        return verb == VERB_DATA;
    default:
        break;
    }
    if (verb == VERB_UNKNOWN || verb == VERB_DATA || verb == VERB_QUIT)
        return false;
    return verb != VERB_CONNECT;
}

bool reply_is_plausible(enum smtp_verb verb, unsigned code, struct enhanced_code enhanced)
{
    if (code >= 400 || code < 200)
        return true;
    /* "221 2.7.0 Error: I can break rules, too": Postfix to a line of HTTP or of a header section. */
    if (code == 221 && verb == VERB_UNKNOWN)
        return enhanced.class == 2 && enhanced.subject == 7;
    return success_fits(verb, code) && enhanced_fits(verb, enhanced);
}
