/* The table of all wraps. */
#include "mangle/wrap.h"

#include "mangle/wrap_links.h"

/* More than any one wrap adds. */
enum { WRAP_ADDS_MAX = 256 };

struct wrap {
    const char *name;
    bool (*apply)(struct wrapped *frame);
    uint16_t link_type;
    const char *way;      /* of IPv4 */
    const char *way_ipv6; /* where it is another */
};

static const struct wrap wraps[] = {
    { "vlan", wrap_vlan, 1, "vlan:100", NULL },
    { "qinq", wrap_qinq, 1, "vlan:200 vlan:100", NULL },
    { "snap", wrap_snap, 1, "", NULL },
    { "pbb", wrap_pbb, 1, "vlan:300 pbb:70000", NULL },
    { "mpls", wrap_mpls, 1, "mpls:1000 mpls:2000", NULL },
    { "pseudowire", wrap_pseudowire, 1, "mpls:1000 mpls:2000", NULL },
    { "pseudowire-cw", wrap_pseudowire_controlled, 1, "mpls:1000 mpls:2000", NULL },
    { "pppoe", wrap_pppoe, 1, "pppoe:17", NULL },
    { "ip-in-ipv4", wrap_in_ipv4, 1, "4in4", "6in4" },
    { "ip-in-ipv6", wrap_in_ipv6, 1, "4in6", "6in6" },
    { "gre", wrap_gre, 1, "gre", NULL },
    { "gre-full", wrap_gre_full, 1, "gre:42", NULL },
    { "nvgre", wrap_gre_ethernet, 1, "gre:1280263", NULL },
    { "pptp", wrap_pptp, 1, "pptp:33", NULL },
    { "erspan-1", wrap_erspan_i, 1, "gre erspan", NULL },
    { "erspan-2", wrap_erspan_ii, 1, "gre erspan:55", NULL },
    { "erspan-3", wrap_erspan_iii, 1, "gre erspan:56", NULL },
    { "etherip", wrap_etherip, 1, "etherip", NULL },
    { "mpls-in-ip", wrap_mpls_in_ip, 1, "mpls:1000 mpls:2000", NULL },
    { "vxlan", wrap_vxlan, 1, "vxlan:4242", NULL },
    { "vxlan-linux", wrap_vxlan_linux, 1, "vxlan:4242", NULL },
    { "vxlan-gpe", wrap_vxlan_gpe, 1, "vxlan-gpe:4242", NULL },
    { "geneve", wrap_geneve, 1, "geneve:4343", NULL },
    { "geneve-ip", wrap_geneve_ip, 1, "geneve:4343", NULL },
    { "gtp-u", wrap_gtp_u, 1, "gtp-u:43981", NULL },
    { "teredo", wrap_teredo, 1, "teredo 4in6", "teredo 6in6" },
    { "l2tp", wrap_l2tp, 1, "l2tp:66", NULL },
    { "ppp-ether", wrap_ppp_ether, 51, "pppoe:17", NULL },
    { "ppp", wrap_ppp, 9, "", NULL },
    { "ppp-hdlc", wrap_ppp_hdlc, 50, "", NULL },
    { "ppp-pppd", wrap_ppp_pppd, 166, "", NULL },
    { "ppp-with-dir", wrap_ppp_directed, 204, "", NULL },
    { "c-hdlc", wrap_hdlc, 104, "", NULL },
    { "c-hdlc-serial", wrap_hdlc, 50, "", NULL },
    { "c-hdlc-with-dir", wrap_hdlc_directed, 205, "", NULL },
    { "wlan", wrap_wlan, 105, "", NULL },
    { "radiotap", wrap_radiotap, 127, "", NULL },
    { "amsdu", wrap_amsdu, 127, "", NULL },
    { "prism", wrap_prism, 119, "", NULL },
    { "avs", wrap_avs, 163, "", NULL },
    { "ppi", wrap_ppi, 192, "", NULL },
    { "sll", wrap_cooked, 113, "", NULL },
    { "sll2", wrap_cooked_v2, 276, "", NULL },
    { "null", wrap_null, 0, "", NULL },
    { "loop", wrap_loop, 108, "", NULL },
    { "raw", wrap_raw, 101, "", NULL },
    { "ipv4", wrap_ipv4, 228, "", NULL },
    { "ipv6", wrap_ipv6, 229, "", NULL },
    { "atm-rfc1483", wrap_llc, 100, "", NULL },
    { "mpls-link", wrap_label, 219, "mpls:1000 mpls:2000", NULL },
    { "enc", wrap_enc, 109, "", NULL },
    { "pflog", wrap_pflog, 117, "", NULL },
    { "nflog", wrap_nflog, 239, "", NULL },
    { "pktap", wrap_pktap, 258, "", NULL },
    { "user2", wrap_pktap, 149, "", NULL },
};

size_t wrap_count(void)
{
    return sizeof(wraps) / sizeof(wraps[0]);
}

const struct wrap *wrap_at(size_t i)
{
    return &wraps[i];
}

const struct wrap *wrap_named(struct slice name)
{
    for (size_t i = 0; i < wrap_count(); i++)
        if (slice_equal(slice_of_string(wraps[i].name), name))
            return &wraps[i];
    return NULL;
}

const char *wrap_name(const struct wrap *wrap)
{
    return wrap->name;
}

uint16_t wrap_link_type(const struct wrap *wrap)
{
    return wrap->link_type;
}

const char *wrap_way(const struct wrap *wrap, unsigned version)
{
    return version == 6 && wrap->way_ipv6 != NULL ? wrap->way_ipv6 : wrap->way;
}

bool wrap_apply(const struct wrap *wrap, struct wrapped *frame)
{
    if (frame->link_type != WRAP_LINK_ETHERNET || frame->at < WRAP_ADDS_MAX || !wrap->apply(frame))
        return false;
    frame->link_type = wrap->link_type;
    return true;
}
