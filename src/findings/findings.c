/* From a finished record to what is wrong in it: runs the table, folds what repeats, sorts. */
#include <stdarg.h>
#include <stdio.h>
#include <threads.h>

#include "base/mem.h"
#include "findings/look.h"
#include "findings/rules.h"
#include "findings/sentence.h"
#include "findings/traits.h"
#include "findings/view.h"

const char *severity_name(enum severity severity)
{
    switch (severity) {
    case SEVERITY_OK:
        return "ok";
    case SEVERITY_INFO:
        return "info";
    case SEVERITY_WARNING:
        return "warning";
    case SEVERITY_ERROR:
        return "error";
    }
    return "";
}

const struct finding_rule *finding_rule_named(struct slice id)
{
    size_t count;
    const struct finding_rule *rules = finding_rules(&count);

    for (size_t i = 0; i < count; i++) {
        if (slice_equal(id, slice_of_string(rules[i].id)))
            return &rules[i];
    }
    return NULL;
}

/* The finding that `rule` has raised already; NULL: none. */
static struct finding *raised(const struct findings *findings, const struct finding_rule *rule)
{
    for (uint32_t i = 0; i < findings->count; i++) {
        if (findings->list[i].rule == rule)
            return &findings->list[i];
    }
    return NULL;
}

static struct finding *add(struct findings *findings)
{
    enum { FIRST_ROOM = 4 };

    if (findings->count == findings->room) {
        uint32_t room = findings->room == 0 ? FIRST_ROOM : findings->room * 2;
        struct finding *list = mem_realloc(findings->list, (size_t)room * sizeof(*findings->list));

        if (list == NULL) {
            findings->status = STATUS_NO_MEMORY;
            return NULL;
        }
        findings->list = list;
        findings->room = room;
    }
    return &findings->list[findings->count++];
}

void finding_raise(struct findings *findings, const struct finding_rule *rule,
                   const struct finding_site *site, const char *format, ...)
{
    uint64_t count = site->count == 0 ? 1 : site->count;
    enum severity severity = site->severity == SEVERITY_OK ? rule->severity : site->severity;
    struct finding *finding = raised(findings, rule);
    char message[SENTENCE_MAX];
    struct slice text;
    va_list arguments;
    int n;

    if (finding != NULL) {
        finding->count += count;
        if (severity > finding->severity)
            finding->severity = severity;
        return;
    }
    va_start(arguments, format);
    n = vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    if (n < 0)
        n = 0;
    text = slice_of(message, strlen(message));
    if ((size_t)n > text.len)
        text.len = character_boundary(text, text.len - 1);
    message[text.len] = '\0';
    text.data =
        arena_copy(&findings->arena, slice_of(message, text.len + 1), &findings->status).data;
    if (findings->status != STATUS_OK)
        return;
    finding = add(findings);
    if (finding == NULL)
        return;
    *finding = (struct finding){
        .rule = rule,
        .severity = severity,
        .message = (const char *)text.data,
        .message_len = text.len,
        .reference = site->reference == NULL ? rule->reference : site->reference,
        .n = site->n,
        .frame = site->frame,
        .capture = site->capture,
        .count = count,
        .confidence = site->confidence,
    };
}

const struct finding *finding_of(const struct findings *findings, const char *id)
{
    struct slice name = slice_of_string(id);

    for (uint32_t i = 0; i < findings->count; i++) {
        if (slice_equal(slice_of_string(findings->list[i].rule->id), name))
            return &findings->list[i];
    }
    return NULL;
}

/* Gravest first, then in the order of the dialogue; what concerns the session as a whole comes
 * after what has a place, then the order of the table decides. */
static bool comes_before(const struct finding *a, const struct finding *b)
{
    if (a->severity != b->severity)
        return a->severity > b->severity;
    if (a->n != b->n)
        return a->n != 0 && (b->n == 0 || a->n < b->n);
    return a->rule < b->rule;
}

/* By insertion: a handful, and stable. */
static void sort(struct findings *findings)
{
    for (uint32_t i = 1; i < findings->count; i++) {
        struct finding moved = findings->list[i];
        uint32_t at = i;

        while (at > 0 && comes_before(&moved, &findings->list[at - 1])) {
            findings->list[at] = findings->list[at - 1];
            at--;
        }
        findings->list[at] = moved;
    }
}

/* What the capture lacks that makes a finding on such grounds doubtful; NULL: nothing. */
static const char *doubt_of(const struct session_record *record, enum finding_ground ground)
{
    bool has_gaps = record->tcp->client.gaps > 0 || record->tcp->server.gaps > 0;

    if (ground == GROUND_PLACE)
        return NULL;
    if (record->is_client_unseen)
        return "only the server's side of the connection was captured";
    if (record->is_server_unseen)
        return "only the client's side of the connection was captured";
    if (ground == GROUND_TIMES)
        return has_gaps ? "packets of the connection are missing from the capture, and what was "
                          "waited for may have come sooner in one of them"
                        : NULL;
    if (record->tcp->is_snapped)
        return "the capture cut packets short, and what refutes this may have stood there";
    if (has_gaps)
        return "packets of the connection are missing from the capture, and what refutes this may "
               "have stood in them";
    if (record->tcp->handshake == TCP_HANDSHAKE_MIDSTREAM)
        return "the capture began inside the connection, and what refutes this may have come before";
    return NULL;
}

