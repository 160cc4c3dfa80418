/* IEEE 802.11 data frames and the headers that captures put before them: radiotap, Prism and AVS,
 * PPI. What is encrypted on the air stays so: no keys are read. */
#include "net/layers.h"

/* Frame Control (IEEE 802.11-2020 9.2.4.1), octet by octet. */
enum {
    VERSION_AND_TYPE = 0x0F,
    DATA = 0x08,
    SUBTYPE_NO_DATA = 0x40,
    SUBTYPE_QOS = 0x80,
    TO_AND_FROM_DS = 0x03, /* in the second octet, as what follows */
    MORE_FRAGMENTS = 0x04,
    PROTECTED = 0x40,
    HAS_HT_CONTROL = 0x80,
    FRAGMENT_NUMBER = 0x0F, /* of the sequence control's first octet */
    QOS_AMSDU = 0x80,       /* 9.2.4.5.9, in the first octet */
};

enum {
    AMSDU_ADDRESSES = 12,
    AMSDU_HEADER = 14,
    RADIOTAP_FIXED = 8,
    RADIOTAP_HAS_TSFT = 1,
    RADIOTAP_HAS_FLAGS = 2,
    RADIOTAP_PADDED = 0x20,
    RADIOTAP_BAD_FCS = 0x40,
    AVS_COOKIE = 0x80211,
    PRISM_MAX = 1024, /* the real ones have 144 octets, AVS 64 */
    PPI_FIXED = 8,
};

/* Bit 31 of a presence word: another one follows. */
#define RADIOTAP_MORE UINT32_C(0x80000000)

enum step layer_wlan(struct decoding *d)
{
    uint8_t type = cursor_u8(&d->in);
    uint8_t flags = cursor_u8(&d->in);
    size_t header = 24;
    uint8_t sequence, quality = 0;

    if (d->in.is_short)
        return step_short(d);
    if ((type & VERSION_AND_TYPE) != DATA || (type & SUBTYPE_NO_DATA) != 0)
        return STEP_NOT_IP;
    cursor_skip(&d->in, 20); /* duration, three addresses */
    sequence = cursor_u8(&d->in);
    cursor_skip(&d->in, 1);
    if ((flags & TO_AND_FROM_DS) == TO_AND_FROM_DS) {
        cursor_skip(&d->in, 6);
        header += 6;
    }
    if ((type & SUBTYPE_QOS) != 0) {
        quality = cursor_u8(&d->in);
        cursor_skip(&d->in, (flags & HAS_HT_CONTROL) != 0 ? 5 : 1);
        header += (flags & HAS_HT_CONTROL) != 0 ? 6 : 2;
    }
    if (d->has_wlan_padding)
        cursor_skip(&d->in, (4 - header % 4) % 4);
    if (d->in.is_short)
        return step_short(d);
    if ((flags & PROTECTED) != 0)
        return STEP_ENCRYPTED;
    /* 802.11's own fragments are not put together. */
    if ((flags & MORE_FRAGMENTS) != 0 || (sequence & FRAGMENT_NUMBER) != 0)
        return STEP_LOST_FRAGMENT;
    return (quality & QOS_AMSDU) != 0 ? STEP_AMSDU : STEP_LLC;
}

/* 802.11-2020 9.3.2.2.2: subframes, each but the last filled up to 4 octets. The walk goes on in the
 * first; the decoder comes back for the others. */
enum step layer_amsdu(struct decoding *d)
{
    uint16_t length;
    size_t padding;

    cursor_skip(&d->in, AMSDU_ADDRESSES);
    length = cursor_u16be(&d->in);
    if (d->in.is_short)
        return step_short(d);
    padding = (4 - ((size_t)length + AMSDU_HEADER) % 4) % 4;
    d->later->in = d->in;
    d->later->cut = d->cut;
    cursor_skip(&d->later->in, (size_t)length + padding);
    /* What is shorter than a header is the frame check sequence, or filling. */
    d->packet->has_next = !d->later->in.is_short && cursor_left(&d->later->in) >= AMSDU_HEADER;
    decoding_bound(d, length);
    return STEP_LLC;
}

/* radiotap.org: a length, words of bits that say which fields are there, the fields, each aligned
 * to its size. */
enum step layer_radiotap(struct decoding *d)
{
    struct slice whole = slice_from(d->in.in, d->in.pos);
    struct cursor fields;
    uint8_t version = cursor_u8(&d->in);
    uint16_t length;
    uint32_t present, word;
    uint8_t flags = 0;

    cursor_skip(&d->in, 1);
    length = cursor_u16le(&d->in);
    cursor_skip(&d->in, 4);
    if (d->in.is_short)
        return step_short(d);
    if (version != 0 || length < RADIOTAP_FIXED)
        return STEP_MALFORMED;
    cursor_skip(&d->in, (size_t)length - RADIOTAP_FIXED);
    if (d->in.is_short)
        return step_short(d);
    fields = cursor_of(slice_part(whole, 0, length));
    cursor_skip(&fields, 4);
    present = cursor_u32le(&fields);
    word = present;
    while ((word & RADIOTAP_MORE) != 0)
        word = cursor_u32le(&fields); /* 0 at the end */
    if ((present & RADIOTAP_HAS_TSFT) != 0)
        cursor_skip(&fields, (8 - fields.pos % 8) % 8 + 8);
    if ((present & RADIOTAP_HAS_FLAGS) != 0)
        flags = cursor_u8(&fields);
    if (fields.is_short || (flags & RADIOTAP_BAD_FCS) != 0)
        return STEP_MALFORMED;
    d->has_wlan_padding = (flags & RADIOTAP_PADDED) != 0;
    return STEP_WLAN;
}

/* LINKTYPE_IEEE802_11_PRISM and _AVS; the former's numbers are in the order of the machine that
 * captured, and drivers write the latter's header under either type. */
enum step layer_prism(struct decoding *d)
{
    struct cursor swapped = d->in;
    uint32_t code = cursor_u32be(&d->in);
    uint32_t length = cursor_u32be(&d->in);

    cursor_skip(&swapped, 4);
    if (code >> 12 != AVS_COOKIE && length > PRISM_MAX)
        length = cursor_u32le(&swapped);
    if (d->in.is_short)
        return step_short(d);
    if (length < 8 || length > PRISM_MAX)
        return STEP_MALFORMED;
    cursor_skip(&d->in, length - 8);
    return d->in.is_short ? step_short(d) : STEP_WLAN;
}

/* The Per-Packet Information header (CACE, 2007): version, flags, length, link type, fields. */
enum step layer_ppi(struct decoding *d)
{
    uint8_t version = cursor_u8(&d->in);
    uint16_t length;
    uint32_t link_type;

    cursor_skip(&d->in, 1);
    length = cursor_u16le(&d->in);
    link_type = cursor_u32le(&d->in);
    if (d->in.is_short)
        return step_short(d);
    if (version != 0 || length < PPI_FIXED)
        return STEP_MALFORMED;
    cursor_skip(&d->in, (size_t)length - PPI_FIXED);
    if (d->in.is_short)
        return step_short(d);
    return link_type > INT16_MAX ? STEP_UNSUPPORTED_LINK_TYPE : link_type_step((int)link_type);
}
