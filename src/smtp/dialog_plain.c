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

/* Reads the reply that `in` begins with: what is to be told of it into `*reply`, and the texts of its
 * lines into `lines`, which has PLAIN_LINES. Returns its octets; 0: it is not plain. */
static size_t read_reply(struct slice in, struct slice *lines, struct smtp_reply *reply)
{
    size_t begin = 0; /* of the line */
    size_t longest = 0;
    size_t count = 0;
    unsigned code = 0;
    uint8_t separator = '-';

    reply->enhanced = (struct enhanced_code){ 0 };
    for (; separator == '-'; count++) {
        struct slice rest = slice_from(in, begin);
        size_t octets = line_plain(rest);
        unsigned before = code;
        struct enhanced_code enhanced;

        if (octets < PLAIN_LINE_MIN || octets > PLAIN_LINE_MAX || count == PLAIN_LINES)
            return 0;
        code = reply_line_code(slice_of(rest.data, octets - 2), &lines[count], &separator);
        if (code == 0 || (count > 0 && code != before) ||
            (separator != ' ' && separator != '-' && separator != 0))
            return 0;
        if (enhanced_code_may_begin(lines[count]) &&
            enhanced_code_parse(lines[count], &enhanced) > 0)
            reply->enhanced = enhanced;
        mem_copy(reply->code_text, rest.data, sizeof(reply->code_text));
        longest = octets > longest ? octets : longest;
        begin += octets;
    }
    reply->code = code;
    reply->lines = lines;
    reply->line_count = count;
    reply->longest_line = longest;
    return begin;
}

/* Nothing of the server's was begun. */
static bool server_is_plain(const struct smtp_dialog *dialog)
{
    return dialog->odd == 0 && dialog->server_line.begun == NULL && dialog->server_probe.len == 0;
}

/* A reply repeats a secret, and must not be shown as it is. */
static bool has_echo(const struct smtp_dialog *dialog, const struct smtp_reply *reply)
{
    bool found = false;

    if (!dialog->has_redactor || dialog->shows_secrets)
        return false;
    for (size_t i = 0; i < reply->line_count && !found; i++)
        found = redact_finds_echo(dialog->redactor, reply->lines[i]);
    return found;
}

size_t server_read_plain(struct smtp_dialog *dialog, struct slice in, const struct place *place)
{
    struct slice lines[PLAIN_LINES];
    struct smtp_event event;
    size_t octets;

    if (!server_is_plain(dialog))
        return 0;
    octets = read_reply(in, lines, &event.reply);
    if (octets == 0 || has_echo(dialog, &event.reply))
        return 0;
    event_begin(&event, SMTP_EVENT_REPLY, SIDE_SERVER, place);
    event.octets = octets;
    event.reply.verb = VERB_NONE;
    event.reply.answers = 0;
    event.reply.latency_ns = -1;
    event.reply.end = LINE_END_CRLF;
    event.reply.is_cut = false;
    dialog->is_server_seen = true;
    server_take_reply(dialog, &event);
    return octets;
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
