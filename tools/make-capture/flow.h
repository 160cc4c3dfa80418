/* One session on its way through TCP and past the capture point, which is close to the server. */
#ifndef SMTPSCOPE_MAKE_CAPTURE_FLOW_H
#define SMTPSCOPE_MAKE_CAPTURE_FLOW_H

#include "make-capture/dialogue.h"
#include "make-capture/wire.h"

enum flow_phase { FLOW_OPENING, FLOW_TALKING, FLOW_CLOSING, FLOW_OVER };

struct host {
    struct endpoint end;
    uint32_t number;   /* sequence number of its SYN */
    uint32_t clock;    /* what its timestamps begin at */
    uint64_t sent;     /* octets, its FIN counted */
    uint64_t received; /* octets of the other, in order */
    uint64_t said;     /* octets, no FIN counted */
    uint64_t missing;  /* of those, never captured */
};

/* A packet that will be captured. */
struct pending {
    int64_t at;
    enum side from;
    uint8_t flags;
    uint16_t len;
    size_t turn; /* where the octets stand */
    uint64_t turn_at;
    uint64_t offset; /* as host.sent counts */
    uint64_t acked;
};

struct flow {
    const struct workload *workload;
    struct script script;
    struct random random;
    uint32_t number;
    struct host hosts[2]; /* by enum side */
    enum flow_phase phase;
    size_t turn;
    uint64_t turn_at;
    bool is_split;
    int64_t round_trip;
    int64_t next_at;       /* when the next flight starts; INT64_MAX: there is none */
    struct pending *queue; /* by time, from `first` on */
    size_t first, count, room;
};

/* Session `number`, its first packet at `at`. `again` are the endpoints of a session that is over,
 * client first, to be used once more; NULL: new ones. */
void flow_begin(struct flow *flow, const struct workload *workload, const struct text *text,
                uint32_t number, int64_t at, const struct endpoint *again);
void flow_clear(struct flow *flow);

/* When its next packet is captured; INT64_MAX: it is over. */
int64_t flow_at(const struct flow *flow);

/* Writes that packet, or finds that it takes another step to have one. */
void flow_step(struct flow *flow, struct wire *wire);

#endif
