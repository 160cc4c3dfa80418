/* Which sentence a session gets: by its outcome, in the words of the reply that decided it, and by
 * what the findings know better. */
#include "findings/diagnosis.h"

#include "base/mem.h"
#include "findings/diagnosis_texts.h"
#include "findings/look.h"
#include "findings/sentence.h"

/* A reply's own words are shown up to here. */
enum { REPLY_WORDS_MAX = 240, ADDRESS_MAX = 120 };

/* What is being diagnosed. */
struct case_file {
    const struct session_record *record;
    const struct findings *findings;
    struct diagnosis *out;
    struct sentence sentence;
    const struct entry *reply; /* the deciding reply; NULL: none */
};

static bool has_finding(const struct case_file *c, const char *id)
{
    struct slice name = slice_of_string(id);

    for (uint32_t i = 0; i < c->findings->count; i++) {
        if (slice_equal(slice_of_string(c->findings->list[i].rule->id), name))
            return true;
    }
    return false;
}

/* A reply's code and words: its lines joined, the enhanced code said once. */
static void add_reply(struct sentence *s, const struct entry *reply)
{
    size_t left = REPLY_WORDS_MAX;

    sentence_add(s, "%u", reply->reply.code);
    for (uint32_t i = 0; i < reply->reply.line_count && left > 0; i++) {
        struct slice line = reply->reply.lines[i];
        struct enhanced_code enhanced;
        size_t skip = i == 0 ? 0 : enhanced_code_parse(line, &enhanced);

        line = slice_trim(slice_from(line, skip));
        if (line.len == 0)
            continue;
        sentence_add(s, " ");
        sentence_add_octets(s, line, left);
        left -= line.len < left ? line.len : left;
    }
}

static void take_words(struct case_file *c, const char *when_seen, const char *fix,
                       const char *reference)
{
    c->out->when_seen = when_seen;
    c->out->fix = fix;
    c->out->reference = reference;
}

static void take_case(struct case_file *c, const char *id)
{
    const struct case_text *text = case_text_of(id);

    take_words(c, text->when_seen, text->fix, text->reference);
}

/* What a reply answers, as a person says it: "RCPT TO <x@example>". */
static void add_answered(struct case_file *c, const struct entry *reply)
{
    const struct session_record *record = c->record;
    const struct entry *command = record_entry(record, reply->reply.answers);

    if (reply->verb == VERB_CONNECT) {
        sentence_add(&c->sentence, "the greeting");
        return;
    }
    if (reply->verb == VERB_END_OF_DATA) {
        sentence_add(&c->sentence, "the end of the message");
        return;
    }
    for (uint32_t i = 0; i < record->message_count; i++) {
        const struct message *message = &record->messages[i];

        if (command != NULL && message->mail == reply->reply.answers &&
            reply->verb == VERB_MAIL) {
            sentence_add(&c->sentence, "MAIL FROM <");
            sentence_add_octets(&c->sentence, message->from, ADDRESS_MAX);
            sentence_add(&c->sentence, ">");
            return;
        }
        for (uint32_t j = 0; reply->verb == VERB_RCPT && j < message->recipient_count; j++) {
            if (command == NULL || message->recipients[j].command != reply->reply.answers)
                continue;
            sentence_add(&c->sentence, "RCPT TO <");
            sentence_add_octets(&c->sentence, message->recipients[j].address, ADDRESS_MAX);
            sentence_add(&c->sentence, ">");
            return;
        }
    }
    sentence_add(&c->sentence, "%s", smtp_verb_name(reply->verb));
}

static void add_refusal(struct case_file *c, const char *verb)
{
    sentence_add(&c->sentence, "%s at ", verb);
    add_answered(c, c->reply);
    sentence_add(&c->sentence, ": ");
    add_reply(&c->sentence, c->reply);
}

/* Accepted messages, their octets and the recipients that took them. */
struct delivery {
    uint64_t messages;
    uint64_t octets;
    uint64_t recipients;
    struct slice queue_id;
};

static struct delivery delivery_of(const struct session_record *record)
{
    struct delivery delivery = { 0 };

    for (uint32_t i = 0; i < record->message_count; i++) {
        const struct message *message = &record->messages[i];

        if (message->verdict != VERDICT_ACCEPTED)
            continue;
        delivery.messages++;
        delivery.octets += message->octets;
        delivery.queue_id = message->queue_id;
        for (uint32_t j = 0; j < message->recipient_count; j++)
            delivery.recipients += message->recipients[j].verdict == VERDICT_ACCEPTED ? 1 : 0;
    }
    return delivery;
}

