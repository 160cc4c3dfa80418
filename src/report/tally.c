/* Folds finished sessions into counts. */
#include "report/tally.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "net/endpoint.h"
#include "report/tally_names.h"

/* Each bucket is a tenth wider than the one before; the first ends at 1 µs, the last lies past the
 * 15 minutes after which a connection counts as idle. */
enum { BUCKETS = 224 };
_Static_assert(BUCKETS <= UINT8_MAX, "a bucket fits in an octet");
#define BUCKET_FIRST INT64_C(1000)

/* A number's scale is how many binary digits it has and the three behind the first of them: numbers of
 * one scale differ by an eighth at the most, and lie in three buckets. */
enum { SCALE_DIGITS = 3, SCALES = 64 << SCALE_DIGITS };

/* RFC 5321 4.5.3.1.2: a domain has 255 octets; a server's address stands before its name. */
enum { DOMAIN_MAX = 255, SERVER_NAME_MAX = ENDPOINT_TEXT_MAX + 1 + DOMAIN_MAX };

struct latency {
    uint64_t buckets[BUCKETS];
    uint64_t count;
    int64_t slowest_ns; /* -1: there is none yet */
    uint64_t slowest_session;
};

struct tally {
    struct tally_totals totals;
    struct tally_names *lists; /* TALLY_LIST_COUNT of them */
    int64_t bounds[BUCKETS];   /* where each bucket ends */
    uint8_t first[SCALES];     /* the first bucket for a number of each scale */
    struct latency latencies[VERB_COUNT];
    struct patterns *patterns;
};

/* Of a number that is not negative. Those too small for that many digits are a scale each. */
static size_t scale_of(int64_t ns)
{
    uint64_t number = (uint64_t)ns;
    unsigned digits;

    if (number < 1 << SCALE_DIGITS)
        return (size_t)number;
    digits = 63 - (unsigned)__builtin_clzll(number);
    return (size_t)(digits - SCALE_DIGITS) * (1 << SCALE_DIGITS) +
           (size_t)(number >> (digits - SCALE_DIGITS));
}

static size_t bucket_of(const struct tally *tally, int64_t ns)
{
    size_t at = tally->first[scale_of(ns)];

    while (at < BUCKETS - 1 && ns >= tally->bounds[at])
        at++;
    return at;
}

/* Where a bucket ends inside a scale, the numbers of that scale may lie in it still. */
static void find_first_buckets(struct tally *tally)
{
    size_t scale = 0;

    for (size_t at = 0; at < BUCKETS - 1; at++) {
        for (; scale < SCALES && scale <= scale_of(tally->bounds[at] - 1); scale++)
            tally->first[scale] = (uint8_t)at;
    }
    for (; scale < SCALES; scale++)
        tally->first[scale] = BUCKETS - 1;
}

struct tally *tally_new(void)
{
    struct tally *tally = mem_calloc(1, sizeof *tally);
    struct siphash_key key;

    if (tally == NULL)
        return NULL;
    tally->lists = mem_calloc(TALLY_LIST_COUNT, sizeof *tally->lists);
    tally->patterns = patterns_new();
    if (tally->lists == NULL || tally->patterns == NULL || siphash_key_random(&key) != STATUS_OK) {
        mem_free(tally->lists);
        patterns_free(tally->patterns);
        mem_free(tally);
        return NULL;
    }
    for (size_t i = 0; i < TALLY_LIST_COUNT; i++)
        tally_names_init(&tally->lists[i], &key);
    tally->bounds[0] = BUCKET_FIRST;
    for (size_t i = 1; i < BUCKETS; i++)
        tally->bounds[i] = tally->bounds[i - 1] + tally->bounds[i - 1] / 10;
    find_first_buckets(tally);
    for (size_t i = 0; i < VERB_COUNT; i++)
        tally->latencies[i].slowest_ns = -1;
    return tally;
}

