/* Recognises TLS by its octets and reads record headers. */
#include "tls/record.h"

#include "base/cursor.h"

/* RFC 8446 4 and RFC 5246 7.4. */
enum { HANDSHAKE_CLIENT_HELLO = 1, HANDSHAKE_SERVER_HELLO = 2 };

/* RFC 5246 E.2: the high bit of the length says "no padding"; 3 octets are version, 6 lengths. */
enum { SSLV2_CLIENT_HELLO = 1, SSLV2_LENGTH_MIN = 9 };

static bool content_is_known(uint8_t octet)
{
    return octet >= TLS_CONTENT_CHANGE_CIPHER_SPEC && octet <= TLS_CONTENT_HEARTBEAT;
}

enum parse tls_record_header_parse(struct slice octets, struct tls_record_header *out)
{
    struct cursor c = cursor_of(octets);
    uint8_t content = cursor_u8(&c);
    uint8_t major = cursor_u8(&c);
    uint8_t minor = cursor_u8(&c);
    uint16_t length = cursor_u16be(&c);

    if (octets.len >= 1 && !content_is_known(content))
        return PARSE_BAD;
    if (octets.len >= 2 && major != 3)
        return PARSE_BAD;
    if (octets.len >= 3 && minor > 4)
        return PARSE_BAD;
    /* The first length octet alone tells 0x49 and more apart, so text is refused early. */
    if (octets.len >= 4 && octets.data[3] > TLS_RECORD_BODY_MAX >> 8)
        return PARSE_BAD;
    if (c.is_short)
        return PARSE_MORE;
    if (length > TLS_RECORD_BODY_MAX)
        return PARSE_BAD;
    /* RFC 8446 5.1: only application data may be empty. */
    if (length == 0 && content != TLS_CONTENT_APPLICATION_DATA)
        return PARSE_BAD;
    *out = (struct tls_record_header){
        .content = (enum tls_content)content,
        .version = (uint16_t)(major << 8 | minor),
        .length = length,
    };
    return PARSE_OK;
}

static enum parse sslv2_hello_begins(struct slice octets)
{
    struct cursor c = cursor_of(octets);
    uint16_t length = cursor_u16be(&c) & 0x7fff;
    uint8_t type = cursor_u8(&c);
    uint8_t major = cursor_u8(&c);
    uint8_t minor = cursor_u8(&c);

    if (octets.len >= 2 && length < SSLV2_LENGTH_MIN)
        return PARSE_BAD;
    if (octets.len >= 3 && type != SSLV2_CLIENT_HELLO)
        return PARSE_BAD;
    /* 3.x for a client that also speaks SSLv3 or TLS; 0.2 is SSLv2 itself. */
    if (octets.len >= 4 && major != 3 && major != 0)
        return PARSE_BAD;
    if (octets.len >= 5 && (major == 3 ? minor > 4 : minor != 2))
        return PARSE_BAD;
    return c.is_short ? PARSE_MORE : PARSE_OK;
}

enum parse tls_client_hello_begins(struct slice octets)
{
    struct tls_record_header header;
    enum parse parse;

    if (octets.len > 0 && (octets.data[0] & 0x80) != 0)
        return sslv2_hello_begins(octets);
    if (octets.len > 0 && octets.data[0] != TLS_CONTENT_HANDSHAKE)
        return PARSE_BAD;
    parse = tls_record_header_parse(octets, &header);
    if (parse != PARSE_OK)
        return parse;
    if (octets.len == TLS_RECORD_HEADER)
        return PARSE_MORE;
    return octets.data[TLS_RECORD_HEADER] == HANDSHAKE_CLIENT_HELLO ? PARSE_OK : PARSE_BAD;
}

enum parse tls_server_hello_begins(struct slice octets)
{
    struct tls_record_header header;
    enum parse parse = tls_record_header_parse(octets, &header);

    if (octets.len > 0 && octets.data[0] != TLS_CONTENT_HANDSHAKE &&
        octets.data[0] != TLS_CONTENT_ALERT)
        return PARSE_BAD;
    if (parse != PARSE_OK)
        return parse;
    if (octets.len == TLS_RECORD_HEADER)
        return PARSE_MORE;
    if (header.content == TLS_CONTENT_ALERT) /* level: warning or fatal (RFC 8446 6) */
        return octets.data[TLS_RECORD_HEADER] == 1 || octets.data[TLS_RECORD_HEADER] == 2
                   ? PARSE_OK
                   : PARSE_BAD;
    return octets.data[TLS_RECORD_HEADER] == HANDSHAKE_SERVER_HELLO ? PARSE_OK : PARSE_BAD;
}
