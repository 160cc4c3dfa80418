/* What a proxy says before the client does. It is shown like a command; who expects it says nothing
 * to it, who does not refuses it. */
#include "smtp/dialog_state.h"

bool client_may_be_proxied(const struct smtp_dialog *dialog)
{
    const struct waiting *oldest;

    if (dialog->is_past_proxy || dialog->is_midstream || dialog->mode != CLIENT_COMMANDS)
        return false;
    oldest = waiting_at(&dialog->waiting, 0);
    return oldest != NULL && oldest->kind == WAITING_GREETING;
}

/* The octets that looked like a header are the client's own. */
static void give_back(struct smtp_dialog *dialog, const struct place *place)
{
    struct proxy_header header = dialog->proxy;
    struct chunk chunk = {
        .from = SIDE_CLIENT,
        .place = *place,
        .data = slice_of(header.octets, header.len),
    };

    dialog->is_past_proxy = true;
    dialog->proxy.len = 0;
    if (header.len > 0)
        client_octets(dialog, &chunk);
}

void client_end_proxy(struct smtp_dialog *dialog, const struct place *place)
{
    if (!dialog->is_past_proxy && dialog->proxy.len > 0)
        give_back(dialog, place);
}

static void tell_binary(struct smtp_dialog *dialog, const struct place *place)
{
    struct smtp_event event = {
        .kind = SMTP_EVENT_COMMAND,
        .from = SIDE_CLIENT,
        .place = *place,
        .begin = *place,
        .octets = proxy_header_length(&dialog->proxy),
    };

    event.command = (struct smtp_command){
        .verb = VERB_PROXY,
        .line = slice_of_string("PROXY (version 2)"),
        .end = LINE_END_CRLF,
    };
    dialog_emit(dialog, &event);
    dialog_await(dialog, WAITING_COMMAND, VERB_PROXY, dialog->sequence, place);
}

bool client_take_proxy(struct smtp_dialog *dialog, struct slice *in, const struct place *place)
{
    if (!client_may_be_proxied(dialog) || !line_reader_is_at_start(&dialog->client_line))
        return false;
    switch (proxy_header_feed(&dialog->proxy, in)) {
    case PARSE_MORE:
        return true;
    case PARSE_OK:
        dialog->is_past_proxy = true;
        tell_binary(dialog, place);
        return true;
    case PARSE_BAD:
        break;
    }
    /* A line of version 1 is told when it is whole. */
    if (dialog->proxy.len == 0)
        return false;
    give_back(dialog, place);
    return true;
}

void server_pass_proxy(struct smtp_dialog *dialog, unsigned code)
{
    const struct waiting *oldest = waiting_at(&dialog->waiting, 0);

    /* Who does not know the header refuses it with his greeting, before the client can say more. */
    if (oldest != NULL && oldest->verb == VERB_PROXY &&
        (code / 100 != 5 || dialog->waiting.count > 1))
        waiting_drop(&dialog->waiting);
}
