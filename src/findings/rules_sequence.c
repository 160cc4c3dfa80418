/* Findings about the order of commands (RFC 5321 4.1.4). A client that pipelines cannot know what
 * the replies will be, so only what it could know is held against it. */
#include "findings/rules.h"
#include "findings/sentence.h"
#include "findings/sequence.h"

void rule_helo_missing(const struct view *view, const struct finding_rule *rule,
                       struct findings *findings)
{
    const struct sequence *sequence = &view->sequence;
    struct finding_site site = { .n = view->n };

    /* Said once: what follows is wrong for the same reason. */
    if (sequence->greeted != CERTAINLY_NOT || !entry_is_whole(view->entry) ||
        !sequence_knew(view->record, sequence->hello, view->entry) ||
        finding_of(findings, rule->id) != NULL)
        return;
    finding_raise(findings, rule, &site,
                  sequence->hello == 0 ? "%s before any EHLO or HELO"
                                       : "%s although no EHLO or HELO was accepted",
                  smtp_verb_name(view->entry->verb));
}

void rule_nested_mail(const struct view *view, const struct finding_rule *rule,
                      struct findings *findings)
{
    struct finding_site site = { .n = view->n };

    if (view->sequence.transaction == CERTAINLY && entry_is_whole(view->entry))
        finding_raise(findings, rule, &site,
                      "%s while the transaction begun by entry %u is still open",
                      smtp_verb_name(view->entry->verb), (unsigned)view->sequence.mail);
}

/* Why no transaction is open, in the client's own time. */
static const char *closed_reason(const struct sequence *sequence)
{
    return sequence->mail == 0 ? "no MAIL went before it" : "MAIL was refused";
}

void rule_rcpt_without_mail(const struct view *view, const struct finding_rule *rule,
                            struct findings *findings)
{
    const struct sequence *sequence = &view->sequence;

    if (sequence->transaction == CERTAINLY_NOT && entry_is_whole(view->entry) &&
        sequence_knew(view->record, sequence->mail, view->entry))
        finding_raise(findings, rule, &(struct finding_site){ .n = view->n },
                      "RCPT outside a transaction: %s", closed_reason(sequence));
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

void rule_data_without_recipient(const struct view *view, const struct finding_rule *rule,
                                 struct findings *findings)
{
    struct finding_site site = { .n = view->n };
    const char *flaw;

    if (!entry_is_whole(view->entry) || !begins_content(&view->sequence, view->entry))
        return;
    flaw = recipient_flaw(view->record, &view->sequence, view->entry);
    if (flaw != NULL)
        finding_raise(findings, rule, &site, "%s without a recipient: %s",
                      smtp_verb_name(view->entry->verb), flaw);
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

/* The greeting was there to be waited for, and would have been seen. */
static bool awaits_greeting(const struct session_record *record)
{
    return record_has_start(record) && !record_has_holes(record, SIDE_SERVER) &&
           record->service != SERVICE_SUBMISSIONS && record->tls.mode != TLS_IMPLICIT;
}

void rule_early_talker(const struct view *view, const struct finding_rule *rule,
                       struct findings *findings)
{
    if ((view->entry->marks & MARK_EARLY) != 0 && entry_is_whole(view->entry) &&
        awaits_greeting(view->record))
        raise_early(view->record, view->entry, rule, findings);
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
