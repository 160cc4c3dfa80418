/* A path that does not let large packets through, as TCP's behaviour and ICMP show it. */
#ifndef SMTPSCOPE_FINDINGS_PATH_MTU_H
#define SMTPSCOPE_FINDINGS_PATH_MTU_H

#include "findings/finding.h"
#include "findings/sentence.h"

enum path_mtu_verdict {
    PATH_MTU_FINE,
    PATH_MTU_HEEDED,     /* ICMP told, and what followed got through: as it should be */
    PATH_MTU_OVERCOME,   /* nobody told; after a while the sender tried smaller segments */
    PATH_MTU_UNHEEDED,   /* ICMP told, and full-size segments were sent on, in vain */
    PATH_MTU_BLACK_HOLE, /* nobody told, and nothing large got through to the end */
};

struct path_mtu {
    enum path_mtu_verdict verdict;
    enum side from; /* whose segments are meant */
    const struct tcp_direction *direction;
};

/* The graver of the two directions. */
struct path_mtu path_mtu_of(const struct session_record *record);

/* "full-size segments were retransmitted 9 times while 60-octet segments passed" */
void sentence_add_path_mtu(struct sentence *s, const struct path_mtu *mtu);

/* What stalled for that reason, as a diagnosis; false where the path kept nothing from going on. */
bool sentence_add_blocked_path(struct sentence *s, const struct session_record *record);

#endif
