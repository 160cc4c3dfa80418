/* A fold over the dialogue that carries what several rules ask for. */
#include "findings/view.h"

struct view view_of(const struct session_record *record)
{
    return (struct view){
        .record = record,
        .sequence = sequence_of(record),
        .dismissal = record_dismissal(record),
        .first_unreceived = record_first_unreceived(record),
    };
}

/* RFC 3030 2: a message's chunks go on until another MAIL. */
static void count_content(struct view *view, const struct entry *entry)
{
    if (entry->kind == ENTRY_COMMAND && entry->verb == VERB_MAIL)
        view->content_octets = 0;
    else if (entry->kind == ENTRY_DATA)
        view->content_octets =
            entry->octets + (entry->verb == VERB_BDAT ? view->content_octets : 0);
}

/* The size that the server names; 0: none, or no limit (RFC 1870 3). */
static uint64_t offered_size(const struct hello *hello)
{
    struct slice arguments = { 0 };
    uint64_t size = 0;

    if (!hello_offers(hello, "SIZE", &arguments))
        return 0;
    return slice_to_u64(slice_next_word(&arguments), &size) ? size : 0;
}

/* What the entry says of the offer. */
static void follow_offer(struct view *view, const struct entry *entry)
{
    const struct entry *before = view->hello.reply;
    enum hello_kind kind = view->hello.kind;

    hello_step(&view->hello, entry);
    if (view->hello.reply == before && view->hello.kind == kind)
        return;
    view->size_limit = offered_size(&view->hello);
    view->lacks_pipelining =
        view->hello.kind != HELLO_UNKNOWN && !hello_offers(&view->hello, "PIPELINING", NULL);
}

void view_enter(struct view *view, const struct entry *entry)
{
    view->entry = entry;
    view->n = entry_number(view->record, entry);
    if (entry->kind == ENTRY_REPLY || entry->kind == ENTRY_TLS || entry->kind == ENTRY_GAP)
        follow_offer(view, entry);
    /* What the server says is no command, no content, and nothing that waits. */
    if (entry->kind == ENTRY_REPLY) {
        view->is_legible = false;
        view->in_flight = NULL;
        return;
    }
    view->is_legible = entry_is_legible(entry);
    count_content(view, entry);
    view->in_flight = flight_of(&view->flight, view->record, entry);
}

void view_leave(struct view *view)
{
    if (view->entry->kind == ENTRY_REPLY)
        return;
    sequence_step(&view->sequence, view->record, view->entry);
    flight_step(&view->flight, view->record, view->entry);
}

uint64_t view_oddities(const struct view *view)
{
    const struct entry *entry = view->entry;
    uint64_t odd;

    if (entry->kind == ENTRY_REPLY)
        return view_reply_oddities(entry);
    odd = view_common_oddities(entry);
    if (view->in_flight != NULL)
        odd |= IF_IN_FLIGHT;
    if (entry_answer(entry) == 0)
        odd |= IF_UNPAIRED;
    if (entry->kind == ENTRY_DATA && !entry->data.is_complete)
        odd |= IF_UNFINISHED;
    if (entry->kind == ENTRY_DATA && view->content_octets > view->size_limit)
        odd |= IF_LARGE;
    if (entry->kind != ENTRY_COMMAND)
        return odd;
    if (command_is_wordy(entry))
        odd |= IF_WORDY;
    if ((AT_IN_TURN >> entry->verb & 1) != 0 && !sequence_is_kept(&view->sequence, entry->verb))
        odd |= IF_OUT_OF_TURN;
    return odd;
}
