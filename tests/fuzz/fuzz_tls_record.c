/* tls_record_header_parse and what tells that TLS begins: more octets never take back what fewer
 * have decided. */
#include <assert.h>

#include "fuzz/fuzz.h"
#include "support/exact.h"
#include "tls/record.h"

static enum parse parse_header(struct slice s)
{
    struct tls_record_header header = { 0 };
    enum parse result = tls_record_header_parse(s, &header);

    assert(result != PARSE_OK ||
           (s.len >= TLS_RECORD_HEADER && header.length <= TLS_RECORD_BODY_MAX &&
            header.content >= TLS_CONTENT_CHANGE_CIPHER_SPEC &&
            header.content <= TLS_CONTENT_HEARTBEAT));
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static enum parse (*const parsers[])(struct slice) = { parse_header, tls_client_hello_begins,
                                                           tls_server_hello_begins };

    for (size_t p = 0; p < sizeof(parsers) / sizeof(parsers[0]); p++) {
        enum parse before = PARSE_MORE;

        for (size_t len = 0; len <= size && len <= 16; len++) {
            struct slice part = exact_copy(slice_of(data, len));
            enum parse now = parsers[p](part);

            assert(before == PARSE_MORE || now == before);
            assert(now != PARSE_MORE || len < 8);
            before = now;
            exact_free(part);
        }
    }
    return 0;
}
