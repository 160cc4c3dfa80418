/* What the parts of the tracker share. A connection's two directions are numbered 0 and 1 as its
 * endpoints are ordered; which of them is the client may turn out later. */
#ifndef SMTPSCOPE_TCP_STATE_H
#define SMTPSCOPE_TCP_STATE_H

#include <stddef.h>

#include "base/spares.h"
#include "tcp/flow_table.h"
#include "tcp/half.h"
#include "tcp/sent.h"
#include "tcp/tracker.h"

/* A SYN with another number on a connection that was silent for so long begins a new one. */
#define STATE_LONG_IDLE (60 * STAMP_SECOND)

/* How long octets in flight may still come after an RST: as long as a hole may wait. */
#define STATE_RESET_GRACE STAMP_SECOND

/* How long the acknowledgement of the last FIN may come: as long as a hole may wait. */
#define STATE_LAST_ACK_GRACE STAMP_SECOND

enum {
    /* Slots of the timers: 2^24 ns (17 ms) each, together more than the longest wait. */
    STATE_TICK_BITS = 24,
    STATE_TICKS = 128,
    /* A power of two: of so many connections that are in use at a time most are found at once. */
    STATE_FOUND = 256,
};

enum flow_end_flag {
    END_HAS_BASE = 1,   /* the sequence number of its first octet is known */
    END_HAS_FIN = 2,    /* its FIN was told, no payload having been seen */
    END_HAS_SCALE = 4,  /* its SYN was seen */
    END_HAS_TIMES = 8,  /* that had a time stamp (RFC 7323) */
    END_MULTIPATH = 16, /* that offered Multipath TCP, or joined one */
    END_FIN_ACKED = 32, /* the peer acknowledged its FIN */
};

/* One side of a connection, as much as there is without payload. */
struct side_state {
    uint32_t base;
    uint32_t packets;
    uint16_t window; /* the last one, not scaled */
    uint8_t scale;
    uint8_t flags; /* enum flow_end_flag */
};

/* What goes wrong on it, if anything. */
struct side_faults {
    uint32_t checksum_errors;
    uint32_t zero_windows;
};

enum connection_flag {
    CONNECTION_SYN = 1 << 0,     /* the client's SYN was seen */
    CONNECTION_SYN_ACK = 1 << 1, /* the answer was seen */
    CONNECTION_WENT_ON = 1 << 2, /* the client spoke after its SYN */
    CONNECTION_KARN = 1 << 3,    /* a SYN or its answer was repeated: no round trip */
    CONNECTION_CERTAIN = 1 << 4, /* who the client is */
    CONNECTION_REFUSED = 1 << 5,
    CONNECTION_ICMP = 1 << 6,
    CONNECTION_SNAPPED = 1 << 7,
    CONNECTION_LIMIT = 1 << 8,
    CONNECTION_RESET = 1 << 9,     /* an RST came; what is in flight may still arrive */
    CONNECTION_CLOSED = 1 << 10,   /* told and over; its late packets are still known for a while */
    CONNECTION_DROPPED = 1 << 11,  /* nobody wants to hear of it */
    CONNECTION_FINISHED = 1 << 12, /* both FINs were told; their last ACK may still come */
    CONNECTION_WINDOW_0 = 1 << 13, /* the last window of direction 0, and of 1, was zero */
    CONNECTION_WINDOW_1 = 1 << 14,
    CONNECTION_NO_MEMORY = 1 << 15, /* given up for want of memory */
};

/* SYNs that came over a connection that stood, all with the same number: whether they are its own
 * or begin another shows only in the answer. */
struct held_syns {
    uint32_t count;  /* 0: none */
    uint32_t number; /* of each */
    unsigned by;     /* direction */
    struct place first;
};

/* Octets of payload were seen, or SYNs are held: what ordering them takes. */
struct flow {
    struct half half[2];
    struct sent sent; /* by the client */
    int64_t deadline; /* of the tracker's clock, where is_timed */
    uint32_t timer_previous;
    uint32_t timer_next;
    bool is_timed;
    uint8_t reset_by; /* direction; counts where CONNECTION_RESET */
    uint64_t reset_offset;
    int64_t reset_at;
    struct place reset_place;
    struct held_syns syns;
};

struct connection {
    /* Up to `queued_at` it is what every packet touches. */
    struct endpoint ends[2];
    uint16_t flags; /* enum connection_flag */
    uint8_t client; /* direction */
    uint8_t close;  /* enum tcp_close, of the RST that came */
    uint8_t closed_by;
    uint16_t way; /* see ways.h */
    struct flow *flow;
    void *user;
    struct place last;
    struct side_state sides[2];
    int64_t active_at; /* of the tracker's clock */
    int64_t queued_at; /* when it went to the end of its list */
    uint32_t previous; /* in the list of open, finished or closed ones */
    uint32_t next;
    uint32_t hash;
    uint32_t number;
    struct side_faults faults[2];
    uint64_t ordinal;
    int64_t established_ns;
    uint32_t syn_count;
    struct place first;
    union {
        struct place first_close; /* where closed_by is somebody */
        int64_t answered_ns;      /* until then: from the SYN to its answer; 0: not known */
    };
};

