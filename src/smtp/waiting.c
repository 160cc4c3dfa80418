/* A queue in one array; the room at its front is used again before it grows. */
#include "smtp/waiting.h"

#include "base/spares.h"

enum {
    FIRST_ARRAY = 4, /* what a client needs that pipelines one transaction */
    SPARE_ARRAYS = 64,
};

/* Arrays of that size. One thread (CONTRIBUTING.md). */
static struct spares spares = {
    .size = FIRST_ARRAY * sizeof(struct waiting),
    .most = SPARE_ARRAYS,
};

static struct waiting *array_of(uint32_t room)
{
    return room == FIRST_ARRAY ? spares_take(&spares) : mem_alloc(room * sizeof(struct waiting));
}

/* What the list has beside `only`. */
static void drop_array(struct waiting_list *list)
{
    if (list->room == FIRST_ARRAY)
        spares_give(&spares, list->items);
    else if (list->room > FIRST_ARRAY)
        mem_free(list->items);
}

void waiting_clear(struct waiting_list *list)
{
    while (list->count > 0)
        waiting_drop(list);
    drop_array(list);
    *list = (struct waiting_list){ 0 };
}

void waiting_trim(void)
{
    spares_clear(&spares);
}

static enum status grow(struct waiting_list *list)
{
    uint32_t room = list->room == 1 ? FIRST_ARRAY : list->room * 2;
    struct waiting *items = array_of(room);

    if (items == NULL)
        return STATUS_NO_MEMORY;
    mem_copy(items, list->items, list->room * sizeof(*items));
    drop_array(list);
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
