/* The walk from the link layer to TCP: a loop over a table, so that no nesting can exhaust the
 * stack. */
#include "net/decode.h"

#include "base/limits.h"
#include "base/mem.h"
#include "net/fragments.h"
#include "net/layers.h"
#include "net/plain.h"

struct net_decoder {
    struct fragments *fragments;
    struct net_rules rules;
    struct later later;
};

typedef enum step (*layer_fn)(struct decoding *d);

static const layer_fn layers[STEP_LAYERS] = {
    [STEP_ETHERNET] = layer_ethernet,
    [STEP_LLC] = layer_llc,
    [STEP_MACSEC] = layer_macsec,
    [STEP_PBB] = layer_pbb,
    [STEP_MPLS] = layer_mpls,
    [STEP_PPPOE] = layer_pppoe,
    [STEP_PPP] = layer_ppp,
    [STEP_PPP_SERIAL] = layer_ppp_serial,
    [STEP_PPP_DIRECTED] = layer_ppp_directed,
    [STEP_HDLC] = layer_hdlc,
    [STEP_HDLC_DIRECTED] = layer_hdlc_directed,
    [STEP_WLAN] = layer_wlan,
    [STEP_RADIOTAP] = layer_radiotap,
    [STEP_PRISM] = layer_prism,
    [STEP_PPI] = layer_ppi,
    [STEP_AMSDU] = layer_amsdu,
    [STEP_COOKED] = layer_cooked,
    [STEP_COOKED_V2] = layer_cooked_v2,
    [STEP_LOOPBACK] = layer_loopback,
    [STEP_NFLOG] = layer_nflog,
    [STEP_PKTAP] = layer_pktap,
    [STEP_ENC] = layer_enc,
    [STEP_PFLOG] = layer_pflog,
    [STEP_RAW_IP] = layer_raw_ip,
    [STEP_IPV4] = layer_ipv4,
    [STEP_IPV6] = layer_ipv6,
    [STEP_AFTER_IPV4] = layer_after_ipv4,
    [STEP_AFTER_IPV6] = layer_after_ipv6,
    [STEP_CARRIED] = layer_carried,
    [STEP_UDP] = layer_udp,
    [STEP_GRE] = layer_gre,
    [STEP_ERSPAN_II] = layer_erspan_ii,
    [STEP_ERSPAN_III] = layer_erspan_iii,
    [STEP_ETHERIP] = layer_etherip,
    [STEP_VXLAN] = layer_vxlan,
    [STEP_VXLAN_GPE] = layer_vxlan_gpe,
    [STEP_GENEVE] = layer_geneve,
    [STEP_GTP_U] = layer_gtp_u,
    [STEP_TEREDO] = layer_teredo,
    [STEP_L2TP] = layer_l2tp,
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
    [STEP_ENCRYPTED - STEP_LAYERS] = { PARSE_OK, SKIP_ENCRYPTED },
    [STEP_UNSUPPORTED_ENCAPSULATION - STEP_LAYERS] = { PARSE_OK, SKIP_UNSUPPORTED_ENCAPSULATION },
    [STEP_TOO_DEEP - STEP_LAYERS] = { PARSE_BAD, SKIP_TOO_DEEP },
};

enum status net_decoder_new(struct net_decoder **out, const struct net_options *options)
{
    struct net_decoder *decoder = mem_calloc(1, sizeof(*decoder));

    *out = decoder;
    if (decoder == NULL)
        return STATUS_NO_MEMORY;
    if (options != NULL) {
        decoder->rules.checksums = options->checksums;
        decoder->rules.followed_ports = options->followed_ports;
    }
    return fragments_new(&decoder->fragments, options == NULL ? 0 : options->fragment_octets);
}

void net_decoder_free(struct net_decoder *decoder)
{
    if (decoder == NULL)
        return;
    fragments_free(decoder->fragments);
    mem_free(decoder);
}

struct fragment_counts net_decoder_fragments(const struct net_decoder *decoder)
{
    return fragments_counts(decoder->fragments);
}

