/* Ethernet frames wrapped into every encapsulation that smtpscope decodes: what a tap sees of the
 * same packet elsewhere. */
#ifndef SMTPSCOPE_MANGLE_WRAP_H
#define SMTPSCOPE_MANGLE_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum {
    WRAP_ROOM_BEFORE = 4096, /* what all wraps of one command line may add */
    WRAP_FRAME_MAX = 262144,
    WRAP_LINK_ETHERNET = 1,
};

/* A frame that grows at its front. */
struct wrapped {
    size_t at; /* its first octet */
    uint8_t octets[WRAP_ROOM_BEFORE + WRAP_FRAME_MAX];
    size_t end; /* behind its last */
    uint16_t link_type;
};

struct wrap;

size_t wrap_count(void);
const struct wrap *wrap_at(size_t i);
/* NULL where there is none of that name. */
const struct wrap *wrap_named(struct slice name);

const char *wrap_name(const struct wrap *wrap);
/* LINKTYPE_ value of the frames that come out. */
uint16_t wrap_link_type(const struct wrap *wrap);
/* What the way to the packet of IP `version` becomes longer by, as reports have it, separated by
 * spaces; "" for a link type. */
const char *wrap_way(const struct wrap *wrap, unsigned version);

/* False where `ethernet` is too long. */
bool wrapped_set(struct wrapped *frame, struct slice ethernet);
struct slice wrapped_view(const struct wrapped *frame);

/* Wraps an Ethernet frame with an IP packet in it, which may stand behind VLAN tags for the wraps
 * that take whole frames only. False, and the frame spoilt, where it does not fit: not Ethernet, not
 * IP, the wrong version of it, or too long for an outer length field. */
bool wrap_apply(const struct wrap *wrap, struct wrapped *frame);

#endif
