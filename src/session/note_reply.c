/* The note of a reply: with its only line behind it, or with a list of lines. */
#include "session/note_add.h"
#include "session/session_state.h"

/* Octets from the beginning of the first line to the end of the last where they follow each other
 * without anything in between; 0 where they do not. */
static size_t run_of(const struct slice *lines, size_t count)
{
    const uint8_t *end = lines[0].data;
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        if (lines[i].data != end)
            return 0;
        len += lines[i].len;
        /* Of an empty line there may be no octets at all. */
        if (lines[i].len > 0)
            end += lines[i].len;
    }
    return len;
}

/* Lines that a reply was put together of are kept with one copy. */
static void keep_texts(struct session *session, struct slice *kept, const struct slice *lines,
                       size_t count)
{
    struct slice run = slice_of(lines[0].data, run_of(lines, count));
    size_t begin = 0;

    if (run.len == 0) {
        for (size_t i = 0; i < count; i++)
            kept[i] = session_keep(session, lines[i]);
        return;
    }
    run = session_keep(session, run);
    for (size_t i = 0; i < count; i++) {
        kept[i] = slice_part(run, begin, lines[i].len);
        begin += lines[i].len;
    }
}

/* How many of a reply's lines may be kept: of a line without text the place costs memory too. */
static size_t lines_room(struct session *session, size_t count)
{
    if (count <= 1 || !session_is_full(session))
        return count;
    session->limits |= SMTP_LIMIT_TEXT;
    return 1;
}

/* With its only line behind it. */
static struct note_reply *note_short_reply(struct session *session, const struct smtp_event *event)
{
    const struct smtp_reply *reply = &event->reply;
    struct slice line = reply->line_count == 0 ? slice_of(NULL, 0) : reply->lines[0];
    size_t len = session_text_room(session, line);
    struct note_form form = {
        .kind = ENTRY_REPLY,
        .verb = reply->verb,
        .end = reply->end,
        .is_cut = reply->is_cut,
        .text_len = (uint32_t)len,
    };
    struct note_reply *note =
        (struct note_reply *)session_add_note(session, event, form, sizeof(*note) + len);

    if (note != NULL)
        mem_copy(note + 1, line.data, len);
    return note;
}

static struct note_reply *note_long_reply(struct session *session, const struct smtp_event *event)
{
    const struct smtp_reply *reply = &event->reply;
    size_t count = lines_room(session, reply->line_count);
    struct note_form form = {
        .kind = ENTRY_REPLY,
        .verb = reply->verb,
        .end = reply->end,
        .is_cut = reply->is_cut || count < reply->line_count,
        .has_lines = true,
        .text_len = (uint32_t)count,
    };
    struct note_reply *note = (struct note_reply *)session_add_note(
        session, event, form,
        sizeof(*note) + sizeof(struct note_lines) + count * sizeof(struct slice));

    if (note == NULL)
        return NULL;
    note_lines(note)->longest_line = reply->longest_line;
    keep_texts(session, note_lines(note)->lines, reply->lines, count);
    return note;
}

struct note_reply *session_note_reply(struct session *session, const struct smtp_event *event)
{
    const struct smtp_reply *reply = &event->reply;
    struct note_reply *note =
        reply->line_count > 1 ? note_long_reply(session, event) : note_short_reply(session, event);

    if (note == NULL)
        return NULL;
    note->latency_ns = reply->latency_ns;
    note->ack_ns = -1;
    note->code = (uint16_t)reply->code;
    note->enhanced = reply->enhanced;
    return note;
}

void session_keep_lines(struct session *session, struct answer *answer)
{
    const struct slice *lines = answer->lines;
    struct slice *kept;

    answer->line_count = lines_room(session, answer->line_count);
    kept = arena_alloc(&session->arena, answer->line_count * sizeof(*kept));
    if (kept == NULL) {
        session->status = STATUS_NO_MEMORY;
        return;
    }
    keep_texts(session, kept, lines, answer->line_count);
    answer->lines = kept;
}
