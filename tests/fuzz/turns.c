/* Reads a fuzzer's dialogues. */
#include "fuzz/turns.h"

#include "base/cursor.h"

enum {
    OCTET_CLIENT = 0xF8,
    OCTET_SERVER,
    OCTET_CLIENT_GAP,
    OCTET_SERVER_GAP,
    OCTET_WAIT,
    OCTET_REPEAT,
    OCTET_LITERAL = 0xFF,
};

static void add_octet(struct turns *turns, uint8_t octet)
{
    if (turns->count == 0 || turns->len == TURNS_OCTETS_MAX)
        return;
    turns->octets[turns->len++] = octet;
    turns->list[turns->count - 1].data.len++;
}

/* False where there is no room for one more. */
static bool begin(struct turns *turns, enum side from, uint64_t missing, int64_t waited)
{
    struct chunk *chunk;

    if (turns->count == TURNS_MAX)
        return false;
    chunk = &turns->list[turns->count++];
    *chunk = (struct chunk){ .from = from, .missing = missing };
    chunk->place.frame = turns->count;
    chunk->place.at.ns = (int64_t)turns->count * STAMP_SECOND + waited;
    chunk->data = slice_of(turns->octets + turns->len, 0);
    return true;
}

/* Small holes mostly, and some up to a quarter of what can be counted. */
static uint64_t hole(uint8_t n)
{
    return n < 200 ? n + 1U : (uint64_t)1 << (n - 193);
}

static void repeat(struct turns *turns, uint8_t times)
{
    struct slice octets = { 0 };

    if (turns->count > 0)
        octets = turns->list[turns->count - 1].data;
    for (unsigned i = 0; i < times && turns->len < TURNS_OCTETS_MAX; i++)
        for (size_t at = 0; at < octets.len; at++)
            add_octet(turns, octets.data[at]);
}

void turns_read(struct turns *turns, struct slice in)
{
    struct cursor c = cursor_of(in);
    enum side from = SIDE_SERVER;
    int64_t waited = 0;
    bool goes_on;

    turns->count = 0;
    turns->len = 0;
    goes_on = begin(turns, from, 0, waited);
    while (goes_on && turns->len < TURNS_OCTETS_MAX && cursor_left(&c) > 0) {
        uint8_t octet = cursor_u8(&c);

        if (octet < OCTET_CLIENT || octet == OCTET_REPEAT + 1) {
            add_octet(turns, octet);
            continue;
        }
        if (octet == OCTET_LITERAL) {
            add_octet(turns, cursor_u8(&c));
            continue;
        }
        if (octet == OCTET_REPEAT) {
            repeat(turns, cursor_u8(&c));
            continue;
        }
        if (octet == OCTET_CLIENT || octet == OCTET_SERVER) {
            from = octet == OCTET_CLIENT ? SIDE_CLIENT : SIDE_SERVER;
        } else {
            uint8_t n = cursor_u8(&c);

            if (octet == OCTET_WAIT)
                waited += (int64_t)n * n * n * STAMP_MILLISECOND;
            else
                goes_on = begin(turns, octet == OCTET_CLIENT_GAP ? SIDE_CLIENT : SIDE_SERVER,
                                hole(n), waited);
        }
        goes_on = goes_on && begin(turns, from, 0, waited);
    }
}

struct slice cut_part(struct slice octets, size_t at, enum cut cut, unsigned where)
{
    struct slice rest = slice_from(octets, at);

    if (cut == CUT_EVERYWHERE)
        return slice_part(rest, 0, 1);
    if (cut == CUT_IN_TWO && at == 0 && octets.len > 0)
        return slice_part(rest, 0, 1 + where % octets.len);
    return rest;
}
