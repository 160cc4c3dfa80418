/* A queue in one array; the room at its front is used again before it grows. */
#include "smtp/waiting.h"

#include "base/mem.h"

void waiting_clear(struct waiting_list *list)
{
    mem_free(list->items);
    *list = (struct waiting_list){ 0 };
}

static enum status make_room(struct waiting_list *list)
{
    size_t room = list->room == 0 ? 1 : list->room * 2;
    struct waiting *items;

    if (list->head + list->count < list->room)
        return STATUS_OK;
    if (list->head > list->room / 2) {
        mem_move(list->items, list->items + list->head, list->count * sizeof(*list->items));
        list->head = 0;
        return STATUS_OK;
    }
    items = mem_realloc(list->items, room * sizeof(*items));
    if (items == NULL)
        return STATUS_NO_MEMORY;
    list->items = items;
    list->room = room;
    return STATUS_OK;
}

enum status waiting_push(struct waiting_list *list, const struct waiting *item)
{
    if (make_room(list) != STATUS_OK)
        return STATUS_NO_MEMORY;
    list->items[list->head + list->count++] = *item;
    return STATUS_OK;
}

struct waiting *waiting_at(const struct waiting_list *list, size_t index)
{
    return index < list->count ? &list->items[list->head + index] : NULL;
}

struct waiting waiting_pop(struct waiting_list *list)
{
    struct waiting oldest = list->items[list->head];

    list->count--;
    list->head = list->count == 0 ? 0 : list->head + 1;
    return oldest;
}

enum status waiting_copy(struct waiting_list *to, const struct waiting_list *from)
{
    *to = (struct waiting_list){ 0 };
    for (size_t i = 0; i < from->count; i++) {
        if (waiting_push(to, waiting_at(from, i)) != STATUS_OK)
            return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}
