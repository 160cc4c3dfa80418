/* Findings about transactions: what was asked of the server without an offer, how large, to how
 * many, and whether the content came to its end. */
#include "findings/extensions.h"
#include "findings/rules.h"
#include "findings/sentence.h"
#include "findings/sequence.h"
#include "findings/thresholds.h"

static bool is_any_offered(const struct extension_use *rows, size_t count,
                           const struct hello *hello)
{
    for (size_t i = 0; i < count; i++) {
        if (hello_offers(hello, rows[i].keyword, NULL))
            return true;
    }
    return false;
}

static void raise_unoffered(const struct session_record *record, const struct entry *entry,
                            const struct extension_use *use, const struct finding_rule *rule,
                            struct findings *findings)
{
    struct finding_site site = {
        .n = entry_number(record, entry),
        .reference = use->reference,
    };
    struct sentence used = { .len = 0 };

    sentence_add(&used, "%s", smtp_verb_name(entry->verb));
    if (use->parameter != NULL)
        sentence_add(&used, " %s", use->parameter);
    if (use->value != NULL)
        sentence_add(&used, "=%s", use->value);
    finding_raise(findings, rule, &site, "%s was used, and the server did not offer %s", used.text,
                  use->keyword);
}

void rule_extension_not_offered(const struct view *view, const struct finding_rule *rule,
                                struct findings *findings)
{
    const struct entry *entry = view->entry;
    uint64_t used;

    if (view->hello.kind != HELLO_EHLO || !view->is_legible)
        return;
    used = extensions_used(entry);
    while (used != 0) {
        size_t same;
        const struct extension_use *use = extension_take(&used, &same);

        if (!is_any_offered(use, same, &view->hello))
            raise_unoffered(view->record, entry, use, rule, findings);
    }
}

static void check_declared(const struct view *view, const struct finding_rule *rule,
                           struct findings *findings)
{
    struct finding_site site = { .n = view->n, .reference = "RFC 1870 6.1" };
    struct path_line line = path_line_of(view->entry);
    struct path_parameter size;
    uint64_t limit = view->size_limit;
    uint64_t declared;

    if (path_parameter_named(&line, "SIZE", &size) && slice_to_u64(size.value, &declared) &&
        declared > limit)
        finding_raise(findings, rule, &site, "MAIL declares %s octets; the server takes %s",
                      number_text_of(declared).text, number_text_of(limit).text);
}

static void check_sent(const struct view *view, const struct finding_rule *rule,
                       struct findings *findings)
{
    struct finding_site site = { .n = view->n };
    uint64_t limit = view->size_limit;

    if (view->content_octets > limit)
        finding_raise(findings, rule, &site, "a message of %s octets was sent; the server takes %s",
                      number_text_of(view->content_octets).text, number_text_of(limit).text);
}

void rule_size_over_limit(const struct view *view, const struct finding_rule *rule,
                          struct findings *findings)
{
    const struct entry *entry = view->entry;

    if (view->record->message_count == 0 || view->size_limit == 0)
        return;
    if (entry->kind == ENTRY_COMMAND)
        check_declared(view, rule, findings);
    else if (entry->verb != VERB_BDAT || entry->data.is_last)
        check_sent(view, rule, findings);
}

void rule_too_many_recipients(const struct session_record *record, const struct finding_rule *rule,
                              struct findings *findings)
{
    for (uint32_t i = 0; i < record->message_count; i++) {
        const struct message *message = &record->messages[i];
        uint64_t count = (uint64_t)message->recipient_count + message->recipients_dropped;
        struct finding_site site = { .n = message->mail };

        if (count <= RECIPIENTS_MIN)
            continue;
        finding_raise(findings, rule, &site, "%s recipients in one transaction",
                      number_text_of(count).text);
    }
}

/* A message was begun, if not by its envelope then by its content. */
static bool has_content(const struct session_record *record)
{
    return record->message_count > 0 || record->ends_in_content;
}

/* How the connection ended, for a message. */
static void add_ending(struct sentence *out, const struct session_record *record)
{
    switch (record->tcp->close) {
    case TCP_CLOSE_IDLE:
        sentence_add(out, "nothing more came, and the connection was never closed");
        return;
    case TCP_CLOSE_RST_CLIENT:
        sentence_add(out, "the client reset the connection");
        return;
    case TCP_CLOSE_RST_SERVER:
        sentence_add(out, "the server reset the connection");
        return;
    case TCP_CLOSE_FIN:
    case TCP_CLOSE_EVICTED:
    case TCP_CLOSE_OPEN:
        sentence_add(out, "%s closed the connection", closed_by_text(record->tcp->closed_by));
        return;
    }
}

