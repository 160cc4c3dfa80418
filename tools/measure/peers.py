"""The programs that smtpscope is measured beside, each in its fastest fair configuration, and how many
sessions each gets wrong, held against what make-capture wrote down."""

import collections
import ipaddress
import json
import re
import shutil

from workbench import FOLDER, OUT, WORK, first_line, truth_of

# The fields that tshark needs for what smtpscope tells of every session, and nothing more dissected
# than they take.
TSHARK = ["tshark", "-n", "-r", "{capture}", "-Y", "smtp", "-T", "fields", "-e", "tcp.stream", "-e",
          "ip.src", "-e", "ipv6.src", "-e", "ip.dst", "-e", "ipv6.dst", "-e", "tcp.srcport", "-e",
          "tcp.dstport", "-e", "smtp.req.command", "-e", "smtp.req.parameter", "-e",
          "smtp.response.code", "-e", "smtp.rsp.parameter", "--disable-protocol", "imf",
          "--disable-protocol", "mime_multipart", "--disable-protocol", "tls",
          "--disable-protocol", "dns", "--disable-protocol", "http", "-o",
          "tcp.calculate_timestamps:FALSE"]

# One thread, SMTP alone, no rules, and memory for every flow; content of any length.
SURICATA_CONFIGURATION = """%YAML 1.1
---
stats: {enabled: no}
outputs:
  - eve-log: {enabled: yes, filetype: regular, filename: eve.json, types: [smtp]}
logging:
  default-log-level: error
  outputs:
    - console: {enabled: yes}
app-layer:
  protocols:
    smtp:
      enabled: yes
      mime: {decode-mime: no}
stream:
  memcap: 2gb
  checksum-validation: no
  reassembly: {memcap: 2gb, depth: 0}
flow: {memcap: 1gb, hash-size: 65536, prealloc: 10000}
"""


def suricata():
    """The command; its configuration is written first."""
    path = WORK / "suricata.yaml"
    path.write_text(SURICATA_CONFIGURATION)
    return ["suricata", "-c", path, "-r", "{capture}", "-l", "{folder}", "--runmode", "single", "-k",
            "none", "-S", "/dev/null"]


def known():
    """Name, command, where its standard output goes, who counts what is wrong in it."""
    found = [
        ("tcpdump -w /dev/null", ["tcpdump", "-r", "{capture}", "-w", "/dev/null"], "/dev/null", None),
        ("tcpflow (reassembly into files)",
         ["tcpflow", "-q", "-x", "netviz", "-x", "http", "-x", "md5", "-o", "{folder}", "-r",
          "{capture}"], "/dev/null", judge_tcpflow),
        ("tshark, SMTP fields only", TSHARK, OUT, judge_tshark),
        ("tshark, its default listing", ["tshark", "-n", "-r", "{capture}"], OUT, None),
    ]
    if shutil.which("suricata") is not None:
        found.insert(2, ("Suricata, SMTP transactions only", suricata(), "/dev/null",
                         judge_suricata))
    return found


def versions():
    lines = [first_line("tcpdump", "--version"), first_line("tcpflow", "--version"),
             first_line("tshark", "--version")]
    if shutil.which("suricata") is not None:
        lines.append(first_line("suricata", "-V"))
    return lines


def end(ip, port):
    return str(ipaddress.ip_address(ip)), int(port)


def truth(kind):
    """Sessions by (client, server), in the order in which they began."""
    sessions = collections.defaultdict(list)
    with open(truth_of(kind), encoding="ascii") as file:
        for line in file:
            one = json.loads(line)
            ends = tuple(end(one[side]["ip"], one[side]["port"]) for side in ("client", "server"))
            sessions[ends].append(one)
    for several in sessions.values():
        several.sort(key=lambda one: one["number"])
    return sessions


def verdict(sessions, wrong):
    """How many sessions there are, how many of them are wrong at all, and in which way."""
    return {"sessions": sessions, "wrong": len(set().union(*wrong.values())) if wrong else 0,
            "ways": {way: len(which) for way, which in wrong.items()}}


def commands_of(session):
    """The verbs that a client sent, as tshark cuts them: four letters. What answers a 334 of AUTH is
    none; the end of data is none."""
    previous = (None, 0)
    verbs = []
    for verb, code in session["pairs"]:
        if verb not in ("CONNECT", ".") and not (verb == "AUTH" and previous == ("AUTH", 334)):
            verbs.append("XHIN" if verb == "?" else verb[:4])
        previous = (verb, code)
    return verbs


class Heard:
    """What tshark told of one stream."""

    def __init__(self):
        self.commands = []
        self.codes = []


