/* Walks the TLS records of both directions, puts the hellos together and tells what they say. */
#include "tls/hello.h"

#include "base/buf.h"
#include "base/cursor.h"
#include "base/mem.h"
#include "tls/hello_parse.h"
#include "tls/record.h"

enum { HANDSHAKE_HEADER = 4 }; /* RFC 8446 4: type and 24-bit length */

enum { HANDSHAKE_CLIENT_HELLO = 1, HANDSHAKE_SERVER_HELLO = 2 };

enum { VERSION_TLS13 = 0x0304, CIPHER_AES_128_CCM_8_SHA256 = 0x1305 };

/* RFC 8446 5.2: an encrypted alert is 2 octets, 1 of inner type, and the tag of 16 (8 with CCM_8,
 * RFC 6655 4). The shortest Finished is 4 + 32 octets of SHA-256. */
enum {
    HIDDEN_ALERT_LENGTH = 2 + 1 + 16,
    HIDDEN_ALERT_LENGTH_CCM_8 = 2 + 1 + 8,
    HIDDEN_FINISHED_MIN = 4 + 32 + 1 + 8,
};

enum walk {
    WALK_HEADER, /* inside, or before, a record's header */
    WALK_BODY,
    WALK_SSLV2, /* inside an SSLv2-compatible hello */
    WALK_LOST,
};

struct direction {
    enum walk walk;
    uint8_t head[TLS_RECORD_HEADER];
    size_t head_len;
    struct tls_record_header record;
    uint32_t body_left;
    bool body_has_gap;
    uint8_t alert[2];
    size_t alert_len;
    uint8_t message_head[HANDSHAKE_HEADER];
    size_t message_head_len;
    uint32_t message_left;
    bool keeps_message;
    bool is_message_lost; /* a gap took the framing of handshake messages away */
    struct buf message;
    bool change_cipher;
    bool application_data;
    bool is_finished; /* this side's handshake is over, as far as can be seen */
    uint64_t records;
};

struct tls_hello_reader {
    struct tls_notice_sink sink;
    struct direction directions[2];
    struct hello_memory memory;
    bool client_hello;
    bool server_hello;
    bool is_established;
};

struct tls_hello_reader *tls_hello_reader_new(const struct tls_notice_sink *sink)
{
    struct tls_hello_reader *r = mem_calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    r->sink = *sink;
    for (int i = 0; i < 2; i++)
        r->directions[i].message = buf_of(TLS_HELLO_MAX);
    return r;
}

void tls_hello_reader_free(struct tls_hello_reader *reader)
{
    if (reader == NULL)
        return;
    for (int i = 0; i < 2; i++)
        buf_clear(&reader->directions[i].message);
    mem_free(reader);
}

static enum status notify(struct tls_hello_reader *r, const struct tls_notice *notice)
{
    return r->sink.notice(r->sink.context, notice);
}

static enum status lose(struct tls_hello_reader *r, enum side from)
{
    struct tls_notice notice = { .kind = TLS_NOTICE_NOT_TLS, .from = from };

    r->directions[from].walk = WALK_LOST;
    buf_clear(&r->directions[from].message);
    return notify(r, &notice);
}

/* After ChangeCipherSpec all is encrypted, up to TLS 1.2; in TLS 1.3 it means nothing (RFC 8446
 * D.4), and encrypted records are application data to the eye. */
static bool is_encrypted(const struct tls_hello_reader *r, const struct direction *d)
{
    return d->change_cipher && r->memory.version < VERSION_TLS13;
}

static enum status mark_finished(struct tls_hello_reader *r, enum side from)
{
    struct tls_notice notice = { .kind = TLS_NOTICE_ESTABLISHED, .from = from };

    r->directions[from].is_finished = true;
    if (r->is_established || !r->directions[side_other(from)].is_finished)
        return STATUS_OK;
    r->is_established = true;
    return notify(r, &notice);
}

static enum status client_hello_ready(struct tls_hello_reader *r, struct slice body, bool is_sslv2)
{
    struct tls_notice notice = { .kind = TLS_NOTICE_CLIENT_HELLO, .from = SIDE_CLIENT };

    if (is_sslv2)
        hello_parse_sslv2(body, &notice.client);
    else
        hello_parse_client(body, &notice.client, &r->memory);
    notice.client.is_retried = r->client_hello;
    r->client_hello = true;
    return notify(r, &notice);
}

static enum status server_hello_ready(struct tls_hello_reader *r, struct slice body)
{
    struct tls_notice notice = { .kind = TLS_NOTICE_SERVER_HELLO, .from = SIDE_SERVER };