static void add_delivery(struct case_file *c)
{
    struct delivery delivery = delivery_of(c->record);
    struct number_text messages = number_text_of(delivery.messages);
    struct number_text octets = number_text_of(delivery.octets);
    struct number_text recipients = number_text_of(delivery.recipients);

    sentence_add(&c->sentence, "%s message%s of %s octet%s", messages.text,
                 plural(delivery.messages), octets.text, plural(delivery.octets));
    if (delivery.messages > 1)
        sentence_add(&c->sentence, " in all");
    if (delivery.recipients > 0)
        sentence_add(&c->sentence, " to %s recipient%s", recipients.text,
                     plural(delivery.recipients));
    if (delivery.messages == 1 && delivery.queue_id.len > 0) {
        sentence_add(&c->sentence, ", queued as ");
        sentence_add_octets(&c->sentence, delivery.queue_id, 60);
    }
}

static void diagnose_delivered(struct case_file *c)
{
    c->out->severity = SEVERITY_OK;
    sentence_add(&c->sentence, "delivered: ");
    add_delivery(c);
}

static void diagnose_partial(struct case_file *c)
{
    c->out->severity = SEVERITY_WARNING;
    sentence_add(&c->sentence, "delivered in part: ");
    add_delivery(c);
    if (c->reply != NULL) {
        sentence_add(&c->sentence, c->reply->reply.code < 500 ? "; deferred at " : "; refused at ");
        add_answered(c, c->reply);
        sentence_add(&c->sentence, ": ");
        add_reply(&c->sentence, c->reply);
    } else {
        sentence_add(&c->sentence, "; another message was not finished");
        take_case(c, "unfinished");
    }
}

static void diagnose_refusal(struct case_file *c)
{
    bool is_deferred = c->record->outcome == OUTCOME_DEFERRED;

    c->out->severity = is_deferred ? SEVERITY_WARNING : SEVERITY_ERROR;
    if (c->reply != NULL)
        add_refusal(c, is_deferred ? "deferred" : "rejected");
    else
        sentence_add(&c->sentence, is_deferred ? "deferred" : "rejected");
}

static void diagnose_refused(struct case_file *c)
{
    const struct session_record *record = c->record;

    c->out->severity = SEVERITY_ERROR;
    sentence_add(&c->sentence, "connection to port %u refused: ", record->server.port);
    if (record->tcp.was_reset_by_icmp) {
        sentence_add(&c->sentence, "an ICMP error said that the server cannot be reached");
        take_case(c, "refused-by-icmp");
    } else {
        sentence_add(&c->sentence, "the server answered the SYN with a RST");
        take_case(c, "refused");
    }
}

static void diagnose_unanswered(struct case_file *c)
{
    const struct session_record *record = c->record;
    struct number_text count = number_text_of(record->tcp.syn_count);
    struct duration_text waited =
        duration_text_of(stamp_between(record->started.at, record->ended.at));

    c->out->severity = SEVERITY_ERROR;
    sentence_add(&c->sentence, "connection to port %u never answered: %s SYN%s",
                 record->server.port, count.text, plural(record->tcp.syn_count));
    if (record->tcp.syn_count > 1)
        sentence_add(&c->sentence, " over %s", waited.text);
    take_case(c, "unanswered");
}

static const char *tls_name(uint16_t version)
{
    switch (version) {
    case 0x0304:
        return "TLS 1.3";
    case 0x0303:
        return "TLS 1.2";
    case 0x0302:
        return "TLS 1.1";
    case 0x0301:
        return "TLS 1.0";
    case 0x0300:
        return "SSL 3.0";
    default:
        return "TLS";
    }
}

static void diagnose_encrypted(struct case_file *c)
{
    const struct tls_record_facts *tls = &c->record->tls;

    c->out->severity = SEVERITY_INFO;
    sentence_add(&c->sentence, "encrypted: %s%s; the rest was not decrypted",
                 tls_name(tls->version),
                 tls->mode == TLS_STARTTLS ? " after STARTTLS" : " from the start");
    take_case(c, "encrypted");
}

static const char *closer(const struct session_record *record)
{
    switch (record->tcp.closed_by) {
    case TCP_CLOSED_BY_CLIENT:
        return "closed by the client";
    case TCP_CLOSED_BY_SERVER:
        return "closed by the server";
    case TCP_CLOSED_BY_BOTH:
        return "closed by both sides";
    case TCP_CLOSED_BY_NOBODY:
        break;
    }
    return record->tcp.close == TCP_CLOSE_IDLE ? "fell silent" : "broken off";
}

