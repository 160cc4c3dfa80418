/* MPLS (RFC 3032). Nothing in a label stack says what it carries: what follows is looked at. */
#include "net/layers.h"

enum {
    LABEL_SHIFT = 12,
    BOTTOM_OF_STACK = 0x100,
    CONTROL_WORD = 4, /* octets (RFC 4385 3) */
    NIBBLE_CONTROL_WORD = 0,
    NIBBLE_CHANNEL = 1, /* RFC 4385 5: no user's packet */
};

/* RFC 4928 3: pseudowires without a control word may begin with any nibble, so a length must fit,
 * too. */
static bool is_ipv4_likely(struct cursor in, uint64_t sent)
{
    uint8_t first = cursor_u8(&in);
    uint16_t length;

    cursor_skip(&in, 1);
    length = cursor_u16be(&in);
    return first >> 4 == 4 && (first & 0x0F) >= 5 &&
           (length == 0 || (length >= 20 && length <= sent));
}

static bool is_ipv6_likely(struct cursor in, uint64_t sent)
{
    uint8_t first = cursor_u8(&in);
    uint16_t length;

    cursor_skip(&in, 3);
    length = cursor_u16be(&in);
    return first >> 4 == 6 && (uint64_t)length + 40 <= sent;
}

/* An Ethernet pseudowire (RFC 4448), without a control word or with one. An address may begin as a
 * control word does, but what stands where the Ethertype is to be is hardly ever one by chance: seen
 * first without, for behind a control word the second of two VLAN tags would look like the first. */
static enum step pseudowire(struct decoding *d, uint8_t nibble)
{
    struct cursor behind = d->in;
    enum parse likely = ethernet_is_likely(d->in);

    d->is_guess = true;
    if (likely == PARSE_BAD && nibble == NIBBLE_CONTROL_WORD) {
        cursor_skip(&behind, CONTROL_WORD);
        likely = ethernet_is_likely(behind);
        d->in = behind;
    }
    if (likely == PARSE_MORE)
        return step_short(d);
    return likely == PARSE_OK ? STEP_ETHERNET : STEP_NOT_IP;
}

enum step layer_mpls(struct decoding *d)
{
    struct cursor ahead;
    uint32_t entry;
    uint8_t nibble;

    do {
        entry = cursor_u32be(&d->in);
        if (d->in.is_short)
            return step_short(d);
        if (!encapsulation_add(&d->packet->encapsulation, LAYER_MPLS, entry >> LABEL_SHIFT))
            return STEP_TOO_DEEP;
    } while ((entry & BOTTOM_OF_STACK) == 0);
    ahead = d->in;
    nibble = cursor_u8(&ahead) >> 4;
    if (ahead.is_short)
        return step_short(d);
    if (is_ipv4_likely(d->in, sent_left(d)))
        return STEP_IPV4;
    if (is_ipv6_likely(d->in, sent_left(d)))
        return STEP_IPV6;
    return nibble == NIBBLE_CHANNEL ? STEP_NOT_IP : pseudowire(d, nibble);
}