def read_tshark():
    """(client, server) to what was heard of its streams, in their order."""
    streams = collections.defaultdict(dict)
    with open(OUT, encoding="utf-8", errors="replace") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if len(fields) < 11:
                continue
            stream, commands, codes = fields[0], fields[7], fields[9]
            source = fields[1] or fields[2], fields[5]
            target = fields[3] or fields[4], fields[6]
            is_server = int(source[1]) in (25, 465, 587)
            ends = (end(*target), end(*source)) if is_server else (end(*source), end(*target))
            heard = streams[ends].setdefault(int(stream), Heard())
            heard.commands += [word.upper()[:4] for word in commands.split(",")
                               if word not in ("", ".")]
            heard.codes += [int(code) for code in codes.split(",") if code]
    return {ends: [heard[number] for number in sorted(heard)] for ends, heard in streams.items()}


def judge_tshark(kind):
    """Commands and reply codes of every session, in order."""
    found = read_tshark()
    wrong = {"commands that were never sent": set(), "commands missing": set(),
             "QUIT missing": set(), "BDAT missing": set(), "reply codes wrong": set()}
    total = 0
    for ends, sessions in truth(kind).items():
        several = found.get(ends, [])
        several += [Heard()] * (len(sessions) - len(several))
        for session, heard in zip(sessions, several):
            total += 1
            sent = collections.Counter(commands_of(session))
            told = collections.Counter(heard.commands)
            # Its TLS is switched off, so that records are what it must take for commands.
            if told - sent and session["tls"] is None:
                wrong["commands that were never sent"].add(session["number"])
            if sent - told:
                wrong["commands missing"].add(session["number"])
            for verb in ("QUIT", "BDAT"):
                if told[verb] < sent[verb]:
                    wrong[f"{verb} missing"].add(session["number"])
            if heard.codes != [code for _, code in session["pairs"]]:
                wrong["reply codes wrong"].add(session["number"])
    return verdict(total, wrong)


def judge_suricata(kind):
    """It tells no replies. What it tells, senders and recipients named, is counted: at least those
    that were accepted, at most those that were sent."""
    told = collections.defaultdict(collections.Counter)
    with open(FOLDER / "eve.json", encoding="utf-8", errors="replace") as file:
        for line in file:
            event = json.loads(line)
            ends = (end(event["src_ip"], event["src_port"]), end(event["dest_ip"], event["dest_port"]))
            if ends[0][1] in (25, 465, 587):
                ends = ends[::-1]
            mail = event["smtp"]
            told[ends]["MAIL"] += "mail_from" in mail
            told[ends]["RCPT"] += len(mail.get("rcpt_to", ()))
    wrong = {"senders miscounted": set(), "recipients miscounted": set()}
    total = 0
    for ends, sessions in truth(kind).items():
        total += len(sessions)
        pairs = [pair for one in sessions for pair in one["pairs"]]
        sent = collections.Counter(verb for verb, _ in pairs)
        accepted = collections.Counter(verb for verb, code in pairs if code < 300)
        for way, verb in (("senders miscounted", "MAIL"), ("recipients miscounted", "RCPT")):
            if not accepted[verb] <= told[ends][verb] <= sent[verb]:
                wrong[way].update(one["number"] for one in sessions)
    return verdict(total, wrong)


# tcpflow's name of a file: source and target as address and port, and a number where that flow was
# not the first between the two.
FLOW = re.compile(r"(?:\d+T)?(.+)\.(\d{5})-(.+)\.(\d{5})(?:--\d+)?(?:-\d+)?(?:c\d+)?")


def plain_address(text):
    """tcpflow pads the numbers of IPv4 with zeros."""
    if ":" in text:
        return text
    return ".".join(str(int(number)) for number in text.split("."))


def judge_tcpflow(kind):
    """Octets of each direction that reached a file; what the capture lacks is counted as there."""
    octets = collections.Counter()
    for path in FOLDER.iterdir():
        match = FLOW.fullmatch(path.name)
        if match is not None:
            octets[end(plain_address(match[1]), match[2]),
                   end(plain_address(match[3]), match[4])] += path.stat().st_size
    wrong = {"octets miscounted": set()}
    total = 0
    for (client, server), sessions in truth(kind).items():
        total += len(sessions)
        for side, ends in (("client", (client, server)), ("server", (server, client))):
            most = sum(one[side]["octets"] for one in sessions)
            least = most - sum(one[side]["missing"] for one in sessions)
            if not least <= octets[ends] <= most:
                wrong["octets miscounted"].update(one["number"] for one in sessions)
    return verdict(total, wrong)
