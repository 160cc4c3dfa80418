/* Prints the catalog's texts, wrapped to the terminal, under the labels of the user's language. */
#include "report/reference.h"

#include <string.h>

#include "base/mem.h"
#include "report/layout.h"

/* No server uses 299, 499 and 599: they stand for the class where an enhanced code comes alone. */
enum { CLASS_ALONE = 99 };

/* Longer pastes are cut: a bounce's reply has a few hundred octets. */
enum { PASTED_MAX = 8192 };

static bool is_digit_at(struct slice s, size_t at)
{
    return at < s.len && ascii_is_digit(s.data[at]);
}

static unsigned code_at(struct slice s, size_t at)
{
    return (unsigned)(s.data[at] - '0') * 100 + (unsigned)(s.data[at + 1] - '0') * 10 +
           (unsigned)(s.data[at + 2] - '0');
}

/* Three digits from 200 to 599 that are no part of a longer word. */
static bool is_code_at(struct slice s, size_t at)
{
    bool begins = at == 0 || (!ascii_is_alpha(s.data[at - 1]) && !is_digit_at(s, at - 1) &&
                              s.data[at - 1] != '.');
    bool ends = at + 3 == s.len || strchr(" -\t\r\n;:,", s.data[at + 3]) != NULL;

    return begins && ends && s.data[at] >= '2' && s.data[at] <= '5' && is_digit_at(s, at + 1) &&
           is_digit_at(s, at + 2);
}

/* "relay=mx[192.0.2.25]:587," or "size=450,": a port or a size, as logs have them. */
static bool is_other_number(struct slice s, size_t at)
{
    if (at > 0 && s.data[at - 1] == '=')
        return true;
    return at > 1 && s.data[at - 1] == ':' && s.data[at - 2] == ']';
}

/* Where a reply's code stands. What may be another number is one where there is no better. */
static size_t find_code(struct slice s, size_t from)
{
    size_t doubtful = SLICE_NONE;

    for (size_t at = from; at + 3 <= s.len; at++) {
        if (!is_code_at(s, at))
            continue;
        if (!is_other_number(s, at))
            return at;
        if (doubtful == SLICE_NONE)
            doubtful = at;
    }
    return doubtful;
}

static bool has_enhanced_code(struct slice s, size_t at)
{
    struct enhanced_code enhanced;
    struct slice rest = slice_from(s, at + 4);

    return enhanced_code_parse(rest, &enhanced) > 0 && rest.data[0] == s.data[at];
}

/* In a line of a log other numbers look like codes ("delay=300,"): the one with an enhanced code
 * is meant, else the one at the beginning or behind a colon, else the first. */
static size_t find_reply(struct slice s)
{
    size_t first = find_code(s, 0);
    size_t after_colon = SLICE_NONE;

    for (size_t at = first; at != SLICE_NONE; at = find_code(s, at + 3)) {
        if (has_enhanced_code(s, at))
            return at;
        if (after_colon == SLICE_NONE &&
            (at == 0 || (at >= 2 && s.data[at - 2] == ':' && s.data[at - 1] == ' ')))
            after_colon = at;
    }
    return after_colon != SLICE_NONE ? after_colon : first;
}

/* Where the reply of several lines begins that the line at `at` belongs to. */
static size_t first_line_of(struct slice s, size_t at)
{
    for (size_t line = at; line > 0;) {
        line--;
        while (line > 0 && s.data[line - 1] != '\n')
            line--;
        if (at == 0 || s.data[at - 1] != '\n' || !is_code_at(s, line) ||
            code_at(s, line) != code_at(s, at) || s.data[line + 3] != '-')
            return at;
        at = line;
    }
    return at;
}

/* What the reply answered, where a log or a bounce says so, in the words of Postfix and Exim. */
static const char *find_verb(struct slice s)
{
    static const struct {
        const char *words;
        const char *verb;
    } known[] = {
        { "in reply to end of data", "." },     { "after end of data", "." },
        { "in reply to rcpt to", "RCPT" },      { "after rcpt to:", "RCPT" },
        { "after pipelined rcpt to:", "RCPT" }, { "in reply to mail from", "MAIL" },
        { "after mail from:", "MAIL" },         { "after pipelined mail from:", "MAIL" },
        { "in reply to data", "DATA" },         { "in reply to ehlo", "EHLO" },
        { "in reply to helo", "HELO" },         { "after ehlo", "EHLO" },
        { "in reply to bdat", "BDAT" },         { "in reply to starttls", "STARTTLS" },
        { "refused to talk to me", "CONNECT" }, { "after initial connection", "CONNECT" },
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (slice_find_nocase(s, slice_of_string(known[i].words)) != SLICE_NONE)
            return known[i].verb;
    }
    return NULL;
}

