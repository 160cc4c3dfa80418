/* Runs one .dialog file under the split law: the log of events is the same however the octets are
 * cut. With --print it writes the log, for a new file to be read and pasted. */
#include <stdlib.h>
#include <string.h>

#include "smtp/dialog.h"
#include "support/script.h"

struct log {
    char *text;
    size_t size;
    FILE *out;
    uint64_t digest; /* of what the text leaves out */
};

static void print_octets(FILE *out, struct slice s)
{
    fputc('"', out);
    for (size_t i = 0; i < s.len && i < 100; i++) {
        uint8_t octet = s.data[i];

        if (octet >= ' ' && octet < 127 && octet != '\\' && octet != '"')
            fputc(octet, out);
        else
            fprintf(out, "\\x%02x", octet);
    }
    fputs(s.len > 100 ? "\"..." : "\"", out);
}

static void print_marks(FILE *out, unsigned marks)
{
    static const struct {
        unsigned mark;
        const char *name;
    } names[] = {
        { MARK_BARE_LF, "bare-lf" },
        { MARK_BARE_CR, "bare-cr" },
        { MARK_NUL, "nul" },
        { MARK_8BIT, "8bit" },
        { MARK_LONG_LINE, "long-line" },
        { MARK_NO_CODE, "no-code" },
        { MARK_CODES_DIFFER, "codes-differ" },
        { MARK_BAD_SEPARATOR, "bad-separator" },
        { MARK_LOOKALIKE, "lookalike" },
        { MARK_REDACTED, "redacted" },
        { MARK_EARLY, "early" },
        { MARK_FORCED_END, "forced-end" },
        { MARK_WHILE_CONTENT, "while-content" },
        { MARK_AFTER_GAP, "after-gap" },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if ((marks & names[i].mark) != 0)
            fprintf(out, " %s", names[i].name);
    }
}

static void print_command(FILE *out, const char *kind, const struct smtp_event *event)
{
    static const char *const ends[] = { "crlf", "lf", "cr", "none" };

    fprintf(out, "%s %s %s ", kind, smtp_verb_name(event->command.verb), ends[event->command.end]);
    print_octets(out, event->command.line);
    if (event->command.identity.len > 0) {
        fputs(" user ", out);
        print_octets(out, event->command.identity);
    }
}

static void print_reply(FILE *out, const struct smtp_event *event)
{
    const struct smtp_reply *reply = &event->reply;

    fprintf(out, "reply %u to %s", reply->code,
            reply->verb == VERB_NONE ? "nothing" : smtp_verb_name(reply->verb));
    if (reply->answers != 0)
        fprintf(out, " (%llu)", (unsigned long long)reply->answers);
    for (size_t i = 0; i < reply->line_count; i++) {
        fputc(' ', out);
        print_octets(out, reply->lines[i]);
    }
}

static void print_content(FILE *out, const struct smtp_event *event)
{
    const struct smtp_content *content = &event->content;

    fprintf(out, "content %s %llu octets %llu lines", smtp_verb_name(content->verb),
            (unsigned long long)content->message_octets, (unsigned long long)content->lines);
    if (content->lost_octets > 0)
        fprintf(out, " %llu lost", (unsigned long long)content->lost_octets);
    if (content->is_last)
        fputs(" last", out);
    if (!content->is_complete)
        fputs(" unfinished", out);
    if (content->headers[HEADER_MESSAGE_ID].len > 0) {
        fputs(" id ", out);
        print_octets(out, content->headers[HEADER_MESSAGE_ID]);
    }
}

static void digest(struct log *log, uint64_t value)
{
    log->digest = (log->digest ^ value) * UINT64_C(0x100000001B3);
}

/* What is not printed must not depend on how the octets are cut either. */
static void digest_event(struct log *log, const struct smtp_event *event)
{
    const struct smtp_reply *reply = &event->reply;

    digest(log, event->octets);
    digest(log, event->place.frame);
    digest(log, event->begin.frame);
    if (event->kind == SMTP_EVENT_COMMAND || event->kind == SMTP_EVENT_SASL) {
        digest(log, event->command.is_cut);
        digest(log, event->command.mechanism.len);
        return;
    }
    if (event->kind != SMTP_EVENT_REPLY)
        return;
    for (size_t i = 0; i < sizeof(reply->code_text); i++)
        digest(log, reply->code_text[i]);
    digest(log, reply->enhanced.class);
    digest(log, reply->enhanced.subject);
    digest(log, reply->enhanced.detail);
    digest(log, reply->longest_line);
    digest(log, (uint64_t)reply->latency_ns);
    digest(log, reply->end);
    digest(log, reply->is_cut);
}

static enum status print_event(void *context, const struct smtp_event *event)
{
    struct log *log = context;

    if (event->kind != SMTP_EVENT_OPAQUE)
        digest_event(log, event);
    fprintf(log->out, "%llu ", (unsigned long long)event->sequence);
    switch (event->kind) {
    case SMTP_EVENT_COMMAND:
        print_command(log->out, "command", event);
        break;
    case SMTP_EVENT_SASL:
        print_command(log->out, "sasl", event);
        break;
    case SMTP_EVENT_REPLY:
        print_reply(log->out, event);
        break;
    case SMTP_EVENT_CONTENT:
        print_content(log->out, event);
        break;
    case SMTP_EVENT_REATTRIBUTED:
        fprintf(log->out, "reply %llu answers %llu after all",
                (unsigned long long)event->reattributed.reply,
                (unsigned long long)event->reattributed.answers);
        break;
    case SMTP_EVENT_OPAQUE:
        fprintf(log->out, "tls %s", event->from == SIDE_CLIENT ? "client" : "server");
        break;
    case SMTP_EVENT_GAP:
        fprintf(log->out, "gap %s %llu", event->from == SIDE_CLIENT ? "client" : "server",
                (unsigned long long)event->octets);
        break;
    case SMTP_EVENT_LIMIT:
        fprintf(log->out, "limit %u", (unsigned)event->limit);
        break;
    }
    print_marks(log->out, event->marks);
    fputc('\n', log->out);
    return STATUS_OK;
}

