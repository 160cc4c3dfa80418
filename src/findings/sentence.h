/* Building one sentence of a finding or a diagnosis: numbers a reader can take in at a glance, and
 * captured octets cut where no character breaks. */
#ifndef SMTPSCOPE_FINDINGS_SENTENCE_H
#define SMTPSCOPE_FINDINGS_SENTENCE_H

#include "base/number_text.h"
#include "base/slice.h"

enum {
    SENTENCE_MAX = 1024,
    DURATION_TEXT_MAX = 40,
    QUOTED_MAX = 80, /* octets of a captured line that a message repeats */
};

struct duration_text {
    char text[DURATION_TEXT_MAX];
};

/* "43 µs", "0.8 ms", "12 ms", "300.1 s", "15 min 0 s", cut, not rounded; a negative time counts as
 * none. */
struct duration_text duration_text_of(int64_t nanoseconds);

/* "" for one, "s" otherwise. */
const char *plural(uint64_t count);

struct sentence {
    char text[SENTENCE_MAX];
    size_t len; /* never past the text; always NUL-ended */
};

static inline struct slice sentence_view(const struct sentence *s)
{
    return slice_of(s->text, s->len);
}

/* Appends what fits. */
void sentence_add(struct sentence *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same of a text as it is, for what every session gets. */
void sentence_add_text(struct sentence *s, const char *text);

/* Appends at most `max` captured octets; what is cut ends in "…", between two characters. */
void sentence_add_octets(struct sentence *s, struct slice octets, size_t max);

/* Length of the longest start of `octets` that has at most `max` octets and breaks no UTF-8
 * character. */
size_t character_boundary(struct slice octets, size_t max);

#endif
