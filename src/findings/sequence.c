/* A fold over the entries of a dialogue. We observe: a verb out of order is followed all the same,
 * as far as the server's replies went along with it. */
#include "findings/sequence.h"

struct sequence sequence_of(const struct session_record *record)
{
    enum certainty at_start = record_has_start(record) ? CERTAINLY_NOT : PERHAPS;

    return (struct sequence){ .greeted = at_start, .transaction = at_start };
}

static void close_transaction(struct sequence *sequence)
{
    sequence->transaction = CERTAINLY_NOT;
    sequence->mail = 0;
    sequence->accepted = 0;
    sequence->refused = 0;
    sequence->undecided = 0;
    sequence->last_rcpt = 0;
    sequence->content = VERB_NONE;
}

static void step_mail(struct sequence *sequence, const struct session_record *record,
                      const struct entry *entry)
{
    enum verdict verdict = record_verdict(record, entry->command.answered_by);

    if (verdict == VERDICT_REFUSED && sequence->transaction != CERTAINLY_NOT)
        return; /* a nested one, refused: the first stays open */
    close_transaction(sequence);
    sequence->mail = entry_number(record, entry);
    if (verdict == VERDICT_ACCEPTED)
        sequence->transaction = CERTAINLY;
    else if (verdict == VERDICT_UNKNOWN)
        sequence->transaction = PERHAPS;
}

static void step_rcpt(struct sequence *sequence, const struct session_record *record,
                      const struct entry *entry)
{
    sequence->last_rcpt = entry_number(record, entry);
    switch (record_verdict(record, entry->command.answered_by)) {
    case VERDICT_UNKNOWN:
        sequence->undecided++;
        break;
    case VERDICT_ACCEPTED:
        sequence->accepted++;
        break;
    case VERDICT_REFUSED:
        sequence->refused++;
        break;
    }
}

/* RFC 5321 4.1.1.1, 4.1.1.5: these end a transaction where they are accepted. */
static void step_reset(struct sequence *sequence, const struct session_record *record,
                       const struct entry *entry)
{
    switch (record_verdict(record, entry->command.answered_by)) {
    case VERDICT_ACCEPTED:
        close_transaction(sequence);
        break;
    case VERDICT_UNKNOWN:
        close_transaction(sequence);
        sequence->transaction = PERHAPS;
        break;
    case VERDICT_REFUSED:
        break;
    }
}

static void step_command(struct sequence *sequence, const struct session_record *record,
                         const struct entry *entry)
{
    enum smtp_verb verb = entry->verb;

    if (verb_says_hello(verb)) {
        if (record_verdict(record, entry->command.answered_by) != VERDICT_REFUSED)
            sequence->greeted = CERTAINLY;
        sequence->hello = entry_number(record, entry);
        step_reset(sequence, record, entry);
    } else if (verb == VERB_RSET || smtp_verb_starts_tls(verb) || verb == VERB_XCLIENT) {
        step_reset(sequence, record, entry);
    } else if (verb_opens_transaction(verb)) {
        step_mail(sequence, record, entry);
    } else if (verb == VERB_RCPT) {
        step_rcpt(sequence, record, entry);
    } else if (verb == VERB_BURL) {
        close_transaction(sequence);
        sequence->transaction = PERHAPS; /* open still unless it was the last part */
    } else if (verb == VERB_BDAT) {
        sequence->content = VERB_BDAT;
    }
}

/* RFC 5321 4.1.1.4, RFC 3030 2: the end of the content ends the transaction, however it is
 * answered. After a chunk that was refused its state is open until RSET. */
static void step_data(struct sequence *sequence, const struct session_record *record,
                      const struct entry *entry)
{
    enum verdict verdict = record_verdict(record, entry->data.answered_by);

    if (entry->verb == VERB_BDAT && (!entry->data.is_last || verdict == VERDICT_REFUSED)) {
        if (verdict == VERDICT_REFUSED && sequence->transaction != CERTAINLY_NOT)
            sequence->transaction = PERHAPS;
        return;
    }
    close_transaction(sequence);
    if (!entry->data.is_complete || !entry_is_whole(entry))
        sequence->transaction = PERHAPS;
}

void sequence_step(struct sequence *sequence, const struct session_record *record,
                   const struct entry *entry)
{
    switch (entry->kind) {
    case ENTRY_COMMAND:
        step_command(sequence, record, entry);
        break;
    case ENTRY_DATA:
        step_data(sequence, record, entry);
        break;
    case ENTRY_GAP:
        close_transaction(sequence);
        sequence->transaction = PERHAPS;
        sequence->greeted = PERHAPS;
        break;
    case ENTRY_TLS:
        close_transaction(sequence);
        break;
    case ENTRY_SASL:
    case ENTRY_REPLY:
        break;
    }
}

bool sequence_knew(const struct session_record *record, uint32_t n, const struct entry *entry)
{
    const struct entry *command = record_entry(record, n);
    const struct entry *reply;

    if (command == NULL)
        return true;
    reply = record_entry(record, entry_answer(command));
    return reply != NULL && place_is_before(reply->begin, entry->begin);
}
