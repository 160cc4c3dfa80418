/* Octet by octet: the header may be cut anywhere. */
#include "smtp/proxy_header.h"

static const uint8_t signature[PROXY_SIGNATURE] = { '\r', '\n', '\r', '\n', '\0', '\r',
                                                    '\n', 'Q',  'U',  'I',  'T',  '\n' };

static uint32_t announced(const struct proxy_header *header)
{
    return (uint32_t)header->octets[14] << 8 | header->octets[15];
}

/* The octet that comes next may stand there. */
static bool fits(const struct proxy_header *header, uint8_t octet)
{
    if (header->len < PROXY_SIGNATURE)
        return octet == signature[header->len];
    /* The upper half of the octet after it is the version. */
    return header->len > PROXY_SIGNATURE || octet >> 4 == 2;
}

enum parse proxy_header_feed(struct proxy_header *header, struct slice *in)
{
    while (in->len > 0 && header->len < PROXY_FIXED) {
        if (!fits(header, in->data[0]))
            return PARSE_BAD;
        header->octets[header->len++] = in->data[0];
        *in = slice_from(*in, 1);
        if (header->len == PROXY_FIXED)
            header->left = announced(header);
    }
    if (header->len == PROXY_FIXED) {
        uint32_t taken = in->len < header->left ? (uint32_t)in->len : header->left;

        *in = slice_from(*in, taken);
        header->left -= taken;
        if (header->left == 0)
            return PARSE_OK;
    }
    return PARSE_MORE;
}

uint64_t proxy_header_length(const struct proxy_header *header)
{
    return PROXY_FIXED + (uint64_t)announced(header);
}

bool proxy_header_is_line(struct slice line)
{
    struct slice rest = line;
    struct slice family;

    if (!slice_equal(slice_next_word(&rest), slice_of_string("PROXY")))
        return false;
    family = slice_next_word(&rest);
    return slice_equal(family, slice_of_string("TCP4")) ||
           slice_equal(family, slice_of_string("TCP6")) ||
           slice_equal(family, slice_of_string("UNKNOWN"));
}
