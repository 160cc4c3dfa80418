/* Reads ClientHello and ServerHello, as far as they are well formed. */
#include "tls/hello_parse.h"

#include "base/cursor.h"
#include "base/mem.h"

enum { RANDOM_LENGTH = 32, VERSION_TLS13 = 0x0304, SSLV2_CLIENT_HELLO = 1 };

/* IANA's TLS ExtensionType registry. */
enum {
    EXTENSION_SERVER_NAME = 0,
    EXTENSION_ALPN = 16,
    EXTENSION_SESSION_TICKET = 35,
    EXTENSION_PRE_SHARED_KEY = 41,
    EXTENSION_SUPPORTED_VERSIONS = 43,
};

/* RFC 8446 4.1.3: SHA-256 of "HelloRetryRequest" stands in the place of the random octets. */
static const uint8_t retry_random[RANDOM_LENGTH] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

/* RFC 8701 2: 0x0a0a, 0x1a1a ... 0xfafa are there to be ignored. */
static bool is_grease(uint16_t value)
{
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

/* The next extension; false where none is left, or what is left is none. */
static bool next_extension(struct cursor *c, uint16_t *type, struct slice *body)
{
    if (cursor_left(c) == 0)
        return false;
    *type = cursor_u16be(c);
    *body = cursor_take(c, cursor_u16be(c));
    return !c->is_short;
}

/* RFC 6066 3: a list of names, of which only type 0, host_name, exists. */
static struct slice read_server_name(struct slice body)
{
    struct cursor outer = cursor_of(body);
    struct cursor c = cursor_of(cursor_take(&outer, cursor_u16be(&outer)));
    uint8_t type = cursor_u8(&c);
    struct slice name = cursor_take(&c, cursor_u16be(&c));

    return type == 0 ? name : slice_of(NULL, 0);
}

/* RFC 7301 3.1: the first name of the list that is not GREASE. */
static struct slice read_alpn(struct slice body)
{
    struct cursor outer = cursor_of(body);
    struct cursor c = cursor_of(cursor_take(&outer, cursor_u16be(&outer)));
    struct slice name;

    do
        name = cursor_take(&c, cursor_u8(&c));
    while (name.len == 2 && is_grease((uint16_t)(name.data[0] << 8 | name.data[1])));
    return name;
}

/* RFC 8446 4.2.1, the client's list. Drafts (0x7fxx) and the unknown are passed over with GREASE:
 * they are no version that a report could name. */
static uint16_t read_highest_version(struct slice body)
{
    struct cursor outer = cursor_of(body);
    struct cursor c = cursor_of(cursor_take(&outer, cursor_u8(&outer)));
    uint16_t highest = 0;

    while (cursor_left(&c) >= 2) {
        uint16_t version = cursor_u16be(&c);

        if (version >> 8 == 3 && !is_grease(version) && version > highest)
            highest = version;
    }
    return highest;
}

static void read_client_extensions(struct cursor *c, struct tls_client_hello *out)
{
    uint16_t type = 0;
    struct slice body = { 0 };
    uint16_t highest;

    while (next_extension(c, &type, &body)) {
        switch (type) {
        case EXTENSION_SERVER_NAME:
            out->sni = read_server_name(body);
            break;
        case EXTENSION_ALPN:
            out->alpn = read_alpn(body);
            break;
        case EXTENSION_SESSION_TICKET:
            out->offers_ticket = body.len > 0;
            break;
        case EXTENSION_PRE_SHARED_KEY:
            out->offers_psk = true;
            break;
        case EXTENSION_SUPPORTED_VERSIONS:
            highest = read_highest_version(body);
            if (highest != 0)
                out->highest_version = highest;
            break;
        }
    }
}

void hello_parse_client(struct slice body, struct tls_client_hello *out,
                        struct hello_memory *memory)
{
    struct cursor c = cursor_of(body);
    struct cursor extensions;
    struct slice session_id;

    *out = (struct tls_client_hello){ .legacy_version = cursor_u16be(&c) };
    out->highest_version = out->legacy_version;
    cursor_skip(&c, RANDOM_LENGTH);
    session_id = cursor_take(&c, cursor_u8(&c));
    if (session_id.len > SESSION_ID_MAX)
        c.is_short = true;
    cursor_skip(&c, cursor_u16be(&c)); /* cipher suites */
    cursor_skip(&c, cursor_u8(&c));    /* compression methods */
    out->is_unread = c.is_short;
    if (c.is_short)
        return;
    out->offers_session_id = session_id.len > 0;
    if (cursor_left(&c) > 0) {
        extensions = cursor_of(cursor_take(&c, cursor_u16be(&c)));
        read_client_extensions(&extensions, out);
        out->is_unread = c.is_short || extensions.is_short;
    }
    mem_copy(memory->session_id, session_id.data, session_id.len);
    memory->session_id_len = session_id.len;
    memory->offers_ticket = out->offers_ticket;
    memory->has_client = true;
}

void hello_parse_sslv2(struct slice body, struct tls_client_hello *out)
{
    struct cursor c = cursor_of(body);

    *out = (struct tls_client_hello){ .is_sslv2 = true };
    out->is_unread = cursor_u8(&c) != SSLV2_CLIENT_HELLO;
    out->legacy_version = cursor_u16be(&c);
    out->highest_version = out->legacy_version;
    out->is_unread = out->is_unread || c.is_short;
}

static void read_server_extensions(struct cursor *c, struct tls_server_hello *out, bool *has_psk)
{
    uint16_t type = 0;
    struct slice body = { 0 };

    while (next_extension(c, &type, &body)) {
        struct cursor inner = cursor_of(body);

        if (type == EXTENSION_ALPN)
            out->alpn = read_alpn(body);
        else if (type == EXTENSION_PRE_SHARED_KEY)
            *has_psk = true;
        else if (type == EXTENSION_SUPPORTED_VERSIONS && body.len == 2)
            out->version = cursor_u16be(&inner);
    }
}

/* RFC 8446 4.2.11: the server's pre_shared_key. Before: the client's session id sent back (RFC 5246
 * F.1.4); a ticket offered without an id shows only in messages that are not read here. */
static void read_resumption(struct tls_server_hello *out, struct slice session_id, bool has_psk,
                            const struct hello_memory *memory)
{
    if (out->version >= VERSION_TLS13) {
        out->resumed_known = true;
        out->resumed = has_psk;
        return;
    }
    if (!memory->has_client || (memory->session_id_len == 0 && memory->offers_ticket))
        return;
    out->resumed_known = true;
    out->resumed = session_id.len > 0 &&
                   slice_equal(session_id, slice_of(memory->session_id, memory->session_id_len));
}

void hello_parse_server(struct slice body, struct tls_server_hello *out,
                        struct hello_memory *memory)
{
    struct cursor c = cursor_of(body);
    struct cursor extensions;
    struct slice random;
    struct slice session_id;
    bool has_psk = false;

    *out = (struct tls_server_hello){ .version = cursor_u16be(&c) };
    random = cursor_take(&c, RANDOM_LENGTH);
    session_id = cursor_take(&c, cursor_u8(&c));
    out->cipher = cursor_u16be(&c);
    cursor_skip(&c, 1); /* compression method */
    out->is_unread = c.is_short;
    if (!c.is_short && cursor_left(&c) > 0) {
        extensions = cursor_of(cursor_take(&c, cursor_u16be(&c)));
        read_server_extensions(&extensions, out, &has_psk);
        out->is_unread = c.is_short || extensions.is_short;
    }
    out->is_retry = slice_equal(random, slice_of(retry_random, sizeof retry_random));
    memory->version = out->version;
    memory->cipher = out->cipher;
    if (!out->is_retry && !out->is_unread)
        read_resumption(out, session_id, has_psk, memory);
}
