/* Standard error, kept printable. */
#include "app/message.h"

#include <stdarg.h>
#include <stdio.h>

#include "report/escape.h"

enum { MESSAGE_MAX = 1024 };

void message(const char *format, ...)
{
    char text[MESSAGE_MAX];
    uint8_t shown[MESSAGE_MAX * ESCAPE_GROWTH_MAX];
    struct text_sink sink = text_sink_of(shown, sizeof shown);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    escape_terminal(&sink, slice_of_string(text));
    fprintf(stderr, "smtpscope: %.*s\n", (int)sink.len, (const char *)sink.data);
}

void message_usage(const char *text, const char *topic)
{
    message("%s", text);
    if (topic != NULL)
        fprintf(stderr, "see smtpscope help %s\n", topic);
    else
        (void)fputs("see smtpscope help\n", stderr);
}
