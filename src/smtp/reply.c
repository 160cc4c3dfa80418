/* Reply lines are copied into one buffer; a reply is rarely more than an EHLO's dozen of them. */
#include "smtp/reply.h"

#include "base/limits.h"
#include "base/mem.h"

struct reply_builder reply_builder_of(void)
{
    return (struct reply_builder){ .text = buf_of(LIMIT_REPLY_KEPT) };
}

void reply_builder_clear(struct reply_builder *reply)
{
    buf_clear(&reply->text);
    mem_free(reply->lines);
    mem_free(reply->views);
    *reply = reply_builder_of();
}

void reply_builder_reset(struct reply_builder *reply)
{
    struct reply_builder next = {
        .text = reply->text,
        .lines = reply->lines,
        .views = reply->views,
        .line_room = reply->line_room,
    };

    buf_reset(&next.text);
    *reply = next;
}

struct reply_builder *reply_builder_take(struct reply_builder **idle)
{
    struct reply_builder *reply;

    if (idle != NULL && *idle != NULL) {
        reply = *idle;
        *idle = NULL;
        return reply;
    }
    reply = mem_alloc(sizeof(*reply));
    if (reply != NULL)
        *reply = reply_builder_of();
    return reply;
}

void reply_builder_go_on(struct reply_builder *reply, const struct reply_builder *open)
{
    struct reply_builder next = *open;

    next.text = reply->text;
    next.lines = reply->lines;
    next.views = reply->views;
    next.line_room = reply->line_room;
    next.line_count = 0;
    *reply = next;
}

void reply_builder_give(struct reply_builder *reply, struct reply_builder **idle)
{
    if (reply == NULL)
        return;
    if (idle != NULL && *idle == NULL) {
        reply_builder_reset(reply);
        *idle = reply;
        return;
    }
    reply_builder_clear(reply);
    mem_free(reply);
}

static enum status grow_lines(struct reply_builder *reply)
{
    size_t room = reply->line_room == 0 ? 4 : reply->line_room * 2;
    struct reply_line *lines;
    struct slice *views;

    if (reply->line_count < reply->line_room)
        return STATUS_OK;
    lines = mem_realloc(reply->lines, room * sizeof(*lines));
    if (lines == NULL)
        return STATUS_NO_MEMORY;
    reply->lines = lines;
    views = mem_realloc(reply->views, room * sizeof(*views));
    if (views == NULL)
        return STATUS_NO_MEMORY;
    reply->views = views;
    reply->line_room = room;
    return STATUS_OK;
}

static enum status keep_text(struct reply_builder *reply, struct slice line)
{
    struct reply_line kept = { .start = reply->text.len };
    size_t dropped;

    if (reply->line_count == LIMIT_REPLY_LINES) {
        reply->is_cut = true;
        return STATUS_OK;
    }
    if (grow_lines(reply) != STATUS_OK || buf_append(&reply->text, line, &dropped) != STATUS_OK)
        return STATUS_NO_MEMORY;
    if (dropped > 0)
        reply->is_cut = true;
    kept.len = reply->text.len - kept.start;
    reply->lines[reply->line_count++] = kept;
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
    if (enhanced_code_may_begin(text) && enhanced_code_parse(text, &enhanced) > 0)
        reply->enhanced = enhanced;
    reply->octets += line->octets;
    reply->end = line->end;
    reply->last = line->last;
    reply->marks |= line->marks;
    if (line->octets > reply->longest_line)
        reply->longest_line = line->octets;
    if (line->octets > REPLY_LINE_OCTETS)
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
    for (size_t i = 0; i < reply->line_count; i++) {
        const struct reply_line *line = &reply->lines[i];

        reply->views[i] = slice_part(buf_view(&reply->text), line->start, line->len);
    }
    event->kind = SMTP_EVENT_REPLY;
    event->from = SIDE_SERVER;
    event->begin = reply->begin;
    event->octets = reply->octets;
    event->marks = reply->marks;
    event->reply = (struct smtp_reply){
        .code = reply->code,
        .enhanced = reply->enhanced,
        .lines = reply->views,
        .line_count = reply->line_count,
        .longest_line = reply->longest_line,
        .end = reply->end,
        .is_cut = reply->is_cut,
        .latency_ns = -1,
    };
    mem_copy(event->reply.code_text, reply->code_text, sizeof(reply->code_text));
}
