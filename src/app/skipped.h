/* Packets that were not analysed, counted by reason and link type. */
#ifndef SMTPSCOPE_APP_SKIPPED_H
#define SMTPSCOPE_APP_SKIPPED_H

#include "report/writer.h"

/* Counts one packet. What could not be decoded is counted by its link type, too. */
void skipped_count(struct report_input *input, enum skip_reason reason, int link_type);

#endif