/* The end may have been there, in octets that were not captured. */
static bool may_hide_end(const struct session_record *record, const struct entry *entry)
{
    return !record_has_end(record) || !entry_is_whole(entry) || entry->data.lost_octets > 0 ||
           record_has_holes(record, SIDE_CLIENT);
}

void rule_chunks_unfinished(const struct session_record *record, const struct finding_rule *rule,
                            struct findings *findings)
{
    const struct entry *last = NULL;
    struct finding_site site;

    if (!has_content(record))
        return;
    for (uint32_t i = record->entry_count; i > 0 && last == NULL; i--) {
        const struct entry *entry = &record->entries[i - 1];

        if (entry->kind == ENTRY_DATA)
            last = entry;
        else if (entry->kind == ENTRY_COMMAND && entry->verb != VERB_QUIT)
            return; /* RSET, or another transaction */
    }
    if (last == NULL || last->verb != VERB_BDAT || last->data.is_last || !last->data.is_complete ||
        may_hide_end(record, last) ||
        record_verdict(record, last->data.answered_by) != VERDICT_ACCEPTED)
        return;
    site = (struct finding_site){ .n = entry_number(record, last) };
    site.reference = "RFC 3030 2";
    finding_raise(findings, rule, &site,
                  "chunks were sent and accepted, and the last one (BDAT … LAST) never came");
}

void rule_message_unterminated(const struct view *view, const struct finding_rule *rule,
                               struct findings *findings)
{
    const struct entry *entry = view->entry;
    struct finding_site site = { .n = view->n };

    if (entry->verb != VERB_DATA || entry->data.is_complete || !has_content(view->record) ||
        may_hide_end(view->record, entry))
        return;
    struct sentence ending = { .len = 0 };

    add_ending(&ending, view->record);
    finding_raise(findings, rule, &site,
                  "%s octet%s of a message were sent, and its end (CRLF . CRLF) never was; %s",
                  number_text_of(entry->octets).text, plural(entry->octets), ending.text);
}

void rule_bdat_incomplete(const struct view *view, const struct finding_rule *rule,
                          struct findings *findings)
{
    const struct entry *entry = view->entry;
    struct finding_site site = { .n = view->n };

    if (entry->verb != VERB_BDAT || entry->data.is_complete || !has_content(view->record) ||
        may_hide_end(view->record, entry) || entry->octets >= entry->data.declared)
        return;
    struct sentence ending = { .len = 0 };

    add_ending(&ending, view->record);
    finding_raise(findings, rule, &site, "BDAT announced %s octets and %s were sent; %s",
                  number_text_of(entry->data.declared).text, number_text_of(entry->octets).text,
                  ending.text);
}

/* RFC 3030 2: "BDAT" SP 1*DIGIT [ SP "LAST" ]; NULL where it is that. */
static const char *bdat_flaw(struct slice line)
{
    struct slice rest = slice_trim(slice_from(line, strlen("BDAT")));
    struct slice size = slice_next_word(&rest);
    struct slice marker = slice_next_word(&rest);
    uint64_t octets;

    if (size.len == 0)
        return "names no size";
    for (size_t i = 0; i < size.len; i++) {
        if (!ascii_is_digit(size.data[i]))
            return "has a size that is no number";
    }
    /* The dialogue reads it so too. */
    if (!slice_to_u64(size, &octets) || octets > INT64_MAX)
        return "has a size that no server counts to";
    if (marker.len > 0 && !slice_equal_nocase(marker, slice_of_string("LAST")))
        return "has a word after the size that is not LAST";
    if (slice_trim(rest).len > 0)
        return "goes on after LAST";
    return NULL;
}

static void check_bdat(const struct view *view, const struct finding_rule *rule,
                       struct findings *findings)
{
    struct slice line = view->entry->command.line;
    struct finding_site site = { .n = view->n };
    const char *flaw = bdat_flaw(line);

    if (flaw == NULL)
        return;
    struct sentence shown = { .len = 0 };

    sentence_add_octets(&shown, line, QUOTED_MAX);
    finding_raise(findings, rule, &site, "BDAT %s: %s", flaw, shown.text);
}

void rule_bdat_invalid(const struct view *view, const struct finding_rule *rule,
                       struct findings *findings)
{
    const struct entry *entry = view->entry;

    if (entry->verb == VERB_BDAT && view->is_legible)
        check_bdat(view, rule, findings);
    if (entry->verb == VERB_DATA && entry_is_whole(entry) && view->sequence.content == VERB_BDAT &&
        view->sequence.transaction == CERTAINLY)
        finding_raise(findings, rule, &(struct finding_site){ .n = view->n },
                      "DATA in a transaction that BDAT has begun; the two exclude each other");
}
