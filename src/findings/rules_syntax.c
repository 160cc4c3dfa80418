/* Findings about how a command is written: RFC 5321 4.1.1, 4.1.2, 4.5.3.1 and the grammars of the
 * extensions. */
#include "findings/look.h"
#include "findings/path.h"
#include "findings/rules.h"
#include "findings/sentence.h"

enum {
    PATH_MAX_OCTETS = 256,   /* RFC 5321 4.5.3.1.3, the angle brackets included */
    LOCAL_MAX_OCTETS = 64,   /* RFC 5321 4.5.3.1.1 */
    DOMAIN_MAX_OCTETS = 255, /* RFC 5321 4.5.3.1.2 */
};

/* RFC 5321 4.5.3.1.2 holds for any domain name, EHLO's too; what stands in brackets is an address
 * (4.1.3). */
static struct slice hello_domain(const struct entry *entry)
{
    struct slice rest = entry->command.line;
    struct slice name;

    (void)slice_next_word(&rest);
    name = slice_next_word(&rest);
    return name.len > 0 && name.data[0] == '[' ? slice_of(NULL, 0) : name;
}

_Static_assert((int)VIEW_SHORT <= (int)LOCAL_MAX_OCTETS,
               "no part too long fits into a command that is not IF_LONG");

static void measure(const struct view *view, const struct finding_rule *rule,
                    struct findings *findings, const char *name, size_t length, size_t limit)
{
    struct finding_site site = { .n = view->n };

    if (length > limit)
        finding_raise(findings, rule, &site, "%s with a %s of %s octets; the limit is %s",
                      smtp_verb_name(view->entry->verb), name, number_text_of(length).text,
                      number_text_of(limit).text);
}

void rule_path_too_long(const struct view *view, const struct finding_rule *rule,
                        struct findings *findings)
{
    struct path_line line = path_line_of(view->entry);

    if (view->is_legible && line.has_path)
        measure(view, rule, findings, "path", line.path.len + strlen("<>"), PATH_MAX_OCTETS);
}

void rule_local_part_too_long(const struct view *view, const struct finding_rule *rule,
                              struct findings *findings)
{
    struct path_line line = path_line_of(view->entry);

    if (view->is_legible && line.has_path)
        measure(view, rule, findings, "local part", line.local.len, LOCAL_MAX_OCTETS);
}

void rule_domain_too_long(const struct view *view, const struct finding_rule *rule,
                          struct findings *findings)
{
    const struct entry *entry = view->entry;
    struct slice domain =
        verb_takes_path(entry->verb) ? path_line_of(entry).domain : hello_domain(entry);

    if (view->is_legible)
        measure(view, rule, findings, "domain", domain.len, DOMAIN_MAX_OCTETS);
}

/* What follows the verb, for verbs that take no path. */
enum argument_need {
    ARGUMENT_ANY,
    ARGUMENT_NONE,
    ARGUMENT_ONE,  /* a single word */
    ARGUMENT_SOME, /* one or more */
};

struct grammar {
    enum argument_need need;
    const char *missing;   /* what is said where there is none */
    const char *reference; /* NULL: the rule's */
};

/* BDAT has a finding of its own: a wrong one costs the octets after it. */
static const struct grammar grammars[VERB_COUNT] = {
    [VERB_HELO] = { ARGUMENT_ONE, "without the client's host name", "RFC 5321 4.1.1.1" },
    [VERB_EHLO] = { ARGUMENT_ONE, "without the client's host name", "RFC 5321 4.1.1.1" },
    [VERB_LHLO] = { ARGUMENT_ONE, "without the client's host name", "RFC 2033 4.1" },
    [VERB_DATA] = { ARGUMENT_NONE, NULL, "RFC 5321 4.1.1.4" },
    [VERB_RSET] = { ARGUMENT_NONE, NULL, "RFC 5321 4.1.1.5" },
    [VERB_QUIT] = { ARGUMENT_NONE, NULL, "RFC 5321 4.1.1.10" },
    [VERB_VRFY] = { ARGUMENT_SOME, "without a user or mailbox", "RFC 5321 4.1.1.6" },
    [VERB_EXPN] = { ARGUMENT_SOME, "without the name of a list", "RFC 5321 4.1.1.7" },
    [VERB_ETRN] = { ARGUMENT_SOME, "without the name of a queue", "RFC 1985 5" },
    [VERB_AUTH] = { ARGUMENT_SOME, "without the name of a mechanism", "RFC 4954 4" },
    [VERB_STARTTLS] = { ARGUMENT_NONE, NULL, "RFC 3207 4" },
    [VERB_BURL] = { ARGUMENT_SOME, "without a URL", "RFC 4468 3.2" },
};