static void diagnose_tls_failure(struct case_file *c)
{
    const struct tls_record_facts *tls = &c->record->tls;
    const char *who = tls->alert_from == SIDE_CLIENT ? "client" : "server";
    const char *alert = alert_text(tls->alert_code);

    sentence_add(&c->sentence, "TLS handshake failed: ");
    if (tls->alert_known && alert != NULL)
        sentence_add(&c->sentence, "%s sent alert %s", who, alert);
    else if (tls->alert_known)
        sentence_add(&c->sentence, "%s sent alert %u", who, tls->alert_code);
    else if (tls->alert_hidden)
        sentence_add(&c->sentence,
                     "%s broke it off, most likely with an alert (it was sent encrypted)", who);
    else if (!tls->server_spoke)
        sentence_add(&c->sentence, "the server never answered the ClientHello");
    else
        sentence_add(&c->sentence, "the connection was %s in the middle of it",
                     closer(c->record));
    take_case(c, tls->alert_from == SIDE_CLIENT && (tls->alert_known || tls->alert_hidden)
                     ? "tls-refused-by-client"
                     : "tls-failed");
}

/* The last thing said before the end: when the silence or the content began. */
static const struct entry *last_command(const struct session_record *record)
{
    for (uint32_t i = record->entry_count; i > 0; i--) {
        const struct entry *entry = &record->entries[i - 1];

        if (entry->kind == ENTRY_COMMAND)
            return entry;
    }
    return NULL;
}

static void add_where(struct case_file *c)
{
    const struct session_record *record = c->record;
    const struct entry *command = last_command(record);
    struct duration_text after;

    if (record->greeting == 0) {
        after = duration_text_of(stamp_between(record->started.at, record->ended.at));
        sentence_add(&c->sentence, " %s after it was opened, before any greeting", after.text);
        take_case(c, "no-greeting");
        return;
    }
    if (command == NULL) {
        sentence_add(&c->sentence, " after the greeting");
        take_case(c, "unfinished");
        return;
    }
    after = duration_text_of(stamp_between(command->place.at, record->ended.at));
    sentence_add(&c->sentence, " %s after %s", after.text, smtp_verb_name(command->verb));
    if (record->ends_in_content) {
        sentence_add(&c->sentence, " began, in the middle of the message");
        take_case(c, "content-cut");
    } else if (command->command.answered_by == 0) {
        sentence_add(&c->sentence, ", which was never answered");
        take_case(c, "unanswered-command");
    } else {
        take_case(c, "unfinished");
    }
}

static void diagnose_aborted(struct case_file *c)
{
    c->out->severity = SEVERITY_ERROR;
    if (c->record->tls.mode != TLS_NONE) {
        diagnose_tls_failure(c);
        return;
    }
    sentence_add(&c->sentence, "%s", closer(c->record));
    add_where(c);
    if (c->reply != NULL) {
        sentence_add(&c->sentence, ": ");
        add_reply(&c->sentence, c->reply);
    }
}

static bool took_envelope(const struct session_record *record)
{
    for (uint32_t i = 0; i < record->message_count; i++) {
        if (record->messages[i].recipient_count > 0)
            return true;
    }
    return false;
}

static void diagnose_no_mail(struct case_file *c)
{
    const struct session_record *record = c->record;

    c->out->severity = SEVERITY_INFO;
    if (took_envelope(record)) {
        sentence_add(&c->sentence, "no mail sent: the envelope was accepted, then the client "
                                   "left without a message (a call-out)");
        take_case(c, "call-out");
    } else if (record->auth_count > 0) {
        sentence_add(&c->sentence, "no mail sent: the client authenticated and left");
        take_case(c, "probe");
    } else if (record->ehlo.verb != VERB_NONE) {
        sentence_add(&c->sentence, "no mail sent: the client said %s and left (a probe or a "
                                   "health check)",
                     smtp_verb_name(record->ehlo.verb));
        take_case(c, "probe");
    } else {
        sentence_add(&c->sentence, "no mail sent: the client left after the greeting (a probe "
                                   "or a health check)");
        take_case(c, "probe");
    }
}

/* What of the capture is missing, the gravest first. */
static void diagnose_incomplete(struct case_file *c)
{
    const struct session_record *record = c->record;

    c->out->severity = SEVERITY_WARNING;
    sentence_add(&c->sentence, "not known: ");
    take_case(c, "incomplete");
    if (record->is_server_unseen)
        sentence_add(&c->sentence, "what the server said was not captured");
    else if (record->is_client_unseen)
        sentence_add(&c->sentence, "what the client said was not captured");
    else if (record->tcp.client.gaps + record->tcp.server.gaps > 0)
        sentence_add(&c->sentence, "octets that decide are missing from the capture (%s of the "
                                   "client's, %s of the server's)",
                     number_text_of(record->tcp.client.lost_bytes).text,
                     number_text_of(record->tcp.server.lost_bytes).text);
    else if (record->tcp.is_snapped)
        sentence_add(&c->sentence, "the capture cut its packets short");
    else if (record->tcp.handshake == TCP_HANDSHAKE_MIDSTREAM)
        sentence_add(&c->sentence, "the capture began in the middle of the session");
    else if (record->tcp.close == TCP_CLOSE_EVICTED)
        sentence_add(&c->sentence, "too many connections were open to follow this one further");
    else
        sentence_add(&c->sentence, "the capture ended in the middle of the session");
}

