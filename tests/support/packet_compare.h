/* Two packets, field by field: unused room in them may differ. */
#ifndef SMTPSCOPE_TESTS_SUPPORT_PACKET_COMPARE_H
#define SMTPSCOPE_TESTS_SUPPORT_PACKET_COMPARE_H

#include "net/packet.h"

/* Whether the same was made of one frame twice. */
bool packet_is_same(const struct packet *a, const struct packet *b);

#endif
