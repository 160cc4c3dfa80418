/* The catalog in memory: entries found by key. Their texts are the program's, or belong to the JSON
 * they came from. */
#ifndef SMTPSCOPE_CATALOG_CATALOG_STATE_H
#define SMTPSCOPE_CATALOG_CATALOG_STATE_H

#include "catalog/catalog.h"

struct json_t; /* jansson's */

enum {
    CATALOG_SOURCES_MAX = 7, /* files laid over the built-in catalog */
    CATALOG_CLASSES = 6,     /* by a code's first digit */
    ENHANCED_ANY = 0,        /* class of an entry that holds for 2, 4 and 5 */
    PHRASE_HEADS = 512,
};

/* Texts under one key. A text that is NULL is taken from a less specific entry. */
struct catalog_entry {
    unsigned code; /* 0: any */
    bool has_enhanced;
    struct enhanced_code enhanced; /* class ENHANCED_ANY: x.y.z */
    const char *enhanced_name;     /* "x.1.1", as written */
    const char *verb;              /* NULL: any */
    const char *title;
    const char *description;
    const char *when_seen;
    const char *fix;
    const char *reference;
};

struct catalog_phrase {
    const char *phrase; /* words with single spaces between them */
    size_t length;
    unsigned code;  /* 0: any */
    unsigned class; /* 0: any; 4 or 5 */
    bool has_enhanced;
    struct enhanced_code enhanced; /* class ENHANCED_ANY: x.y.z */
    const char *verb;
    const char *add;              /* a sentence; NULL: the texts replace */
    struct catalog_entry replace; /* its texts alone */
    uint32_t next;                /* index + 1 of the next one under the same head; 0: none */
};

struct catalog {
    struct json_t *sources[CATALOG_SOURCES_MAX];
    size_t source_count;
    struct catalog_entry *entries; /* in the order of `codes`: codes, enhanced codes, contexts */
    size_t entry_count;
    size_t entry_room;
    uint32_t *slots; /* index + 1 of an entry by its key's hash; 0: free */
    size_t slot_mask;
    uint32_t *rows; /* what `codes` lists, in its order: indices of entries */
    size_t row_count;
    struct catalog_phrase *phrases;
    size_t phrase_count;
    size_t phrase_room;
    size_t own_phrase_count; /* of the last file laid over: they stand before the others */
    uint32_t phrase_heads[PHRASE_HEADS];  /* index + 1 of the first one, by its first two letters */
    uint32_t phrase_letters;              /* the same of those that are one letter */
    const char *classes[CATALOG_CLASSES]; /* names */
    struct catalog_entry class_texts[CATALOG_CLASSES];
    struct labels labels[LANGUAGE_COUNT];
};

/* The built-in one, which main.c makes of catalog.json when the program is built. Its tables are not
 * const since others' are not; nobody writes to them. */
extern const struct catalog catalog_builtin;

/* tables.c. A copy has no rows yet. */
MUST_USE enum status catalog_copy_tables(struct catalog *out, const struct catalog *from);
void catalog_clear_tables(struct catalog *catalog);

/* load.c: reads a parsed file into the catalog; false with one line in `error`. The catalog keeps
 * `root` alive. */
bool catalog_load(struct catalog *catalog, struct json_t *root, char *error, size_t error_size);

/* lookup.c */
MUST_USE enum status catalog_add(struct catalog *catalog, const struct catalog_entry *entry);
const struct catalog_entry *catalog_find(const struct catalog *catalog, unsigned code,
                                         const struct enhanced_code *enhanced, const char *verb);

/* After the last one was added. */
MUST_USE enum status catalog_index_rows(struct catalog *catalog);

/* phrases.c */
enum phrase_place { PHRASE_LAST, PHRASE_FIRST };

MUST_USE enum status catalog_add_phrase(struct catalog *catalog,
                                        const struct catalog_phrase *phrase,
                                        enum phrase_place place);

/* After the last one was added. */
void catalog_index_phrases(struct catalog *catalog);

/* The first phrase of each kind that the reply holds; NULL where there is none. */
void catalog_find_phrases(const struct catalog *catalog, const struct reply_key *key,
                          const struct catalog_phrase **replaces,
                          const struct catalog_phrase **adds);

#endif
