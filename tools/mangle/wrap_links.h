/* Wraps by what they wrap into. Private to mangle. */
#ifndef SMTPSCOPE_MANGLE_WRAP_LINKS_H
#define SMTPSCOPE_MANGLE_WRAP_LINKS_H

#include "mangle/wrapped.h"

/* Each is a row of wrap.c's table. */
bool wrap_vlan(struct wrapped *f);
bool wrap_qinq(struct wrapped *f);
bool wrap_snap(struct wrapped *f);
bool wrap_pbb(struct wrapped *f);
bool wrap_mpls(struct wrapped *f);
bool wrap_pseudowire(struct wrapped *f);
bool wrap_pseudowire_controlled(struct wrapped *f);
bool wrap_pppoe(struct wrapped *f);
bool wrap_ppp_ether(struct wrapped *f);
bool wrap_ppp(struct wrapped *f);
bool wrap_ppp_hdlc(struct wrapped *f);
bool wrap_ppp_pppd(struct wrapped *f);
bool wrap_ppp_directed(struct wrapped *f);
bool wrap_hdlc(struct wrapped *f);
bool wrap_hdlc_directed(struct wrapped *f);
bool wrap_wlan(struct wrapped *f);
bool wrap_radiotap(struct wrapped *f);
bool wrap_amsdu(struct wrapped *f);
bool wrap_prism(struct wrapped *f);
bool wrap_avs(struct wrapped *f);
bool wrap_ppi(struct wrapped *f);
bool wrap_cooked(struct wrapped *f);
bool wrap_cooked_v2(struct wrapped *f);
bool wrap_null(struct wrapped *f);
bool wrap_loop(struct wrapped *f);
bool wrap_raw(struct wrapped *f);
bool wrap_ipv4(struct wrapped *f);
bool wrap_ipv6(struct wrapped *f);
bool wrap_llc(struct wrapped *f);
bool wrap_label(struct wrapped *f);
bool wrap_enc(struct wrapped *f);
bool wrap_pflog(struct wrapped *f);
bool wrap_nflog(struct wrapped *f);
bool wrap_pktap(struct wrapped *f);

bool wrap_in_ipv4(struct wrapped *f);
bool wrap_in_ipv6(struct wrapped *f);
bool wrap_gre(struct wrapped *f);
bool wrap_gre_full(struct wrapped *f);
bool wrap_gre_ethernet(struct wrapped *f);
bool wrap_pptp(struct wrapped *f);
bool wrap_erspan_i(struct wrapped *f);
bool wrap_erspan_ii(struct wrapped *f);
bool wrap_erspan_iii(struct wrapped *f);
bool wrap_etherip(struct wrapped *f);
bool wrap_mpls_in_ip(struct wrapped *f);
bool wrap_vxlan(struct wrapped *f);
bool wrap_vxlan_linux(struct wrapped *f);
bool wrap_vxlan_gpe(struct wrapped *f);
bool wrap_geneve(struct wrapped *f);
bool wrap_geneve_ip(struct wrapped *f);
bool wrap_gtp_u(struct wrapped *f);
bool wrap_teredo(struct wrapped *f);
bool wrap_l2tp(struct wrapped *f);

/* Puts PPP's protocol number for what take_ethernet told. */
void put_ppp(struct wrapped *f, unsigned ethertype);

#endif
