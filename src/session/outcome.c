/* What became of the session: the first that fits of the contract's table, and where that was
 * decided. */
#include "session/session_state.h"

/* The addresses compare without regard to case in the domain only (RFC 5321 2.4); here a retry is
 * told, so that a difference in case is none. */
static bool accepts(const struct message *message, struct slice address)
{
    for (uint32_t i = 0; i < message->recipient_count; i++) {
        if (message->recipients[i].verdict == VERDICT_ACCEPTED &&
            slice_equal_nocase(message->recipients[i].address, address))
            return true;
    }
    return false;
}

/* A refusal counts no longer once a later message got through to the same recipient. */
static bool recipient_overcome(const struct session_record *record, uint32_t message,
                               struct slice address)
{
    for (uint32_t i = message; i < record->message_count; i++) {
        if (record->messages[i].verdict == VERDICT_ACCEPTED &&
            accepts(&record->messages[i], address))
            return true;
    }
    return false;
}

static bool message_overcome(const struct session_record *record, uint32_t index)
{
    const struct message *message = &record->messages[index];
    bool has_named_all = message->recipient_count > 0;

    for (uint32_t i = 0; i < message->recipient_count; i++) {
        if (!recipient_overcome(record, index + 1, message->recipients[i].address))
            has_named_all = false;
    }
    if (message->recipient_count > 0)
        return has_named_all;
    for (uint32_t i = index + 1; i < record->message_count; i++) {
        const struct message *later = &record->messages[i];

        if (!slice_equal(later->from, message->from))
            continue;
        if (later->verdict == VERDICT_ACCEPTED ||
            (message->refused_at == STAGE_MAIL && later->mail_verdict == VERDICT_ACCEPTED))
            return true;
    }
    return false;
}

/* What the messages of a session come to. */
struct balance {
    uint32_t accepted;
    uint32_t unknown;   /* neither accepted, refused nor taken back */
    uint32_t permanent; /* n of the first 5xx that counts */
    uint32_t transient; /* n of the first 4xx that counts */
    bool has_permanent;
    bool has_transient;
    enum stage permanent_stage;
    enum stage transient_stage;
    bool unknown_is_doubtful;
};

static void note_refusal(struct balance *balance, unsigned code, uint32_t n, enum stage stage)
{
    if (code >= 500 && !balance->has_permanent) {
        balance->has_permanent = true;
        balance->permanent = n;
        balance->permanent_stage = stage;
    } else if (code < 500 && !balance->has_transient) {
        balance->has_transient = true;
        balance->transient = n;
        balance->transient_stage = stage;
    }
}

/* Recipients of an accepted message whose answers the capture lacks and who may have been refused.
 * A message is accepted for somebody (RFC 5321 3.3), so that the only one left was accepted. */
static uint32_t recipients_in_doubt(const struct message *message)
{
    uint32_t accepted = 0;
    uint32_t unseen = 0;

    for (uint32_t i = 0; i < message->recipient_count; i++) {
        accepted += message->recipients[i].verdict == VERDICT_ACCEPTED;
        unseen += message->recipients[i].reply == 0;
    }
    return accepted == 0 && unseen == 1 ? 0 : unseen;
}

static void weigh_recipients(struct balance *balance, const struct session_record *record,
                             uint32_t index)
{
    const struct message *message = &record->messages[index];

    for (uint32_t i = 0; i < message->recipient_count; i++) {
        const struct recipient *recipient = &message->recipients[i];

        if (recipient->verdict == VERDICT_REFUSED &&
            !recipient_overcome(record, index, recipient->address))
            note_refusal(balance, recipient->code, recipient->reply,
                         transaction_recipient_stage(record, recipient));
    }
    /* The reply that says whether everybody gets the message may lie in a hole. */
    if (record->has_gap)
        balance->unknown += recipients_in_doubt(message);
}

static struct balance weigh_messages(const struct session_record *record)
{
    struct balance balance = { 0 };

