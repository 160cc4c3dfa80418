/* A chained hash table whose key strangers cannot guess; connections come from slabs. */
#include "tcp/flow_table.h"

#include "base/mem.h"
#include "net/endpoint.h"

enum { FIRST_BUCKETS = 1024, SLAB_CONNECTIONS = 64 };

struct slab {
    struct slab *next;
    struct connection connections[SLAB_CONNECTIONS];
};

_Static_assert(sizeof(struct connection) + sizeof(struct connection *) +
                       sizeof(struct slab *) / SLAB_CONNECTIONS <=
                   256,
               "a connection without payload costs 256 octets at most");

enum status flow_table_init(struct flow_table *table)
{
    *table = (struct flow_table){ .bucket_mask = FIRST_BUCKETS - 1 };
    if (siphash_key_random(&table->key) != STATUS_OK)
        return STATUS_IO;
    table->buckets = mem_calloc(FIRST_BUCKETS, sizeof(struct connection *));
    return table->buckets == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

void flow_table_clear(struct flow_table *table)
{
    while (table->slabs != NULL) {
        struct slab *next = table->slabs->next;

        mem_free(table->slabs);
        table->slabs = next;
    }
    mem_free(table->buckets);
    *table = (struct flow_table){ 0 };
}

static size_t write_endpoint(uint8_t *to, const struct endpoint *endpoint)
{
    size_t len = endpoint->address.version == 4 ? 4 : 16;

    mem_copy(to, endpoint->address.octets, len);
    to[len] = (uint8_t)(endpoint->port >> 8);
    to[len + 1] = (uint8_t)endpoint->port;
    return len + 2;
}

/* Both directions hash alike: the lower endpoint is written first. */
static uint32_t hash_of(const struct flow_table *table, const struct endpoint *a,
                        const struct endpoint *b)
{
    bool in_order = endpoint_compare(a, b) <= 0;
    uint8_t text[2 * (16 + 2)];
    size_t len = write_endpoint(text, in_order ? a : b);

    len += write_endpoint(text + len, in_order ? b : a);
    return (uint32_t)siphash13(&table->key, slice_of(text, len));
}

struct connection *flow_table_find(const struct flow_table *table, const struct endpoint *a,
                                   const struct endpoint *b, uint32_t *hash)
{
    struct connection *connection;

    *hash = hash_of(table, a, b);
    connection = table->buckets[*hash & table->bucket_mask];
    while (connection != NULL) {
        if (connection->hash == *hash &&
            ((endpoint_equal(&connection->client, a) && endpoint_equal(&connection->server, b)) ||
             (endpoint_equal(&connection->client, b) && endpoint_equal(&connection->server, a))))
            return connection;
        connection = connection->chained;
    }
    return NULL;
}

/* Twice the buckets, at a load of one. */
static void grow(struct flow_table *table)
{
    size_t count = (table->bucket_mask + 1) * 2;
    struct connection **buckets = mem_calloc(count, sizeof(struct connection *));

    /* Without memory the chains grow longer; nothing is lost. */
    if (buckets == NULL)
        return;
    for (size_t i = 0; i <= table->bucket_mask; i++) {
        struct connection *connection = table->buckets[i];

        while (connection != NULL) {
            struct connection *next = connection->chained;
            struct connection **bucket = &buckets[connection->hash & (count - 1)];

            connection->chained = *bucket;
            *bucket = connection;
            connection = next;
        }
    }
    mem_free(table->buckets);
    table->buckets = buckets;
    table->bucket_mask = count - 1;
}

static bool add_slab(struct flow_table *table)
{
    struct slab *slab = mem_alloc(sizeof(*slab));

    if (slab == NULL)
        return false;
    slab->next = table->slabs;
    table->slabs = slab;
    for (size_t i = 0; i < SLAB_CONNECTIONS; i++) {
        slab->connections[i].chained = table->spare;
        table->spare = &slab->connections[i];
    }
    return true;
}

static void append(struct connection_list *list, struct connection *connection, enum list_kind kind)
{
    connection->links[kind] = (struct connection_link){ .previous = list->newest };
    if (list->newest != NULL)
        list->newest->links[kind].next = connection;
    else
        list->oldest = connection;
    list->newest = connection;
}

static void unlink_from(struct connection_list *list, struct connection *connection,
                        enum list_kind kind)
{
    struct connection_link link = connection->links[kind];

    if (link.previous != NULL)
        link.previous->links[kind].next = link.next;
    else
        list->oldest = link.next;
    if (link.next != NULL)
        link.next->links[kind].previous = link.previous;
    else
        list->newest = link.previous;
}

static struct connection_list *idle_list(struct flow_table *table,
                                         const struct connection *connection)
{
    return connection->state == CONNECTION_CLOSED ? &table->closed : &table->open;
}

struct connection *flow_table_add(struct flow_table *table, const struct endpoint *client,
                                  const struct endpoint *server, uint32_t hash)
{
    struct connection *connection;
    struct connection **bucket;

    if (table->count > table->bucket_mask)
        grow(table);
    if (table->spare == NULL && !add_slab(table))
        return NULL;
    connection = table->spare;
    table->spare = connection->chained;
    bucket = &table->buckets[hash & table->bucket_mask];
    *connection = (struct connection){
        .client = *client, .server = *server, .hash = hash, .chained = *bucket, .round_trip_ns = -1
    };
    *bucket = connection;
    append(&table->open, connection, LIST_IDLE);
    table->count++;
    return connection;
}

void flow_table_remove(struct flow_table *table, struct connection *connection)
{
    struct connection **at = &table->buckets[connection->hash & table->bucket_mask];

    while (*at != connection)
        at = &(*at)->chained;
    *at = connection->chained;
    flow_table_clear_due(table, connection);
    unlink_from(idle_list(table, connection), connection, LIST_IDLE);
    connection->chained = table->spare;
    table->spare = connection;
    table->count--;
}

void flow_table_touch(struct flow_table *table, struct connection *connection)
{
    struct connection_list *list = idle_list(table, connection);

    if (list->newest == connection)
        return;
    unlink_from(list, connection, LIST_IDLE);
    append(list, connection, LIST_IDLE);
}

void flow_table_close(struct flow_table *table, struct connection *connection)
{
    unlink_from(&table->open, connection, LIST_IDLE);
    connection->state = CONNECTION_CLOSED;
    append(&table->closed, connection, LIST_IDLE);
}

void flow_table_set_due(struct flow_table *table, struct connection *connection, struct stamp since)
{
    flow_table_clear_due(table, connection);
    connection->due_since = since;
    connection->is_due = true;
    append(&table->due, connection, LIST_DUE);
}

void flow_table_clear_due(struct flow_table *table, struct connection *connection)
{
    if (!connection->is_due)
        return;
    connection->is_due = false;
    unlink_from(&table->due, connection, LIST_DUE);
}
