/* libpcap's list of devices, without those that carry no IP. */
#include "capture/interfaces.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/slice.h"
#include "capture/one_line.h"

/* How libpcap names what is no network interface: buses, radios, and the firewall's queues, whose
 * link types are not followed. */
static const char *const strangers[] = { "bluetooth", "dbus-", "nflog", "nfqueue", "usbmon" };

static bool is_stranger(const char *name)
{
    for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
        if (strncmp(name, strangers[i], strlen(strangers[i])) == 0)
            return true;
    return false;
}

/* The address part of an IPv4 or IPv6 socket address. */
static bool octets_of(const struct sockaddr *socket_address, struct slice *octets)
{
    const void *raw = socket_address; /* libpcap allocates the whole of what the family has */

    if (socket_address == NULL)
        return false;
    if (socket_address->sa_family == AF_INET) {
        const struct sockaddr_in *in = raw;

        *octets = slice_of(&in->sin_addr, sizeof(in->sin_addr));
        return true;
    }
    if (socket_address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = raw;

        *octets = slice_of(&in6->sin6_addr, sizeof(in6->sin6_addr));
        return true;
    }
    return false;
}

static unsigned prefix_length(struct slice mask)
{
    unsigned length = 0;

    for (size_t i = 0; i < mask.len; i++)
        length += (unsigned)__builtin_popcount(mask.data[i]);
    return length;
}

/* NULL where there is no memory. */
static char *address_text(const struct pcap_addr *address, struct slice octets)
{
    char text[INET6_ADDRSTRLEN + 8];
    struct slice mask;
    size_t len;

    if (inet_ntop(address->addr->sa_family, octets.data, text, sizeof(text)) == NULL)
        text[0] = '\0';
    len = strlen(text);
    if (octets_of(address->netmask, &mask))
        snprintf(text + len, sizeof(text) - len, "/%u", prefix_length(mask));
    return mem_string(text);
}

static enum status take_addresses(struct interface *interface, const struct pcap_addr *first)
{
    struct slice octets;
    size_t count = 0;

    for (const struct pcap_addr *a = first; a != NULL; a = a->next)
        count += octets_of(a->addr, &octets);
    interface->addresses = mem_calloc(count, sizeof(char *));
    if (interface->addresses == NULL)
        return STATUS_NO_MEMORY;
    for (const struct pcap_addr *a = first; a != NULL; a = a->next) {
        if (!octets_of(a->addr, &octets))
            continue;
        interface->addresses[interface->address_count] = address_text(a, octets);
        if (interface->addresses[interface->address_count] == NULL)
            return STATUS_NO_MEMORY;
        interface->address_count++;
    }
    return STATUS_OK;
}

static enum link_state link_state_of(bpf_u_int32 flags)
{
    switch (flags & PCAP_IF_CONNECTION_STATUS) {
    case PCAP_IF_CONNECTION_STATUS_CONNECTED:
        return LINK_STATE_CONNECTED;
    case PCAP_IF_CONNECTION_STATUS_DISCONNECTED:
        return LINK_STATE_DISCONNECTED;
    default: /* a field of libpcap's, not an enum of ours */
        return LINK_STATE_UNKNOWN;
    }
}

static enum status take(struct interface *interface, const pcap_if_t *device)
{
    *interface = (struct interface){
        .name = mem_string(device->name),
        .link_state = link_state_of(device->flags),
        .is_up = (device->flags & PCAP_IF_UP) != 0,
        .is_running = (device->flags & PCAP_IF_RUNNING) != 0,
        .is_loopback = (device->flags & PCAP_IF_LOOPBACK) != 0,
        .is_wireless = (device->flags & PCAP_IF_WIRELESS) != 0,
        .is_any = strcmp(device->name, "any") == 0,
    };
    if (interface->name == NULL)
        return STATUS_NO_MEMORY;
    if (device->description != NULL && device->description[0] != '\0') {
        interface->description = mem_string(device->description);
        if (interface->description == NULL)
            return STATUS_NO_MEMORY;
    }
    return take_addresses(interface, device->addresses);
}

enum status interfaces_list(struct interface_list *list, char *error, size_t error_size)
{
    char text[PCAP_ERRBUF_SIZE] = "";
    enum status status = STATUS_OK;
    pcap_if_t *devices = NULL;
    size_t count = 0;

    *list = (struct interface_list){ 0 };
    errno = 0;
    if (pcap_findalldevs(&devices, text) != 0) {
        one_line(error, error_size, "interfaces: ", errno == ENOMEM ? "out of memory" : text);
        return STATUS_IO;
    }
    for (const pcap_if_t *d = devices; d != NULL; d = d->next)
        count += !is_stranger(d->name);
    list->interfaces = mem_calloc(count, sizeof(list->interfaces[0]));
    if (list->interfaces == NULL)
        status = STATUS_NO_MEMORY;
    for (const pcap_if_t *d = devices; d != NULL && status == STATUS_OK; d = d->next)
        if (!is_stranger(d->name))
            status = take(&list->interfaces[list->count++], d);
    pcap_freealldevs(devices);
    return status;
}

void interfaces_clear(struct interface_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct interface *interface = &list->interfaces[i];

        mem_free(interface->name);
        mem_free(interface->description);
        for (size_t k = 0; k < interface->address_count; k++)
            mem_free(interface->addresses[k]);
        mem_free(interface->addresses);
    }
    mem_free(list->interfaces);
    *list = (struct interface_list){ 0 };
}
