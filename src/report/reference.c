/* Prints the catalog's texts, wrapped to the terminal, under the labels of the user's language. */
#include "report/reference.h"

#include <string.h>

#include "base/mem.h"
#include "report/layout.h"

/* Longer pastes are cut: a bounce's reply has a few hundred octets. */
enum { PASTED_MAX = 8192 };

static bool is_digit_at(struct slice s, size_t at)
{
    return at < s.len && ascii_is_digit(s.data[at]);
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

static unsigned code_at(struct slice s, size_t at)
{
    return (unsigned)(s.data[at] - '0') * 100 + (unsigned)(s.data[at + 1] - '0') * 10 +
           (unsigned)(s.data[at + 2] - '0');
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

bool reference_parse(const char *pasted, char *room, size_t size, struct reply_key *key)
{
    struct slice s = slice_of_string(pasted);
    size_t at = find_code(s, 0);
    size_t used = 0;

    *key = (struct reply_key){ 0 };
    if (at == SLICE_NONE)
        return false;
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
    key->text = slice_of(room, used);
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

/* The contexts in which a bare code says more: "to RCPT", "with 5.1.1". */
static void print_contexts(struct layout *l, const struct catalog *catalog, unsigned code)
{
    struct catalog_row row;

    for (size_t i = 0; catalog_context_at(catalog, code, i, &row); i++) {
        if (i == 0) {
            layout_blank(l);
            layout_text(l, ROLE_STRONG, "More specific");
            layout_end(l);
        }
        layout_text(l, ROLE_PLAIN, "  ");
        if (row.enhanced != NULL) {
            layout_foreign(l, ROLE_PLAIN, row.enhanced);
            layout_text(l, ROLE_PLAIN, " ");
        }
        if (row.verb != NULL) {
            bool is_end = strcmp(row.verb, ".") == 0;
            bool is_greeting = strcmp(row.verb, "CONNECT") == 0;

            layout_text(l, ROLE_PLAIN, is_greeting ? "as the greeting" : "to ");
            if (is_end)
                layout_text(l, ROLE_PLAIN, "the end of data");
            else if (!is_greeting)
                layout_foreign(l, ROLE_PLAIN, row.verb);
        }
        layout_pad(l, 24);
        layout_text(l, ROLE_PLAIN, " ");
        layout_hang(l);
        layout_foreign(l, ROLE_PLAIN, row.title != NULL ? row.title : row.when_seen);
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

    layout_format(l, role_of(key->code), "%u", key->code);
    if (enhanced_code_text(key->enhanced, enhanced) > 0)
        layout_format(l, role_of(key->code), " %s", enhanced);
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
    bool is_bare = key->enhanced.class == 0 && key->text.len == 0;
    struct annotation annotation;

    catalog_annotate(options->catalog, key, &annotation);
    print_title(&l, key, &annotation);
    if (key->text.len > 0) {
        layout_blank(&l);
        layout_text(&l, ROLE_DIM, "> ");
        layout_hang(&l);
        layout_wire(&l, ROLE_PLAIN, key->text);
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
        !reference_parse((const char *)pasted.data, room, sizeof(room), &key))
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
