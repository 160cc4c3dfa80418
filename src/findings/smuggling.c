/* Reads what content.c saw of look-alikes together with what the server made of them. */
#include "findings/smuggling.h"

#include "smtp/lookalike.h"

/* What the client said next after an entry; NULL: nothing. */
static const struct entry *next_of_client(const struct session_record *record,
                                          const struct entry *before)
{
    for (uint32_t n = entry_number(record, before) + 1; n <= record->entry_count; n++) {
        const struct entry *entry = record_entry(record, n);

        if (entry->from == SIDE_CLIENT)
            return entry;
    }
    return NULL;
}

/* A message behind lines that are no commands, the first of them `next`, all sent before the reply:
 * whoever writes SMTP by mistake does not write MAIL, RCPT and DATA. */
static void look_behind_junk(struct smuggling *out, const struct session_record *record,
                             const struct entry *next, const struct entry *reply)
{
    enum smuggled_step step = SMUGGLED_GOES_ON;
    struct smuggled_lines lines = { 0 };
    struct slice mail = { 0 };

    while (step == SMUGGLED_GOES_ON && next != NULL && next->kind == ENTRY_COMMAND &&
           (reply == NULL || !place_is_before(reply->place, next->begin))) {
        enum smtp_verb verb;
        size_t shown = lookalike_command(next->command.line, &verb);

        step = lookalike_step(&lines, next->command.line, shown, verb);
        if (shown > 0 && verb == VERB_MAIL)
            mail = slice_part(next->command.line, 0, shown);
        next = next_of_client(record, next);
    }
    if (step != SMUGGLED_MESSAGE)
        return;
    out->leads_to = VERB_MAIL;
    out->skipped = lines.skipped;
    out->next_line = mail;
}

/* The server ended the content at the look-alike: what follows stands in the dialogue. Whoever ends
 * his message so by mistake waits for the reply; what is smuggled cannot wait. */
static void look_behind(struct smuggling *out, const struct session_record *record,
                        const struct entry *content)
{
    const struct entry *reply = record_entry(record, content->data.answered_by);
    const struct entry *next = next_of_client(record, content);
    enum smtp_verb verb;
    size_t shown;

    if (reply != NULL && (next == NULL || place_is_before(reply->place, next->begin)))
        out->is_awaited = true;
    if (next == NULL || next->kind != ENTRY_COMMAND || out->is_awaited)
        return;
    shown = lookalike_command(next->command.line, &verb);
    if (shown == 0) {
        look_behind_junk(out, record, next, reply);
        return;
    }
    out->leads_to = verb;
    out->next_line = slice_part(next->command.line, 0, shown);
}

struct smuggling smuggling_of(const struct session_record *record, const struct entry *content)
{
    struct smuggling smuggling = { .leads_to = VERB_NONE };

    if (content->kind != ENTRY_DATA || content->data.facts == NULL || content->verb != VERB_DATA ||
        content->data.facts->lookalikes.count == 0)
        return smuggling;
    smuggling.is_there = true;
    smuggling.is_honoured = (content->marks & MARK_FORCED_END) != 0;
    if (smuggling.is_honoured) {
        look_behind(&smuggling, record, content);
    } else {
        smuggling.leads_to = content->data.facts->lookalike.leads_to;
        smuggling.skipped = content->data.facts->lookalike.skipped;
    }
    return smuggling;
}

enum smuggled record_smuggled(const struct session_record *record)
{
    enum smuggled worst = SMUGGLED_NOTHING;

    if ((record->marks & MARK_LOOKALIKE) == 0)
        return worst;
    for (uint32_t i = 0; i < record->entry_count && worst != SMUGGLED_HERE; i++) {
        struct smuggling smuggling = smuggling_of(record, &record->entries[i]);

        if (smuggling.leads_to != VERB_NONE)
            worst = smuggling.is_honoured ? SMUGGLED_HERE : SMUGGLED_FOR_OTHERS;
    }
    return worst;
}
