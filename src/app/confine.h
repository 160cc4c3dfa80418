/* The sandbox of whoever reads capture files. */
#ifndef SMTPSCOPE_APP_CONFINE_H
#define SMTPSCOPE_APP_CONFINE_H

#include "app/options.h"
#include "app/sandbox.h"

/* Before a capture is looked at: what is left is opening the captures and the files of -o. Nothing
 * is done with --no-sandbox. STATUS_IO: a line in `error`. */
MUST_USE enum status confine_opening(const struct options *options, char error[SANDBOX_ERROR_MAX]);

/* Once they are open: what is left is opening the captures again, where there are several, and
 * putting the files of -o in their place. */
MUST_USE enum status confine_reading(const struct options *options, char error[SANDBOX_ERROR_MAX]);

#endif
