/* One table: each case once, with what brings it about and what to do. */
#include "findings/diagnosis_texts.h"

#include <stddef.h>
#include <string.h>

static const struct case_text cases[] = {
    { "refused",
      "When nothing listens on that port of that address, or a firewall rejects the connection "
      "with a RST.",
      "Check on the server that the mail service runs and listens on this address and port "
      "(ss -tln), and that no firewall rejects it. Check on the client that host name and port "
      "are the ones meant: 25 between servers, 587 or 465 for submission.",
      "RFC 9293 3.5.2" },
    /* 4.2.3.9: "Dest. Unreach (2-4) => abort conn". */
    { "refused-by-icmp",
      "When a router or a firewall on the way says by ICMP that the address or port cannot be "
      "reached, or must not be.",
      "Find out which host sent the ICMP error (it stands in the capture) and ask there: a route "
      "is missing, the host is down, or a rule forbids the port. Many providers block port 25 "
      "outwards; use 587 or 465 for submission.",
      "RFC 1122 4.2.3.9" },
    /* 3.8.3: "excessive retransmissions of the SYN segment". */
    { "unanswered",
      "When packets to that address or port are dropped without a word: by a firewall, because "
      "the host is down, or because the provider blocks port 25 outwards.",
      "Try from another network. If that works, ask the network's provider about port 25, or "
      "submit over 587 or 465. If not, check the server's firewall and that the host is up.",
      "RFC 9293 3.8.3" },
    { "no-greeting",
      "When the server took the connection and said nothing: it is overloaded, waits for a DNS "
      "lookup, delays on purpose, or a load balancer has no live server behind it.",
      "Look into the server's log for this client. Check its name server and its limits on "
      "connections. A client should wait five minutes for the greeting.",
      "RFC 5321 4.5.3.2.1" },
    { "unanswered-command", "When the connection ended while the server still owed a reply.",
      "Look into the log of the side that closed: a crash, a time-out, a limit on errors or a "
      "proxy in between. The message is not accepted and will be tried again by a mail server.",
      "RFC 5321 4.2" },
    /* No sections: of the "synchronization gap" between the final dot and its reply. */
    { "unanswered-end",
      "When the connection ended after the whole message was sent and before the server said "
      "whether it took it: a scanner that takes too long, a time-out of the client, a crash.",
      "Look in the server's log whether the message was queued: it may be, and the client sends it "
      "again, so that it arrives twice. A client must wait ten minutes for this reply.",
      "RFC 1047" },
    /* 3.8: "When the sender transmits a segment", "it is put on a retransmission queue" until its
     * acknowledgement comes. */
    { "unreceived",
      "When what the client sent last got no acknowledgement from the server's TCP: packets are lost "
      "on the way there or back, a firewall drops them, the server is gone, or a link takes smaller "
      "packets only.",
      "Look for the loss: capture on both sides and compare; try with a smaller MTU; look whether "
      "the server still answers at all. The server did not take the message, and the client will "
      "send it again.",
      "RFC 9293 3.8.1" },
    /* 4.1.1.10: "If the connection is closed prematurely", "the server MUST cancel any pending
     * transaction". */
    { "content-cut",
      "When the connection ended before the end of data was sent: a network fault, a time-out, a "
      "limit on size, or a scanner that gave up in the middle.",
      "Look who closed, and how long after. Large messages only: suspect the path MTU or a size "
      "limit. A fixed time: suspect a time-out of a proxy or scanner. The client must send the "
      "message again.",
      "RFC 5321 4.1.1.10" },
    { "path-mtu",
      "When a link on the way (a tunnel, a VPN, PPPoE) takes smaller packets than the hosts send, and "
      "the ICMP errors that say so are filtered out or not heeded. Small packets pass, so that the "
      "session works until the first long text.",
      "Let ICMP type 3 code 4 and ICMPv6 type 2 pass every firewall between the two; or clamp the MSS "
      "where the tunnel begins (iptables -j TCPMSS --clamp-mss-to-pmtu); or lower the MTU, or switch "
      "on net.ipv4.tcp_mtu_probing, on the sending host.",
      "RFC 2923 2.1" },
    /* 3.8: clients "treat the mail transaction as if a 451 response had been received". */
    { "unfinished", "When a session was left in the middle of a transaction.",
      "Look into the log of the side that closed. Nothing was accepted after the last positive "
      "reply to the end of a message.",
      "RFC 5321 3.8" },
    { "tls-refused-by-client",
      "When the client does not accept what the server offers: a certificate whose issuer it does "
      "not trust, that is for another name or has expired, or a version or cipher it forbids.",
      "On the server, check the certificate, its whole chain and its names (openssl s_client "
      "-starttls smtp -connect HOST:25 shows them). On the client, check the trusted issuers, "
      "the name it connects to and its rules for TLS.",
      "RFC 8446 6.2" },
    { "tls-failed",
      "When client and server find no common version or cipher, one of them is broken off, or "
      "something in between interferes.",
      "Compare versions and ciphers of both sides, and look into the server's log: it names the "
      "reason. Try openssl s_client -starttls smtp -connect HOST:PORT from the client's host.",
      "RFC 8446 6.2" },
    /* 6: 538 where a mechanism may only be used when the connection is encrypted. */
    { "auth-wants-tls",
      "When the client sends AUTH in clear to a server that lets passwords pass only inside TLS.",
      "Set the client to STARTTLS on port 587, or to TLS from the start on port 465. If the EHLO "
      "reply did not list STARTTLS, look for a firewall or antivirus proxy that hides it. Change a "
      "password that was sent: it has crossed the network in clear.",
      "RFC 4954 6" },
    /* 4: a mechanism that the server does not have is refused with 504. */
    { "mechanism-not-offered",
      "When the client asks for a way to log in that is not on the AUTH line of the EHLO reply.",
      "Set the client to a mechanism from the AUTH line; it may be another one before and after "
      "STARTTLS. On the server, enable the mechanism if it is meant to be there: its SASL module may "
      "not be installed.",
      "RFC 4954 4" },
    /* 3: the AUTH keyword of the EHLO reply tells the client that AUTH is there, and what for. */
    { "auth-not-offered",
      "When the client logs in where the server has no logins: on port 25, or on a server without a "
      "SASL set-up.",
      "Log in on port 587 or 465. On the server, switch AUTH on for the submission ports "
      "(smtpd_sasl_auth_enable in Postfix, authenticators in Exim) and see that EHLO lists it.",
      "RFC 4954 3" },
    /* 4.2: after the handshake all begins anew, inside TLS. */
    { "encrypted",
      "When the session goes on inside TLS, as it should. What was said there is not in the "
      "capture in clear.",
      "To see inside, look into the server's or the client's log.", "RFC 3207 4.2" },
    { "tls-on-plain-port",
      "When a client is set to \"SSL/TLS\" with a port that expects plain SMTP and STARTTLS.",
      "Set the client to port 465 for TLS from the start, or to STARTTLS on port 587 (25 between "
      "servers).",
      "RFC 8314 3.3" },
    { "plain-on-tls-port",
      "When one side is set to plain SMTP or STARTTLS on port 465, which begins with TLS.",
      "Set the client to \"SSL/TLS\" on port 465, or to STARTTLS on port 587. On the server, let "
      "port 465 begin with TLS (smtpd_tls_wrappermode in Postfix, tls_on_connect_ports in Exim).",
      "RFC 8314 3.3" },
    { "smuggled-here",
      "When a message holds a dot between line ends that are not CRLF, commands behind it, and a "
      "server that takes the dot for the end of data: who wrote the text sends mail in another's "
      "name.",
      "On this server, end DATA at CRLF.CRLF only and refuse bare line feeds (Postfix: "
      "smtpd_forbid_bare_newline = normalize; Exim 4.97.1 and Sendmail 8.18 or newer). Quarantine "
      "the second message, and find out who sent the first.",
      "CVE-2023-51764, CVE-2023-51765, CVE-2023-51766" },
    { "smuggled-for-others",
      "When a message holds a dot between line ends that are not CRLF, and commands behind it. "
      "This server took it for text; one that it is passed on to may not.",
      "Have the sending server normalize line ends, or refuse bare CR and LF in messages (Postfix: "
      "smtpd_forbid_bare_newline = reject). Find out who sent it: it is an attack or a broken "
      "client.",
      "CVE-2023-51764, CVE-2023-51765, CVE-2023-51766" },
    /* 7.3: "In many cases, RCPT commands can be used to obtain the same information about address
     * validity." */
    { "call-out",
      "When another server checks whether an address exists before it accepts mail from it, or a "
      "client changes its mind.",
      "No fix needed. If it comes often, the other side verifies your users' addresses.",
      "RFC 5321 7.3" },
    /* 2: "The RSET command, when issued after the first BDAT and before the BDAT LAST, clears all
     * segments sent during that transaction and resets the session." */
    { "withdrawn",
      "When the client could not read the rest of its message, or was told to stop, after the server "
      "had taken a part of it.",
      "Look into the client's log and queue. The server has dropped what it had; the message is to "
      "be sent again.",
      "RFC 3030 2" },
    /* 4.1.1.10: "The QUIT command may be issued at any time." */
    { "probe", "When a monitor, a load balancer or a scanner looks whether the service answers.",
      "No fix needed, if you know who asks.", "RFC 5321 4.1.1.10" },
    { "incomplete", "When the capture does not hold the octets that decide.",
      "Capture again with a full snap length (tcpdump -s 0), in both directions, from before the "
      "session begins until it ends, and watch for packets dropped by the kernel.",
      NULL },
};

const struct case_text *case_text_of(const char *id)
{
    size_t i = 0;

    while (i + 1 < sizeof(cases) / sizeof(*cases) && strcmp(cases[i].id, id) != 0)
        i++;
    return &cases[i];
}
