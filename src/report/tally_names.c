/* The hash is keyed, so that names chosen by strangers do not pile up; the order of the table never
 * reaches a report, since rows are sorted first. */
#include "report/tally_names.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"

enum { ROOM_FIRST = 64 };

void tally_names_init(struct tally_names *names, const struct siphash_key *key)
{
    *names = (struct tally_names){ .key = *key };
}

void tally_names_clear(struct tally_names *names)
{
    mem_free(names->rows);
    mem_free(names->sorted);
    arena_clear(&names->arena);
    *names = (struct tally_names){ .key = names->key };
}

static struct slice name_of(const struct tally_row *row)
{
    return slice_of(row->name, row->name_len);
}

/* The row of `name`, or the free one where it belongs. */
static struct tally_row *find(const struct tally_names *names, struct slice name)
{
    size_t at = (size_t)siphash13(&names->key, name) & (names->room - 1);

    while (names->rows[at].name != NULL && !slice_equal(name_of(&names->rows[at]), name))
        at = (at + 1) & (names->room - 1);
    return &names->rows[at];
}

static enum status grow(struct tally_names *names)
{
    struct tally_names bigger = *names;

    bigger.room = names->room == 0 ? ROOM_FIRST : names->room * 2;
    bigger.rows = mem_calloc(bigger.room, sizeof *bigger.rows);
    if (bigger.rows == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < names->room; i++)
        if (names->rows[i].name != NULL)
            *find(&bigger, name_of(&names->rows[i])) = names->rows[i];
    bigger.newest = 0;
    mem_free(names->rows);
    *names = bigger;
    return STATUS_OK;
}

/* The same name often comes several times in a row. */
static bool is_newest(const struct tally_names *names, struct slice name)
{
    const struct tally_row *row = &names->rows[names->newest];

    return row->name != NULL && slice_equal(name_of(row), name);
}

enum status tally_names_add(struct tally_names *names, struct slice name, uint64_t count)
{
    enum status status = STATUS_OK;
    struct tally_row *row;

    if (names->count * 2 >= names->room)
        status = grow(names);
    if (status != STATUS_OK)
        return status;
    if (is_newest(names, name)) {
        names->rows[names->newest].count += count;
        return STATUS_OK;
    }
    row = find(names, name);
    if (row->name == NULL) {
        struct slice kept;

        if (names->count == LIMIT_TALLY_NAMES) {
            names->overflow += count;
            return STATUS_OK;
        }
        kept = arena_copy(&names->arena, name, &status);
        if (status != STATUS_OK)
            return status;
        /* A name of no octets is a name too. */
        *row = (struct tally_row){
            .name = kept.data == NULL ? "" : (const char *)kept.data,
            .name_len = kept.len,
        };
        names->count++;
    }
    row->count += count;
    names->newest = (size_t)(row - names->rows);
    return STATUS_OK;
}

static int compare(const void *a, const void *b)
{
    const struct tally_row *x = a;
    const struct tally_row *y = b;
    size_t shorter = x->name_len < y->name_len ? x->name_len : y->name_len;
    int order;

    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    order = memcmp(x->name, y->name, shorter);
    if (order != 0)
        return order;
    return x->name_len < y->name_len ? -1 : x->name_len > y->name_len;
}

const struct tally_row *tally_names_sorted(struct tally_names *names, size_t *count)
{
    size_t n = 0;

    *count = 0;
    mem_free(names->sorted);
    names->sorted = mem_calloc(names->count, sizeof *names->sorted);
    if (names->sorted == NULL)
        return NULL;
    for (size_t i = 0; i < names->room; i++)
        if (names->rows[i].name != NULL)
            names->sorted[n++] = names->rows[i];
    if (n > 1)
        qsort(names->sorted, n, sizeof *names->sorted, compare);
    *count = n;
    return names->sorted;
}
