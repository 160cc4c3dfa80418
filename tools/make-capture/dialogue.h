/* Writes the script of one session. */
#ifndef SMTPSCOPE_MAKE_CAPTURE_DIALOGUE_H
#define SMTPSCOPE_MAKE_CAPTURE_DIALOGUE_H

#include "make-capture/script.h"
#include "make-capture/text.h"
#include "make-capture/workload.h"

/* `script` must be empty; `number` is the session's. */
void dialogue_write(struct script *script, struct random *r, const struct workload *workload,
                    const struct text *text, uint32_t number);

#endif
