/* A reader over a slice. Once a read asks for more than is left it stays short: every later read
 * gives zero, so a parser reads as the format is written and checks once, before it trusts. */
#ifndef SMTPSCOPE_BASE_CURSOR_H
#define SMTPSCOPE_BASE_CURSOR_H

#include "base/slice.h"

struct cursor {
    struct slice in;
    size_t pos; /* never past in.len */
    bool is_short;
};

static inline struct cursor cursor_of(struct slice in)
{
    return (struct cursor){ .in = in };
}

static inline size_t cursor_left(const struct cursor *c)
{
    return c->in.len - c->pos;
}

/* True where `n` more octets are there; latches is_short where not. */
static inline bool cursor_has(struct cursor *c, size_t n)
{
    if (c->is_short || n > c->in.len - c->pos)
        c->is_short = true;
    return !c->is_short;
}

static inline struct slice cursor_take(struct cursor *c, size_t n)
{
    struct slice taken = { 0 };

    if (cursor_has(c, n)) {
        taken = slice_of(c->in.data + c->pos, n);
        c->pos += n;
    }
    return taken;
}

static inline void cursor_skip(struct cursor *c, size_t n)
{
    (void)cursor_take(c, n);
}

/* All that is left; the cursor stands at the end afterwards. */
static inline struct slice cursor_rest(struct cursor *c)
{
    return cursor_take(c, cursor_left(c));
}

static inline uint8_t cursor_u8(struct cursor *c)
{
    return cursor_has(c, 1) ? c->in.data[c->pos++] : 0;
}

static inline uint16_t cursor_u16be(struct cursor *c)
{
    struct slice s = cursor_take(c, 2);

    return s.len == 2 ? (uint16_t)((unsigned)s.data[0] << 8 | s.data[1]) : 0;
}

static inline uint16_t cursor_u16le(struct cursor *c)
{
    struct slice s = cursor_take(c, 2);

    return s.len == 2 ? (uint16_t)((unsigned)s.data[1] << 8 | s.data[0]) : 0;
}

static inline uint32_t cursor_u24be(struct cursor *c)
{
    struct slice s = cursor_take(c, 3);

    return s.len == 3 ? (uint32_t)s.data[0] << 16 | (uint32_t)s.data[1] << 8 | s.data[2] : 0;
}

static inline uint32_t cursor_u32be(struct cursor *c)
{
    struct slice s = cursor_take(c, 4);

    return s.len == 4 ? (uint32_t)s.data[0] << 24 | (uint32_t)s.data[1] << 16 |
                            (uint32_t)s.data[2] << 8 | s.data[3]
                      : 0;
}

static inline uint32_t cursor_u32le(struct cursor *c)
{
    struct slice s = cursor_take(c, 4);

    return s.len == 4 ? (uint32_t)s.data[3] << 24 | (uint32_t)s.data[2] << 16 |
                            (uint32_t)s.data[1] << 8 | s.data[0]
                      : 0;
}

static inline uint64_t cursor_u64le(struct cursor *c)
{
    struct slice s = cursor_take(c, 8);

    return s.len == 8
               ? (uint64_t)s.data[7] << 56 | (uint64_t)s.data[6] << 48 | (uint64_t)s.data[5] << 40 |
                     (uint64_t)s.data[4] << 32 | (uint64_t)s.data[3] << 24 |
                     (uint64_t)s.data[2] << 16 | (uint64_t)s.data[1] << 8 | s.data[0]
               : 0;
}

#endif
