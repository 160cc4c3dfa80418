/* Whether a reply can be the answer to a verb, where the order alone does not tell. */
#ifndef SMTPSCOPE_SMTP_PLAUSIBLE_H
#define SMTPSCOPE_SMTP_PLAUSIBLE_H

#include "base/reply_code.h"
#include "smtp/verb.h"

/* False where no server answers `verb` so: 354 to anything but DATA, 221 to anything but QUIT, a
 * success to a line that is no command … Refusals are plausible for every verb. */
bool reply_is_plausible(enum smtp_verb verb, unsigned code, struct enhanced_code enhanced);

#endif
