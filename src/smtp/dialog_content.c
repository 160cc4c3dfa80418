/* The client's octets between DATA's 354 and the end of data, and those of a BDAT chunk: scanned as
 * they pass, ended where the server ends them. */
#include "base/mem.h"
#include "smtp/dialog_state.h"

uint32_t lookalike_bit(const struct lookalike *which)
{
    unsigned form = (unsigned)which->before * LINE_BREAK_COUNT + (unsigned)which->after;

    return UINT32_C(1) << (which->has_nul ? 16 + form % 16 : form);
}

/* How many wait for the next content: with the headers of small messages 9 KiB. */
enum { IDLE_CONTENTS = 8 };

static void forget_early(struct content_reading *content)
{
    if (content->early == NULL)
        return;
    mem_free(content->early);
    content->early = NULL;
}

/* One whose header is ready, and with no early reply; NULL: memory ran out. */
static struct content_reading *content_reading_take(struct smtp_shared *shared)
{
    struct content_reading *content = shared == NULL ? NULL : shared->content;

    if (content != NULL) {
        shared->content = content->next;
        shared->content_count--;
        return content;
    }
    content = mem_alloc(sizeof(*content));
    if (content == NULL)
        return NULL;
    content->header = header_reader_of();
    content->early = NULL;
    return content;
}

static void content_reading_free(struct content_reading *content)
{
    header_reader_clear(&content->header);
    mem_free(content);
}

static void content_reading_give(struct content_reading *content, struct smtp_shared *shared)
{
    forget_early(content);
    if (shared == NULL || shared->content_count == IDLE_CONTENTS) {
        content_reading_free(content);
        return;
    }
    header_reader_reset(&content->header);
    content->next = shared->content;
    shared->content = content;
    shared->content_count++;
}

void content_reading_clear(struct smtp_shared *shared)
{
    while (shared->content != NULL)
        content_reading_free(content_reading_take(shared));
}

void client_forget_content(struct smtp_dialog *dialog)
{
    if (dialog->content == NULL)
        return;
    content_reading_give(dialog->content, dialog->shared);
    dialog->content = NULL;
}

/* Content comes next, from its beginning or a chunk's. False: memory ran out. */
static bool expect_content(struct smtp_dialog *dialog, enum client_mode mode,
                           const struct place *place)
{
    if (dialog->content == NULL)
        dialog->content = content_reading_take(dialog->shared);
    if (dialog->content == NULL) {
        dialog->status = STATUS_NO_MEMORY;
        dialog->mode = CLIENT_OPAQUE;
        return false;
    }
    forget_early(dialog->content);
    dialog->mode = mode;
    dialog->content->begin = *place; /* until the first octet comes */
    dialog->content->marks = 0;
    dialog->content_is_decided = dialog->is_scratch;
    return true;
}

void client_begin_content(struct smtp_dialog *dialog, const struct place *place)
{
    if (expect_content(dialog, CLIENT_CONTENT, place))
        content_scanner_init(&dialog->content->scanner, VERB_DATA);
}

void client_begin_inside_content(struct smtp_dialog *dialog, const struct place *place)
{
    client_begin_content(dialog, place);
    if (dialog->content == NULL)
        return;
    content_gap(&dialog->content->scanner, 0);
    header_gap(&dialog->content->header);
    dialog->content->marks = MARK_AFTER_GAP;
    dialog->client_resyncs = false;
    dialog->beginning.kind = BEGINNING_KNOWN;
}