/* How a chunk is cut for one run. */
enum cut {
    CUT_NOWHERE,
    CUT_EVERYWHERE,
    CUT_ONCE, /* at one octet of the whole script */
};

static bool feed(struct smtp_dialog *dialog, const struct chunk *chunk, enum cut cut, size_t cut_at,
                 size_t before)
{
    size_t at = 0;

    if (chunk->missing > 0)
        return smtp_dialog_feed(dialog, chunk) == STATUS_OK;
    while (at < chunk->data.len) {
        struct chunk part = *chunk;
        size_t len = chunk->data.len - at;

        if (cut == CUT_EVERYWHERE)
            len = 1;
        else if (cut == CUT_ONCE && cut_at > before + at && cut_at < before + chunk->data.len)
            len = cut_at - before - at;
        part.data = slice_part(chunk->data, at, len);
        if (smtp_dialog_feed(dialog, &part) != STATUS_OK)
            return false;
        at += len;
    }
    return true;
}

/* The log of one run, on the heap; NULL where a call failed. Consecutive "tls" lines of one side
 * tell how the octets were cut and are told once, without a number. */
static char *run(const struct script *script, enum cut cut, size_t cut_at, uint64_t *digest)
{
    struct log log = { 0 };
    struct smtp_event_sink sink = { .context = &log, .event = print_event };
    struct smtp_dialog_options options = { .is_midstream = script->is_midstream };
    struct place end = { .at = { 1000 * STAMP_SECOND }, .frame = 999 };
    struct smtp_dialog *dialog;
    size_t before = 0;
    bool is_good;

    log.out = open_memstream(&log.text, &log.size);
    if (log.out == NULL || smtp_dialog_new(&dialog, &options, &sink) != STATUS_OK)
        return NULL;
    is_good = true;
    for (size_t i = 0; i < script->count && is_good; i++) {
        is_good = feed(dialog, &script->chunks[i], cut, cut_at, before);
        before += script->chunks[i].data.len;
    }
    is_good = is_good && smtp_dialog_finish(dialog, &end) == STATUS_OK;
    smtp_dialog_free(dialog);
    fclose(log.out);
    *digest = log.digest;
    if (!is_good) {
        free(log.text);
        return NULL;
    }
    return log.text;
}

/* Copies the log without event numbers of, and repetitions of, TLS lines. */
static char *fold_tls(const char *text)
{
    char *copy = NULL;
    size_t size;
    FILE *out = open_memstream(&copy, &size);
    char previous[64] = "";

    while (out != NULL && *text != '\0') {
        size_t len = strcspn(text, "\n") + 1;
        const char *word = memchr(text, ' ', len);

        if (word != NULL && strncmp(word, " tls ", 5) == 0) {
            char line[64];

            snprintf(line, sizeof(line), "- %.*s", (int)(text + len - word - 1), word + 1);
            if (strcmp(line, previous) != 0)
                fputs(line, out);
            snprintf(previous, sizeof(previous), "%s", line);
        } else {
            fwrite(text, 1, len, out);
            previous[0] = '\0';
        }
        text += len;
    }
    if (out != NULL)
        fclose(out);
    return copy;
}

/* The first run fed whole leaves in `*digest` what all others must have. */
static bool check(const struct script *script, enum cut cut, size_t cut_at, const char *what,
                  uint64_t *digest)
{
    uint64_t found = 0;
    char *raw = run(script, cut, cut_at, &found);
    char *log = raw == NULL ? NULL : fold_tls(raw);
    bool is_same = log != NULL && strcmp(log, script->expected) == 0;

    if (cut == CUT_NOWHERE)
        *digest = found;
    if (is_same && found != *digest) {
        fprintf(stderr, "fed %s %zu: what is not printed differs\n", what, cut_at);
        is_same = false;
    } else if (!is_same) {
        fprintf(stderr, "fed %s %zu:\n%s\nexpected:\n%s", what, cut_at,
                log == NULL ? "(failed)" : log, script->expected);
    }
    free(log);
    free(raw);
    return is_same;
}

int main(int argc, char **argv)
{
    static struct script script;
    bool prints = argc == 3 && strcmp(argv[1], "--print") == 0;
    uint64_t digest = 0;
    bool is_good;

    if (argc != 2 && !prints) {
        fprintf(stderr, "usage: dialog_runner [--print] FILE\n");
        return 2;
    }
    if (!script_read(&script, argv[argc - 1]))
        return 1;
    if (prints) {
        char *raw = run(&script, CUT_NOWHERE, 0, &digest);
        char *log = raw == NULL ? NULL : fold_tls(raw);

        fputs(log == NULL ? "(failed)\n" : log, stdout);
        free(log);
        free(raw);
        free(script.expected);
        return 0;
    }
    if (script.expected == NULL) {
        fprintf(stderr, "%s: no \"---\" and no events\n", argv[1]);
        return 1;
    }
    is_good = check(&script, CUT_NOWHERE, 0, "whole", &digest) &&
              check(&script, CUT_EVERYWHERE, 0, "octet by octet", &digest);
    for (size_t at = 1; is_good && at < script.octet_count && at < 3000; at++)
        is_good = check(&script, CUT_ONCE, at, "cut at", &digest);
    free(script.expected);
    return is_good ? 0 : 1;
}
