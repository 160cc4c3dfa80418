/* No text begins with 0x16 0x03 (SYN, ETX). */
#include "smtp/probe.h"

static bool fits(const struct tls_probe *probe, uint8_t octet, enum probe_types types)
{
    switch (probe->len) {
    case 0:
        if (types == PROBE_ANY)
            return octet >= 20 && octet <= 23;
        return octet == 21 || octet == 22;
    case 1:
        return octet == 3;
    default:
        return octet <= 4;
    }
}

enum parse tls_probe_feed(struct tls_probe *probe, struct slice *in, enum probe_types types)
{
    while (in->len > 0 && probe->len < PROBE_MAX) {
        if (!fits(probe, in->data[0], types))
            return PARSE_BAD;
        probe->octets[probe->len++] = in->data[0];
        *in = slice_from(*in, 1);
    }
    return probe->len == PROBE_MAX ? PARSE_OK : PARSE_MORE;
}
