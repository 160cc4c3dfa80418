/* What stands around an end-of-data look-alike, and what a reader who takes it for the end would
 * find behind it: commands, and messages that they begin (SMTP smuggling). */
#ifndef SMTPSCOPE_SMTP_LOOKALIKE_H
#define SMTPSCOPE_SMTP_LOOKALIKE_H

#include "smtp/event.h"

enum {
    WATCH_LINE_MAX = 64, /* octets by which a line is told to be a command */
};

enum watch_state {
    WATCH_NOTHING,  /* no look-alike yet, or what follows is no SMTP */
    WATCH_COMMANDS, /* commands of the lenient reading */
    WATCH_MESSAGE,  /* the lenient reading is in the content of a smuggled message */
};

/* Lines that no server takes for commands may stand before a smuggled message; one answers them with
 * errors, and goes on. */
struct smuggled_lines {
    uint8_t skipped; /* lines that are no command */
    bool has_mail;
    bool has_rcpt; /* after it */
};

enum smuggled_step {
    SMUGGLED_GOES_ON,
    SMUGGLED_MESSAGE, /* a message begins: MAIL, RCPT and DATA were there, or MAIL and DATA where no
                         line was skipped */
    SMUGGLED_ENDS,    /* QUIT, or more errors than a server bears */
};

struct lookalike_watch {
    enum watch_state state;
    uint8_t tail[LOOKALIKE_BEFORE]; /* the octets passed last */
    uint8_t tail_len;
    uint8_t line[WATCH_LINE_MAX];
    uint8_t line_len;
    bool line_is_judged; /* it was told by its beginning; what is left of it is passed over */
    bool is_first_line;  /* the line is the first after the look-alike */
    struct smuggled_lines lines;
    struct lookalike current; /* the look-alike found last */
};

/* `passed` was scanned. Judges the lines behind a look-alike, and keeps in `*facts` what it
 * learns. */
void lookalike_watch_pass(struct lookalike_watch *watch, struct slice passed,
                          struct content_facts *facts);

/* A look-alike ended where the octets that were passed end. */
void lookalike_watch_begin(struct lookalike_watch *watch, const struct lookalike *found,
                           struct content_facts *facts);

/* Length of what may be shown of a line that is a command, credentials left out; 0: it is none, or
 * QUIT, which smuggles nothing: who ends lines in LF alone sends it behind his end of data.
 * `line` may be the beginning only. */
size_t lookalike_command(struct slice line, enum smtp_verb *verb);

/* The next line behind a look-alike; `shown` and `verb` as lookalike_command has them. */
enum smuggled_step lookalike_step(struct smuggled_lines *lines, struct slice line, size_t shown,
                                  enum smtp_verb verb);

#endif
