/* What waits for its reply: a queue whose first item stands in the session. */
#include "base/doubling.h"
#include "base/limits.h"
#include "base/mem.h"
#include "session/session_state.h"

/* One thread (CONTRIBUTING.md). */
static struct spares arrays = DOUBLING_OF(sizeof(struct pending));

static const struct answer unanswered;

void pending_clear(struct session *session)
{
    doubling_give(&arrays, session->pending, session->pending_room);
    session->pending = &session->only_pending;
    session->pending_room = 1;
}

void pending_trim(void)
{
    spares_clear(&arrays);
}

static enum status grow(struct session *session)
{
    struct pending *pending = doubling_grow(&arrays, session->pending, &session->pending_room);

    if (pending == NULL)
        return STATUS_NO_MEMORY;
    session->pending = pending;
    return STATUS_OK;
}

static enum status make_room(struct session *session)
{
    uint32_t waiting = session->pending_count - session->pending_head;

    if (waiting == 0)
        session->pending_head = session->pending_count = 0;
    if (session->pending_count < session->pending_room)
        return STATUS_OK;
    if (session->pending_head > session->pending_room / 2) {
        mem_move(session->pending, session->pending + session->pending_head,
                 waiting * sizeof(*session->pending));
        session->pending_head = 0;
        session->pending_count = waiting;
        return STATUS_OK;
    }
    return grow(session);
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
