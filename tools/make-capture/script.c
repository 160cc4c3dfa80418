/* Arrays of turns and of the parts they consist of. */
#include "make-capture/script.h"

#include "base/mem.h"
#include "make-capture/list.h"

void script_clear(struct script *s)
{
    mem_free(s->octets);
    mem_free(s->parts);
    mem_free(s->turns);
    mem_free(s->pairs);
    mem_free(s->messages);
    *s = (struct script){ 0 };
}

void script_turn(struct script *s, enum side from)
{
    s->turns = list_grown(s->turns, &s->turn_room, s->turn_count + 1, sizeof(*s->turns));
    s->turns[s->turn_count++] = (struct turn){ .from = from, .first_part = s->part_count };
}

static void add_part(struct script *s, const struct part *part)
{
    struct turn *turn = &s->turns[s->turn_count - 1];

    if (part->len == 0)
        return;
    s->parts = list_grown(s->parts, &s->part_room, s->part_count + 1, sizeof(*s->parts));
    s->parts[s->part_count++] = *part;
    turn->part_count++;
    turn->len += part->len;
}

static void say(struct script *s, struct slice octets, bool may_be_missing)
{
    size_t at = s->octet_count;

    s->octets = list_grown(s->octets, &s->octet_room, at + octets.len, 1);
    mem_copy(s->octets + at, octets.data, octets.len);
    s->octet_count += octets.len;
    add_part(s, &(struct part){ NULL, at, octets.len, may_be_missing });
}

void script_say(struct script *s, struct slice octets)
{
    say(s, octets, false);
}

void script_say_missable(struct script *s, struct slice octets)
{
    say(s, octets, true);
}

void script_share(struct script *s, struct slice octets, bool may_be_missing)
{
    add_part(s, &(struct part){ octets.data, 0, octets.len, may_be_missing });
}

void script_pair(struct script *s, const char *verb, unsigned code, size_t turn)
{
    s->pairs = list_grown(s->pairs, &s->pair_room, s->pair_count + 1, sizeof(*s->pairs));
    s->pairs[s->pair_count++] = (struct script_pair){ verb, code, turn };
}

void script_message(struct script *s, const struct script_message *message)
{
    s->messages =
        list_grown(s->messages, &s->message_room, s->message_count + 1, sizeof(*s->messages));
    s->messages[s->message_count++] = *message;
}

void script_cut(struct script *s, size_t turns, enum script_end end)
{
    if (turns >= s->turn_count)
        return;
    s->turn_count = turns;
    s->end = end;
    while (s->pair_count > 0 && s->pairs[s->pair_count - 1].turn >= turns)
        s->pair_count--;
    while (s->message_count > 0 && s->messages[s->message_count - 1].content_turn >= turns)
        s->message_count--;
    for (size_t i = 0; i < s->message_count; i++)
        if (s->messages[i].reply_turn >= turns)
            s->messages[i].code = 0;
}

void script_copy(const struct script *s, const struct turn *turn, uint64_t at, uint8_t *to,
                 size_t len)
{
    for (size_t i = 0; i < turn->part_count && len > 0; i++) {
        const struct part *part = &s->parts[turn->first_part + i];
        const uint8_t *octets = part->shared != NULL ? part->shared : s->octets + part->at;
        struct slice wanted;

        if (at >= part->len) {
            at -= part->len;
            continue;
        }
        wanted = slice_part(slice_of(octets, part->len), (size_t)at, len);
        mem_copy(to, wanted.data, wanted.len);
        to += wanted.len;
        len -= wanted.len;
        at = 0;
    }
}

bool script_is_missable(const struct script *s, const struct turn *turn, uint64_t at, size_t len)
{
    uint64_t begin = 0;

    for (size_t i = 0; i < turn->part_count; i++) {
        const struct part *part = &s->parts[turn->first_part + i];

        if (begin < at + len && begin + part->len > at && !part->may_be_missing)
            return false;
        begin += part->len;
    }
    return true;
}
