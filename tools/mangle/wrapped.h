/* Headers put before a frame, from the inside out. Private to mangle. */
#ifndef SMTPSCOPE_MANGLE_WRAPPED_H
#define SMTPSCOPE_MANGLE_WRAPPED_H

#include "mangle/wrap.h"

/* Each puts octets before the frame; what is put last stands first. */
void put(struct wrapped *f, struct slice octets);
void put_zeros(struct wrapped *f, size_t count);
void put_u8(struct wrapped *f, unsigned value);
void put_u16(struct wrapped *f, unsigned value);
void put_u32(struct wrapped *f, uint32_t value);
/* The same with the low octet first. */
void put_u16_low(struct wrapped *f, unsigned value);
void put_u32_low(struct wrapped *f, uint32_t value);

/* Octets from the front on. */
size_t wrapped_length(const struct wrapped *f);

/* Takes the Ethernet header off and tells the Ethertype: IPv4's or IPv6's, 0 for all others. */
uint16_t take_ethernet(struct wrapped *f);
void put_ethernet(struct wrapped *f, unsigned ethertype);

/* An outer IP header around the frame, and the Ethernet header before it. False: too long. */
bool put_ipv4(struct wrapped *f, unsigned protocol);
bool put_ipv6(struct wrapped *f, unsigned protocol);
/* UDP and IPv4 and Ethernet. */
bool put_udp(struct wrapped *f, unsigned from, unsigned to);

/* RFC 1071 over what stands from the front on. */
unsigned checksum_of_front(const struct wrapped *f, size_t count);

#endif