/* An enhanced code at the beginning, '#' before it as some servers have it. */
static size_t enhanced_length(struct slice text, struct enhanced_code *out)
{
    size_t skipped = text.len > 0 && text.data[0] == '#' ? 1 : 0;
    size_t end;
    struct slice word;

    while (skipped + 1 < text.len && text.data[skipped] == ' ')
        skipped++;
    word = slice_from(text, skipped);
    end = slice_find(word, 0, ' ');
    word = slice_part(word, 0, end == SLICE_NONE ? word.len : end);
    while (word.len > 0 && strchr(":;,)", word.data[word.len - 1]) != NULL)
        word.len--;
    return enhanced_code_parse(word, out) == 0 ? 0 : skipped + word.len;
}

/* One line of a paste behind its code: the enhanced code is taken, the rest is added to `room`. */
static size_t take_line(struct slice line, struct reply_key *key, char *room, size_t used,
                        size_t size)
{
    struct enhanced_code enhanced;
    size_t skip = enhanced_length(line, &enhanced);

    if (skip > 0)
        key->enhanced = enhanced;
    line = slice_trim(slice_from(line, skip));
    if (used > 0 && used < size)
        room[used++] = ' ';
    for (size_t i = 0; i < line.len && used < size; i++)
        room[used++] = (char)line.data[i];
    return used;
}

/* "5.7.1" without a code before it. */
static bool take_enhanced_alone(struct slice s, struct slice *text, struct reply_key *key)
{
    if (enhanced_length(s, &key->enhanced) != s.len || s.len == 0)
        return false;
    key->code = key->enhanced.class * 100U + CLASS_ALONE;
    *text = slice_of(NULL, 0);
    key->lines = text;
    key->line_count = 1;
    return true;
}

bool reference_parse(const char *pasted, char *room, size_t size, struct slice *text,
                     struct reply_key *key)
{
    struct slice s = slice_of_string(pasted);
    size_t found = find_reply(s);
    size_t at = found == SLICE_NONE ? found : first_line_of(s, found);
    size_t used = 0;

    *key = (struct reply_key){ .verb = find_verb(s) };
    if (at == SLICE_NONE)
        return take_enhanced_alone(slice_trim(s), text, key);
    key->code = code_at(s, at);
    s = slice_from(s, at + 3);
    while (s.len > 0) {
        size_t lf = slice_find(s, 0, '\n');
        struct slice line = slice_part(s, 0, lf == SLICE_NONE ? s.len : lf);

        if (line.len > 0 && line.data[line.len - 1] == '\r')
            line.len--;
        while (line.len > 0 && (line.data[0] == '-' || line.data[0] == ' '))
            line = slice_from(line, 1);
        used = take_line(line, key, room, used, size);
        s = slice_from(s, line.data == NULL || lf == SLICE_NONE ? s.len : lf + 1);
        /* The next line of the same reply repeats the code. */
        if (s.len >= 3 && is_code_at(s, 0) && code_at(s, 0) == key->code)
            s = slice_from(s, 3);
    }
    *text = slice_of(room, used);
    key->lines = text;
    key->line_count = 1;
    return true;
}

static void labelled(struct layout *l, const char *label, const char *text)
{
    if (text == NULL)
        return;
    layout_blank(l);
    layout_foreign(l, ROLE_STRONG, label);
    layout_end(l);
    layout_foreign(l, ROLE_PLAIN, text);
    layout_end_prose(l);
}

static enum role role_of(unsigned code)
{
    if (code < 400)
        return ROLE_GOOD;
    return code < 500 ? ROLE_WARN : ROLE_BAD;
}

static void print_verb(struct layout *l, const char *verb)
{
    if (strcmp(verb, ".") == 0)
        layout_text(l, ROLE_PLAIN, "the end of data");
    else if (strcmp(verb, "CONNECT") == 0)
        layout_text(l, ROLE_PLAIN, "the connection");
    else
        layout_foreign(l, ROLE_PLAIN, verb);
}

/* One column of the contexts that share a text: "5.7.23, 5.7.24" or "RCPT, the end of data". */
struct context_column {
    const struct catalog *catalog;
    unsigned code;
    const char *text; /* their when-seen */
    const char *(*of)(const struct catalog_row *);
    void (*print)(struct layout *, const char *);
};

