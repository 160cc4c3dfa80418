/* The two kinds of trouble, kept apart: what we failed to do, and what the wire holds. */
#ifndef SMTPSCOPE_BASE_STATUS_H
#define SMTPSCOPE_BASE_STATUS_H

#define MUST_USE __attribute__((warn_unused_result))

/* Our own failures. Whoever returns one has left its object in a state that may be freed. */
enum status {
    STATUS_OK,
    STATUS_NO_MEMORY,
    STATUS_IO,
    STATUS_USAGE,
};

/* The condition of octets that strangers wrote. Bad octets are data, never a failure of ours. */
enum parse {
    PARSE_OK,
    PARSE_MORE, /* well formed so far; the rest has not arrived */
    PARSE_BAD,
};

#endif
