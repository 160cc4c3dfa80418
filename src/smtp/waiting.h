/* What the client said and the server has not answered yet, oldest first. */
#ifndef SMTPSCOPE_SMTP_WAITING_H
#define SMTPSCOPE_SMTP_WAITING_H

#include "base/chunk.h"
#include "base/status.h"
#include "smtp/verb.h"

enum waiting_kind {
    WAITING_GREETING,
    WAITING_COMMAND,
    WAITING_SASL,
    WAITING_CONTENT, /* the end of data, or a BDAT chunk */
    WAITING_LOST,    /* a command that lies in a hole: a reply is owed to it all the same */
};

struct waiting {
    enum waiting_kind kind : 8;
    enum smtp_verb verb : 8; /* what its reply is shown to answer */
    bool ends_message;       /* content: DATA's, or a chunk with LAST */
    uint32_t replies_left;   /* LMTP's end of data: how many more are owed; 0: not known yet */
    uint64_t sequence;       /* of its event; 0 for the greeting and for what was lost */
    struct place place;      /* of its last octet */
    uint64_t early_reply;    /* content: sequence of a reply that came before it ended; 0: none */
    struct place early_place;
};

struct waiting_list {
    struct waiting *items; /* `only`, or on the heap: the list must not be moved */
    size_t head;
    size_t count;
    size_t room;
    struct waiting only; /* a client that does not pipeline waits for one reply at a time */
};

void waiting_clear(struct waiting_list *list);

/* Adds the newest. The caller keeps count under LIMIT_OUTSTANDING. */
MUST_USE enum status waiting_push(struct waiting_list *list, const struct waiting *item);

/* The oldest, or the one `index` places after it; NULL where there is none. */
static inline struct waiting *waiting_at(const struct waiting_list *list, size_t index)
{
    return index < list->count ? &list->items[list->head + index] : NULL;
}

/* Takes the oldest away; there must be one. */
struct waiting waiting_pop(struct waiting_list *list);

MUST_USE enum status waiting_copy(struct waiting_list *to, const struct waiting_list *from);

#endif