static const char *enhanced_of_row(const struct catalog_row *row)
{
    return row->enhanced;
}

static const char *verb_of_row(const struct catalog_row *row)
{
    return row->verb;
}

static void print_enhanced(struct layout *l, const char *enhanced)
{
    layout_foreign(l, ROLE_PLAIN, enhanced);
}

/* True where one of the first `count` contexts with this text has this value, or none. */
static bool stands_before(const struct context_column *column, size_t count, const char *value)
{
    struct catalog_row row;

    for (size_t i = 0; i < count; i++) {
        const char *other;

        catalog_context_at(column->catalog, column->code, i, &row);
        other = column->of(&row);
        if (row.when_seen == column->text && (value == NULL) == (other == NULL) &&
            (value == NULL || strcmp(value, other) == 0))
            return true;
    }
    return false;
}

static void print_column(struct layout *l, const struct context_column *column, const char *head)
{
    struct catalog_row row;

    for (size_t i = 0; catalog_context_at(column->catalog, column->code, i, &row); i++) {
        const char *value = column->of(&row);

        if (row.when_seen != column->text || value == NULL || stands_before(column, i, value))
            continue;
        layout_text(l, ROLE_PLAIN, head);
        column->print(l, value);
        head = ", ";
    }
}

/* Where a text holds: "to RCPT, DATA, also with 5.7.1". */
static void print_context(struct layout *l, const struct context_column *verbs, size_t contexts)
{
    struct context_column enhanced = *verbs;

    enhanced.of = enhanced_of_row;
    enhanced.print = print_enhanced;
    print_column(l, verbs, "to ");
    if (stands_before(&enhanced, contexts, NULL))
        print_column(l, &enhanced, ", also with ");
    else
        print_column(l, &enhanced, stands_before(verbs, contexts, NULL) ? "with " : ", with ");
}

/* The contexts in which a bare code says more, those with the same text on one line. */
static void print_contexts(struct layout *l, const struct catalog *catalog, unsigned code)
{
    struct context_column verbs = {
        .catalog = catalog, .code = code, .of = verb_of_row, .print = print_verb
    };
    struct catalog_row row;
    size_t contexts = 0;

    while (catalog_context_at(catalog, code, contexts, &row))
        contexts++;
    if (contexts == 0)
        return;
    layout_blank(l);
    layout_text(l, ROLE_STRONG, "More specific");
    layout_end(l);
    for (size_t i = 0; catalog_context_at(catalog, code, i, &row); i++) {
        size_t before = 0;
        struct catalog_row other;

        while (before < i && catalog_context_at(catalog, code, before, &other) &&
               other.when_seen != row.when_seen)
            before++;
        if (before < i)
            continue;
        verbs.text = row.when_seen;
        layout_text(l, ROLE_PLAIN, "  ");
        layout_foreign(l, ROLE_PLAIN, row.title != NULL ? row.title : row.when_seen);
        layout_text(l, ROLE_PLAIN, ": ");
        layout_hang_at(l, 4);
        print_context(l, &verbs, contexts);
        layout_end_prose(l);
    }
}

static enum status finish(struct layout *l)
{
    enum status status = l->status;

    layout_clear(l);
    return status;
}

static void print_title(struct layout *l, const struct reply_key *key,
                        const struct annotation *annotation)
{
    char enhanced[ENHANCED_CODE_TEXT_MAX];

    bool has_enhanced = enhanced_code_text(key->enhanced, enhanced) > 0;

    if (!has_enhanced || key->code % 100 != CLASS_ALONE)
        layout_format(l, role_of(key->code), "%u%s", key->code, has_enhanced ? " " : "");
    if (has_enhanced)
        layout_format(l, role_of(key->code), "%s", enhanced);
    if (key->verb != NULL) {
        layout_text(l, ROLE_PLAIN, " to ");
        print_verb(l, key->verb);
    }
    layout_text(l, ROLE_PLAIN, "  ");
    layout_foreign(l, ROLE_STRONG, annotation->title);
    layout_end(l);
    layout_foreign(l, ROLE_DIM, annotation->class_name);
    layout_end(l);
}

