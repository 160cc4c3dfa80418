/* A borrowed, read-only run of octets: pointer and length, never ended by a NUL. */
#ifndef SMTPSCOPE_BASE_SLICE_H
#define SMTPSCOPE_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const uint8_t *data; /* may be NULL where len is 0 */
    size_t len;
};

/* No such octet: what the find functions return. */
#define SLICE_NONE SIZE_MAX

static inline struct slice slice_of(const void *data, size_t len)
{
    return (struct slice){ .data = data, .len = len };
}

/* Views a C string, its NUL left out. */
static inline struct slice slice_of_string(const char *text)
{
    return slice_of(text, strlen(text));
}

/* The octets from `from` on, at most `len` of them; both are clamped to what is there. */
static inline struct slice slice_part(struct slice s, size_t from, size_t len)
{
    if (from >= s.len)
        return slice_of(s.data, 0);
    return slice_of(s.data + from, len < s.len - from ? len : s.len - from);
}

static inline struct slice slice_from(struct slice s, size_t from)
{
    return slice_part(s, from, SIZE_MAX);
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool slice_starts(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && slice_equal(slice_part(s, 0, prefix.len), prefix);
}

/* Index of the first `octet` at or after `from`; SLICE_NONE if there is none. */
static inline size_t slice_find(struct slice s, size_t from, uint8_t octet)
{
    const uint8_t *hit;

    if (from >= s.len)
        return SLICE_NONE;
    hit = memchr(s.data + from, octet, s.len - from);
    return hit == NULL ? SLICE_NONE : (size_t)(hit - s.data);
}

/* Index of the last `octet`; SLICE_NONE if there is none. */
static inline size_t slice_find_last(struct slice s, uint8_t octet)
{
    const uint8_t *hit = s.len == 0 ? NULL : memrchr(s.data, octet, s.len);

    return hit == NULL ? SLICE_NONE : (size_t)(hit - s.data);
}

/* ASCII only, whatever the locale: SMTP's keywords are ASCII (RFC 5321 2.4). */
static inline uint8_t ascii_upper(uint8_t octet)
{
    return octet >= 'a' && octet <= 'z' ? (uint8_t)(octet - 'a' + 'A') : octet;
}

static inline bool ascii_is_digit(uint8_t octet)
{
    return octet >= '0' && octet <= '9';
}

static inline bool ascii_is_alpha(uint8_t octet)
{
    return ascii_upper(octet) >= 'A' && ascii_upper(octet) <= 'Z';
}

/* Whether `len` octets are equal but for the case of ASCII letters. */
bool octets_equal_nocase(const uint8_t *a, const uint8_t *b, size_t len);

/* Mostly the first octet tells that it does not: in more than a letter's case. */
static inline bool slice_starts_nocase(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len &&
           (prefix.len == 0 || (((s.data[0] ^ prefix.data[0]) & ~0x20) == 0 &&
                                octets_equal_nocase(s.data, prefix.data, prefix.len)));
}

/* Equal but for the case of ASCII letters. */
static inline bool slice_equal_nocase(struct slice a, struct slice b)
{
    return a.len == b.len && slice_starts_nocase(a, b);
}

/* Index of the first place where `needle` stands, ASCII case folded; SLICE_NONE if nowhere. An
 * empty needle is found at 0. */
size_t slice_find_nocase(struct slice s, struct slice needle);

/* A space or a tab. */
static inline bool ascii_is_blank(uint8_t octet)
{
    return octet == ' ' || octet == '\t';
}

/* Without the spaces and tabs at both ends. */
static inline struct slice slice_trim(struct slice s)
{
    while (s.len > 0 && ascii_is_blank(s.data[s.len - 1]))
        s.len--;
    while (s.len > 0 && ascii_is_blank(s.data[0]))
        s = slice_of(s.data + 1, s.len - 1);
    return s;
}

/* Takes the next word, cut at spaces, off the front of `*rest`; empty when none is left. */
struct slice slice_next_word(struct slice *rest);

/* Reads an unsigned decimal number that fills the whole slice: false where it is empty, holds
 * anything but digits, or does not fit. */
bool slice_to_u64(struct slice s, uint64_t *out);

#endif
