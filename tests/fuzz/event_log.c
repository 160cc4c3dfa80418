/* Writes events down, and asserts what holds for each by itself. */
#include "fuzz/event_log.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"

static void put_number(struct event_log *log, const char *name, uint64_t number)
{
    fprintf(log->out, " %s %llu", name, (unsigned long long)number);
}

static void put_octets(struct event_log *log, const char *name, struct slice octets)
{
    fprintf(log->out, " %s %zu \"", name, octets.len);
    if (octets.len > 0)
        fwrite(octets.data, 1, octets.len, log->out);
    fputc('"', log->out);
}

static void put_sighting(struct event_log *log, const char *name, const struct sighting *sighting)
{
    fprintf(log->out, " %s %llu %llu %llu", name, (unsigned long long)sighting->count,
            (unsigned long long)sighting->offset, (unsigned long long)sighting->frame);
}

static void flush_opaque(struct event_log *log)
{
    uint64_t *octets = &log->opaque[log->opaque_from];

    if (*octets > 0)
        fprintf(log->out, "tls %d %llu\n", log->opaque_from, (unsigned long long)*octets);
    *octets = 0;
}

static void put_command(struct event_log *log, const struct smtp_command *command)
{
    assert(command->line.len <= LIMIT_LINE_KEPT);
    assert(command->verb < VERB_COUNT);
    put_number(log, "verb", command->verb);
    put_number(log, "end", command->end);
    put_number(log, "cut", command->is_cut);
    put_octets(log, "line", command->line);
    put_octets(log, "mechanism", command->mechanism);
    put_octets(log, "identity", command->identity);
}

static void put_reply(struct event_log *log, const struct smtp_event *event)
{
    const struct smtp_reply *reply = &event->reply;
    size_t kept = 0;

    assert(reply->code <= 999 && reply->verb < VERB_COUNT);
    assert(reply->line_count <= LIMIT_REPLY_LINES);
    assert(reply->answers < event->sequence);
    fprintf(log->out, " code %u enhanced %u.%u.%u verb %d end %d cut %d", reply->code,
            reply->enhanced.class, reply->enhanced.subject, reply->enhanced.detail, reply->verb,
            reply->end, reply->is_cut);
    put_number(log, "answers", reply->answers);
    put_number(log, "latency", (uint64_t)reply->latency_ns);
    put_number(log, "longest", reply->longest_line);
    for (size_t i = 0; i < reply->line_count; i++) {
        put_octets(log, "line", reply->lines[i]);
        kept += reply->lines[i].len;
    }
    assert(kept <= LIMIT_REPLY_KEPT);
}

static void put_lookalike(struct event_log *log, const struct lookalike *lookalike)
{
    assert(lookalike->octets_len <= sizeof(lookalike->octets));
    fprintf(log->out, " lookalike %d %d %d %d %llu %llu", lookalike->before, lookalike->after,
            lookalike->has_nul, lookalike->leads_to, (unsigned long long)lookalike->offset,
            (unsigned long long)lookalike->frame);
    put_octets(log, "around", slice_of(lookalike->octets, lookalike->octets_len));
}

static void put_content(struct event_log *log, const struct smtp_content *content)
{
    const struct content_facts *facts = content->facts;

    assert(content->verb == VERB_DATA || content->verb == VERB_BDAT);
    put_number(log, "octets", content->message_octets);
    put_number(log, "lines", content->lines);
    put_number(log, "lost", content->lost_octets);
    put_number(log, "declared", content->declared);
    put_number(log, "last", content->is_last);
    put_number(log, "complete", content->is_complete);
    put_sighting(log, "lf", &facts->bare_lf);
    put_sighting(log, "cr", &facts->bare_cr);
    put_sighting(log, "nul", &facts->nul);
    put_sighting(log, "8bit", &facts->eight_bit);
    put_sighting(log, "long", &facts->long_line);
    put_sighting(log, "lookalikes", &facts->lookalikes);
    if (facts->lookalikes.count > 0)
        put_lookalike(log, &facts->lookalike);
    put_number(log, "smuggled", facts->smuggled);
    put_number(log, "longest", facts->longest_line);
    put_number(log, "lf-at-end", facts->bare_lf_at_end);
    for (int i = 0; i < HEADER_FIELD_COUNT; i++)
        put_octets(log, "header", content->headers[i]);
}

static void put_event(struct event_log *log, const struct smtp_event *event)
{
    fprintf(log->out, "%llu kind %d from %d", (unsigned long long)event->sequence, event->kind,
            event->from);
    put_number(log, "marks", event->marks);
    put_number(log, "octets", event->octets);
    put_number(log, "begin", event->begin.frame);
    put_number(log, "frame", event->place.frame);
    switch (event->kind) {
    case SMTP_EVENT_COMMAND:
    case SMTP_EVENT_SASL:
        put_command(log, &event->command);
        break;
    case SMTP_EVENT_REPLY:
        put_reply(log, event);
        break;
    case SMTP_EVENT_CONTENT:
        put_content(log, &event->content);
        break;
    case SMTP_EVENT_REATTRIBUTED:
        assert(event->reattributed.answers != event->reattributed.reply);
        assert(event->reattributed.answers < event->sequence);
        assert(event->reattributed.reply < event->sequence);
        put_number(log, "reply", event->reattributed.reply);
        put_number(log, "answers", event->reattributed.answers);
        break;
    case SMTP_EVENT_LIMIT:
        put_number(log, "limit", event->limit);
        break;
    case SMTP_EVENT_OPAQUE:
    case SMTP_EVENT_GAP:
        break;
    }
    fputc('\n', log->out);
}

static enum status take_event(void *context, const struct smtp_event *event)
{
    struct event_log *log = context;

    if (event->kind == SMTP_EVENT_OPAQUE) {
        if (event->from != log->opaque_from)
            flush_opaque(log);
        log->opaque_from = event->from;
        log->opaque[event->from] += event->opaque.len;
        return STATUS_OK;
    }
    flush_opaque(log);
    assert(event->sequence == log->sequence + 1);
    log->sequence = event->sequence;
    put_event(log, event);
    return STATUS_OK;
}

void event_log_begin(struct event_log *log)
{
    *log = (struct event_log){ 0 };
    log->out = open_memstream(&log->text, &log->size);
    assert(log->out != NULL);
}

struct smtp_event_sink event_log_sink(struct event_log *log)
{
    return (struct smtp_event_sink){ .context = log, .event = take_event };
}

void event_log_end(struct event_log *log)
{
    flush_opaque(log);
    assert(fclose(log->out) == 0);
}

void event_log_clear(struct event_log *log)
{
    free(log->text);
}
