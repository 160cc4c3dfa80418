/* The server's octets: reply lines, and the replies made of them. */
#include "base/limits.h"
#include "smtp/dialog_state.h"

/* What a reply repeats of secrets is replaced; `code` is 0 where it has none. A challenge repeats
 * nothing, and what is accepted is answered in the server's words. */
static bool redact_text(const struct smtp_dialog *dialog, struct buf *text, size_t start,
                        size_t len, unsigned code)
{
    bool found = false;

    if (dialog->shows_secrets)
        return false;
    if (dialog->redactor != NULL)
        found = redact_reply(dialog->redactor, text, start, len);
    if ((dialog->has_client_gap || dialog->is_midstream) && (code == 0 || code >= 400))
        found = redact_unknown_echo(text, start, len) || found;
    return found;
}

/* A line at a time: without their ends the last word of one and the first of the next are one. */
static void redact_lines(const struct smtp_dialog *dialog, struct reply_builder *reply)
{
    for (size_t i = 0; i < reply->line_count; i++) {
        const struct reply_line *line = &reply->lines[i];

        if (redact_text(dialog, &reply->text, line->start, line->len, reply->code))
            reply->marks |= MARK_REDACTED;
    }
}

/* None is open any more. */
static void finish_reply(struct smtp_dialog *dialog, const struct place *place)
{
    struct reply_builder *reply = dialog->reply;
    struct smtp_event event = { .place = *place };

    dialog->reply = NULL;
    dialog->has_open_reply = false;
    redact_lines(dialog, reply);
    reply_view(reply, &event);
    if (reply->is_cut)
        dialog_tell_limit(dialog, SMTP_LIMIT_REPLY, SIDE_SERVER, place);
    server_take_reply(dialog, &event);
    server_close_reply(dialog, reply);
}

void server_close_reply(struct smtp_dialog *dialog, struct reply_builder *reply)
{
    reply_builder_give(reply, dialog->shared == NULL ? NULL : &dialog->shared->reply);
}

/* A line with a code: the next of the reply that is open, or the first of one. */
static void take_coded_line(struct smtp_dialog *dialog, const struct line *line,
                            const struct place *place)
{
    if (dialog->reply == NULL)
        dialog->reply = reply_builder_take(dialog->shared == NULL ? NULL : &dialog->shared->reply);
    dialog->has_open_reply = dialog->reply != NULL;
    if (dialog->reply == NULL)
        dialog->status = STATUS_NO_MEMORY;
    else if (reply_take(dialog->reply, line, &dialog->status) == PARSE_OK)
        finish_reply(dialog, place);
}

/* A line without a code answers nothing, and does not end a reply that is being read. */
static void take_odd_line(struct smtp_dialog *dialog, const struct line *line,
                          const struct place *place)
{
    struct buf copy = buf_of(LIMIT_LINE_KEPT);
    struct slice text;
    struct smtp_event event = {
        .kind = SMTP_EVENT_REPLY,
        .from = SIDE_SERVER,
        .place = *place,
        .begin = line->begin,
        .octets = line->octets,
        .marks = line->marks | MARK_NO_CODE,
    };
    size_t dropped;

    if (buf_append(&copy, line->text, &dropped) != STATUS_OK)
        dialog->status = STATUS_NO_MEMORY;
    if (redact_text(dialog, &copy, 0, copy.len, 0))
        event.marks |= MARK_REDACTED;
    text = buf_view(&copy);
    event.reply = (struct smtp_reply){
        .lines = &text,
        .line_count = 1,
        .longest_line = line->octets,
        .end = line->end,
        .latency_ns = -1,
        .is_cut = line->is_cut,
    };
    for (size_t i = 0; i < sizeof(event.reply.code_text) && i < text.len; i++)
        event.reply.code_text[i] = text.data[i];
    if (line->is_cut)
        dialog_tell_limit(dialog, SMTP_LIMIT_REPLY, SIDE_SERVER, place);
    dialog_emit(dialog, &event);
    buf_clear(&copy);
}

static void take_line(struct smtp_dialog *dialog, const struct line *line,
                      const struct place *place)
{
    struct slice text;
    uint8_t separator;
    unsigned code = reply_line_code(line->text, &text, &separator);

    if (dialog->server_resyncs) {
        dialog->server_resyncs = false;
        /* The tail of a line whose beginning lies in the hole. */
        if (code == 0)
            return;
    }
    if (code != 0 && dialog->reply != NULL && code != dialog->reply->code)
        server_end_cut_reply(dialog);
    if (code == 0)
        take_odd_line(dialog, line, place);
    else
        take_coded_line(dialog, line, place);
}

