/* What the client said and the server has not answered yet, oldest first. */
#ifndef SMTPSCOPE_SMTP_WAITING_H
#define SMTPSCOPE_SMTP_WAITING_H

#include "base/chunk.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/status.h"
#include "smtp/verb.h"

enum waiting_kind {
    WAITING_GREETING,
    WAITING_COMMAND,
    WAITING_SASL,
    WAITING_CONTENT, /* the end of data, or a BDAT chunk */
    WAITING_LOST,    /* a command that lies in a hole: a reply is owed to it all the same */
};

/* A reply that came while content was still being sent. */
struct early_reply {
    uint64_t sequence;
    struct place place;
};

struct waiting {
    enum waiting_kind kind : 8;
    enum smtp_verb verb : 8;   /* what its reply is shown to answer */
    bool ends_message;         /* content: DATA's, or a chunk with LAST */
    uint32_t replies_left;     /* LMTP's end of data: how many more are owed; 0: not known yet */
    uint64_t sequence;         /* of its event; 0 for the greeting and for what was lost */
    struct place place;        /* of its last octet */
    struct early_reply *early; /* content: the item's own; NULL: none came before it ended */
};

/* Half of what is counted in 16 bits may stand empty before it. */
_Static_assert(LIMIT_OUTSTANDING <= UINT16_MAX / 2, "what waits is counted in 16 bits");

struct waiting_list {
    struct waiting *items; /* `only`, or on the heap: the list must not be moved */
    uint32_t room;
    uint16_t head;
    uint16_t count;
    struct waiting only; /* a client that does not pipeline waits for one reply at a time */
};

void waiting_clear(struct waiting_list *list);

/* Gives back what waiting_clear kept for the next list. */
void waiting_trim(void);

/* Makes room for one more. */
MUST_USE enum status waiting_make_room(struct waiting_list *list);

/* Takes the place of the newest, which the caller fills; NULL where memory ran out. The caller keeps
 * count under LIMIT_OUTSTANDING. */
MUST_USE static inline struct waiting *waiting_add(struct waiting_list *list)
{
    if ((uint32_t)list->head + list->count >= list->room && waiting_make_room(list) != STATUS_OK)
        return NULL;
    return &list->items[list->head + list->count++];
}

/* The oldest, or the one `index` places after it; NULL where there is none. */
static inline struct waiting *waiting_at(const struct waiting_list *list, size_t index)
{
    return index < list->count ? list->items + list->head + index : NULL;
}

/* Takes the oldest away; there must be one. Until the next is added it may still be looked at, but for
 * its early reply. */
static inline void waiting_drop(struct waiting_list *list)
{
    struct early_reply *early = list->items[list->head].early;

    list->count--;
    list->head = list->count == 0 ? 0 : (uint16_t)(list->head + 1);
    if (early != NULL)
        mem_free(early);
}

/* Makes *to a copy of its own; NULL of NULL. */
MUST_USE enum status early_reply_copy(struct early_reply **to, const struct early_reply *from);

MUST_USE enum status waiting_copy(struct waiting_list *to, const struct waiting_list *from);

#endif
