/* Reads what clients send for MAIL and RCPT, wrong forms included. */
#include "findings/path.h"

bool verb_takes_path(enum smtp_verb verb)
{
    return verb == VERB_MAIL || verb == VERB_RCPT || verb == VERB_SEND || verb == VERB_SOML ||
           verb == VERB_SAML;
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

/* Index of the first `octet` outside a quoted string (RFC 5321 4.1.2); SLICE_NONE: none. */
static size_t find_unquoted(struct slice s, uint8_t octet)
{
    bool is_quoted = false;

    for (size_t i = 0; i < s.len; i++) {
        if (is_quoted && s.data[i] == '\\') {
            i++;
            continue;
        }
        if (s.data[i] == '"')
            is_quoted = !is_quoted;
        else if (s.data[i] == octet && !is_quoted)
            return i;
    }
    return SLICE_NONE;
}

static size_t find_last(struct slice s, uint8_t octet)
{
    for (size_t i = s.len; i > 0; i--) {
        if (s.data[i - 1] == octet)
            return i - 1;
    }
    return SLICE_NONE;
}

/* RFC 5321 4.1.2: Path = "<" [ A-d-l ":" ] Mailbox ">", Mailbox = Local-part "@" Domain. */
static void cut_mailbox(struct path_line *line)
{
    struct slice mailbox = line->path;
    size_t at;

    if (mailbox.len > 0 && mailbox.data[0] == '@') {
        size_t colon = slice_find(mailbox, 0, ':');

        if (colon != SLICE_NONE)
            mailbox = slice_from(mailbox, colon + 1);
    }
    at = find_last(mailbox, '@');
    if (at == SLICE_NONE) {
        line->local = mailbox;
        return;
    }
    line->local = slice_part(mailbox, 0, at);
    line->domain = slice_from(mailbox, at + 1);
}

static void check_mailbox(struct path_line *line, enum smtp_verb verb)
{
    if (line->path.len == 0) {
        /* RFC 5321 4.1.1.3: a forward-path is never empty; 4.5.5: a reverse-path may be. */
        if (verb == VERB_RCPT)
            note(line, PATH_FLAW_EMPTY);
        return;
    }
    cut_mailbox(line);
    if (find_unquoted(line->path, ' ') != SLICE_NONE)
        note(line, PATH_FLAW_SPACE_INSIDE);
    /* RFC 5321 4.1.1.3: RCPT TO:<Postmaster> alone needs no domain. */
    if (line->domain.len == 0 &&
        !(verb == VERB_RCPT && slice_equal_nocase(line->local, slice_of_string("postmaster"))))
        note(line, PATH_FLAW_NO_DOMAIN);
}

static void read_path(struct path_line *line, struct slice rest, enum smtp_verb verb)
{
    size_t end;

    if (rest.len == 0) {
        note(line, PATH_FLAW_MISSING);
        return;
    }
    line->has_path = true;
    if (rest.data[0] != '<') {
        note(line, PATH_FLAW_NO_BRACKETS);
        end = find_unquoted(rest, ' ');
        line->path = slice_part(rest, 0, end == SLICE_NONE ? rest.len : end);
        line->parameters = slice_from(rest, line->path.len);
        cut_mailbox(line);
        return;
    }
    rest = slice_from(rest, 1);
    end = find_unquoted(rest, '>');
    if (end == SLICE_NONE) {
        note(line, PATH_FLAW_UNCLOSED);
        end = find_unquoted(rest, ' ');
        line->path = slice_part(rest, 0, end == SLICE_NONE ? rest.len : end);
        line->parameters = slice_from(rest, line->path.len);
        cut_mailbox(line);
        return;
    }
    line->path = slice_part(rest, 0, end);
    line->parameters = slice_from(rest, end + 1);
    if (line->parameters.len > 0 && line->parameters.data[0] != ' ')
        note(line, PATH_FLAW_JUNK);
    check_mailbox(line, verb);
}

struct path_line path_line_of(struct slice line, enum smtp_verb verb)
{
    struct path_line out = { .flaw = PATH_FLAW_NONE };
    struct slice keyword = slice_of_string(verb == VERB_RCPT ? "TO" : "FROM");
    struct slice rest = skip_blanks(slice_from(line, strlen("MAIL")));
    struct slice after;

    if (!slice_starts_nocase(rest, keyword)) {
        out.flaw = PATH_FLAW_NO_KEYWORD;
        return out;
    }
    rest = slice_from(rest, keyword.len);
    after = skip_blanks(rest);
    if (after.len == 0 || after.data[0] != ':') {
        out.flaw = PATH_FLAW_NO_KEYWORD;
        return out;
    }
    if (after.len < rest.len)
        note(&out, PATH_FLAW_SPACE_BEFORE);
    rest = slice_from(after, 1);
    after = skip_blanks(rest);
    if (after.len > 0 && after.len < rest.len)
        note(&out, PATH_FLAW_SPACE_AFTER);
    read_path(&out, after, verb);
    return out;
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
    struct slice wanted = slice_of_string(name);
    struct slice rest = line->parameters;
    struct path_parameter parameter;

    while (path_parameter_next(&rest, &parameter)) {
        if (slice_equal_nocase(parameter.name, wanted)) {
            if (out != NULL)
                *out = parameter;
            return true;
        }
    }
    return false;
}
