/* Standard error, kept printable. */
#include "app/message.h"

#include <stdarg.h>
#include <stdio.h>

enum { MESSAGE_MAX = 1024 };

/* UTF-8 passes; what moves a cursor or rings a bell does not, C1 controls as UTF-8 included. */
static void put_printable(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t octet = text.data[i];
        bool is_c1 = octet == 0xc2 && i + 1 < text.len && text.data[i + 1] < 0xa0;

        if (octet < 0x20 || octet == 0x7f || is_c1)
            fprintf(stderr, "\\x%02x", octet);
        else
            (void)fputc(octet, stderr);
        if (is_c1)
            fprintf(stderr, "\\x%02x", text.data[++i]);
    }
}

void message(const char *format, ...)
{
    char text[MESSAGE_MAX];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)fputs("smtpscope: ", stderr);
    put_printable(slice_of_string(text));
    (void)fputc('\n', stderr);
}

void message_usage(const char *text, const char *topic)
{
    message("%s", text);
    if (topic != NULL)
        fprintf(stderr, "see smtpscope help %s\n", topic);
    else
        (void)fputs("see smtpscope help\n", stderr);
}