void tally_free(struct tally *tally)
{
    if (tally == NULL)
        return;
    for (size_t i = 0; i < TALLY_LIST_COUNT; i++)
        tally_names_clear(&tally->lists[i]);
    mem_free(tally->lists);
    patterns_free(tally->patterns);
    mem_free(tally);
}

static void add_latency(struct tally *tally, const struct session_record *record,
                        const struct entry *reply)
{
    struct latency *latency = &tally->latencies[reply->verb];
    int64_t ns = reply->reply.latency_ns;

    if (reply->verb == VERB_NONE || ns < 0)
        return;
    latency->buckets[bucket_of(tally, ns)]++;
    if (ns > latency->slowest_ns) {
        latency->slowest_ns = ns;
        latency->slowest_session = record->ordinal;
    }
    latency->count++;
}

/* Whether a reply turned mail away: a refusal of what carries mail, or whatever decided. */
static bool turns_mail_away(const struct session_record *record, const struct entry *entry)
{
    if (entry->reply.code < 400 || entry->reply.code > 599)
        return false;
    return entry == record_entry(record, record->deciding) || entry->verb == VERB_CONNECT ||
           entry->verb == VERB_MAIL || entry->verb == VERB_RCPT || entry->verb == VERB_DATA ||
           entry->verb == VERB_BDAT || entry->verb == VERB_BURL || entry->verb == VERB_END_OF_DATA;
}

/* "192.0.2.25:25 mx.example.test": the name is what the greeting says, where it says one. */
static enum status add_refusals(struct tally *tally, const struct session_record *record,
                                uint64_t refusals)
{
    const struct entry *greeting = record_entry(record, record->greeting);
    uint8_t name[SERVER_NAME_MAX];
    char address[ENDPOINT_TEXT_MAX];
    size_t len;
    struct slice word = { .len = 0 };

    len = endpoint_text(&record->server, address);
    mem_copy(name, address, len);
    if (greeting != NULL && greeting->reply.line_count > 0) {
        struct slice text = greeting->reply.lines[0];

        word = slice_part(slice_next_word(&text), 0, DOMAIN_MAX);
    }
    if (slice_find(word, 0, '.') != SLICE_NONE) {
        name[len++] = ' ';
        mem_copy(name + len, word.data, word.len);
        len += word.len;
    }
    return tally_names_add(&tally->lists[TALLY_REFUSING_SERVERS], slice_of(name, len), refusals);
}

static enum status add_replies(struct tally *tally, const struct session_record *record)
{
    uint64_t refusals = 0;

    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];

        if (entry->kind != ENTRY_REPLY)
            continue;
        if (entry->reply.code < 1000)
            tally->totals.replies[entry->reply.code]++;
        add_latency(tally, record, entry);
        refusals += turns_mail_away(record, entry);
    }
    return refusals == 0 ? STATUS_OK : add_refusals(tally, record, refusals);
}

static enum status add_refused_domain(struct tally *tally, const struct recipient *recipient)
{
    uint8_t lower[DOMAIN_MAX];
    /* A quoted local part may hold an '@' too. */
    size_t at = slice_find_last(recipient->address, '@');
    struct slice domain;

    if (at != SLICE_NONE)
        domain = slice_part(recipient->address, at + 1, DOMAIN_MAX);
    else
        domain = slice_of_string("(no domain)");
    /* Domains are compared without case (RFC 5321 2.4). */
    for (size_t i = 0; i < domain.len; i++) {
        uint8_t octet = domain.data[i];

        lower[i] = octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet - 'A' + 'a') : octet;
    }
    return tally_names_add(&tally->lists[TALLY_REFUSED_DOMAINS], slice_of(lower, domain.len), 1);
}

static void count_message(struct tally_totals *totals, const struct message *message)
{
    switch (message->verdict) {
    case VERDICT_ACCEPTED:
        totals->messages_accepted++;
        break;
    case VERDICT_REFUSED:
        totals->messages_refused++;
        break;
    case VERDICT_UNKNOWN:
        totals->messages_unknown += !message->is_taken_back;
        break;
    }
    totals->message_octets += message->octets;
}

