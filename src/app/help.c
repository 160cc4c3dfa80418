/* Help, written for someone whose mail does not arrive. */
#include "app/help.h"

#include <string.h>

#include "app/metrics.h"
#include "capture/libraries.h"
#include "capture/source.h"
#include "catalog/library.h"
#include "tls/library.h"

static const char usage[] =
    "usage: smtpscope [analyze] [OPTIONS] CAPTURE...\n"
    "       smtpscope -r CAPTURE [OPTIONS] [FILTER]\n"
    "       smtpscope [live] -i IFACE [OPTIONS] [FILTER]\n"
    "       smtpscope interfaces\n"
    "       smtpscope explain CODE [ENHANCED] | compare CODE CODE | codes | findings\n"
    "       smtpscope help [COMMAND] | --version\n";

static const char general_help[] =
    "\n"
    "Reads a packet capture, or sniffs an interface, and tells, session by session,\n"
    "what an SMTP client and server said to each other, what decided the outcome, and\n"
    "what to do about it.\n"
    "\n"
    "  analyze     analyse capture files; what a CAPTURE without a command means\n"
    "  live        sniff an interface; what -i without a command means\n"
    "  interfaces  interfaces that can be sniffed\n"
    "  explain     what a reply means, when it is seen, how to fix it\n"
    "  compare     two reply codes side by side\n"
    "  codes       every reply code and enhanced code known, a line each\n"
    "  findings    every finding: id, severity, meaning, reference\n"
    "  help        this text, or that of a command\n"
    "\n"
    "For example:\n"
    "  smtpscope mail.pcap                            all sessions of a capture\n"
    "  smtpscope --outcome rejected,deferred *.pcap   only what was refused\n"
    "  smtpscope --code 550 -v mail.pcap.gz           with the whole dialogue\n"
    "  sudo smtpscope -i eth0                         each session as it ends\n"
    "  smtpscope explain 550 5.7.1                    what that reply means\n"
    "\n"
    "'smtpscope help analyze' and 'smtpscope help live' list the options.\n";

static const char analyze_help[] =
    "usage: smtpscope [analyze] [OPTIONS] CAPTURE...\n"
    "       smtpscope -r CAPTURE [OPTIONS] [FILTER]\n"
    "\n"
    "Analyses capture files: pcap and pcapng, plain or compressed with gzip or zstd;\n"
    "'-' is standard input. Several files are read as one stream of time.\n"
    "\n"
    "What is written:\n"
    "  -f, --format FORMAT    to standard output: text (default), json, ndjson or\n"
    "                         summary\n"
    "  -o, --output FILE      a report in FILE as well; its format by its ending: .txt,\n"
    "                         .json, .ndjson or .jsonl. May be repeated\n"
    "  -v                     the whole dialogue, with every annotation\n"
    "  -q                     one line a session\n"
    "      --headers          Subject, From, To and Date of messages\n"
    "      --show-secrets     do not hide passwords (default: hidden everywhere)\n"
    "      --annotate WHICH   replies explained in json and ndjson: all (default),\n"
    "                         refusals or none\n"
    "      --lang LANGUAGE    labels of the explanations: en, fr, tr or ar; default\n"
    "                         from LC_ALL, LC_MESSAGES or LANG\n"
    "      --time ZONE        clock times in text: local (default) or utc\n"
    "      --color WHEN       auto (default: on a terminal, unless NO_COLOR is set),\n"
    "                         always or never\n"
    "      --progress WHEN    how far the reading is, on standard error: auto\n"
    "                         (default: on a terminal), always or never\n"
    "      --slow SECONDS     what the finding slow-reply takes for slow (default 10)\n"
    "      --memory MB        what sessions may take of it (default 512, at least 16);\n"
    "                         the longest idle ones are given up first\n"
    "      --catalog FILE     explanations of your own, laid over the built-in ones\n"
    "      --no-sandbox       keep every right while reading, where the kernel cannot\n"
    "                         take them away\n"
    "\n"
    "What is read:\n"
    "      --ports LIST       server ports to follow (default 25,587,465); +2525 adds\n"
    "                         one; any: every TCP port that speaks SMTP\n"
    "  -F, --filter EXPR      pcap-filter expression, applied before the analysis\n"
    "  -r CAPTURE [FILTER]    the same in tcpdump's way\n"
    "      --checksums        leave out packets whose IP or TCP checksum is wrong (one\n"
    "                         that the sending card was yet to fill in is not)\n"
    "\n"
    "Which sessions are reported (those that match all of these):\n"
    "      --session N        by number; a list too: 3,5\n"
    "      --client IP[:PORT], --server IP[:PORT]\n"
    "      --address TEXT     a sender's or recipient's address holds TEXT\n"
    "      --code CODE        a reply had the code: 550, 5xx or 5.7.1\n"
    "      --outcome LIST     delivered, partial, rejected, deferred, refused,\n"
    "                         unanswered, aborted, encrypted, no_mail, incomplete\n"
    "      --finding ID       with this finding (see smtpscope findings)\n"
    "      --since T, --until T\n"
    "                         that touch the interval: 2026-11-24T01:02:03Z, local\n"
    "                         \"2026-11-24 01:02\", or seconds since the epoch\n"
    "      --id TEXT          with this Message-ID or queue id\n"
    "      --fail-on SEVERITY exit with 3 where a reported session has a finding or a\n"
    "                         diagnosis of at least that severity: error or warning\n"
    "\n"
    "Exit status: 0 done; 1 something could not be read, opened or written, and all\n"
    "that could be is reported; 2 wrong arguments; 3 --fail-on matched.\n";