static void emit_content(struct smtp_dialog *dialog, uint64_t terminator, bool is_complete,
                         const struct place *place)
{
    struct slice headers[HEADER_FIELD_COUNT];
    bool is_chunk = dialog->content->scanner.is_chunk;
    struct smtp_event event = {
        .kind = SMTP_EVENT_CONTENT,
        .from = SIDE_CLIENT,
        .place = *place,
        .begin = dialog->content->begin,
        .octets = dialog->content->scanner.offset - dialog->content->scanner.lost,
        .marks = dialog->content->marks,
        .content = {
            .verb = is_chunk ? VERB_BDAT : VERB_DATA,
            .message_octets = content_octets(&dialog->content->scanner, terminator),
            .lines = dialog->content->scanner.lines,
            .lost_octets = dialog->content->scanner.lost,
            .declared = is_chunk ? dialog->content->chunk_declared : 0,
            .is_last = is_chunk ? dialog->content->chunk_is_last : true,
            .is_complete = is_complete,
            .facts = &dialog->content->scanner.facts,
            .headers = headers,
        },
    };

    for (unsigned i = 0; i < HEADER_FIELD_COUNT; i++)
        headers[i] = header_body(&dialog->content->header, (enum header_field)i);
    if (dialog->content->scanner.facts.bare_lf.count > 0)
        event.marks |= MARK_BARE_LF;
    if (dialog->content->scanner.facts.bare_cr.count > 0)
        event.marks |= MARK_BARE_CR;
    if (dialog->content->scanner.facts.nul.count > 0)
        event.marks |= MARK_NUL;
    if (dialog->content->scanner.facts.eight_bit.count > 0)
        event.marks |= MARK_8BIT;
    if (dialog->content->scanner.facts.long_line.count > 0)
        event.marks |= MARK_LONG_LINE;
    if (dialog->content->scanner.facts.lookalikes.count > 0)
        event.marks |= MARK_LOOKALIKE;
    dialog_emit(dialog, &event);
}

/* The content's end is owed a reply, or that of a chunk; one that came early may be it. */
static void await_content(struct smtp_dialog *dialog, enum smtp_verb verb, bool ends_message,
                          const struct place *place)
{
    struct content_reading *content = dialog->content;
    struct waiting *newest;

    dialog_await(dialog, WAITING_CONTENT, verb, dialog->sequence, place);
    newest = waiting_at(&dialog->waiting, dialog->waiting.count - 1);
    if (newest != NULL && newest->sequence == dialog->sequence) {
        newest->ends_message = ends_message;
        newest->early = content->early;
        content->early = NULL;
    }
    forget_early(content);
}

void client_end_content(struct smtp_dialog *dialog, uint64_t terminator, const struct place *place)
{
    bool is_chunk = dialog->content->scanner.is_chunk;
    bool ends_message = !is_chunk || dialog->content->chunk_is_last;

    /* A content whose end was lost in a hole has no terminator. */
    emit_content(dialog, terminator, is_chunk || terminator > 0, place);
    await_content(dialog, is_chunk ? VERB_BDAT : VERB_END_OF_DATA, ends_message, place);
    dialog->mode = CLIENT_COMMANDS;
    if (ends_message)
        client_forget_content(dialog);
}

void client_end_at_lookalike(struct smtp_dialog *dialog, const struct place *place)
{
    dialog->content->marks |= MARK_FORCED_END;
    dialog->content->scanner.facts.lookalike = dialog->content->scanner.watch.current;
    dialog->content->scanner.lines -= dialog->content->scanner.dot_is_a_line ? 1 : 0;
    client_end_content(dialog, dialog->content->scanner.terminator, place);
}

/* RFC 3030 2: BDAT SP chunk-size [ SP "LAST" ]. */
static bool parse_bdat(struct slice line, uint64_t *size, bool *is_last)
{
    struct slice rest = line;
    struct slice word;

    (void)slice_next_word(&rest);
    word = slice_next_word(&rest);
    if (!slice_to_u64(word, size))
        return false;
    word = slice_next_word(&rest);
    *is_last = slice_equal_nocase(word, slice_of_string("LAST"));
    /* No server holds more in its count; Postfix calls it a syntax error. */
    return *size <= INT64_MAX && (word.len == 0 || *is_last);
}

bool client_begin_chunk(struct smtp_dialog *dialog, struct slice line, const struct place *place)
{
    bool goes_on = dialog->goes_on_with_chunk && dialog->content != NULL;
    uint64_t size;
    bool is_last;

    if (!parse_bdat(line, &size, &is_last))
        return false;
    if (!expect_content(dialog, CLIENT_CHUNK, place))
        return true;
    if (goes_on)
        content_scanner_next_chunk(&dialog->content->scanner);
    else
        content_scanner_init(&dialog->content->scanner, VERB_BDAT);
    dialog->goes_on_with_chunk = !is_last;
    dialog->content->chunk_left = size;
    dialog->content->chunk_declared = size;
    dialog->content->chunk_is_last = is_last;
    if (size == 0)
        client_end_content(dialog, 0, place);
    return true;
}

