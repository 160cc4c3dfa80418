/* The short way of what nearly all lines are: whole in what was fed, ended by CRLF, with nothing in
 * them that is worth a mark, in a dialogue about which nothing is odd. It tells of them what the long
 * way (dialog_client.c, dialog_server.c) would, in a fraction of its steps; whatever it does not know
 * it leaves alone, and the long way takes it. */
#include "base/mem.h"
#include "smtp/dialog_state.h"

enum {
    PLAIN_LINES = 32,                   /* of a reply; an EHLO's has a dozen */
    PLAIN_LINE_MIN = 3 + 2,             /* octets: a code and CRLF */
    PLAIN_LINE_MAX = REPLY_LINE_OCTETS, /* with CRLF */
};

/* A reply where it lies. */
struct plain_reply {
    unsigned code;
    struct enhanced_code enhanced;
    size_t octets;
    size_t longest_line;
    const uint8_t *last_line;
    size_t count;
    struct slice lines[PLAIN_LINES]; /* their texts */
};

static bool read_reply(struct slice in, struct plain_reply *reply)
{
    uint8_t separator = '-';

    reply->enhanced = (struct enhanced_code){ 0 };
    reply->octets = 0;
    reply->longest_line = 0;
    for (reply->count = 0; separator == '-'; reply->count++) {
        struct slice rest = slice_from(in, reply->octets);
        size_t octets = line_plain(rest);
        struct enhanced_code enhanced;
        struct slice text;
        unsigned code;

        if (octets < PLAIN_LINE_MIN || octets > PLAIN_LINE_MAX || reply->count == PLAIN_LINES)
            return false;
        code = reply_line_code(slice_of(rest.data, octets - 2), &text, &separator);
        if (code == 0 || (reply->count > 0 && code != reply->code) ||
            (separator != ' ' && separator != '-' && separator != 0))
            return false;
        if (enhanced_code_may_begin(text) && enhanced_code_parse(text, &enhanced) > 0)
            reply->enhanced = enhanced;
        reply->code = code;
        reply->lines[reply->count] = text;
        reply->last_line = rest.data;
        reply->longest_line = octets > reply->longest_line ? octets : reply->longest_line;
        reply->octets += octets;
    }
    return true;
}

/* Nothing of the server's was begun. */
static bool server_is_plain(const struct smtp_dialog *dialog)
{
    return dialog->odd == 0 && dialog->server_line.begun == NULL && dialog->server_probe.len == 0;
}

/* A reply repeats a secret, and must not be shown as it is. */
static bool has_echo(const struct smtp_dialog *dialog, const struct plain_reply *reply)
{
    bool found = false;

    if (!dialog->has_redactor || dialog->shows_secrets)
        return false;
    for (size_t i = 0; i < reply->count && !found; i++)
        found = redact_finds_echo(dialog->redactor, reply->lines[i]);
    return found;
}

size_t server_read_plain(struct smtp_dialog *dialog, struct slice in, const struct place *place)
{
    struct plain_reply reply;
    struct smtp_event event;

    if (!server_is_plain(dialog) || !read_reply(in, &reply) || has_echo(dialog, &reply))
        return 0;
    event_begin(&event, SMTP_EVENT_REPLY, SIDE_SERVER, place);
    event.octets = reply.octets;
    event.reply.code = reply.code;
    mem_copy(event.reply.code_text, reply.last_line, sizeof(event.reply.code_text));
    event.reply.enhanced = reply.enhanced;
    event.reply.lines = reply.lines;
    event.reply.line_count = reply.count;
    event.reply.longest_line = reply.longest_line;
    event.reply.verb = VERB_NONE;
    event.reply.answers = 0;
    event.reply.latency_ns = -1;
    event.reply.end = LINE_END_CRLF;
    event.reply.is_cut = false;
    dialog->is_server_seen = true;
    server_take_reply(dialog, &event);
    return reply.octets;
}

/* Nothing of the client's was begun, and it says commands. */
static bool client_is_plain(const struct smtp_dialog *dialog)
{
    return dialog->odd == 0 && dialog->client_line.begun == NULL &&
           dialog->mode == CLIENT_COMMANDS && dialog->client_probe.len == 0 &&
           (dialog->is_past_proxy || dialog->proxy.len == 0);
}

/* A verb with which no credentials come. That of a proxy's header is told elsewhere. */
static bool is_plain_verb(enum smtp_verb verb)
{
    return verb != VERB_UNKNOWN && verb != VERB_AUTH && verb != VERB_BURL && verb != VERB_XCLIENT;
}

size_t client_read_plain(struct smtp_dialog *dialog, struct slice in, const struct place *place)
{
    const struct waiting *oldest = waiting_at(&dialog->waiting, 0);
    size_t octets = client_is_plain(dialog) ? line_plain(in) : 0;
    struct smtp_event event;
    struct slice line;
    enum smtp_verb verb;

    if (octets == 0 || (oldest != NULL && oldest->early != NULL))
        return 0;
    line = slice_of(in.data, octets - 2);
    verb = smtp_verb_of(line);
    if (!is_plain_verb(verb))
        return 0;
    event_begin(&event, SMTP_EVENT_COMMAND, SIDE_CLIENT, place);
    event.octets = octets;
    if (oldest != NULL && oldest->kind == WAITING_GREETING)
        event.marks = MARK_EARLY;
    event.command.verb = verb;
    event.command.line = line;
    event.command.end = LINE_END_CRLF;
    event.command.is_cut = false;
    event.command.mechanism = slice_of(NULL, 0);
    event.command.identity = slice_of(NULL, 0);
    dialog->is_past_proxy = true;
    dialog->is_client_seen = true;
    dialog_emit(dialog, &event);
    client_follow_command(dialog, &event);
    return octets;
}
