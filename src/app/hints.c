/* Looks for greetings on ports that are not followed. */
#include "app/hints.h"

#include "base/slice.h"

/* A greeting names SMTP in its first line, which has at most 512 octets (RFC 5321 4.5.3.1.5). */
enum { GREETING_MAX = 512 };

static bool is_usual(uint16_t port)
{
    return port == 25 || port == 465 || port == 587;
}

static bool is_greeting(struct slice payload)
{
    struct slice line;

    if (!slice_starts(payload, slice_of_string("220 ")) &&
        !slice_starts(payload, slice_of_string("220-")))
        return false;
    line = slice_part(payload, 0, GREETING_MAX);
    line = slice_part(line, 0, slice_find(line, 0, '\n'));
    return slice_find_nocase(line, slice_of_string("SMTP")) != SLICE_NONE;
}

void hints_look_closer(struct hints *hints, const struct segment *segment, bool is_followed)
{
    uint16_t port = segment->from.port;
    unsigned i = 0;

    if (is_usual(port) || is_usual(segment->to.port))
        hints->usual_port_seen = true;
    if (is_followed || !is_greeting(segment->payload))
        return;
    while (i < hints->port_count && hints->ports[i].port != port)
        i++;
    if (i == HINT_PORTS_MAX)
        return;
    if (i == hints->port_count) {
        hints->ports[i].port = port;
        hints->ports[i].greetings = 0;
        hints->port_count++;
    }
    hints->ports[i].greetings++;
}

uint16_t hints_port(const struct hints *hints)
{
    uint64_t most = 0;
    uint16_t port = 0;

    if (hints->usual_port_seen)
        return 0;
    for (unsigned i = 0; i < hints->port_count; i++) {
        if (hints->ports[i].greetings > most) {
            most = hints->ports[i].greetings;
            port = hints->ports[i].port;
        }
    }
    return port;
}
