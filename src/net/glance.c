/* What the shortcut for plain frames finds. */
#include "net/glance.h"

#include "net/plain.h"

bool net_glance(const struct frame *frame, const struct port_set *followed, struct glance *out)
{
    struct tcp_datagram found;
    const uint8_t *tcp;
    uint32_t header;

    if (frame->link_type != LINK_ETHERNET || !plain_find(frame->octets, &found))
        return false;
    tcp = found.segment.data;
    out->from.port = plain_u16(tcp);
    out->to.port = plain_u16(tcp + 2);
    if (!port_set_has(followed, out->from.port) && !port_set_has(followed, out->to.port))
        return false;
    address_set(&out->from.address, found.version, found.source);
    address_set(&out->to.address, found.version, found.destination);
    header = tcp_header_length(tcp);
    out->payload = found.sent > header ? found.sent - header : 0;
    return true;
}
