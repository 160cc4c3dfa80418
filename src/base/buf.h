/* Owned octets that grow up to a maximum fixed at the start. What does not fit is counted, not
 * kept: reaching a limit is reported by whoever owns the buffer, never fatal. */
#ifndef SMTPSCOPE_BASE_BUF_H
#define SMTPSCOPE_BASE_BUF_H

#include <assert.h>

#include "base/mem.h"
#include "base/slice.h"
#include "base/status.h"

struct buf {
    uint8_t *data;
    size_t len;
    size_t room; /* octets allocated */
    size_t max;  /* len never passes it */
};

/* An empty buffer; nothing is allocated before the first octet. */
static inline struct buf buf_of(size_t max)
{
    return (struct buf){ .max = max };
}

/* Gives the memory back; the buffer is empty and usable again. */
void buf_clear(struct buf *b);

/* Forgets the octets and keeps the memory for the next ones. */
static inline void buf_reset(struct buf *b)
{
    b->len = 0;
}

/* Room for `need` octets in all; STATUS_NO_MEMORY leaves the buffer as it was. */
MUST_USE enum status buf_reserve(struct buf *b, size_t need);

/* Appends what fits under `max`; `*dropped` is how many octets did not. STATUS_NO_MEMORY leaves
 * the buffer as it was. Inline, for mostly there is room already. */
MUST_USE static inline enum status buf_append(struct buf *b, struct slice s, size_t *dropped)
{
    size_t keep = s.len < b->max - b->len ? s.len : b->max - b->len;

    *dropped = s.len - keep;
    if (keep == 0)
        return STATUS_OK;
    assert(s.data != NULL);
    if (keep > b->room - b->len && buf_reserve(b, b->len + keep) != STATUS_OK)
        return STATUS_NO_MEMORY;
    mem_copy(b->data + b->len, s.data, keep);
    b->len += keep;
    return STATUS_OK;
}

/* Takes the first `n` octets away (n <= len). */
void buf_consume(struct buf *b, size_t n);

static inline struct slice buf_view(const struct buf *b)
{
    return slice_of(b->data, b->len);
}

#endif
