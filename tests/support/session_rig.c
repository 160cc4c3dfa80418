/* Text into a dialogue, its events into a session. */
#include "support/session_rig.h"

#include <check.h>
#include <string.h>

#include "base/mem.h"

static enum status apply(void *context, const struct smtp_event *event)
{
    return session_apply(context, event);
}

void session_rig_begin(struct session_rig *rig)
{
    struct smtp_dialog_options options = { 0 };
    struct smtp_event_sink sink = { .event = apply };
    struct place start = { .frame = 1 };

    *rig = (struct session_rig){
        .frame = 3,
        .tcp = { .handshake = TCP_HANDSHAKE_COMPLETE, .close = TCP_CLOSE_FIN, .first = start },
        .port = 25,
    };
    ck_assert_int_eq(session_new(&rig->session, &start), STATUS_OK);
    sink.context = rig->session;
    ck_assert_int_eq(smtp_dialog_new(&rig->dialog, &options, &sink), STATUS_OK);
}

void session_rig_end(struct session_rig *rig)
{
    smtp_dialog_free(rig->dialog);
    session_free(rig->session);
}

static struct place next_place(struct session_rig *rig)
{
    rig->frame++;
    return (struct place){ .at = { (int64_t)rig->frame * STAMP_SECOND }, .frame = rig->frame };
}

void session_rig_octets(struct session_rig *rig, enum side from, struct slice octets)
{
    struct chunk chunk = { .from = from, .place = next_place(rig), .data = octets };

    ck_assert_int_eq(smtp_dialog_feed(rig->dialog, &chunk), STATUS_OK);
}

void session_rig_gap(struct session_rig *rig, enum side from, uint64_t missing)
{
    struct chunk chunk = { .from = from, .place = next_place(rig), .missing = missing };

    ck_assert_int_eq(smtp_dialog_feed(rig->dialog, &chunk), STATUS_OK);
}

static void send_text(struct session_rig *rig, enum side from, const char *text, const char *tail)
{
    size_t room = 2 * (strlen(text) + strlen(tail));
    uint8_t *octets = mem_alloc(room);
    size_t len = 0;

    ck_assert_ptr_nonnull(octets);
    for (int part = 0; part < 2; part++) {
        for (const char *at = part == 0 ? text : tail; *at != '\0'; at++) {
            if (*at == '\n')
                octets[len++] = '\r';
            octets[len++] = (uint8_t)*at;
        }
    }
    session_rig_octets(rig, from, slice_of(octets, len));
    mem_free(octets);
}

void session_rig_client(struct session_rig *rig, const char *text)
{
    send_text(rig, SIDE_CLIENT, text, "");
}

void session_rig_server(struct session_rig *rig, const char *text)
{
    send_text(rig, SIDE_SERVER, text, "");
}

void session_rig_ask(struct session_rig *rig, const char *command, const char *reply)
{
    send_text(rig, SIDE_CLIENT, command, "\n");
    send_text(rig, SIDE_SERVER, reply, "\n");
}

static void send_often(struct session_rig *rig, enum side from, const char *line, size_t times)
{
    size_t len = strlen(line);
    uint8_t *octets = mem_alloc(times * (len + 2));

    ck_assert_ptr_nonnull(octets);
    for (size_t i = 0; i < times; i++) {
        mem_copy(octets + i * (len + 2), line, len);
        mem_copy(octets + i * (len + 2) + len, "\r\n", 2);
    }
    session_rig_octets(rig, from, slice_of(octets, times * (len + 2)));
    mem_free(octets);
}

void session_rig_ask_often(struct session_rig *rig, const char *command, const char *reply,
                           size_t times)
{
    if (times == 0)
        return;
    send_often(rig, SIDE_CLIENT, command, times);
    send_often(rig, SIDE_SERVER, reply, times);
}

const struct session_record *session_rig_close(struct session_rig *rig)
{
    struct endpoint client = { .address = { 4, { 192, 0, 2, 10 } }, .port = 51022 };
    struct endpoint server = { .address = { 4, { 192, 0, 2, 25 } }, .port = rig->port };
    const struct session_record *record;

    rig->tcp.last = next_place(rig);
    ck_assert_int_eq(smtp_dialog_finish(rig->dialog, &rig->tcp.last), STATUS_OK);
    ck_assert_int_eq(session_close(rig->session, &rig->tcp, &client, &server, 1, &record),
                     STATUS_OK);
    return record;
}
