/* Which sentence a session gets: by its outcome, in the words of the reply that decided it, and by
 * what the findings know better. */
#include "findings/diagnosis.h"

#include "base/mem.h"
#include "catalog/tls_names.h"
#include "findings/annotate.h"
#include "findings/cause.h"
#include "findings/delivery.h"
#include "findings/diagnosis_texts.h"
#include "findings/look.h"
#include "findings/path_mtu.h"
#include "findings/reply_words.h"
#include "findings/smuggling.h"
#include "findings/tampering.h"
#include "findings/tls_words.h"

/* What is being diagnosed. */
struct case_file {
    const struct session_record *record;
    const struct findings *findings;
    struct diagnosis *out;
    struct sentence sentence;
    const struct entry *reply; /* the deciding reply; NULL: none */
    bool is_explained;         /* the reply's own words would say too little */
};

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

static void add_cause(struct case_file *c)
{
    const char *id = sentence_add_cause(&c->sentence, c->record, c->reply);

    if (id == NULL)
        return;
    take_case(c, id);
    c->is_explained = true;
}

static void add_refusal(struct case_file *c, const char *verb)
{
    sentence_add(&c->sentence, "%s at ", verb);
    sentence_add_answered(&c->sentence, c->record, c->reply);
    sentence_add_text(&c->sentence, ": ");
    sentence_add_reply(&c->sentence, c->reply);
    add_cause(c);
}

/* What was delivered may be more than was meant to be. */
static void add_smuggled(struct case_file *c, enum smuggled smuggled)
{
    if (smuggled == SMUGGLED_NOTHING)
        return;
    sentence_add(&c->sentence,
                 smuggled == SMUGGLED_HERE
                     ? "; the server took a look-alike for the end of a message, and what followed "
                       "it for SMTP (SMTP smuggling)"
                     : "; it carries commands for servers that take a look-alike for the end of "
                       "data (SMTP smuggling)");
    take_case(c, smuggled == SMUGGLED_HERE ? "smuggled-here" : "smuggled-for-others");
    c->out->severity = SEVERITY_ERROR;
    c->is_explained = true;
}

static void diagnose_delivered(struct case_file *c)
{
    c->out->severity = SEVERITY_OK;
    sentence_add_text(&c->sentence, "delivered: ");
    sentence_add_delivery(&c->sentence, c->record);
    add_smuggled(c, record_smuggled(c->record));
}

static void diagnose_partial(struct case_file *c)
{
    c->out->severity = SEVERITY_WARNING;
    sentence_add_text(&c->sentence, "delivered in part: ");
    sentence_add_delivery(&c->sentence, c->record);
    if (c->reply != NULL) {
        sentence_add_text(&c->sentence, "; ");
        add_refusal(c, c->reply->reply.code < 500 ? "deferred" : "rejected");
    } else {
        sentence_add_text(&c->sentence, "; another message was not finished");
        take_case(c, "unfinished");
    }
    add_smuggled(c, record_smuggled(c->record));
}

static void diagnose_refusal(struct case_file *c)
{
    bool is_deferred = c->record->outcome == OUTCOME_DEFERRED;

    c->out->severity = is_deferred ? SEVERITY_WARNING : SEVERITY_ERROR;
    if (c->reply != NULL)
        add_refusal(c, is_deferred ? "deferred" : "rejected");
    else
        sentence_add_text(&c->sentence, is_deferred ? "deferred" : "rejected");
}

static void diagnose_refused(struct case_file *c)
{
    const struct session_record *record = c->record;

    c->out->severity = SEVERITY_ERROR;
    sentence_add(&c->sentence, "connection to port %u refused: ", (unsigned)record->server.port);
    if (record->tcp->was_reset_by_icmp) {
        sentence_add_text(&c->sentence, "an ICMP error said that the server cannot be reached");
        take_case(c, "refused-by-icmp");
    } else {
        sentence_add_text(&c->sentence, "the server answered the SYN with a reset (RST)");
        take_case(c, "refused");
    }
}

