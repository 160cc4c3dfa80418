/* Addresses as text, and endpoints compared. */
#include "net/endpoint.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/cursor.h"
#include "base/digits.h"

enum { GROUPS = 8 };

/* RFC 5952 4.2: "::" stands for the longest run of two or more zero groups, the first of equals. */
static void longest_zeros(const uint16_t groups[GROUPS], int *start, int *length)
{
    int run = 0;

    *start = GROUPS;
    *length = 1;
    for (int i = 0; i < GROUPS; i++) {
        run = groups[i] == 0 ? run + 1 : 0;
        if (run > *length) {
            *length = run;
            *start = i + 1 - run;
        }
    }
}

/* Without the NUL, as all of these. */
static size_t text_v4(const uint8_t octets[4], char *out)
{
    size_t used = 0;

    for (size_t i = 0; i < 4; i++) {
        if (i > 0)
            out[used++] = '.';
        used += digits_decimal(&out[used], octets[i]);
    }
    return used;
}

static size_t text_v6(const struct address *address, char *out)
{
    struct cursor in = cursor_of(slice_of(address->octets, sizeof(address->octets)));
    uint16_t groups[GROUPS];
    int start, length;
    size_t used = 0;

    for (int i = 0; i < GROUPS; i++)
        groups[i] = cursor_u16be(&in);
    longest_zeros(groups, &start, &length);
    /* RFC 5952 5: a mapped address shows its IPv4 part as such. */
    if (start == 0 && length == 5 && groups[5] == 0xFFFF) {
        mem_copy(out, "::ffff:", 7);
        return 7 + text_v4(&address->octets[12], out + 7);
    }
    for (int i = 0; i < GROUPS; i++) {
        if (i == start) {
            mem_copy(&out[used], "::", 2);
            used += 2;
            i += length - 1;
            continue;
        }
        if (i > 0 && i != start + length)
            out[used++] = ':';
        used += digits_hexadecimal(&out[used], groups[i]);
    }
    return used;
}

static size_t put_address(const struct address *address, char *out)
{
    return address->version == 6 ? text_v6(address, out) : text_v4(address->octets, out);
}

size_t address_text(const struct address *address, char out[ADDRESS_TEXT_MAX])
{
    size_t used = put_address(address, out);

    out[used] = '\0';
    return used;
}

size_t endpoint_text(const struct endpoint *endpoint, char out[ENDPOINT_TEXT_MAX])
{
    bool is_v6 = endpoint->address.version == 6;
    size_t used = 0;

    if (is_v6)
        out[used++] = '[';
    used += put_address(&endpoint->address, &out[used]);
    if (is_v6)
        out[used++] = ']';
    out[used++] = ':';
    used += digits_decimal(&out[used], endpoint->port);
    out[used] = '\0';
    return used;
}

bool address_parse(const char *text, struct address *out)
{
    *out = (struct address){ .version = 4 };
    if (inet_pton(AF_INET, text, out->octets) == 1)
        return true;
    out->version = 6;
    return inet_pton(AF_INET6, text, out->octets) == 1;
}