/* The place of its entry, and doubts that hold for whatever a hole has touched. */
static void complete(struct finding *finding, const struct session_record *record)
{
    const struct entry *entry = record_entry(record, finding->n);

    if (entry != NULL && finding->frame == 0) {
        finding->frame = entry->place.frame;
        finding->capture = entry->place.capture;
    }
    if (finding->confidence == NULL && entry != NULL && !entry_is_whole(entry))
        finding->confidence = "octets near this place were not captured";
    if (finding->confidence == NULL)
        finding->confidence = doubt_of(record, finding->rule->ground);
}

/* Which rows of the table are shown an entry, by where it is among the AT_ bits, and which of them by
 * what is unusual about it, by the IF_ bits; and which look at a record, by any of the bits. Bit i:
 * row i. */
struct wanted {
    uint64_t steps[AT_COUNT];
    uint64_t always; /* whatever is unusual */
    uint64_t unusual[IF_COUNT];
    uint64_t looks[64];
    uint64_t looked_for; /* the bits that some look asks for */
};

static struct wanted wanted;

static void collect_wanted(void)
{
    size_t count;
    const struct finding_rule *rules = finding_rules(&count);

    for (size_t i = 0; i < count; i++) {
        for (unsigned at = 0; at < AT_COUNT && rules[i].step != NULL; at++)
            wanted.steps[at] |= (rules[i].entries >> at & 1) << i;
        for (unsigned odd = 0; odd < IF_COUNT; odd++)
            wanted.unusual[odd] |= (rules[i].entries >> AT_COUNT >> odd & 1) << i;
        wanted.always |= (uint64_t)((rules[i].entries & IF_ANY) == 0) << i;
        for (unsigned bit = 0; bit < 64 && rules[i].look != NULL; bit++)
            wanted.looks[bit] |= (rules[i].entries >> bit & 1) << i;
        wanted.looked_for |= rules[i].look == NULL ? 0 : rules[i].entries;
    }
}

/* The rows that have something to see at the entry. */
static uint64_t rows_for(unsigned at, uint64_t oddities)
{
    uint64_t rows = wanted.always;

    for (uint64_t odd = oddities >> AT_COUNT; odd != 0; odd &= odd - 1)
        rows |= wanted.unusual[__builtin_ctzll(odd)];
    return rows & wanted.steps[at];
}

enum { AT_REPLY = VERB_COUNT + ENTRY_REPLY };

/* Most replies: none of the rules has anything to see in it, and of what the view carries nothing
 * changes. */
static bool may_pass(const struct entry *entry)
{
    return entry->kind == ENTRY_REPLY && !verb_changes_offer(entry->verb) &&
           rows_for(AT_REPLY, view_reply_oddities(entry)) == 0;
}

/* The rows that have something to look at in a record with these bits. */
static uint64_t rows_to_look(uint64_t seen)
{
    uint64_t rows = 0;

    for (uint64_t bits = seen & wanted.looked_for; bits != 0; bits &= bits - 1)
        rows |= wanted.looks[__builtin_ctzll(bits)];
    return rows;
}

/* Shows every entry to the rules that ask for its like. Returns the AT_ bits of all of them. */
static uint64_t step_through(struct findings *findings, const struct session_record *record,
                             const struct finding_rule *rules, struct waits *waits)
{
    const struct entry *end = record->entries + record->entry_count;
    struct view view = view_of(record);
    uint64_t seen = 0;

    for (const struct entry *entry = record->entries; entry != end; entry++) {
        unsigned at;

        waits_step(waits, entry);
        if (may_pass(entry)) {
            seen |= UINT64_C(1) << AT_REPLY;
            continue;
        }
        view_enter(&view, entry);
        at = at_of(&view);
        seen |= UINT64_C(1) << at;
        for (uint64_t rows = rows_for(at, view_oddities(&view)); rows != 0; rows &= rows - 1) {
            const struct finding_rule *rule = &rules[__builtin_ctzll(rows)];

            rule->step(&view, rule, findings);
        }
        view_leave(&view);
    }
    return seen;
}

void findings_run(struct findings *findings, const struct session_record *record)
{
    static once_flag once = ONCE_FLAG_INIT;
    size_t count;
    const struct finding_rule *rules = finding_rules(&count);
    struct waits waits = { 0 };
    uint64_t seen;

    call_once(&once, collect_wanted);
    seen = step_through(findings, record, rules, &waits);
    seen |= traits_of(record, &waits, slow_limit(findings));
    for (uint64_t rows = rows_to_look(seen); rows != 0; rows &= rows - 1) {
        const struct finding_rule *rule = &rules[__builtin_ctzll(rows)];

        rule->look(record, rule, findings);
    }
    if (findings->count == 0)
        return;
    for (uint32_t i = 0; i < findings->count; i++)
        complete(&findings->list[i], record);
    sort(findings);
}

void findings_clear(struct findings *findings)
{
    mem_free(findings->list);
    arena_clear(&findings->arena);
    *findings = (struct findings){ 0 };
}
