/* One extended regular expression for each part. */
#include "support/reference.h"

#include <regex.h>
#include <stddef.h>

#define PART                                               \
    "(RFC [1-9][0-9]{2,4}( [1-9][0-9]*(\\.[1-9][0-9]*)*)?" \
    "|CVE-(19|20)[0-9]{2}-[0-9]{4,7}"                      \
    "|[a-z]+\\([1-8]\\) (-[A-Za-z]|[A-Z]+))"

bool reference_is_well_formed(const char *reference)
{
    regex_t form;
    bool is_match;

    if (reference == NULL || regcomp(&form, "^" PART "((, | and )" PART ")*$", REG_EXTENDED) != 0)
        return false;
    is_match = regexec(&form, reference, 0, NULL, 0) == 0;
    regfree(&form);
    return is_match;
}
