/* Cuts lists at their commas. */
#include "app/words.h"

bool word_next(struct slice *rest, struct slice *word)
{
    size_t comma;

    if (rest->data == NULL)
        return false;
    comma = slice_find(*rest, 0, ',');
    if (comma == SLICE_NONE) {
        *word = *rest;
        *rest = slice_of(NULL, 0);
        return true;
    }
    *word = slice_part(*rest, 0, comma);
    *rest = slice_from(*rest, comma + 1);
    return true;
}
