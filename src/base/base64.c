/* libcrypto decodes; what it accepts beyond the standard is refused before. */
#include "base/base64.h"

#include <limits.h>

#include <openssl/evp.h>

static bool is_base64_octet(uint8_t octet)
{
    return ascii_is_alpha(octet) || ascii_is_digit(octet) || octet == '+' || octet == '/';
}

/* Octets before the padding. */
static size_t body_length(struct slice s)
{
    size_t len = s.len;

    while (len > 0 && s.len - len < 2 && s.data[len - 1] == '=')
        len--;
    return len;
}

bool base64_is_likely(struct slice s)
{
    size_t body = body_length(s);

    if (s.len < 4)
        return false;
    for (size_t i = 0; i < body; i++) {
        if (!is_base64_octet(s.data[i]))
            return false;
    }
    return true;
}

bool base64_decode(struct slice s, uint8_t *out, size_t room, size_t *len)
{
    int decoded;

    *len = 0;
    if (s.len == 0)
        return true;
    if (s.len % 4 != 0 || s.len > INT_MAX || s.len / 4 * 3 > room || !base64_is_likely(s))
        return false;
    decoded = EVP_DecodeBlock(out, s.data, (int)s.len);
    if (decoded < 0)
        return false;
    *len = (size_t)decoded - (s.len - body_length(s));
    return true;
}
