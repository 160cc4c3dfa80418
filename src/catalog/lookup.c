/* Finding the texts for a reply: a hash table of exact keys, tried from the most to the least
 * specific. */
#include <string.h>

#include "base/mem.h"
#include "catalog/catalog_state.h"

/* FNV-1a over the key; the keys are the catalog's own, so no secret is needed. */
static uint32_t hash_key(unsigned code, const struct enhanced_code *enhanced, const char *verb)
{
    uint32_t hash = UINT32_C(2166136261);
    uint32_t words[] = {
        code,
        enhanced == NULL ? 0 : UINT32_C(1) + enhanced->class,
        enhanced == NULL ? 0 : enhanced->subject,
        enhanced == NULL ? 0 : enhanced->detail,
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        hash = (hash ^ words[i]) * UINT32_C(16777619);
    for (const char *c = verb == NULL ? "" : verb; *c != '\0'; c++)
        hash = (hash ^ (uint8_t)*c) * UINT32_C(16777619);
    return hash ^ hash >> 15;
}

static bool has_key(const struct catalog_entry *entry, unsigned code,
                    const struct enhanced_code *enhanced, const char *verb)
{
    if (entry->code != code || entry->has_enhanced != (enhanced != NULL) ||
        (entry->verb == NULL) != (verb == NULL))
        return false;
    if (enhanced != NULL && !enhanced_code_equal(entry->enhanced, *enhanced))
        return false;
    return verb == NULL || strcmp(entry->verb, verb) == 0;
}

/* The slot of a key: the one that holds it, or the free one where it belongs. */
static uint32_t *find_slot(const struct catalog *catalog, unsigned code,
                           const struct enhanced_code *enhanced, const char *verb)
{
    size_t at = hash_key(code, enhanced, verb) & catalog->slot_mask;

    while (catalog->slots[at] != 0 &&
           !has_key(&catalog->entries[catalog->slots[at] - 1], code, enhanced, verb))
        at = (at + 1) & catalog->slot_mask;
    return &catalog->slots[at];
}

const struct catalog_entry *catalog_find(const struct catalog *catalog, unsigned code,
                                         const struct enhanced_code *enhanced, const char *verb)
{
    uint32_t index = *find_slot(catalog, code, enhanced, verb);

    return index == 0 ? NULL : &catalog->entries[index - 1];
}

static const struct enhanced_code *enhanced_of(const struct catalog_entry *entry)
{
    return entry->has_enhanced ? &entry->enhanced : NULL;
}

/* At most half of the slots are taken, so that every search ends. */
static enum status grow(struct catalog *catalog)
{
    size_t room = catalog->entry_room == 0 ? 256 : catalog->entry_room * 2;
    struct catalog_entry *entries;
    uint32_t *slots;

    if (catalog->entry_count < catalog->entry_room)
        return STATUS_OK;
    entries = mem_realloc(catalog->entries, room * sizeof(*entries));
    if (entries == NULL)
        return STATUS_NO_MEMORY;
    catalog->entries = entries;
    slots = mem_calloc(room * 2, sizeof(*slots));
    if (slots == NULL)
        return STATUS_NO_MEMORY;
    mem_free(catalog->slots);
    catalog->slots = slots;
    catalog->slot_mask = room * 2 - 1;
    catalog->entry_room = room;
    for (size_t i = 0; i < catalog->entry_count; i++) {
        const struct catalog_entry *entry = &entries[i];

        *find_slot(catalog, entry->code, enhanced_of(entry), entry->verb) = (uint32_t)i + 1;
    }
    return STATUS_OK;
}

enum status catalog_add(struct catalog *catalog, const struct catalog_entry *entry)
{
    uint32_t *slot;

    if (grow(catalog) != STATUS_OK)
        return STATUS_NO_MEMORY;
    slot = find_slot(catalog, entry->code, enhanced_of(entry), entry->verb);
    if (*slot != 0) {
        catalog->entries[*slot - 1] = *entry;
        return STATUS_OK;
    }
    catalog->entries[catalog->entry_count++] = *entry;
    *slot = (uint32_t)catalog->entry_count;
    return STATUS_OK;
}

static void fill(struct annotation *out, const struct catalog_entry *entry)
{
    if (entry == NULL)
        return;
    if (out->title == NULL)
        out->title = entry->title;
    if (out->description == NULL)
        out->description = entry->description;
    /* When-seen and fix belong together: they are never mixed from two entries. */
    if (out->when_seen == NULL && out->fix == NULL) {
        out->when_seen = entry->when_seen;
        out->fix = entry->fix;
    }
    if (out->reference == NULL)
        out->reference = entry->reference;
}

static void fill_enhanced(struct annotation *out, const struct catalog *catalog,
                          struct enhanced_code enhanced)
{
    struct enhanced_code any = { ENHANCED_ANY, enhanced.subject, enhanced.detail };

    fill(out, catalog_find(catalog, 0, &enhanced, NULL));
    fill(out, catalog_find(catalog, 0, &any, NULL));
}

void catalog_annotate(const struct catalog *catalog, const struct reply_key *key,
                      struct annotation *out)
{
    const char *verb = key->verb != NULL && key->verb[0] != '\0' ? key->verb : NULL;
    /* RFC 3463 2: the classes agree, or the enhanced code says nothing that can be trusted. */
    bool has_enhanced = key->enhanced.class != 0 && key->enhanced.class == key->code / 100;
    bool is_general = key->enhanced.detail == 0;
    const struct catalog_phrase *replaces;
    const struct catalog_phrase *adds;

    *out = (struct annotation){ 0 };
    if (key->code < 200 || key->code > 599)
        return;
    out->class_name = catalog->classes[key->code / 100];
    catalog_find_phrases(catalog, key, &replaces, &adds);
    out->note = adds == NULL ? NULL : adds->add;
    fill(out, replaces == NULL ? NULL : &replaces->replace);
    if (has_enhanced) {
        if (verb != NULL)
            fill(out, catalog_find(catalog, key->code, &key->enhanced, verb));
        fill(out, catalog_find(catalog, key->code, &key->enhanced, NULL));
        if (!is_general)
            fill_enhanced(out, catalog, key->enhanced);
    }
    if (verb != NULL)
        fill(out, catalog_find(catalog, key->code, NULL, verb));
    if (has_enhanced && is_general)
        fill_enhanced(out, catalog, key->enhanced);
    fill(out, catalog_find(catalog, key->code, NULL, NULL));
    fill(out, &catalog->class_texts[key->code / 100]);
}

/* Reply codes come first in `codes`, then enhanced ones, then contexts. */
static unsigned kind_of(const struct catalog_entry *entry)
{
    if (entry->verb == NULL && !entry->has_enhanced)
        return 0;
    return entry->verb == NULL && entry->code == 0 && entry->enhanced.class == ENHANCED_ANY ? 1 : 2;
}

static void fill_row(struct catalog_row *row, const struct catalog_entry *entry)
{
    *row = (struct catalog_row){
        .code = entry->code,
        .enhanced = entry->has_enhanced ? entry->enhanced_name : NULL,
        .verb = entry->verb,
        .title = entry->title,
        .when_seen = entry->when_seen,
        .fix = entry->fix,
    };
}

/* Ordered by code, or by subject and detail. */
static bool comes_before(const struct catalog_entry *a, const struct catalog_entry *b)
{
    if (kind_of(a) != kind_of(b))
        return kind_of(a) < kind_of(b);
    if (a->code != b->code)
        return a->code < b->code;
    if (a->enhanced.subject != b->enhanced.subject)
        return a->enhanced.subject < b->enhanced.subject;
    return a->enhanced.detail < b->enhanced.detail;
}

enum status catalog_index_rows(struct catalog *catalog)
{
    catalog->rows = mem_alloc(catalog->entry_count * sizeof(*catalog->rows));
    catalog->row_count = 0;
    if (catalog->rows == NULL)
        return STATUS_NO_MEMORY;
    /* Some 150 rows, in order for the most part. */
    for (size_t i = 0; i < catalog->entry_count; i++) {
        size_t at = catalog->row_count;

        if (kind_of(&catalog->entries[i]) == 2)
            continue;
        for (; at > 0; at--) {
            if (!comes_before(&catalog->entries[i], &catalog->entries[catalog->rows[at - 1]]))
                break;
            catalog->rows[at] = catalog->rows[at - 1];
        }
        catalog->rows[at] = (uint32_t)i;
        catalog->row_count++;
    }
    return STATUS_OK;
}

bool catalog_row_at(const struct catalog *catalog, size_t index, struct catalog_row *out)
{
    if (index >= catalog->row_count)
        return false;
    fill_row(out, &catalog->entries[catalog->rows[index]]);
    return true;
}

bool catalog_context_at(const struct catalog *catalog, unsigned code, size_t index,
                        struct catalog_row *out)
{
    for (size_t i = 0; i < catalog->entry_count; i++) {
        const struct catalog_entry *entry = &catalog->entries[i];

        if (entry->code != code || kind_of(entry) != 2)
            continue;
        if (index-- == 0) {
            fill_row(out, entry);
            return true;
        }
    }
    return false;
}
