/* Packets that are no SMTP: what else passes a mail server's interface. */
#ifndef SMTPSCOPE_MAKE_CAPTURE_NOISE_H
#define SMTPSCOPE_MAKE_CAPTURE_NOISE_H

#include "make-capture/random.h"
#include "make-capture/wire.h"

struct noise;

struct noise *noise_new(uint64_t seed);
void noise_free(struct noise *noise);

/* One packet. */
void noise_write(struct noise *noise, struct wire *wire, int64_t at);

#endif