static const char live_help[] =
    "usage: smtpscope [live] -i IFACE [OPTIONS] [FILTER]\n"
    "\n"
    "Sniffs an interface and reports each session as it ends. FILTER is a pcap-filter\n"
    "expression. ^C ends it: sessions that are still open are reported as they stand.\n"
    "Opening the interface takes root or the capability CAP_NET_RAW; both are given up\n"
    "as soon as it is open.\n"
    "\n"
    "What is sniffed:\n"
    "  -i, --interface IFACE  an interface; any: all of them\n"
    "      --ports LIST       server ports to follow (default 25,587,465); +2525 adds\n"
    "                         one; any: every TCP port that speaks SMTP, tunnels too\n"
    "  -F, --filter EXPR      the same as FILTER\n"
    "  -s OCTETS              of each frame; 0 (default): all of it\n"
    "  -B KIB                 size of the kernel's buffer (default 16384)\n"
    "  -p                     do not turn the interface promiscuous\n"
    "      --checksums        leave out packets whose IP or TCP checksum is wrong (one\n"
    "                         that the sending card was yet to fill in is not)\n"
    "\n"
    "How long:\n"
    "  -c SESSIONS            until so many sessions were reported\n"
    "      --duration T       for so long: 90, 30s, 5m or 2h\n"
    "      --stats T          says the counts every so often; SIGUSR1 says them at once\n"
    "      --metrics [ADDR:]PORT\n"
    "                         counts for Prometheus at http://ADDR:PORT/metrics, to\n"
    "                         whoever asks (default ADDR: 127.0.0.1)\n"
    "\n"
    "What is kept:\n"
    "  -w FILE                the packets, as a capture file ('-': standard output); they\n"
    "                         hold passwords as they were sent\n"
    "  -C MB, -G SECONDS      begin another file after so much or so long\n"
    "  -W FILES               so many files at most, as in tcpdump\n"
    "  -o, --output FILE      a report as well; text and ndjson are added to what FILE\n"
    "                         holds, and SIGHUP opens it again (logrotate)\n"
    "\n"
    "  -Z USER                whom to become (default: the user smtpscope; else, where\n"
    "                         files are written, who called sudo; else nobody)\n"
    "      --no-sandbox       do not confine the program once everything is open\n"
    "\n"
    "Which sessions are reported and how they look: as in 'smtpscope help analyze'. With\n"
    "-v every command and reply is shown as it is read. json and summary come at the end.\n"
    "\n"
    "Exit status: as for analyze; 1 too where the interface goes away.\n";

static const char interfaces_help[] =
    "usage: smtpscope interfaces\n"
    "\n"
    "Interfaces that can be sniffed, with their state and addresses.\n"
    "\n"
    "  --color WHEN       auto (default), always or never\n";

static const char explain_help[] =
    "usage: smtpscope explain CODE [ENHANCED] | ENHANCED\n"
    "       smtpscope explain \"550 5.7.1 some text\"\n"
    "\n"
    "What a reply means, when it is seen and how to fix it: for a code, for a code with\n"
    "an enhanced code, for an enhanced code alone, or for a whole reply, of several\n"
    "lines too, as pasted from a bounce or with the line of a log around it.\n"
    "\n"
    "  --lang LANGUAGE    en, fr, tr or ar\n"
    "  --catalog FILE     explanations of your own, laid over the built-in ones\n"
    "  --color WHEN       auto (default), always or never\n";

static const char compare_help[] =
    "usage: smtpscope compare CODE CODE\n"
    "\n"
    "Two reply codes side by side: what each means, their key differences, and when to\n"
    "use which.\n"
    "\n"
    "  --lang LANGUAGE    en, fr, tr or ar\n"
    "  --catalog FILE     explanations of your own, laid over the built-in ones\n"
    "  --color WHEN       auto (default), always or never\n";

static const char codes_help[] =
    "usage: smtpscope codes\n"
    "\n"
    "Every reply code and enhanced code known, a line each.\n"
    "\n"
    "  --catalog FILE     explanations of your own, laid over the built-in ones\n"
    "  --color WHEN       auto (default), always or never\n";

static const char findings_help[] =
    "usage: smtpscope findings\n"
    "\n"
    "Every finding that a report may hold: id, severity, meaning, reference.\n"
    "\n"
    "  --color WHEN       auto (default), always or never\n";

static const char help_help[] = "usage: smtpscope help [COMMAND]\n";

static const struct {
    const char *topic;
    const char *text;
} topics[] = {
    { "analyze", analyze_help },   { "live", live_help },       { "interfaces", interfaces_help },
    { "explain", explain_help },   { "compare", compare_help }, { "codes", codes_help },
    { "findings", findings_help }, { "help", help_help },
};

void help_write_usage(FILE *out)
{
    (void)fputs(usage, out);
}

void help_write(FILE *out, const char *topic)
{
    for (size_t i = 0; topic != NULL && i < sizeof topics / sizeof *topics; i++) {
        if (strcmp(topics[i].topic, topic) == 0) {
            (void)fputs(topics[i].text, out);
            return;
        }
    }
    help_write_usage(out);
    (void)fputs(general_help, out);
}

void version_write(FILE *out)
{
    fprintf(out,
            "smtpscope " SMTPSCOPE_VERSION "\n"
            "%s\n"
            "%s\n"
            "zlib %s\n"
            "zstd %s\n"
            "jansson %s\n"
            "libmicrohttpd %s\n",
            source_library_version(), tls_library_version(), capture_zlib_version(),
            capture_zstd_version(), catalog_jansson_version(), metrics_library_version());
}
