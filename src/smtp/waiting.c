/* A queue in one array; the room at its front is used again before it grows. */
#include "smtp/waiting.h"

#include "base/mem.h"

void waiting_clear(struct waiting_list *list)
{
    if (list->items != &list->only)
        mem_free(list->items);
    *list = (struct waiting_list){ 0 };
}

/* Four, and twice as many each time after that. */
static enum status grow(struct waiting_list *list)
{
    size_t room = list->room == 1 ? 4 : list->room * 2;
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

static enum status make_room(struct waiting_list *list)
{
    if (list->head + list->count < list->room)
        return STATUS_OK;
    if (list->room == 0) {
        list->items = &list->only;
        list->room = 1;
        return STATUS_OK;
    }
    if (list->head <= list->room / 2)
        return grow(list);
    mem_move(list->items, list->items + list->head, list->count * sizeof(*list->items));
    list->head = 0;
    return STATUS_OK;
}

enum status waiting_push(struct waiting_list *list, const struct waiting *item)
{
    if (make_room(list) != STATUS_OK)
        return STATUS_NO_MEMORY;
    list->items[list->head + list->count++] = *item;
    return STATUS_OK;
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
