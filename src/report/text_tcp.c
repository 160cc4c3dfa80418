/* How the connection opened and closed, and what TCP lost and repeated on the way. */
#include "net/encapsulation.h"
#include "report/human.h"
#include "report/text_ladder.h"

/* Where diagnoses and findings have their text. */
enum { TCP_AT = 9 };

void ladder_opening(struct ladder *ladder)
{
    const struct session_record *record = ladder->session->record;
    struct layout *l = &ladder->report->layout;
    bool is_refused = false;

    switch (record->tcp->handshake) {
    case TCP_HANDSHAKE_COMPLETE:
    case TCP_HANDSHAKE_PARTIAL:
        return;
    case TCP_HANDSHAKE_MIDSTREAM:
        layout_pad(l, ladder->client_at);
        layout_hang(l);
        layout_text(l, ROLE_WARN, "┄┄ the capture begins inside this connection ┄┄");
        layout_end(l);
        return;
    case TCP_HANDSHAKE_REFUSED:
        is_refused = true;
        break;
    case TCP_HANDSHAKE_UNANSWERED:
        break;
    }
    ladder_gutter(ladder, 0, &record->started);
    ladder_side(ladder, SIDE_CLIENT);
    layout_text(l, ROLE_STRONG, "SYN");
    if (record->tcp->syn_count > 1)
        layout_format(l, ROLE_PLAIN, ", sent %s",
                      human_counted(record->tcp->syn_count, "time", "times").text);
    layout_end(l);
    ladder_gutter(ladder, 0, &record->tcp->last);
    ladder_side(ladder, SIDE_SERVER);
    if (!is_refused)
        layout_text(l, ROLE_BAD, "nothing");
    else
        layout_text(l, ROLE_BAD, record->tcp->was_reset_by_icmp ? "ICMP unreachable" : "RST");
    layout_end(l);
}

static const char *unclosed_text(enum tcp_close close)
{
    switch (close) {
    case TCP_CLOSE_IDLE:
        return "then nothing more: the connection is idle";
    case TCP_CLOSE_EVICTED:
        return "given up here, to make room for newer connections";
    case TCP_CLOSE_OPEN:
        return "still open where the capture ends";
    case TCP_CLOSE_FIN:
    case TCP_CLOSE_RST_CLIENT:
    case TCP_CLOSE_RST_SERVER:
        break;
    }
    return NULL;
}

static enum tcp_closed_by resetter(enum tcp_close close)
{
    if (close == TCP_CLOSE_RST_CLIENT)
        return TCP_CLOSED_BY_CLIENT;
    return close == TCP_CLOSE_RST_SERVER ? TCP_CLOSED_BY_SERVER : TCP_CLOSED_BY_NOBODY;
}

/* A line on the side of whoever it is; in the middle of nowhere it says that of the connection. */
static void closing_line(struct ladder *ladder, const struct place *place, enum tcp_closed_by by,
                         bool is_reset)
{
    struct layout *l = &ladder->report->layout;

    ladder_gutter(ladder, 0, place);
    layout_pad(l, by == TCP_CLOSED_BY_SERVER ? ladder->server_at : ladder->client_at);
    layout_hang(l);
    if (by == TCP_CLOSED_BY_BOTH || by == TCP_CLOSED_BY_NOBODY)
        layout_text(l, ROLE_DIM, "connection closed");
    else
        layout_format(l, is_reset ? ROLE_WARN : ROLE_DIM, "%s %s",
                      by == TCP_CLOSED_BY_CLIENT ? "client" : "server",
                      is_reset ? "resets the connection (RST)" : "closes the connection");
    layout_end(l);
}

void ladder_closing(struct ladder *ladder)
{
    const struct tcp_summary *tcp = ladder->session->record->tcp;
    struct layout *l = &ladder->report->layout;
    const char *unclosed = unclosed_text(tcp->close);
    enum tcp_closed_by reset_by = resetter(tcp->close);
    const struct place *place = tcp->first_close.frame == 0 ? &tcp->last : &tcp->first_close;

    if (tcp->handshake == TCP_HANDSHAKE_REFUSED || tcp->handshake == TCP_HANDSHAKE_UNANSWERED)
        return;
    if (ladder->session->record->tls.mode != TLS_NONE &&
        ladder->session->record->tls.first_entry == 0) {
        layout_pad(l, ladder->client_at);
        layout_hang(l);
        text_tls_line(l, ladder->session->record);
        layout_end(l);
    }
    if (unclosed != NULL) {
        ladder_gutter(ladder, 0, &tcp->last);
        layout_pad(l, ladder->client_at);
        layout_hang(l);
        layout_text(l, ROLE_DIM, unclosed);
        layout_end(l);
    } else if (reset_by == TCP_CLOSED_BY_NOBODY) {
        closing_line(ladder, place, tcp->closed_by, false);
    } else if (tcp->closed_by == reset_by || tcp->closed_by == TCP_CLOSED_BY_NOBODY) {
        closing_line(ladder, place, reset_by, true);
    } else {
        /* One side had sent its FIN; the other answered it with an RST. */
        closing_line(ladder, place, tcp->closed_by, false);
        closing_line(ladder, &tcp->last, reset_by, true);
    }
}

