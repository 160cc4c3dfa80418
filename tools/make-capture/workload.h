/* What is to be made: a kind of capture, and what the command line changes of it. */
#ifndef SMTPSCOPE_MAKE_CAPTURE_WORKLOAD_H
#define SMTPSCOPE_MAKE_CAPTURE_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

enum share {
    SHARE_LOSS,       /* of segments: lost, before or after the capture point, and sent again */
    SHARE_DUPLICATES, /* of packets: captured twice */
    SHARE_REORDER,    /* of packets: captured late, behind up to a round trip's others */
    SHARE_GAPS,       /* of segments inside content, and of bare ACKs: never captured */
    SHARE_IPV6,       /* of sessions, as are the following */
    SHARE_PIPELINING,
    SHARE_BDAT,
    SHARE_REFUSALS, /* of commands that may be refused */
    SHARE_TLS,
    SHARE_AUTH,
    SHARE_SPLITS, /* cut into segments at any octet */
    SHARE_WRAP,   /* sequence numbers wrap early */
    SHARE_ABORTS, /* reset or left in the middle */
    SHARE_REUSE,  /* with the endpoints of one that is over */
    SHARE_NOISE,  /* of packets: no SMTP */
    SHARE_COUNT,
};

struct workload {
    const struct flood_kind *flood; /* NULL: sessions as follows */
    uint64_t count;                 /* of what the flood is made of; 0: as it is known for */
    uint64_t seed;
    uint32_t sessions;
    uint32_t concurrency;
    uint32_t message_size; /* octets, give or take a half */
    uint32_t messages;     /* a session, at most */
    uint64_t spread;       /* nanoseconds within which the first sessions begin */
    double shares[SHARE_COUNT];
};

enum workload_result {
    WORKLOAD_OK,
    WORKLOAD_HELP,
    WORKLOAD_USAGE, /* told on standard error */
};

struct workload_files {
    const char *capture;
    const char *truth; /* NULL: a flood, about which there is none */
};

/* Reads the command line. */
enum workload_result workload_parse(int argc, char **argv, struct workload *out,
                                    struct workload_files *files);

void workload_help(void);

#endif
