/* The arguments of MAIL and RCPT (RFC 5321 4.1.2), read leniently: what is wrong with them is for
 * the findings to say. Everything here is a view into what was given. */
#ifndef SMTPSCOPE_SESSION_PATH_H
#define SMTPSCOPE_SESSION_PATH_H

#include "session/record.h"

/* Where in a line something stands. */
struct path_span {
    uint32_t begin;
    uint32_t end;
};

struct path_argument {
    struct slice path;       /* without angle brackets */
    struct slice address;    /* without the source route too */
    struct slice parameters; /* what follows the path */
    struct path_span span;   /* of the address; it serves in a copy of the line as well */
    struct path_place place;
};

/* Of a whole "MAIL FROM:<…> …" or "RCPT TO:<…> …" line. */
struct path_argument path_argument_of(struct slice line);

/* What follows the path of which that is the address. */
struct slice path_parameters_behind(struct slice line, struct path_span address);

/* Index of the first octet of `wanted`, one or two, outside a quoted string (RFC 5321 4.1.2);
 * SLICE_NONE: there is none. */
size_t path_find_unquoted(struct slice s, const char *wanted);

/* Words in `text`, and the first `count` of them as name and value. */
size_t path_parameter_count(struct slice text);
void path_parameters(struct slice text, struct parameter *list, size_t count);

/* A Message-ID field's body without its angle brackets (RFC 5322 3.6.4). */
struct slice path_message_id(struct slice body);

#endif
