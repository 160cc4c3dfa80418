/* The names that -w's files take. Private to capture/. */
#ifndef SMTPSCOPE_CAPTURE_PACKET_NAME_H
#define SMTPSCOPE_CAPTURE_PACKET_NAME_H

#include <stdbool.h>

#include "base/stamp.h"
#include "base/status.h"

enum { PACKET_NAME_MAX = 256 }; /* NAME_MAX and a NUL */

/* As tcpdump(8) has it: `base` is filled by strftime in local time where `is_timed`, and then the
 * number follows, in `digits` digits at least; with 0 digits, 0 is left out. STATUS_USAGE: the name
 * has no room, is empty, or would lead to another folder. */
MUST_USE enum status packet_name(char out[PACKET_NAME_MAX], const char *base, bool is_timed,
                                 struct stamp at, uint64_t number, unsigned digits);

/* Digits that number the files of a ring: as many as its highest number has. */
unsigned packet_name_digits(uint32_t files);

#endif