static void diagnose_unanswered(struct case_file *c)
{
    const struct session_record *record = c->record;
    struct number_text count = number_text_of(record->tcp->syn_count);
    struct duration_text waited =
        duration_text_of(stamp_between(record->started.at, record->ended.at));

    c->out->severity = SEVERITY_ERROR;
    sentence_add(&c->sentence, "connection to port %u never answered: %s SYN%s",
                 (unsigned)record->server.port, count.text, plural(record->tcp->syn_count));
    if (record->tcp->syn_count > 1)
        sentence_add(&c->sentence, " over %s", waited.text);
    take_case(c, "unanswered");
}

static void diagnose_encrypted(struct case_file *c)
{
    const struct tls_record_facts *tls = &c->record->tls;
    const char *version = tls_version_name(tls->version);

    c->out->severity = SEVERITY_INFO;
    sentence_add(&c->sentence, "encrypted: %s%s; the rest was not decrypted",
                 version == NULL ? "TLS" : version,
                 tls->mode == TLS_STARTTLS ? " after STARTTLS" : " from the start");
    take_case(c, "encrypted");
}

static void diagnose_tls_failure(struct case_file *c)
{
    const struct tls_record_facts *tls = &c->record->tls;

    sentence_add_text(&c->sentence, "TLS handshake failed: ");
    sentence_add_tls_failure(&c->sentence, c->record);
    take_case(c, tls->alert_from == SIDE_CLIENT && (tls->alert_known || tls->alert_hidden)
                     ? "tls-refused-by-client"
                     : "tls-failed");
}

/* The last command, or the last that began a content. */
static const struct entry *last_command(const struct session_record *record, bool is_content)
{
    for (uint32_t i = record->entry_count; i > 0; i--) {
        const struct entry *entry = &record->entries[i - 1];

        if (entry->kind == ENTRY_COMMAND &&
            (!is_content || entry->verb == VERB_DATA || entry->verb == VERB_BDAT))
            return entry;
    }
    return NULL;
}

/* The oldest thing said that was still owed its reply; NULL: none. */
static const struct entry *oldest_unanswered(const struct session_record *record)
{
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];

        if (entry_awaits_answer(entry) && entry_answer(entry) == 0)
            return entry;
    }
    return NULL;
}

/* What was sent to a side that had closed already comes after its end. */
static void add_since(struct case_file *c, struct stamp begin)
{
    const struct tcp_summary *tcp = c->record->tcp;
    struct stamp end = tcp->closed_by == TCP_CLOSED_BY_NOBODY ? tcp->last.at : tcp->first_close.at;
    int64_t passed = stamp_between(begin, end);

    if (passed == 0)
        sentence_add_text(&c->sentence, " right after ");
    else
        sentence_add(&c->sentence, " %s %s ", duration_text_of(passed < 0 ? -passed : passed).text,
                     passed < 0 ? "before" : "after");
}

/* The case of a connection that ended while this was owed its reply. */
static const char *case_of_owed(const struct session_record *record, const struct entry *owed,
                                bool is_unreceived)
{
    const struct tcp_summary *tcp = record->tcp;
    bool server_was_gone =
        tcp->close == TCP_CLOSE_RST_SERVER ||
        (tcp->closed_by == TCP_CLOSED_BY_SERVER && place_is_before(tcp->first_close, owed->place));

    if (is_unreceived && !server_was_gone)
        return "unreceived";
    return owed->kind == ENTRY_DATA && !is_unreceived ? "unanswered-end" : "unanswered-command";
}

