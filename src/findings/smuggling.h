/* What an end-of-data look-alike in a content leads to. */
#ifndef SMTPSCOPE_FINDINGS_SMUGGLING_H
#define SMTPSCOPE_FINDINGS_SMUGGLING_H

#include "findings/look.h"

struct smuggling {
    bool is_there;           /* the content holds a look-alike */
    bool is_honoured;        /* the server took it for the end of data */
    bool is_awaited;         /* and so did the client: it waited for the reply before it went on */
    enum smtp_verb leads_to; /* the command behind it; VERB_NONE: none */
    unsigned skipped;        /* lines before that command that are none */
    struct slice next_line;  /* what follows, where it is an entry of its own */
};

struct smuggling smuggling_of(const struct session_record *record, const struct entry *content);

/* A content of the record holds a look-alike that SMTP follows: that the server honoured, else that
 * it did not. */
enum smuggled {
    SMUGGLED_NOTHING,
    SMUGGLED_FOR_OTHERS, /* a server that takes the look-alike would find more messages */
    SMUGGLED_HERE,       /* this server did */
};

enum smuggled record_smuggled(const struct session_record *record);

#endif
