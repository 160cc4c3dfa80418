#include "findings/icmp_words.h"

#include "net/endpoint.h"

/* RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1. */
static const char *const codes[] = {
    "network unreachable",
    "host unreachable",
    "protocol unreachable",
    "port unreachable",
    "fragmentation needed",
    "source route failed",
    "network unknown",
    "host unknown",
    "source host isolated",
    "network administratively prohibited",
    "host administratively prohibited",
    "network unreachable for this type of service",
    "host unreachable for this type of service",
    "communication administratively prohibited",
    "host precedence violation",
    "precedence cutoff in effect",
};

/* RFC 4443 3.1, RFC 6550 20.18. */
static const char *const codes_v6[] = {
    "no route to destination",
    "communication administratively prohibited",
    "beyond scope of source address",
    "address unreachable",
    "port unreachable",
    "source address failed ingress or egress policy",
    "reject route to destination",
    "error in source routing header",
};

void sentence_add_icmp(struct sentence *s, const struct session_record *record)
{
    const struct tcp_refusal *refusal = &record->tcp->refusal;
    bool is_v6 = refusal->sender.version == 6;
    size_t count = is_v6 ? sizeof(codes_v6) / sizeof(*codes_v6) : sizeof(codes) / sizeof(*codes);
    char sender[ADDRESS_TEXT_MAX];

    sentence_add_text(s, is_v6 ? "an ICMPv6 error, " : "an ICMP error, ");
    if (refusal->code < count)
        sentence_add_text(s, is_v6 ? codes_v6[refusal->code] : codes[refusal->code]);
    else
        sentence_add(s, "unreachable with code %u", (unsigned)refusal->code);
    if (address_equal(&refusal->sender, &record->server.address)) {
        sentence_add_text(s, ", of the server itself");
        return;
    }
    address_text(&refusal->sender, sender);
    sentence_add(s, ", from %s", sender);
}
