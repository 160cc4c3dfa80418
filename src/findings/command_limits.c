/* Sums up the table of extensions for one command. */
#include "findings/command_limits.h"

#include "findings/extensions.h"

static bool is_granted(const struct extension_use *use, enum smtp_verb verb,
                       const struct hello *hello)
{
    if (use->verb != verb || use->octets == 0)
        return false;
    return hello->kind == HELLO_UNKNOWN || hello_offers(hello, use->keyword, NULL);
}

/* A parameter stands once: of its rows the longest that is granted counts, else no row of it. */
static const struct extension_use *granted_parameter(const struct extension_use *rows, size_t count,
                                                     enum smtp_verb verb, const struct hello *hello)
{
    const struct extension_use *longest = NULL;

    for (size_t i = 0; i < count; i++) {
        if (is_granted(&rows[i], verb, hello) &&
            (longest == NULL || rows[i].octets > longest->octets))
            longest = &rows[i];
    }
    return longest;
}

/* Rows from the start of `rows` on that are about the same parameter. */
static size_t same_parameter(const struct extension_use *rows, size_t count)
{
    size_t n = 1;

    while (rows[0].parameter != NULL && n < count && rows[n].parameter != NULL &&
           strcmp(rows[n].parameter, rows[0].parameter) == 0)
        n++;
    return n;
}

/* RFC 5321 4.5.3.1: an extension may raise a limit, so one that is not in the table is believed. */
static uint64_t other_parameters(const struct entry *entry, const struct hello *hello)
{
    struct path_line line = path_line_of(entry);
    struct slice rest = line.parameters;
    struct path_parameter parameter;
    uint64_t octets = 0;

    while (path_parameter_next(&rest, &parameter)) {
        if (!extension_knows_parameter(entry->verb, parameter.name) &&
            (hello->kind == HELLO_UNKNOWN || hello_offers_name(hello, parameter.name)))
            octets += 1 + parameter.name.len + (parameter.has_value ? 1 : 0) + parameter.value.len;
    }
    return octets;
}

/* Each allowance is also said in `*out`, where there is one. */
static uint64_t sum_allowances(const struct entry *entry, const struct hello *hello,
                               struct sentence *out)
{
    size_t count;
    const struct extension_use *uses = extension_uses(&count);
    uint64_t octets = 0;
    uint64_t other;

    for (size_t i = 0; i < count;) {
        size_t same = same_parameter(&uses[i], count - i);
        const struct extension_use *use = granted_parameter(&uses[i], same, entry->verb, hello);

        i += same;
        if (use == NULL)
            continue;
        octets += use->octets;
        if (out != NULL)
            sentence_add(out, ", %s for %s by %s", number_text_of(use->octets).text, use->parameter,
                         use->octets_reference);
    }
    other = other_parameters(entry, hello);
    if (other > 0 && out != NULL)
        sentence_add(out, ", %s for parameters of other extensions", number_text_of(other).text);
    return octets + other;
}

static bool has_allowances(const struct entry *entry)
{
    return entry->kind == ENTRY_COMMAND && (entry->verb == VERB_MAIL || entry->verb == VERB_RCPT);
}

uint64_t command_limit(const struct entry *entry, const struct hello *hello)
{
    if (entry->kind == ENTRY_SASL)
        return SASL_LINE_MAX;
    /* A URL with its token has no length that RFC 4468 would name. */
    if (entry->verb == VERB_BURL || entry->verb == VERB_PROXY)
        return UINT64_MAX;
    return COMMAND_LINE_MAX + (has_allowances(entry) ? sum_allowances(entry, hello, NULL) : 0);
}

/* What the limit of a line without allowances rests on. */
static const char *plain_reason(const struct entry *entry, const struct hello *hello)
{
    if (entry->kind == ENTRY_SASL)
        return "for an answer to a challenge";
    if (entry->verb == VERB_AUTH)
        return "its initial response included";
    if (!has_allowances(entry))
        return "no extension lengthens this command";
    return hello->kind == HELLO_HELO ? "after HELO no extension lengthens it"
                                     : "no extension that was offered lengthens it";
}

void command_limit_explain(struct sentence *out, const struct entry *entry,
                           const struct hello *hello)
{
    uint64_t limit = command_limit(entry, hello);

    sentence_add(out, "%s", number_text_of(limit).text);
    if (!has_allowances(entry) || limit == COMMAND_LINE_MAX) {
        sentence_add(out, " (%s)", plain_reason(entry, hello));
        return;
    }
    sentence_add(out, " (%d", COMMAND_LINE_MAX);
    (void)sum_allowances(entry, hello, out);
    sentence_add(out, ")");
}
