/* Findings about the order of commands (RFC 5321 4.1.4). A client that pipelines cannot know what
 * the replies will be, so only what it could know is held against it. */
#include "findings/rules.h"
#include "findings/sentence.h"
#include "findings/sequence.h"

/* A command entry whose place in the order can be judged. */
static bool is_judged(const struct entry *entry)
{
    return entry->kind == ENTRY_COMMAND && entry_is_whole(entry);
}

void rule_helo_missing(const struct session_record *record, const struct finding_rule *rule,
                       struct findings *findings)
{
    struct sequence sequence = sequence_of(record);

    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];

        if (is_judged(entry) && verb_opens_transaction(entry->verb) &&
            sequence.greeted == CERTAINLY_NOT && sequence_knew(record, sequence.hello, entry)) {
            struct finding_site site = { .n = entry_number(record, entry) };

            finding_raise(findings, rule, &site,
                          sequence.hello == 0 ? "%s before any EHLO or HELO"
                                              : "%s although no EHLO or HELO was accepted",
                          smtp_verb_name(entry->verb));
            return;
        }
        sequence_step(&sequence, record, entry);
    }
}

void rule_nested_mail(const struct session_record *record, const struct finding_rule *rule,
                      struct findings *findings)
{
    struct sequence sequence = sequence_of(record);

    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];

        if (is_judged(entry) && verb_opens_transaction(entry->verb) &&
            sequence.transaction == CERTAINLY) {
            struct finding_site site = { .n = entry_number(record, entry) };

            finding_raise(findings, rule, &site,
                          "%s while the transaction begun by entry %u is still open",
                          smtp_verb_name(entry->verb), (unsigned)sequence.mail);
        }
        sequence_step(&sequence, record, entry);
    }
}

/* Why no transaction is open, in the client's own time. */
static const char *closed_reason(const struct sequence *sequence)
{
    return sequence->mail == 0 ? "no MAIL went before it" : "MAIL was refused";
}

void rule_rcpt_without_mail(const struct session_record *record, const struct finding_rule *rule,
                            struct findings *findings)
{
    struct sequence sequence = sequence_of(record);

    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];

        if (is_judged(entry) && entry->verb == VERB_RCPT && sequence.transaction == CERTAINLY_NOT &&
            sequence_knew(record, sequence.mail, entry)) {
            struct finding_site site = { .n = entry_number(record, entry) };

            finding_raise(findings, rule, &site, "RCPT outside a transaction: %s",
                          closed_reason(&sequence));
        }
        sequence_step(&sequence, record, entry);
    }
}

static bool begins_content(const struct sequence *sequence, const struct entry *entry)
{
    if (entry->verb == VERB_DATA)
        return true;
    return entry->verb == VERB_BDAT && sequence->content == VERB_NONE;
}

/* NULL where the content has a recipient, may have one, or the client could not know better. */
static const char *recipient_flaw(const struct session_record *record,
                                  const struct sequence *sequence, const struct entry *entry)
{
    if (sequence->transaction == PERHAPS || sequence->accepted > 0 || sequence->undecided > 0)
        return NULL;
    if (!sequence_knew(record, sequence->mail, entry) ||
        !sequence_knew(record, sequence->last_rcpt, entry))
        return NULL;
    if (sequence->transaction == CERTAINLY_NOT)
        return closed_reason(sequence);
    return sequence->refused > 0 ? "every RCPT was refused" : "no RCPT went before it";
}

void rule_data_without_recipient(const struct session_record *record,
                                 const struct finding_rule *rule, struct findings *findings)
{
    struct sequence sequence = sequence_of(record);

    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];

        if (is_judged(entry) && begins_content(&sequence, entry)) {
            struct finding_site site = { .n = entry_number(record, entry) };
            const char *flaw = recipient_flaw(record, &sequence, entry);

            if (flaw != NULL)
                finding_raise(findings, rule, &site, "%s without a recipient: %s",
                              smtp_verb_name(entry->verb), flaw);
        }
        sequence_step(&sequence, record, entry);
    }
}

static void raise_early(const struct session_record *record, const struct entry *entry,
                        const struct finding_rule *rule, struct findings *findings)
{
    const struct entry *greeting = record_entry(record, record->greeting);
    struct finding_site site = { .n = entry_number(record, entry) };
    struct sentence text = { .len = 0 };

    sentence_add_entry(&text, entry);
    sentence_add(&text, " was sent ");
    if (greeting == NULL) {
        sentence_add(&text, "before a greeting, and none ever came");
    } else {
        sentence_add(&text, "%s before the greeting",
                     duration_text_of(stamp_between(entry->begin.at, greeting->place.at)).text);
        if (record_offers_early_pipelining(record)) {
            site.severity = SEVERITY_INFO;
            sentence_add(&text, ", which this server allows (PIPECONNECT)");
        }
    }
    finding_raise(findings, rule, &site, "%s", text.text);
}

void rule_early_talker(const struct session_record *record, const struct finding_rule *rule,
                       struct findings *findings)
{
    if ((record->marks & MARK_EARLY) == 0 || !record_has_start(record) ||
        record_has_holes(record, SIDE_SERVER) || record->service == SERVICE_SUBMISSIONS ||
        record->tls.mode == TLS_IMPLICIT)
        return;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];

        if (entry->kind != ENTRY_COMMAND || (entry->marks & MARK_EARLY) == 0 ||
            !entry_is_whole(entry))
            continue;
        raise_early(record, entry, rule, findings);
    }
}

void rule_quit_missing(const struct session_record *record, const struct finding_rule *rule,
                       struct findings *findings)
{
    bool is_client_close =
        record->tcp->closed_by == TCP_CLOSED_BY_CLIENT &&
        (record->tcp->close == TCP_CLOSE_FIN || record->tcp->close == TCP_CLOSE_RST_CLIENT);

    /* RFC 5321 3.8: after 421 the server closes, and nobody is owed a QUIT. */
    if (!is_client_close || record->quit_sent || record->greeting == 0 ||
        record->entries_dropped > 0 || record->ends_in_content ||
        record_has_holes(record, SIDE_CLIENT) || record_is_opaque(record) ||
        record_dismissal(record) != NULL)
        return;
    struct finding_site site = finding_site_of(&record->tcp->first_close);

    finding_raise(findings, rule, &site, "the client closed the connection without QUIT");
}