/* What of a connection is worth fetching before its packet comes. */
enum { CONNECTION_HOT = offsetof(struct connection, previous) };

_Static_assert(sizeof(struct connection) + FLOW_TABLE_SHARE <= 256,
               "a connection that showed no payload costs 256 octets at most");

struct connection_list {
    uint32_t oldest;
    uint32_t newest;
};

/* Neighbouring numbers. */
struct pool_block {
    struct connection *list; /* NULL: none of them is taken, nor has memory */
    uint32_t taken;
    uint32_t used;  /* numbers handed out at least once: those from here on never were */
    uint32_t spare; /* the first of those given back; they are chained by `next` */
    uint32_t roomy; /* the next block with a free number, plus one; 0: the last */
};

/* Connections by number, from blocks that are never moved, and freed when they are empty. */
struct pool {
    struct pool_block *blocks;
    uint32_t block_count;
    uint32_t block_room;
    uint32_t roomy;       /* the first block with a free number, plus one; 0: none has */
    uint32_t roomy_count; /* of those blocks, the ones with memory */
};

struct ways {
    struct encapsulation *list;
    uint16_t *index; /* numbers by hash, 2 * room of them; 0: free */
    struct siphash_key key;
    uint32_t count;
    uint32_t room;
    uint16_t last;
};

/* A packet that will come. */
struct foreseen {
    uint64_t frame; /* its number: place.frame */
    uint32_t hash;
    uint32_t number;   /* of its connection; 0: none is known */
    uint32_t found_at; /* where the table had it, as flow_table_next tells */
    uint32_t payload;  /* octets */
    uint8_t direction;
    bool ends;        /* the connection, it seems */
    bool is_expected; /* of the sink: there is a further step */
};

enum { FORESIGHT_ROOM = 2 * TRACKER_FORESEEN };

struct foresight {
    struct foreseen list[FORESIGHT_ROOM];
    uint32_t next; /* modulo FORESIGHT_ROOM, where the next one goes */
    uint32_t come; /* the same of the first that may still come */
};

struct tracker {
    struct tracker_options options;
    struct tracker_sink sink;
    struct flow_table table;
    struct pool pool;
    struct connection *recent;   /* the last segment's; NULL: it is gone, or there was none */
    uint32_t found[STATE_FOUND]; /* numbers that were found last, by hash; 0: none, or it is gone */
    struct connection_list open;
    struct connection_list finished; /* by when the second FIN was told */
    struct connection_list closed;   /* tombstones, by when they closed */
    uint32_t timers[STATE_TICKS];
    int64_t tick;    /* every slot before it was emptied */
    int64_t now;     /* nanoseconds of capture time since the first packet; never runs backwards */
    int64_t due;     /* before that `now` time brings nothing: see ending_pass_time */
    struct stamp at; /* of the packet that set `now` */
    int64_t silence; /* of this packet's connection, before the packet */
    struct tcp_refusal refusal; /* of the connection that is just being ended */
    bool has_time;
    enum status status; /* sticky */
    uint64_t packets;
    uint64_t ordinal;
    uint64_t open_count;
    uint64_t evicted;
    size_t memory_high; /* more than that on the heap makes room; SIZE_MAX: never */
    uint64_t held_in_all;
    struct spares flows;
    struct trail_spares trails;
    struct ways ways;
    struct foresight foresight;
};

/* Where connections of that hash are found first; the table itself takes other bits of it. */
static inline uint32_t *state_found(struct tracker *t, uint32_t hash)
{
    return &t->found[hash % STATE_FOUND];
}

static inline enum side state_side(const struct connection *c, unsigned direction)
{
    return direction == c->client ? SIDE_CLIENT : SIDE_SERVER;
}

/* Whether it is the connection between the two, `from` being its end of that direction. */
static inline bool state_is_between(const struct connection *c, unsigned direction,
                                    const struct endpoint *from, const struct endpoint *to)
{
    return endpoint_equal(&c->ends[direction], from) && endpoint_equal(&c->ends[1 - direction], to);
}

static inline bool state_has(const struct connection *c, unsigned flags)
{
    return (c->flags & flags) != 0;
}

static inline void state_set(struct connection *c, unsigned flags)
{
    c->flags = (uint16_t)(c->flags | flags);
}

static inline void state_unset(struct connection *c, unsigned flags)
{
    c->flags = (uint16_t)(c->flags & ~flags);
}

/* The flag that says that the last window of that direction was zero. */
static inline unsigned state_zero_window(unsigned direction)
{
    return direction == 0 ? CONNECTION_WINDOW_0 : CONNECTION_WINDOW_1;
}

/* How long a window that is zero has been so. */
static inline int64_t state_zero_time(const struct half *half, struct stamp now)
{
    int64_t since = stamp_between(half->zero_since, now);

    return half->zero_since.ns == 0 || since < 0 ? 0 : since;
}

/* Nothing more can be told of it: our own failure, or nobody listens. */
static inline bool state_is_mute(const struct tracker *t, const struct connection *c)
{
    return t->status != STATUS_OK || state_has(c, CONNECTION_DROPPED);
}

#endif
