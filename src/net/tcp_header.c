/* The TCP header (RFC 9293 3.1) and the options that matter here. */
#include "net/tcp_header.h"

#include "net/checksum.h"

enum {
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

static inline bool is_followed(const struct net_rules *rules, const struct segment *segment)
{
    return rules->followed_ports == NULL ||
           port_set_has(rules->followed_ports, segment->from.port) ||
           port_set_has(rules->followed_ports, segment->to.port);
}

/* `fixed` of a length that is known, so that no read is checked. */
static inline uint32_t header_length(struct slice fixed)
{
    enum { OFFSET_AT = 12 };

    return (uint32_t)(fixed.data[OFFSET_AT] >> 4) * 4;
}

/* All of the header but ports and options. */
static inline void read_fixed(struct segment *segment, struct slice fixed)
{
    struct cursor header = cursor_of(slice_of(fixed.data, TCP_HEADER));

    cursor_skip(&header, 4);
    segment->sequence = cursor_u32be(&header);
    segment->acknowledgement = cursor_u32be(&header);
    cursor_skip(&header, 1);
    segment->flags = cursor_u8(&header) & 0x3F;
    segment->window = cursor_u16be(&header);
}

static inline void read_all_options(struct segment *segment, struct slice options)
{
    segment->has_timestamp = false;
    segment->timestamp = 0;
    segment->sacked = 0;
    segment->maximum_segment = 0;
    segment->has_window_scale = false;
    segment->window_scale = 0;
    segment->is_multipath = false;
    if (options.len > 0 && !read_timestamps_alone(segment, options))
        read_options(segment, options);
}

enum step tcp_read(const struct net_rules *rules, const struct tcp_datagram *datagram,
                   struct packet *packet)
{
    struct segment *segment = &packet->segment;
    struct cursor ports = cursor_of(slice_of(datagram->segment.data, TCP_HEADER));
    uint32_t length = header_length(datagram->segment);
    bool follows;

    if (length < TCP_HEADER || length > datagram->sent)
        return STEP_MALFORMED;
    segment->from.port = cursor_u16be(&ports);
    segment->to.port = cursor_u16be(&ports);
    /* Where the capture cut the options, the payload is cut from its first octet on. */
    segment->payload = slice_from(datagram->segment, length);
    packet->kind = PACKET_OTHER_PORT;
    follows = is_followed(rules, segment);
    if (!follows && rules->checksums != NET_CHECKSUMS_ENFORCED)
        return STEP_DONE;
    segment->checksum = CHECKSUM_UNKNOWN;
    if (rules->checksums != NET_CHECKSUMS_IGNORED && datagram->segment.len == datagram->sent)
        segment->checksum = checksum_of(datagram);
    if (segment->checksum == CHECKSUM_BAD && rules->checksums == NET_CHECKSUMS_ENFORCED)
        return STEP_BAD_CHECKSUM;
    if (!follows)
        return STEP_DONE;
    packet->kind = PACKET_TCP;
    segment->payload_length = datagram->sent - length;
    address_set(&segment->from.address, datagram->version, datagram->source);
    address_set(&segment->to.address, datagram->version, datagram->destination);
    read_fixed(segment, datagram->segment);
    read_all_options(segment, slice_part(datagram->segment, TCP_HEADER, length - TCP_HEADER));
    return STEP_DONE;
}

enum step layer_tcp(struct decoding *d)
{
    struct tcp_datagram datagram = {
        .version = d->version,
        .source = d->source.data,
        .destination = d->destination.data,
        .segment = slice_from(d->in.in, d->in.pos),
        .sent = (uint32_t)sent_left(d),
    };

    if (datagram.segment.len < TCP_HEADER)
        return step_short(d);
    return tcp_read(d->rules, &datagram, d->packet);
}
