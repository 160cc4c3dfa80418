/* A set of port numbers, a bit each. */
#ifndef SMTPSCOPE_NET_PORT_SET_H
#define SMTPSCOPE_NET_PORT_SET_H

#include <stdbool.h>
#include <stdint.h>

struct port_set {
    uint8_t bits[65536 / 8];
};

static inline void port_set_add(struct port_set *set, uint16_t port)
{
    set->bits[port / 8] |= (uint8_t)(1U << port % 8);
}

/* Inline: asked for every packet. */
static inline bool port_set_has(const struct port_set *set, uint16_t port)
{
    return (set->bits[port / 8] >> port % 8 & 1) != 0;
}

#endif
