/* Addresses as text, and endpoints compared. */
#include "net/endpoint.h"

#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"

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

static size_t text_v6(const struct address *address, char out[ADDRESS_TEXT_MAX])
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
        const uint8_t *v4 = &address->octets[12];

        return (size_t)snprintf(out, ADDRESS_TEXT_MAX, "::ffff:%u.%u.%u.%u", v4[0], v4[1], v4[2],
                                v4[3]);
    }
    for (int i = 0; i < GROUPS; i++) {
        const char *before = i == 0 || i == start + length ? "" : ":";

        if (i == start) {
            used += (size_t)snprintf(&out[used], ADDRESS_TEXT_MAX - used, "::");
            i += length - 1;
            continue;
        }
        used += (size_t)snprintf(&out[used], ADDRESS_TEXT_MAX - used, "%s%x", before,
                                 (unsigned)groups[i]);
    }
    return used;
}

size_t address_text(const struct address *address, char out[ADDRESS_TEXT_MAX])
{
    const uint8_t *o = address->octets;

    if (address->version == 6)
        return text_v6(address, out);
    return (size_t)snprintf(out, ADDRESS_TEXT_MAX, "%u.%u.%u.%u", o[0], o[1], o[2], o[3]);
}

size_t endpoint_text(const struct endpoint *endpoint, char out[ENDPOINT_TEXT_MAX])
{
    char address[ADDRESS_TEXT_MAX];
    unsigned port = endpoint->port;

    address_text(&endpoint->address, address);
    return (size_t)snprintf(out, ENDPOINT_TEXT_MAX,
                            endpoint->address.version == 6 ? "[%s]:%u" : "%s:%u", address, port);
}

bool address_parse(const char *text, struct address *out)
{
    *out = (struct address){ .version = 4 };
    if (inet_pton(AF_INET, text, out->octets) == 1)
        return true;
    out->version = 6;
    return inet_pton(AF_INET6, text, out->octets) == 1;
}

int endpoint_compare(const struct endpoint *a, const struct endpoint *b)
{
    /* The first octet is the highest. */
    for (size_t at = 0; at < sizeof(a->address.octets); at += sizeof(uint64_t)) {
        uint64_t left = be64toh(address_word(&a->address, at));
        uint64_t right = be64toh(address_word(&b->address, at));

        if (left != right)
            return left > right ? 1 : -1;
    }
    if (a->port != b->port)
        return a->port > b->port ? 1 : -1;
    return (a->address.version > b->address.version) - (a->address.version < b->address.version);
}
