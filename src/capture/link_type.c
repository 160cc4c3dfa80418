/* Numbers and names of link types. */
#include "capture/link_type.h"

#include <pcap/pcap.h>

#include "capture/source.h"

/* The DLT_ values whose LINKTYPE_ value is another one, because systems disagree on them. */
static const struct {
    int dlt;
    int link_type;
} differing[] = {
    { DLT_ATM_RFC1483, 100 }, { DLT_RAW, 101 },      { DLT_SLIP_BSDOS, 102 },
    { DLT_PPP_BSDOS, 103 },   { DLT_ATM_CLIP, 106 },
};

int link_type_of_dlt(int dlt)
{
    for (size_t i = 0; i < sizeof(differing) / sizeof(differing[0]); i++)
        if (differing[i].dlt == dlt)
            return differing[i].link_type;
    return dlt;
}

const char *source_link_type_name(int link_type)
{
    for (size_t i = 0; i < sizeof(differing) / sizeof(differing[0]); i++)
        if (differing[i].link_type == link_type)
            return pcap_datalink_val_to_name(differing[i].dlt);
    return pcap_datalink_val_to_name(link_type);
}
