/* Messages of one line. Private to capture/. */
#ifndef SMTPSCOPE_CAPTURE_ONE_LINE_H
#define SMTPSCOPE_CAPTURE_ONE_LINE_H

#include <stddef.h>

/* Writes `what` and then `text`, cut to `size`: control octets become spaces, because libpcap's
 * messages quote a filter, and some have several lines. */
void one_line(char *out, size_t size, const char *what, const char *text);

#endif
