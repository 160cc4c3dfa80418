/* Subjects in the order they came up, found by hash; what each did, in a few numbers. */
#include "report/patterns.h"

#include <assert.h>

#include "base/limits.h"
#include "base/mem.h"
#include "findings/look.h"
#include "net/endpoint.h"
#include "report/patterns_state.h"

enum {
    NAME_MAX_OCTETS = 320, /* RFC 5321 4.5.3.1: local part 64, domain 255, '@' */
    FIRST_ROOM = 64,
};

struct patterns *patterns_new(void)
{
    struct patterns *patterns = mem_calloc(1, sizeof(*patterns));

    if (patterns == NULL)
        return NULL;
    if (siphash_key_random(&patterns->key) != STATUS_OK) {
        mem_free(patterns);
        return NULL;
    }
    return patterns;
}

void patterns_free(struct patterns *patterns)
{
    if (patterns == NULL)
        return;
    mem_free(patterns->rows);
    mem_free(patterns->index);
    arena_clear(&patterns->arena);
    mem_free(patterns);
}

uint64_t patterns_overflow(const struct patterns *patterns)
{
    return patterns->overflow;
}

/* The slot of the key, or the free one where it belongs. */
static uint32_t *slot_of(const struct patterns *patterns, uint64_t key, enum subject_kind kind)
{
    size_t mask = patterns->index_room - 1;
    size_t at = (size_t)key & mask;

    while (patterns->index[at] != 0) {
        const struct subject *row = &patterns->rows[patterns->index[at] - 1];

        if (row->key == key && row->kind == kind)
            break;
        at = (at + 1) & mask;
    }
    return &patterns->index[at];
}

/* Room for one more; half of the index stays free. */
static enum status grow(struct patterns *patterns)
{
    size_t room = patterns->room == 0 ? FIRST_ROOM : patterns->room * 2;
    struct subject *rows;
    uint32_t *index;

    if (patterns->count < patterns->room)
        return STATUS_OK;
    rows = mem_realloc(patterns->rows, room * sizeof(*rows));
    if (rows == NULL)
        return STATUS_NO_MEMORY;
    patterns->rows = rows;
    index = mem_calloc(room * 2, sizeof(*index));
    if (index == NULL)
        return STATUS_NO_MEMORY;
    mem_free(patterns->index);
    patterns->index = index;
    patterns->index_room = room * 2;
    patterns->room = room;
    for (size_t i = 0; i < patterns->count; i++)
        *slot_of(patterns, rows[i].key, rows[i].kind) = (uint32_t)i + 1;
    return STATUS_OK;
}

/* The subject, where it is followed already; NULL: it is not. */
static struct subject *known(const struct patterns *patterns, uint64_t key, enum subject_kind kind)
{
    uint32_t row = patterns->index_room == 0 ? 0 : *slot_of(patterns, key, kind);

    return row == 0 ? NULL : &patterns->rows[row - 1];
}

/* A new subject, followed from now on; NULL: too many are. */
static struct subject *follow(struct patterns *patterns, uint64_t key, enum subject_kind kind,
                              struct slice name)
{
    struct subject *subject;

    if (patterns->count == LIMIT_PATTERN_SUBJECTS) {
        patterns->overflow++;
        return NULL;
    }
    if (grow(patterns) != STATUS_OK) {
        patterns->status = STATUS_NO_MEMORY;
        return NULL;
    }
    assert(patterns->rows != NULL);
    subject = &patterns->rows[patterns->count];
    *subject = (struct subject){ .key = key, .kind = kind };
    subject->name =
        arena_copy(&patterns->arena, slice_part(name, 0, NAME_MAX_OCTETS), &patterns->status);
    *slot_of(patterns, key, kind) = (uint32_t)++patterns->count;
    return subject;
}

/* The subject, followed from now on if it was not. */
static struct subject *subject_of(struct patterns *patterns, uint64_t key, enum subject_kind kind,
                                  struct slice name)
{
    struct subject *subject = known(patterns, key, kind);

    return subject != NULL ? subject : follow(patterns, key, kind, name);
}

static void note_session(struct subject *subject, const struct session_record *record)
{
    if (subject->session_last == record->ordinal)
        return;
    subject->session_last = record->ordinal;
    if (subject->session_total++ == 0)
        subject->first = record->started.at;
    subject->last = record->started.at;
    if (subject->session_count < PATTERN_SESSIONS)
        subject->sessions[subject->session_count++] = record->ordinal;
}

/* Domains are compared without case (RFC 5321 2.4); that local parts may differ by it alone is
 * known of nobody. */
static uint64_t hash_nocase(const struct patterns *patterns, struct slice text)
{
    return siphash13_nocase(&patterns->key, slice_part(text, 0, NAME_MAX_OCTETS));
}

