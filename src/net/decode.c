/* The walk from the link layer to TCP: a loop over a table, so that no nesting can exhaust the
 * stack. */
#include "net/decode.h"

#include "base/limits.h"
#include "base/mem.h"
#include "net/fragments.h"
#include "net/layers.h"

struct net_decoder {
    struct fragments *fragments;
    enum net_checksums checksums;
};

typedef enum step (*layer_fn)(struct decoding *d);

static const layer_fn layers[STEP_LAYERS] = {
    [STEP_ETHERNET] = layer_ethernet,
    [STEP_COOKED] = layer_cooked,
    [STEP_COOKED_V2] = layer_cooked_v2,
    [STEP_LOOPBACK] = layer_loopback,
    [STEP_RAW_IP] = layer_raw_ip,
    [STEP_IPV4] = layer_ipv4,
    [STEP_IPV6] = layer_ipv6,
    [STEP_AFTER_IPV4] = layer_after_ipv4,
    [STEP_AFTER_IPV6] = layer_after_ipv6,
    [STEP_TCP] = layer_tcp,
    [STEP_ICMP] = layer_icmp,
    [STEP_ICMPV6] = layer_icmpv6,
};

/* How a walk that ended without a segment is told. */
static const struct {
    enum parse result;
    enum skip_reason reason;
} ends[STEP_COUNT - STEP_LAYERS] = {
    [STEP_DONE - STEP_LAYERS] = { PARSE_OK, SKIP_NONE },
    [STEP_HELD - STEP_LAYERS] = { PARSE_MORE, SKIP_NONE },
    [STEP_NOT_IP - STEP_LAYERS] = { PARSE_OK, SKIP_NOT_IP },
    [STEP_NOT_TCP - STEP_LAYERS] = { PARSE_OK, SKIP_NOT_TCP },
    [STEP_TRUNCATED - STEP_LAYERS] = { PARSE_BAD, SKIP_TRUNCATED },
    [STEP_MALFORMED - STEP_LAYERS] = { PARSE_BAD, SKIP_MALFORMED },
    [STEP_LOST_FRAGMENT - STEP_LAYERS] = { PARSE_BAD, SKIP_FRAGMENT },
    [STEP_BAD_CHECKSUM - STEP_LAYERS] = { PARSE_OK, SKIP_CHECKSUM },
    [STEP_UNSUPPORTED_LINK_TYPE - STEP_LAYERS] = { PARSE_OK, SKIP_UNSUPPORTED_LINK_TYPE },
};

static const struct {
    enum link_type link_type;
    enum step step;
} link_types[] = {
    { LINK_ETHERNET, STEP_ETHERNET },   { LINK_COOKED, STEP_COOKED },
    { LINK_COOKED_V2, STEP_COOKED_V2 }, { LINK_NULL, STEP_LOOPBACK },
    { LINK_LOOP, STEP_LOOPBACK },       { LINK_RAW, STEP_RAW_IP },
    { LINK_IPV4, STEP_IPV4 },           { LINK_IPV6, STEP_IPV6 },
};

enum status net_decoder_new(struct net_decoder **out, const struct net_options *options)
{
    struct net_decoder *decoder = mem_calloc(1, sizeof(*decoder));

    *out = decoder;
    if (decoder == NULL)
        return STATUS_NO_MEMORY;
    if (options != NULL)
        decoder->checksums = options->checksums;
    return fragments_new(&decoder->fragments);
}

void net_decoder_free(struct net_decoder *decoder)
{
    if (decoder == NULL)
        return;
    fragments_free(decoder->fragments);
    mem_free(decoder);
}

uint64_t net_decoder_lost_fragments(const struct net_decoder *decoder)
{
    return fragments_lost(decoder->fragments);
}

void decoding_bound(struct decoding *d, uint32_t sent)
{
    size_t left = cursor_left(&d->in);

    if (sent <= left) {
        d->in.in = slice_part(d->in.in, 0, d->in.pos + sent);
        d->cut = 0;
        return;
    }
    d->cut = (uint32_t)(sent - left);
}

enum step decoding_reassemble(struct decoding *d, struct fragment *fragment)
{
    struct slice whole;

    /* Holding what the capture cut would make a datagram with octets that nobody sent. */
    if (d->cut > 0)
        return STEP_LOST_FRAGMENT;
    fragment->data = cursor_rest(&d->in);
    switch (fragments_add(d->fragments, fragment, &whole, &d->protocol)) {
    case PARSE_OK:
        d->in = cursor_of(whole);
        return d->version == 4 ? STEP_AFTER_IPV4 : STEP_AFTER_IPV6;
    case PARSE_MORE:
        return STEP_HELD;
    case PARSE_BAD:
        break;
    }
    return STEP_MALFORMED;
}

static enum step first_step(int link_type)
{
    for (size_t i = 0; i < sizeof(link_types) / sizeof(link_types[0]); i++)
        if ((int)link_types[i].link_type == link_type)
            return link_types[i].step;
    return STEP_UNSUPPORTED_LINK_TYPE;
}

enum parse net_decode(struct net_decoder *decoder, const struct frame *frame, struct packet *packet)
{
    struct decoding d = {
        .frame = frame,
        .fragments = decoder->fragments,
        .packet = packet,
        .in = { .in = frame->octets },
        .cut = frame->length > frame->octets.len ? frame->length - (uint32_t)frame->octets.len : 0,
        .checksums = decoder->checksums,
    };
    enum step step = first_step(frame->link_type);

    packet->place = frame->place;
    packet->encapsulation.count = 0;
    for (unsigned walked = 0; step < STEP_LAYERS; walked++)
        step = walked < LIMIT_LAYERS ? layers[step](&d) : STEP_MALFORMED;
    packet->is_snapped = d.cut > 0;
    packet->reason = ends[step - STEP_LAYERS].reason;
    if (step != STEP_DONE)
        packet->kind = PACKET_OTHER;
    return ends[step - STEP_LAYERS].result;
}

const char *skip_reason_name(enum skip_reason reason)
{
    switch (reason) {
    case SKIP_NONE:
        return "none";
    case SKIP_NOT_IP:
        return "not_ip";
    case SKIP_NOT_TCP:
        return "not_tcp";
    case SKIP_OTHER_PORT:
        return "other_port";
    case SKIP_TRUNCATED:
        return "truncated";
    case SKIP_MALFORMED:
        return "malformed";
    case SKIP_UNSUPPORTED_LINK_TYPE:
        return "unsupported_link_type";
    case SKIP_FRAGMENT:
        return "fragment";
    case SKIP_CHECKSUM:
        return "bad_checksum";
    case SKIP_REASON_COUNT:
        break;
    }
    return "unknown";
}
