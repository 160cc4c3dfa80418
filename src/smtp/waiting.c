/* A queue in one array; the room at its front is used again before it grows. */
#include "smtp/waiting.h"

#include "base/doubling.h"

/* One thread (CONTRIBUTING.md). */
static struct spares arrays = DOUBLING_OF(sizeof(struct waiting));

void waiting_clear(struct waiting_list *list)
{
    while (list->count > 0)
        waiting_drop(list);
    doubling_give(&arrays, list->items, list->room);
    *list = (struct waiting_list){ 0 };
}

void waiting_trim(void)
{
    spares_clear(&arrays);
}

static enum status grow(struct waiting_list *list)
{
    struct waiting *items = doubling_grow(&arrays, list->items, &list->room);

    if (items == NULL)
        return STATUS_NO_MEMORY;
    list->items = items;
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
