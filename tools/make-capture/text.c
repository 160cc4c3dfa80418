/* One block of lines, made once and shared by all messages. */
#include "make-capture/text.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "make-capture/list.h"

enum {
    LINES = 16384,
    LINE_MAX = 80,
    BASE64_LINE = 76, /* RFC 2045 6.8 */
};

struct text {
    uint8_t octets[LINES * LINE_MAX];
    uint32_t at[LINES + 1];   /* where a line begins */
    uint32_t dots[LINES + 1]; /* stuffed lines before it */
};

static const char *const words[] = {
    "the",     "message", "was",   "sent",  "on",      "behalf",  "of",    "a",
    "mailing", "list",    "whose", "owner", "answers", "within",  "two",   "days",
    "please",  "find",    "our",   "offer", "for",     "printer", "paper", "attached",
    "invoice", "number",  "and",   "total", "amount",  "due",     "by",    "Friday",
    "from",    "EHLO",    "RCPT",  "250",   "mail",    "queue",   "kept",  "until",
};

enum { WORDS = sizeof(words) / sizeof(words[0]) };

static size_t prose(struct random *r, char *line)
{
    size_t wanted = random_between(r, 0, 70);
    size_t used = 0;

    /* One line in fifty begins with a dot; RFC 5321 4.5.2 doubles it. */
    if (random_below(r, 50) == 0)
        used = (size_t)snprintf(line, LINE_MAX, ".. ");
    while (used < wanted) {
        const char *word = words[random_below(r, WORDS)];

        if (used + strlen(word) + 1 > 74)
            break;
        used += (size_t)snprintf(line + used, LINE_MAX - used, "%s%s", used > 0 ? " " : "", word);
    }
    return used;
}

static size_t base64(struct random *r, char *line)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < BASE64_LINE; i++)
        line[i] = digits[random_below(r, 64)];
    return BASE64_LINE;
}

struct text *text_new(uint64_t seed)
{
    struct text *text = list_new(sizeof(*text));
    struct random r = random_of(seed, UINT64_MAX);
    uint32_t at = 0;

    for (uint32_t i = 0; i < LINES; i++) {
        char line[LINE_MAX];
        /* An attachment follows two screens of prose, and so on. */
        size_t used = i % 512 < 48 ? prose(&r, line) : base64(&r, line);

        line[used] = '\r';
        line[used + 1] = '\n';
        text->at[i] = at;
        text->dots[i + 1] = text->dots[i] + (line[0] == '.');
        mem_copy(text->octets + at, line, used + 2);
        at += (uint32_t)used + 2;
    }
    text->at[LINES] = at;
    return text;
}

void text_free(struct text *text)
{
    mem_free(text);
}

uint32_t text_pick(const struct text *text, struct random *r)
{
    (void)text;
    return random_below(r, LINES);
}

struct text_cut text_cut(const struct text *text, uint32_t *line, size_t most)
{
    uint32_t first = *line;
    uint32_t low = first + 1;
    uint32_t high = LINES;

    /* The last line whose end is no further than `most`. */
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;

        if (text->at[middle] - text->at[first] <= most)
            low = middle;
        else
            high = middle - 1;
    }
    *line = low == LINES ? 0 : low;
    return (struct text_cut){
        .octets = slice_of(text->octets + text->at[first], text->at[low] - text->at[first]),
        .dots = text->dots[low] - text->dots[first],
    };
}
