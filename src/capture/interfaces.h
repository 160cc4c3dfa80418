/* The interfaces that can be sniffed, as libpcap lists them. */
#ifndef SMTPSCOPE_CAPTURE_INTERFACES_H
#define SMTPSCOPE_CAPTURE_INTERFACES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

enum link_state {
    LINK_STATE_UNKNOWN, /* the driver does not tell, or it does not apply, as to "any" */
    LINK_STATE_CONNECTED,
    LINK_STATE_DISCONNECTED,
};

struct interface {
    char *name;
    char *description; /* NULL where there is none */
    char **addresses;  /* IPv4 and IPv6 with their prefix lengths: "192.0.2.1/24" */
    size_t address_count;
    enum link_state link_state;
    bool is_up;
    bool is_running;
    bool is_loopback;
    bool is_wireless;
    bool is_any; /* all interfaces at once */
};

struct interface_list {
    struct interface *interfaces; /* those that carry traffic first, as libpcap sorts them */
    size_t count;
};

/* Lists the interfaces whose frames can hold IP; needs no privilege. STATUS_IO: `error` says why not
 * in one line. interfaces_clear afterwards, whatever came back. */
MUST_USE enum status interfaces_list(struct interface_list *list, char *error, size_t error_size);
void interfaces_clear(struct interface_list *list);

#endif
