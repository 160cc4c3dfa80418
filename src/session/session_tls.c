/* What TLS shows in clear, as entries and facts of the session. */
#include "base/mem.h"
#include "session/note_add.h"
#include "session/session_state.h"

static uint16_t version_offered(const struct tls_client_hello *hello)
{
    return hello->highest_version != 0 ? hello->highest_version : hello->legacy_version;
}

/* It stands where the event before it does. */
static void add_tls_note(struct session *session, enum tls_event event, enum side from,
                         struct slice detail)
{
    const struct smtp_event place = {
        .from = from,
        .place = session->tls->place,
        .begin = session->tls->place,
        .sequence = session->newest == NULL ? 0 : session->newest->sequence,
    };
    struct note_form form = { .kind = ENTRY_TLS, .text_len = (uint32_t)detail.len };
    struct note_tls *note =
        (struct note_tls *)session_add_note(session, &place, form, sizeof(*note));

    if (note == NULL)
        return;
    note->event = event;
    note->detail = detail.data;
    if (session->tls->facts.first_entry == 0)
        session->tls->facts.first_entry = session->entry_count;
}

static void take_client_hello(struct session *session, const struct tls_client_hello *hello)
{
    struct tls_record_facts *facts = &session->tls->facts;

    facts->offered_version = version_offered(hello);
    if (hello->sni.len > 0)
        facts->sni = session_keep(session, hello->sni);
    if (hello->alpn.len > 0)
        facts->alpn = session_keep(session, hello->alpn);
    add_tls_note(session, TLS_EVENT_CLIENT_HELLO, SIDE_CLIENT, facts->sni);
}

static void take_server_hello(struct session *session, const struct tls_server_hello *hello)
{
    struct tls_record_facts *facts = &session->tls->facts;

    facts->version = hello->version;
    facts->cipher = hello->cipher;
    if (!hello->is_retry) {
        facts->resumed_known = hello->resumed_known;
        facts->resumed = hello->resumed;
        if (hello->alpn.len > 0)
            facts->alpn = session_keep(session, hello->alpn);
    }
    add_tls_note(session, TLS_EVENT_SERVER_HELLO, SIDE_SERVER,
                 hello->is_retry ? slice_of_string("hello_retry_request") : slice_of(NULL, 0));
}

static void take_alert(struct session *session, const struct tls_notice *notice)
{
    struct tls_record_facts *facts = &session->tls->facts;

    facts->alert_known = true;
    facts->alert_from = notice->from;
    facts->alert_level = notice->alert.level;
    facts->alert_code = notice->alert.code;
    add_tls_note(session, TLS_EVENT_ALERT, notice->from, slice_of(NULL, 0));
}

static enum status take_notice(void *context, const struct tls_notice *notice)
{
    struct session *session = context;
    struct tls_record_facts *facts = &session->tls->facts;

    switch (notice->kind) {
    case TLS_NOTICE_CLIENT_HELLO:
        take_client_hello(session, &notice->client);
        break;
    case TLS_NOTICE_SERVER_HELLO:
        take_server_hello(session, &notice->server);
        break;
    case TLS_NOTICE_ALERT:
        take_alert(session, notice);
        break;
    case TLS_NOTICE_HIDDEN_ALERT:
        facts->alert_hidden = true;
        facts->alert_from = notice->from;
        add_tls_note(session, TLS_EVENT_ALERT, notice->from, slice_of_string("encrypted"));
        break;
    case TLS_NOTICE_ESTABLISHED:
        facts->handshake = TLS_HANDSHAKE_COMPLETE;
        add_tls_note(session, TLS_EVENT_ESTABLISHED, notice->from, slice_of(NULL, 0));
        break;
    case TLS_NOTICE_NOT_TLS:
        break;
    }
    return session->status;
}

static void begin_tls(struct session *session)
{
    struct tls_notice_sink sink = { .context = session, .notice = take_notice };

    session->tls = arena_alloc(&session->arena, sizeof(*session->tls));
    if (session->tls == NULL) {
        session->status = STATUS_NO_MEMORY;
        return;
    }
    session->tls->facts.mode = session->starttls_accepted ? TLS_STARTTLS : TLS_IMPLICIT;
    session->tls->reader = tls_hello_reader_new(&sink);
    if (session->tls->reader == NULL)
        session->status = STATUS_NO_MEMORY;
    if (session->furthest < STAGE_TLS)
        session->furthest = STAGE_TLS;
}

void session_take_opaque(struct session *session, const struct smtp_event *event)
{
    struct session_tls *tls;
    enum status status;

    if (session->tls == NULL)
        begin_tls(session);
    if (session->status != STATUS_OK)
        return;
    tls = session->tls;
    tls->place = event->place;
    if (event->from == SIDE_CLIENT) {
        tls->facts.client_spoke = true;
        tls->facts.client_octets += event->octets;
    } else {
        tls->facts.server_spoke = true;
        tls->facts.server_octets += event->octets;
    }
    status = tls_hello_reader_feed(tls->reader, event->from, event->opaque);
    if (status != STATUS_OK)
        session->status = status;
}

/* Of the dialogue, or inside TLS. */
void session_tls_gap(struct session *session, const struct smtp_event *event)
{
    const struct session_tls *tls = session->tls;
    bool is_opaque = tls != NULL && (event->from == SIDE_CLIENT ? tls->facts.client_spoke
                                                                : tls->facts.server_spoke);

    if (is_opaque)
        tls_hello_reader_gap(tls->reader, event->from, event->octets);
    else
        session->has_gap = true;
}

/* A handshake that the connection's end cut off has failed; one that the capture's end cut off is
 * merely not all there. A server that goes on in clear has refused it. */
void session_tls_finish(struct session *session)
{
    struct session_record *record = &session->closing->record;
    struct tls_record_facts *facts = &record->tls;
    bool is_over = record->tcp->close != TCP_CLOSE_OPEN && record->tcp->close != TCP_CLOSE_EVICTED;
    bool is_whole = record->tcp->client.gaps == 0 && record->tcp->server.gaps == 0 &&
                    !record->tcp->is_snapped && record->tcp->handshake != TCP_HANDSHAKE_MIDSTREAM;

    if (session->tls == NULL || facts->handshake == TLS_HANDSHAKE_COMPLETE)
        return;
    if (facts->alert_known || facts->alert_hidden || (is_over && is_whole))
        facts->handshake = TLS_HANDSHAKE_FAILED;
}
