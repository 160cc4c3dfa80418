/* Opening an interface with libpcap, and saying what to do where that fails. Private to
 * capture/. */
#ifndef SMTPSCOPE_CAPTURE_LIVE_OPEN_H
#define SMTPSCOPE_CAPTURE_LIVE_OPEN_H

#include "capture/source.h"

struct pcap;

/* How long the kernel gathers frames before it hands over a block that is not full. A block just
 * begun may wait as long again, so that half of SOURCE_DELAY_MS keeps within it. */
enum { LIVE_BLOCK_MS = SOURCE_DELAY_MS / 2 };

/* As source_open_live. `*out` must be closed with pcap_close where it is not NULL. */
MUST_USE enum status live_open(struct pcap **out, const struct live_options *options, char *error,
                               size_t error_size);

#endif
