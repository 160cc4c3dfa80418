/* Reads lists of ports. */
#include "app/ports.h"

#include "app/words.h"
#include "base/slice.h"

void ports_default(struct ports *ports)
{
    *ports = (struct ports){ .is_any = false };
    port_set_add(&ports->set, 25);
    port_set_add(&ports->set, 465);
    port_set_add(&ports->set, 587);
}

bool ports_parse(struct ports *ports, const char *text)
{
    struct slice rest = slice_of_string(text);
    struct ports read = { .is_any = false };
    struct slice word;

    if (slice_equal(rest, slice_of_string("any"))) {
        ports->is_any = true;
        memset(ports->set.bits, 0xFF, sizeof(ports->set.bits));
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
        port_set_add(&read.set, (uint16_t)port);
    }
    *ports = read;
    return true;
}
