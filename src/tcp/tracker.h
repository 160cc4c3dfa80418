/* All connections: packets in; per connection the octets of both directions, in order within each
 * and in the order of cause and effect between them, out. */
#ifndef SMTPSCOPE_TCP_TRACKER_H
#define SMTPSCOPE_TCP_TRACKER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "tcp/connection.h"

struct tracker;
struct connection; /* opaque here; alive from its first packet until `ended` returns */

/* What may be expected of a connection: a chunk, or that it ends. */
enum tracker_expected { TRACKER_EXPECTED_CHUNK, TRACKER_EXPECTED_END };

/* In so many steps at most it is told. */
enum { TRACKER_EXPECTED_STEPS = 6 };

/* What the owner of the tracker is told. Every function may be called during tracker_accept,
 * tracker_finish; none may call back into the tracker but for the connection_ functions. */
struct tracker_sink {
    void *context;
    /* In-order octets, or a hole that will not be filled. */
    enum status (*chunk)(void *context, struct connection *connection, const struct chunk *chunk);
    /* FIN or RST of one side reached in order: nothing more comes from it. */
    enum status (*closed)(void *context, struct connection *connection, enum side side,
                          const struct place *place);
    /* The connection is over (or given up); its chunks are all delivered. The summary lives during
     * the call. The user pointer should be freed here. */
    enum status (*ended)(void *context, struct connection *connection,
                         const struct tcp_summary *summary);
    /* May be NULL. Something is to be expected of a connection with a user pointer: what it will
     * touch of the sink's memory may be fetched, and nothing else may be done. It is told in steps
     * from 0 on, some packets apart: first what the user pointer points at may be fetched, then,
     * each time, what that points at which the step before had fetched. By a further step another
     * connection may stand where the one of the steps before did. False: there is no more. */
    bool (*expect)(void *context, const struct connection *connection, enum tracker_expected what,
                   unsigned step);
};

struct tracker_options {
    /* Says whether a TCP port is a followed server port; both ports are asked. */
    bool (*follows_port)(const void *context, uint16_t port);
    const void *port_context;
    uint64_t connections_max; /* LIMIT_CONNECTIONS by default */
    /* Octets on the heap, of the whole program (mem_used), that are not passed: before they are,
     * octets out of order are given up, and if that is not enough, the connections that were idle
     * longest. 0: no end. */
    size_t memory_max;
};

MUST_USE enum status tracker_new(struct tracker **out, const struct tracker_options *options,
                                 const struct tracker_sink *sink);
void tracker_free(struct tracker *tracker); /* tells nobody: call tracker_finish before */

/* One packet (PACKET_TCP or PACKET_ICMP_ERROR; of a PACKET_OTHER_PORT, that time went by). `*used`
 * says whether it belonged to a followed connection, or could have (late packets of a closed one count
 * as used). */
MUST_USE enum status tracker_accept(struct tracker *tracker, const struct packet *packet,
                                    bool *used);

/* So many connections are open that to foresee packets pays: the processor's cache cannot hold what
 * they need. */
bool tracker_wants_foresight(const struct tracker *tracker);

/* The packet of that frame, of a followed port, with so many octets of payload, will be accepted up to
 * TRACKER_FORESEEN packets later, at best just so many. No result depends on it, nor on whether it
 * was right. */
enum { TRACKER_FORESEEN = 16 };
void tracker_foresee(struct tracker *tracker, uint64_t frame, const struct endpoint *from,
                     const struct endpoint *to, uint32_t payload);

/* No packet came, and the capture's time is `now`: what has waited long enough is told. For live
 * captures, so that the last words of a quiet network are not held back. */
MUST_USE enum status tracker_pass_time(struct tracker *tracker, struct stamp now);

/* The capture ends: every connection is delivered as it stands and ended, in the order of their
 * first packets. */
MUST_USE enum status tracker_finish(struct tracker *tracker);

/* Of one connection. Client and server as far as known so far: see client_is_certain. */
const struct endpoint *connection_client(const struct connection *connection);
const struct endpoint *connection_server(const struct connection *connection);
uint64_t connection_ordinal(const struct connection *connection); /* 1-based, by first packet */
bool connection_is_midstream(const struct connection *connection);
/* A SYN, or a port that is followed on one side only, told who the client is. */
bool connection_client_is_certain(const struct connection *connection);
struct place connection_first(const struct connection *connection);

/* What the server has said of a segment of the client's. */
struct acknowledgement {
    bool is_there;       /* it has acknowledged all of it, first `at` */
    bool is_of_repeated; /* it was sent more than once before that */
    struct stamp at;
};

/* False where the segment captured at `*sent` is not among the client's newest. */
bool connection_acknowledgement(const struct connection *connection, const struct place *sent,
                                struct acknowledgement *out);

/* A pointer that the sink keeps with the connection; NULL at first. */
void *connection_user(const struct connection *connection);
void connection_set_user(struct connection *connection, void *user);

/* The sink has seen that client and server were guessed the wrong way round (only where a SYN did
 * not tell): from now on, and in the summary, they are exchanged. Call only from the first `chunk`
 * of the connection, whose `from` is then read the other way round by the caller. */
void connection_swap_sides(struct connection *connection);

/* The sink does not want this connection (--ports any, and it does not speak SMTP): `ended` is
 * called as soon as the sink returns, so that its user pointer can be freed; then nothing more. */
void connection_drop(struct connection *connection);

struct tracker_counts {
    uint64_t connections; /* followed so far */
    uint64_t open;        /* now */
    uint64_t evicted;     /* ended early, at connections_max or memory_max */
    uint64_t octets_held; /* out of order, now */
};

void tracker_counts(const struct tracker *tracker, struct tracker_counts *counts);

#endif
