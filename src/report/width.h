/* How many columns a character takes in a terminal, without asking a locale. */
#ifndef SMTPSCOPE_REPORT_WIDTH_H
#define SMTPSCOPE_REPORT_WIDTH_H

#include <stdbool.h>

#include "base/slice.h"

/* A character that stands on the one before it and takes no column. */
bool character_is_combining(uint32_t character);

/* A character that does not show what it is: controls, formats, separators, blanks with no width,
 * private and impossible ones. None of them goes to a terminal. */
bool character_is_harmful(uint32_t character);

/* Columns of a character that is not harmful: 0, 1 or 2. */
unsigned character_width(uint32_t character);

/* Columns of text that has been through escape_terminal. */
size_t text_width(struct slice text);

#endif
