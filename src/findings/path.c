/* What is wrong with how MAIL and RCPT name their path; the session has cut it already. */
#include "findings/path.h"

#include "findings/look.h"
#include "session/path.h"

bool verb_takes_path(enum smtp_verb verb)
{
    return verb == VERB_RCPT || verb_opens_transaction(verb);
}

static struct slice skip_blanks(struct slice s)
{
    while (s.len > 0 && (s.data[0] == ' ' || s.data[0] == '\t'))
        s = slice_from(s, 1);
    return s;
}

static void note(struct path_line *line, enum path_flaw flaw)
{
    if (line->flaw == PATH_FLAW_NONE)
        line->flaw = flaw;
}

/* RFC 5321 4.1.2: Mailbox = Local-part "@" Domain; a quoted local part may hold more of them. */
static void cut_mailbox(struct path_line *line, struct slice mailbox)
{
    size_t at = slice_find_last(mailbox, '@');

    line->local = slice_part(mailbox, 0, at);
    if (at != SLICE_NONE)
        line->domain = slice_from(mailbox, at + 1);
}

static void judge_mailbox(struct path_line *line, enum smtp_verb verb)
{
    if (line->path.len == 0) {
        /* RFC 5321 4.1.1.3: a forward-path is never empty; 4.5.5: a reverse-path may be. */
        if (verb == VERB_RCPT)
            note(line, PATH_FLAW_EMPTY);
        return;
    }
    if ((slice_find(line->path, 0, ' ') != SLICE_NONE ||
         slice_find(line->path, 0, '\t') != SLICE_NONE) &&
        path_find_unquoted(line->path, " \t") != SLICE_NONE)
        note(line, PATH_FLAW_SPACE_INSIDE);
    /* RFC 5321 4.1.1.3: RCPT TO:<Postmaster> alone needs no domain. */
    if (line->domain.len == 0 &&
        !(verb == VERB_RCPT && slice_equal_nocase(line->local, slice_of_string("postmaster"))))
        note(line, PATH_FLAW_NO_DOMAIN);
}

/* `rest` follows the colon and the blanks after it. */
static void judge_path(struct path_line *line, struct slice rest, enum smtp_verb verb)
{
    struct slice after = slice_from(rest, line->path.len + 1);

    if (rest.len == 0) {
        note(line, PATH_FLAW_MISSING);
        return;
    }
    line->has_path = true;
    if (rest.data[0] != '<') {
        note(line, PATH_FLAW_NO_BRACKETS);
        return;
    }
    if (after.len == 0 || after.data[0] != '>') {
        note(line, PATH_FLAW_UNCLOSED);
        return;
    }
    after = slice_from(after, 1);
    if (after.len > 0 && after.data[0] != ' ')
        note(line, PATH_FLAW_JUNK);
    judge_mailbox(line, verb);
}

/* Of a path that is written as it should be only what follows it is left to see. */
static struct path_line usual_line(struct slice text, size_t begin, struct path_place place)
{
    size_t after = (size_t)place.end + 1;
    bool has_junk = after < text.len && text.data[after] != ' ';

    return (struct path_line){
        .flaw = has_junk ? PATH_FLAW_JUNK : PATH_FLAW_NONE,
        .has_path = true,
        .path = slice_part(text, begin, place.end - begin),
        .local = slice_part(text, begin, place.at - begin),
        .domain = slice_part(text, (size_t)place.at + 1, (size_t)place.end - place.at - 1),
        .parameters = slice_trim(slice_from(text, after)),
    };
}

static struct path_line any_line(struct slice text, enum smtp_verb verb)
{
    struct path_line line = { .flaw = PATH_FLAW_NONE };
    struct path_argument argument = path_argument_of(text);
    struct slice keyword = slice_of_string(verb == VERB_RCPT ? "TO" : "FROM");
    struct slice rest = skip_blanks(slice_from(text, strlen("MAIL")));
    struct slice after;

    if (slice_starts_nocase(rest, keyword))
        after = skip_blanks(slice_from(rest, keyword.len));
    else
        after = slice_of(NULL, 0);
    if (after.len == 0 || after.data[0] != ':') {
        line.flaw = PATH_FLAW_NO_KEYWORD;
        return line;
    }
    if (after.len < rest.len - keyword.len)
        note(&line, PATH_FLAW_SPACE_BEFORE);
    rest = slice_from(after, 1);
    after = skip_blanks(rest);
    if (after.len > 0 && after.len < rest.len)
        note(&line, PATH_FLAW_SPACE_AFTER);
    line.path = argument.path;
    line.parameters = argument.parameters;
    cut_mailbox(&line, argument.address);
    judge_path(&line, after, verb);
    return line;
}

struct path_line path_line_of(const struct entry *entry)
{
    const struct entry_command *command = &entry->command;
    size_t begin = entry->verb == VERB_RCPT ? strlen("RCPT TO:<") : strlen("MAIL FROM:<");

    return command->path.end == 0 ? any_line(command->line, entry->verb)
                                  : usual_line(command->line, begin, command->path);
}

bool path_parameter_next(struct slice *rest, struct path_parameter *out)
{
    struct slice word = slice_next_word(rest);
    size_t equals;

    if (word.len == 0)
        return false;
    equals = slice_find(word, 0, '=');
    out->has_value = equals != SLICE_NONE;
    out->name = slice_part(word, 0, out->has_value ? equals : word.len);
    out->value = out->has_value ? slice_from(word, equals + 1) : slice_of(NULL, 0);
    return true;
}

bool path_parameter_named(const struct path_line *line, const char *name,
                          struct path_parameter *out)
{
    struct slice rest = line->parameters;
    struct path_parameter parameter;
    struct slice wanted;

    if (rest.len == 0)
        return false;
    wanted = slice_of_string(name);
    while (path_parameter_next(&rest, &parameter)) {
        if (slice_equal_nocase(parameter.name, wanted)) {
            if (out != NULL)
                *out = parameter;
            return true;
        }
    }
    return false;
}
