/* Two replies side by side, in the words of the documented comparisons. */
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "catalog/catalog_state.h"

/* printf onto the heap; NULL where there is no memory. */
__attribute__((format(printf, 1, 2))) static char *make_text(const char *format, ...)
{
    va_list args;
    char *text;
    int size;

    va_start(args, format);
    size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size < 0)
        return NULL;
    text = mem_alloc((size_t)size + 1);
    if (text == NULL)
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)size + 1, format, args);
    va_end(args);
    return text;
}

/* The first letter of a sentence that goes on another, and the rest of it. A word of capitals (a
 * verb, an abbreviation) stays as it is. */
static char first_letter(const char *text)
{
    bool is_word_of_capitals = text[0] != '\0' && text[1] >= 'A' && text[1] <= 'Z';

    return is_word_of_capitals
               ? text[0]
               : (char)(ascii_is_alpha((uint8_t)text[0]) ? text[0] | 0x20 : text[0]);
}

static char *make_intro(const struct catalog *catalog, const struct catalog_entry *a,
                        const struct catalog_entry *b, bool is_same_class)
{
    const char *class_a = catalog->classes[a->code / 100];
    const char *class_b = catalog->classes[b->code / 100];

    if (is_same_class)
        return make_text("Both SMTP %u (%s) and %u (%s) belong to the %s category. "
                         "%u indicates that %c%s Meanwhile, %u means that %c%s",
                         a->code, a->title, b->code, b->title, class_a, a->code,
                         first_letter(a->description), a->description + 1, b->code,
                         first_letter(b->description), b->description + 1);
    return make_text("SMTP %u (%s) is a %s response, while %u (%s) is a %s response. "
                     "%u indicates that %c%s In contrast, %u means that %c%s",
                     a->code, a->title, class_a, b->code, b->title, class_b, a->code,
                     first_letter(a->description), a->description + 1, b->code,
                     first_letter(b->description), b->description + 1);
}

static void add_difference(struct comparison *comparison, char *text)
{
    comparison->key_differences[comparison->key_difference_count++] = text;
}

static void make_differences(struct comparison *comparison, const struct catalog *catalog,
                             const struct catalog_entry *a, const struct catalog_entry *b,
                             bool is_same_class)
{
    if (!is_same_class)
        add_difference(comparison, make_text("%u is a %s response, while %u is a %s response.",
                                             a->code, catalog->classes[a->code / 100], b->code,
                                             catalog->classes[b->code / 100]));
    add_difference(comparison, make_text("SMTP %u: %s", a->code, a->description));
    add_difference(comparison, make_text("SMTP %u: %s", b->code, b->description));
    add_difference(comparison, make_text("You encounter %u %c%s", a->code,
                                         first_letter(a->when_seen), a->when_seen + 1));
    add_difference(comparison, make_text("You encounter %u %c%s", b->code,
                                         first_letter(b->when_seen), b->when_seen + 1));
}

enum status catalog_compare(const struct catalog *catalog, unsigned code_a, unsigned code_b,
                            struct comparison *out)
{
    const struct catalog_entry *a = catalog_find(catalog, code_a, NULL, NULL);
    const struct catalog_entry *b = catalog_find(catalog, code_b, NULL, NULL);
    bool is_whole;
    bool is_same_class;

    *out = (struct comparison){ 0 };
    if (a == NULL || b == NULL)
        return STATUS_USAGE;
    is_same_class = a->code / 100 == b->code / 100;
    out->heading = make_text("SMTP %u %s vs %u %s", a->code, a->title, b->code, b->title);
    out->intro = make_intro(catalog, a, b, is_same_class);
    make_differences(out, catalog, a, b, is_same_class);
    out->when_to_use = make_text("For %u (%s): %s For %u (%s): %s", a->code, a->title, a->fix,
                                 b->code, b->title, b->fix);
    is_whole = out->heading != NULL && out->intro != NULL && out->when_to_use != NULL;
    for (size_t i = 0; i < out->key_difference_count; i++)
        is_whole = is_whole && out->key_differences[i] != NULL;
    if (!is_whole) {
        comparison_clear(out);
        return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

void comparison_clear(struct comparison *comparison)
{
    mem_free(comparison->heading);
    mem_free(comparison->intro);
    for (size_t i = 0; i < comparison->key_difference_count; i++)
        mem_free(comparison->key_differences[i]);
    mem_free(comparison->when_to_use);
    *comparison = (struct comparison){ 0 };
}