static enum status print_explanation(FILE *out, const struct reference_options *options,
                                     const struct reply_key *key)
{
    const struct labels *labels = catalog_labels(options->catalog, options->language);
    struct layout l = layout_of(out, options->columns, options->in_colour);
    bool is_bare = key->enhanced.class == 0 && key->lines->len == 0;
    struct annotation annotation;

    catalog_annotate(options->catalog, key, &annotation);
    print_title(&l, key, &annotation);
    if (key->lines->len > 0) {
        layout_blank(&l);
        layout_text(&l, ROLE_DIM, "> ");
        layout_hang(&l);
        layout_wire(&l, ROLE_PLAIN, *key->lines);
        layout_end_prose(&l);
    }
    labelled(&l, labels->description, annotation.description);
    labelled(&l, labels->when_seen, annotation.when_seen);
    labelled(&l, labels->fix, annotation.fix);
    if (annotation.note != NULL) {
        layout_blank(&l);
        layout_foreign(&l, ROLE_NOTE, annotation.note);
        layout_end_prose(&l);
    }
    if (is_bare)
        print_contexts(&l, options->catalog, key->code);
    if (annotation.reference != NULL) {
        layout_blank(&l);
        layout_foreign(&l, ROLE_DIM, annotation.reference);
        layout_end(&l);
    }
    return finish(&l);
}

enum status reference_explain(FILE *out, const struct reference_options *options,
                              const char *const *words, size_t count)
{
    struct buf pasted = buf_of(PASTED_MAX);
    static char room[PASTED_MAX];
    struct reply_key key;
    struct slice text;
    size_t dropped;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (i > 0)
            status = buf_append(&pasted, slice_of_string(" "), &dropped);
        if (status == STATUS_OK)
            status = buf_append(&pasted, slice_of_string(words[i]), &dropped);
    }
    /* What is too long is cut; its NUL must stand. */
    if (pasted.len == PASTED_MAX)
        pasted.len--;
    if (status == STATUS_OK)
        status = buf_append(&pasted, slice_of("", 1), &dropped);
    if (status == STATUS_OK && count == 0)
        status = STATUS_USAGE;
    if (status == STATUS_OK &&
        !reference_parse((const char *)pasted.data, room, sizeof(room), &text, &key))
        status = STATUS_USAGE;
    if (status == STATUS_OK)
        status = print_explanation(out, options, &key);
    buf_clear(&pasted);
    return status;
}

enum status reference_compare(FILE *out, const struct reference_options *options, unsigned a,
                              unsigned b)
{
    const struct labels *labels = catalog_labels(options->catalog, options->language);
    const unsigned codes[] = { a, b };
    struct comparison comparison;
    enum status status = catalog_compare(options->catalog, a, b, &comparison);
    struct layout l;

    if (status != STATUS_OK)
        return status;
    l = layout_of(out, options->columns, options->in_colour);
    layout_foreign(&l, ROLE_STRONG, comparison.heading);
    layout_end_prose(&l);
    layout_blank(&l);
    layout_foreign(&l, ROLE_PLAIN, comparison.intro);
    layout_end_prose(&l);
    for (size_t i = 0; i < 2; i++) {
        struct reply_key key = { .code = codes[i] };
        struct annotation annotation;

        catalog_annotate(options->catalog, &key, &annotation);
        layout_blank(&l);
        print_title(&l, &key, &annotation);
        labelled(&l, labels->description, annotation.description);
        labelled(&l, labels->when_seen, annotation.when_seen);
        labelled(&l, labels->fix, annotation.fix);
    }
    layout_blank(&l);
    layout_foreign(&l, ROLE_STRONG, labels->key_differences);
    layout_end(&l);
    for (size_t i = 0; i < comparison.key_difference_count; i++) {
        layout_format(&l, ROLE_DIM, "%zu. ", i + 1);
        layout_hang(&l);
        layout_foreign(&l, ROLE_PLAIN, comparison.key_differences[i]);
        layout_end_prose(&l);
    }
    labelled(&l, labels->when_to_use, comparison.when_to_use);
    comparison_clear(&comparison);
    return finish(&l);
}

enum status reference_codes(FILE *out, const struct reference_options *options)
{
    struct layout l = layout_of(out, options->columns, options->in_colour);
    struct catalog_row row;

    for (size_t i = 0; catalog_row_at(options->catalog, i, &row); i++) {
        if (row.code != 0)
            layout_format(&l, role_of(row.code), "%u", row.code);
        else
            layout_foreign(&l, ROLE_PLAIN, row.enhanced);
        layout_pad(&l, 8);
        layout_hang(&l);
        layout_foreign(&l, ROLE_PLAIN, row.title);
        layout_end_prose(&l);
    }
    return finish(&l);
}
