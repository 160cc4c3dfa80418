/* header_text_decode: UTF-8 whatever was sent, and with less room the beginning of the same.
 *
 * Input: how much room, then a header field's body. */
#include <assert.h>

#include "base/cursor.h"
#include "fuzz/fuzz.h"
#include "fuzz/harmless.h"
#include "report/header_text.h"
#include "support/exact.h"

enum { ROOM = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor c = cursor_of(slice_of(data, size));
    struct buf less = buf_of(cursor_u8(&c));
    struct buf all = buf_of(ROOM);
    struct slice body = exact_copy(cursor_rest(&c));

    assert(header_text_decode(body, &all) == STATUS_OK);
    assert(header_text_decode(body, &less) == STATUS_OK);
    assert(all.len <= all.max && less.len <= less.max);
    assert(is_utf8(buf_view(&all)) && is_utf8(buf_view(&less)));
    assert(slice_starts(buf_view(&all), buf_view(&less)));
    buf_clear(&all);
    buf_clear(&less);
    exact_free(body);
    return 0;
}
