/* interfaces: what can be sniffed. */
#ifndef SMTPSCOPE_APP_INTERFACES_H
#define SMTPSCOPE_APP_INTERFACES_H

#include <stdio.h>

#include "app/options.h"
#include "base/status.h"

/* A line an interface. STATUS_IO: they cannot be listed, and that has been said; or `out` failed. */
MUST_USE enum status interfaces_write(FILE *out, enum when colour);

#endif
