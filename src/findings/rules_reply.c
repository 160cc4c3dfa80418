/* Findings about replies: how they are written, and what they answer. */
#include "findings/look.h"
#include "findings/rules.h"
#include "findings/sentence.h"

/* The first line as it was sent, bounded. */
static void show_reply(struct sentence *out, const struct entry *entry)
{
    if (entry->reply.code != 0)
        sentence_add(out, "%03u ", (unsigned)entry->reply.code);
    if (entry->reply.line_count > 0)
        sentence_add_octets(out, entry->reply.lines[0], QUOTED_MAX);
}

void rule_reply_syntax(const struct view *view, const struct finding_rule *rule,
                       struct findings *findings)
{
    const struct entry *entry = view->entry;
    struct finding_site site = { .n = view->n };
    unsigned code = entry->reply.code;

    if (!entry_is_whole(entry) || entry->end == LINE_END_NONE)
        return;
    if ((entry->marks & MARK_NO_CODE) != 0) {
        struct sentence shown = { .len = 0 };

        show_reply(&shown, entry);
        finding_raise(findings, rule, &site, "a reply line without a three-digit code: %s",
                      shown.text);
    } else if ((entry->marks & MARK_BAD_SEPARATOR) != 0) {
        finding_raise(findings, rule, &site,
                      "reply %03u: neither a space nor a hyphen follows the code", code);
    } else if (code != 0 && (code < 200 || code > 599)) {
        finding_raise(findings, rule, &site, "reply code %03u: the first digit is not 2 to 5",
                      code);
    } else if (code / 10 % 10 > 5) {
        /* RFC 5321 4.2: Reply-code = %x32-35 %x30-35 %x30-39. Clients go by the first digit. */
        site.severity = SEVERITY_INFO;
        finding_raise(findings, rule, &site, "reply code %u: the second digit is not 0 to 5", code);
    }
}

void rule_reply_code_mismatch(const struct session_record *record, const struct finding_rule *rule,
                              struct findings *findings)
{
    if ((record->marks & MARK_CODES_DIFFER) == 0)
        return;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];
        struct finding_site site = { .n = entry_number(record, entry) };

        if (entry->kind != ENTRY_REPLY || (entry->marks & MARK_CODES_DIFFER) == 0)
            continue;
        finding_raise(findings, rule, &site,
                      "a reply of %s lines that carry different codes; the last says %u",
                      number_text_of(entry->reply.line_count).text, (unsigned)entry->reply.code);
    }
}

/* RFC 2034 4: every 2xx, 4xx and 5xx reply but the greeting and those to HELO and EHLO begins with
 * an enhanced code of the same class. In the others, and in HELP's, it would be chance. */
static bool takes_enhanced_code(const struct entry *entry)
{
    unsigned class = entry->reply.code / 100;

    if (class != 2 && class != 4 && class != 5)
        return false;
    return entry->verb != VERB_CONNECT && entry->verb != VERB_HELO && entry->verb != VERB_EHLO &&
           entry->verb != VERB_LHLO && entry->verb != VERB_HELP;
}

static const char *advice_of(unsigned class)
{
    if (class < 3)
        return "success";
    return class < 5 ? "try again" : "do not try again";
}

static void raise_mismatch(const struct view *view, const struct finding_rule *rule,
                           struct findings *findings)
{
    const struct entry_reply *reply = &view->entry->reply;
    struct finding_site site = { .n = view->n };
    char enhanced[ENHANCED_CODE_TEXT_MAX];

    enhanced_code_text(reply->enhanced, enhanced);
    finding_raise(findings, rule, &site,
                  "reply %u with enhanced code %s: one says %s, the other %s",
                  (unsigned)reply->code, enhanced, advice_of(reply->code / 100),
                  advice_of(reply->enhanced.class));
}

void rule_enhanced_code_mismatch(const struct view *view, const struct finding_rule *rule,
                                 struct findings *findings)
{
    const struct entry_reply *reply = &view->entry->reply;

    if (reply->enhanced.class != 0 && reply->enhanced.class != reply->code / 100 &&
        takes_enhanced_code(view->entry) && (view->entry->marks & MARK_CODES_DIFFER) == 0)
        raise_mismatch(view, rule, findings);
}

/* Nothing of the client's is missing, so that a reply to nothing is just that. A ClientHello that
 * the server read as a command is answered in plain text. */
static bool client_is_complete(const struct session_record *record)
{
    if (record->tls.client_spoke && !record->tls.server_spoke)
        return false;
    return record_has_start(record) && !record_has_holes(record, SIDE_CLIENT) &&
           (record->limits & (SMTP_LIMIT_OUTSTANDING | SMTP_LIMIT_UNDECIDED)) == 0;
}

static void raise_unexpected(const struct view *view, const struct finding_rule *rule,
                             struct findings *findings)
{
    struct finding_site site = { .n = view->n };
    struct sentence shown = { .len = 0 };

