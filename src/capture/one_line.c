/* Messages of one line, whatever went into them. */
#include "capture/one_line.h"

#include <stdio.h>

void one_line(char *out, size_t size, const char *what, const char *text)
{
    snprintf(out, size, "%s%s", what, text);
    for (size_t i = 0; i < size && out[i] != '\0'; i++)
        if ((unsigned char)out[i] < ' ' || out[i] == 0x7F)
            out[i] = ' ';
}
