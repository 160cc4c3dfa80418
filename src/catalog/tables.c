/* The tables as a whole: copied before a site's own entries are laid over them, and given back. */
#include "base/mem.h"
#include "catalog/catalog_state.h"

void catalog_clear_tables(struct catalog *catalog)
{
    mem_free(catalog->entries);
    mem_free(catalog->slots);
    mem_free(catalog->phrases);
    mem_free(catalog->rows);
}

enum status catalog_copy_tables(struct catalog *out, const struct catalog *from)
{
    size_t slot_count = from->slot_mask + 1;

    *out = *from;
    out->rows = NULL; /* made anew */
    out->entries = mem_alloc(from->entry_room * sizeof(*out->entries));
    out->slots = mem_alloc(slot_count * sizeof(*out->slots));
    out->phrases = mem_alloc(from->phrase_room * sizeof(*out->phrases));
    if (out->entries == NULL || out->slots == NULL || out->phrases == NULL) {
        catalog_clear_tables(out);
        return STATUS_NO_MEMORY;
    }
    mem_copy(out->entries, from->entries, from->entry_count * sizeof(*out->entries));
    mem_copy(out->slots, from->slots, slot_count * sizeof(*out->slots));
    mem_copy(out->phrases, from->phrases, from->phrase_count * sizeof(*out->phrases));
    return STATUS_OK;
}
