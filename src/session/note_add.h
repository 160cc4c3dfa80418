/* Adds the note of an event. In line: nearly every event adds one, and of what kind it is, is known
 * where it does. */
#ifndef SMTPSCOPE_SESSION_NOTE_ADD_H
#define SMTPSCOPE_SESSION_NOTE_ADD_H

#include "session/session_state.h"

/* What the note's kind tells of the event; what is left out is 0. */
struct note_form {
    enum entry_kind kind;
    enum smtp_verb verb;
    enum line_end end;
    bool is_cut;
    bool has_lines;
    uint32_t text_len;
};

static inline bool place_is_same(const struct place *a, const struct place *b)
{
    return a->frame == b->frame && a->capture == b->capture && a->at.ns == b->at.ns;
}

/* A note tells the code and the longest line too, as it would be if that were all. */
static inline bool reply_is_usual(const struct smtp_event *event)
{
    const struct smtp_reply *reply = &event->reply;

    return reply->code != 0 && (reply->line_count > 1 || reply->longest_line == event->octets);
}

/* Whether a note holds it. A content's holds its beginning and its octets itself. */
static inline bool note_fits(const struct session *session, const struct smtp_event *event,
                             enum entry_kind kind)
{
    if (event->place.frame > UINT32_MAX || event->place.capture != session->capture)
        return false;
    if (kind == ENTRY_DATA)
        return true;
    return event->octets <= UINT32_MAX && place_is_same(&event->begin, &event->place) &&
           (kind != ENTRY_REPLY || reply_is_usual(event));
}

/* A note of `size` octets, of which the caller fills what is behind the head, and what its kind tells
 * later: appended as the newest. NULL where the dialogue is full or memory ran out (session->status
 * tells). */
static inline __attribute__((always_inline)) struct note *
session_add_note(struct session *session, const struct smtp_event *event,
                 const struct note_form form, size_t size)
{
    struct note *note;

    session->marks |= event->marks;
    if (session->entry_count == LIMIT_DIALOGUE_ENTRIES) {
        session->entries_dropped++;
        return NULL;
    }
    note = arena_take(&session->arena, size);
    if (note == NULL) {
        session->status = STATUS_NO_MEMORY;
        return NULL;
    }
    *note = (struct note){
        .previous = session->newest,
        .at = event->place.at,
        .frame = (uint32_t)event->place.frame,
        .octets = (uint32_t)event->octets,
        .sequence = (uint32_t)event->sequence,
        .text_len = form.text_len,
        .marks = event->marks & UINT16_MAX,
        .kind = form.kind,
        .verb = form.verb,
        .end = form.end,
        .from = event->from,
        .is_cut = form.is_cut,
        .has_lines = form.has_lines,
    };
    session->entry_count++;
    session->newest = note;
    if (!note_fits(session, event, form.kind))
        session_note_apart(session, note, event);
    return note;
}

#endif