/* The two commonest misconfigurations explain more than what came of them. */
static bool diagnose_by_finding(struct case_file *c)
{
    if (has_finding(c, "tls-on-plain-port")) {
        c->out->severity = SEVERITY_ERROR;
        sentence_add(&c->sentence, "the client began with TLS on port %u, where the server "
                                   "speaks plain SMTP first",
                     c->record->server.port);
        take_case(c, "tls-on-plain-port");
        return true;
    }
    if (has_finding(c, "plain-on-tls-port")) {
        c->out->severity = SEVERITY_ERROR;
        sentence_add(&c->sentence, "plain SMTP on port %u, which is for TLS from the first octet",
                     c->record->server.port);
        take_case(c, "plain-on-tls-port");
        return true;
    }
    return false;
}

static void diagnose_outcome(struct case_file *c)
{
    switch (c->record->outcome) {
    case OUTCOME_DELIVERED:
        diagnose_delivered(c);
        break;
    case OUTCOME_PARTIAL:
        diagnose_partial(c);
        break;
    case OUTCOME_REJECTED:
    case OUTCOME_DEFERRED:
        diagnose_refusal(c);
        break;
    case OUTCOME_REFUSED:
        diagnose_refused(c);
        break;
    case OUTCOME_UNANSWERED:
        diagnose_unanswered(c);
        break;
    case OUTCOME_ABORTED:
        diagnose_aborted(c);
        break;
    case OUTCOME_ENCRYPTED:
        diagnose_encrypted(c);
        break;
    case OUTCOME_NO_MAIL:
        diagnose_no_mail(c);
        break;
    case OUTCOME_INCOMPLETE:
    case OUTCOME_COUNT:
        diagnose_incomplete(c);
        break;
    }
}

/* A provider's sentence goes on after the general one. */
static const char *with_note(struct findings *findings, const char *when_seen, const char *note)
{
    size_t first = strlen(when_seen);
    size_t second = strlen(note);
    char *joined = arena_alloc(&findings->arena, first + second + 2);

    if (joined == NULL)
        return when_seen;
    mem_copy(joined, when_seen, first);
    joined[first] = ' ';
    mem_copy(joined + first + 1, note, second + 1);
    return joined;
}

/* When-seen and fix of the deciding reply, from the catalog. */
static void explain_reply(struct case_file *c, struct findings *findings,
                          const struct catalog *catalog)
{
    const struct entry_reply *reply = &c->reply->reply;
    struct reply_key key = {
        .code = reply->code,
        .enhanced = reply->enhanced,
        .verb = smtp_verb_name(c->reply->verb),
        .lines = reply->lines,
        .line_count = reply->line_count,
    };
    struct annotation annotation;

    catalog_annotate(catalog, &key, &annotation);
    if (annotation.when_seen == NULL)
        return;
    take_words(c, annotation.when_seen, annotation.fix, annotation.reference);
    if (annotation.note != NULL)
        c->out->when_seen = with_note(findings, annotation.when_seen, annotation.note);
}

static void note_deciding(struct case_file *c)
{
    c->out->n = c->record->deciding;
    if (c->reply == NULL)
        return;
    if (c->reply->reply.code >= 200 && c->reply->reply.code <= 599)
        c->out->code = c->reply->reply.code;
    c->out->enhanced = c->reply->reply.enhanced;
}

enum status diagnose(struct diagnosis *diagnosis, const struct session_record *record,
                     struct findings *findings, const struct catalog *catalog)
{
    const struct entry *deciding = record_entry(record, record->deciding);
    struct case_file c = { .record = record, .findings = findings, .out = diagnosis };
    enum status status = STATUS_OK;
    struct slice summary;

    *diagnosis = (struct diagnosis){ .severity = SEVERITY_INFO };
    if (deciding != NULL && deciding->kind == ENTRY_REPLY)
        c.reply = deciding;
    note_deciding(&c);
    if (!diagnose_by_finding(&c)) {
        diagnose_outcome(&c);
        if (c.reply != NULL)
            explain_reply(&c, findings, catalog);
    }
    summary = arena_copy(&findings->arena, sentence_view(&c.sentence), &status);
    diagnosis->summary = (const char *)summary.data;
    diagnosis->summary_len = summary.len;
    return status;
}
