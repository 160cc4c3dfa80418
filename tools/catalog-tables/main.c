/* A step of the build, not part of the program: reads catalog.json, the same way as a site's own file
 * is read, and writes its tables as C: catalog_tables INPUT OUTPUT. */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/mem.h"
#include "catalog/catalog_state.h"
#include "catalog/source.h"

enum { TEXTS_MAX = 16384 };

/* Each text once: who gets the same pointer gets the same text, and the other way round. */
struct texts {
    const char *list[TEXTS_MAX];
    size_t count;
    FILE *out;
};

__attribute__((noreturn)) static void give_up(const char *what)
{
    fprintf(stderr, "catalog_tables: %s\n", what);
    exit(1);
}

static void define(const struct texts *texts, size_t index)
{
    fprintf(texts->out, "static const char t%zu[] = \"", index);
    for (const char *c = texts->list[index]; *c != '\0'; c++) {
        uint8_t octet = (uint8_t)*c;

        if (octet < ' ' || octet > '~' || octet == '"' || octet == '\\' || octet == '?')
            fprintf(texts->out, "\\%03o", (unsigned)octet);
        else
            fputc(octet, texts->out);
    }
    fprintf(texts->out, "\";\n");
}

static size_t find(const struct texts *texts, const char *text)
{
    size_t index = 0;

    while (index < texts->count && texts->list[index] != text)
        index++;
    return index;
}

static void add_text(struct texts *texts, const char *text)
{
    if (text == NULL || find(texts, text) < texts->count)
        return;
    if (texts->count == TEXTS_MAX)
        give_up("too many texts");
    texts->list[texts->count] = text;
    define(texts, texts->count++);
}

static void add_entry_texts(struct texts *texts, const struct catalog_entry *entry)
{
    add_text(texts, entry->enhanced_name);
    add_text(texts, entry->verb);
    add_text(texts, entry->title);
    add_text(texts, entry->description);
    add_text(texts, entry->when_seen);
    add_text(texts, entry->fix);
    add_text(texts, entry->reference);
}

static void add_labels_texts(struct texts *texts, const struct labels *labels)
{
    add_text(texts, labels->description);
    add_text(texts, labels->when_seen);
    add_text(texts, labels->fix);
    add_text(texts, labels->key_differences);
    add_text(texts, labels->when_to_use);
}

static void write_texts(struct texts *texts, const struct catalog *catalog)
{
    for (size_t i = 0; i < catalog->entry_count; i++)
        add_entry_texts(texts, &catalog->entries[i]);
    for (size_t i = 0; i < catalog->phrase_count; i++) {
        add_text(texts, catalog->phrases[i].phrase);
        add_text(texts, catalog->phrases[i].verb);
        add_text(texts, catalog->phrases[i].add);
        add_entry_texts(texts, &catalog->phrases[i].replace);
    }
    for (size_t i = 0; i < CATALOG_CLASSES; i++) {
        add_text(texts, catalog->classes[i]);
        add_entry_texts(texts, &catalog->class_texts[i]);
    }
    for (size_t i = 0; i < LANGUAGE_COUNT; i++)
        add_labels_texts(texts, &catalog->labels[i]);
}

/* "t17, " or "NULL, ". */
static void refer(const struct texts *texts, const char *text)
{
    if (text == NULL)
        fprintf(texts->out, "NULL, ");
    else
        fprintf(texts->out, "t%zu, ", find(texts, text));
}

static void write_enhanced(const struct texts *texts, struct enhanced_code enhanced)
{
    fprintf(texts->out, "{ %u, %u, %u }, ", (unsigned)enhanced.class, (unsigned)enhanced.subject,
            (unsigned)enhanced.detail);
}

static void write_entry(const struct texts *texts, const struct catalog_entry *entry)
{
    fprintf(texts->out, "{ %u, %d, ", entry->code, entry->has_enhanced);
    write_enhanced(texts, entry->enhanced);
    refer(texts, entry->enhanced_name);
    refer(texts, entry->verb);
    refer(texts, entry->title);
    refer(texts, entry->description);
    refer(texts, entry->when_seen);
    refer(texts, entry->fix);
    refer(texts, entry->reference);
    fprintf(texts->out, "},\n");
}

