/* What a reply says and what it answers, as a person tells it. */
#include "findings/reply_words.h"

#include "findings/path.h"

/* A reply's own words are shown up to here. */
enum { REPLY_WORDS_MAX = 240, ADDRESS_MAX = 120 };

void sentence_add_reply(struct sentence *s, const struct entry *reply)
{
    size_t left = REPLY_WORDS_MAX;

    sentence_add(s, "%03u", (unsigned)reply->reply.code);
    for (uint32_t i = 0; i < reply->reply.line_count && left > 0; i++) {
        struct slice line = reply->reply.lines[i];
        struct enhanced_code enhanced;
        size_t skip = i == 0 ? 0 : enhanced_code_parse(line, &enhanced);

        line = slice_trim(slice_from(line, skip));
        if (line.len == 0)
            continue;
        sentence_add_text(s, " ");
        sentence_add_octets(s, line, left);
        left -= line.len < left ? line.len : left;
    }
}

/* "MAIL FROM <x@example>"; the argument as sent where it is not written so. */
static void add_path(struct sentence *s, const struct entry *command)
{
    struct path_line line = path_line_of(command);

    if (!line.has_path) {
        sentence_add_octets(s, command->command.line, ADDRESS_MAX);
        return;
    }
    sentence_add(s, "%s %s <", smtp_verb_name(command->verb),
                 command->verb == VERB_RCPT ? "TO" : "FROM");
    sentence_add_octets(s, line.path, ADDRESS_MAX);
    sentence_add_text(s, ">");
}

void sentence_add_answered(struct sentence *s, const struct session_record *record,
                           const struct entry *reply)
{
    const struct entry *command = record_entry(record, reply->reply.answers);

    if (reply->verb == VERB_CONNECT)
        sentence_add_text(s, "the greeting");
    else if (reply->verb == VERB_END_OF_DATA)
        sentence_add_text(s, "the end of the message");
    else if (command != NULL && command->kind == ENTRY_COMMAND && verb_takes_path(command->verb))
        add_path(s, command);
    else
        sentence_add_text(s, smtp_verb_name(reply->verb));
}