static uint64_t digest_step(uint64_t digest, uint64_t word)
{
    digest = (digest ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return digest ^ digest >> 32;
}

/* A number in which most texts differ, and those that differ in case alone never, at a small part of
 * the hash's price. It has no key: whoever makes texts that share it only makes us ask the hash. */
static uint64_t digest_nocase(struct slice text)
{
    const uint64_t small = UINT64_C(0x2020202020202020);
    uint64_t digest = text.len;
    uint64_t word = 0;

    if (text.len < sizeof(word)) {
        mem_copy(&word, text.data, text.len);
        return digest_step(digest, word | small);
    }
    for (size_t at = 0; at < text.len - sizeof(word); at += sizeof(word)) {
        mem_copy(&word, text.data + at, sizeof(word));
        digest = digest_step(digest, word | small);
    }
    mem_copy(&word, text.data + text.len - sizeof(word), sizeof(word));
    return digest_step(digest, word | small);
}

static void note_name(struct subject *subject, uint64_t hash)
{
    for (size_t i = 0; i < subject->name_count; i++) {
        if (subject->names[i] == hash)
            return;
    }
    if (subject->name_count < NAMES_KEPT)
        subject->names[subject->name_count++] = hash;
}

/* By the octets: a text is made only where it is shown. */
static uint64_t endpoint_key(const struct patterns *patterns, const struct address *address,
                             uint16_t port)
{
    const uint64_t words[] = { address_word(address, 0), address_word(address, 8),
                               (uint64_t)address->version << 16 | port };

    return siphash13_words(&patterns->key, words, sizeof(words) / sizeof(words[0]));
}

static void add_auth(struct patterns *patterns, const struct session_record *record)
{
    char name[ADDRESS_TEXT_MAX];
    uint64_t key;

    if (record->auth_count == 0)
        return;
    key = endpoint_key(patterns, &record->client.address, 0);
    for (uint32_t i = 0; i < record->auth_count; i++) {
        const struct auth_attempt *attempt = &record->auth[i];
        struct subject *subject;

        if (attempt->result != AUTH_FAILURE || attempt->user.len == 0)
            continue;
        subject = known(patterns, key, SUBJECT_CLIENT);
        if (subject == NULL)
            subject = follow(patterns, key, SUBJECT_CLIENT,
                             slice_of(name, address_text(&record->client.address, name)));
        if (subject == NULL)
            return;
        subject->bad++;
        note_session(subject, record);
        note_name(subject, hash_nocase(patterns, attempt->user));
    }
}

enum offer { OFFER_UNKNOWN, OFFER_MADE, OFFER_NOT_MADE };

/* STARTTLS in the offer of any EHLO before TLS. */
static enum offer starttls_offer(const struct session_record *record)
{
    struct hello hello = { HELLO_UNKNOWN, NULL };
    enum offer offer = OFFER_UNKNOWN;

    if (record->tls.mode == TLS_IMPLICIT)
        return OFFER_UNKNOWN;
    for (uint32_t i = 0; i < record->entry_count; i++) {
        const struct entry *entry = &record->entries[i];

        if (entry->kind != ENTRY_REPLY || (entry->verb != VERB_EHLO && entry->verb != VERB_LHLO))
            continue;
        hello_step(&hello, entry);
        if (hello.kind != HELLO_EHLO || hello.reply != entry)
            continue;
        if (hello_offers(&hello, "STARTTLS", NULL))
            return OFFER_MADE;
        offer = OFFER_NOT_MADE;
    }
    return offer;
}

static void add_server(struct patterns *patterns, const struct session_record *record)
{
    uint64_t key = endpoint_key(patterns, &record->server.address, record->server.port);
    char name[ENDPOINT_TEXT_MAX];
    enum offer offer = starttls_offer(record);
    bool is_decided = record->outcome == OUTCOME_DELIVERED || record->outcome == OUTCOME_PARTIAL ||
                      record->outcome == OUTCOME_REJECTED || record->outcome == OUTCOME_DEFERRED;
    struct subject *subject;

    if (!is_decided && offer == OFFER_UNKNOWN)
        return;
    subject = known(patterns, key, SUBJECT_SERVER);
    if (subject == NULL)
        subject = follow(patterns, key, SUBJECT_SERVER,
                         slice_of(name, endpoint_text(&record->server, name)));
    if (subject == NULL)
        return;
    note_session(subject, record);
    subject->bad += record->outcome == OUTCOME_DEFERRED ? 1 : 0;
    subject->good += is_decided && record->outcome != OUTCOME_DEFERRED ? 1 : 0;
    subject->offers += offer == OFFER_MADE ? 1 : 0;
    subject->offers_not += offer == OFFER_NOT_MADE ? 1 : 0;
}

/* The code that turned this recipient away, be it the message's; 0: none did. */
static uint16_t refusal_of(const struct message *message, const struct recipient *recipient)
{
    if (recipient->verdict == VERDICT_REFUSED)
        return recipient->code;
    if (recipient->verdict == VERDICT_ACCEPTED && message->verdict == VERDICT_REFUSED)
        return message->refusal_code;
    return 0;
}

/* What follows the last '@'; the whole address where there is none. A quoted local part may hold
 * others. */
static struct slice domain_of(struct slice address)
{
    size_t at = slice_find_last(address, '@');

    return at == SLICE_NONE ? address : slice_from(address, at + 1);
}

/* Most recipients are of the same domain as the one before. */
static struct subject *domain_subject(struct patterns *patterns, struct slice domain)
{
    struct slice name = slice_part(domain, 0, NAME_MAX_OCTETS);
    struct subject *subject;

    if (patterns->domain != 0 &&
        slice_equal_nocase(patterns->rows[patterns->domain - 1].name, name))
        return &patterns->rows[patterns->domain - 1];
    subject = subject_of(patterns, hash_nocase(patterns, domain), SUBJECT_DOMAIN, domain);
    if (subject != NULL)
        patterns->domain = (uint32_t)(subject - patterns->rows) + 1;
    return subject;
}

static void add_domain(struct patterns *patterns, const struct session_record *record,
                       const struct message *message, const struct recipient *recipient)
{
    struct slice domain = domain_of(recipient->address);
    bool is_refused = refusal_of(message, recipient) >= 500;
    struct subject *subject;

    if (domain.len == recipient->address.len || recipient->verdict == VERDICT_UNKNOWN)
        return;
    /* Where MAIL was refused, RCPT is out of sequence (RFC 5321 4.1.4): the recipient was not looked
     * at. */
    if (is_refused && (message->mail_verdict == VERDICT_REFUSED || recipient->code == 503))
        return;
    subject = domain_subject(patterns, domain);
    if (subject == NULL)
        return;
    note_session(subject, record);
    subject->bad += is_refused ? 1 : 0;
    subject->good += is_refused ? 0 : 1;
    if (is_refused)
        note_name(subject, hash_nocase(patterns, recipient->address));
}

static bool is_deferral(uint16_t code)
{
    return code / 100 == 4;
}

/* For one of its recipients at least. */
static bool is_deferred(const struct message *message)
{
    for (uint32_t i = 0; i < message->recipient_count; i++) {
        if (is_deferral(refusal_of(message, &message->recipients[i])))
            return true;
    }
    return false;
}

/* Of recipients that the message was deferred for, or of all, and of its sender. The sum does not
 * depend on their order, which a retry may change. The sender stands apart from it, or an answer, from
 * a recipient to the sender, would have the same key. */
static uint64_t message_key(const struct patterns *patterns, const struct message *message,
                            bool deferred_only)
{
    uint64_t words[2] = { hash_nocase(patterns, message->from), 0 };

    for (uint32_t i = 0; i < message->recipient_count; i++) {
        const struct recipient *recipient = &message->recipients[i];

        if (!deferred_only || is_deferral(refusal_of(message, recipient)))
            words[1] += hash_nocase(patterns, recipient->address) | 1;
    }
    return siphash13_words(&patterns->key, words, 2);
}

/* Which bit of `deferred` is the sender's. */
static size_t sender_bit(const struct message *message)
{
    return digest_nocase(slice_part(message->from, 0, NAME_MAX_OCTETS)) % DEFERRED_BITS;
}

static void add_deferred(struct patterns *patterns, const struct session_record *record,
                         const struct message *message)
{
    struct subject *subject =
        subject_of(patterns, message_key(patterns, message, true), SUBJECT_MESSAGE, message->from);
    size_t bit = sender_bit(message);

    if (subject == NULL)
        return;
    note_session(subject, record);
    subject->bad++;
    patterns->deferred[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* May be one that was deferred before. */
static bool may_come_again(const struct patterns *patterns, const struct message *message)
{
    size_t bit = sender_bit(message);

    return (patterns->deferred[bit / 64] >> bit % 64 & 1) != 0;
}

static void add_message(struct patterns *patterns, const struct session_record *record,
                        const struct message *message)
{
    struct subject *subject;

    if (!message->has_from)
        return;
    if (is_deferred(message)) {
        add_deferred(patterns, record, message);
        return;
    }
    if (message->verdict != VERDICT_ACCEPTED || !may_come_again(patterns, message))
        return;
    subject = known(patterns, message_key(patterns, message, false), SUBJECT_MESSAGE);
    if (subject == NULL)
        return;
    note_session(subject, record);
    subject->good++;
}

enum status patterns_add(struct patterns *patterns, const struct session_record *record)
{
    add_auth(patterns, record);
    add_server(patterns, record);
    for (uint32_t i = 0; i < record->message_count; i++) {
        const struct message *message = &record->messages[i];

        for (uint32_t j = 0; j < message->recipient_count; j++)
            add_domain(patterns, record, message, &message->recipients[j]);
        add_message(patterns, record, message);
    }
    return patterns->status;
}
