/* The table of findings: one row and one function each, in the order of the documentation. Sections
 * whose number is not obvious are quoted beside their row. */
#include "findings/rules.h"

/* Commands whose grammar asks for an argument, or for none. */
#define AT_ARGUMENTS                                                                             \
    (AT_PATH | AT_HELLO | AT_STARTTLS | AT_COMMAND(DATA) | AT_COMMAND(RSET) | AT_COMMAND(QUIT) | \
     AT_COMMAND(VRFY) | AT_COMMAND(EXPN) | AT_COMMAND(ETRN) | AT_COMMAND(AUTH) | AT_COMMAND(BURL))

/* Verbs of extensions.c: by themselves, or for their parameters. */
#define AT_EXTENSION                                                                           \
    (AT_STARTTLS | AT_COMMAND(MAIL) | AT_COMMAND(RCPT) | AT_COMMAND(BDAT) | AT_COMMAND(AUTH) | \
     AT_COMMAND(BURL) | AT_COMMAND(ETRN) | AT_COMMAND(ATRN) | AT_COMMAND(XCLIENT) |            \
     AT_COMMAND(XFORWARD))

static const struct finding_rule rules[] = {
    /* 4.5.3.1.4: "The maximum total length of a command line including the command word and the
     * <CRLF> is 512 octets. SMTP extensions may be used to increase this limit." */
    { "command-line-too-long", SEVERITY_ERROR, "RFC 5321 4.5.3.1.4",
      "A command line is longer than 512 octets with its CRLF, raised by what the server's "
      "extensions allow this command. Servers cut it, refuse it, or close.",
      "Client: shorten the line; send a long AUTH response after the 334 instead of with AUTH; "
      "leave out parameters. Server: offer the extension whose parameter is used, so that its "
      "allowance applies.",
      GROUND_DIALOGUE, AT_COMMANDS | AT_KIND(SASL) | IF_LONG, rule_command_line_too_long, NULL },
    { "reply-line-too-long", SEVERITY_WARNING, "RFC 5321 4.5.3.1.5",
      "A reply line is longer than 512 octets with its CRLF. Clients may cut it, or take the rest "
      "for another line.",
      "Server: split the text into several lines of a multi-line reply, or shorten it.",
      GROUND_PLACE, IF_MARKED, NULL, rule_reply_line_too_long },
    /* 4.5.3.1.6: "including the <CRLF> is 1000 octets (not counting the leading dot duplicated for
     * transparency)". */
    { "text-line-too-long", SEVERITY_WARNING, "RFC 5321 4.5.3.1.6",
      "A line of the message is longer than 1000 octets with its CRLF. Servers on the way break "
      "it, which damages HTML and signatures (DKIM), or refuse the message.",
      "Whatever writes the message: wrap lines, or encode the part as quoted-printable or base64.",
      GROUND_PLACE, IF_MARKED, NULL, rule_text_line_too_long },
    /* 2.3.8: clients "MUST NOT transmit these characters except when they are intended as line
     * terminators and then MUST, as indicated above, transmit them only as a <CRLF> sequence". */
    { "bare-lf", SEVERITY_WARNING, "RFC 5321 2.3.8",
      "A line ends in LF alone. Servers that bear it read lines that others do not, and near the "
      "end of data that lets messages be smuggled; strict servers refuse it. An error in a command "
      "and by a dot that may be taken for the end of data.",
      "Client: end every line with CRLF, the message's too. Server: refuse bare LF (Postfix: "
      "smtpd_forbid_bare_newline).",
      GROUND_PLACE, IF_MARKED, NULL, rule_bare_lf },
    { "bare-cr", SEVERITY_WARNING, "RFC 5321 2.3.8",
      "A CR stands alone, without the LF that makes it a line end. Readers disagree whether it "
      "ends the line. An error in a command and by a dot that may be taken for the end of data.",
      "Client: end every line with CRLF, and encode text in which a CR has to stand alone.",
      GROUND_PLACE, IF_MARKED, NULL, rule_bare_cr },
    /* 2.3.8: "Lines consist of zero or more data characters terminated by" CR and LF. */
    { "line-unterminated", SEVERITY_WARNING, "RFC 5321 2.3.8",
      "The connection ended in the middle of a line. What stood in it was not acted upon.",
      "See who closed, and why: a client that gives up, a server that closes on its limits, or "
      "something between that cuts connections.",
      GROUND_PLACE, AT_COMMANDS | AT_KIND(SASL) | AT_REPLIES | IF_UNENDED, rule_line_unterminated,
      NULL },
    /* 3.5: text is "%d1-9", "%d11", "%d12" and "%d14-127". */
    { "nul-octet", SEVERITY_WARNING, "RFC 5322 3.5",
      "A NUL octet in a command, a reply or a message. Some software takes it for the end of the "
      "text; others refuse or drop it.",
      "Whatever writes it: binary content is to be encoded (base64), or sent by BDAT with "
      "BODY=BINARYMIME.",
      GROUND_PLACE, IF_MARKED, NULL, rule_nul_octet },
    /* 2.4: "Commands and replies are composed of characters from the ASCII character set". */
    { "non-ascii-command", SEVERITY_WARNING, "RFC 5321 2.4",
      "A command holds octets over 127, and SMTPUTF8 was not asked for with MAIL. Servers may "
      "refuse it or misread the address.",
      "Client: add SMTPUTF8 to MAIL where the server offers it; otherwise use the ASCII form of "
      "the domain (A-label) and an ASCII local part.",
      GROUND_DIALOGUE, IF_MARKED, NULL, rule_non_ascii_command },
    /* 3: without the offer "the client SMTP must not, under any circumstances, attempt to transfer
     * a content that contains characters outside of the US-ASCII octet range". */
    { "8bit-not-offered", SEVERITY_WARNING, "RFC 6152 3",
      "A message holds octets over 127, and the server offered neither 8BITMIME nor BINARYMIME. "
      "They may arrive damaged.",
      "Client: encode the parts (quoted-printable or base64) for this server. Server: offer "
      "8BITMIME.",
      GROUND_DIALOGUE, IF_MARKED, NULL, rule_8bit_not_offered },
    /* 4.5.3.1.3: "256 octets (including the punctuation and element separators)". */
    { "path-too-long", SEVERITY_WARNING, "RFC 5321 4.5.3.1.3",
      "An address with its angle brackets is longer than 256 octets. Servers need not take it.",
      "Use a shorter address; forwarders and list managers: shorten rewritten sender addresses "
      "(SRS, VERP).",
      GROUND_PLACE, AT_PATH | IF_LONG, rule_path_too_long, NULL },
    { "local-part-too-long", SEVERITY_WARNING, "RFC 5321 4.5.3.1.1",
      "The part of an address before the @ is longer than 64 octets. Servers need not take it.",
      "Use a shorter local part; forwarders and list managers: shorten rewritten sender addresses "
      "(SRS, VERP).",
      GROUND_PLACE, AT_PATH | IF_LONG, rule_local_part_too_long, NULL },
    { "domain-too-long", SEVERITY_WARNING, "RFC 5321 4.5.3.1.2",
      "The domain of an address, or the name given with EHLO, is longer than 255 octets. No such "
      "name can exist in the DNS.",
      "Client: correct the address or the host name.", GROUND_PLACE, AT_PATH | AT_HELLO | IF_LONG,
      rule_domain_too_long, NULL },
    { "command-syntax", SEVERITY_WARNING, "RFC 5321 4.1.1",
      "A command is not written as its grammar asks. Lenient servers bear it, others answer 501.",
      "Client: write MAIL FROM:<address> and RCPT TO:<address> with angle brackets and no space "
      "around the colon; give each command the arguments its grammar has, and no others.",
      GROUND_PLACE, AT_ARGUMENTS | IF_WORDY, rule_command_syntax, NULL },
    /* 4.2.4: "If the command is not recognized, code 500 SHOULD be returned." */
    { "unknown-command", SEVERITY_WARNING, "RFC 5321 4.2.4",
      "A line begins with a verb that is in no RFC, and that the server did not offer. It may also "
      "be part of a message that was sent although DATA had been refused.",
      "Client: send only what EHLO's reply offers, and no message text unless DATA was answered "
      "354. If it is no mail program at all, see what connects to this port.",
      GROUND_DIALOGUE, AT_COMMAND(UNKNOWN), rule_unknown_command, NULL },
    /* 4.2: "Reply-code = %x32-35 %x30-35 %x30-39", with a hyphen, a space or nothing behind it. */
    { "reply-syntax", SEVERITY_WARNING, "RFC 5321 4.2",
      "A reply line does not begin with a reply code (a digit 2 to 5, a digit 0 to 5, a digit) and "
      "a space or a hyphen. Clients lose step or give up.",
      "Server: correct the reply; look for a policy filter or a proxy that writes lines of its own "
      "into the dialogue.",
      GROUND_PLACE, AT_REPLIES | IF_MARKED | IF_ODD_CODE, rule_reply_syntax, NULL },
    /* 4.2.1: "In a multiline reply, the reply code on each of the lines MUST be the same." */
    { "reply-code-mismatch", SEVERITY_WARNING, "RFC 5321 4.2.1",
      "The lines of one reply carry different codes. Which one a client believes is not defined.",
      "Server: give every line of a reply the same code; look for a filter that adds lines.",
      GROUND_PLACE, IF_MARKED, NULL, rule_reply_code_mismatch },
    /* 4: "All status codes returned by the server must agree with the primary response code". */
    { "enhanced-code-mismatch", SEVERITY_WARNING, "RFC 2034 4",
      "The enhanced status code says another class (success, try again, give up) than the reply "
      "code. Clients and bounce parsers that read one act against the other.",
      "Server: make the first digit of both the same; look for a policy rule whose text carries a "
      "code of its own.",
      GROUND_PLACE, AT_REPLIES | IF_ODD_CODE, rule_enhanced_code_mismatch, NULL },
    /* 4.1.4: "A session that will contain mail transactions MUST first be initialized by the use of
     * the EHLO command." */
    { "helo-missing", SEVERITY_ERROR, "RFC 5321 4.1.4",
      "A mail transaction was begun before any EHLO or HELO. Most servers answer 503.",
      "Client: send EHLO first (HELO where it is refused), and after STARTTLS again.",
      GROUND_DIALOGUE, AT_OPENING | IF_OUT_OF_TURN, rule_helo_missing, NULL },
    /* 4.1.4: "MUST NOT be sent if a mail transaction is already open". */
    { "nested-mail", SEVERITY_ERROR, "RFC 5321 4.1.4",
      "MAIL was sent while a transaction was open. Servers answer 503, and the recipients of the "
      "first may get the second message.",
      "Client: send RSET before another MAIL where the transaction was not brought to its end.",
      GROUND_DIALOGUE, AT_OPENING | IF_OUT_OF_TURN, rule_nested_mail, NULL },
    /* 4.1.4: "a transaction beginning command, one or more RCPT commands, and a DATA command, in
     * that order". */
    { "rcpt-without-mail", SEVERITY_ERROR, "RFC 5321 4.1.4",
      "RCPT was sent with no transaction open, and the client knew it. Servers answer 503.",
      "Client: send MAIL first, and RCPT only after it was accepted; read the reply to MAIL.",
      GROUND_DIALOGUE, AT_COMMAND(RCPT) | IF_OUT_OF_TURN, rule_rcpt_without_mail, NULL },
    /* 3.3: "If there was no MAIL, or no RCPT, command, or all such commands were rejected", the
     * server may answer 503 or 554. */
    { "data-without-recipient", SEVERITY_ERROR, "RFC 5321 3.3",
      "DATA or BDAT was sent without an accepted recipient, and the client knew it. Servers answer "
      "503 or 554.",
      "Client: read the replies to RCPT; where every one was refused, send RSET or QUIT instead of "
      "DATA.",
      GROUND_DIALOGUE, AT_COMMAND(DATA) | AT_COMMAND(BDAT) | IF_OUT_OF_TURN,
      rule_data_without_recipient, NULL },
    /* 4.3.1: "The sender SHOULD wait for this greeting message before sending any commands." */
    { "early-talker", SEVERITY_WARNING, "RFC 5321 4.3.1",
      "The client sent commands before the server's greeting. Servers take that for a sign of spam "
      "software and refuse or disconnect (Postfix postscreen, Exim's enforce_sync).",
      "Client: wait for the 220. Where this is your own client, look at its timeouts: a greeting "
      "may be delayed on purpose.",
      GROUND_DIALOGUE, AT_COMMANDS | IF_MARKED, rule_early_talker, NULL },
    /* 3.1: "Once the client SMTP has confirmed that support exists for the pipelining extension,
     * the client SMTP may then elect to transmit groups of SMTP commands". */
    { "pipelining-not-offered", SEVERITY_WARNING, "RFC 2920 3.1",
      "Commands were sent without waiting for the replies before them, and the server did not "
      "offer PIPELINING. Some servers drop what came early, others take it for spam software.",
      "Client: wait for each reply unless PIPELINING is in the reply to the last EHLO. Server: "
      "offer PIPELINING where it copes.",
      GROUND_DIALOGUE, AT_COMMANDS | IF_IN_FLIGHT, rule_pipelining_not_offered, NULL },
    /* 3.1: "The EHLO, DATA, VRFY, EXPN, TURN, QUIT, and NOOP commands can only appear as the last
     * command in a group". */
    { "pipelining-out-of-sync", SEVERITY_WARNING, "RFC 2920 3.1",
      "Something was sent in the same flight after a command that must end its group, so that its "
      "reply could not be heeded. Servers may refuse, or drop what came early.",
      "Client: wait for the reply to EHLO, DATA, VRFY, EXPN, NOOP, QUIT, STARTTLS and AUTH before "
      "sending anything else.",
      GROUND_DIALOGUE, AT_COMMANDS | AT_KIND(SASL) | AT_KIND(DATA) | IF_IN_FLIGHT,
      rule_pipelining_out_of_sync, NULL },
    /* 4.1.1.3: "The client MUST NOT transmit parameters other than those associated with a service
     * extension offered by the server in its EHLO response." */
    { "extension-not-offered", SEVERITY_WARNING, "RFC 5321 4.1.1.3",
      "An extension was used that the server's EHLO reply does not list. Servers answer 502, 503, "
      "504 or 555, or pay no heed to it.",
      "Client: use only what the last EHLO reply offers. Server: see why it is not offered here; "
      "AUTH, for one, is often offered only after STARTTLS.",
      GROUND_DIALOGUE, AT_EXTENSION | IF_WORDY, rule_extension_not_offered, NULL },
    /* 4: "Any attempt by a client to transfer a message which is larger than this fixed upper limit
     * will fail." */
    { "size-over-limit", SEVERITY_WARNING, "RFC 1870 4",
      "A message is larger than the size that the server named in its EHLO reply. It is refused "
      "with 552, in the worst case after all of it was sent.",
      "Sender: make the message smaller, or send a link. Server: raise the limit "
      "(Postfix: message_size_limit) if such messages are wanted.",
      GROUND_DIALOGUE, AT_COMMAND(MAIL) | AT_KIND(DATA) | IF_WORDY | IF_LARGE, rule_size_over_limit,
      NULL },
    /* 4.5.3.1.8: "The minimum total number of recipients that MUST be buffered is 100
     * recipients." */
    { "too-many-recipients", SEVERITY_INFO, "RFC 5321 4.5.3.1.8",
      "More than 100 recipients in one transaction. Every server takes 100; past that it may "
      "answer 452, and the client must send the message again for the rest.",
      "Client: split the recipients over several transactions, and treat 452 to RCPT as "
      "\"enough for this one\".",
      GROUND_DIALOGUE, WITH_MANY, NULL, rule_too_many_recipients },
    /* 4.2: "Every command MUST generate exactly one reply." So too for unanswered-command. */
    { "unexpected-reply", SEVERITY_WARNING, "RFC 5321 4.2",
      "The server sent a reply that answers nothing. From here on client and server may count "
      "differently which reply belongs to which command.",
      "Server: look for a filter that answers twice, or for a second greeting; where the client "
      "sent a message the server had refused, see the findings about DATA.",
      GROUND_DIALOGUE, AT_REPLIES | IF_UNPAIRED, rule_unexpected_reply, NULL },
    { "unanswered-command", SEVERITY_WARNING, "RFC 5321 4.2",
      "The connection ended with a command still unanswered. At the end of data nobody can tell "
      "whether the message was taken, and it may be delivered twice; unless the server's TCP had "
      "not acknowledged the end of the message, which then never arrived.",
      "See who closed. Server: look in its log for a crash, a limit or a timeout. Client: give the "
      "server the times of RFC 5321 4.5.3.2 (ten minutes after the end of data).",
      GROUND_DIALOGUE, AT_COMMANDS | AT_KIND(SASL) | AT_KIND(DATA) | IF_UNPAIRED,
      rule_unanswered_command, NULL },
    /* 4.1.1.10: where "the connection is closed prematurely", "the server MUST cancel any pending
     * transaction". */
    { "message-unterminated", SEVERITY_ERROR, "RFC 5321 4.1.1.10",
      "Message text was sent and its end never was. The server must drop what it has.",
      "See who closed. Client: a crash, a timeout or a lost network path (try a smaller MTU); the "
      "message is to be sent again. Server: look for its time and size limits.",
      GROUND_DIALOGUE, AT_KIND(DATA) | IF_UNFINISHED, rule_message_unterminated,
      rule_chunks_unfinished },
    /* 2: "If the sender-SMTP indicates a chunk-size larger than the actual chunk-size, the
     * receiver-SMTP will continue to wait for the remainder of the data". */
    { "bdat-incomplete", SEVERITY_ERROR, "RFC 3030 2",
      "A BDAT chunk has fewer octets than its command announced. The server waits for the rest "
      "until it gives up, and the message is lost.",
      "Client: announce the octets that are sent, line ends included. If the connection broke, see "
      "who closed; the message is to be sent again.",
      GROUND_DIALOGUE, AT_KIND(DATA) | IF_UNFINISHED, rule_bdat_incomplete, NULL },
    /* 2: "SP chunk-size [ SP end-marker ] CR LF"; "DATA and BDAT commands cannot be used in the
     * same transaction." */
    { "bdat-invalid", SEVERITY_ERROR, "RFC 3030 2",
      "A BDAT command is not \"BDAT size [LAST]\", or DATA was mixed into its transaction. The "
      "server cannot tell chunk from commands, and reads one as the other.",
      "Client: write BDAT with a decimal size, and LAST with the last chunk; send a message either "
      "by DATA or by BDAT.",
      GROUND_PLACE, AT_COMMAND(BDAT) | AT_COMMAND(DATA) | IF_WORDY | IF_OUT_OF_TURN,
      rule_bdat_invalid, NULL },
    /* 4.1.1.10: "The sender MUST NOT intentionally close the transmission channel until it sends a
     * QUIT command". */
    { "quit-missing", SEVERITY_INFO, "RFC 5321 4.1.1.10",
      "The client closed the connection without QUIT. Servers log it as a lost connection.",
      "Client: send QUIT and wait for its reply. Health checks do this too; exclude them from the "
      "server's log, or make them polite.",
      GROUND_DIALOGUE, WITHOUT_QUIT, NULL, rule_quit_missing },
    /* Postfix, Sendmail and Exim, in this order: each took other line ends than CRLF for the end of
     * data. */
    { "smtp-smuggling", SEVERITY_ERROR, "CVE-2023-51764, CVE-2023-51765, CVE-2023-51766",
      "A message holds what some servers take for the end of data and others do not, and SMTP "
      "commands behind it: they receive another message, in the name of the server that passed it "
      "on. A look-alike that no command but QUIT follows is a warning.",
      "Server: end DATA at CRLF.CRLF only, and refuse bare CR and LF (Postfix: "
      "smtpd_forbid_bare_newline = normalize). Outgoing server: normalize line ends before "
      "sending. Find out who sent it: it is an attack or a broken client.",
      GROUND_DIALOGUE, IF_MARKED, NULL, rule_smtp_smuggling },
    /* Postfix "2.7.x before 2.7.3" and the branches before it, in the words of the record. */
    { "starttls-command-injection", SEVERITY_ERROR, "CVE-2011-0411",
      "The client's octets behind STARTTLS came in clear, ahead of the TLS that then follows. A "
      "server that keeps them takes them for protected, and does what an attacker put there.",
      "Server: throw away what was received before the handshake (Postfix does since 2.7.3). If it "
      "is your own client: wait for the 220 and begin TLS. Otherwise look for who sits between.",
      GROUND_DIALOGUE, AT_STARTTLS, NULL, rule_starttls_command_injection },
    /* curl "7.20.0 to and including 7.78.0"; Exim "through 4.94.2", where it is the client. */
    { "starttls-response-injection", SEVERITY_ERROR, "CVE-2021-22947, CVE-2021-38371",
      "Replies in clear came behind the 220 to STARTTLS, ahead of the TLS that then follows. A "
      "client that keeps them takes them for answers to what it sends protected.",
      "Client: throw away what was received before the handshake (curl 7.79, and others since). "
      "Server: send nothing behind the 220. Otherwise look for who sits between.",
      GROUND_DIALOGUE, AT_STARTTLS, NULL, rule_starttls_response_injection },
    /* 6: "A man-in-the-middle attack can be launched by deleting the "250 STARTTLS" response from
     * the server." */
    { "starttls-stripped", SEVERITY_ERROR, "RFC 3207 6",
      "Something between client and server hides STARTTLS: its keyword or command is written over, "
      "or it is refused as unknown although it was offered. Mail goes on in clear, or not at all.",
      "Firewall: switch off the inspection of SMTP (Cisco: no inspect esmtp, or allow-tls). Client: "
      "ask for TLS and do not fall back (MTA-STS, DANE). Else it is an attack: find out where.",
      GROUND_DIALOGUE, AT_COMMAND(STARTTLS) | AT_COMMAND(UNKNOWN) | AT_OFFER,
      rule_starttls_stripped, NULL },
    /* 4.2: "220 " is followed by "(Domain / address-literal)". */
    { "banner-masked", SEVERITY_WARNING, "RFC 5321 4.2",
      "The greeting's text is stars: a firewall writes over it. The same firewall often hides "
      "STARTTLS and other extensions, and breaks long lines.",
      "Firewall: switch off the inspection of SMTP (Cisco PIX and ASA: no inspect esmtp, no fixup "
      "protocol smtp).",
      GROUND_PLACE, AT_REPLIES | IF_UNPAIRED, rule_banner_masked, NULL },
    /* 4: "A server implementation MUST implement a configuration in which it does NOT permit any
     * plaintext password mechanisms, unless either the STARTTLS [SMTP-TLS] command has been
     * negotiated" or something else protects the session. */
    { "auth-in-clear", SEVERITY_WARNING, "RFC 4954 4",
      "A password or token that can be used again was sent outside TLS. Whoever reads the packets "
      "has it. An error where the server offers STARTTLS.",
      "Client: require TLS (STARTTLS on port 587, or port 465). Server: offer AUTH only inside TLS "
      "(Postfix: smtpd_tls_auth_only = yes). Change the password.",
      GROUND_DIALOGUE, WITH_AUTH, NULL, rule_auth_in_clear },
    /* 9: "Servers MAY implement a policy whereby the connection is dropped after a number of failed
     * authentication attempts", not "until at least 3 attempts to authenticate have failed". */
    { "auth-repeated-failure", SEVERITY_WARNING, "RFC 4954 9",
      "Three or more attempts to authenticate were refused in one session: a wrong password in a "
      "program that does not give up, or someone who guesses.",
      "Known client: correct its user name and password. Unknown: close after a few failures, and "
      "block the address for a while (fail2ban).",
      GROUND_PLACE, WITH_AUTH, NULL, rule_auth_repeated_failure },
    /* 4.2: "The client SHOULD send an EHLO command as the first command after a successful TLS
     * negotiation." */
    { "ehlo-after-tls-missing", SEVERITY_WARNING, "RFC 3207 4.2",
      "After STARTTLS the client went on without EHLO. What it knew of the server came in clear "
      "and is void; servers answer 503.",
      "Client: send EHLO again after the handshake, and use what that reply offers.",
      GROUND_DIALOGUE, AT_STARTTLS, NULL, rule_ehlo_after_tls_missing },
    /* 4: "After receiving a 220 response to a STARTTLS command, the client MUST start the TLS
     * negotiation before giving any other SMTP commands." */
    { "plaintext-after-starttls", SEVERITY_INFO, "RFC 3207 4",
      "STARTTLS was accepted, and the dialogue goes on in clear: the packets were captured where "
      "TLS is taken off already, or neither side began it.",
      "Nothing, where a proxy or a tap takes TLS off before this point. Otherwise see why no "
      "handshake follows: it would be mail in clear.",
      GROUND_PLACE, AT_STARTTLS, NULL, rule_plaintext_after_starttls },
    /* 3.3: for "port 465", "a TLS handshake begins immediately"; "STARTTLS on port 587". So too for
     * plain-on-tls-port. */
    { "tls-on-plain-port", SEVERITY_ERROR, "RFC 8314 3.3",
      "The client began TLS at once on a port where the server speaks plain text first. Neither "
      "understands the other, and no mail goes through.",
      "Client: use STARTTLS on ports 25 and 587, or port 465 with TLS from the start (often "
      "called SSL/TLS).",
      GROUND_DIALOGUE, WITH_TLS, NULL, rule_tls_on_plain_port },
    { "plain-on-tls-port", SEVERITY_ERROR, "RFC 8314 3.3",
      "Plain text on port 465, where TLS is spoken from the first octet: the other side waits for "
      "TLS, or passwords go over the network in clear. Also where both sides wait for the other to "
      "begin, which a client does that expects a plain greeting.",
      "Client: switch port 465 to TLS from the start (SSL/TLS), not STARTTLS, or use 587 with "
      "STARTTLS. Server: enable implicit TLS there (Postfix: smtpd_tls_wrappermode=yes).",
      GROUND_DIALOGUE, WITH_TLS_PORT, NULL, rule_plain_on_tls_port },
    /* 6.2: "Upon transmission or receipt of a fatal alert message, both parties MUST immediately
     * close the connection." */
    { "tls-handshake-failed", SEVERITY_ERROR, "RFC 8446 6.2",
      "A TLS handshake was begun and not brought to its end: one side refused the other's "
      "certificate, version or cipher, or the connection broke. No mail goes this way.",
      "See the alert and who sent it. From the client: check the server's certificate, its chain "
      "and names. From the server: compare versions and ciphers (openssl s_client -starttls smtp).",
      GROUND_DIALOGUE, WITH_TLS, NULL, rule_tls_handshake_failed },
    /* 4: "TLS 1.0 MUST NOT be used." 5: "TLS 1.1 MUST NOT be used." A finding names what forbids
     * its version: RFC 7568 3 SSL 3.0, RFC 6176 3 SSL 2.0. */
    { "tls-old-version", SEVERITY_WARNING, "RFC 8996 4, RFC 8996 5",
      "SSL 3.0, TLS 1.0 or TLS 1.1, which must not be used any more. Many servers and clients "
      "refuse them.",
      "Update or configure the side that knows no newer one, so that both speak TLS 1.2 or 1.3.",
      GROUND_PLACE, WITH_TLS, NULL, rule_tls_old_version },
    /* 3.5.2: "A SYN segment that does not match an existing connection is rejected by this means",
     * a reset. */
    { "connection-refused", SEVERITY_ERROR, "RFC 9293 3.5.2",
      "The server's host, or a firewall before it, refused the connection.",
      "See that the mail server runs and listens on this address and port, and that no firewall "
      "rejects it; check the MX record's target and, for IPv6, the AAAA record.",
      GROUND_PLACE, WITH_ODD_START, NULL, rule_connection_refused },
    /* 3.8.3: "An attempt to open a TCP connection could fail with excessive retransmissions of the
     * SYN segment". */
    { "connection-unanswered", SEVERITY_ERROR, "RFC 9293 3.8.3",
      "No SYN was ever answered: the host is down, the address is wrong, or a firewall drops the "
      "packets. Many providers block outgoing port 25.",
      "Try another network, and port 587 for submission; ask the provider about port 25; see the "
      "server's firewall and the route to it.",
      GROUND_PLACE, WITH_ODD_START, NULL, rule_connection_unanswered },
    /* 3.5.2: "A TCP user or application can issue a reset on a connection at any time". */
    { "connection-reset", SEVERITY_ERROR, "RFC 9293 3.5.2",
      "The connection was torn down with a RST before QUIT. What was under way is lost or has to "
      "be sent again.",
      "Look for a crash or a kill in the log of the side that reset, and for a firewall or load "
      "balancer between them that does it in its name.",
      GROUND_DIALOGUE, WITH_ODD_END, NULL, rule_connection_reset },
    /* 4.5.3.2: "the minimum per-command timeout values SHOULD be as follows"; the longest is ten
     * minutes. */
    { "connection-idle", SEVERITY_ERROR, "RFC 5321 4.5.3.2",
      "Nothing was sent for longer than any of SMTP's timeouts, and nobody closed. One side is "
      "gone, or a firewall forgot the connection.",
      "Look for state timeouts of firewalls and NAT on the way, and for the host that vanished; "
      "keep-alives on the server help it to notice.",
      GROUND_DIALOGUE, WITH_ODD_END, NULL, rule_connection_idle },
    /* 4.5.3.2: "An SMTP client MUST provide a timeout mechanism", five minutes for most commands and
     * ten for the end of data. */
    { "slow-reply", SEVERITY_WARNING, "RFC 5321 4.5.3.2",
      "The server took longer than 10 s (--slow) to answer, the network's time not counted. Users "
      "and impatient clients give up, and a message given up at its end may arrive twice.",
      "Server: look for slow DNS, blocklist and user look-ups, content scanners and load; where it "
      "delays on purpose (a tarpit), see why this client is taken for a spammer.",
      GROUND_TIMES, WITH_SLOW_REPLY, NULL, rule_slow_reply },
    /* 4.5.3.2.1: "Initial 220 Message: 5 Minutes"; "Many SMTP servers accept a TCP connection but
     * delay delivery of the 220 message". */
    { "slow-greeting", SEVERITY_WARNING, "RFC 5321 4.5.3.2.1",
      "The server's greeting took longer than 5 s, the network's time not counted. Clients that "
      "wait less than the five minutes asked for give up.",
      "Server: see whether it waits on purpose (Postfix postscreen, Sendmail greet_pause, Exim's "
      "delay) or for a DNS or ident look-up of the client. Client: wait five minutes.",
      GROUND_TIMES, AT_REPLIES | IF_UNPAIRED, rule_slow_greeting, NULL },
    /* 4.5.3.2.7: "An SMTP server SHOULD have a timeout of at least 5 minutes while it is awaiting
     * the next command from the sender." */
    { "client-stall", SEVERITY_WARNING, "RFC 5321 4.5.3.2.7",
      "The client had its answer in the middle of a transaction and sent nothing for over a minute. "
      "Servers hold resources meanwhile and close after some minutes.",
      "Client: look for what it waits for: a slow disk or queue, a scanner, a person, a connection "
      "kept open for the next message before this one is through.",
      GROUND_TIMES, WITH_SILENCE, NULL, rule_client_stall },
    /* 3.8: "Because segments may be lost due to errors (checksum test failure) or network
     * congestion, TCP uses retransmission to ensure delivery of every segment." */
    { "retransmissions", SEVERITY_WARNING, "RFC 9293 3.8",
      "At least three data segments, and over 2 % of one side's, were sent again. Each costs a "
      "round trip or much more; time-outs follow.",
      "Look for loss on the path: a full link, a bad cable or radio, a policer; and whether the "
      "capture shows each packet twice (a mirror port that copies both directions).",
      GROUND_PLACE, WITH_TROUBLE, NULL, rule_retransmissions },
    /* 3.8.6.1: "A TCP implementation MAY keep its offered receive window closed indefinitely". */
    { "zero-window", SEVERITY_WARNING, "RFC 9293 3.8.6.1",
      "A side's receive window was closed for more than a second in all: its program did not read "
      "what came.",
      "Look at that host: an overloaded or blocked process, a slow disk, a scanner or proxy that "
      "stores the message while it comes.",
      GROUND_PLACE, WITH_TROUBLE, NULL, rule_zero_window },
    /* 2.1: "Black hole detection": large packets vanish, and no ICMP error says why. */
    { "path-mtu", SEVERITY_ERROR, "RFC 2923 2.1",
      "Packets larger than some link on the way takes do not get through: full-size segments are "
      "sent again and never acknowledged while small ones pass, or ICMP says so. Greeting and "
      "envelope work, and messages or TLS handshakes stall. Information only where the sender "
      "heeded the ICMP error, a warning where it found a smaller size by itself.",
      "Let ICMP \"fragmentation needed\" (type 3 code 4) and ICMPv6 \"packet too big\" (type 2) "
      "through every firewall, clamp the MSS on the tunnel or router, or lower the MTU.",
      GROUND_PLACE, WITH_TROUBLE, NULL, rule_path_mtu },
    /* 3.10.7.4: "If a segment's contents straddle the boundary between old and new, only the new
     * parts are processed", so that the first copy counts. */
    { "tcp-overlap-conflict", SEVERITY_ERROR, "RFC 9293 3.10.7.4",
      "The same octets of the stream came twice and differ. What the receiver took may not be what "
      "stands in this report: so attacks are hidden from whoever watches.",
      "Find out who sent the second copy (compare TTL and IP identification of the frames): an "
      "injection on the path, a broken middlebox, or a host that evades an inspection.",
      GROUND_PLACE, WITH_TROUBLE, NULL, rule_tcp_overlap_conflict },
    { "limit-reached", SEVERITY_WARNING, "smtpscope(1) LIMITS",
      "The session met a limit of this program, so that the report is not all there was.",
      "Nothing is wrong with the mail for that reason. Narrow the capture to this connection to "
      "see more.",
      GROUND_PLACE, WITH_LIMIT | WITH_ODD_END, NULL, rule_limit_reached },
    { "capture-gap", SEVERITY_INFO, "tcpdump(1) -B",
      "Packets of this connection are missing from the capture although they arrived. What lies in "
      "the hole is not known.",
      "Capture with larger buffers (tcpdump -B), on a less busy point, or closer to the server.",
      GROUND_PLACE, WITH_HOLES, NULL, rule_capture_gap },
    { "capture-truncated", SEVERITY_INFO, "tcpdump(1) -s",
      "The capture kept only the start of each packet, so that lines are missing.",
      "Capture whole packets (tcpdump -s 0).", GROUND_PLACE, WITH_HOLES, NULL,
      rule_capture_truncated },
    /* 3.5: the "three-way handshake" is "used to establish a connection", and both sides send in
     * it. */
    { "capture-midstream", SEVERITY_INFO, "RFC 9293 3.5",
      "The capture began after the connection. What was said before is not known.",
      "Begin the capture before the session, or read the capture file before this one as well.",
      GROUND_PLACE, WITH_ODD_START, NULL, rule_capture_midstream },
    { "capture-one-sided", SEVERITY_INFO, "RFC 9293 3.5",
      "Only one direction was captured. What the other side said is inferred.",
      "Capture where both directions pass: routing may be asymmetric, or the filter or mirror port "
      "takes one direction only.",
      GROUND_PLACE, WITH_HOLES, NULL, rule_capture_one_sided },
};

_Static_assert(sizeof(rules) / sizeof(rules[0]) <= FINDING_RULES_MAX, "raise FINDING_RULES_MAX");

const struct finding_rule *finding_rules(size_t *count)
{
    *count = sizeof(rules) / sizeof(rules[0]);
    return rules;
}
