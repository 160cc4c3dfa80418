/* One table, for what needs an offer and for how long a line may be. */
#include "findings/extensions.h"

/* Where an RFC states by how much a line grows, that number; where it only defines the parameter,
 * its longest form with the space before it, counted in the comment. */
/* clang-format off */
static const struct extension_use uses[] = {
    /* "the maximum length of a MAIL FROM command line is increased by 26 characters" */
    { VERB_MAIL, "SIZE", NULL, "SIZE", "RFC 1870 3", 26, "RFC 1870 3" },
    /* "increased by 16 characters by the possible addition of the BODY=BINARYMIME keyword" */
    { VERB_MAIL, "BODY", "BINARYMIME", "BINARYMIME", "RFC 3030 3", 16, "RFC 3030 3" },
    /* " BODY=8BITMIME" */
    { VERB_MAIL, "BODY", "8BITMIME", "8BITMIME", "RFC 6152 2", 14, "RFC 6152 2" },
    { VERB_MAIL, "BODY", "7BIT", "8BITMIME", "RFC 6152 2", 0, NULL },
    /* "The maximum length of a MAIL command line is increased by 10 characters" */
    { VERB_MAIL, "SMTPUTF8", NULL, "SMTPUTF8", "RFC 6531 3.1", 10, "RFC 6531 3.1" },
    /* "extends the maximum line length of the MAIL FROM command by 500 characters" */
    { VERB_MAIL, "AUTH", NULL, "AUTH", "RFC 4954 5", 500, "RFC 4954 3" },
    /* "increased by 11 octets by the possible addition of a space and the REQUIRETLS keyword" */
    { VERB_MAIL, "REQUIRETLS", NULL, "REQUIRETLS", "RFC 8689 2", 11, "RFC 8689 2" },
    /* " RET=FULL" */
    { VERB_MAIL, "RET", NULL, "DSN", "RFC 3461 4.3", 9, "RFC 3461 4.3" },
    /* "The ENVID parameter MAY be up to 100 characters in length", and the space */
    { VERB_MAIL, "ENVID", NULL, "DSN", "RFC 3461 4.4", 101, "RFC 3461 4.4" },
    /* " BY=" is 4, "+999999999;RT" 13 */
    { VERB_MAIL, "BY", NULL, "DELIVERBY", "RFC 2852 4", 17, "RFC 2852 4" },
    /* " MT-PRIORITY=-9" */
    { VERB_MAIL, "MT-PRIORITY", NULL, "MT-PRIORITY", "RFC 6710 3", 15, "RFC 6710 3" },
    /* " HOLDUNTIL=" is 11, a date with its zone 25; HOLDFOR excludes it and is shorter */
    { VERB_MAIL, "HOLDUNTIL", NULL, "FUTURERELEASE", "RFC 4865", 36, "RFC 4865" },
    { VERB_MAIL, "HOLDFOR", NULL, "FUTURERELEASE", "RFC 4865", 0, NULL },
    /* " SOLICIT=" is 9, its keywords 1000 */
    { VERB_MAIL, "SOLICIT", NULL, "NO-SOLICITING", "RFC 3865 2.3", 1009, "RFC 3865 2.3" },
    /* " NOTIFY=SUCCESS,FAILURE,DELAY" */
    { VERB_RCPT, "NOTIFY", NULL, "DSN", "RFC 3461 4.1", 29, "RFC 3461 4.1" },
    /* "The entire ORCPT parameter MAY be up to 500 characters in length", and the space */
    { VERB_RCPT, "ORCPT", NULL, "DSN", "RFC 3461 4.2", 501, "RFC 3461 4.2" },
    /* " RRVS=" is 6, a date with its zone 25, ";R" 2 */
    { VERB_RCPT, "RRVS", NULL, "RRVS", "RFC 7293 3.1", 33, "RFC 7293 3.1" },
    { VERB_BDAT, NULL, NULL, "CHUNKING", "RFC 3030 2", 0, NULL },
    { VERB_AUTH, NULL, NULL, "AUTH", "RFC 4954 3", 0, NULL },
    { VERB_STARTTLS, NULL, NULL, "STARTTLS", "RFC 3207 4", 0, NULL },
    { VERB_X_ANONYMOUSTLS, NULL, NULL, "X-ANONYMOUSTLS", NULL, 0, NULL },
    { VERB_BURL, NULL, NULL, "BURL", "RFC 4468 3", 0, NULL },
    { VERB_ETRN, NULL, NULL, "ETRN", "RFC 1985", 0, NULL },
    { VERB_ATRN, NULL, NULL, "ATRN", "RFC 2645", 0, NULL },
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

bool extension_knows_parameter(enum smtp_verb verb, struct slice name)
{
    for (size_t i = 0; i < USE_COUNT; i++) {
        if (uses[i].verb == verb && uses[i].parameter != NULL &&
            slice_equal_nocase(name, slice_of_string(uses[i].parameter)))
            return true;
    }
    return false;
}
