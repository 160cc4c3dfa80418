/* Lines behind a look-alike are read as a lenient server would read them: ended by CR or LF. */
#include "smtp/lookalike.h"

#include "base/mem.h"

/* "MAIL FROM:", with blanks where servers bear them: "MAIL  FROM :". */
static bool has_keyword(struct slice line, const char *keyword)
{
    struct slice rest = slice_trim(slice_from(line, strlen("MAIL")));
    struct slice wanted = slice_of_string(keyword);

    if (!slice_starts_nocase(rest, wanted))
        return false;
    rest = slice_trim(slice_from(rest, wanted.len));
    return rest.len > 0 && rest.data[0] == ':';
}

/* "DATA" and nothing else: prose seldom has a line of one such word. */
static bool stands_alone(struct slice line)
{
    struct slice rest = slice_trim(line);

    (void)slice_next_word(&rest);
    return rest.len == 0;
}

/* One argument, and no more: "HELO there my friend" is prose. */
static bool has_one_word(struct slice line)
{
    struct slice rest = slice_trim(line);

    (void)slice_next_word(&rest);
    return slice_next_word(&rest).len > 0 && rest.len == 0;
}

static bool begins_with_digit(struct slice line)
{
    struct slice rest = line;
    struct slice word;

    (void)slice_next_word(&rest);
    word = slice_next_word(&rest);
    return word.len > 0 && ascii_is_digit(word.data[0]);
}

/* Octets of "AUTH MECHANISM" where the mechanism is one of those in use; 0: none. */
static size_t auth_length(struct slice line)
{
    static const char *const mechanisms[] = { "PLAIN",   "LOGIN",       "CRAM-MD5", "DIGEST-MD5",
                                              "XOAUTH2", "OAUTHBEARER", "NTLM",     "GSSAPI" };
    struct slice rest = line;
    struct slice word;

    (void)slice_next_word(&rest);
    word = slice_next_word(&rest);
    for (size_t i = 0; i < sizeof(mechanisms) / sizeof(*mechanisms); i++) {
        if (slice_equal_nocase(word, slice_of_string(mechanisms[i])))
            return (size_t)(word.data - line.data) + word.len;
    }
    return slice_starts_nocase(word, slice_of_string("SCRAM-"))
               ? (size_t)(word.data - line.data) + word.len
               : 0;
}

size_t lookalike_command(struct slice line, enum smtp_verb *verb)
{
    bool is_command = false;

    *verb = smtp_verb_of(line);
    if (*verb == VERB_MAIL)
        is_command = has_keyword(line, "FROM");
    else if (*verb == VERB_RCPT)
        is_command = has_keyword(line, "TO");
    else if (*verb == VERB_EHLO || *verb == VERB_HELO || *verb == VERB_LHLO)
        is_command = has_one_word(line);
    else if (*verb == VERB_DATA || *verb == VERB_RSET || *verb == VERB_NOOP ||
             *verb == VERB_STARTTLS)
        is_command = stands_alone(line);
    else if (*verb == VERB_BDAT)
        is_command = begins_with_digit(line);
    else if (*verb == VERB_XCLIENT || *verb == VERB_XFORWARD)
        is_command = slice_find(line, 0, '=') != SLICE_NONE;
    else if (*verb == VERB_AUTH)
        return auth_length(line);
    return is_command ? line.len : 0;
}

/* "250 ok": text quotes a dialogue, and commands in it are words. */
static bool is_reply(struct slice line)
{
    if (line.len < 3)
        return false;
    for (size_t i = 0; i < 3; i++) {
        if (!ascii_is_digit(line.data[i]))
            return false;
    }
    return line.len == 3 || line.data[3] == ' ' || line.data[3] == '-';
}

enum smuggled_step lookalike_step(struct smuggled_lines *lines, struct slice line, size_t shown,
                                  enum smtp_verb verb)
{
    enum { SKIPPED_MAX = 20 }; /* Postfix's smtpd_hard_error_limit; others bear fewer */

    if (shown == 0) {
        if (verb == VERB_QUIT && stands_alone(line))
            return SMUGGLED_ENDS;
        if (is_reply(line))
            lines->has_mail = false;
        return ++lines->skipped > SKIPPED_MAX ? SMUGGLED_ENDS : SMUGGLED_GOES_ON;
    }
    if (verb == VERB_MAIL) {
        lines->has_mail = true;
        lines->has_rcpt = false;
    } else if (verb == VERB_RCPT) {
        lines->has_rcpt = lines->has_mail;
    } else if (verb == VERB_RSET) {
        lines->has_mail = false;
    } else if ((verb == VERB_DATA || verb == VERB_BDAT) && lines->has_mail &&
               (lines->has_rcpt || lines->skipped == 0)) {
        return SMUGGLED_MESSAGE;
    }
    return SMUGGLED_GOES_ON;
}

