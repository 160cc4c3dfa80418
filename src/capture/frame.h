/* One captured frame, as libpcap delivers it. */
#ifndef SMTPSCOPE_CAPTURE_FRAME_H
#define SMTPSCOPE_CAPTURE_FRAME_H

#include "base/chunk.h"
#include "base/slice.h"

struct frame {
    struct place place;
    struct slice octets; /* what was captured; valid until the next source_next */
    uint32_t length;     /* octets on the wire; over octets.len where the frame was snapped */
    int link_type;       /* a LINKTYPE_ value (libpcap's DLT_ mapped to it) */
};

#endif