    hello_parse_server(body, &notice.server, &r->memory);
    if (!notice.server.is_retry)
        r->server_hello = true;
    return notify(r, &notice);
}

static enum status message_ready(struct tls_hello_reader *r, enum side from)
{
    struct direction *d = &r->directions[from];
    struct slice body = buf_view(&d->message);
    enum status status;

    d->message_head_len = 0;
    if (!d->keeps_message)
        return STATUS_OK;
    status = from == SIDE_CLIENT ? client_hello_ready(r, body, false) : server_hello_ready(r, body);
    buf_clear(&d->message);
    return status;
}

/* Only the hello of the right side is kept; every other message is stepped over. */
static void message_begins(struct tls_hello_reader *r, enum side from)
{
    struct direction *d = &r->directions[from];
    struct cursor c = cursor_of(slice_of(d->message_head, HANDSHAKE_HEADER));
    uint8_t type = cursor_u8(&c);
    uint8_t wanted = from == SIDE_CLIENT ? HANDSHAKE_CLIENT_HELLO : HANDSHAKE_SERVER_HELLO;
    bool is_over = from == SIDE_SERVER && r->server_hello;

    d->message_left = cursor_u24be(&c);
    d->keeps_message = type == wanted && !is_over;
    buf_reset(&d->message);
}

static enum status message_octets(struct tls_hello_reader *r, enum side from, struct cursor *c)
{
    struct direction *d = &r->directions[from];
    size_t dropped;
    struct slice piece;

    if (d->message_head_len < HANDSHAKE_HEADER) {
        d->message_head[d->message_head_len++] = cursor_u8(c);
        if (d->message_head_len < HANDSHAKE_HEADER)
            return STATUS_OK;
        message_begins(r, from);
    } else {
        piece = cursor_take(c, d->message_left < cursor_left(c) ? d->message_left : cursor_left(c));
        d->message_left -= (uint32_t)piece.len;
        /* What passes TLS_HELLO_MAX is dropped: the hello then reads as malformed. */
        if (d->keeps_message && buf_append(&d->message, piece, &dropped) != STATUS_OK)
            return STATUS_NO_MEMORY;
    }
    return d->message_left == 0 ? message_ready(r, from) : STATUS_OK;
}

static enum status body_octets(struct tls_hello_reader *r, enum side from, struct slice piece)
{
    struct direction *d = &r->directions[from];
    struct cursor c = cursor_of(piece);
    enum status status = STATUS_OK;

    if (d->record.content == TLS_CONTENT_ALERT) {
        while (d->alert_len < sizeof d->alert && cursor_left(&c) > 0)
            d->alert[d->alert_len++] = cursor_u8(&c);
        return STATUS_OK;
    }
    if (d->record.content != TLS_CONTENT_HANDSHAKE || is_encrypted(r, d))
        return STATUS_OK;
    while (status == STATUS_OK && cursor_left(&c) > 0 && !d->is_message_lost)
        status = message_octets(r, from, &c);
    return status;
}

static enum status alert_ends(struct tls_hello_reader *r, enum side from)
{
    const struct direction *d = &r->directions[from];
    struct tls_notice notice = { .from = from };

    if (is_encrypted(r, d)) {
        notice.kind = TLS_NOTICE_HIDDEN_ALERT;
        return r->is_established ? STATUS_OK : notify(r, &notice);
    }
    if (d->alert_len < sizeof d->alert || d->body_has_gap)
        return STATUS_OK;
    notice.kind = TLS_NOTICE_ALERT;
    notice.alert.level = d->alert[0];
    notice.alert.code = d->alert[1];
    return notify(r, &notice);
}

static enum status application_data_ends(struct tls_hello_reader *r, enum side from)
{
    struct direction *d = &r->directions[from];
    const struct direction *server = &r->directions[SIDE_SERVER];
    uint16_t alert_length = r->memory.cipher == CIPHER_AES_128_CCM_8_SHA256
                                ? HIDDEN_ALERT_LENGTH_CCM_8
                                : HIDDEN_ALERT_LENGTH;
    struct tls_notice notice = { .kind = TLS_NOTICE_HIDDEN_ALERT, .from = from };

    d->application_data = true;
    if (r->is_established)
        return STATUS_OK;
    /* RFC 8446 2.3: early data, sent before the server has said a word. */
    if (server->records == 0 && server->walk != WALK_LOST)
        return STATUS_OK;
    if (r->server_hello && r->memory.version < VERSION_TLS13)
        return mark_finished(r, from);
    if (d->record.length == alert_length && r->server_hello)
        return notify(r, &notice);
    return d->record.length >= HIDDEN_FINISHED_MIN ? mark_finished(r, from) : STATUS_OK;
}

