/* One extended regular expression for each part. */
#include "support/reference.h"

#include <regex.h>
#include <stddef.h>
#include <string.h>

#define RFC "RFC [1-9][0-9]{2,4}( [1-9][0-9]*(\\.[1-9][0-9]*)*)?"
#define PART                                  \
    "(" RFC "|CVE-(19|20)[0-9]{2}-[0-9]{4,7}" \
    "|[a-z]+\\([1-8]\\) (-[A-Za-z]|[A-Z]+))"

static bool is_match(const char *text, const char *expression)
{
    regex_t form;
    bool matches;

    if (regcomp(&form, expression, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    matches = regexec(&form, text, 0, NULL, 0) == 0;
    regfree(&form);
    return matches;
}

bool reference_is_well_formed(const char *reference)
{
    return reference != NULL && is_match(reference, "^" PART "((, | and )" PART ")*$");
}

bool reference_names_are_whole(const char *text)
{
    const char *at = text;

    while ((at = strstr(at, "RFC")) != NULL) {
        if (!is_match(at, "^" RFC "($|[,;)]| [^0-9])") && !is_match(at, "^RFC( [^0-9]|[^0-9 ]|$)"))
            return false;
        at += 3;
    }
    return true;
}
