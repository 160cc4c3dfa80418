/* Linear probing; the home of a hash is its top bits, so that doubling keeps the order of the slots
 * and runs through memory from one end to the other. */
#include "tcp/flow_table.h"

#include "base/mem.h"

enum { FIRST_BITS = 10, BITS_MAX = 31 };

enum status flow_table_init(struct flow_table *table)
{
    *table = (struct flow_table){ .bits = FIRST_BITS };
    if (siphash_key_random(&table->key) != STATUS_OK)
        return STATUS_IO;
    table->slots = mem_calloc((size_t)1 << FIRST_BITS, sizeof(struct flow_slot));
    return table->slots == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

void flow_table_clear(struct flow_table *table)
{
    mem_free(table->slots);
    *table = (struct flow_table){ 0 };
}

uint32_t flow_table_hash(const struct flow_table *table, const struct endpoint ends[2])
{
    const struct address *a = &ends[0].address;
    const struct address *b = &ends[1].address;
    uint64_t ports = (uint64_t)ends[0].port << 16 | ends[1].port;
    /* Of an IPv4 address the last twelve octets are zero. */
    uint64_t words[5] = { address_word(a, 0), address_word(b, 0), ports };

    if (a->version != 4) {
        words[3] = address_word(a, 8);
        words[4] = address_word(b, 8);
    }
    return (uint32_t)siphash13_words(&table->key, words, a->version == 4 ? 3 : 5);
}

static uint32_t mask_of(const struct flow_table *table)
{
    return ((uint32_t)1 << table->bits) - 1;
}

uint32_t flow_table_home(const struct flow_table *table, uint32_t hash)
{
    return hash >> (32 - table->bits);
}

uint32_t flow_table_next(const struct flow_table *table, uint32_t hash, uint32_t *at)
{
    uint32_t mask = mask_of(table);

    for (;; *at = (*at + 1) & mask) {
        struct flow_slot slot = table->slots[*at];

        if (slot.number == 0)
            return 0;
        if (slot.hash == hash) {
            *at = (*at + 1) & mask;
            return slot.number;
        }
    }
}

static void put(struct flow_table *table, struct flow_slot slot)
{
    uint32_t mask = mask_of(table);
    uint32_t at = flow_table_home(table, slot.hash);

    while (table->slots[at].number != 0)
        at = (at + 1) & mask;
    table->slots[at] = slot;
}

static enum status grow(struct flow_table *table)
{
    struct flow_slot *old = table->slots;
    size_t count = (size_t)1 << table->bits;

    if (table->bits == BITS_MAX)
        return STATUS_NO_MEMORY;
    table->slots = mem_calloc(count * 2, sizeof(struct flow_slot));
    if (table->slots == NULL) {
        table->slots = old;
        return STATUS_NO_MEMORY;
    }
    table->bits++;
    for (size_t i = 0; i < count; i++)
        if (old[i].number != 0)
            put(table, old[i]);
    mem_free(old);
    return STATUS_OK;
}

static bool is_full(const struct flow_table *table)
{
    size_t count = (size_t)1 << table->bits;

    return table->count + 1 > count - count / 4;
}

size_t flow_table_growth(const struct flow_table *table)
{
    return is_full(table) ? sizeof(struct flow_slot) << (table->bits + 1) : 0;
}

enum status flow_table_add(struct flow_table *table, uint32_t hash, uint32_t number)
{
    if (is_full(table) && grow(table) != STATUS_OK)
        return STATUS_NO_MEMORY;
    put(table, (struct flow_slot){ .hash = hash, .number = number });
    table->count++;
    return STATUS_OK;
}

/* What follows moves back into the free slot, so that no search ends too early. */
void flow_table_remove(struct flow_table *table, uint32_t hash, uint32_t number)
{
    uint32_t mask = mask_of(table);
    uint32_t free_at = flow_table_home(table, hash);

    while (table->slots[free_at].number != number) {
        if (table->slots[free_at].number == 0)
            return;
        free_at = (free_at + 1) & mask;
    }
    for (uint32_t at = (free_at + 1) & mask; table->slots[at].number != 0; at = (at + 1) & mask) {
        uint32_t home = flow_table_home(table, table->slots[at].hash);

        if (((at - home) & mask) >= ((at - free_at) & mask)) {
            table->slots[free_at] = table->slots[at];
            free_at = at;
        }
    }
    table->slots[free_at] = (struct flow_slot){ 0 };
    table->count--;
}
