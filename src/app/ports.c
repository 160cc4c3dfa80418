/* A set of port numbers, a bit each. */
#include "app/ports.h"

#include "app/words.h"
#include "base/slice.h"

static void add(struct ports *ports, uint16_t port)
{
    ports->bits[port / 8] |= (uint8_t)(1U << port % 8);
}

void ports_default(struct ports *ports)
{
    *ports = (struct ports){ .is_any = false };
    add(ports, 25);
    add(ports, 465);
    add(ports, 587);
}

bool ports_parse(struct ports *ports, const char *text)
{
    struct slice rest = slice_of_string(text);
    struct ports read = { .is_any = false };
    struct slice word;

    if (slice_equal(rest, slice_of_string("any"))) {
        *ports = (struct ports){ .is_any = true };
        return true;
    }
    if (slice_find(rest, 0, '+') != SLICE_NONE)
        read = *ports;
    while (word_next(&rest, &word)) {
        uint64_t port;

        if (word.len > 0 && word.data[0] == '+')
            word = slice_from(word, 1);
        if (!slice_to_u64(word, &port) || port == 0 || port > 65535)
            return false;
        add(&read, (uint16_t)port);
    }
    *ports = read;
    return true;
}

bool ports_hold(const struct ports *ports, uint16_t port)
{
    return ports->is_any || (ports->bits[port / 8] >> port % 8 & 1) != 0;
}
