/* Mail transactions (RFC 5321 3.3): MAIL opens one, the reply to its content, RSET, HELO or EHLO
 * ends it. Commands come here in order, each with its answer. */
#include "base/limits.h"
#include "base/mem.h"
#include "session/path.h"
#include "session/session_state.h"

static struct message *newest(struct session *session)
{
    return session->message_count == 0 ? NULL : &session->messages[session->message_count - 1];
}

static struct message *open_message(struct session *session)
{
    return session->is_open ? newest(session) : NULL;
}

/* Closes the open transaction, if there is one. */
static void close_transaction(struct session *session)
{
    struct message *message = open_message(session);

    session->is_open = false;
    session->mail_was_refused = false;
    if (message == NULL)
        return;
    if (message->via == VERB_NONE || message->verdict == VERDICT_UNKNOWN)
        message->is_taken_back = message->via == VERB_NONE || message->via == VERB_BDAT;
}

static struct message *begin_message(struct session *session, const struct place *place)
{
    struct message *message;

    close_transaction(session);
    message = messages_add(session);
    if (message == NULL)
        return NULL;
    message->began = *place;
    message->ended = *place;
    session->is_open = true;
    return message;
}

static enum verdict verdict_of(unsigned code)
{
    if (code / 100 == 2)
        return VERDICT_ACCEPTED;
    return code >= 400 && code <= 599 ? VERDICT_REFUSED : VERDICT_UNKNOWN;
}

static void refuse(struct message *message, enum stage stage, const struct answer *answer)
{
    message->verdict = VERDICT_REFUSED;
    message->refused_at = stage;
    message->refusal_code = (uint16_t)answer->code;
    message->end_reply = answer->n;
    message->ended = *answer->place;
}

static struct slice address_of(const struct pending *command)
{
    const struct path_span *span = &command->line.address;

    return slice_part(command->line.text, span->begin, span->end - span->begin);
}

static struct parameters keep_parameters(struct session *session, const struct pending *command)
{
    struct slice text = path_parameters_behind(command->line.text, command->line.address);
    struct parameter *list;
    size_t count;

    if (text.len == 0)
        return (struct parameters){ 0 };
    count = path_parameter_count(text);
    list = arena_alloc(&session->arena, count * sizeof(*list));
    if (list == NULL) {
        session->status = STATUS_NO_MEMORY;
        return (struct parameters){ 0 };
    }
    path_parameters(text, list, count);
    return (struct parameters){ .list = list, .count = (uint32_t)count };
}

static void take_mail(struct session *session, const struct pending *command,
                      const struct answer *answer)
{
    enum verdict verdict = verdict_of(answer->code);
    struct message *message;

    /* A nested MAIL that is refused leaves the transaction as it is. */
    if (verdict == VERDICT_REFUSED && session->is_open)
        return;
    message = begin_message(session, &command->place);
    if (message == NULL)
        return;
    message->has_from = true;
    message->from = address_of(command);
    message->params = keep_parameters(session, command);
    message->mail = command->n;
    message->mail_verdict = verdict;
    session->refused_stray = 0;
    message->ended = answer->code == 0 ? command->place : *answer->place;
    if (verdict == VERDICT_REFUSED) {
        refuse(message, STAGE_MAIL, answer);
        session->is_open = false;
        session->mail_was_refused = true;
    }
}

/* A command that belongs to a transaction, where there is none. */
static void take_stray(struct session *session, enum stage stage, const struct answer *answer)
{
    if (verdict_of(answer->code) != VERDICT_REFUSED)
        return;
    session->refused_stray = answer->n;
    session->refused_stray_at = stage;
}

static void take_rcpt(struct session *session, const struct pending *command,
                      const struct answer *answer)
{
    enum verdict verdict = verdict_of(answer->code);
    struct message *message = open_message(session);
    struct recipient *recipient;

    /* An accepted RCPT proves a transaction whose MAIL was not captured; the RCPTs that a client
     * had pipelined behind a refused MAIL belong to that. */
    if (message == NULL && session->mail_was_refused)
        message = newest(session);
    if (message == NULL && verdict == VERDICT_ACCEPTED)
        message = begin_message(session, &command->place);
    if (message == NULL) {
        take_stray(session, STAGE_RCPT, answer);
        return;
    }
    recipient = messages_add_recipient(session, message);
    if (recipient == NULL)
        return;
    *recipient = (struct recipient){
        .address = address_of(command),
        .params = keep_parameters(session, command),
        .command = command->n,
        .reply = answer->n,
        .code = (uint16_t)answer->code,
        .enhanced = answer->enhanced,
        .verdict = verdict,
    };
    message->ended = answer->code == 0 ? command->place : *answer->place;
}

static void take_data(struct session *session, const struct pending *command,
                      const struct answer *answer)
{
    struct message *message = open_message(session);

    if (verdict_of(answer->code) == VERDICT_REFUSED) {
        if (message != NULL)
            refuse(message, STAGE_DATA, answer);
        else
            take_stray(session, STAGE_DATA, answer);
        return;
    }
    if (message == NULL && answer->code == 354)
        message = begin_message(session, &command->place);
    if (message == NULL)
        return;
    if (answer->code == 354) {
        message->via = VERB_DATA;
        message->verdict = VERDICT_UNKNOWN;
        message->refusal_code = 0;
        message->end_reply = 0;
    }
    message->begin = command->n;
}

