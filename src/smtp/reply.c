/* Reply lines are copied into one buffer; a reply is rarely more than an EHLO's dozen of them. */
#include "smtp/reply.h"

#include "base/limits.h"
#include "base/mem.h"

/* RFC 5321 4.5.3.1.5: a reply line has at most 512 octets, CRLF included. */
#define REPLY_LINE_MAX 512

struct reply_builder reply_builder_of(void)
{
    return (struct reply_builder){ .text = NULL };
}

void reply_text_free(struct reply_text *text)
{
    if (text == NULL)
        return;
    buf_clear(&text->octets);
    mem_free(text->lines);
    mem_free(text->views);
    mem_free(text);
}

/* The idle one, or one of its own. */
static enum status take_text(struct reply_builder *reply)
{
    if (reply->text != NULL)
        return STATUS_OK;
    if (reply->spare != NULL && *reply->spare != NULL) {
        reply->text = *reply->spare;
        *reply->spare = NULL;
        return STATUS_OK;
    }
    reply->text = mem_alloc(sizeof(*reply->text));
    if (reply->text == NULL)
        return STATUS_NO_MEMORY;
    *reply->text = (struct reply_text){ .octets = buf_of(LIMIT_REPLY_KEPT) };
    return STATUS_OK;
}

void reply_builder_clear(struct reply_builder *reply)
{
    struct reply_text **spare = reply->spare;

    if (reply->text != NULL && spare != NULL && *spare == NULL) {
        buf_reset(&reply->text->octets);
        *spare = reply->text;
    } else {
        reply_text_free(reply->text);
    }
    *reply = (struct reply_builder){ .spare = spare };
}

unsigned reply_line_code(struct slice line, struct slice *text, uint8_t *separator)
{
    *text = line;
    *separator = 0;
    for (size_t i = 0; i < 3; i++) {
        if (i >= line.len || !ascii_is_digit(line.data[i]))
            return 0;
    }
    *text = slice_from(line, 3);
    if (text->len > 0) {
        *separator = text->data[0];
        if (*separator == ' ' || *separator == '-')
            *text = slice_from(*text, 1);
    }
    return (unsigned)(line.data[0] - '0') * 100 + (unsigned)(line.data[1] - '0') * 10 +
           (unsigned)(line.data[2] - '0');
}

static enum status grow_lines(struct reply_text *text, size_t count)
{
    size_t room = text->line_room == 0 ? 4 : text->line_room * 2;
    struct reply_line *lines;
    struct slice *views;

    if (count < text->line_room)
        return STATUS_OK;
    lines = mem_realloc(text->lines, room * sizeof(*lines));
    if (lines == NULL)
        return STATUS_NO_MEMORY;
    text->lines = lines;
    views = mem_realloc(text->views, room * sizeof(*views));
    if (views == NULL)
        return STATUS_NO_MEMORY;
    text->views = views;
    text->line_room = room;
    return STATUS_OK;
}

static enum status keep_text(struct reply_builder *reply, struct slice line)
{
    struct reply_text *text;
    struct reply_line kept;
    size_t dropped;

    if (reply->line_count == LIMIT_REPLY_LINES) {
        reply->is_cut = true;
        return STATUS_OK;
    }
    if (take_text(reply) != STATUS_OK)
        return STATUS_NO_MEMORY;
    text = reply->text;
    kept.start = text->octets.len;
    if (grow_lines(text, reply->line_count) != STATUS_OK ||
        buf_append(&text->octets, line, &dropped) != STATUS_OK)
        return STATUS_NO_MEMORY;
    if (dropped > 0)
        reply->is_cut = true;
    kept.len = text->octets.len - kept.start;
    text->lines[reply->line_count++] = kept;
    return STATUS_OK;
}

enum parse reply_take(struct reply_builder *reply, const struct line *line, enum status *status)
{
    struct slice text;
    uint8_t separator;
    unsigned code = reply_line_code(line->text, &text, &separator);
    struct enhanced_code enhanced;

    if (!reply->is_open) {
        reply->begin = line->begin;
    } else if (code != reply->code) {
        reply->marks |= MARK_CODES_DIFFER;
    }
    reply->code = code;
    mem_copy(reply->code_text, line->text.data, sizeof(reply->code_text));
    if (enhanced_code_parse(text, &enhanced) > 0)
        reply->enhanced = enhanced;
    reply->octets += line->octets;
    reply->end = line->end;
    reply->last = line->last;
    reply->marks |= line->marks;
    if (line->octets > reply->longest_line)
        reply->longest_line = line->octets;
    if (line->octets > REPLY_LINE_MAX)
        reply->marks |= MARK_LONG_LINE;
    if (separator != ' ' && separator != '-' && separator != 0)
        reply->marks |= MARK_BAD_SEPARATOR;
    reply->is_cut = reply->is_cut || line->is_cut;
    if (keep_text(reply, text) != STATUS_OK)
        *status = STATUS_NO_MEMORY;
    reply->is_open = separator == '-';
    return reply->is_open ? PARSE_MORE : PARSE_OK;
}

void reply_view(struct reply_builder *reply, struct smtp_event *event)
{
    /* There is none before the first line. */
    const struct reply_text *text = reply->text;
    struct slice *views = text == NULL ? NULL : text->views;

    for (size_t i = 0; text != NULL && i < reply->line_count; i++) {
        const struct reply_line *line = &text->lines[i];

        views[i] = slice_part(buf_view(&text->octets), line->start, line->len);
    }
    event->kind = SMTP_EVENT_REPLY;
    event->from = SIDE_SERVER;
    event->begin = reply->begin;
    event->octets = reply->octets;
    event->marks = reply->marks;
    event->reply = (struct smtp_reply){
        .code = reply->code,
        .enhanced = reply->enhanced,
        .lines = views,
        .line_count = reply->line_count,
        .longest_line = reply->longest_line,
        .end = reply->end,
        .is_cut = reply->is_cut,
        .latency_ns = -1,
    };
    mem_copy(event->reply.code_text, reply->code_text, sizeof(reply->code_text));
}
