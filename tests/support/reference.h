/* How a reference is written: what the tables, the findings and the diagnoses cite. */
#ifndef SMTPSCOPE_TESTS_SUPPORT_REFERENCE_H
#define SMTPSCOPE_TESTS_SUPPORT_REFERENCE_H

#include <stdbool.h>

/* "RFC 5321 4.5.3.1.4", "RFC 1047" (which has no sections), "CVE-2011-0411", "tcpdump(1) -B"; or
 * several, parted by ", " or " and ". */
bool reference_is_well_formed(const char *reference);

/* The same of each RFC that a text names, whatever else it says: "Not defined by RFC 5321; its
 * digits are those of 4.2.2 (RFC 3463 3.3)". */
bool reference_names_are_whole(const char *text);

#endif
