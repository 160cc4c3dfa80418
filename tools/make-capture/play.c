/* Turns out of commands and replies. */
#include "make-capture/play.h"

#include <stdarg.h>

#include "base/mem.h"

bool play_chance(struct play *p, double share)
{
    return random_chance(p->random, share);
}

void play_send(struct play *p, struct slice octets)
{
    if (!p->is_client_talking)
        script_turn(p->script, SIDE_CLIENT);
    p->is_client_talking = true;
    script_say(p->script, octets);
}

static void owe_line(struct play *p, const struct answer *answer, const char *text, size_t len,
                     bool is_last)
{
    size_t room = PLAY_OWED_OCTETS - p->owed_octets;
    bool has_code = p->has_enhanced && answer->enhanced != NULL;

    p->owed_octets += (size_t)snprintf(
        p->owed_text + p->owed_octets, room, "%u%s%s%s%.*s\r\n", answer->code, is_last ? " " : "-",
        has_code ? answer->enhanced : "", has_code ? " " : "", (int)len, text);
}

void play_owe(struct play *p, const char *verb, const struct answer *answer)
{
    const char *text = answer->text;
    struct owed *owed;
    size_t len;

    if (p->owed_count == PLAY_OWED_MAX || p->owed_octets > PLAY_OWED_OCTETS - 2048)
        play_wait(p);
    owed = &p->owed[p->owed_count++];
    *owed = (struct owed){ .verb = verb, .code = answer->code, .begin = p->owed_octets };
    do {
        len = strcspn(text, "\n");
        owe_line(p, answer, text, len, text[len] == '\0');
        text += len + 1;
    } while (text[-1] != '\0');
    owed->len = p->owed_octets - owed->begin;
}

void play_wait(struct play *p)
{
    struct script *s = p->script;

    p->is_client_talking = false;
    for (size_t i = 0; i < p->owed_count; i++) {
        const struct owed *owed = &p->owed[i];

        /* Replies of a group come together, or now and then in packets of their own. */
        if (i == 0 || random_below(p->random, 4) == 0)
            script_turn(s, SIDE_SERVER);
        script_say(s, slice_of(p->owed_text + owed->begin, owed->len));
        script_pair(s, owed->verb, owed->code, s->turn_count - 1);
        if (owed->message > 0)
            s->messages[owed->message - 1].reply_turn = s->turn_count - 1;
    }
    p->owed_count = 0;
    p->owed_octets = 0;
}

void play_ask(struct play *p, const char *verb, const struct answer *answer, const char *line, ...)
{
    char octets[1024];
    int used;
    va_list arguments;

    va_start(arguments, line);
    used = vsnprintf(octets, sizeof(octets), line, arguments);
    va_end(arguments);
    play_send(p, slice_of(octets, (size_t)used));
    play_send(p, slice_of("\r\n", 2));
    play_owe(p, verb, answer);
    if (!p->is_pipelining)
        play_wait(p);
}
