/* Subjects in the order they came up, found by hash; what each did, in a few numbers. */
#include "report/patterns.h"

#include <assert.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "findings/look.h"
#include "net/endpoint.h"

enum {
    NAME_MAX_OCTETS = 320, /* RFC 5321 4.5.3.1: local part 64, domain 255, '@' */
    NAMES_KEPT = 8,        /* distinct user names told apart */
    MANY_NAMES = 5,        /* a person has one account or two, a guesser a list */
    MANY_SESSIONS = 3,     /* of a server that defers */
    MANY_RECIPIENTS = 3,   /* one address refused again and again says nothing of its domain */
    FIRST_ROOM = 64,
};

enum subject_kind {
    SUBJECT_CLIENT,  /* that failed AUTH, by address */
    SUBJECT_SERVER,  /* by address and port */
    SUBJECT_DOMAIN,  /* of recipients */
    SUBJECT_MESSAGE, /* deferred, by sender and recipients */
};

struct subject {
    uint64_t key;
    enum subject_kind kind;
    struct slice name; /* in the arena */
    uint64_t sessions[PATTERN_SESSIONS];
    size_t session_count;  /* kept */
    uint64_t session_last; /* the one that was counted last */
    uint64_t session_total;
    uint64_t bad;    /* client: refused AUTHs; server: deferred sessions; domain: refused
                               recipients; message: deferrals */
    uint64_t good;   /* of the same, those that went well */
    uint64_t offers; /* server: sessions with STARTTLS in the offer, and without */
    uint64_t offers_not;
    uint64_t names[NAMES_KEPT]; /* hashes: client: of user names; domain: of recipients refused */
    size_t name_count;
    struct stamp first;
    struct stamp last;
};

struct patterns {
    struct subject *rows;
    size_t count;
    size_t room;
    uint32_t *index; /* open addressing: row + 1, 0 where free */
    size_t index_room;
    uint64_t overflow;
    bool has_deferred; /* a message that may come again */
    struct siphash_key key;
    struct arena arena;
    enum status status;
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
    uint8_t lower[NAME_MAX_OCTETS];
    size_t len = text.len < sizeof(lower) ? text.len : sizeof(lower);

    for (size_t i = 0; i < len; i++)
        lower[i] = ascii_upper(text.data[i]);
    return siphash13(&patterns->key, slice_of(lower, len));
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
    uint64_t key = endpoint_key(patterns, &record->client.address, 0);
    char name[ADDRESS_TEXT_MAX];

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

static struct slice domain_of(struct slice address)
{
    size_t at;

