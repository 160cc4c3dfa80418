/* What each option is called, which commands take it, and how its value is read. */
#ifndef SMTPSCOPE_APP_OPTION_TABLE_H
#define SMTPSCOPE_APP_OPTION_TABLE_H

#include "app/options.h"

enum option_kind {
    OPTION_SETTING, /* `take` reads it */
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_READ, /* -r, tcpdump's */
};

enum option_value {
    OPTION_FLAG,
    OPTION_VALUE,
};

enum take_result {
    TAKE_OK,
    TAKE_WRONG,       /* the value is not what `expects` says */
    TAKE_CONTRADICTS, /* what `contradiction` says */
    TAKE_TWICE,
};

#define COMMAND_BIT(command) (1U << (command))
#define COMMANDS_ALL (~0U)

struct option_row {
    const char *name;  /* without its dashes; NULL: a letter only */
    char letter;       /* 0: none */
    const char *shown; /* in messages */
    enum option_kind kind;
    enum option_value value;
    unsigned commands; /* COMMAND_BIT, ORed */
    enum take_result (*take)(struct options *options, const char *value);
    const char *expects;
    const char *contradiction;
};

enum { OPTION_ROWS_MAX = 64 };

extern const struct option_row option_rows[];
extern const size_t option_row_count;

#endif