    for (uint32_t i = 0; i < record->message_count; i++) {
        const struct message *message = &record->messages[i];

        if (message->verdict == VERDICT_ACCEPTED) {
            balance.accepted++;
            weigh_recipients(&balance, record, i);
        } else if (message->verdict == VERDICT_REFUSED) {
            if (!message_overcome(record, i))
                note_refusal(&balance, message->refusal_code, message->end_reply,
                             message->refused_at);
        } else if (!message->is_taken_back) {
            balance.unknown++;
            balance.unknown_is_doubtful = balance.unknown_is_doubtful || message->is_doubtful;
        }
    }
    return balance;
}

static void decide(struct session *session, enum outcome outcome, enum stage stage, uint32_t n)
{
    session->closing->record.outcome = outcome;
    session->closing->record.stage = stage;
    session->closing->record.deciding = n;
}

/* Octets of the dialogue itself are missing, so that what is not there may have been. */
static bool is_hearing_partial(const struct session_record *record)
{
    return record->has_gap || record->is_client_unseen || record->is_server_unseen ||
           record->tcp->is_snapped || record->tcp->handshake == TCP_HANDSHAKE_MIDSTREAM ||
           record->tcp->limit_reached;
}

static bool is_cut_off(const struct session_record *record)
{
    return record->tcp->close == TCP_CLOSE_OPEN || record->tcp->close == TCP_CLOSE_EVICTED;
}

/* The newest end of data that was accepted. */
static uint32_t last_acceptance(const struct session_record *record)
{
    for (uint32_t i = record->message_count; i > 0; i--) {
        if (record->messages[i - 1].verdict == VERDICT_ACCEPTED)
            return record->messages[i - 1].end_reply;
    }
    return 0;
}

static void decide_with_mail(struct session *session, const struct balance *balance)
{
    const struct session_record *record = &session->closing->record;

    if (balance->has_permanent)
        decide(session, OUTCOME_PARTIAL, balance->permanent_stage, balance->permanent);
    else if (balance->has_transient)
        decide(session, OUTCOME_PARTIAL, balance->transient_stage, balance->transient);
    else if (balance->unknown > 0 || record->ends_in_content)
        decide(session, OUTCOME_PARTIAL,
               session->furthest == STAGE_QUIT ? STAGE_DATA : session->furthest, 0);
    else
        decide(session, OUTCOME_DELIVERED, STAGE_DATA, last_acceptance(record));
}

/* A refusal outside any transaction that nothing overcame. */
static bool decide_by_refusal(struct session *session, const struct balance *balance)
{
    const struct {
        uint32_t n;
        enum stage stage;
    } others[] = {
        { session->refused_bdat, STAGE_DATA },
        { session->refused_greeting, STAGE_GREETING },
        { session->refused_auth, STAGE_AUTH },
        { session->refused_starttls, STAGE_TLS },
        { session->refused_ehlo, STAGE_EHLO },
        { session->refused_stray, session->refused_stray_at },
    };

    if (balance->has_permanent) {
        decide(session, OUTCOME_REJECTED, balance->permanent_stage, balance->permanent);
        return true;
    }
    if (balance->has_transient) {
        decide(session, OUTCOME_DEFERRED, balance->transient_stage, balance->transient);
        return true;
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        const struct entry *reply = record_entry(&session->closing->record, others[i].n);

        if (reply == NULL)
            continue;
        decide(session, reply->reply.code >= 500 ? OUTCOME_REJECTED : OUTCOME_DEFERRED,
               others[i].stage, others[i].n);
        return true;
    }
    return false;
}

/* The server gave up, as it may at any time (RFC 5321 3.8). A 421 to a client that has closed
 * already, as Exim sends it, ends nothing. */
static bool is_ended_by_421(const struct session *session)
{
    const struct tcp_summary *tcp = session->closing->record.tcp;

    if (!session->last_was_421)
        return false;
    return tcp->closed_by != TCP_CLOSED_BY_CLIENT ||
           stamp_between(tcp->first_close.at, session->said_421.at) < 0;
}

/* What was said last, replies aside, got no reply. Replies answer in order, so that one that was
 * answered has nothing unanswered before it. */