/* Turns to TLS if that is what the line's first octets are. True where the octets were taken. */
static bool take_probe(struct smtp_dialog *dialog, struct slice *in, const struct place *place)
{
    struct smtp_event event = {
        .kind = SMTP_EVENT_OPAQUE, .from = SIDE_SERVER, .place = *place, .begin = *place
    };
    enum parse probed =
        tls_probe_feed(&dialog->server_probe, in, probe_types_for(dialog, dialog->is_server_seen));

    if (probed == PARSE_MORE)
        return true;
    if (probed == PARSE_OK) {
        dialog->is_server_opaque = true;
        event.opaque = slice_of(dialog->server_probe.octets, dialog->server_probe.len);
        event.octets = event.opaque.len;
        dialog_emit(dialog, &event);
        dialog->server_probe.len = 0;
        return true;
    }
    if (dialog->server_probe.len == 0)
        return false;
    give_probe_back(&dialog->server_probe, &dialog->server_line, place, &dialog->status);
    return true;
}

static size_t read_line(struct smtp_dialog *dialog, struct slice in, const struct place *place)
{
    struct slice rest = in;
    struct line line;
    size_t used;

    if (line_reader_is_at_start(&dialog->server_line) && take_probe(dialog, &rest, place))
        return in.len - rest.len;
    dialog->is_server_seen = true;
    if (line_reader_feed(&dialog->server_line, in, *place, &used, &line, &dialog->status) ==
        PARSE_OK)
        take_line(dialog, &line, place);
    return used;
}

static size_t hand_on(struct smtp_dialog *dialog, struct slice in, const struct place *place)
{
    struct smtp_event event = {
        .kind = SMTP_EVENT_OPAQUE,
        .from = SIDE_SERVER,
        .place = *place,
        .begin = *place,
        .octets = in.len,
        .opaque = in,
    };

    dialog_emit(dialog, &event);
    return in.len;
}

static size_t read_next(struct smtp_dialog *dialog, struct slice in, const struct place *place)
{
    size_t used;

    if (dialog->is_server_opaque)
        return hand_on(dialog, in, place);
    used = server_read_plain(dialog, in, place);
    return used > 0 ? used : read_line(dialog, in, place);
}

void server_octets(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    struct slice in = chunk->data;

    if (dialog->has_server_gap)
        dialog->replies_ahead = 0;
    while (in.len > 0 && dialog->status == STATUS_OK && !dialog->is_in_doubt) {
        in = slice_from(in, read_next(dialog, in, &chunk->place));
        dialog->is_server_seen = true;
    }
    if (in.len > 0 && dialog->status == STATUS_OK)
        doubt_take_rest(dialog, chunk, in);
}

static void pass_gap(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    size_t lost = dialog->reading.lost_replies;
    struct smtp_event event = {
        .kind = SMTP_EVENT_GAP,
        .from = SIDE_SERVER,
        .place = chunk->place,
        .begin = chunk->place,
        .octets = chunk->missing,
    };
    struct line line;

    dialog->reading.lost_replies = 0;
    /* What came of a line before the hole may still be a reply with a code. */
    if (line_reader_finish(&dialog->server_line, &line)) {
        line.marks |= MARK_AFTER_GAP;
        if (line.text.len >= 4)
            take_line(dialog, &line, &line.last);
    }
    if (dialog->reply != NULL)
        dialog->reply->marks |= MARK_AFTER_GAP;
    dialog->server_resyncs = true;
    dialog->has_server_gap = true;
    dialog_emit(dialog, &event);
    server_lose_replies(dialog, lost);
}

void server_gap(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    size_t seen = dialog->is_server_seen ? 0 : 1; /* where no server was seen, one is no doubt */
    bool may_doubt =
        !dialog->is_replaying && !dialog->is_server_opaque && dialog->waiting.count > seen;

    if (may_doubt) {
        doubt_begin(dialog, DOUBT_REPLY_GAP, 0);
        doubt_take(dialog, chunk);
        return;
    }
    if (!dialog->is_replaying) {
        dialog->reading.lost_replies = dialog->is_server_seen ? 0 : SIZE_MAX;
        dialog->replies_ahead += dialog->waiting.count == 0 ? chunk->missing : 0;
    }
    pass_gap(dialog, chunk);
}

void server_end_cut_reply(struct smtp_dialog *dialog)
{
    if (dialog->reply != NULL && (dialog->reply->marks & MARK_AFTER_GAP) != 0)
        finish_reply(dialog, &dialog->reply->last);
}

void server_finish(struct smtp_dialog *dialog, const struct place *place)
{
    struct line line;

    if (dialog->is_server_opaque)
        return;
    give_probe_back(&dialog->server_probe, &dialog->server_line, place, &dialog->status);
    if (line_reader_finish(&dialog->server_line, &line))
        take_line(dialog, &line, &line.last);
    if (dialog->reply != NULL)
        finish_reply(dialog, &dialog->reply->last);
}