static void append(struct lookalike *lookalike, struct slice octets, size_t max)
{
    size_t room = sizeof(lookalike->octets) - lookalike->octets_len;

    if (octets.len > max)
        octets.len = max;
    if (octets.len > room)
        octets.len = room;
    mem_copy(lookalike->octets + lookalike->octets_len, octets.data, octets.len);
    lookalike->octets_len = (uint8_t)(lookalike->octets_len + octets.len);
}

/* The look-alike found last is the one to show if it is the first that leads to SMTP. */
static void show_current(const struct lookalike_watch *watch, struct content_facts *facts)
{
    const struct lookalike *current = &watch->current;

    if (facts->lookalike.offset == current->offset ||
        (current->leads_to != VERB_NONE && facts->lookalike.leads_to == VERB_NONE))
        facts->lookalike = *current;
}

/* The first line behind the look-alike tells what it leads to. */
static void judge_first(struct lookalike_watch *watch, struct slice line, size_t shown,
                        enum smtp_verb verb, struct content_facts *facts)
{
    struct lookalike *current = &watch->current;

    append(current, shown > 0 ? slice_part(line, 0, shown) : line, LOOKALIKE_AFTER);
    current->leads_to = shown > 0 ? verb : VERB_NONE;
    show_current(watch, facts);
}

static void judge_line(struct lookalike_watch *watch, struct content_facts *facts)
{
    struct slice line = slice_of(watch->line, watch->line_len);
    enum smtp_verb verb;
    size_t shown = lookalike_command(line, &verb);

    watch->line_is_judged = true;
    if (watch->is_first_line)
        judge_first(watch, line, shown, verb, facts);
    watch->is_first_line = false;
    switch (lookalike_step(&watch->lines, line, shown, verb)) {
    case SMUGGLED_GOES_ON:
        return;
    case SMUGGLED_MESSAGE:
        facts->smuggled++;
        watch->state = WATCH_MESSAGE;
        if (watch->current.leads_to == VERB_NONE) {
            watch->current.leads_to = VERB_MAIL;
            watch->current.skipped = watch->lines.skipped;
            show_current(watch, facts);
        }
        return;
    case SMUGGLED_ENDS:
        watch->state = WATCH_NOTHING;
        return;
    }
}

static void read_octet(struct lookalike_watch *watch, uint8_t octet, struct content_facts *facts)
{
    if (octet == '\r' || octet == '\n') {
        if (!watch->line_is_judged && watch->line_len > 0)
            judge_line(watch, facts);
        watch->line_len = 0;
        watch->line_is_judged = false;
    } else if (!watch->line_is_judged) {
        watch->line[watch->line_len++] = octet;
        if (watch->line_len == WATCH_LINE_MAX)
            judge_line(watch, facts);
    }
}

/* The newest octets replace the oldest. */
static void keep_tail(struct lookalike_watch *watch, struct slice passed)
{
    size_t fresh = passed.len < LOOKALIKE_BEFORE ? passed.len : LOOKALIKE_BEFORE;
    size_t old = watch->tail_len;

    if (fresh == LOOKALIKE_BEFORE) {
        mem_copy(watch->tail, passed.data + passed.len - fresh, LOOKALIKE_BEFORE);
        watch->tail_len = LOOKALIKE_BEFORE;
        return;
    }
    if (old > LOOKALIKE_BEFORE - fresh)
        old = LOOKALIKE_BEFORE - fresh;
    mem_move(watch->tail, watch->tail + (watch->tail_len - old), old);
    mem_copy(watch->tail + old, slice_from(passed, passed.len - fresh).data, fresh);
    watch->tail_len = (uint8_t)(old + fresh);
}

void lookalike_watch_pass(struct lookalike_watch *watch, struct slice passed,
                          struct content_facts *facts)
{
    for (size_t i = 0; i < passed.len && watch->state == WATCH_COMMANDS; i++)
        read_octet(watch, passed.data[i], facts);
    keep_tail(watch, passed);
}

void lookalike_watch_begin(struct lookalike_watch *watch, const struct lookalike *found,
                           struct content_facts *facts)
{
    watch->current = *found;
    append(&watch->current, slice_of(watch->tail, watch->tail_len), LOOKALIKE_BEFORE);
    watch->state = WATCH_COMMANDS;
    watch->lines = (struct smuggled_lines){ 0 };
    watch->line_len = 0;
    watch->line_is_judged = false;
    watch->is_first_line = true;
    if (facts->lookalikes.count == 1)
        facts->lookalike = watch->current;
}
