/* What is kept of an entry while its session is open: as little as tells it, so that many sessions
 * fit in memory and few cache lines are touched. It is made an entry when the session ends. */
#ifndef SMTPSCOPE_SESSION_NOTE_H
#define SMTPSCOPE_SESSION_NOTE_H

#include "session/record.h"

/* In the session's arena, and so never moved. Its kind says what it is the head of; the text, where
 * there is one, stands behind that. The number of its entry is its place from the first: 1-based. */
struct note {
    struct note *previous;
    struct stamp at;
    uint32_t frame;    /* these two as far as they fit: what does not is in a struct note_apart */
    uint32_t octets;   /* as in the entry */
    uint32_t sequence; /* notes are few, so that of none of them is higher */
    union {
        uint32_t partner;       /* reply: n of what it answers */
        struct path_place path; /* command */
    };
    uint32_t text_len;   /* reply of more than one line: how many they are */
    unsigned marks : 16; /* enum mark, ORed */
    enum entry_kind kind : 3;
    enum smtp_verb verb : 6;
    enum line_end end : 2;
    enum side from : 1;
    bool is_cut : 1;
    bool is_apart : 1;     /* there is a struct note_apart of it */
    bool was_repeated : 1; /* reply */
    bool has_lines : 1;    /* reply: more than one */
};

/* With its only line behind it, a cache line holds nearly all of the usual reply; of several lines
 * there is a struct note_lines behind it. */
struct note_reply {
    struct note note;
    int64_t latency_ns;
    int64_t ack_ns;
    uint16_t code;
    struct enhanced_code enhanced;
};

struct note_lines {
    uint64_t longest_line;
    struct slice lines[]; /* as many as text_len */
};

/* Of most contents there is nothing to tell but their longest line. */
struct note_data {
    struct note note;
    struct place begin;
    uint64_t octets;
    uint64_t lines;
    uint64_t lost_octets;
    uint64_t declared;
    uint64_t longest_line;
    const struct content_facts *facts; /* NULL: nothing else */
    uint32_t message;
    bool is_last;
    bool is_complete;
};

struct note_tls {
    struct note note;
    const uint8_t *detail; /* text_len octets */
    enum tls_event event;
};

/* What hardly any note has: another beginning, large numbers, or a reply without three digits. All of
 * it counts instead of what the note has itself. */
struct note_apart {
    struct note_apart *previous; /* of an earlier note */
    const struct note *note;
    struct place place;
    struct place begin;
    uint64_t octets;
    uint64_t longest_line; /* reply of one line */
    uint8_t code_text[3];  /* reply */
};

static inline struct note_lines *note_lines(const struct note_reply *reply)
{
    return (struct note_lines *)(void *)(uintptr_t)(reply + 1);
}

/* A command or a SASL line. */
static inline struct slice note_line(const struct note *note)
{
    return slice_of(note + 1, note->text_len);
}

/* The text of a reply of one line. */
static inline struct slice note_reply_text(const struct note_reply *reply)
{
    return slice_of(reply + 1, reply->note.text_len);
}

#endif