static const char *end_text(enum tcp_close close)
{
    switch (close) {
    case TCP_CLOSE_FIN:
        return "closed (FIN)";
    case TCP_CLOSE_RST_CLIENT:
        return "reset by the client (RST)";
    case TCP_CLOSE_RST_SERVER:
        return "reset by the server (RST)";
    case TCP_CLOSE_IDLE:
        return "idle until it was given up";
    case TCP_CLOSE_EVICTED:
        return "given up to make room for others";
    case TCP_CLOSE_OPEN:
        break;
    }
    return "open where the capture ends";
}

/* A count that is said only where it is not zero. */
static void count(struct layout *l, enum role role, uint64_t n, const char *one, const char *many)
{
    if (n == 0)
        return;
    layout_text(l, ROLE_PLAIN, ", ");
    layout_text(l, role, human_counted(n, one, many).text);
}

static void direction(struct layout *l, const char *name, const struct tcp_direction *d)
{
    layout_pad(l, TCP_AT);
    layout_text(l, ROLE_DIM, name);
    layout_hang(l);
    layout_text(l, ROLE_PLAIN, human_counted(d->packets, "packet", "packets").text);
    layout_text(l, ROLE_PLAIN, ", ");
    layout_text(l, ROLE_PLAIN, human_counted(d->bytes, "octet", "octets").text);
    count(l, ROLE_WARN, d->retransmissions, "retransmission", "retransmissions");
    count(l, ROLE_PLAIN, d->out_of_order, "segment out of order", "segments out of order");
    count(l, ROLE_WARN, d->gaps, "gap", "gaps");
    count(l, ROLE_WARN, d->lost_bytes, "octet not captured", "octets not captured");
    count(l, ROLE_WARN, d->zero_windows, "zero window", "zero windows");
    count(l, ROLE_PLAIN, d->checksum_errors, "wrong or missing checksum",
          "wrong or missing checksums");
    count(l, ROLE_WARN, d->ignored, "unacceptable segment", "unacceptable segments");
    count(l, ROLE_WARN, d->urgent, "urgent octet left in place", "urgent octets left in place");
    count(l, ROLE_BAD, d->overlap_conflicts, "overlap that differs", "overlaps that differ");
    layout_end(l);
}

void text_tcp(struct text_report *report, const struct session_record *record)
{
    const struct tcp_summary *tcp = record->tcp;
    struct layout *l = &report->layout;

    layout_blank(l);
    layout_text(l, ROLE_STRONG, "TCP");
    layout_pad(l, TCP_AT);
    layout_hang(l);
    layout_format(l, ROLE_PLAIN, "handshake %s", tcp_handshake_name(tcp->handshake));
    if (tcp->syn_count > 1)
        layout_format(l, ROLE_WARN, ", %s", human_counted(tcp->syn_count, "SYN", "SYNs").text);
    if (tcp->round_trip_ns >= 0)
        layout_format(l, ROLE_PLAIN, ", round trip %s", human_duration(tcp->round_trip_ns).text);
    layout_format(l, ROLE_PLAIN, ", %s", end_text(tcp->close));
    if (tcp->closed_by == TCP_CLOSED_BY_CLIENT || tcp->closed_by == TCP_CLOSED_BY_SERVER)
        layout_format(l, ROLE_PLAIN, ", first by the %s",
                      tcp->closed_by == TCP_CLOSED_BY_CLIENT ? "client" : "server");
    if (tcp->is_snapped)
        layout_text(l, ROLE_WARN, ", packets cut by the snap length");
    if (tcp->is_multipath)
        layout_text(l, ROLE_WARN, ", Multipath TCP: what went another way is not here");
    for (unsigned i = 0; i < tcp->encapsulation.count; i++) {
        char layer[LAYER_TEXT_MAX];

        (void)layer_text(&tcp->encapsulation.layers[i], layer);
        layout_format(l, ROLE_PLAIN, "%s%s", i == 0 ? ", in " : ", ", layer);
    }
    layout_end(l);
    direction(l, "client ", &tcp->client);
    direction(l, "server ", &tcp->server);
}
