/* One buffer for the octets, one array for what they were. */
#include "smtp/held.h"

#include "base/mem.h"

/* An item a segment of one octet each would be the worst case: capped like the octets. */
#define HELD_ITEMS_MAX 16384

struct held_list held_list_of(size_t max_octets)
{
    return (struct held_list){ .octets = buf_of(max_octets) };
}

void held_clear(struct held_list *list)
{
    buf_clear(&list->octets);
    mem_free(list->items);
    list->items = NULL;
    list->count = 0;
    list->room = 0;
}

struct held_list *held_list_new(size_t max_octets)
{
    struct held_list *list = mem_alloc(sizeof(*list));

    if (list != NULL)
        *list = held_list_of(max_octets);
    return list;
}

void held_list_free(struct held_list *list)
{
    if (list != NULL)
        held_clear(list);
    mem_free(list);
}

bool held_has_room(const struct held_list *list, size_t octets)
{
    return octets <= list->octets.max - list->octets.len && list->count < HELD_ITEMS_MAX;
}

/* More of the same segment: how it was cut leaves no trace. */
static bool goes_on(const struct held_list *list, const struct held *item)
{
    const struct held *last = list->count == 0 ? NULL : &list->items[list->count - 1];

    return last != NULL && item->kind == HELD_OCTETS && last->kind == HELD_OCTETS &&
           last->from == item->from && last->place.frame == item->place.frame &&
           last->place.capture == item->place.capture;
}

enum status held_add(struct held_list *list, const struct held *item, struct slice data)
{
    size_t room = list->room == 0 ? 4 : list->room * 2;
    size_t start = list->octets.len;
    size_t dropped;

    if (goes_on(list, item)) {
        enum status status = buf_append(&list->octets, data, &dropped);

        list->items[list->count - 1].len += list->octets.len - start;
        return status;
    }
    if (list->count == list->room) {
        struct held *items = mem_realloc(list->items, room * sizeof(*items));

        if (items == NULL)
            return STATUS_NO_MEMORY;
        list->items = items;
        list->room = room;
    }
    if (buf_append(&list->octets, data, &dropped) != STATUS_OK)
        return STATUS_NO_MEMORY;
    list->items[list->count] = *item;
    list->items[list->count].start = start;
    list->items[list->count].len = list->octets.len - start;
    list->count++;
    return STATUS_OK;
}

struct slice held_octets(const struct held_list *list, const struct held *item)
{
    return slice_part(buf_view(&list->octets), item->start, item->len);
}

enum status held_copy(struct held_list *to, const struct held_list *from)
{
    *to = held_list_of(from->octets.max);
    for (size_t i = 0; i < from->count; i++) {
        const struct held *item = &from->items[i];

        if (held_add(to, item, held_octets(from, item)) != STATUS_OK)
            return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}
