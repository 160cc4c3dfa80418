/* From options to a capture that runs, or to one line that says what is in its way. */
#include "capture/live_open.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "capture/filter.h"
#include "capture/one_line.h"

enum {
    SNAP_MAX = 262144,    /* libpcap's MAXIMUM_SNAPLEN */
    NAME_SHOWN = 64,      /* of a name that may be far too long for an interface */
    FILTER_MAX = 1 << 20, /* octets of a filter's text: far more than the kernel takes */
};

struct opening {
    const struct live_options *options;
    pcap_t *handle;
    char *error;
    size_t error_size;
};

static bool is_any(const char *interface)
{
    return strcmp(interface, "any") == 0;
}

/* "eth0: reason" */
static void say(const struct opening *o, const char *reason)
{
    char name[NAME_SHOWN + sizeof(": ")];

    snprintf(name, sizeof(name), "%.*s: ", NAME_SHOWN, o->options->interface);
    one_line(o->error, o->error_size, name, reason);
}

/* Why libpcap, asked with errno at 0, gave up; where it tidied up since, the words alone tell. */
static void say_failure(const struct opening *o, const char *text)
{
    bool lacks_memory = errno == ENOMEM || strstr(text, strerror(ENOMEM)) != NULL;

    say(o, lacks_memory ? "out of memory" : text);
}

static void say_no_permission(const struct opening *o)
{
    const struct passwd *user = getpwuid(geteuid());
    char reason[192];

    if (user != NULL)
        snprintf(reason, sizeof(reason), "user %.32s may not capture", user->pw_name);
    else
        snprintf(reason, sizeof(reason), "user %lu may not capture", (unsigned long)geteuid());
    snprintf(reason + strlen(reason), sizeof(reason) - strlen(reason),
             "; use sudo, or once: sudo setcap cap_net_raw+ep \"$(command -v smtpscope)\"");
    say(o, reason);
}

static void say_down(const struct opening *o)
{
    char reason[64 + NAME_SHOWN];

    snprintf(reason, sizeof(reason), "the interface is down; ip link set %.*s up", NAME_SHOWN,
             o->options->interface);
    say(o, reason);
}

static void say_activation(const struct opening *o, int result)
{
    const char *text = pcap_geterr(o->handle);

    switch (result) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
        say(o, "no such interface; `smtpscope interfaces` lists those there are");
        break;
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        say_no_permission(o);
        break;
    case PCAP_ERROR_IFACE_NOT_UP:
        say_down(o);
        break;
    default:
        say_failure(o, text[0] != '\0' ? text : pcap_statustostr(result));
        break;
    }
}

/* What is strange and does not hinder: libpcap's warning, or that there is nothing to hear. */
static void warn(const struct opening *o, int result)
{
    struct ifreq request = { 0 };

    if (result > 0 && result != PCAP_WARNING_PROMISC_NOTSUP &&
        result != PCAP_WARNING_TSTAMP_TYPE_NOTSUP) {
        say(o, pcap_geterr(o->handle));
        return;
    }
    if (is_any(o->options->interface))
        return;
    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", o->options->interface);
    if (ioctl(pcap_fileno(o->handle), SIOCGIFFLAGS, &request) != 0)
        return;
    if ((request.ifr_flags & IFF_UP) == 0)
        say(o, "the interface is down; nothing will come before it is up");
    else if ((request.ifr_flags & IFF_RUNNING) == 0)
        say(o, "the interface has no carrier; nothing will come before it has");
}

static int octets_of(uint32_t kib)
{
    return kib > INT_MAX / 1024 ? INT_MAX : (int)(kib * 1024);
}

static enum status activate(struct opening *o)
{
    const struct live_options *options = o->options;
    uint32_t snap = options->snap_length;
    char text[PCAP_ERRBUF_SIZE] = "";
    int result;

