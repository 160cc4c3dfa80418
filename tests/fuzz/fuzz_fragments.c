/* fragments_add: what is put together is what was sent.
 *
 * Input: fragments of six octets: flags, id, offset (two octets), length, time. */
#include <assert.h>
#include <string.h>

#include "base/cursor.h"
#include "fuzz/fuzz.h"
#include "net/fragments.h"
#include "support/exact.h"

enum {
    FLAG_LAST = 1,
    FLAG_VERSION_6 = 2,
    FLAG_VLAN = 4,
    FLAG_ODD_LENGTH = 8,
    FLAG_LARGE = 16,
    FRAGMENTS_MAX = 4000,
    DATA_MAX = 255 * 8 * 17,
};

/* The octet at `offset` of datagram `id`. */
static uint8_t octet_at(unsigned id, size_t offset)
{
    return (uint8_t)(offset * 7 + offset / 251 + id * 31);
}

static void check_whole(struct slice whole, unsigned id)
{
    assert(whole.len <= 65535);
    for (size_t i = 0; i < whole.len; i++)
        assert(whole.data[i] == octet_at(id, i));
}

/* One fragment; returns how many are held of it. */
static unsigned add(struct fragments *fragments, struct cursor *c, struct stamp *at)
{
    static const uint8_t address[2][16] = { { 192, 0, 2, 1 }, { 198, 51, 100, 25 } };
    static uint8_t octets[DATA_MAX];
    struct encapsulation way = { .layers = { { LAYER_VLAN, 7 } } };
    uint8_t flags = cursor_u8(c);
    unsigned id = cursor_u8(c);
    size_t offset = cursor_u16be(c) % 8192 * 8;
    size_t len = cursor_u8(c) * 8U * (flags & FLAG_LARGE ? 17U : 1U);
    uint8_t version = flags & FLAG_VERSION_6 ? 6 : 4;
    struct fragment fragment = { .version = version,
                                 .protocol = 6,
                                 .id = id,
                                 .source = slice_of(address[0], version == 6 ? 16 : 4),
                                 .destination = slice_of(address[1], version == 6 ? 16 : 4),
                                 .way = &way,
                                 .offset = (uint32_t)offset,
                                 .is_last = flags & FLAG_LAST };
    struct slice whole = { 0 };
    uint8_t protocol = 0;
    enum parse result;

    way.count = flags & FLAG_VLAN ? 1 : 0;
    id += version + way.count;
    len += flags & FLAG_ODD_LENGTH ? 3 : 0;
    for (size_t i = 0; i < len && i < sizeof(octets); i++)
        octets[i] = octet_at(id, offset + i);
    at->ns += (int64_t)cursor_u8(c) * STAMP_SECOND / 4;
    fragment.at = *at;
    fragment.data = exact_copy(slice_of(octets, len < sizeof(octets) ? len : sizeof(octets)));
    result = fragments_add(fragments, &fragment, &whole, &protocol);
    exact_free(fragment.data);
    if (result == PARSE_OK) {
        check_whole(whole, id);
        assert(protocol == 6);
    }
    return result == PARSE_BAD ? 0 : 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor c = cursor_of(slice_of(data, size));
    struct stamp at = { 1700000000 * STAMP_SECOND };
    struct fragments *fragments;
    uint64_t added = 0;

    if (fragments_new(&fragments, 0) != STATUS_OK)
        return 0;
    for (int i = 0; i < FRAGMENTS_MAX && cursor_left(&c) > 0; i++) {
        added += add(fragments, &c, &at);
        fragments_release(fragments);
        assert(fragments_counts(fragments).lost <= added);
    }
    fragments_free(fragments);
    return 0;
}