static void write_phrase(const struct texts *texts, const struct catalog_phrase *phrase)
{
    fprintf(texts->out, "{ ");
    refer(texts, phrase->phrase);
    fprintf(texts->out, "%zu, %u, %u, %d, ", phrase->length, phrase->code, phrase->class,
            phrase->has_enhanced);
    write_enhanced(texts, phrase->enhanced);
    refer(texts, phrase->verb);
    refer(texts, phrase->add);
    write_entry(texts, &phrase->replace);
    fprintf(texts->out, "%u },\n", (unsigned)phrase->next);
}

static void write_numbers(const struct texts *texts, const uint32_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(texts->out, "%u,%s", (unsigned)numbers[i], i % 16 == 15 ? "\n" : " ");
}

static void write_tables(const struct texts *texts, const struct catalog *catalog)
{
    FILE *out = texts->out;

    fprintf(out, "static struct catalog_entry entries[] = {\n");
    for (size_t i = 0; i < catalog->entry_count; i++)
        write_entry(texts, &catalog->entries[i]);
    fprintf(out, "};\nstatic uint32_t slots[] = {\n");
    write_numbers(texts, catalog->slots, catalog->slot_mask + 1);
    fprintf(out, "};\nstatic uint32_t rows[] = {\n");
    write_numbers(texts, catalog->rows, catalog->row_count);
    fprintf(out, "};\nstatic struct catalog_phrase phrases[] = {\n");
    for (size_t i = 0; i < catalog->phrase_count; i++)
        write_phrase(texts, &catalog->phrases[i]);
    fprintf(out, "};\n");
}

static void write_labels(const struct texts *texts, const struct labels *labels)
{
    fprintf(texts->out, "{ ");
    refer(texts, labels->description);
    refer(texts, labels->when_seen);
    refer(texts, labels->fix);
    refer(texts, labels->key_differences);
    refer(texts, labels->when_to_use);
    fprintf(texts->out, "},\n");
}

static void write_catalog(const struct texts *texts, const struct catalog *catalog)
{
    FILE *out = texts->out;

    fprintf(out, "const struct catalog catalog_builtin = {\n");
    fprintf(out, ".entries = entries, .entry_count = %zu, .entry_room = %zu,\n",
            catalog->entry_count, catalog->entry_room);
    fprintf(out, ".slots = slots, .slot_mask = %zu,\n", catalog->slot_mask);
    fprintf(out, ".rows = rows, .row_count = %zu,\n", catalog->row_count);
    fprintf(out, ".phrases = phrases, .phrase_count = %zu, .phrase_room = %zu,\n",
            catalog->phrase_count, catalog->phrase_room);
    fprintf(out, ".phrase_letters = %u, .phrase_heads = {\n", (unsigned)catalog->phrase_letters);
    write_numbers(texts, catalog->phrase_heads, PHRASE_HEADS);
    fprintf(out, "},\n.classes = { ");
    for (size_t i = 0; i < CATALOG_CLASSES; i++)
        refer(texts, catalog->classes[i]);
    fprintf(out, "},\n.class_texts = {\n");
    for (size_t i = 0; i < CATALOG_CLASSES; i++)
        write_entry(texts, &catalog->class_texts[i]);
    fprintf(out, "},\n.labels = {\n");
    for (size_t i = 0; i < LANGUAGE_COUNT; i++)
        write_labels(texts, &catalog->labels[i]);
    fprintf(out, "} };\n");
}

int main(int argc, char **argv)
{
    struct catalog catalog = { 0 };
    struct texts *texts = mem_calloc(1, sizeof(*texts));
    char error[256] = "";
    json_t *root;

    if (argc != 3 || texts == NULL)
        give_up("usage: catalog_tables INPUT OUTPUT");
    if (catalog_source_file(&root, argv[1], error, sizeof(error)) != STATUS_OK ||
        !catalog_load(&catalog, root, error, sizeof(error)))
        give_up(error);
    catalog_index_phrases(&catalog);
    texts->out = fopen(argv[2], "w");
    if (catalog_index_rows(&catalog) != STATUS_OK || texts->out == NULL)
        give_up("the tables cannot be written");
    fprintf(texts->out, "/* Made of catalog.json by main.c. */\n"
                        "#include \"catalog/catalog_state.h\"\n");
    write_texts(texts, &catalog);
    write_tables(texts, &catalog);
    write_catalog(texts, &catalog);
    if (fclose(texts->out) != 0)
        give_up("the tables cannot be written");
    mem_free(texts);
    catalog_clear_tables(&catalog);
    json_decref(root);
    return 0;
}
