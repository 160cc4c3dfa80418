/* analyze: from captures to reports. */
#ifndef SMTPSCOPE_APP_ANALYZE_H
#define SMTPSCOPE_APP_ANALYZE_H

#include "app/exit_status.h"
#include "app/options.h"
#include "catalog/catalog.h"

/* Reads all captures and writes all reports. Every problem has been said on standard error. */
enum exit_status analyze_run(const struct options *options, const struct catalog *catalog);

#endif
