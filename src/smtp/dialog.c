/* The dialogue's life, and the two doors to it: one chunk in, one event out. */
#include "smtp/dialog.h"

#include <stddef.h>

#include "base/limits.h"
#include "base/mem.h"
#include "smtp/dialog_state.h"

void smtp_shared_clear(struct smtp_shared *shared)
{
    reply_builder_give(shared->reply, NULL);
    content_reading_clear(shared);
    waiting_trim();
    *shared = (struct smtp_shared){ 0 };
}

_Static_assert(offsetof(struct smtp_dialog, shared) == 128 &&
                   offsetof(struct smtp_dialog, forms_seen) == SMTP_DIALOG_HOT,
               "what a line needs lies on two lines of the cache, or three");

_Static_assert(sizeof(struct smtp_dialog) <= SMTP_DIALOG_OCTETS,
               "callers have room for a dialogue");

enum status smtp_dialog_init(struct smtp_dialog *dialog, const struct smtp_dialog_options *options,
                             const struct smtp_event_sink *sink)
{
    struct place nowhere = { 0 };

    *dialog = (struct smtp_dialog){
        .sink = *sink,
        .shared = options->shared,
        .shows_secrets = options->shows_secrets,
        .is_midstream = options->is_midstream,
        .client_resyncs = options->is_midstream,
        .server_resyncs = options->is_midstream,
        .beginning.kind = options->is_midstream ? BEGINNING_OF_CAPTURE : BEGINNING_KNOWN,
    };
    /* RFC 5321 3.1: the server speaks first. */
    if (!options->is_midstream)
        dialog_await(dialog, WAITING_GREETING, VERB_CONNECT, 0, &nowhere);
    return dialog->status;
}

enum status smtp_dialog_new(struct smtp_dialog **out, const struct smtp_dialog_options *options,
                            const struct smtp_event_sink *sink)
{
    *out = mem_alloc(sizeof(**out));
    return *out == NULL ? STATUS_NO_MEMORY : smtp_dialog_init(*out, options, sink);
}

void smtp_dialog_clear(struct smtp_dialog *dialog)
{
    line_reader_clear(&dialog->client_line);
    line_reader_clear(&dialog->server_line);
    held_list_free(dialog->undecided);
    client_forget_content(dialog);
    server_close_reply(dialog, dialog->reply);
    waiting_clear(&dialog->waiting);
    if (dialog->redactor != NULL) {
        redactor_clear(dialog->redactor);
        mem_free(dialog->redactor);
    }
    doubt_free(dialog->doubt);
}

void smtp_dialog_free(struct smtp_dialog *dialog)
{
    if (dialog == NULL)
        return;
    smtp_dialog_clear(dialog);
    mem_free(dialog);
}

void dialog_emit(struct smtp_dialog *dialog, struct smtp_event *event)
{
    if (dialog->status != STATUS_OK)
        return;
    /* How TLS was cut into pieces must not show in the numbers. */
    if (event->kind != SMTP_EVENT_OPAQUE)
        dialog->sequence++;
    event->sequence = dialog->sequence;
    dialog->status = dialog->sink.event(dialog->sink.context, event);
}

void dialog_tell_limit(struct smtp_dialog *dialog, enum smtp_limit limit, enum side side,
                       const struct place *place)
{
    struct smtp_event event = {
        .kind = SMTP_EVENT_LIMIT,
        .from = side,
        .place = *place,
        .begin = *place,
        .limit = limit,
    };

    if ((dialog->limits & limit) != 0)
        return;
    dialog->limits |= (uint8_t)limit;
    dialog_emit(dialog, &event);
}

enum probe_types probe_types_for(const struct smtp_dialog *dialog, bool is_side_seen)
{
    return dialog->is_midstream && !is_side_seen ? PROBE_ANY : PROBE_HANDSHAKE;
}

void give_probe_back(struct tls_probe *probe, struct line_reader *reader, const struct place *place,
                     enum status *status)
{
    struct slice octets = slice_of(probe->octets, probe->len);
    enum parse parsed;
    struct line line;
    size_t used;

    if (octets.len == 0)
        return;
    parsed = line_reader_feed(reader, octets, *place, &used, &line, status);
    (void)parsed; /* no LF is among them, so no line ends here */
    probe->len = 0;
}

void dialog_input(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    if (dialog->status != STATUS_OK)
        return;
    if (chunk->from == SIDE_SERVER || chunk->missing > 0)
        client_end_proxy(dialog, &chunk->place);
    if (dialog->is_in_doubt)
        doubt_take(dialog, chunk);
    else if (chunk->from == SIDE_CLIENT && chunk->missing > 0)
        client_gap(dialog, chunk);
    else if (chunk->from == SIDE_CLIENT)
        client_octets(dialog, chunk);
    else if (chunk->missing > 0)
        server_gap(dialog, chunk);
    else
        server_octets(dialog, chunk);
}

void smtp_dialog_fetch(const struct smtp_dialog *dialog)
{
    const struct waiting *oldest = waiting_at(&dialog->waiting, 0);

    if (oldest != NULL && dialog->waiting.items != &dialog->waiting.only)
        mem_fetch_across(oldest, sizeof(*oldest));
    if (dialog->content != NULL)
        mem_fetch_across(dialog->content, sizeof(*dialog->content));
}

enum status smtp_dialog_feed(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    dialog_input(dialog, chunk);
    return dialog->status;
}

enum status smtp_dialog_finish(struct smtp_dialog *dialog, const struct place *place)
{
    const struct waiting *oldest;

    client_end_proxy(dialog, place);
    if (dialog->doubt != NULL)
        doubt_finish(dialog);
    client_finish(dialog, place);
    server_finish(dialog, place);
    oldest = waiting_at(&dialog->waiting, 0);
    if (oldest != NULL && oldest->early != NULL)
        server_reattribute(dialog);
    return dialog->status;
}
