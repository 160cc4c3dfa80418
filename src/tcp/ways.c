/* A capture has a handful of ways, or, where tunnels have numbers of their own for every user, very
 * many; its packets mostly come by the last one asked for. */
#include "tcp/ways.h"

#include "base/mem.h"
#include "net/encapsulation.h"

/* A number has 16 bits, and 0 is the plain way's. */
enum { FIRST_ROOM = 8, WAYS_MAX = UINT16_MAX };

/* Where the search for the way begins among the `2 * room` places of the index. */
static size_t place_of(const struct ways *ways, const struct encapsulation *way)
{
    uint64_t words[ENCAPSULATION_LAYERS_MAX];

    for (uint8_t i = 0; i < way->count; i++)
        words[i] = (uint64_t)way->layers[i].kind << 32 | way->layers[i].id;
    return siphash13_words(&ways->key, words, way->count) & ((size_t)ways->room * 2 - 1);
}

/* The place that holds the way's number, or the free one where that belongs. Half of the places are
 * free at least. */
static uint16_t *search(const struct ways *ways, const struct encapsulation *way)
{
    size_t last = (size_t)ways->room * 2 - 1;
    size_t at = place_of(ways, way);

    while (ways->index[at] != 0 && !encapsulation_equal(&ways->list[ways->index[at] - 1], way))
        at = (at + 1) & last;
    return &ways->index[at];
}

static enum status grow(struct ways *ways)
{
    uint32_t room = ways->room == 0 ? FIRST_ROOM : ways->room * 2;
    struct encapsulation *list;
    uint16_t *index;

    if (ways->room == 0 && siphash_key_random(&ways->key) != STATUS_OK)
        return STATUS_NO_MEMORY;
    list = mem_realloc(ways->list, room * sizeof(*list));
    if (list == NULL)
        return STATUS_NO_MEMORY;
    ways->list = list;
    index = mem_calloc((size_t)room * 2, sizeof(*index));
    if (index == NULL)
        return STATUS_NO_MEMORY;
    mem_free(ways->index);
    ways->index = index;
    ways->room = room;
    for (uint32_t i = 0; i < ways->count; i++)
        *search(ways, &ways->list[i]) = (uint16_t)(i + 1);
    return STATUS_OK;
}

uint16_t ways_number(struct ways *ways, const struct encapsulation *way, enum status *status)
{
    uint16_t *place;

    if (way->count == 0)
        return 0;
    if (ways->last != 0 && encapsulation_equal(&ways->list[ways->last - 1], way))
        return ways->last;
    if (ways->count == ways->room && ways->count < WAYS_MAX && grow(ways) != STATUS_OK) {
        *status = STATUS_NO_MEMORY;
        return 0;
    }
    place = search(ways, way);
    if (*place == 0) {
        if (ways->count == WAYS_MAX)
            return 0;
        ways->list[ways->count++] = *way;
        *place = (uint16_t)ways->count;
    }
    return ways->last = *place;
}

struct encapsulation ways_at(const struct ways *ways, uint16_t number)
{
    return number == 0 ? (struct encapsulation){ 0 } : ways->list[number - 1];
}

void ways_clear(struct ways *ways)
{
    mem_free(ways->list);
    mem_free(ways->index);
    *ways = (struct ways){ 0 };
}
