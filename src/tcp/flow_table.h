/* All connections, found by their endpoints and kept in the order of their last packets. */
#ifndef SMTPSCOPE_TCP_FLOW_TABLE_H
#define SMTPSCOPE_TCP_FLOW_TABLE_H

#include "base/hash.h"
#include "tcp/half.h"
#include "tcp/tracker.h"

/* Both halves, from the first payload on. */
struct halves {
    struct half client;
    struct half server;
};

enum connection_state {
    CONNECTION_OPEN,
    CONNECTION_RESET,  /* an RST came; what is in flight may still arrive */
    CONNECTION_CLOSED, /* told and over; its late packets are still known for a while */
};

/* The lists that a connection is in. */
enum list_kind {
    LIST_IDLE, /* open or closed ones, the least lately active first */
    LIST_DUE,  /* those that something must happen to, in the order of since when */
    LIST_KINDS,
};

struct connection_link {
    struct connection *previous;
    struct connection *next;
};

/* At most 256 octets with its share of the table: a flood of SYNs makes millions. */
struct connection {
    struct connection *chained; /* the next of the same bucket */
    struct connection_link links[LIST_KINDS];
    struct endpoint client;
    struct endpoint server;
    uint32_t hash;
    uint32_t client_isn;
    uint32_t server_isn;
    uint32_t client_packets;
    uint32_t server_packets;
    uint32_t syn_count;
    uint64_t ordinal;
    struct place first;
    struct place last;
    struct place first_close; /* first FIN or RST */
    struct stamp due_since;
    int64_t round_trip_ns; /* -1: not measured, or the SYN-ACK is not in yet */
    void *user;
    struct halves *halves;
    uint16_t encapsulation; /* index in the tracker's list */
    uint8_t state;          /* enum connection_state */
    uint8_t close;          /* enum tcp_close, once known */
    uint8_t closed_by;      /* enum tcp_closed_by */
    bool is_due;
    bool has_syn;
    bool has_syn_ack;
    bool has_client_ack;
    bool is_refused;
    bool is_refused_by_icmp;
    bool is_certain; /* who the client is */
    bool is_dropped;
    bool limit_reached;
    bool is_snapped;
    bool had_payload;
};

struct connection_list {
    struct connection *oldest;
    struct connection *newest;
};

struct flow_table {
    struct siphash_key key;
    struct connection **buckets;
    size_t bucket_mask;
    size_t count;
    struct connection *spare; /* free ones, chained */
    struct slab *slabs;
    struct connection_list open; /* by last packet */
    struct connection_list closed;
    struct connection_list due; /* by due_since */
};

MUST_USE enum status flow_table_init(struct flow_table *table);
/* Frees the table; what connections hold must have been freed before. */
void flow_table_clear(struct flow_table *table);

/* The connection between two endpoints, in either direction; NULL where there is none. `*hash` is
 * for flow_table_add. */
struct connection *flow_table_find(const struct flow_table *table, const struct endpoint *a,
                                   const struct endpoint *b, uint32_t *hash);

/* A zeroed connection between the two, the newest of the open ones. NULL: no memory. */
struct connection *flow_table_add(struct flow_table *table, const struct endpoint *client,
                                  const struct endpoint *server, uint32_t hash);
void flow_table_remove(struct flow_table *table, struct connection *connection);

/* It was active: it goes to the end of its list. */
void flow_table_touch(struct flow_table *table, struct connection *connection);

/* From the open ones to the closed. */
void flow_table_close(struct flow_table *table, struct connection *connection);

/* Puts it at the end of the due list with `since`, or takes it off. */
void flow_table_set_due(struct flow_table *table, struct connection *connection,
                        struct stamp since);
void flow_table_clear_due(struct flow_table *table, struct connection *connection);

#endif
