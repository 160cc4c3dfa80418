/* What waits for its reply: a queue whose first item stands in the session. */
#include "base/limits.h"
#include "base/mem.h"
#include "base/spares.h"
#include "session/session_state.h"

enum {
    FIRST_ARRAY = 4, /* what a client needs that pipelines one transaction */
    SPARE_ARRAYS = 64,
};

/* Arrays of that size. One thread (CONTRIBUTING.md). */
static struct spares spares = {
    .size = FIRST_ARRAY * sizeof(struct pending),
    .most = SPARE_ARRAYS,
};

static const struct answer unanswered;

static struct pending *array_of(uint32_t room)
{
    return room == FIRST_ARRAY ? spares_take(&spares) : mem_alloc(room * sizeof(struct pending));
}

/* What the queue has beside `only_pending`. */
static void drop_array(struct session *session)
{
    if (session->pending_room == FIRST_ARRAY)
        spares_give(&spares, session->pending);
    else if (session->pending_room > FIRST_ARRAY)
        mem_free(session->pending);
}

void pending_clear(struct session *session)
{
    drop_array(session);
    session->pending = &session->only_pending;
    session->pending_room = 1;
}

void pending_trim(void)
{
    spares_clear(&spares);
}

static enum status grow(struct session *session)
{
    uint32_t room = session->pending_room == 1 ? FIRST_ARRAY : session->pending_room * 2;
    struct pending *pending = array_of(room);

    if (pending == NULL)
        return STATUS_NO_MEMORY;
    mem_copy(pending, session->pending, session->pending_count * sizeof(*pending));
    drop_array(session);
    session->pending = pending;
    session->pending_room = room;
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
