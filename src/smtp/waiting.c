/* A queue in one array; the room at its front is used again before it grows. */
#include "smtp/waiting.h"

void waiting_clear(struct waiting_list *list)
{
    while (list->count > 0)
        waiting_drop(list);
    if (list->items != &list->only)
        mem_free(list->items);
    *list = (struct waiting_list){ 0 };
}

/* Four, and twice as many each time after that. */
static enum status grow(struct waiting_list *list)
{
    uint32_t room = list->room == 1 ? 4 : list->room * 2;
    bool is_first = list->items == &list->only;
    struct waiting *items = mem_realloc(is_first ? NULL : list->items, room * sizeof(*list->items));

    if (items == NULL)
        return STATUS_NO_MEMORY;
    if (is_first)
        *items = list->only;
    list->items = items;
    list->room = room;
    return STATUS_OK;
}

enum status waiting_make_room(struct waiting_list *list)
{
    if (list->room == 0) {
        list->items = &list->only;
        list->room = 1;
        return STATUS_OK;
    }
    if (list->head <= list->room / 2)
        return grow(list);
    mem_move(list->items, list->items + list->head, (size_t)list->count * sizeof(*list->items));
    list->head = 0;
    return STATUS_OK;
}

enum status early_reply_copy(struct early_reply **to, const struct early_reply *from)
{
    *to = NULL;
    if (from == NULL)
        return STATUS_OK;
    *to = mem_alloc(sizeof(**to));
    if (*to == NULL)
        return STATUS_NO_MEMORY;
    **to = *from;
    return STATUS_OK;
}

enum status waiting_copy(struct waiting_list *to, const struct waiting_list *from)
{
    *to = (struct waiting_list){ 0 };
    for (size_t i = 0; i < from->count; i++) {
        struct waiting *item = waiting_add(to);

        if (item == NULL)
            return STATUS_NO_MEMORY;
        *item = *waiting_at(from, i);
        if (early_reply_copy(&item->early, waiting_at(from, i)->early) != STATUS_OK)
            return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}
