/* What waits for its reply: a queue whose first item stands in the session. */
#include "base/limits.h"
#include "base/mem.h"
#include "session/session_state.h"

static enum status make_room(struct session *session)
{
    size_t waiting = session->pending_count - session->pending_head;
    bool is_first = session->pending == &session->only_pending;
    size_t room = is_first ? 4 : session->pending_room * 2;
    struct pending *pending;

    if (waiting == 0)
        session->pending_head = session->pending_count = 0;
    if (session->pending_count < session->pending_room)
        return STATUS_OK;
    if (session->pending_head > session->pending_room / 2) {
        mem_move(session->pending, session->pending + session->pending_head,
                 waiting * sizeof(*pending));
        session->pending_head = 0;
        session->pending_count = waiting;
        return STATUS_OK;
    }
    pending = mem_realloc(is_first ? NULL : session->pending, room * sizeof(*pending));
    if (pending == NULL)
        return STATUS_NO_MEMORY;
    if (is_first)
        *pending = session->only_pending;
    session->pending = pending;
    session->pending_room = room;
    return STATUS_OK;
}

void session_await(struct session *session, const struct pending *item)
{
    /* Where one side was not captured nothing is ever answered. */
    if (session->pending_count - session->pending_head == LIMIT_OUTSTANDING) {
        struct pending oldest = session->pending[session->pending_head++];

        session->record.limits |= SMTP_LIMIT_OUTSTANDING;
        session_take_effect(session, &oldest, NULL);
    }
    if (make_room(session) != STATUS_OK) {
        session->status = STATUS_NO_MEMORY;
        return;
    }
    session->pending[session->pending_count++] = *item;
}

bool session_settle(struct session *session, uint64_t sequence, struct note *reply,
                    const struct note **answered)
{
    while (session->pending_head < session->pending_count) {
        struct pending item = session->pending[session->pending_head];

        if (item.sequence > sequence)
            return false;
        session->pending_head++;
        if (item.sequence < sequence) {
            session_take_effect(session, &item, NULL);
            continue;
        }
        *answered = item.note;
        if (item.note != NULL && reply != NULL) {
            reply->partner = item.note->n;
            item.note->partner = reply->n;
        }
        /* Its end lies in a hole: only the server saw it. */
        if (reply != NULL && item.verb == VERB_END_OF_DATA && !item.is_complete)
            session->record.ends_in_content = false;
        session_take_effect(session, &item, reply);
        return true;
    }
    return false;
}

bool session_is_waiting(const struct session *session)
{
    for (size_t i = session->pending_head; i < session->pending_count; i++)
        if (session->pending[i].verb != VERB_QUIT)
            return true;
    return false;
}