static bool has_unanswered(const struct session *session)
{
    const struct session_record *record = &session->closing->record;

    /* What was said last is not among the entries. */
    if (record->entries_dropped > 0)
        return session->ends_unanswered;
    for (uint32_t i = record->entry_count; i > 0; i--) {
        const struct entry *entry = &record->entries[i - 1];

        if (entry->kind == ENTRY_DATA)
            return entry->data.answered_by == 0;
        /* A BDAT is answered where its octets are. */
        if ((entry->kind == ENTRY_COMMAND || entry->kind == ENTRY_SASL) &&
            entry->verb != VERB_QUIT && entry->verb != VERB_BDAT && entry->verb != VERB_PROXY)
            return entry->command.answered_by == 0;
    }
    return false;
}

/* A challenge was the last that AUTH got (RFC 4954 4), and the client said no more. */
static bool is_in_sasl(const struct session_record *record)
{
    const struct auth_attempt *last;

    if (record->auth_count == 0)
        return false;
    last = &record->auth[record->auth_count - 1];
    return last->result == AUTH_INCOMPLETE && last->code == 334;
}

/* The last that was said is that TLS may begin: it never did. */
static bool is_before_handshake(const struct session_record *record)
{
    const struct entry *last = record_entry(record, record->entry_count);

    return last != NULL && last->kind == ENTRY_REPLY && last->reply.code == 220 &&
           smtp_verb_starts_tls(last->verb);
}

/* Something was begun and neither side brought it to an end. */
static bool is_in_the_middle(const struct session *session, const struct balance *balance)
{
    const struct session_record *record = &session->closing->record;

    if (record->tls.mode != TLS_NONE)
        return record->tls.handshake != TLS_HANDSHAKE_COMPLETE;
    if (record->greeting == 0 && record->tcp->handshake != TCP_HANDSHAKE_MIDSTREAM)
        return true;
    if (record->ends_in_content || is_ended_by_421(session) || is_before_handshake(record))
        return true;
    return has_unanswered(session) || is_in_sasl(record) ||
           (balance->unknown > 0 && !record->quit_sent);
}

/* The reply or entry that shows how far an unfinished session came. */
static uint32_t last_of_server(const struct session_record *record)
{
    for (uint32_t i = record->entry_count; i > 0; i--) {
        if (record->entries[i - 1].kind == ENTRY_REPLY)
            return i;
    }
    return 0;
}

static void decide_without_mail(struct session *session, const struct balance *balance)
{
    const struct session_record *record = &session->closing->record;
    bool has_tls = record->tls.mode != TLS_NONE;
    bool is_established = has_tls && record->tls.handshake == TLS_HANDSHAKE_COMPLETE;
    uint32_t last = is_ended_by_421(session) ? last_of_server(record) : 0;

    /* What was refused before TLS was taken up again inside it. */
    if (is_established)
        decide(session, OUTCOME_ENCRYPTED, STAGE_TLS, record->tls.first_entry);
    else if (decide_by_refusal(session, balance))
        return;
    else if (is_hearing_partial(record) ||
             (is_cut_off(record) && is_in_the_middle(session, balance)))
        decide(session, OUTCOME_INCOMPLETE, session->furthest, last);
    else if (has_tls && record->tls.handshake == TLS_HANDSHAKE_INCOMPLETE)
        decide(session, OUTCOME_INCOMPLETE, STAGE_TLS, record->tls.first_entry);
    else if (is_in_the_middle(session, balance))
        decide(session, OUTCOME_ABORTED, session->furthest, last);
    else
        decide(session, OUTCOME_NO_MAIL, session->furthest, last);
}

void session_decide(struct session *session)
{
    const struct session_record *record = &session->closing->record;
    struct balance balance = weigh_messages(record);

    if (record->tcp->handshake == TCP_HANDSHAKE_REFUSED) {
        decide(session, OUTCOME_REFUSED, STAGE_CONNECT, 0);
    } else if (record->tcp->handshake == TCP_HANDSHAKE_UNANSWERED) {
        decide(session, OUTCOME_UNANSWERED, STAGE_CONNECT, 0);
    } else if (balance.unknown > 0 &&
               (is_hearing_partial(record) || balance.unknown_is_doubtful || is_cut_off(record))) {
        decide(session, OUTCOME_INCOMPLETE, session->furthest, 0);
    } else if (balance.accepted > 0) {
        decide_with_mail(session, &balance);
    } else {
        decide_without_mail(session, &balance);
    }
}
