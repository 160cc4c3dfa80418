#include "base/number_text.h"

#include <inttypes.h>
#include <stdio.h>

struct number_text number_text_of(uint64_t number)
{
    struct number_text out = { { 0 } };
    char digits[NUMBER_TEXT_MAX];
    size_t len = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, number);
    size_t at = 0;

    for (size_t i = 0; i < len && at + 2 < sizeof(out.text); i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out.text[at++] = ',';
        out.text[at++] = digits[i];
    }
    return out;
}
