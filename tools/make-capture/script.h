/* What both sides of one session say, turn by turn, and the truth about it. */
#ifndef SMTPSCOPE_MAKE_CAPTURE_SCRIPT_H
#define SMTPSCOPE_MAKE_CAPTURE_SCRIPT_H

#include <stdio.h>

#include "base/chunk.h"
#include "make-capture/random.h"

/* Octets of a turn: the script's own, or a part of the text that all share. */
struct part {
    const uint8_t *shared; /* NULL: its own, at `at` */
    size_t at;
    size_t len;
    bool may_be_missing; /* inside content: nothing is decided by it */
};

/* One side speaks; it begins when all before has arrived. */
struct turn {
    enum side from;
    size_t first_part;
    size_t part_count;
    uint64_t len;
};

enum script_end {
    SCRIPT_SERVER_CLOSES,
    SCRIPT_CLIENT_CLOSES,
    SCRIPT_RESET, /* by the client */
    SCRIPT_SILENCE,
};

struct script_pair {
    const char *verb; /* NULL: `?` */
    unsigned code;
    size_t turn; /* that holds the reply */
};

struct script_message {
    const char *via;
    uint64_t octets; /* as the recipient gets it */
    uint64_t wire;   /* as sent, stuffed dots counted; the end of data is not */
    unsigned code;
    size_t content_turn;
    size_t reply_turn;
};

enum script_tls { SCRIPT_PLAIN, SCRIPT_STARTTLS, SCRIPT_IMPLICIT_TLS };

struct script {
    uint8_t *octets;
    size_t octet_count, octet_room;
    struct part *parts;
    size_t part_count, part_room;
    struct turn *turns;
    size_t turn_count, turn_room;
    struct script_pair *pairs;
    size_t pair_count, pair_room;
    struct script_message *messages;
    size_t message_count, message_room;
    enum script_tls tls;
    enum script_end end;
    uint16_t port;
};

void script_clear(struct script *s);

/* A new turn, even where the same side had the one before. */
void script_turn(struct script *s, enum side from);

/* Adds to the turn, a copy and a view. */
void script_say(struct script *s, struct slice octets);
void script_share(struct script *s, struct slice octets, bool may_be_missing);
/* script_say of what can be missing. */
void script_say_missable(struct script *s, struct slice octets);

void script_pair(struct script *s, const char *verb, unsigned code, size_t turn);
void script_message(struct script *s, const struct script_message *message);

/* Ends the session after `turns` of its turns, in the way of `end`; the truth with it. */
void script_cut(struct script *s, size_t turns, enum script_end end);

/* Copies `len` octets of a turn from `at` on, which must be there. */
void script_copy(const struct script *s, const struct turn *turn, uint64_t at, uint8_t *to,
                 size_t len);

/* Whether all these octets may be missing. */
bool script_is_missable(const struct script *s, const struct turn *turn, uint64_t at, size_t len);

#endif
