/* SMTP smuggling: content that one server takes for one message and another for several, by where
 * each of them sees its end. */
#include "findings/rules.h"
#include "findings/smuggling.h"

static const char *break_text(enum line_break line_break)
{
    switch (line_break) {
    case LINE_BREAK_CRLF:
        return "<CR><LF>";
    case LINE_BREAK_LF:
        return "<LF>";
    case LINE_BREAK_CR:
        return "<CR>";
    case LINE_BREAK_CRCRLF:
        return "<CR><CR><LF>";
    case LINE_BREAK_COUNT:
        break;
    }
    return "";
}

/* Every octet can be told: breaks by their names, what is no printable ASCII by its number. */
static void add_octets(struct sentence *s, struct slice octets)
{
    for (size_t i = 0; i < octets.len; i++) {
        uint8_t octet = octets.data[i];

        if (octet == '\r')
            sentence_add(s, "<CR>");
        else if (octet == '\n')
            sentence_add(s, "<LF>");
        else if (octet == 0)
            sentence_add(s, "<NUL>");
        else if (octet < ' ' || octet > '~')
            sentence_add(s, "<%02X>", octet);
        else
            sentence_add(s, "%c", octet);
    }
}

static void add_readings(struct sentence *s, const struct session_record *record,
                         const struct entry *content)
{
    const struct message *message;

    if (content->data.message >= record->message_count)
        return;
    message = &record->messages[content->data.message];
    if (message->readings.lenient > 0)
        sentence_add(s, "; %u message%s to a strict reader, %u to one that takes every look-alike",
                     (unsigned)message->readings.strict, plural(message->readings.strict),
                     (unsigned)message->readings.lenient);
}

/* "<LF>.<LF> at octet 28 of the message, which the server took for the end of data; MAIL follows
 * it: "hi<LF>.<LF>MAIL FROM:<x@y>"; 1 message to …" */
static void describe(struct sentence *s, const struct session_record *record,
                     const struct entry *content, const struct smuggling *smuggling)
{
    const struct lookalike *lookalike = &content->data.facts->lookalike;

    sentence_add(s, "%s.%s", break_text(lookalike->before), break_text(lookalike->after));
    if (lookalike->has_nul)
        sentence_add(s, " with a NUL beside the dot");
    sentence_add(s, " at octet %s of the message", number_text_of(lookalike->offset).text);
    if (smuggling->is_honoured)
        sentence_add(s, ", which the server took for the end of data");
    if (smuggling->skipped > 0)
        sentence_add(s, "; behind %u line%s of no meaning a message follows it (MAIL, RCPT, DATA)",
                     smuggling->skipped, plural(smuggling->skipped));
    else if (smuggling->leads_to != VERB_NONE)
        sentence_add(s, "; %s follows it", smtp_verb_name(smuggling->leads_to));
    else if (smuggling->is_awaited)
        sentence_add(s, "; the client meant it so, and waited for the reply");
    else
        sentence_add(s, "; nothing is smuggled behind it");
    sentence_add(s, ": \"");
    add_octets(s, slice_of(lookalike->octets, lookalike->octets_len));
    add_octets(s, slice_part(smuggling->next_line, 0, LOOKALIKE_AFTER));
    sentence_add(s, "\"");
    add_readings(s, record, content);
}

void rule_smtp_smuggling(const struct session_record *record, const struct finding_rule *rule,
                         struct findings *findings)
{
    if ((record->marks & MARK_LOOKALIKE) == 0)
        return;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];
        struct smuggling smuggling = smuggling_of(record, entry);
        struct finding_site site = { .n = i + 1 };
        struct sentence text = { .len = 0 };

        if (!smuggling.is_there)
            continue;
        site.frame = entry->data.facts->lookalike.frame;
        site.capture = entry->data.facts->lookalike.capture;
        if (smuggling.leads_to == VERB_NONE) {
            site.severity = SEVERITY_WARNING;
            site.reference = "RFC 5321 4.1.1.4";
        }
        describe(&text, record, entry, &smuggling);
        finding_raise(findings, rule, &site, "%s", text.text);
    }
}
