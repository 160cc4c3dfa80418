/* What commands and their replies change in what is known of greeting, EHLO and AUTH. A command takes
 * effect when its reply comes, so that pipelining changes nothing. */
#include "base/limits.h"
#include "base/mem.h"
#include "session/session_state.h"

enum stage session_stage_of(enum smtp_verb verb)
{
    switch (verb) {
    case VERB_HELO:
    case VERB_EHLO:
    case VERB_LHLO:
        return STAGE_EHLO;
    case VERB_STARTTLS:
    case VERB_X_ANONYMOUSTLS:
        return STAGE_TLS;
    case VERB_AUTH:
        return STAGE_AUTH;
    case VERB_MAIL:
    case VERB_SEND:
    case VERB_SOML:
    case VERB_SAML:
        return STAGE_MAIL;
    case VERB_RCPT:
        return STAGE_RCPT;
    case VERB_DATA:
    case VERB_BDAT:
    case VERB_BURL:
    case VERB_END_OF_DATA:
        return STAGE_DATA;
    case VERB_QUIT:
        return STAGE_QUIT;
    case VERB_CONNECT:
        return STAGE_GREETING;
    case VERB_NONE:
    case VERB_UNKNOWN:
    case VERB_RSET:
    case VERB_NOOP:
    case VERB_VRFY:
    case VERB_EXPN:
    case VERB_HELP:
    case VERB_TURN:
    case VERB_ATRN:
    case VERB_ETRN:
    case VERB_XCLIENT:
    case VERB_XFORWARD:
    case VERB_PROXY:
    case VERB_COUNT:
        break;
    }
    return STAGE_CONNECT;
}

void session_begin_auth(struct session *session, const struct smtp_event *event, uint32_t n)
{
    struct auth_attempt *attempt;

    if (session->auth_count == LIMIT_AUTH_ATTEMPTS) {
        session->limits |= SMTP_LIMIT_TEXT;
        return;
    }
    if (session->auth_count == session->auth_room) {
        size_t room = session->auth_room == 0 ? 2 : session->auth_room * 2;
        struct auth_attempt *auth = mem_realloc(session->auth, room * sizeof(*auth));

        if (auth == NULL) {
            session->status = STATUS_NO_MEMORY;
            return;
        }
        session->auth = auth;
        session->auth_room = (uint32_t)room;
    }
    attempt = &session->auth[session->auth_count++];
    *attempt = (struct auth_attempt){
        .mechanism = session_keep(session, event->command.mechanism),
        .user = session_keep(session, event->command.identity),
        .result = AUTH_INCOMPLETE,
        .command = n,
    };
    session->auth_cancelled = false;
}

void session_go_on_with_auth(struct session *session, const struct smtp_event *event)
{
    if (session->auth_count == 0)
        return;
    if (event->command.identity.len > 0)
        session->auth[session->auth_count - 1].user =
            session_keep(session, event->command.identity);
    if (slice_equal(event->command.line, slice_of_string("*")))
        session->auth_cancelled = true;
}

/* RFC 5321 4.3.1: the domain comes first in a greeting, its software somewhere after. */
void session_take_greeting(struct session *session, const struct answer *reply)
{
    session->greeting = reply->n;
    if (reply->code >= 400)
        session->refused_greeting = reply->n;
    for (size_t i = 0; i < reply->line_count; i++) {
        if (reply->code == 220 &&
            slice_find_nocase(reply->lines[i], slice_of_string("SMTP")) != SLICE_NONE)
            session->speaks_smtp = true;
        if (session->server_software.len == 0)
            session->server_software = session_keep(session, software_in(reply->lines[i]));
    }
}

static struct slice argument_of(struct slice line)
{
    struct slice rest = line;

    (void)slice_next_word(&rest);
    return slice_trim(rest);
}

static void take_ehlo(struct session *session, const struct pending *command,
                      const struct answer *reply)
{
    struct ehlo *ehlo = &session->ehlo;

    if (reply->code / 100 != 2) {
        session->refused_ehlo = reply->n;
        return;
    }
    session->refused_ehlo = 0;
    session->speaks_smtp = session->speaks_smtp || reply->code == 250;
    *ehlo = (struct ehlo){
        .verb = command->verb,
        .name = argument_of(command->line.text),
        .reply = reply->n,
    };
    /* RFC 5321 4.1.1.1: the first line is the greeting, the others a keyword each. */
    if (command->verb != VERB_HELO && reply->line_count > 1) {
        ehlo->extensions = reply->lines + 1;
        ehlo->extension_count = (uint32_t)reply->line_count - 1;
    }
}

static void take_auth_reply(struct session *session, const struct answer *reply)
{
    struct auth_attempt *attempt;

    if (session->auth_count == 0)
        return;
    attempt = &session->auth[session->auth_count - 1];
    attempt->code = (uint16_t)reply->code;
    attempt->enhanced = reply->enhanced;
    attempt->reply = reply->n;
    if (reply->code == 334)
        return;
    if (reply->code / 100 == 2) {
        attempt->result = AUTH_SUCCESS;
        session->refused_auth = 0;
    } else {
        attempt->result = session->auth_cancelled ? AUTH_CANCELLED : AUTH_FAILURE;
        session->refused_auth = attempt->reply;
    }
}

/* What a reply changes, now that it is known what it answers. */
void session_take_effect(struct session *session, const struct pending *command,
                         const struct answer *answer)
{
    if (answer->place != NULL) {
        if (session_stage_of(command->verb) == STAGE_EHLO)
            take_ehlo(session, command, answer);
        else if (command->verb == VERB_AUTH)
            take_auth_reply(session, answer);
        else if (smtp_verb_starts_tls(command->verb) && answer->code == 220)
            session->starttls_accepted = true;
        else if (smtp_verb_starts_tls(command->verb))
            session->refused_starttls = answer->n;
    }
    transaction_command(session, command, answer);
}
