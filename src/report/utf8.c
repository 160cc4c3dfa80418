/* RFC 3629 4, as a table of what may follow each first octet. */
#include "report/utf8.h"

struct lead {
    uint8_t first, last; /* first octets of this row */
    uint8_t len;
    uint8_t lowest, highest; /* of the second octet: excludes overlong forms and surrogates */
    uint8_t bits;            /* of the first octet that belong to the character */
};

/* clang-format off */
static const struct lead leads[] = {
    { 0x00, 0x7F, 1, 0x00, 0x00, 0x7F },
    { 0xC2, 0xDF, 2, 0x80, 0xBF, 0x1F },
    { 0xE0, 0xE0, 3, 0xA0, 0xBF, 0x0F },
    { 0xE1, 0xEC, 3, 0x80, 0xBF, 0x0F },
    { 0xED, 0xED, 3, 0x80, 0x9F, 0x0F },
    { 0xEE, 0xEF, 3, 0x80, 0xBF, 0x0F },
    { 0xF0, 0xF0, 4, 0x90, 0xBF, 0x07 },
    { 0xF1, 0xF3, 4, 0x80, 0xBF, 0x07 },
    { 0xF4, 0xF4, 4, 0x80, 0x8F, 0x07 },
};
/* clang-format on */

size_t utf8_decode(struct slice s, uint32_t *character)
{
    const struct lead *lead = leads;
    const struct lead *end = leads + sizeof leads / sizeof leads[0];
    uint32_t value;

    if (s.len == 0)
        return 0;
    while (lead < end && (s.data[0] < lead->first || s.data[0] > lead->last))
        lead++;
    if (lead == end || s.len < lead->len)
        return 0;
    value = s.data[0] & lead->bits;
    for (size_t i = 1; i < lead->len; i++) {
        uint8_t octet = s.data[i];

        if (octet < (i == 1 ? lead->lowest : 0x80) || octet > (i == 1 ? lead->highest : 0xBF))
            return 0;
        value = value << 6 | (octet & 0x3FU);
    }
    *character = value;
    return lead->len;
}