/* LMTP answers the end of data for each accepted recipient in turn (RFC 2033 4.2). */
static void answer_recipient(struct session *session, const struct message *message,
                             const struct answer *answer)
{
    uint32_t i = session->next_recipient;

    while (i < message->recipient_count && message->recipients[i].verdict != VERDICT_ACCEPTED)
        i++;
    session->next_recipient = i + 1;
    if (i >= message->recipient_count || verdict_of(answer->code) != VERDICT_REFUSED)
        return;
    message->recipients[i].verdict = VERDICT_REFUSED;
    message->recipients[i].code = (uint16_t)answer->code;
    message->recipients[i].enhanced = answer->enhanced;
    message->recipients[i].reply = answer->n;
}

/* RFC 3030 4.2: once a chunk was refused, the next ones are answered 503; why stands in the first
 * refusal. */
static bool follows_refused_chunk(const struct message *message, const struct answer *answer)
{
    return message->via == VERB_BDAT && message->verdict == VERDICT_REFUSED && answer->code == 503;
}

static void take_kept(struct message *message, const struct kept_content *kept)
{
    message->lost_octets += kept->lost_octets;
    for (unsigned i = 0; i < HEADER_FIELD_COUNT; i++)
        if (kept->headers[i].len > 0)
            message->headers[i] = kept->headers[i];
}

static void take_content(struct session *session, const struct pending *content,
                         const struct answer *answer)
{
    enum verdict verdict = verdict_of(answer->code);
    bool is_chunk = content->verb == VERB_BDAT;
    struct message *message = open_message(session);
    bool is_consequence = message != NULL && follows_refused_chunk(message, answer);

    /* So do the chunks that a client had pipelined behind a refused MAIL. */
    if (message == NULL && is_chunk && session->mail_was_refused)
        message = newest(session);
    if (message == NULL && is_chunk && verdict == VERDICT_REFUSED) {
        take_stray(session, STAGE_DATA, answer);
        return;
    }
    if (message == NULL)
        message = begin_message(session, &content->place);
    if (message == NULL)
        return;
    if (content->content.note != NULL)
        content->content.note->message = session->message_count - 1;
    message->via = is_chunk ? VERB_BDAT : VERB_DATA;
    message->octets += content->content.octets;
    message->is_doubtful = message->is_doubtful || content->is_doubtful;
    message->ended = answer->code == 0 ? content->place : *answer->place;
    if (content->content.kept != NULL)
        take_kept(message, content->content.kept);
    message->message_id = path_message_id(message->headers[HEADER_MESSAGE_ID]);
    if (verdict == VERDICT_REFUSED && message->mail_verdict != VERDICT_REFUSED && !is_consequence)
        refuse(message, STAGE_DATA, answer);
    if (!content->is_last)
        return;
    message->is_complete = content->is_complete;
    session->is_open = false;
    session->mail_was_refused = false;
    /* A server that closes after it refused a chunk leaves the next ones without a reply. */
    if (answer->code == 0 && message->verdict == VERDICT_REFUSED)
        return;
    message->code = (uint16_t)answer->code;
    message->enhanced = answer->enhanced;
    if (message->mail_verdict == VERDICT_REFUSED || is_consequence)
        return;
    message->verdict = verdict;
    message->end_reply = answer->n;
    if (verdict == VERDICT_ACCEPTED) {
        message->refusal_code = 0;
        message->queue_id = session_keep(session, queue_id_in(answer_text(answer)));
    }
    session->next_recipient = 0;
    if (session->ehlo.verb == VERB_LHLO)
        answer_recipient(session, message, answer);
}

void transaction_further_reply(struct session *session, const struct answer *answer)
{
    struct message *message = newest(session);

    if (message == NULL)
        return;
    message->ended = *answer->place;
    answer_recipient(session, message, answer);
    /* One recipient's acceptance is the message's. */
    if (verdict_of(answer->code) != VERDICT_ACCEPTED || message->verdict == VERDICT_ACCEPTED)
        return;
    message->verdict = VERDICT_ACCEPTED;
    message->refusal_code = 0;
    message->code = (uint16_t)answer->code;
    message->enhanced = answer->enhanced;
    message->end_reply = answer->n;
    message->queue_id = session_keep(session, queue_id_in(answer_text(answer)));
}

/* A BDAT that is none has no content, and changes nothing of the message; but where nothing follows
 * it, its refusal is why no content came. */
static void take_bad_bdat(struct session *session, const struct answer *answer)
{
    if (open_message(session) != NULL && verdict_of(answer->code) == VERDICT_REFUSED)
        session->refused_bdat = answer->n;
}

static bool is_last_burl(struct slice line)
{
    struct slice rest = line;
    struct slice word = slice_next_word(&rest);

    while (rest.len > 0)
        word = slice_next_word(&rest);
    return slice_equal_nocase(word, slice_of_string("LAST"));
}