    show_reply(&shown, view->entry);
    finding_raise(findings, rule, &site, "a reply that %s: %s",
                  (view->entry->marks & MARK_WHILE_CONTENT) != 0
                      ? "came while the message was still being sent"
                      : "nothing asked for",
                  shown.text);
}

void rule_unexpected_reply(const struct view *view, const struct finding_rule *rule,
                           struct findings *findings)
{
    const struct entry *entry = view->entry;

    if (entry->verb != VERB_NONE || entry->reply.answers != 0 || entry->reply.code == 0)
        return;
    /* RFC 5321 3.8, 4.2.2: a server that must close may say 421 at any time. */
    if (entry->reply.code != 421 && entry_is_whole(entry) && client_is_complete(view->record))
        raise_unexpected(view, rule, findings);
}

/* The server may have taken the message that ended with `end`: it had let the client send it, and
 * refused no part of it. A client that pipelines sends a message to its end although it was not. */
static bool may_have_been_taken(const struct session_record *record, const struct entry *end)
{
    for (uint32_t n = entry_number(record, end) - 1; n > 0; n--) {
        const struct entry *entry = record_entry(record, n);
        enum verdict verdict = record_verdict(record, entry_answer(entry));

        if (entry->kind == ENTRY_DATA && verdict == VERDICT_REFUSED)
            return false;
        if (entry->kind != ENTRY_COMMAND)
            continue;
        if (entry->verb == VERB_DATA && verdict != VERDICT_ACCEPTED)
            return false;
        if (verb_opens_transaction(entry->verb))
            return verdict != VERDICT_REFUSED;
    }
    return true;
}

/* The server's TCP did not acknowledge the entry. */
static void raise_unreceived(const struct session_record *record, const struct entry *entry,
                             const struct finding_rule *rule, struct findings *findings)
{
    struct finding_site site = { .n = entry_number(record, entry) };
    uint64_t octets = record->tcp->client.unacknowledged;
    struct duration_text after =
        duration_text_of(stamp_between(entry->place.at, record->tcp->last.at));
    struct sentence name = { .len = 0 };

    if (entry->kind == ENTRY_DATA && entry->data.is_last)
        sentence_add_text(&name, "the end of the message");
    else
        sentence_add_entry(&name, entry);
    finding_raise(findings, rule, &site,
                  "%s was never answered: the server had not acknowledged the client's last %s "
                  "octet%s, so that it never received %s; the connection ended %s later",
                  name.text, number_text_of(octets).text, plural(octets),
                  entry->kind == ENTRY_DATA ? "the whole message" : "it", after.text);
}

static void raise_unanswered(const struct session_record *record, const struct entry *entry,
                             const struct finding_rule *rule, struct findings *findings)
{
    struct finding_site site = { .n = entry_number(record, entry) };
    struct duration_text after =
        duration_text_of(stamp_between(entry->place.at, record->tcp->last.at));

    struct sentence name = { .len = 0 };

    /* RFC 1047: the client must send the message again, and the server may have taken it. */
    if (entry->kind == ENTRY_DATA && entry->data.is_last && may_have_been_taken(record, entry)) {
        site.severity = SEVERITY_ERROR;
        finding_raise(findings, rule, &site,
                      "the end of the message was never answered; the connection ended %s later, "
                      "and nobody can tell whether the message was taken",
                      after.text);
        return;
    }
    sentence_add_entry(&name, entry);
    finding_raise(findings, rule, &site, "%s was never answered; the connection ended %s later",
                  name.text, after.text);
}

/* The server owes this dialogue's answers, and any that it gave was captured. */
static bool owes_answers(const struct session_record *record)
{
    return record_has_end(record) && !record_has_holes(record, SIDE_SERVER) &&
           (record->limits & SMTP_LIMIT_OUTSTANDING) == 0;
}

void rule_unanswered_command(const struct view *view, const struct finding_rule *rule,
                             struct findings *findings)
{
    const struct session_record *record = view->record;
    const struct entry *entry = view->entry;
    const struct entry *dismissal = view->dismissal;

    if (entry_answer(entry) != 0 || !entry_awaits_answer(entry) || !entry_is_whole(entry) ||
        entry->end == LINE_END_NONE || !owes_answers(record))
        return;
    /* After 221, and after 421, no more answers come (RFC 5321 3.8). */
    if (dismissal != NULL &&
        (dismissal->reply.code == 221 || !place_is_before(entry->place, dismissal->begin)))
        return;
    if (entry->kind == ENTRY_COMMAND && smtp_verb_starts_tls(entry->verb) &&
        record->tls.mode == TLS_STARTTLS)
        return;
    if (view->first_unreceived != 0 && view->n >= view->first_unreceived)
        raise_unreceived(record, entry, rule, findings);
    else
        raise_unanswered(record, entry, rule, findings);
}