/* How long after what it ended, and what brings that about. */
static void add_where(struct case_file *c)
{
    const struct session_record *record = c->record;
    const struct entry *owed = oldest_unanswered(record);
    const struct entry *command = last_command(record, record->ends_in_content);

    if (record->greeting == 0) {
        add_since(c, record->started.at);
        sentence_add_text(&c->sentence, "it was opened, before any greeting");
        take_case(c, "no-greeting");
        if (record_is_port_check(record)) {
            sentence_add_text(&c->sentence, " (a probe or a health check)");
            take_case(c, "probe");
            c->out->severity = SEVERITY_WARNING;
        }
    } else if (record->ends_in_content && command != NULL) {
        add_since(c, command->place.at);
        sentence_add(&c->sentence, "%s began%s", smtp_verb_name(command->verb),
                     c->reply == NULL ? ", in the middle of the message" : "");
        take_case(c, "content-cut");
    } else if (owed != NULL) {
        uint32_t unreceived = record_first_unreceived(record);
        bool is_unreceived = unreceived != 0 && entry_number(record, owed) >= unreceived;

        add_since(c, owed->place.at);
        if (owed->kind == ENTRY_DATA && owed->data.is_last)
            sentence_add_text(&c->sentence, "the end of the message");
        else
            sentence_add_entry(&c->sentence, owed);
        sentence_add_text(&c->sentence, is_unreceived ? ", which never reached the server"
                                                      : ", which was never answered");
        take_case(c, case_of_owed(record, owed, is_unreceived));
    } else if (command != NULL) {
        add_since(c, command->place.at);
        sentence_add_text(&c->sentence, smtp_verb_name(command->verb));
        take_case(c, "unfinished");
    } else {
        add_since(c, record_entry(record, record->greeting)->place.at);
        sentence_add_text(&c->sentence, "the greeting");
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
    sentence_add_text(&c->sentence, record_closer(c->record));
    add_where(c);
    if (c->reply != NULL) {
        sentence_add_text(&c->sentence, ": ");
        sentence_add_reply(&c->sentence, c->reply);
    }
}

/* A message that had recipients; with `is_begun`, one of which chunks were sent. */
static bool has_message(const struct session_record *record, bool is_begun)
{
    for (uint32_t i = 0; i < record->message_count; i++) {
        const struct message *message = &record->messages[i];

        if (message->recipient_count > 0 && (!is_begun || message->via == VERB_BDAT))
            return true;
    }
    return false;
}

static void diagnose_no_mail(struct case_file *c)
{
    const struct session_record *record = c->record;

    c->out->severity = SEVERITY_INFO;
    if (has_message(record, true)) {
        sentence_add_text(&c->sentence,
                          "no mail sent: the client gave a message up between two chunks "
                          "of it (BDAT) and left");
        take_case(c, "withdrawn");
    } else if (has_message(record, false)) {
        sentence_add_text(&c->sentence, "no mail sent: the envelope was accepted, then the client "
                                        "left without a message (a call-out)");
        take_case(c, "call-out");
    } else if (record->auth_count > 0) {
        sentence_add_text(&c->sentence, "no mail sent: the client authenticated and left");
        take_case(c, "probe");
    } else if (record->ehlo.verb != VERB_NONE) {
        sentence_add(&c->sentence,
                     "no mail sent: the client said %s and left (a probe or a "
                     "health check)",
                     smtp_verb_name(record->ehlo.verb));
        take_case(c, "probe");
    } else {
        sentence_add_text(&c->sentence, "no mail sent: the client left after the greeting (a probe "
                                        "or a health check)");
        take_case(c, "probe");
    }
}

/* What of the capture is missing, the gravest first. */
static void diagnose_incomplete(struct case_file *c)
{
    const struct session_record *record = c->record;

    c->out->severity = SEVERITY_WARNING;
    sentence_add_text(&c->sentence, "outcome not known: ");
    take_case(c, "incomplete");
    if (record->is_server_unseen)
        sentence_add_text(&c->sentence, "what the server said was not captured");
    else if (record->is_client_unseen)
        sentence_add_text(&c->sentence, "what the client said was not captured");
    else if (record->tcp->client.gaps + record->tcp->server.gaps > 0)
        sentence_add(&c->sentence,
                     "octets that decide are missing from the capture (%s of the "
                     "client's, %s of the server's)",
                     number_text_of(record->tcp->client.lost_bytes).text,
                     number_text_of(record->tcp->server.lost_bytes).text);
    else if (record->tcp->is_snapped)
        sentence_add_text(&c->sentence, "the capture cut its packets short");
    else if (record->tcp->handshake == TCP_HANDSHAKE_MIDSTREAM)
        sentence_add_text(&c->sentence, "the capture began in the middle of the session");
    else if (record->tcp->close == TCP_CLOSE_EVICTED && record->tcp->is_out_of_memory)
        sentence_add_text(&c->sentence, "memory (--memory) was short to follow this one further");
    else if (record->tcp->close == TCP_CLOSE_EVICTED)
        sentence_add_text(&c->sentence,
                          "too many connections were open to follow this one further");
    else
        sentence_add_text(&c->sentence, "the capture ended in the middle of the session");
}

/* A path that swallows large packets is the cause of what looks like a time-out. */
static bool diagnose_path_mtu(struct case_file *c)
{
    enum outcome outcome = c->record->outcome;
    /* The client had sent the end of the message; the server, which never saw it, gave up. */
    bool gave_up = outcome == OUTCOME_DEFERRED && c->reply != NULL && c->reply->reply.code == 421;

    if ((outcome != OUTCOME_ABORTED && outcome != OUTCOME_INCOMPLETE && !gave_up) ||
        !sentence_add_blocked_path(&c->sentence, c->record))
        return false;
    c->out->severity = SEVERITY_ERROR;
    take_case(c, "path-mtu");
    return true;
}

/* The two commonest misconfigurations explain more than what came of them, unless mail went through
 * all the same or a refusal shows that both sides spoke SMTP. */
static bool diagnose_by_finding(struct case_file *c)
{
    const struct session_record *record = c->record;

    if (record->outcome == OUTCOME_DELIVERED || record->outcome == OUTCOME_PARTIAL ||
        record->ehlo.verb != VERB_NONE)
        return false;
    if (finding_of(c->findings, "tls-on-plain-port") != NULL) {
        sentence_add(&c->sentence,
                     "the client began with TLS on port %u, where the server speaks plain SMTP",
                     (unsigned)record->server.port);
        take_case(c, "tls-on-plain-port");
    } else if (finding_of(c->findings, "plain-on-tls-port") != NULL) {
        sentence_add(&c->sentence, "plain SMTP on port %u, which is for TLS from the first octet",
                     (unsigned)record->server.port);
        take_case(c, "plain-on-tls-port");
    } else {
        return false;
    }
    c->out->severity = SEVERITY_ERROR;
    return true;
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

/* What came of the session is not all: somebody on the way meddled with STARTTLS. */
static void add_tampering(struct case_file *c)
{
    const struct finding *finding = sentence_add_tampering(&c->sentence, c->findings);

    if (finding == NULL)
        return;
    take_words(c, finding->rule->meaning, finding->rule->fix, finding->reference);
    if (finding->severity > c->out->severity)
        c->out->severity = finding->severity;
    c->is_explained = true;
}

/* A provider's sentence goes on after the general one. NULL: no memory. */
static const char *with_note(struct findings *findings, const char *when_seen, const char *note)
{
    size_t first = strlen(when_seen);
    size_t second = strlen(note);
    char *joined = arena_alloc(&findings->arena, first + second + 2);

    if (joined == NULL)
        return NULL;
    mem_copy(joined, when_seen, first);
    joined[first] = ' ';
    mem_copy(joined + first + 1, note, second + 1);
    return joined;
}

/* When-seen and fix of the deciding reply, from the catalog. */
static enum status explain_reply(struct case_file *c, struct findings *findings,
                                 const struct catalog *catalog)
{
    struct annotation annotation = annotate_reply(catalog, c->record, c->reply);

    if (annotation.when_seen == NULL)
        return STATUS_OK;
    take_words(c, annotation.when_seen, annotation.fix, annotation.reference);
    if (annotation.note != NULL)
        c->out->when_seen = with_note(findings, annotation.when_seen, annotation.note);
    return c->out->when_seen == NULL ? STATUS_NO_MEMORY : STATUS_OK;
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
    if (!diagnose_path_mtu(&c) && !diagnose_by_finding(&c)) {
        diagnose_outcome(&c);
        add_tampering(&c);
        if (c.reply != NULL && !c.is_explained)
            status = explain_reply(&c, findings, catalog);
    }
    /* With the NUL behind it. */
    summary = arena_copy(&findings->arena, slice_of(c.sentence.text, c.sentence.len + 1), &status);
    diagnosis->summary = (const char *)summary.data;
    diagnosis->summary_len = c.sentence.len;
    return status;
}
