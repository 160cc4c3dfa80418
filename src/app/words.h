/* Lists on the command line: words with commas between them. */
#ifndef SMTPSCOPE_APP_WORDS_H
#define SMTPSCOPE_APP_WORDS_H

#include <stdbool.h>

#include "base/slice.h"

/* Takes the next word off the front of `*rest`; false where none is left. "a,,b" and "a," have an
 * empty word, and so has "" itself: the caller refuses it like any other wrong word. A `rest` with
 * NULL data is a list that is used up. */
bool word_next(struct slice *rest, struct slice *word);

#endif
