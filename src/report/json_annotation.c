/* What the catalog says of a reply, as members of its entry. The catalog gives the same text as the
 * same pointer, so each combination is escaped once and copied from then on. */
#include "base/mem.h"
#include "findings/annotate.h"
#include "report/json_parts.h"

/* A power of two. The catalog's combinations of texts are some hundreds; a site's own may be more,
 * and what no longer fits is written anew each time. */
enum { ANNOTATION_SLOTS = 4096, ANNOTATIONS_MAX = ANNOTATION_SLOTS / 2 };

struct cached_annotation {
    struct annotation of; /* the pointers it was made from */
    uint8_t *members;     /* on the heap; NULL: the slot is free */
    size_t len;
};

/* What replies that are no refusals got, by their code, enhanced code and verb. Few servers use more
 * than twenty of them. */
enum { KNOWN_SLOTS = 256 };

struct known_reply {
    uint64_t key; /* 0: the slot is free */
    const struct cached_annotation *annotation;
};

struct json_annotations {
    struct cached_annotation slots[ANNOTATION_SLOTS];
    size_t count;
    struct known_reply known[KNOWN_SLOTS];
};

enum status json_annotations_new(struct json_annotations **out)
{
    *out = mem_calloc(1, sizeof(**out));
    return *out == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

void json_annotations_free(struct json_annotations *annotations)
{
    for (size_t i = 0; annotations != NULL && i < ANNOTATION_SLOTS; i++)
        mem_free(annotations->slots[i].members);
    mem_free(annotations);
}

static bool is_same(const struct annotation *a, const struct annotation *b)
{
    return a->class_name == b->class_name && a->title == b->title && a->when_seen == b->when_seen &&
           a->fix == b->fix && a->note == b->note;
}

/* The slot of these texts, or the free one where they belong. */
static struct cached_annotation *slot_of(struct json_annotations *annotations,
                                         const struct annotation *annotation)
{
    const char *const pointers[] = { annotation->class_name, annotation->title,
                                     annotation->when_seen, annotation->fix, annotation->note };
    uint64_t hash = 0;
    size_t at;

    for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++)
        hash = (hash ^ (uint64_t)(uintptr_t)pointers[i]) * UINT64_C(0x9E3779B97F4A7C15);
    at = (size_t)(hash >> 40) & (ANNOTATION_SLOTS - 1);
    while (annotations->slots[at].members != NULL &&
           !is_same(&annotations->slots[at].of, annotation))
        at = (at + 1) & (ANNOTATION_SLOTS - 1);
    return &annotations->slots[at];
}

/* A provider's sentence says what the reply means when that provider sends it: it continues
 * "when seen". */
static void members(struct json_emit *e, const struct annotation *annotation)
{
    EMIT_KEY(e, "class");
    emit_string(e, annotation->class_name);
    EMIT_KEY(e, "title");
    emit_string(e, annotation->title);
    EMIT_KEY(e, "when_seen");
    if (annotation->when_seen == NULL || annotation->note == NULL)
        emit_string(e, annotation->note == NULL ? annotation->when_seen : annotation->note);
    else
        emit_sentences(e, annotation->when_seen, annotation->note);
    EMIT_KEY(e, "fix");
    emit_string(e, annotation->fix);
}

/* Without memory the texts are written anew each time. */
static void keep(struct json_annotations *annotations, struct cached_annotation *slot,
                 const struct annotation *annotation, struct slice written)
{
    uint8_t *copy;

    if (written.len == 0 || annotations->count >= ANNOTATIONS_MAX)
        return;
    copy = mem_alloc(written.len);
    if (copy == NULL)
        return;
    mem_copy(copy, written.data, written.len);
    *slot = (struct cached_annotation){ *annotation, copy, written.len };
    annotations->count++;
}

static bool is_wanted(enum annotate annotate, uint16_t code)
{
    switch (annotate) {
    case ANNOTATE_ALL:
        return true;
    case ANNOTATE_REFUSALS:
        return code >= 400;
    case ANNOTATE_NONE:
        break;
    }
    return false;
}

/* Where a reply's texts are kept, or may be; NULL: its own words decide. */
static struct known_reply *known_of(struct json_annotations *annotations,
                                    const struct session_record *record, const struct entry *entry,
                                    uint64_t *key)
{
    const struct entry_reply *reply = &entry->reply;

    if (annotation_reads_words(entry))
        return NULL;
    /* Nine bits, two octets each, and a few: no two replies share a key. Bit 63 makes it none of
     * 0. */
    *key = UINT64_C(1) << 63 | (uint64_t)annotated_verb(record, entry) << 52 |
           (uint64_t)reply->code << 40 | (uint64_t)reply->enhanced.class << 32 |
           (uint64_t)reply->enhanced.subject << 16 | reply->enhanced.detail;
    return &annotations->known[*key * UINT64_C(0x9E3779B97F4A7C15) >> 56];
}

void json_annotation(struct json_report *report, const struct session_record *record,
                     const struct entry *entry)
{
    struct json_emit *e = &report->emit;
    struct cached_annotation *slot;
    struct annotation annotation;
    struct known_reply *known;
    uint64_t key = 0;
    uint64_t mark;

    if (!is_wanted(report->options.annotate, entry->reply.code)) {
        EMIT_MEMBERS(e, "\"class\":null,\"title\":null,\"when_seen\":null,\"fix\":null");
        return;
    }
    known = known_of(report->annotations, record, entry, &key);
    if (known != NULL && known->key == key) {
        emit_members(e, slice_of(known->annotation->members, known->annotation->len));
        return;
    }
    annotation = annotate_reply(report->options.catalog, record, entry);
    slot = slot_of(report->annotations, &annotation);
    if (slot->members != NULL) {
        emit_members(e, slice_of(slot->members, slot->len));
    } else {
        mark = emit_mark(e);
        members(e, &annotation);
        keep(report->annotations, slot, &annotation, emit_since(e, mark));
    }
    if (known != NULL && slot->members != NULL)
        *known = (struct known_reply){ key, slot };
}
