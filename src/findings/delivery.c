/* How much was delivered, as the diagnosis tells it. */
#include "findings/delivery.h"

/* Accepted messages, their octets and the recipients that took them. */
struct delivery {
    uint64_t messages;
    uint64_t octets;
    uint64_t recipients;
    struct slice queue_id;
};

static struct delivery delivery_of(const struct session_record *record)
{
    struct delivery delivery = { 0 };

    for (uint32_t i = 0; i < record->message_count; i++) {
        const struct message *message = &record->messages[i];

        if (message->verdict != VERDICT_ACCEPTED)
            continue;
        delivery.messages++;
        delivery.octets += message->octets;
        delivery.queue_id = message->queue_id;
        for (uint32_t j = 0; j < message->recipient_count; j++)
            delivery.recipients += message->recipients[j].verdict == VERDICT_ACCEPTED ? 1 : 0;
    }
    return delivery;
}

void sentence_add_delivery(struct sentence *s, const struct session_record *record)
{
    struct delivery delivery = delivery_of(record);
    struct number_text messages = number_text_of(delivery.messages);
    struct number_text octets = number_text_of(delivery.octets);
    struct number_text recipients = number_text_of(delivery.recipients);

    sentence_add_text(s, messages.text);
    sentence_add_text(s, " message");
    sentence_add_text(s, plural(delivery.messages));
    sentence_add_text(s, " of ");
    sentence_add_text(s, octets.text);
    sentence_add_text(s, " octet");
    sentence_add_text(s, plural(delivery.octets));
    if (delivery.messages > 1)
        sentence_add_text(s, " in all");
    if (delivery.recipients > 0) {
        sentence_add_text(s, " to ");
        sentence_add_text(s, recipients.text);
        sentence_add_text(s, " recipient");
        sentence_add_text(s, plural(delivery.recipients));
    }
    if (delivery.messages == 1 && delivery.queue_id.len > 0) {
        sentence_add_text(s, ", queued as ");
        sentence_add_octets(s, delivery.queue_id, 60);
    }
}