/* RFC 4468: content by reference; with LAST its reply is the message's. */
static void take_burl(struct session *session, const struct pending *command,
                      const struct answer *answer)
{
    struct message *message = open_message(session);
    enum verdict verdict = verdict_of(answer->code);

    if (message == NULL)
        return;
    message->via = VERB_BURL;
    message->begin = message->begin == 0 ? command->n : message->begin;
    message->ended = answer->code == 0 ? command->place : *answer->place;
    if (verdict == VERDICT_REFUSED)
        refuse(message, STAGE_DATA, answer);
    if (!is_last_burl(command->line.text))
        return;
    message->code = (uint16_t)answer->code;
    message->enhanced = answer->enhanced;
    message->verdict = verdict;
    message->end_reply = answer->n;
    message->is_complete = true;
    if (verdict == VERDICT_ACCEPTED)
        message->queue_id = session_keep(session, queue_id_in(answer_text(answer)));
    session->is_open = false;
}

void transaction_command(struct session *session, const struct pending *command,
                         const struct answer *answer)
{
    switch (command->verb) {
    case VERB_MAIL:
    case VERB_SEND:
    case VERB_SOML:
    case VERB_SAML:
        take_mail(session, command, answer);
        break;
    case VERB_RCPT:
        take_rcpt(session, command, answer);
        break;
    case VERB_DATA:
        take_data(session, command, answer);
        break;
    case VERB_END_OF_DATA:
        take_content(session, command, answer);
        break;
    case VERB_BDAT:
        if (command->is_content)
            take_content(session, command, answer);
        else
            take_bad_bdat(session, answer);
        break;
    case VERB_BURL:
        take_burl(session, command, answer);
        break;
    case VERB_RSET:
    case VERB_HELO:
    case VERB_EHLO:
    case VERB_LHLO:
    case VERB_STARTTLS:
    case VERB_X_ANONYMOUSTLS:
        if (answer->code / 100 == 2)
            close_transaction(session);
        break;
    case VERB_QUIT:
        close_transaction(session);
        break;
    case VERB_NONE:
    case VERB_CONNECT:
    case VERB_UNKNOWN:
    case VERB_NOOP:
    case VERB_VRFY:
    case VERB_EXPN:
    case VERB_HELP:
    case VERB_TURN:
    case VERB_ATRN:
    case VERB_ETRN:
    case VERB_AUTH:
    case VERB_XCLIENT:
    case VERB_XFORWARD:
    case VERB_PROXY:
    case VERB_COUNT:
        break;
    }
}

static bool every_recipient_refused(const struct message *message)
{
    for (uint32_t i = 0; i < message->recipient_count; i++) {
        if (message->recipients[i].verdict != VERDICT_REFUSED)
            return false;
    }
    return message->recipient_count > 0;
}

enum stage transaction_recipient_stage(const struct session_record *record,
                                       const struct recipient *recipient)
{
    const struct entry *reply = record_entry(record, recipient->reply);

    return reply == NULL || reply->verb == VERB_RCPT ? STAGE_RCPT : STAGE_DATA;
}

/* Refused RCPTs outrank the 503 or 554 to the DATA that follows them. */
static void blame_recipients(const struct session_record *record, struct message *message)
{
    const struct recipient *worst = &message->recipients[0];

    for (uint32_t i = 0; i < message->recipient_count; i++) {
        if (message->recipients[i].code / 100 > worst->code / 100)
            worst = &message->recipients[i];
    }
    message->verdict = VERDICT_REFUSED;
    message->refused_at = transaction_recipient_stage(record, worst);
    message->refusal_code = worst->code;
    message->end_reply = worst->reply;
}

/* A content that the server ended at a look-alike goes on for a strict reader, up to the next that
 * ended as it should. The messages behind it are counted with it. */
static void take_readings(struct session *session)
{
    const struct session_record *record = &session->closing->record;
    struct message *first = NULL; /* of the content that goes on */

    if ((record->marks & MARK_LOOKALIKE) == 0)
        return;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];
        bool goes_on = (entry->marks & MARK_FORCED_END) != 0;

        if (entry->kind != ENTRY_DATA || entry->verb != VERB_DATA || entry->data.facts == NULL ||
            entry->data.message >= record->message_count)
            continue;
        if (first == NULL && (goes_on || entry->data.facts->lookalikes.count > 0))
            first = &session->messages[entry->data.message];
        if (first == NULL)
            continue;
        first->readings.lenient += 1 + entry->data.facts->smuggled;
        first->readings.strict = goes_on || !entry->data.is_complete ? 0 : 1;
        if (!goes_on)
            first = NULL;
    }
}

void transaction_finish(struct session *session)
{
    take_readings(session);
    for (uint32_t i = 0; i < session->message_count; i++) {
        struct message *message = &session->messages[i];

        if (message->verdict != VERDICT_ACCEPTED && message->mail_verdict != VERDICT_REFUSED &&
            every_recipient_refused(message))
            blame_recipients(&session->closing->record, message);
    }
}
