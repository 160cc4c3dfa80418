/* How a reference is written: what the tables, the findings and the diagnoses cite. */
#ifndef SMTPSCOPE_TESTS_SUPPORT_REFERENCE_H
#define SMTPSCOPE_TESTS_SUPPORT_REFERENCE_H

#include <stdbool.h>

/* "RFC 5321 4.5.3.1.4", "RFC 1047" (which has no sections), "CVE-2011-0411", "tcpdump(1) -B"; or
 * several, parted by ", " or " and ". */
bool reference_is_well_formed(const char *reference);

#endif
