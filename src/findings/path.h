/* The arguments of MAIL and RCPT cut into path and parameters (RFC 5321 4.1.1.2, 4.1.1.3,
 * 4.1.2). */
#ifndef SMTPSCOPE_FINDINGS_PATH_H
#define SMTPSCOPE_FINDINGS_PATH_H

#include "session/record.h"

/* What is wrong with how the path is written; the first thing found. */
enum path_flaw {
    PATH_FLAW_NONE,
    PATH_FLAW_NO_KEYWORD,   /* neither FROM: nor TO: */
    PATH_FLAW_SPACE_BEFORE, /* before the colon */
    PATH_FLAW_SPACE_AFTER,
    PATH_FLAW_MISSING, /* nothing after the colon */
    PATH_FLAW_NO_BRACKETS,
    PATH_FLAW_UNCLOSED,     /* "<" without ">" */
    PATH_FLAW_EMPTY,        /* RCPT TO:<> */
    PATH_FLAW_JUNK,         /* something other than a space follows ">" */
    PATH_FLAW_SPACE_INSIDE, /* or a tab, outside quotes */
    PATH_FLAW_NO_DOMAIN,
};

struct path_line {
    enum path_flaw flaw;
    bool has_path;       /* false where none could be told */
    struct slice path;   /* without its brackets */
    struct slice local;  /* of the mailbox, source route left out */
    struct slice domain; /* empty: none */
    struct slice parameters;
};

/* MAIL, RCPT, and the obsolete SEND, SOML, SAML. */
bool verb_takes_path(enum smtp_verb verb);

/* A usual path, as the session has told, and nothing behind it. */
static inline bool path_stands_alone(const struct entry_command *command)
{
    return command->path.end != 0 && command->line.len <= command->path.end + strlen(">");
}

/* Of a command that takes one. What the session has told of it is not read again. */
struct path_line path_line_of(const struct entry *entry);

struct path_parameter {
    struct slice name;
    struct slice value;
    bool has_value;
};

/* Takes the next parameter off `*rest`; false when none is left. */
bool path_parameter_next(struct slice *rest, struct path_parameter *out);

/* The parameter of that name; false: none. `*out` may be NULL. */
bool path_parameter_named(const struct path_line *line, const char *name,
                          struct path_parameter *out);

#endif