static const char *path_flaw_text(enum path_flaw flaw, enum smtp_verb verb)
{
    bool is_rcpt = verb == VERB_RCPT;

    switch (flaw) {
    case PATH_FLAW_NONE:
        return NULL;
    case PATH_FLAW_NO_KEYWORD:
        return is_rcpt ? "without \"TO:\"" : "without \"FROM:\"";
    case PATH_FLAW_SPACE_BEFORE:
        return is_rcpt ? "with a space between TO and the colon"
                       : "with a space between FROM and the colon";
    case PATH_FLAW_SPACE_AFTER:
        return is_rcpt ? "with a space after \"TO:\"" : "with a space after \"FROM:\"";
    case PATH_FLAW_MISSING:
        return "without an address";
    case PATH_FLAW_NO_BRACKETS:
        return "with an address without angle brackets";
    case PATH_FLAW_UNCLOSED:
        return "with an angle bracket that is never closed";
    case PATH_FLAW_EMPTY:
        return "with an empty address, which only MAIL may have";
    case PATH_FLAW_JUNK:
        return "with text right after the closing angle bracket";
    case PATH_FLAW_SPACE_INSIDE:
        return "with a space in an address that is not quoted";
    case PATH_FLAW_NO_DOMAIN:
        return "with an address without a domain";
    }
    return NULL;
}

/* RFC 5321 4.1.2: esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-"). */
static bool is_keyword(struct slice name)
{
    if (name.len == 0 || name.data[0] == '-')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (!ascii_is_alpha(name.data[i]) && !ascii_is_digit(name.data[i]) && name.data[i] != '-')
            return false;
    }
    return true;
}

static bool has_bad_parameter(const struct path_line *line)
{
    struct slice rest = line->parameters;
    struct path_parameter parameter;

    while (path_parameter_next(&rest, &parameter)) {
        if (!is_keyword(parameter.name) || (parameter.has_value && parameter.value.len == 0))
            return true;
    }
    return false;
}

/* What follows the verb. RFC 5321 4.1.1: servers should bear white space before the CRLF, so that
 * alone is no finding. */
static struct slice arguments_of(const struct entry *entry)
{
    size_t verb = strlen(smtp_verb_name(entry->verb));

    return slice_trim(slice_from(entry->command.line, verb));
}

static const char *argument_flaw(const struct grammar *grammar, struct slice arguments)
{
    switch (grammar->need) {
    case ARGUMENT_ANY:
        return NULL;
    case ARGUMENT_NONE:
        return arguments.len > 0 ? "with an argument, where none is allowed" : NULL;
    case ARGUMENT_ONE:
    case ARGUMENT_SOME:
        if (arguments.len == 0)
            return grammar->missing;
        if (grammar->need == ARGUMENT_ONE && slice_find(arguments, 0, ' ') != SLICE_NONE)
            return "with more than one argument";
        return NULL;
    }
    return NULL;
}

/* What is wrong with a MAIL or RCPT; NULL: nothing. */
static const char *path_command_flaw(const struct path_line *line, enum smtp_verb verb)
{
    if (line->flaw != PATH_FLAW_NONE)
        return path_flaw_text(line->flaw, verb);
    return has_bad_parameter(line) ? "with a parameter that is not NAME or NAME=VALUE" : NULL;
}

static const char *path_reference(const struct path_line *line, enum smtp_verb verb)
{
    if (line->flaw == PATH_FLAW_SPACE_BEFORE || line->flaw == PATH_FLAW_SPACE_AFTER)
        return "RFC 5321 3.3";
    return verb == VERB_RCPT ? "RFC 5321 4.1.1.3" : "RFC 5321 4.1.1.2";
}

void rule_command_syntax(const struct view *view, const struct finding_rule *rule,
                         struct findings *findings)
{
    const struct entry *entry = view->entry;
    struct finding_site site = { .n = view->n };
    const char *flaw;

    if (!view->is_legible)
        return;
    if (verb_takes_path(entry->verb)) {
        struct path_line line = path_line_of(entry);

        flaw = path_command_flaw(&line, entry->verb);
        site.reference = path_reference(&line, entry->verb);
    } else {
        flaw = argument_flaw(&grammars[entry->verb], arguments_of(entry));
        site.reference = grammars[entry->verb].reference;
    }
    if (flaw == NULL)
        return;
    struct sentence shown = { .len = 0 };

    sentence_add_octets(&shown, entry->command.line, QUOTED_MAX);
    finding_raise(findings, rule, &site, "%s %s: %s", smtp_verb_name(entry->verb), flaw,
                  shown.text);
}

/* RFC 5321 4.1.5, 2.2.2: a private verb is in order where the server offered it by that name. */
static bool is_offered_verb(const struct hello *hello, struct slice line)
{
    struct slice rest = line;
    struct slice word = slice_next_word(&rest);
    char name[64];

    if (word.len == 0 || word.len >= sizeof(name))
        return false;
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] <= ' ' || word.data[i] > '~')
            return false;
        name[i] = (char)word.data[i];
    }
    name[word.len] = '\0';
    return hello_offers(hello, name, NULL);
}

void rule_unknown_command(const struct view *view, const struct finding_rule *rule,
                          struct findings *findings)
{
    const struct entry *entry = view->entry;
    struct slice line = entry->command.line;
    struct finding_site site = { .n = view->n };

    if (!entry_is_whole(entry) || entry->end == LINE_END_NONE ||
        is_offered_verb(&view->hello, line))
        return;
    struct sentence shown = { .len = 0 };

    sentence_add_octets(&shown, line, QUOTED_MAX);
    if (line.len == 0)
        finding_raise(findings, rule, &site, "an empty line where a command was due");
    else if ((entry->marks & MARK_REDACTED) != 0)
        finding_raise(findings, rule, &site, "what looks like credentials where a command was due");
    else
        finding_raise(findings, rule, &site, "a line that begins with no known command: %s",
                      shown.text);
}
