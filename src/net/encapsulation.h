/* Ways to the IP header: compared, extended, named. */
#ifndef SMTPSCOPE_NET_ENCAPSULATION_H
#define SMTPSCOPE_NET_ENCAPSULATION_H

#include <stdbool.h>
#include <stddef.h>

#include "net/packet.h"

/* The longest is "vxlan-gpe:16777215". */
enum { LAYER_TEXT_MAX = 24 };

/* The layer as reports have it: "vlan:100", "gre", "gre:42". Ended by a NUL; returns its length. */
size_t layer_text(const struct layer *layer, char out[LAYER_TEXT_MAX]);

bool encapsulation_equal(const struct encapsulation *a, const struct encapsulation *b);

/* False where there is no room left: the way is then as it was. */
bool encapsulation_add(struct encapsulation *way, enum layer_kind kind, uint32_t id);

#endif
