/* Reads pcap's magic number and pcapng's first blocks (draft-ietf-opsawg-pcapng 3 and 4.2). */
#include "capture/head.h"

#include "base/cursor.h"

enum {
    BLOCK_INTERFACE = 1,
    OPTION_END = 0,
    OPTION_RESOLUTION = 9, /* if_tsresol */
    HEAD_MAX = 65536,
    MICROSECONDS = 6,   /* a power of ten */
    MICROSECONDS_2 = 20 /* the power of two that is just finer */
};

#define MAGIC_NANOSECONDS UINT32_C(0xA1B23C4D)
#define MAGIC_SECTION UINT32_C(0x0A0D0D0A)
#define MAGIC_BYTE_ORDER UINT32_C(0x1A2B3C4D)

enum order {
    ORDER_BIG,
    ORDER_LITTLE,
};

static uint32_t u32(struct cursor *in, enum order order)
{
    return order == ORDER_BIG ? cursor_u32be(in) : cursor_u32le(in);
}

static uint16_t u16(struct cursor *in, enum order order)
{
    uint16_t value = cursor_u16be(in);

    return order == ORDER_BIG ? value : __builtin_bswap16(value);
}

/* The body of an interface description block, its trailing length included. */
static bool interface_is_fine(struct slice body, enum order order)
{
    struct cursor in = cursor_of(body);

    cursor_skip(&in, 8); /* link type, reserved, snap length */
    while (cursor_left(&in) > 4) {
        uint16_t code = u16(&in, order);
        uint16_t length = u16(&in, order);
        struct cursor value = cursor_of(cursor_take(&in, length));
        uint8_t resolution = cursor_u8(&value);

        if (code == OPTION_END || in.is_short)
            return false;
        if (code == OPTION_RESOLUTION && length == 1)
            return (resolution & 0x80) == 0 ? resolution > MICROSECONDS
                                            : (resolution & 0x7F) >= MICROSECONDS_2;
        cursor_skip(&in, (4 - length % 4U) % 4);
    }
    return false;
}

static bool pcapng_is_fine(struct stream *stream)
{
    struct cursor in = cursor_of(stream_peek(stream, 12));
    enum order order;
    size_t at = 0;

    cursor_skip(&in, 8);
    order = cursor_u32be(&in) == MAGIC_BYTE_ORDER ? ORDER_BIG : ORDER_LITTLE;
    while (!in.is_short && at < HEAD_MAX) {
        uint32_t type, length;

        in = cursor_of(slice_from(stream_peek(stream, at + 8), at));
        type = u32(&in, order);
        length = u32(&in, order);
        if (in.is_short || length < 12 || length > HEAD_MAX - at)
            return false;
        if (type == BLOCK_INTERFACE)
            return interface_is_fine(slice_from(stream_peek(stream, at + length), at + 8), order);
        at += length;
    }
    return false;
}

bool head_is_fine(struct stream *stream)
{
    struct cursor in = cursor_of(stream_peek(stream, 4));
    uint32_t magic = cursor_u32be(&in);

    if (magic == MAGIC_SECTION)
        return pcapng_is_fine(stream);
    return magic == MAGIC_NANOSECONDS || magic == __builtin_bswap32(MAGIC_NANOSECONDS);
}

const char *head_stranger(struct stream *stream)
{
    static const struct {
        const char *magic;
        const char *text;
    } strangers[] = {
        { "\xFD"
          "7zXZ",
          "xz data: unpack it first (gzip and zstd are read as they are)" },
        { "BZh", "bzip2 data: unpack it first (gzip and zstd are read as they are)" },
        { "\x04\x22\x4D\x18", "lz4 data: unpack it first (gzip and zstd are read as they are)" },
        { "PK\x03\x04", "a zip archive: unpack it first" },
        { "snoop", "a snoop file: convert it to pcap first" },
    };
    struct slice head = stream_peek(stream, 8);

    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
        if (slice_starts(head, slice_of_string(strangers[i].magic)))
            return strangers[i].text;
    return "not a capture file (neither pcap nor pcapng)";
}
