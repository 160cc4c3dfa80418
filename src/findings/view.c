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

void view_enter(struct view *view, const struct entry *entry)
{
    view->entry = entry;
    view->n = entry_number(view->record, entry);
    view->is_legible = entry_is_legible(entry);
    hello_step(&view->hello, entry);
    count_content(view, entry);
    view->in_flight = flight_of(&view->flight, view->record, entry);
    view->path = NULL;
    if (entry->kind == ENTRY_COMMAND && verb_takes_path(entry->verb)) {
        view->parsed = path_line_of(entry->command.line, entry->verb);
        view->path = &view->parsed;
    }
}

void view_leave(struct view *view)
{
    sequence_step(&view->sequence, view->record, view->entry);
    flight_step(&view->flight, view->record, view->entry);
}
