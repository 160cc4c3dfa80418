/* What the head of a capture file says beyond what libpcap tells. Private to capture/. */
#ifndef SMTPSCOPE_CAPTURE_HEAD_H
#define SMTPSCOPE_CAPTURE_HEAD_H

#include <stdbool.h>

#include "capture/stream.h"

/* True where the file's stamps are finer than microseconds: by the magic number of a pcap file, by
 * if_tsresol of a pcapng file's first interface. */
bool head_is_fine(struct stream *stream);

/* What the file is, where libpcap does not know it: a whole sentence for the user. */
const char *head_stranger(struct stream *stream);

#endif
