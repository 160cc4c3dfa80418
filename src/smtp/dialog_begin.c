/* Octets of the client's that tell by themselves what they are, where no reply does: the first after
 * a hole or in a capture that began later, and those that were held for a reply that is lost. They
 * are waited for until they tell, so that it does not matter how they are cut. */
#include "base/base64.h"
#include "base/limits.h"
#include "base/mem.h"
#include "smtp/dialog_state.h"

static struct slice first_line(struct slice in)
{
    size_t lf = slice_find(in, 0, '\n');
    struct slice line = slice_part(in, 0, lf == SLICE_NONE ? in.len : lf);

    if (line.len > 0 && line.data[line.len - 1] == '\r')
        line.len--;
    return line;
}

bool client_is_between_lines(const struct smtp_dialog *dialog)
{
    return line_reader_is_at_start(&dialog->client_line) && dialog->beginning.len == 0;
}

/* The octets kept, and those of `in` that may be needed to tell. */
struct joined {
    size_t len;
    uint8_t octets[2 * SMTP_VERB_TELLS + 1];
};

static struct joined join(const struct beginning *beginning, struct slice in)
{
    struct joined joined = { .len = beginning->len };
    struct slice part = slice_part(in, 0, SMTP_VERB_TELLS + 1);

    mem_copy(joined.octets, beginning->octets, beginning->len);
    mem_copy(joined.octets + joined.len, part.data, part.len);
    joined.len += part.len;
    return joined;
}

static enum parse probe_tls(struct slice octets)
{
    return tls_probe_feed(&(struct tls_probe){ .len = 0 }, &octets, PROBE_ANY);
}

/* Reads on in what was kept, now that it is known what it is. */
static void read_kept(struct smtp_dialog *dialog)
{
    struct beginning kept = dialog->beginning;
    struct chunk chunk = {
        .from = SIDE_CLIENT,
        .place = kept.place,
        .data = slice_of(kept.octets, kept.len),
    };

    dialog->beginning.len = 0;
    if (kept.len > 0)
        dialog_input(dialog, &chunk);
}

/* A midstream capture may begin inside a message: only replies will tell. */
static void settle(struct smtp_dialog *dialog, enum parse verb, enum parse tls)
{
    enum beginning_kind kind = dialog->beginning.kind;

    dialog->beginning.kind = BEGINNING_KNOWN;
    dialog->beginning.is_command = verb == PARSE_OK;
    if (kind == BEGINNING_OF_CAPTURE && verb != PARSE_OK && tls == PARSE_BAD &&
        !dialog->is_replaying) {
        dialog->is_client_seen = true;
        doubt_begin(dialog, DOUBT_MIDSTREAM, 0);
    }
}

bool client_read_beginning(struct smtp_dialog *dialog, const struct chunk *chunk)
{
    struct beginning *beginning = &dialog->beginning;
    struct joined joined = join(beginning, chunk->data);
    struct slice octets = slice_of(joined.octets, joined.len);
    enum parse verb = smtp_verb_begins(octets);
    enum parse tls = beginning->kind == BEGINNING_OF_CAPTURE ? probe_tls(octets) : PARSE_BAD;

    if (verb == PARSE_MORE || (verb == PARSE_BAD && tls == PARSE_MORE)) {
        if (beginning->len == 0)
            beginning->place = chunk->place;
        mem_copy(beginning->octets + beginning->len, chunk->data.data, chunk->data.len);
        beginning->len = (uint8_t)(beginning->len + chunk->data.len);
        return false;
    }
    settle(dialog, verb, tls);
    if (beginning->len == 0 && dialog->doubt == NULL)
        return true;
    read_kept(dialog);
    dialog_input(dialog, chunk);
    return false;
}

void client_give_beginning_back(struct smtp_dialog *dialog)
{
    struct slice octets = slice_of(dialog->beginning.octets, dialog->beginning.len);
    enum smtp_verb verb;

    if (octets.len == 0)
        return;
    verb = smtp_verb_of(first_line(octets));
    settle(dialog, verb == VERB_UNKNOWN ? PARSE_BAD : PARSE_OK, probe_tls(octets));
    read_kept(dialog);
}

void client_decide(struct smtp_dialog *dialog, enum client_mode mode)
{
    struct held_list *held = dialog->undecided;
    size_t count = held == NULL ? 0 : held->count;

    dialog->undecided = NULL;
    dialog->decides_by_octets = false;
    dialog->mode = mode;
    if (mode == CLIENT_CONTENT) {
        struct place begin = { 0 };

        if (count > 0)
            begin = held->items[0].place;
        client_begin_content(dialog, &begin);
    }
    for (size_t i = 0; i < count; i++) {
        struct chunk chunk = {
            .from = SIDE_CLIENT,
            .place = held->items[i].place,
            .data = held_octets(held, &held->items[i]),
            .missing = held->items[i].missing,
        };

        dialog_input(dialog, &chunk);
    }
    held_list_free(held);
}

/* Content is known by what is no verb, an answer to a 334 by its whole line. */
static bool tells(const struct smtp_dialog *dialog, struct slice octets)
{
    enum parse verb = smtp_verb_begins(octets);

    return verb == PARSE_OK || (verb == PARSE_BAD && (dialog->undecided_verb == VERB_DATA ||
                                                      slice_find(octets, 0, '\n') != SLICE_NONE));
}

/* The reply is lost, or was never captured: success is assumed, unless what follows is a command
 * (RFC 5321 4.1.1.4: after a refused DATA the client goes on with commands). */
void client_decide_by_octets(struct smtp_dialog *dialog, enum decide when)
{
    const struct held_list *held = dialog->undecided;
    struct slice octets = held == NULL ? slice_of(NULL, 0) : buf_view(&held->octets);
    struct slice line = first_line(octets);

    if (octets.len == 0 || (when == DECIDE_IF_TOLD && !tells(dialog, octets))) {
        dialog->decides_by_octets = true;
        return;
    }
    if (smtp_verb_of(line) != VERB_UNKNOWN)
        client_decide(dialog, CLIENT_COMMANDS);
    else if (dialog->undecided_verb == VERB_DATA)
        client_decide(dialog, CLIENT_CONTENT);
    else if (line.len == 0 || base64_is_likely(line) || slice_equal(line, slice_of_string("*")))
        client_decide(dialog, CLIENT_SASL);
    else
        client_decide(dialog, CLIENT_COMMANDS);
}
