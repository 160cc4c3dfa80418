/* smtp_dialog: the split law. Octets cut anywhere make the same events.
 *
 * Input: options, where to cut, then a dialogue as fuzz/turns.h has it. */
#include <assert.h>
#include <string.h>

#include "base/cursor.h"
#include "fuzz/event_log.h"
#include "fuzz/fuzz.h"
#include "fuzz/turns.h"
#include "support/exact.h"

enum { OPTION_MIDSTREAM = 1, OPTION_SECRETS = 2 };

/* Octet by octet everything is slow. */
enum { SLOW_MAX = 16384 };

static void feed(struct smtp_dialog *dialog, const struct chunk *chunk, enum cut cut,
                 unsigned where)
{
    if (chunk->missing > 0)
        assert(smtp_dialog_feed(dialog, chunk) == STATUS_OK);
    for (size_t at = 0; at < chunk->data.len;) {
        struct chunk part = *chunk;

        part.data = exact_copy(cut_part(chunk->data, at, cut, where));
        part.offset += at;
        assert(smtp_dialog_feed(dialog, &part) == STATUS_OK);
        at += part.data.len;
        exact_free(part.data);
    }
}

static void run(struct event_log *log, const struct turns *turns, unsigned option, enum cut cut,
                unsigned where)
{
    struct smtp_event_sink sink = event_log_sink(log);
    struct smtp_dialog_options options = { .is_midstream = (option & OPTION_MIDSTREAM) != 0,
                                           .shows_secrets = (option & OPTION_SECRETS) != 0 };
    struct place end = { .at = { INT64_C(100000) * STAMP_SECOND }, .frame = 999 };
    struct smtp_dialog *dialog;

    event_log_begin(log);
    assert(smtp_dialog_new(&dialog, &options, &sink) == STATUS_OK);
    for (size_t i = 0; i < turns->count; i++)
        feed(dialog, &turns->list[i], cut, where);
    assert(smtp_dialog_finish(dialog, &end) == STATUS_OK);
    smtp_dialog_free(dialog);
    event_log_end(log);
}

static void check_same(const struct event_log *whole, const struct turns *turns, unsigned option,
                       enum cut cut, unsigned where)
{
    struct event_log log;
    bool is_same;

    run(&log, turns, option, cut, where);
    is_same = log.size == whole->size && memcmp(log.text, whole->text, log.size) == 0;
    if (!is_same)
        fprintf(stderr, "whole:\n%s\ncut (%d, %u):\n%s\n", whole->text, cut, where, log.text);
    assert(is_same);
    event_log_clear(&log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct turns turns;
    struct cursor c = cursor_of(slice_of(data, size));
    unsigned option = cursor_u8(&c);
    unsigned where = cursor_u8(&c);
    struct event_log whole;

    turns_read(&turns, cursor_rest(&c));
    run(&whole, &turns, option, CUT_NOWHERE, 0);
    check_same(&whole, &turns, option, CUT_IN_TWO, where);
    if (turns.len <= SLOW_MAX)
        check_same(&whole, &turns, option, CUT_EVERYWHERE, 0);
    event_log_clear(&whole);
    return 0;
}
