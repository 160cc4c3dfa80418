/* net_decode: frames of any link type, several into one decoder, so that fragments meet.
 *
 * Input: link type (two octets), options, then frames of a head (flags, two octets of length) and
 * their octets. */
#include <assert.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "fuzz/fuzz.h"
#include "net/decode.h"
#include "net/endpoint.h"
#include "support/exact.h"
#include "support/packet_compare.h"

enum { FLAG_SNAPPED = 1, FLAG_LATER = 2, FRAMES_MAX = 64 };

static volatile uint8_t touched;

/* Reads every octet, so that the sanitizer sees where they lie. */
static void touch(struct slice octets)
{
    for (size_t i = 0; i < octets.len; i++)
        touched ^= octets.data[i];
}

static void check_endpoint(const struct endpoint *end)
{
    char text[ENDPOINT_TEXT_MAX];

    assert(end->address.version == 4 || end->address.version == 6);
    for (size_t i = 4; end->address.version == 4 && i < sizeof(end->address.octets); i++)
        assert(end->address.octets[i] == 0);
    assert(endpoint_text(end, text) < sizeof(text));
}

static void check_segment(const struct packet *packet)
{
    const struct segment *segment = &packet->segment;

    check_endpoint(&segment->from);
    check_endpoint(&segment->to);
    assert(segment->payload.len <= segment->payload_length);
    assert(segment->payload.len == segment->payload_length || packet->is_snapped);
    touch(segment->payload);
}

static void check(const struct packet *packet, enum parse result, const struct frame *frame)
{
    assert(packet->encapsulation.count <= ENCAPSULATION_LAYERS_MAX);
    assert(packet->place.frame == frame->place.frame);
    assert(skip_reason_name(packet->reason) != NULL);
    assert(result == PARSE_OK || packet->kind == PACKET_OTHER);
    assert(result != PARSE_BAD || packet->reason != SKIP_NONE);
    switch (packet->kind) {
    case PACKET_TCP:
        check_segment(packet);
        break;
    case PACKET_ICMP_ERROR:
        check_endpoint(&packet->icmp.from);
        check_endpoint(&packet->icmp.to);
        assert(!packet->icmp.is_too_big || !packet->icmp.is_unreachable);
        break;
    case PACKET_OTHER_PORT:
    case PACKET_OTHER:
        break;
    }
}

/* The handlers of the layers come to the same. What a fragment completes lies in each decoder's own
 * memory. */
static void check_layers(struct net_decoder *decoder, const struct packet *packet,
                         enum parse result, const struct frame *frame)
{
    struct packet other;

    assert(net_decode_layers(decoder, frame, &other) == result);
    if (other.kind == PACKET_TCP && packet->kind == PACKET_TCP &&
        slice_equal(other.segment.payload, packet->segment.payload))
        other.segment.payload = packet->segment.payload;
    assert(packet_is_same(&other, packet));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor c = cursor_of(slice_of(data, size));
    struct frame frame = { .link_type = cursor_u16be(&c) };
    uint8_t option = cursor_u8(&c);
    struct port_set ports = { 0 };
    struct net_options options = { .checksums = option % 2,
                                   .followed_ports = option / 2 % 2 == 1 ? &ports : NULL };
    struct net_decoder *decoder;
    struct net_decoder *other; /* that takes no shortcut */
    uint64_t held = 0;

    port_set_add(&ports, 25);
    if (net_decoder_new(&decoder, &options) != STATUS_OK)
        return 0;
    if (net_decoder_new(&other, &options) != STATUS_OK)
        abort();
    for (int i = 0; i < FRAMES_MAX && cursor_left(&c) > 0; i++) {
        uint8_t flags = cursor_u8(&c);
        uint16_t len = cursor_u16be(&c);
        struct slice octets = cursor_take(&c, len < cursor_left(&c) ? len : cursor_left(&c));
        struct packet packet;
        enum parse result;

        frame.octets = exact_copy(octets);
        frame.length = (uint32_t)octets.len + (flags & FLAG_SNAPPED ? flags : 0U);
        frame.place.frame++;
        frame.place.at.ns += flags & FLAG_LATER ? flags * STAMP_SECOND : STAMP_MILLISECOND;
        result = net_decode(decoder, &frame, &packet);
        check(&packet, result, &frame);
        check_layers(other, &packet, result, &frame);
        held += result == PARSE_MORE ? 1 : 0;
        while (packet.has_next) {
            result = net_decode_next(decoder, &frame, &packet);
            check(&packet, result, &frame);
            held += result == PARSE_MORE ? 1 : 0;
        }
        assert(net_decoder_fragments(decoder).lost <= held);
        exact_free(frame.octets);
    }
    net_decoder_free(other);
    net_decoder_free(decoder);
    return 0;
}
