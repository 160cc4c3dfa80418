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
    FILE *out;    /* their definitions go here at once, */
    FILE *tables; /* what names them into memory, until all are defined */
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

/* "t17, " or "NULL, "; a text that was not there before is defined first. */
static void refer(struct texts *texts, const char *text)
{
    size_t index = find(texts, text);

    if (text == NULL) {
        fprintf(texts->tables, "NULL, ");
        return;
    }
    if (index == TEXTS_MAX)
        give_up("too many texts");
    if (index == texts->count) {
        texts->list[texts->count++] = text;
        define(texts, index);
    }
    fprintf(texts->tables, "t%zu, ", index);
}

static void write_enhanced(const struct texts *texts, struct enhanced_code enhanced)
{
    fprintf(texts->tables, "{ %u, %u, %u }, ", (unsigned)enhanced.class, (unsigned)enhanced.subject,
            (unsigned)enhanced.detail);
}

static void write_entry(struct texts *texts, const struct catalog_entry *entry)
{
    fprintf(texts->tables, "{ %u, %d, ", entry->code, entry->has_enhanced);
    write_enhanced(texts, entry->enhanced);
    refer(texts, entry->enhanced_name);
    refer(texts, entry->verb);
    refer(texts, entry->title);
    refer(texts, entry->description);
    refer(texts, entry->when_seen);
    refer(texts, entry->fix);
    refer(texts, entry->reference);
    fprintf(texts->tables, "},\n");
}

static void write_phrase(struct texts *texts, const struct catalog_phrase *phrase)
{
    fprintf(texts->tables, "{ ");
    refer(texts, phrase->phrase);
    fprintf(texts->tables, "%zu, %u, %u, %d, ", phrase->length, phrase->code, phrase->class,
            phrase->has_enhanced);
    write_enhanced(texts, phrase->enhanced);
    refer(texts, phrase->verb);
    refer(texts, phrase->add);
    write_entry(texts, &phrase->replace);
    fprintf(texts->tables, "%u },\n", (unsigned)phrase->next);
}

static void write_numbers(const struct texts *texts, const uint32_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(texts->tables, "%u,%s", (unsigned)numbers[i], i % 16 == 15 ? "\n" : " ");
}

static void write_tables(struct texts *texts, const struct catalog *catalog)
{
    FILE *out = texts->tables;

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

static void write_labels(struct texts *texts, const struct labels *labels)
{
    fprintf(texts->tables, "{ ");
    refer(texts, labels->description);
    refer(texts, labels->when_seen);
    refer(texts, labels->fix);
    refer(texts, labels->key_differences);
    refer(texts, labels->when_to_use);
    fprintf(texts->tables, "},\n");
}

static void write_catalog(struct texts *texts, const struct catalog *catalog)
{
    FILE *out = texts->tables;

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
    char *tables = NULL;
    size_t size;
    json_t *root;

    if (argc != 3 || texts == NULL)
        give_up("usage: catalog_tables INPUT OUTPUT");
    if (catalog_source_file(&root, argv[1], error, sizeof(error)) != STATUS_OK ||
        !catalog_load(&catalog, root, error, sizeof(error)))
        give_up(error);
    catalog_index_phrases(&catalog);
    texts->out = fopen(argv[2], "w");
    texts->tables = open_memstream(&tables, &size);
    if (catalog_index_rows(&catalog) != STATUS_OK || texts->out == NULL || texts->tables == NULL)
        give_up("the tables cannot be written");
    fprintf(texts->out, "/* Made of catalog.json by tools/catalog-tables. */\n"
                        "#include \"catalog/catalog_state.h\"\n");
    write_tables(texts, &catalog);
    write_catalog(texts, &catalog);
    if (fclose(texts->tables) != 0 || fputs(tables, texts->out) == EOF || fclose(texts->out) != 0)
        give_up("the tables cannot be written");
    free(tables);
    mem_free(texts);
    catalog_clear_tables(&catalog);
    json_decref(root);
    return 0;
}
