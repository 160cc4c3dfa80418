/* Messages and their recipients: lists that begin in the session's arena and move to the heap. */
#include <assert.h>

#include "base/limits.h"
#include "base/mem.h"
#include "session/session_state.h"

/* A list of objects of `size` octets with more room than `*room`: the first few in the arena. NULL:
 * there is no memory. */
static void *grow_list(struct session *session, void *list, uint32_t *room, uint32_t first,
                       size_t size)
{
    uint32_t more = *room == 0 ? first : *room * 2;
    void *grown = *room == 0 ? arena_alloc(&session->arena, more * size)
                             : mem_realloc(*room == first ? NULL : list, more * size);

    if (grown == NULL) {
        session->status = STATUS_NO_MEMORY;
        return NULL;
    }
    if (*room == first) {
        assert(list != NULL);
        mem_copy(grown, list, first * size);
    }
    *room = more;
    return grown;
}

struct message *messages_add(struct session *session)
{
    struct message *message;

    if (session->message_count == LIMIT_MESSAGES) {
        session->messages_dropped++;
        session->limits |= SMTP_LIMIT_TEXT;
        return NULL;
    }
    if (session->message_count >= session->message_room) {
        struct message *messages = grow_list(session, session->messages, &session->message_room,
                                             FIRST_MESSAGES, sizeof(*messages));

        if (messages == NULL)
            return NULL;
        session->messages = messages;
    }
    assert(session->messages != NULL);
    message = &session->messages[session->message_count++];
    *message = (struct message){ 0 };
    session->recipient_room = 0;
    return message;
}

struct recipient *messages_add_recipient(struct session *session, struct message *message)
{
    struct recipient *recipients;

    if (message->recipient_count == LIMIT_RECIPIENTS) {
        message->recipients_dropped++;
        session->limits |= SMTP_LIMIT_TEXT;
        return NULL;
    }
    if (message->recipient_count == session->recipient_room) {
        recipients = grow_list(session, message->recipients, &session->recipient_room,
                               FIRST_RECIPIENTS, sizeof(*recipients));
        if (recipients == NULL)
            return NULL;
        message->recipients = recipients;
    }
    return &message->recipients[message->recipient_count++];
}

void messages_clear(struct session *session)
{
    for (uint32_t i = 0; i < session->message_count; i++) {
        if (session->messages[i].recipient_count > FIRST_RECIPIENTS)
            mem_free(session->messages[i].recipients);
    }
    if (session->message_count > FIRST_MESSAGES)
        mem_free(session->messages);
}
