/* What waits for its reply: a queue whose first item stands in the session. */
#include "base/limits.h"
#include "base/mem.h"
#include "session/session_state.h"

static const struct answer unanswered;

static enum status make_room(struct session *session)
{
    uint32_t waiting = session->pending_count - session->pending_head;
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
    session->pending_room = (uint32_t)room;
    return STATUS_OK;
}

struct pending *session_await(struct session *session)
{
    /* Where one side was not captured nothing is ever answered. */
    if (session->pending_count - session->pending_head == LIMIT_OUTSTANDING) {
        const struct pending *oldest = &session->pending[session->pending_head++];

        session->limits |= SMTP_LIMIT_OUTSTANDING;
        session_take_effect(session, oldest, &unanswered);
    }
    if (make_room(session) != STATUS_OK) {
        session->status = STATUS_NO_MEMORY;
        return NULL;
    }
    return &session->pending[session->pending_count++];
}

const struct pending *session_settle(struct session *session, uint64_t sequence,
                                     const struct answer *answer)
{
    while (session->pending_head < session->pending_count) {
        const struct pending *item = &session->pending[session->pending_head];

        if (item->sequence > sequence)
            return NULL;
        session->pending_head++;
        if (item->sequence < sequence) {
            session_take_effect(session, item, &unanswered);
            continue;
        }
        if (answer->note != NULL)
            answer->note->note.partner = item->n;
        /* Its end lies in a hole: only the server saw it. */
        if (item->verb == VERB_END_OF_DATA && !item->is_complete)
            session->ends_in_content = false;
        session_take_effect(session, item, answer);
        return item;
    }
    return NULL;
}

bool session_is_waiting(const struct session *session)
{
    for (size_t i = session->pending_head; i < session->pending_count; i++)
        if (session->pending[i].verb != VERB_QUIT)
            return true;
    return false;
}

struct path_argument pending_path(const struct pending *command)
{
    struct path_argument path = path_argument_of(command->line);

    if (command->note != NULL)
        command->note->path = path.place;
    return path;
}
