/* Linear probing; the home of a hash is its top bits, so that doubling keeps the order of the slots
 * and runs through memory from one end to the other. */
#include "tcp/flow_table.h"

#include "base/mem.h"

enum { FIRST_BITS = 10, BITS_MAX = 31 };

enum status flow_table_init(struct flow_table *table)
{
    *table = (struct flow_table){ .bits = FIRST_BITS };
    if (linear_key_random(&table->key) != STATUS_OK)
        return STATUS_IO;
    table->slots = mem_calloc((size_t)1 << FIRST_BITS, sizeof(struct flow_slot));
    return table->slots == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

void flow_table_clear(struct flow_table *table)
{
    mem_free(table->slots);
    *table = (struct flow_table){ 0 };
}

static void put(struct flow_table *table, struct flow_slot slot)
{
    uint32_t mask = flow_table_mask(table);
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
    uint32_t mask = flow_table_mask(table);
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
