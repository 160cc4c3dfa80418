/* A dialogue in the making: commands go out one at a time or in groups, and what the server owes
 * for them is said when the client waits. */
#ifndef SMTPSCOPE_MAKE_CAPTURE_PLAY_H
#define SMTPSCOPE_MAKE_CAPTURE_PLAY_H

#include "make-capture/script.h"
#include "make-capture/text.h"
#include "make-capture/workload.h"

enum { PLAY_OWED_MAX = 64, PLAY_OWED_OCTETS = 16384, PLAY_HEADER_MAX = 1024 };

struct owed {
    const char *verb;
    unsigned code;
    size_t begin, len;
    size_t message; /* 1 + index of the message that it decides; 0: none */
};

struct play {
    struct script *script;
    struct random *random;
    const struct workload *workload;
    const struct text *text;
    uint32_t number;
    bool is_pipelining;
    bool has_enhanced;      /* codes (RFC 2034) */
    bool is_client_talking; /* the turn is the client's and may go on */
    size_t owed_count;
    struct owed owed[PLAY_OWED_MAX];
    size_t owed_octets;
    char owed_text[PLAY_OWED_OCTETS];
};

/* An enhanced code before the text goes only to who has them; NULL: none. Lines of `text` are parted
 * by \n. */
struct answer {
    unsigned code;
    const char *enhanced;
    const char *text;
};

bool play_chance(struct play *p, double share);

/* Octets of the client. */
void play_send(struct play *p, struct slice octets);

/* Owes a reply to `verb` (NULL: a verb of no RFC). */
void play_owe(struct play *p, const char *verb, const struct answer *answer);

/* The server says all it owes. */
void play_wait(struct play *p);

/* A command and what will answer it; the client waits unless it is pipelining. */
void play_ask(struct play *p, const char *verb, const struct answer *answer, const char *line, ...)
    __attribute__((format(printf, 4, 5)));

/* play_ask, and the client waits: for commands that must end a group (RFC 2920 3.1). */
#define play_ask_and_wait(p, verb, answer, ...) \
    (play_ask(p, verb, answer, __VA_ARGS__), play_wait(p))

/* One message in a transaction of its own (transaction.c). */
void play_transaction(struct play *p);

/* All that comes after TLS was agreed on (secret.c). */
void play_tls(struct play *p);

#endif
