/* One table, for what needs an offer and for how long a line may be. */
#include "findings/extensions.h"

#include <threads.h>

/* Where an RFC states by how much a line grows, that number, in its words; where it only defines
 * the parameter, its longest form with the space before it, counted in the comment. RFC 5321 2.2.2:
 * an extension states "the increment by which the extension is increasing the maximum length of the
 * commands MAIL and/or RCPT", so that no other verb has one. */
/* clang-format off */
static const struct extension_use uses[] = {
    /* 3: "the maximum length of a MAIL FROM command line is increased by 26 characters" */
    { VERB_MAIL, "SIZE", NULL, "SIZE", "RFC 1870 3", 26, "RFC 1870 3" },
    /* 3: "increased by 16 characters by the possible addition of the BODY=BINARYMIME keyword" */
    { VERB_MAIL, "BODY", "BINARYMIME", "BINARYMIME", "RFC 3030 3", 16, "RFC 3030 3" },
    /* No number; " BODY=8BITMIME" is 14. */
    { VERB_MAIL, "BODY", "8BITMIME", "8BITMIME", "RFC 6152 2", 14, "RFC 6152 2" },
    { VERB_MAIL, "BODY", "7BIT", "8BITMIME", "RFC 6152 2", 0, NULL },
    /* 3.1: "The maximum length of a MAIL command line is increased by 10 characters" */
    { VERB_MAIL, "SMTPUTF8", NULL, "SMTPUTF8", "RFC 6531 3.1", 10, "RFC 6531 3.1" },
    /* 3: "extends the maximum line length of the MAIL FROM command by 500 characters" */
    { VERB_MAIL, "AUTH", NULL, "AUTH", "RFC 4954 5", 500, "RFC 4954 3" },
    /* 2: "increased by 11 octets by the possible addition of a space and the REQUIRETLS keyword" */
    { VERB_MAIL, "REQUIRETLS", NULL, "REQUIRETLS", "RFC 8689 2", 11, "RFC 8689 2" },
    /* 5.4: "RET parameter: 8 characters", and the space */
    { VERB_MAIL, "RET", NULL, "DSN", "RFC 3461 4.3", 9, "RFC 3461 5.4" },
    /* 5.4: "ENVID parameter: 100 characters", and the space */
    { VERB_MAIL, "ENVID", NULL, "DSN", "RFC 3461 4.4", 101, "RFC 3461 5.4" },
    /* 2: "the 107 character extension of MAIL commands for the ENVID parameter" */
    { VERB_MAIL, "ENVID", NULL, "MTRK", "RFC 3885 2", 107, "RFC 3885 2" },
    /* 2: "The maximum length of a MAIL command line is increased by 40 characters" */
    { VERB_MAIL, "MTRK", NULL, "MTRK", "RFC 3885 3.1", 40, "RFC 3885 2" },
    /* 2: "increased by 17 characters by the possible addition of the BY keyword and value" */
    { VERB_MAIL, "BY", NULL, "DELIVERBY", "RFC 2852 4", 17, "RFC 2852 2" },
    /* 3: "increased by 15 octets by the possible addition of a space, the MT-PRIORITY keyword" */
    { VERB_MAIL, "MT-PRIORITY", NULL, "MT-PRIORITY", "RFC 6710 3", 15, "RFC 6710 3" },
    /* 3: "increased by 34 characters by the possible addition of the hold-param", which is one of
     * the two */
    { VERB_MAIL, "HOLDUNTIL", NULL, "FUTURERELEASE", "RFC 4865 3", 34, "RFC 4865 3" },
    { VERB_MAIL, "HOLDFOR", NULL, "FUTURERELEASE", "RFC 4865 3", 0, NULL },
    /* 4.1: "The potential length of the MAIL FROM command is thus increased by 1007 characters." */
    { VERB_MAIL, "SOLICIT", NULL, "NO-SOLICITING", "RFC 3865 2.3", 1007, "RFC 3865 4.1" },
    /* No number; " CONPERM" is 8. */
    { VERB_MAIL, "CONPERM", NULL, "CONPERM", "RFC 4141 4.2", 8, "RFC 4141 4.2" },
    /* 2: "increased by 88 characters by the possible addition of the TRANSID keyword and value" */
    { VERB_MAIL, "TRANSID", NULL, "CHECKPOINT", "RFC 1845 2", 88, "RFC 1845 2" },
    /* 5.4: "NOTIFY parameter: 28 characters", and the space */
    { VERB_RCPT, "NOTIFY", NULL, "DSN", "RFC 3461 4.1", 29, "RFC 3461 5.4" },
    /* 5.4: "ORCPT parameter: 500 characters", and the space: "530 characters for the ORCPT and
     * NOTIFY parameters of the RCPT command" */
    { VERB_RCPT, "ORCPT", NULL, "DSN", "RFC 3461 4.2", 501, "RFC 3461 5.4" },
    /* 2: "the 507 character extension of RCPT commands for the ORCPT parameter" */
    { VERB_RCPT, "ORCPT", NULL, "MTRK", "RFC 3885 2", 507, "RFC 3885 2" },
    /* 3.1: "increases the maximum command length for the RCPT command by 33 characters" */
    { VERB_RCPT, "RRVS", NULL, "RRVS", "RFC 7293 3.1", 33, "RFC 7293 3.1" },
    /* No number; " CONNEG" is 7. */
    { VERB_RCPT, "CONNEG", NULL, "CONNEG", "RFC 4141 5.2", 7, "RFC 4141 5.2" },
    { VERB_BDAT, NULL, NULL, "CHUNKING", "RFC 3030 2", 0, NULL },
    { VERB_AUTH, NULL, NULL, "AUTH", "RFC 4954 3", 0, NULL },
    { VERB_STARTTLS, NULL, NULL, "STARTTLS", "RFC 3207 4", 0, NULL },
    { VERB_X_ANONYMOUSTLS, NULL, NULL, "X-ANONYMOUSTLS", NULL, 0, NULL },
    { VERB_BURL, NULL, NULL, "BURL", "RFC 4468 3.1", 0, NULL },
    { VERB_ETRN, NULL, NULL, "ETRN", "RFC 1985 5", 0, NULL },
    { VERB_ATRN, NULL, NULL, "ATRN", "RFC 2645 5.2.1", 0, NULL },
    { VERB_XCLIENT, NULL, NULL, "XCLIENT", NULL, 0, NULL },
    { VERB_XFORWARD, NULL, NULL, "XFORWARD", NULL, 0, NULL },
};
/* clang-format on */

