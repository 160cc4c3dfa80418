/* Writes the pcap-filter text that lets through what the analysis can need. */
#include "capture/live_filter.h"

#include <stdio.h>

/* IP fragments, whatever they carry: only the first says a port, and of a tunnel's not even that one
 * says the port in question. With all of them there, what is of no use becomes whole and is told
 * apart, where a part of it would wait for the rest. pcap-filter looks for ports right behind IPv6's
 * fixed header only, which is why any extension header (RFC 8200 4.1, IANA's list) is let through;
 * the same goes for IPv4's authentication header. */
static const char fragments[] = "ip[6:2] & 0x3fff != 0 or ip[9] = 51"
                                " or ip6[6] = 44 or ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 51"
                                " or ip6[6] = 60 or ip6[6] = 135 or ip6[6] = 139 or ip6[6] = 140";

/* What a segment may be inside of, whole: pcap-filter cannot find its way to the ports in there. IP
 * in IP, GRE, EtherIP, MPLS; L2TP and Teredo, which answer from their port; GTP-U, VXLAN, VXLAN-GPE,
 * Geneve, Linux's VXLAN. */
static const char tunnels[] =
    "ip[9] = 4 or ip[9] = 41 or ip[9] = 47 or ip[9] = 97 or ip[9] = 137"
    " or ip6[6] = 4 or ip6[6] = 41 or ip6[6] = 47 or ip6[6] = 97 or ip6[6] = 137"
    " or udp port 1701 or udp port 3544 or udp dst port 2152 or udp dst portrange 4789-4790"
    " or udp dst port 6081 or udp dst port 8472";

/* The same by Ethertype: MPLS, PPPoE's session stage, bridged Ethernet, 802.1ah, MACsec. */
static const char link_tunnels[] = " or ether proto 0x8847 or ether proto 0x8848"
                                   " or ether proto 0x8864 or ether proto 0x6558"
                                   " or ether proto 0x88e7 or ether proto 0x88e5";

/* Destination unreachable, time exceeded, parameter problem (RFC 792); every type below 128 is an
 * error (RFC 4443 2.1). */
static const char icmp_errors[] = "icmp[0] = 3 or icmp[0] = 11 or icmp[0] = 12"
                                  " or (ip6[6] = 58 and ip6[40] < 128)";

/* A cooked header's protocol where a tag is left in the frame: the kernel takes out one. */
static const char cooked_tagged[] =
    "ether proto 0x8100 or ether proto 0x88a8 or ether proto 0x9100";

/* The text so far, and whether all of it had room. */
struct writing {
    struct buf *out;
    enum status status;
};

static void add(struct writing *w, const char *text)
{
    size_t dropped = 0;

    if (w->status == STATUS_OK)
        w->status = buf_append(w->out, slice_of_string(text), &dropped);
    if (w->status == STATUS_OK && dropped > 0)
        w->status = STATUS_USAGE;
}

static bool has_expression(const struct live_filter *f)
{
    return f->expression != NULL && f->expression[0] != '\0';
}

/* True where the expression holds a word that makes pcap-filter read the rest of the text at
 * another place of the frame. */
static bool shifts(const char *expression)
{
    static const char *const words[] = { "vlan", "mpls", "pppoed", "pppoes", "geneve", "vxlan" };
    struct slice rest = slice_of_string(expression);
    size_t at = 0;

    while (at < rest.len) {
        size_t from = at;

        while (at < rest.len && (ascii_is_alpha(rest.data[at]) || ascii_is_digit(rest.data[at]) ||
                                 rest.data[at] == '.' || rest.data[at] == '-'))
            at++;
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            if (slice_equal(slice_part(rest, from, at - from), slice_of_string(words[i])))
                return true;
        at += at == from;
    }
    return false;
}

/* The last of the run of neighbouring ports that begins at `i`. */
static size_t run_end(const struct live_filter *f, size_t i)
{
    while (i + 1 < f->port_count && f->ports[i + 1] == f->ports[i] + 1)
        i++;
    return i;
}

static void add_ports(struct writing *w, const struct live_filter *f)
{
    char text[48];
    size_t runs = 0;

    for (size_t i = 0; i < f->port_count; i = run_end(f, i) + 1)
        runs++;
    if (runs > LIVE_FILTER_RUNS) {
        add(w, "tcp or ");
        return;
    }

    for (size_t i = 0; i < f->port_count; i++) {
        uint16_t first = f->ports[i];

        i = run_end(f, i);
        if (first == f->ports[i])
            snprintf(text, sizeof(text), "tcp port %u or ", first);
        else
            snprintf(text, sizeof(text), "tcp portrange %u-%u or ", first, f->ports[i]);
        add(w, text);
    }
}

/* What passes of frames without a tag, or behind those that were passed. */
static void add_wanted(struct writing *w, const struct live_filter *f, enum live_filter_form form,
                       bool is_expression_apart)
{
    add(w, "(");
    if (f->port_count > 0) {
        add(w, "(");
        add_ports(w, f);
        add(w, fragments);
        add(w, " or ");
        add(w, icmp_errors);
        add(w, " or ");
        add(w, tunnels);
        if (form != LIVE_FILTER_PLAIN)
            add(w, link_tunnels);
        add(w, ")");
    }
    if (has_expression(f) && !is_expression_apart) {
        add(w, f->port_count > 0 ? " and (" : "(");
        add(w, f->expression);
        add(w, ")");
    }
    add(w, ")");
}

/* In pcap-filter each vlan holds for the whole rest of the text, whatever the parentheses: the
 * alternatives are nested, so that the second tag is sought behind the first. */
static void add_tagged(struct writing *w, const struct live_filter *f)
{
    add_wanted(w, f, LIVE_FILTER_VLAN, false);
    add(w, " or (vlan and (");
    add_wanted(w, f, LIVE_FILTER_VLAN, false);
    add(w, " or (vlan and ");
    add_wanted(w, f, LIVE_FILTER_VLAN, false);
    add(w, ")))");
}

enum status live_filter_text(struct buf *out, const struct live_filter *f,
                             enum live_filter_form form)
{
    struct writing w = { .out = out };

    if (has_expression(f) && shifts(f->expression)) {
        add(&w, "(");
        add(&w, f->expression);
        add(&w, ")");
        if (f->port_count > 0) {
            add(&w, " and ");
            add_wanted(&w, f, LIVE_FILTER_PLAIN, true);
        }
        return w.status;
    }
    if (f->port_count == 0 && !has_expression(f))
        return w.status;
    switch (form) {
    case LIVE_FILTER_VLAN:
        add_tagged(&w, f);
        break;
    case LIVE_FILTER_COOKED:
        add_wanted(&w, f, form, false);
        if (!has_expression(f)) {
            add(&w, " or ");
            add(&w, cooked_tagged);
        }
        break;
    case LIVE_FILTER_PLAIN:
        add_wanted(&w, f, form, false);
        break;
    }
    return w.status;
}
