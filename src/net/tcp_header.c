/* The TCP header (RFC 9293 3.1) and the options that matter here. */
#include "net/checksum.h"
#include "net/layers.h"

enum {
    HEADER = 20,
    OPTION_END = 0,
    OPTION_NOTHING = 1,
    OPTION_SEGMENT_SIZE = 2, /* RFC 9293 3.7.1 */
    OPTION_WINDOW_SCALE = 3, /* RFC 7323 2.2 */
    OPTION_SACK = 5,         /* RFC 2018 3 */
    OPTION_TIMESTAMPS = 8,   /* RFC 7323 3.2 */
    OPTION_MULTIPATH = 30,   /* RFC 8684 3 */
    MULTIPATH_CAPABLE = 0,
    MULTIPATH_JOIN = 1,
    TIMESTAMPS_ALONE = OPTION_NOTHING << 24 | OPTION_NOTHING << 16 | OPTION_TIMESTAMPS << 8 | 10,
    WINDOW_SCALE_MAX = 14, /* RFC 7323 2.3: a greater one counts as 14 */
};

/* The longest run of octets that the sender holds past what it acknowledges. A duplicate (RFC 2883
 * 4) lies before that: the first block may be one. */
static uint32_t longest_block(const struct segment *segment, struct slice blocks)
{
    struct cursor in = cursor_of(blocks);
    uint32_t longest = 0;

    while (cursor_left(&in) > 0) {
        uint32_t left = cursor_u32be(&in);
        uint32_t right = cursor_u32be(&in);

        if (in.is_short)
            break;
        /* RFC 9293 3.4: order in sequence space is the sign of the difference. */
        if ((int32_t)(left - segment->acknowledgement) > 0 && (int32_t)(right - left) > 0 &&
            right - left > longest)
            longest = right - left;
    }
    return longest;
}

static void read_option(struct segment *segment, uint8_t kind, struct slice value)
{
    struct cursor in = cursor_of(value);
    bool is_syn = (segment->flags & TCP_SYN) != 0;

    if (kind == OPTION_TIMESTAMPS && value.len == 8) {
        segment->has_timestamp = true;
        segment->timestamp = cursor_u32be(&in);
    } else if (kind == OPTION_SACK && (segment->flags & TCP_ACK) != 0) {
        segment->sacked = longest_block(segment, value);
    } else if (kind == OPTION_SEGMENT_SIZE && value.len == 2 && is_syn) {
        segment->maximum_segment = cursor_u16be(&in);
    } else if (kind == OPTION_WINDOW_SCALE && value.len == 1 && is_syn) {
        uint8_t scale = cursor_u8(&in);

        segment->has_window_scale = true;
        segment->window_scale = scale < WINDOW_SCALE_MAX ? scale : WINDOW_SCALE_MAX;
    } else if (kind == OPTION_MULTIPATH && value.len >= 2 && is_syn) {
        uint8_t subtype = cursor_u8(&in) >> 4;

        segment->is_multipath = subtype == MULTIPATH_CAPABLE || subtype == MULTIPATH_JOIN;
    }
}

/* RFC 7323 appendix A: how all but a SYN's are laid out, where nothing was lost. */
static bool read_timestamps_alone(struct segment *segment, struct slice options)
{
    struct cursor in = cursor_of(options);

    if (options.len != 12 || cursor_u32be(&in) != TIMESTAMPS_ALONE)
        return false;
    segment->has_timestamp = true;
    segment->timestamp = cursor_u32be(&in);
    return true;
}

/* Stops at an option that cannot be: the segment counts all the same. */
static void read_options(struct segment *segment, struct slice options)
{
    struct cursor in = cursor_of(options);

    while (cursor_left(&in) > 0) {
        uint8_t kind = cursor_u8(&in);
        uint8_t length;
        struct slice value;

        if (kind == OPTION_NOTHING)
            continue;
        length = cursor_u8(&in);
        if (kind == OPTION_END || length < 2)
            return;
        value = cursor_take(&in, (size_t)length - 2);
        if (in.is_short)
            return;
        read_option(segment, kind, value);
    }
}

static bool is_verified(const struct decoding *d, const struct segment *segment)
{
    if (d->checksums == NET_CHECKSUMS_IGNORED || d->cut > 0)
        return false;
    return d->checksums == NET_CHECKSUMS_ENFORCED || d->verified_ports == NULL ||
           port_set_has(d->verified_ports, segment->from.port) ||
           port_set_has(d->verified_ports, segment->to.port);
}

/* `sent` octets of a segment begin with its `fixed` header. Returns that header's length; 0: it can
 * be none. */
static inline uint32_t read_fixed(struct segment *segment, struct slice fixed, uint64_t sent)
{
    /* Of a length that is known, so that no read is checked. */
    struct cursor header = cursor_of(slice_of(fixed.data, HEADER));
    uint32_t length;

    segment->from.port = cursor_u16be(&header);
    segment->to.port = cursor_u16be(&header);
    segment->sequence = cursor_u32be(&header);
    segment->acknowledgement = cursor_u32be(&header);
    length = (uint32_t)(cursor_u8(&header) >> 4) * 4;
    segment->flags = cursor_u8(&header) & 0x3F;
    segment->window = cursor_u16be(&header);
    return length < HEADER || length > sent ? 0 : length;
}

enum step layer_tcp(struct decoding *d)
{
    struct segment *segment = &d->packet->segment;
    struct slice whole = slice_from(d->in.in, d->in.pos);
    uint64_t sent = sent_left(d);
    struct slice options;
    uint32_t header_length;

    cursor_skip(&d->in, HEADER);
    if (d->in.is_short)
        return step_short(d);
    header_length = read_fixed(segment, whole, sent);
    if (header_length == 0)
        return STEP_MALFORMED;
    address_set(&segment->from.address, d->version, d->source);
    address_set(&segment->to.address, d->version, d->destination);
    segment->has_window_scale = false;
    segment->window_scale = 0;
    segment->maximum_segment = 0;
    segment->is_multipath = false;
    segment->has_timestamp = false;
    segment->timestamp = 0;
    segment->sacked = 0;
    options = slice_part(whole, HEADER, header_length - HEADER);
    if (options.len > 0 && !read_timestamps_alone(segment, options))
        read_options(segment, options);
    /* Where the capture cut the options, the payload is cut from its first octet on. */
    segment->payload = slice_from(whole, header_length);
    segment->payload_length = (uint32_t)sent - header_length;
    segment->checksum = CHECKSUM_UNKNOWN;
    if (is_verified(d, segment)) {
        struct pseudo_header pseudo = { d->source, d->destination, PROTOCOL_TCP };

        segment->checksum = checksum_of(&pseudo, whole);
    }
    if (segment->checksum == CHECKSUM_BAD && d->checksums == NET_CHECKSUMS_ENFORCED)
        return STEP_BAD_CHECKSUM;
    d->packet->kind = PACKET_TCP;
    return STEP_DONE;
}
