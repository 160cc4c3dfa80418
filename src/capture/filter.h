/* A pcap-filter expression, compiled once for each link type that it meets. */
#ifndef SMTPSCOPE_CAPTURE_FILTER_H
#define SMTPSCOPE_CAPTURE_FILTER_H

#include "base/status.h"

enum { FILTER_REASON_MAX = 256 };

struct filter;
struct bpf_program; /* libpcap's */
struct pcap;        /* libpcap's pcap_t */

/* Compiles once, for that handle; pcap_freecode gives the program back. STATUS_USAGE: libpcap does
 * not take the expression; why not is in its message. */
MUST_USE enum status filter_compile(struct pcap *capture, const char *expression,
                                    struct bpf_program *program);

/* `expression` must outlive the filter. */
MUST_USE enum status filter_new(struct filter **out, const char *expression);
void filter_free(struct filter *filter);

/* Compiles for every link type that can be analysed, so that the names in the expression (of hosts,
 * which are asked for over the network, of ports, of protocols) are not looked up later on. What does
 * not compile is told by filter_for. */
MUST_USE enum status filter_prepare(struct filter *filter);

/* The program for the link type of `capture`; it lives as long as the filter. NULL where the filter
 * is prepared, and not for that link type: nothing can be read there, whatever passes. STATUS_USAGE:
 * the expression does not suit the link type; libpcap's reason, as libpcap wrote it, is in
 * `reason`. */
MUST_USE enum status filter_for(struct filter *filter, struct pcap *capture,
                                struct bpf_program **out, char reason[FILTER_REASON_MAX]);

#endif