static enum status body_ends(struct tls_hello_reader *r, enum side from)
{
    struct direction *d = &r->directions[from];

    d->walk = WALK_HEADER;
    d->head_len = 0;
    switch (d->record.content) {
    case TLS_CONTENT_CHANGE_CIPHER_SPEC:
        d->change_cipher = true;
        return STATUS_OK;
    case TLS_CONTENT_ALERT:
        return alert_ends(r, from);
    case TLS_CONTENT_HANDSHAKE:
        return is_encrypted(r, d) ? mark_finished(r, from) : STATUS_OK;
    case TLS_CONTENT_APPLICATION_DATA:
        return application_data_ends(r, from);
    case TLS_CONTENT_HEARTBEAT:
        return STATUS_OK;
    }
    return STATUS_OK;
}

static enum status header_octets(struct tls_hello_reader *r, enum side from, struct cursor *c)
{
    struct direction *d = &r->directions[from];
    struct slice head;

    d->head[d->head_len++] = cursor_u8(c);
    head = slice_of(d->head, d->head_len);
    switch (tls_record_header_parse(head, &d->record)) {
    case PARSE_MORE:
        return STATUS_OK;
    case PARSE_BAD:
        if (from == SIDE_CLIENT && d->records == 0 && tls_client_hello_begins(head) != PARSE_BAD) {
            if (d->head_len == 2) {
                d->walk = WALK_SSLV2;
                d->body_left = (uint32_t)(d->head[0] & 0x7f) << 8 | d->head[1];
            }
            return STATUS_OK;
        }
        return lose(r, from);
    case PARSE_OK:
        break;
    }
    d->records++;
    d->walk = WALK_BODY;
    d->body_left = d->record.length;
    d->body_has_gap = false;
    d->alert_len = 0;
    return d->body_left == 0 ? body_ends(r, from) : STATUS_OK;
}

static enum status sslv2_octets(struct tls_hello_reader *r, struct slice piece)
{
    struct direction *d = &r->directions[SIDE_CLIENT];
    size_t dropped;
    enum status status = buf_append(&d->message, piece, &dropped);

    d->body_left -= (uint32_t)piece.len;
    if (status != STATUS_OK || d->body_left > 0)
        return status;
    d->walk = WALK_HEADER;
    d->head_len = 0;
    d->records++;
    status = client_hello_ready(r, buf_view(&d->message), true);
    buf_clear(&d->message);
    return status;
}

enum status tls_hello_reader_feed(struct tls_hello_reader *reader, enum side from,
                                  struct slice octets)
{
    struct direction *d = &reader->directions[from];
    struct cursor c = cursor_of(octets);
    enum status status = STATUS_OK;
    struct slice piece;

    while (status == STATUS_OK && cursor_left(&c) > 0 && d->walk != WALK_LOST) {
        if (d->walk == WALK_HEADER) {
            status = header_octets(reader, from, &c);
            continue;
        }
        piece = cursor_take(&c, d->body_left < cursor_left(&c) ? d->body_left : cursor_left(&c));
        if (d->walk == WALK_SSLV2) {
            status = sslv2_octets(reader, piece);
            continue;
        }
        d->body_left -= (uint32_t)piece.len;
        status = body_octets(reader, from, piece);
        if (status == STATUS_OK && d->body_left == 0)
            status = body_ends(reader, from);
    }
    return status;
}

void tls_hello_reader_fetch(const struct tls_hello_reader *reader)
{
    if (reader != NULL)
        mem_fetch_across(reader, offsetof(struct tls_hello_reader, memory));
}

void tls_hello_reader_gap(struct tls_hello_reader *reader, enum side from, uint64_t missing)
{
    struct direction *d = &reader->directions[from];

    /* At least one octet must be left, for the end of the record is where it is weighed. */
    if (d->walk != WALK_BODY || missing >= d->body_left) {
        d->walk = WALK_LOST;
        buf_clear(&d->message);
        return;
    }
    d->body_left -= (uint32_t)missing;
    d->body_has_gap = true;
    if (d->record.content == TLS_CONTENT_HANDSHAKE && !is_encrypted(reader, d))
        d->is_message_lost = true;
}

void tls_hello_reader_progress(const struct tls_hello_reader *reader, struct tls_progress *progress)
{
    *progress = (struct tls_progress){
        .client_hello = reader->client_hello,
        .server_hello = reader->server_hello,
        .is_established = reader->is_established,
    };
    for (int i = 0; i < 2; i++) {
        progress->change_cipher[i] = reader->directions[i].change_cipher;
        progress->application_data[i] = reader->directions[i].application_data;
        progress->records[i] = reader->directions[i].records;
    }
}
