/* live: from an interface to reports. */
#ifndef SMTPSCOPE_APP_LIVE_H
#define SMTPSCOPE_APP_LIVE_H

#include "app/exit_status.h"
#include "app/options.h"
#include "catalog/catalog.h"

/* Sniffs until it is told to stop, and writes all reports. Every problem has been said on standard
 * error. */
enum exit_status live_run(const struct options *options, const struct catalog *catalog);

#endif
