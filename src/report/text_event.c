/* One line an event, for whoever watches a session go on: when, who, which way, what. */
#include <inttypes.h>

#include "net/endpoint.h"
#include "report/human.h"
#include "report/text_parts.h"

/* Octets of a line that are shown; the session's report has the rest. */
enum { LINE_SHOWN = 240 };

static void command(struct layout *l, const struct smtp_event *event)
{
    if (event->command.line.len == 0)
        layout_text(l, ROLE_DIM, "(empty line)");
    layout_wire_cut(l, ROLE_STRONG, event->command.line, LINE_SHOWN);
}

static void reply(struct layout *l, const struct smtp_event *event)
{
    const struct smtp_reply *reply = &event->reply;
    enum role role = text_code_role(reply->code);

    if (reply->code != 0) {
        layout_wire(l, role, slice_of(reply->code_text, sizeof reply->code_text));
        layout_text(l, role, " ");
    }
    for (size_t i = 0; i < reply->line_count; i++) {
        layout_text(l, ROLE_DIM, i == 0 ? "" : i == 1 ? ": " : ", ");
        layout_wire_cut(l, ROLE_PLAIN, reply->lines[i], LINE_SHOWN);
    }
    if (reply->latency_ns >= 0)
        layout_format(l, ROLE_DIM, " (%s)", human_duration(reply->latency_ns).text);
}

static void content(struct layout *l, const struct smtp_event *event)
{
    layout_format(l, ROLE_NOTE, "%s: %s", event->content.verb == VERB_BDAT ? "chunk" : "message",
                  human_counted(event->content.message_octets, "octet", "octets").text);
    if (event->content.lost_octets > 0)
        layout_format(l, ROLE_WARN, ", %s not captured",
                      human_counted(event->content.lost_octets, "octet", "octets").text);
    if (!event->content.is_complete)
        layout_text(l, ROLE_WARN, ", its end was not seen");
}

static void what(struct layout *l, const struct smtp_event *event)
{
    switch (event->kind) {
    case SMTP_EVENT_COMMAND:
    case SMTP_EVENT_SASL:
        command(l, event);
        break;
    case SMTP_EVENT_REPLY:
        reply(l, event);
        break;
    case SMTP_EVENT_CONTENT:
        content(l, event);
        break;
    case SMTP_EVENT_OPAQUE:
        layout_text(l, ROLE_NOTE, "TLS from here on");
        break;
    case SMTP_EVENT_GAP:
        layout_format(l, ROLE_WARN, "%s not captured",
                      human_counted(event->octets, "octet", "octets").text);
        break;
    case SMTP_EVENT_REATTRIBUTED:
    case SMTP_EVENT_LIMIT:
        break;
    }
}

void text_event(struct text_report *report, const struct report_event *event)
{
    struct layout *l = &report->layout;
    char client[ENDPOINT_TEXT_MAX];
    char server[ENDPOINT_TEXT_MAX];

    /* Both are of use to the report of the session alone. */
    if (event->event->kind == SMTP_EVENT_REATTRIBUTED || event->event->kind == SMTP_EVENT_LIMIT)
        return;
    (void)endpoint_text(event->client, client);
    (void)endpoint_text(event->server, server);
    layout_text(l, ROLE_DIM, human_clock(event->event->place.at, report->options.zone).text);
    layout_format(l, ROLE_PLAIN, "  %s %s %s  ", client,
                  event->event->from == SIDE_CLIENT ? "→" : "←", server);
    layout_hang(l);
    what(l, event->event);
    layout_end(l);
}
