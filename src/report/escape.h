/* Captured octets made harmless, one form for each place they may go. Whatever strangers wrote
 * leaves the program through here. */
#ifndef SMTPSCOPE_REPORT_ESCAPE_H
#define SMTPSCOPE_REPORT_ESCAPE_H

#include "base/slice.h"
#include "base/status.h"

/* Where the escaped text is gathered: room that the caller owns. Where `drain` is set, it is given
 * the octets whenever the room is full, and by text_sink_flush; else what does not fit is counted. */
struct text_sink {
    uint8_t *data;
    size_t len;
    size_t room;
    uint64_t dropped; /* octets that did not fit, without a drain */
    void *context;
    enum status (*drain)(void *context, struct slice octets);
    enum status status; /* the first failure of `drain`; what comes after it is dropped */
};

/* A sink over `room` octets at `data`, without a drain. */
static inline struct text_sink text_sink_of(uint8_t *data, size_t room)
{
    return (struct text_sink){ .data = data, .room = room };
}

static inline struct slice text_sink_view(const struct text_sink *sink)
{
    return slice_of(sink->data, sink->len);
}

void text_sink_put(struct text_sink *sink, struct slice octets);

/* Hands what is gathered to the drain, if there is one; the sink is empty afterwards. */
MUST_USE enum status text_sink_flush(struct text_sink *sink);

/* No form takes more octets than this for each octet it is given. */
enum { ESCAPE_GROWTH_MAX = 6 };

/* For a terminal. Printable ASCII and harmless UTF-8 are kept. Every other octet is shown as \xHH:
 * controls (C1 too), what is no UTF-8, line and paragraph separators, whatever turns the direction
 * of writing, has no width or no glyph, private characters, combining marks that have nothing to
 * stand on or of which more than four pile up.
 *
 * A backslash is kept (DOMAIN\user stays readable), but shown as \x5c where "xHH" follows it. So
 * each \xHH of the output is one octet, and the octets can be had back. */
void escape_terminal(struct text_sink *sink, struct slice s);

/* The value of a captured string in JSON: valid UTF-8 but for control octets is kept, every other
 * octet outside printable ASCII is \xhh. A backslash is kept, as the schema has it. */
void escape_record(struct text_sink *sink, struct slice s);

/* The inside of a JSON string (RFC 8259 7), quotes not included, of text that should be UTF-8: what
 * is not comes out as U+FFFD, octet by octet. Quotes, backslashes and controls (C1 too) are escaped,
 * and U+2028 and U+2029, which end a line in JavaScript. */
void escape_json(struct text_sink *sink, struct slice s);

/* escape_json of escape_record, in one go. */
void escape_json_record(struct text_sink *sink, struct slice s);

#endif