static enum status add_message(struct tally *tally, const struct message *message)
{
    enum status status = STATUS_OK;

    count_message(&tally->totals, message);
    for (uint32_t i = 0; i < message->recipient_count && status == STATUS_OK; i++) {
        const struct recipient *recipient = &message->recipients[i];

        tally->totals.recipients_accepted += recipient->verdict == VERDICT_ACCEPTED;
        tally->totals.recipients_refused += recipient->verdict == VERDICT_REFUSED;
        if (recipient->verdict == VERDICT_REFUSED ||
            (recipient->verdict == VERDICT_ACCEPTED && message->verdict == VERDICT_REFUSED))
            status = add_refused_domain(tally, recipient);
    }
    return status;
}

enum status tally_add(struct tally *tally, const struct report_session *session)
{
    const struct session_record *record = session->record;
    enum status status;

    tally->totals.sessions++;
    tally->totals.outcomes[record->outcome]++;
    status = add_replies(tally, record);
    for (uint32_t i = 0; i < record->message_count && status == STATUS_OK; i++)
        status = add_message(tally, &record->messages[i]);
    for (uint32_t i = 0; i < session->findings->count && status == STATUS_OK; i++)
        status = tally_names_add(&tally->lists[TALLY_FINDINGS],
                                 slice_of_string(session->findings->list[i].rule->id), 1);
    return status == STATUS_OK ? patterns_add(tally->patterns, record) : status;
}

const struct patterns *tally_patterns(const struct tally *tally)
{
    return tally->patterns;
}

const struct tally_totals *tally_totals(const struct tally *tally)
{
    return &tally->totals;
}

const struct tally_row *tally_rows(const struct tally *tally, enum tally_list list, size_t most,
                                   size_t *count)
{
    const struct tally_row *rows = tally_names_sorted(&tally->lists[list], count);

    if (*count > most)
        *count = most;
    return rows;
}

uint64_t tally_overflow(const struct tally *tally, enum tally_list list)
{
    return tally->lists[list].overflow;
}

/* The middle of the bucket that holds the reply of this rank, 1 being the fastest. */
static int64_t at_rank(const struct tally *tally, const struct latency *latency, uint64_t rank)
{
    uint64_t passed = 0;
    int64_t middle;

    for (size_t i = 0; i < BUCKETS - 1; i++) {
        passed += latency->buckets[i];
        if (passed < rank)
            continue;
        middle = i == 0 ? BUCKET_FIRST / 2 : (tally->bounds[i - 1] + tally->bounds[i]) / 2;
        return middle < latency->slowest_ns && latency->count > 1 ? middle : latency->slowest_ns;
    }
    return latency->slowest_ns;
}

static int compare_latencies(const void *a, const void *b)
{
    const struct tally_latency *x = a;
    const struct tally_latency *y = b;

    if (x->slowest_ns != y->slowest_ns)
        return x->slowest_ns > y->slowest_ns ? -1 : 1;
    return (x->verb > y->verb) - (x->verb < y->verb);
}

size_t tally_latencies(const struct tally *tally, struct tally_latency out[VERB_COUNT])
{
    size_t rows = 0;

    for (unsigned verb = 0; verb < VERB_COUNT; verb++) {
        const struct latency *latency = &tally->latencies[verb];

        if (latency->count == 0)
            continue;
        out[rows++] = (struct tally_latency){
            .verb = (enum smtp_verb)verb,
            .count = latency->count,
            .median_ns = at_rank(tally, latency, latency->count - latency->count / 2),
            .p95_ns = at_rank(tally, latency, latency->count - latency->count / 20),
            .slowest_ns = latency->slowest_ns,
            .slowest_session = latency->slowest_session,
        };
    }
    if (rows > 1)
        qsort(out, rows, sizeof out[0], compare_latencies);
    return rows;
}
