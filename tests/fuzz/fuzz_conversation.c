/* A dialogue as a TCP connection, through tracker, conversation, findings and every report.
 * mutate_conversation.c changes it turn by turn, so that it stays a dialogue.
 *
 * Input: options (three octets), the size of the segments, then turns as fuzz/turns.h has them.
 * Laws: the reports are harmless; a reply answers something that the client said; however the octets
 * are cut into segments, the pairs and the outcome are the same. */
#include <assert.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/mem.h"
#include "fuzz/fuzz.h"
#include "fuzz/reports.h"
#include "fuzz/wire.h"

enum { BIG_SEGMENT = 1460, STORY_MAX = 1 << 20 };

/* What of the records must not depend on the segments. */
struct story {
    struct record_sink next; /* hears of the records too; NULL: nobody does */
    struct buf text;
    bool has_early_reply; /* what it answers may depend on whether the client went on in the same
                             segment (RFC 2920), and that on how octets were cut */
};

static void note(struct story *story, uint64_t number)
{
    size_t dropped;

    assert(buf_append(&story->text, slice_of(&number, sizeof(number)), &dropped) == STATUS_OK);
}

static void note_entry(struct story *story, const struct session_record *record, uint32_t n)
{
    const struct entry *entry = record_entry(record, n);
    const struct entry *asked;

    note(story, entry->kind);
    note(story, entry->from);
    note(story, entry->verb);
    if (entry->kind != ENTRY_REPLY)
        return;
    story->has_early_reply |= (entry->marks & MARK_WHILE_CONTENT) != 0;
    note(story, entry->reply.code);
    note(story, entry->reply.answers);
    /* Not less than n: an early reply may turn out to be the end of data's. */
    assert(entry->reply.answers != n && entry->reply.answers <= record->entry_count);
    asked = record_entry(record, entry->reply.answers);
    assert(asked == NULL || asked->from == SIDE_CLIENT);
    assert(asked == NULL || asked->kind == ENTRY_COMMAND || asked->kind == ENTRY_SASL ||
           asked->kind == ENTRY_DATA);
}

static enum status take_record(void *context, const struct session_record *record)
{
    struct story *story = context;

    assert(record->entry_count <= LIMIT_DIALOGUE_ENTRIES);
    assert(record->outcome < OUTCOME_COUNT && record->stage < STAGE_COUNT);
    assert(record->deciding <= record->entry_count);
    note(story, record->outcome);
    note(story, record->stage);
    note(story, record->message_count);
    note(story, record->auth_count);
    for (uint32_t n = 1; n <= record->entry_count; n++)
        note_entry(story, record, n);
    return story->next.record == NULL ? STATUS_OK : story->next.record(story->next.context, record);
}

static void print(const char *what, const struct story *story)
{
    fprintf(stderr, "%s:", what);
    for (size_t at = 0; at < story->text.len; at += sizeof(uint64_t)) {
        uint64_t number;

        mem_copy(&number, story->text.data + at, sizeof(number));
        fprintf(stderr, " %llu", (unsigned long long)number);
    }
    fputc('\n', stderr);
}

static void check_same(const struct story *whole, const struct story *parted)
{
    bool is_same = slice_equal(buf_view(&whole->text), buf_view(&parted->text));

    if (whole->has_early_reply || parted->has_early_reply)
        return;
    if (!is_same) {
        print("whole", whole);
        print("parted", parted);
    }
    assert(is_same);
}

static struct wire_options options_of(struct cursor *c)
{
    static const uint16_t ports[] = { 25, 587, 465, 2525 };
    uint8_t first = cursor_u8(c);
    uint8_t second = cursor_u8(c);

    return (struct wire_options){
        .conversation = { .any_port = first % 4 == 3, .shows_secrets = first % 64 > 47 },
        .port = ports[first / 4 % 4],
        .is_midstream = second % 4 == 3,
        .end = (enum wire_end)(second / 4 % 3),
        .end_from = second > 127 ? SIDE_SERVER : SIDE_CLIENT,
        .segment_max = BIG_SEGMENT,
    };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct turns turns;
    struct cursor c = cursor_of(slice_of(data, size));
    struct wire_options options = options_of(&c);
    unsigned detail = cursor_u8(&c);
    size_t segment = cursor_u8(&c) + 1U;
    struct reports reports;
    struct story whole = { .text = buf_of(STORY_MAX) };
    struct story parted = { .text = buf_of(STORY_MAX) };
    struct report_input input = { .packets = 1 };
    struct record_sink sink = { &whole, take_record };

    turns_read(&turns, cursor_rest(&c));
    reports_begin(&reports, detail);
    whole.next = reports_sink(&reports);
    wire_play(&turns, &options, &sink);
    reports_end(&reports, &input);
    reports_clear(&reports);
    options.segment_max = segment;
    sink.context = &parted;
    wire_play(&turns, &options, &sink);
    check_same(&whole, &parted);
    buf_clear(&whole.text);
    buf_clear(&parted.text);
    return 0;
}
