/* What every reply means, when it is seen and how to fix it. The texts are one JSON file, compiled
 * into the program as tables; a site may lay its own over them. */
#ifndef SMTPSCOPE_CATALOG_CATALOG_H
#define SMTPSCOPE_CATALOG_CATALOG_H

#include <stddef.h>

#include "base/reply_code.h"
#include "base/slice.h"
#include "base/status.h"

struct catalog;

/* A reply as the catalog looks it up. */
struct reply_key {
    unsigned code;
    struct enhanced_code enhanced; /* class 0: none */
    const char *verb;              /* what it answers, as reports name it; NULL or "": not known */
    const struct slice *lines;     /* the reply's text, for phrases; NULL: none */
    size_t line_count;
};

/* The texts for a reply. They live as long as the catalog, and the same text is the same pointer,
 * so that a writer may cache by it. NULL: none. */
struct annotation {
    const char *class_name; /* e.g. "5xx Permanent Negative" */
    const char *title;
    const char *description;
    const char *when_seen;
    const char *fix;
    const char *reference;
    const char *note; /* a sentence on what a well-known provider means */
};

/* The built-in catalog; the caller frees it. STATUS_NO_MEMORY is the only failure. */
MUST_USE enum status catalog_open(struct catalog **out);
void catalog_free(struct catalog *catalog);

/* Lays the entries of a file over what is there: an entry with the same key takes the place of the
 * old one, phrases go before the others. STATUS_IO, STATUS_USAGE or STATUS_NO_MEMORY with one line
 * in `error` where the file cannot be read, is no catalog or too large; the catalog is then as it was. */
MUST_USE enum status catalog_overlay(struct catalog *catalog, const char *path, char *error,
                                     size_t error_size);

/* From the most to the least specific: a phrase of the text; code, enhanced code and verb; code and
 * enhanced code; enhanced code; code and verb; general enhanced codes (x.y.0); code; class. All
 * fields are NULL for a code outside 200 to 599. Only refusals are read for phrases, and there
 * whole words alone count: not parts of words, nor what stands in an address. */
void catalog_annotate(const struct catalog *catalog, const struct reply_key *key,
                      struct annotation *out);

/* One line of `codes`. */
struct catalog_row {
    unsigned code;        /* 0 for an enhanced code */
    const char *enhanced; /* "x.1.1"; NULL for a reply code */
    const char *verb;     /* where the entry holds for one verb only; NULL otherwise */
    const char *title;
    const char *when_seen;
    const char *fix;
};

/* Reply codes in their order, then enhanced codes in theirs; false past the end. */
bool catalog_row_at(const struct catalog *catalog, size_t index, struct catalog_row *out);

/* The entries that know `code` in one context: code with verb or enhanced code. */
bool catalog_context_at(const struct catalog *catalog, unsigned code, size_t index,
                        struct catalog_row *out);

/* Two replies side by side. The texts are the caller's, on the heap. */
enum { COMPARISON_DIFFERENCES_MAX = 5 };

struct comparison {
    char *heading;
    char *intro;
    char *key_differences[COMPARISON_DIFFERENCES_MAX];
    size_t key_difference_count;
    char *when_to_use;
};

/* STATUS_USAGE where one of the codes is not in the catalog. */
MUST_USE enum status catalog_compare(const struct catalog *catalog, unsigned a, unsigned b,
                                     struct comparison *out);
void comparison_clear(struct comparison *comparison);

/* Labels of the annotations. */
enum language {
    LANGUAGE_EN,
    LANGUAGE_FR,
    LANGUAGE_TR,
    LANGUAGE_AR,
    LANGUAGE_COUNT,
};

struct labels {
    const char *description;
    const char *when_seen;
    const char *fix;
    const char *key_differences;
    const char *when_to_use;
};

const struct labels *catalog_labels(const struct catalog *catalog, enum language language);

/* "en", "fr", "tr" or "ar"; false for anything else. */
bool language_parse(struct slice name, enum language *out);

/* The language of the first of these that is set and not empty, as POSIX has it: "tr_TR.UTF-8" is
 * Turkish; what is not known is English. Each may be NULL. */
enum language language_of_environment(const char *lc_all, const char *lc_messages,
                                      const char *lang);

#endif