enum { USE_COUNT = sizeof(uses) / sizeof(uses[0]) };

const struct extension_use *extension_uses(size_t *count)
{
    *count = USE_COUNT;
    return uses;
}

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static size_t alternatives(const struct extension_use *rows, size_t count)
{
    size_t n = 1;

    while (rows[0].parameter != NULL && n < count && rows[n].verb == rows[0].verb &&
           is_same_text(rows[n].parameter, rows[0].parameter) &&
           is_same_text(rows[n].value, rows[0].value))
        n++;
    return n;
}

const struct extension_use *extension_take(uint64_t *used, size_t *same)
{
    size_t row = (size_t)__builtin_ctzll(*used);

    *same = alternatives(&uses[row], USE_COUNT - row);
    *used &= ~(((UINT64_C(1) << *same) - 1) << row);
    return &uses[row];
}

_Static_assert(USE_COUNT <= 64, "each row has a bit");

/* The rows of each verb: those that are about the verb itself, and those about a parameter. Few verbs
 * have any. */
static struct {
    uint64_t itself;
    uint64_t parameters;
} rows_of[VERB_COUNT];

static void collect_rows(void)
{
    for (size_t i = 0; i < USE_COUNT; i++) {
        if (uses[i].parameter == NULL)
            rows_of[uses[i].verb].itself |= UINT64_C(1) << i;
        else
            rows_of[uses[i].verb].parameters |= UINT64_C(1) << i;
    }
}

/* Those of `rows` that are about the parameter of that name, whatever its value. */
static uint64_t rows_named(uint64_t rows, struct slice name)
{
    uint64_t named = 0;

    for (; rows != 0; rows &= rows - 1) {
        const char *parameter = uses[__builtin_ctzll(rows)].parameter;

        if (slice_equal_nocase(name, slice_of_string(parameter)))
            named |= rows & -rows;
    }
    return named;
}

uint64_t extensions_used(const struct entry *command)
{
    static once_flag once = ONCE_FLAG_INIT;
    struct path_parameter parameter;
    struct slice rest;
    uint64_t used;
    uint64_t left; /* of a parameter that is there twice the first counts */

    call_once(&once, collect_rows);
    used = rows_of[command->verb].itself;
    left = rows_of[command->verb].parameters;
    if (left == 0 || path_stands_alone(&command->command))
        return used;
    rest = path_line_of(command).parameters;
    while (path_parameter_next(&rest, &parameter)) {
        uint64_t named = rows_named(left, parameter.name);

        left &= ~named;
        for (; named != 0; named &= named - 1) {
            const char *value = uses[__builtin_ctzll(named)].value;

            if (value == NULL || slice_equal_nocase(parameter.value, slice_of_string(value)))
                used |= named & -named;
        }
    }
    return used;
}

bool extension_knows_parameter(enum smtp_verb verb, struct slice name)
{
    for (size_t i = 0; i < USE_COUNT; i++) {
        if (uses[i].verb == verb && uses[i].parameter != NULL &&
            slice_equal_nocase(name, slice_of_string(uses[i].parameter)))
            return true;
    }
    return false;
}
