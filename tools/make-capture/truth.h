/* What a reader of the capture must find: one JSON object a session, in a line of its own. */
#ifndef SMTPSCOPE_MAKE_CAPTURE_TRUTH_H
#define SMTPSCOPE_MAKE_CAPTURE_TRUTH_H

#include "make-capture/flow.h"

/* `flow` is over. */
void truth_write(FILE *file, const struct flow *flow);

#endif