    errno = 0;
    o->handle = pcap_create(options->interface, text);
    if (o->handle == NULL) {
        say_failure(o, text);
        return STATUS_IO;
    }
    pcap_set_snaplen(o->handle, snap == 0 || snap > SNAP_MAX ? SNAP_MAX : (int)snap);
    pcap_set_promisc(o->handle, options->is_promiscuous && !is_any(options->interface));
    pcap_set_timeout(o->handle, LIVE_BLOCK_MS);
    if (options->buffer_kib > 0)
        pcap_set_buffer_size(o->handle, octets_of(options->buffer_kib));
    /* Refused where there is nothing finer: then it stays at microseconds. */
    (void)pcap_set_tstamp_precision(o->handle, PCAP_TSTAMP_PRECISION_NANO);
    errno = 0;
    result = pcap_activate(o->handle);
    if (result < 0) {
        say_activation(o, result);
        return STATUS_IO;
    }
    warn(o, result);
    /* The newer cooked header tells interfaces apart; a libpcap without it has the older one. */
    if (pcap_datalink(o->handle) == DLT_LINUX_SLL && is_any(options->interface))
        (void)pcap_set_datalink(o->handle, DLT_LINUX_SLL2);
    errno = 0;
    if (pcap_setnonblock(o->handle, 1, text) != 0) {
        say_failure(o, text);
        return STATUS_IO;
    }
    return STATUS_OK;
}

/* Compiles the filter in that form. One that lets every frame pass is compiled as well: its program
 * tells the kernel the snap length. */
static enum status compile_form(struct opening *o, struct bpf_program *program,
                                enum live_filter_form form)
{
    static const struct live_filter everything = { 0 };
    const struct live_filter *filter = o->options->filter;
    struct buf text = buf_of(FILTER_MAX);
    size_t dropped = 0;
    enum status status = live_filter_text(&text, filter != NULL ? filter : &everything, form);

    if (status == STATUS_OK)
        status = buf_append(&text, slice_of("", 1), &dropped);
    if (status == STATUS_OK && dropped > 0)
        status = STATUS_USAGE;
    if (status == STATUS_USAGE)
        one_line(o->error, o->error_size, "filter: too long", "");
    if (status == STATUS_OK) {
        status = filter_compile(o->handle, (const char *)text.data, program);
        if (status == STATUS_USAGE)
            one_line(o->error, o->error_size, "filter: ", pcap_geterr(o->handle));
    }
    buf_clear(&text);
    return status;
}

/* The user's own part first: a message about it should quote nothing else. */
static enum status check_expression(struct opening *o)
{
    struct bpf_program program;
    const struct live_filter *filter = o->options->filter;
    const char *expression = filter != NULL ? filter->expression : NULL;
    enum status status;

    if (expression == NULL)
        return STATUS_OK;
    status = filter_compile(o->handle, expression, &program);
    if (status == STATUS_OK)
        pcap_freecode(&program);
    else if (status == STATUS_USAGE)
        one_line(o->error, o->error_size, "filter: ", pcap_geterr(o->handle));
    return status;
}

static enum status set_filter(struct opening *o)
{
    int link_type = pcap_datalink(o->handle);
    bool is_cooked = link_type == DLT_LINUX_SLL || link_type == DLT_LINUX_SLL2;
    struct bpf_program program = { 0 };
    enum status status = check_expression(o);

    if (status != STATUS_OK)
        return status;
    status = compile_form(o, &program, is_cooked ? LIVE_FILTER_COOKED : LIVE_FILTER_VLAN);
    if (status == STATUS_USAGE && !is_cooked)
        status = compile_form(o, &program, LIVE_FILTER_PLAIN);
    if (status == STATUS_USAGE && strstr(pcap_geterr(o->handle), "rejects all packets") != NULL)
        one_line(o->error, o->error_size,
                 "filter: nothing can pass both it and the ports; --ports any lets it stand alone",
                 "");
    if (status != STATUS_OK)
        return status;
    errno = 0;
    if (pcap_setfilter(o->handle, &program) != 0) {
        one_line(o->error, o->error_size,
                 "filter: ", errno == ENOMEM ? "out of memory" : pcap_geterr(o->handle));
        status = STATUS_IO;
    }
    pcap_freecode(&program);
    return status;
}

enum status live_open(struct pcap **out, const struct live_options *options, char *error,
                      size_t error_size)
{
    struct opening o = { .options = options, .error = error, .error_size = error_size };
    char warning[256];
    enum status status;

    error[0] = '\0';
    status = activate(&o);
    one_line(warning, sizeof(warning), error, "");
    if (status == STATUS_OK)
        status = set_filter(&o);
    if (status == STATUS_OK)
        one_line(error, error_size, warning, "");
    *out = o.handle;
    return status;
}
