/* Lines and the replies made of them: whatever the pieces, the same lines; every text within its
 * line; counts under their limits.
 *
 * Input: the size of the pieces, then what a server sends. */
#include <assert.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "fuzz/fuzz.h"
#include "smtp/plausible.h"
#include "smtp/reply.h"
#include "support/exact.h"

struct reading {
    struct line_reader lines;
    struct reply_builder reply;
    uint64_t octets; /* of whole lines */
    uint64_t replies;
    uint64_t line_count;
    uint64_t digest; /* of the codes and texts */
};

static void digest(struct reading *r, struct slice s)
{
    r->digest = r->digest * 31 + s.len;
    for (size_t i = 0; i < s.len; i++)
        r->digest = r->digest * 31 + s.data[i];
}

static void check_reply(struct reading *r)
{
    struct smtp_event event = { .kind = SMTP_EVENT_REPLY };
    const struct smtp_reply *reply = &event.reply;
    size_t kept = 0;

    reply_view(&r->reply, &event);
    assert(reply->line_count > 0 && reply->line_count <= LIMIT_REPLY_LINES);
    assert(reply->code <= 999);
    for (size_t i = 0; i < reply->line_count; i++) {
        kept += reply->lines[i].len;
        digest(r, reply->lines[i]);
    }
    assert(kept <= LIMIT_REPLY_KEPT);
    /* Refusals are plausible whatever they answer. */
    for (int verb = 0; verb < VERB_COUNT; verb++)
        assert(reply_is_plausible((enum smtp_verb)verb, reply->code, reply->enhanced) ||
               reply->code / 100 != 5 || verb < VERB_UNKNOWN);
    r->digest += reply->code * 1000U + event.marks;
    r->replies++;
    reply_builder_clear(&r->reply);
}

static void take_line(struct reading *r, const struct line *line)
{
    enum status status = STATUS_OK;
    struct slice text;
    uint8_t separator;
    unsigned code = reply_line_code(line->text, &text, &separator);

    assert(line->text.len <= line->octets && line->text.len <= LIMIT_LINE_KEPT);
    assert(code <= 999 && text.len <= line->text.len);
    r->octets += line->octets;
    r->line_count++;
    digest(r, line->text);
    if (code != 0 && reply_take(&r->reply, line, &status) == PARSE_OK)
        check_reply(r);
    assert(status == STATUS_OK);
}

static void read_in_pieces(struct reading *r, struct slice in, size_t piece)
{
    struct place place = { .frame = 1 };
    struct line line;

    *r = (struct reading){ .lines = line_reader_of(), .reply = reply_builder_of() };
    while (in.len > 0) {
        struct slice part = exact_copy(slice_part(in, 0, piece));
        enum status status = STATUS_OK;
        size_t used;

        if (line_reader_feed(&r->lines, part, place, &used, &line, &status) == PARSE_OK)
            take_line(r, &line);
        assert(status == STATUS_OK && used > 0 && used <= part.len);
        exact_free(part);
        in = slice_from(in, used);
    }
    if (line_reader_finish(&r->lines, &line))
        take_line(r, &line);
    line_reader_clear(&r->lines);
    reply_builder_clear(&r->reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor c = cursor_of(slice_of(data, size));
    size_t piece = cursor_u8(&c) + 1U;
    struct slice in = cursor_rest(&c);
    struct reading whole;
    struct reading parted;

    read_in_pieces(&whole, in, SIZE_MAX);
    read_in_pieces(&parted, in, piece);
    assert(whole.octets == in.len && parted.octets == in.len);
    assert(whole.line_count == parted.line_count && whole.replies == parted.replies);
    assert(whole.digest == parted.digest);
    return 0;
}
