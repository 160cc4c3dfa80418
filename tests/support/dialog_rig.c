/* Feeds a dialogue and keeps what it tells. */
#include "support/dialog_rig.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static void keep_text(struct dialog_rig *rig, struct slice text)
{
    size_t len = text.len < sizeof(rig->text) ? text.len : sizeof(rig->text) - 1;

    mem_copy(rig->text, text.data, len);
    rig->text[len] = '\0';
}

static enum status keep_event(void *context, const struct smtp_event *event)
{
    struct dialog_rig *rig = context;
    struct smtp_event *kept;

    if (rig->count == rig->room) {
        rig->room = rig->room == 0 ? 64 : rig->room * 2;
        rig->events = mem_realloc(rig->events, rig->room * sizeof(*rig->events));
        ck_assert_ptr_nonnull(rig->events);
    }
    kept = &rig->events[rig->count++];
    *kept = *event;
    if (event->kind == SMTP_EVENT_COMMAND || event->kind == SMTP_EVENT_SASL) {
        keep_text(rig, event->command.line);
        kept->command.line.data = NULL;
    } else if (event->kind == SMTP_EVENT_REPLY) {
        if (event->reply.line_count > 0)
            keep_text(rig, event->reply.lines[event->reply.line_count - 1]);
        kept->reply.lines = NULL;
    } else if (event->kind == SMTP_EVENT_CONTENT) {
        kept->content.facts = NULL;
        kept->content.headers = NULL;
    } else if (event->kind == SMTP_EVENT_OPAQUE) {
        kept->opaque.data = NULL;
    }
    return STATUS_OK;
}

void dialog_rig_begin(struct dialog_rig *rig, const struct smtp_dialog_options *options)
{
    struct smtp_event_sink sink = { .context = rig, .event = keep_event };

    *rig = (struct dialog_rig){ 0 };
    ck_assert_int_eq(smtp_dialog_new(&rig->dialog, options, &sink), STATUS_OK);
}

void dialog_rig_end(struct dialog_rig *rig)
{
    smtp_dialog_free(rig->dialog);
    mem_free(rig->events);
}

static struct place next_place(struct dialog_rig *rig)
{
    rig->frame++;
    return (struct place){ .at = { (int64_t)rig->frame * STAMP_SECOND }, .frame = rig->frame };
}

void dialog_rig_octets(struct dialog_rig *rig, enum side from, struct slice octets)
{
    struct chunk chunk = { .from = from, .place = next_place(rig), .data = octets };

    ck_assert_int_eq(smtp_dialog_feed(rig->dialog, &chunk), STATUS_OK);
}

void dialog_rig_client(struct dialog_rig *rig, const char *octets)
{
    dialog_rig_octets(rig, SIDE_CLIENT, slice_of_string(octets));
}

void dialog_rig_server(struct dialog_rig *rig, const char *octets)
{
    dialog_rig_octets(rig, SIDE_SERVER, slice_of_string(octets));
}

void dialog_rig_gap(struct dialog_rig *rig, enum side from, uint64_t missing)
{
    struct chunk chunk = { .from = from, .place = next_place(rig), .missing = missing };

    ck_assert_int_eq(smtp_dialog_feed(rig->dialog, &chunk), STATUS_OK);
}

void dialog_rig_finish(struct dialog_rig *rig)
{
    struct place end = next_place(rig);

    ck_assert_int_eq(smtp_dialog_finish(rig->dialog, &end), STATUS_OK);
}

size_t dialog_rig_count(const struct dialog_rig *rig, enum smtp_event_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < rig->count; i++)
        count += rig->events[i].kind == kind ? 1 : 0;
    return count;
}

size_t dialog_rig_limits(const struct dialog_rig *rig, enum smtp_limit limit)
{
    size_t count = 0;

    for (size_t i = 0; i < rig->count; i++) {
        if (rig->events[i].kind == SMTP_EVENT_LIMIT && rig->events[i].limit == limit)
            count++;
    }
    return count;
}

const struct smtp_event *dialog_rig_last(const struct dialog_rig *rig, enum smtp_event_kind kind)
{
    ck_assert_uint_gt(rig->count, 0);
    ck_assert_int_eq(rig->events[rig->count - 1].kind, kind);
    return &rig->events[rig->count - 1];
}