enum status net_decoder_status(const struct net_decoder *decoder)
{
    return fragments_status(decoder->fragments);
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
    /* What was put together on the way here must stay: this fragment may be a part of it. */
    if (d->reassembled == 0)
        fragments_release(d->fragments);
    switch (fragments_add(d->fragments, fragment, &whole, &d->protocol)) {
    case PARSE_OK:
        d->in = cursor_of(whole);
        d->reassembled++;
        return d->version == 4 ? STEP_AFTER_IPV4 : STEP_AFTER_IPV6;
    case PARSE_MORE:
        return STEP_HELD;
    case PARSE_BAD:
        break;
    }
    return STEP_MALFORMED;
}

/* What only a guess called a tunnel, and is none, is whatever UDP and pseudowires carry. */
static enum step step_of_guess(enum step step)
{
    return step == STEP_MALFORMED || step == STEP_NOT_IP ? STEP_NOT_TCP : step;
}

/* What the packet is told to be, the walk having come to that end. */
static inline enum parse end_walk(struct packet *packet, enum step step)
{
    if (step != STEP_DONE)
        packet->kind = PACKET_OTHER;
    packet->reason = ends[step - STEP_LAYERS].reason;
    return ends[step - STEP_LAYERS].result;
}

static enum parse walk(struct decoding *d, enum step step)
{
    for (unsigned walked = 0; step < STEP_LAYERS; walked++)
        step = walked < LIMIT_LAYERS ? layers[step](d) : STEP_TOO_DEEP;
    if (d->is_guess)
        step = step_of_guess(step);
    d->packet->is_snapped = d->cut > 0;
    return end_walk(d->packet, step);
}

static inline void begin_packet(struct packet *packet, const struct frame *frame)
{
    packet->place = frame->place;
    packet->encapsulation.count = 0;
    packet->is_snapped = false;
    packet->has_next = false;
}

static inline struct decoding decoding_of(struct net_decoder *decoder, const struct frame *frame,
                                          struct packet *packet)
{
    begin_packet(packet, frame);
    /* Every field is named: what is left out would be zeroed by a slow instruction. */
    return (struct decoding){
        .frame = frame,
        .fragments = decoder->fragments,
        .packet = packet,
        .in = { .in = frame->octets, .pos = 0, .is_short = false },
        .cut = frame->length > frame->octets.len ? frame->length - (uint32_t)frame->octets.len : 0,
        .version = 0,
        .protocol = 0,
        .rules = &decoder->rules,
        .is_guess = false,
        .has_wlan_padding = false,
        .reassembled = 0,
        .later = &decoder->later,
        .source = { .data = NULL, .len = 0 },
        .destination = { .data = NULL, .len = 0 },
    };
}

enum parse net_decode_layers(struct net_decoder *decoder, const struct frame *frame,
                             struct packet *packet)
{
    struct decoding d = decoding_of(decoder, frame, packet);

    return walk(&d, link_type_step(frame->link_type));
}

/* Whether an IPv4 header's checksum is good is asked where checksums are enforced, and the shortcut
 * does not ask. */
enum parse net_decode(struct net_decoder *decoder, const struct frame *frame, struct packet *packet)
{
    struct tcp_datagram datagram;

    if (frame->link_type != LINK_ETHERNET || decoder->rules.checksums == NET_CHECKSUMS_ENFORCED ||
        !plain_read(frame, &datagram))
        return net_decode_layers(decoder, frame, packet);
    begin_packet(packet, frame);
    return end_walk(packet, tcp_read(&decoder->rules, &datagram, packet));
}

enum parse net_decode_next(struct net_decoder *decoder, const struct frame *frame,
                           struct packet *packet)
{
    struct decoding d = decoding_of(decoder, frame, packet);

    d.in = decoder->later.in;
    d.cut = decoder->later.cut;
    return walk(&d, STEP_AMSDU);
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
    case SKIP_ENCRYPTED:
        return "encrypted";
    case SKIP_UNSUPPORTED_ENCAPSULATION:
        return "unsupported_encapsulation";
    case SKIP_TOO_DEEP:
        return "too_deep";
    case SKIP_REASON_COUNT:
        break;
    }
    return "unknown";
}
