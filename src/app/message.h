/* Lines on standard error, one a problem. */
#ifndef SMTPSCOPE_APP_MESSAGE_H
#define SMTPSCOPE_APP_MESSAGE_H

#include "base/slice.h"

/* Writes "smtpscope: TEXT" and a newline. What came from the command line or from a library is
 * shown with its control octets as \xNN: a name may hold an escape sequence. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same as a wrong argument: a second line says where to read on ("see smtpscope help TOPIC");
 * `topic` may be NULL. */
void message_usage(const char *text, const char *topic);

#endif
