/* Which header a link type's frames begin with. */
#include "net/layers.h"

/* LINKTYPE_ values, as https://www.tcpdump.org/linktypes.html has them. */
static const struct {
    int link_type;
    enum step step;
} link_types[] = {
    { LINK_ETHERNET, STEP_ETHERNET },
    { 113, STEP_COOKED },        /* LINUX_SLL */
    { 276, STEP_COOKED_V2 },     /* LINUX_SLL2 */
    { 0, STEP_LOOPBACK },        /* NULL */
    { 108, STEP_LOOPBACK },      /* LOOP */
    { 101, STEP_RAW_IP },        /* RAW */
    { 228, STEP_IPV4 },          /* IPV4 */
    { 229, STEP_IPV6 },          /* IPV6 */
    { 9, STEP_PPP },             /* PPP */
    { 50, STEP_PPP_SERIAL },     /* PPP_HDLC, libpcap's DLT_PPP_SERIAL */
    { 51, STEP_PPPOE },          /* PPP_ETHER */
    { 166, STEP_PPP_DIRECTED },  /* PPP_PPPD */
    { 204, STEP_PPP_DIRECTED },  /* PPP_WITH_DIR */
    { 104, STEP_HDLC },          /* C_HDLC */
    { 112, STEP_HDLC },          /* NetBSD's number for the same */
    { 205, STEP_HDLC_DIRECTED }, /* C_HDLC_WITH_DIR */
    { 105, STEP_WLAN },          /* IEEE802_11 */
    { 119, STEP_PRISM },         /* IEEE802_11_PRISM */
    { 127, STEP_RADIOTAP },      /* IEEE802_11_RADIOTAP */
    { 163, STEP_PRISM },         /* IEEE802_11_AVS */
    { 192, STEP_PPI },           /* PPI */
    { 100, STEP_LLC },           /* ATM_RFC1483: RFC 2684's LLC encapsulation */
    { 109, STEP_ENC },           /* ENC */
    { 117, STEP_PFLOG },         /* PFLOG */
    { 219, STEP_MPLS },          /* MPLS */
    { 239, STEP_NFLOG },         /* NFLOG */
    { 258, STEP_PKTAP },         /* PKTAP */
    { 149, STEP_PKTAP },         /* USER2, under which Darwin wrote PKTAP at first */
};

enum step link_type_step(int link_type)
{
    for (size_t i = 0; i < sizeof(link_types) / sizeof(link_types[0]); i++)
        if (link_types[i].link_type == link_type)
            return link_types[i].step;
    return STEP_UNSUPPORTED_LINK_TYPE;
}