    while ((at = slice_find(address, 0, '@')) != SLICE_NONE)
        address = slice_from(address, at + 1);
    return address;
}

static void add_domain(struct patterns *patterns, const struct session_record *record,
                       const struct message *message, const struct recipient *recipient)
{
    struct slice domain = domain_of(recipient->address);
    bool is_refused = refusal_of(message, recipient) >= 500;
    uint64_t key = hash_nocase(patterns, domain);
    struct subject *subject;

    if (domain.len == recipient->address.len || recipient->verdict == VERDICT_UNKNOWN)
        return;
    subject = subject_of(patterns, key, SUBJECT_DOMAIN, domain);
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

/* Of recipients that the message was deferred for, or of all. The sum does not depend on their
 * order, which a retry may change. */
static uint64_t message_key(const struct patterns *patterns, const struct message *message,
                            bool deferred_only)
{
    uint64_t key = hash_nocase(patterns, message->from);

    for (uint32_t i = 0; i < message->recipient_count; i++) {
        const struct recipient *recipient = &message->recipients[i];

        if (!deferred_only || is_deferral(refusal_of(message, recipient)))
            key += hash_nocase(patterns, recipient->address) | 1;
    }
    return key;
}

static void add_message(struct patterns *patterns, const struct session_record *record,
                        const struct message *message)
{
    struct subject *subject;

    if (!message->has_from)
        return;
    if (is_deferred(message)) {
        subject = subject_of(patterns, message_key(patterns, message, true), SUBJECT_MESSAGE,
                             message->from);
        if (subject != NULL) {
            note_session(subject, record);
            subject->bad++;
            patterns->has_deferred = true;
        }
        return;
    }
    if (message->verdict != VERDICT_ACCEPTED || !patterns->has_deferred)
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

static void add_name(struct sentence *s, struct slice name)
{
    if (name.len == 0)
        sentence_add(s, "<>");
    else
        sentence_add_octets(s, name, 120);
}

static bool client_pattern(const struct subject *subject, struct pattern *out)
{
    if (subject->name_count < MANY_NAMES)
        return false;
    out->id = "auth-many-names";
    out->severity = SEVERITY_WARNING;
    out->fix =
        "Block the client, or delay it after each failure (fail2ban); see whether one of its "
        "attempts went through.";
    out->reference = "RFC 4954 9";
    sentence_add(&out->message, "client ");
    add_name(&out->message, subject->name);
    sentence_add(&out->message, " failed AUTH %s times with %s%zu user names in %s session%s",
                 number_text_of(subject->bad).text,
                 subject->name_count == NAMES_KEPT ? "at least " : "", subject->name_count,
                 number_text_of(subject->session_total).text, plural(subject->session_total));
    return true;
}

static bool server_defers(const struct subject *subject, struct pattern *out)
{
    if (subject->bad < MANY_SESSIONS || subject->good > 0)
        return false;
    out->id = "server-defers-all";
    out->severity = SEVERITY_WARNING;
    out->fix =
        "Look into that server's log: greylisting that never lets go, a full disk, a database "
        "or name server that does not answer. Senders give up after some days.";
    out->reference = "RFC 5321 4.5.4.1";
    sentence_add(&out->message, "server ");
    add_name(&out->message, subject->name);
    sentence_add(&out->message, " deferred all %s sessions that brought mail",
                 number_text_of(subject->bad).text);
    return true;
}

static bool offer_varies(const struct subject *subject, struct pattern *out)
{
    if (subject->offers == 0 || subject->offers_not == 0)
        return false;
    out->id = "starttls-offer-varies";
    out->severity = SEVERITY_WARNING;
    out->fix =
        "See what tells those sessions apart: a load balancer with servers that are set up "
        "differently, a certificate that fails to load, a rule by client address, or someone "
        "between who strips STARTTLS.";
    out->reference = "RFC 3207 6";
    sentence_add(&out->message, "server ");
    add_name(&out->message, subject->name);
    sentence_add(&out->message, " offered STARTTLS in %s session%s and not in %s",
                 number_text_of(subject->offers).text, plural(subject->offers),
                 number_text_of(subject->offers_not).text);
    return true;
}

static bool domain_pattern(const struct subject *subject, struct pattern *out)
{
    if (subject->name_count < MANY_RECIPIENTS || subject->session_total < 2 || subject->good > 0)
        return false;
    out->id = "domain-refuses-all";
    out->severity = SEVERITY_WARNING;
    out->fix = "Read the reasons in these sessions: the domain is gone, its server does not know "
               "it, or your server or domain is blocked there.";
    out->reference = "RFC 5321 3.6.2";
    sentence_add(&out->message, "every recipient at ");
    add_name(&out->message, subject->name);
    sentence_add(&out->message, " was refused: %s in %s sessions",
                 number_text_of(subject->bad).text, number_text_of(subject->session_total).text);
    return true;
}

static bool message_pattern(const struct subject *subject, struct pattern *out)
{
    if (subject->session_total < 2)
        return false;
    out->id = "deferred-retried";
    out->severity = subject->good > 0 ? SEVERITY_INFO : SEVERITY_WARNING;
    out->fix =
        subject->good > 0
            ? "Nothing is to be done: this is how deferral is meant to work."
            : "Read the reason of the last deferral. Greylisting lets a message through only "
              "if it comes again from the same address, some minutes later.";
    out->reference = "RFC 5321 4.5.4.1";
    sentence_add(&out->message, "a message of ");
    add_name(&out->message, subject->name);
    sentence_add(&out->message, " was deferred %s time%s and came again within %s; %s",
                 number_text_of(subject->bad).text, plural(subject->bad),
                 duration_text_of(stamp_between(subject->first, subject->last)).text,
                 subject->good > 0 ? "it got through" : "it has not got through yet");
    return true;
}

/* A server may show two patterns: `which` counts them. */
static bool pattern_of(const struct subject *subject, size_t which, struct pattern *out)
{
    switch (subject->kind) {
    case SUBJECT_CLIENT:
        return which == 0 && client_pattern(subject, out);
    case SUBJECT_SERVER:
        return which == 0 ? server_defers(subject, out) : offer_varies(subject, out);
    case SUBJECT_DOMAIN:
        return which == 0 && domain_pattern(subject, out);
    case SUBJECT_MESSAGE:
        return which == 0 && message_pattern(subject, out);
    }
    return false;
}

bool patterns_next(const struct patterns *patterns, size_t *at, struct pattern *out)
{
    while (*at < patterns->count * 2) {
        const struct subject *subject = &patterns->rows[*at / 2];
        size_t which = (*at)++ % 2;

        *out = (struct pattern){ .sessions = subject->sessions,
                                 .session_count = subject->session_count };
        if (pattern_of(subject, which, out))
            return true;
    }
    return false;
}