size_t client_read_content(struct smtp_dialog *dialog, struct slice in, const struct place *place)
{
    struct lookalike which;
    size_t used;
    enum content_result result = content_scan(&dialog->content->scanner, in, place, &used, &which);
    uint32_t form;

    if (dialog->content->scanner.offset == used)
        dialog->content->begin = *place;
    if (dialog->content->header.state != HEADER_DONE && !dialog->is_scratch &&
        header_read(&dialog->content->header, slice_part(in, 0, used)) != STATUS_OK)
        dialog->status = STATUS_NO_MEMORY;
    if (result == CONTENT_END)
        client_end_content(dialog, dialog->content->scanner.terminator, place);
    if (result != CONTENT_LOOKALIKE)
        return used;
    form = lookalike_bit(&which);
    dialog->forms_seen |= form;
    if ((dialog->reading.honoured & form) != 0) {
        client_end_at_lookalike(dialog, place);
    } else if (!dialog->content_is_decided) {
        doubt_begin(dialog, DOUBT_LOOKALIKE, form);
    }
    return used;
}

size_t client_read_chunk(struct smtp_dialog *dialog, struct slice in, const struct place *place)
{
    struct slice part = in;
    struct lookalike which;
    size_t used;

    if (dialog->content->scanner.offset == 0)
        dialog->content->begin = *place;
    if (part.len > dialog->content->chunk_left)
        part = slice_part(part, 0, (size_t)dialog->content->chunk_left);
    if (dialog->content->header.state != HEADER_DONE && !dialog->is_scratch &&
        header_read(&dialog->content->header, part) != STATUS_OK)
        dialog->status = STATUS_NO_MEMORY;
    (void)content_scan(&dialog->content->scanner, part, place, &used, &which);
    dialog->content->chunk_left -= part.len;
    if (dialog->content->chunk_left == 0)
        client_end_content(dialog, 0, place);
    return part.len;
}

void client_gap_in_content(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    client_emit_gap(dialog, chunk);
    dialog->content->marks |= MARK_AFTER_GAP;
    header_gap(&dialog->content->header);
    content_gap(&dialog->content->scanner, chunk->missing);
    if (dialog->reading.ends_in_gap && dialog->reading.passes_gaps > 0) {
        dialog->reading.passes_gaps--;
    } else if (dialog->reading.ends_in_gap) {
        dialog->reading.ends_in_gap = false;
        client_end_content(dialog, 0, &chunk->place);
        client_lose_commands(dialog, dialog->reading.lost_commands, &chunk->place);
    }
}

void client_gap_in_chunk(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    uint64_t inside = chunk->missing;
    struct chunk after = *chunk;

    if (inside > dialog->content->chunk_left)
        inside = dialog->content->chunk_left;
    dialog->content->marks |= MARK_AFTER_GAP;
    header_gap(&dialog->content->header);
    content_gap(&dialog->content->scanner, inside);
    dialog->content->chunk_left -= inside;
    client_emit_gap(
        dialog, &(struct chunk){ .from = SIDE_CLIENT, .place = chunk->place, .missing = inside });
    if (dialog->content->chunk_left > 0)
        return;
    client_end_content(dialog, 0, &chunk->place);
    after.missing -= inside;
    if (after.missing > 0)
        dialog_input(dialog, &after);
}

/* A content without an end. What refused a chunk in the middle answers its BDAT, which is owed a
 * reply whatever becomes of the octets (RFC 3030 2); 421 says that the server gives up (RFC 5321
 * 3.8). DATA had its reply, and an end of data that never came is owed none. */
void client_leave_content(struct smtp_dialog *dialog, const struct place *place)
{
    bool is_refused = dialog->content->scanner.is_chunk && dialog->content->early != NULL &&
                      dialog->content->early_code >= 400 && dialog->content->early_code != 421;

    emit_content(dialog, 0, false, place);
    if (is_refused)
        await_content(dialog, VERB_BDAT, false, place);
}
