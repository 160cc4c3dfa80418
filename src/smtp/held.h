/* Octets and holes that wait for a decision, in the order they came. */
#ifndef SMTPSCOPE_SMTP_HELD_H
#define SMTPSCOPE_SMTP_HELD_H

#include "base/buf.h"
#include "base/chunk.h"

enum held_kind {
    HELD_OCTETS,
    HELD_GAP,
};

struct held {
    enum held_kind kind;
    enum side from;
    struct place place;
    uint64_t missing; /* HELD_GAP */
    size_t start;     /* HELD_OCTETS: in the list's octets */
    size_t len;
};

struct held_list {
    struct buf octets;
    struct held *items;
    size_t count;
    size_t room;
};

struct held_list held_list_of(size_t max_octets);
void held_clear(struct held_list *list);

/* The same on the heap; NULL where memory ran out, and NULL may be freed. */
MUST_USE struct held_list *held_list_new(size_t max_octets);
void held_list_free(struct held_list *list);

/* Whether `octets` more, and one more item, fit. */
bool held_has_room(const struct held_list *list, size_t octets);

/* Keeps a copy of `data`, with the item before where it is of the same segment; `item` needs no start
 * and len. The caller asked held_has_room. */
MUST_USE enum status held_add(struct held_list *list, const struct held *item, struct slice data);

/* The octets of an item; they live as long as nothing is added. */
struct slice held_octets(const struct held_list *list, const struct held *item);

MUST_USE enum status held_copy(struct held_list *to, const struct held_list *from);

#endif
