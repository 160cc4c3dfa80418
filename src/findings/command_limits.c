/* One table of what each extension adds to the line length of which command. */
#include "findings/command_limits.h"

#include "findings/path.h"

/* Where an RFC states the increase, that number; where it only defines the parameters, the length
 * of their longest form with the space before each, counted in the comment. Parameters that exclude
 * each other count once. */
/* clang-format off */
static const struct allowance allowances[] = {
    /* "the maximum length of a MAIL FROM command line is increased by 26 characters" */
    { "SIZE", VERB_MAIL, 26, "RFC 1870 3" },
    /* " BODY=8BITMIME" */
    { "8BITMIME", VERB_MAIL, 14, "RFC 6152 2" },
    /* " BODY=BINARYMIME"; 8BITMIME, which BINARYMIME goes with, has 14 of its 16 octets already */
    { "BINARYMIME", VERB_MAIL, 2, "RFC 3030 3" },
    /* "The maximum length of a MAIL command line is increased by 10 characters" */
    { "SMTPUTF8", VERB_MAIL, 10, "RFC 6531 3.1" },
    /* AUTH= may have 500 characters */
    { "AUTH", VERB_MAIL, 500, "RFC 4954 3" },
    /* " REQUIRETLS" */
    { "REQUIRETLS", VERB_MAIL, 11, "RFC 8689 2" },
    /* " RET=FULL" is 9, " ENVID=" 7, its value at most 100 (RFC 3461 4.4) */
    { "DSN", VERB_MAIL, 116, "RFC 3461 4.3, 4.4" },
    /* " NOTIFY=SUCCESS,FAILURE,DELAY" is 29, " ORCPT=" 7, its value at most 500 (RFC 3461 4.2) */
    { "DSN", VERB_RCPT, 536, "RFC 3461 4.1, 4.2" },
    /* " BY=" is 4, "+999999999;RT" 13 */
    { "DELIVERBY", VERB_MAIL, 17, "RFC 2852 4" },
    /* " MT-PRIORITY=-9" */
    { "MT-PRIORITY", VERB_MAIL, 15, "RFC 6710 4.1" },
    /* " HOLDUNTIL=" is 11, a date with its zone 25; HOLDFOR, which excludes it, is shorter */
    { "FUTURERELEASE", VERB_MAIL, 36, "RFC 4865 4" },
    /* " RRVS=" is 6, a date with its zone 25, ";R" 2 */
    { "RRVS", VERB_RCPT, 33, "RFC 7293 3" },
};
/* clang-format on */

enum { ALLOWANCE_COUNT = sizeof(allowances) / sizeof(allowances[0]) };

const struct allowance *command_allowances(size_t *count)
{
    *count = ALLOWANCE_COUNT;
    return allowances;
}

static bool is_granted(const struct allowance *allowance, enum smtp_verb verb,
                       const struct hello *hello)
{
    if (allowance->verb != verb)
        return false;
    return hello->kind == HELLO_UNKNOWN || hello_offers(hello, allowance->keyword, NULL);
}

/* Parameters whose extension is in the table above. */
static bool is_tabled(struct slice name)
{
    static const char *const tabled[] = { "SIZE", "BODY",   "SMTPUTF8", "AUTH", "REQUIRETLS",
                                          "RET",  "ENVID",  "NOTIFY",   "ORCPT", "BY",
                                          "RRVS", "HOLDFOR", "HOLDUNTIL", "MT-PRIORITY" };

    for (size_t i = 0; i < sizeof(tabled) / sizeof(tabled[0]); i++) {
        if (slice_equal_nocase(name, slice_of_string(tabled[i])))
            return true;
    }
    return false;
}

/* RFC 5321 4.5.3.1: an extension may raise a limit, so one that is not in the table is believed. */
static uint64_t other_parameters(const struct entry *entry)
{
    struct path_line line = path_line_of(entry->command.line, entry->verb);
    struct slice rest = line.parameters;
    struct path_parameter parameter;
    uint64_t octets = 0;

    while (path_parameter_next(&rest, &parameter)) {
        if (!is_tabled(parameter.name))
            octets += 1 + parameter.name.len + (parameter.has_value ? 1 : 0) + parameter.value.len;
    }
    return octets;
}

uint64_t command_limit(const struct entry *entry, const struct hello *hello)
{
    uint64_t limit = COMMAND_LINE_MAX;

    if (entry->kind == ENTRY_SASL)
        return SASL_LINE_MAX;
    /* A URL with its token has no length that RFC 4468 would name. */
    if (entry->verb == VERB_BURL)
        return UINT64_MAX;
    if (entry->verb != VERB_MAIL && entry->verb != VERB_RCPT)
        return limit;
    for (size_t i = 0; i < ALLOWANCE_COUNT; i++) {
        if (is_granted(&allowances[i], entry->verb, hello))
            limit += allowances[i].octets;
    }
    return limit + other_parameters(entry);
}

void command_limit_explain(struct sentence *out, const struct entry *entry,
                           const struct hello *hello)
{
    uint64_t limit = command_limit(entry, hello);
    uint64_t other = 0;

    sentence_add(out, "%s", number_text_of(limit).text);
    if (entry->kind == ENTRY_SASL || limit == COMMAND_LINE_MAX)
        return;
    sentence_add(out, " (%d", COMMAND_LINE_MAX);
    for (size_t i = 0; i < ALLOWANCE_COUNT; i++) {
        if (is_granted(&allowances[i], entry->verb, hello))
            sentence_add(out, ", and %s for %s", number_text_of(allowances[i].octets).text,
                         allowances[i].keyword);
    }
    other = other_parameters(entry);
    if (other > 0)
        sentence_add(out, ", and %s for parameters of other extensions",
                     number_text_of(other).text);
    sentence_add(out, ")");
}
