/* Enhanced status codes between octets and numbers. */
#include "base/reply_code.h"

#include <stdio.h>

/* One to three digits from `at` on; the octets read, 0 where there is none or a fourth follows. */
static size_t read_number(struct slice text, size_t at, uint16_t *out)
{
    size_t n = 0;
    unsigned value = 0;

    while (n < 4 && at + n < text.len && ascii_is_digit(text.data[at + n])) {
        value = value * 10 + (unsigned)(text.data[at + n] - '0');
        n++;
    }
    if (n > 3)
        return 0;
    *out = (uint16_t)value;
    return n;
}

/* Nearly all codes have three digits in all. */
static bool is_short_code(struct slice text)
{
    return ascii_is_digit(text.data[2]) && text.data[3] == '.' && ascii_is_digit(text.data[4]) &&
           (text.len == 5 || text.data[5] == ' ');
}

size_t enhanced_code_parse(struct slice text, struct enhanced_code *out)
{
    struct enhanced_code code = { 0 };
    size_t at = 2;
    size_t n;

    *out = code;
    if (text.len < 5 || text.data[1] != '.')
        return 0;
    if (text.data[0] != '2' && text.data[0] != '4' && text.data[0] != '5')
        return 0;
    code.class = (uint8_t)(text.data[0] - '0');
    if (is_short_code(text)) {
        out->class = code.class;
        out->subject = (uint16_t)(text.data[2] - '0');
        out->detail = (uint16_t)(text.data[4] - '0');
        return 5;
    }
    n = read_number(text, at, &code.subject);
    at += n;
    if (n == 0 || at >= text.len || text.data[at] != '.')
        return 0;
    at++;
    n = read_number(text, at, &code.detail);
    at += n;
    if (n == 0 || (at < text.len && text.data[at] != ' '))
        return 0;
    *out = code;
    return at;
}

size_t enhanced_code_text(struct enhanced_code code, char out[ENHANCED_CODE_TEXT_MAX])
{
    int n = 0;

    out[0] = '\0';
    if (code.class != 0)
        n = snprintf(out, ENHANCED_CODE_TEXT_MAX, "%u.%u.%u", code.class % 10U,
                     code.subject % 1000U, code.detail % 1000U);
    return n < 0 ? 0 : (size_t)n;
}
