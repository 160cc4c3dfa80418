/* A capture has a handful of ways, and its packets mostly come by the last one asked for. */
#include "tcp/ways.h"

#include "base/mem.h"
#include "net/encapsulation.h"

enum { FIRST_ROOM = 8, WAYS_MAX = 4096 };

uint16_t ways_number(struct ways *ways, const struct encapsulation *way, enum status *status)
{
    if (way->count == 0)
        return 0;
    if (ways->last != 0 && encapsulation_equal(&ways->list[ways->last - 1], way))
        return ways->last;
    for (uint32_t i = 0; i < ways->count; i++)
        if (encapsulation_equal(&ways->list[i], way))
            return ways->last = (uint16_t)(i + 1);
    if (ways->count == WAYS_MAX)
        return 0;
    if (ways->count == ways->room) {
        uint32_t room = ways->room == 0 ? FIRST_ROOM : ways->room * 2;
        struct encapsulation *list = mem_realloc(ways->list, room * sizeof(*list));

        if (list == NULL) {
            *status = STATUS_NO_MEMORY;
            return 0;
        }
        ways->list = list;
        ways->room = room;
    }
    ways->list[ways->count++] = *way;
    return ways->last = (uint16_t)ways->count;
}

struct encapsulation ways_at(const struct ways *ways, uint16_t number)
{
    return number == 0 ? (struct encapsulation){ 0 } : ways->list[number - 1];
}

void ways_clear(struct ways *ways)
{
    mem_free(ways->list);
    *ways = (struct ways){ 0 };
}
