#include "base/number_text.h"

#include "base/digits.h"

struct number_text number_text_of(uint64_t number)
{
    struct number_text out = { { 0 } };
    char digits[DIGITS_MAX];
    size_t len = digits_decimal(digits, number);
    size_t at = 0;

    for (size_t i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out.text[at++] = ',';
        out.text[at++] = digits[i];
    }
    return out;
}
