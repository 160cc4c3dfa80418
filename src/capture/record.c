/* The head of a classic pcap file. */
#include "capture/record.h"

#include "base/cursor.h"

enum { VERSION_MAJOR = 2, VERSION_MINOR = 4 };

#define MAGIC_MICROSECONDS UINT32_C(0xA1B2C3D4)
#define MAGIC_NANOSECONDS UINT32_C(0xA1B23C4D)

static uint16_t u16(struct cursor *in, bool is_big_endian)
{
    uint16_t value = cursor_u16be(in);

    return is_big_endian ? value : __builtin_bswap16(value);
}

bool record_form_of(struct slice head, int snap, struct record_form *out)
{
    struct cursor in = cursor_of(head);
    uint32_t magic = cursor_u32be(&in);
    uint16_t major, minor;

    out->is_big_endian = magic == MAGIC_MICROSECONDS || magic == MAGIC_NANOSECONDS;
    if (!out->is_big_endian)
        magic = __builtin_bswap32(magic);
    out->is_fine = magic == MAGIC_NANOSECONDS;
    out->snap = (uint32_t)snap;
    major = u16(&in, out->is_big_endian);
    minor = u16(&in, out->is_big_endian);
    /* Version 2.3 and older may have the two lengths the other way round. */
    return head.len == RECORD_FILE_HEAD && snap > 0 && snap <= RECORD_SNAP_MAX &&
           (magic == MAGIC_MICROSECONDS || magic == MAGIC_NANOSECONDS) && major == VERSION_MAJOR &&
           minor == VERSION_MINOR;
}
