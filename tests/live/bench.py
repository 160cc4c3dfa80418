#!/usr/bin/python3
"""Measures, and judges nothing: packets lost at full load beside tcpdump, and memory over many
sessions. Run by tools/bench-live.

    bench.py drops | memory
"""

import contextlib
import re
import subprocess
import sys
import time

import mail_capture
import namespaces
from network import Network
from running import process_status
from sniffer import Live, Tcpdump

RATES = (100, 250, 500, None)  # Mbit/s; None: as fast as it goes
PLAYED_OCTETS = 200_000_000
MESSAGE_OCTETS = 50_000

SHORT_MESSAGE = 500
SESSIONS = 100_000
LOOPS = 20
SESSIONS_PER_SECOND = 4000


class Stage(contextlib.ExitStack):
    """What a test case is to processes that want to be ended with it."""

    def addCleanup(self, function, *arguments):
        self.callback(function, *arguments)


def drops(network):
    path = namespaces.WORK / "mail.pcap"
    sessions = PLAYED_OCTETS // (MESSAGE_OCTETS + MESSAGE_OCTETS // mail_capture.SEGMENT * 90)
    frames = mail_capture.write(path, sessions, MESSAGE_OCTETS)
    print(f"{path.stat().st_size / 1e6:.0f} MB, {frames} packets, {sessions} sessions\n")
    print("| asked, Mbit/s | sent, Mbit/s | packets/s | lost by tcpdump -w "
          "| lost by smtpscope live -f ndjson | sessions reported |")
    print("| --- | --- | --- | --- | --- | --- |")
    for rate in RATES:
        print("|", " | ".join(map(str, play_beside(network, path, frames, rate))), "|", flush=True)


def play_beside(network, path, frames, rate):
    """One row of the table."""
    with Stage() as stage:
        kept = namespaces.WORK / "tcpdump.pcap"
        report = stage.enter_context(open(namespaces.WORK / "sessions.ndjson", "wb"))
        # Both with the buffer that libpcap gives who does not ask.
        tcpdump = Tcpdump(stage, network.server, "srv0", kept, options=())
        live = Live(stage, network.server, "srv0", stdout=report)
        speed = ("--topspeed",) if rate is None else (f"--mbps={rate}",)
        said = network.client.run("tcpreplay", "--preload-pcap", "-i", "cli0", *speed, path)
        time.sleep(2)
        live.interrupt()
        tcpdump.interrupt()
        reported = (namespaces.WORK / "sessions.ndjson").read_bytes().count(b"\n")
        kept.unlink()
        sent = re.search(r"Rated: .* ([\d.]+) Mbps, ([\d.]+) pps", said)
        return (rate or "full speed", sent[1], sent[2].split(".")[0],
                lost(tcpdump), lost(live), reported)


def lost(sniffer):
    """What both print, near enough; the last line that says it counts."""
    found = re.findall(r"(\d[\d,]*) (?:packets )?dropped by (?:the )?kernel",
                       "\n".join(sniffer.err()))
    return found[-1] if found else f"? ({'; '.join(sniffer.err())})"


def memory(network):
    path = namespaces.WORK / "short.pcap"
    frames = mail_capture.write(path, SESSIONS // LOOPS, SHORT_MESSAGE)
    rate = SESSIONS_PER_SECOND * frames // (SESSIONS // LOOPS)
    with Stage() as stage:
        count = subprocess.Popen(["wc", "-l"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        live = Live(stage, network.server, "srv0", "-B", "65536", stdout=count.stdin)
        count.stdin.close()
        player = subprocess.Popen(["tcpreplay", "-q", "--preload-pcap", f"--loop={LOOPS}",
                                   "--unique-ip", f"--pps={rate}", "-i", "cli0", str(path)],
                                  stdout=subprocess.DEVNULL)
        samples = []
        begin = time.monotonic()
        while player.poll() is None:
            samples.append((time.monotonic() - begin,
                            int(process_status(live.pid)["VmRSS"].split()[0])))
            time.sleep(0.25)
        time.sleep(2)
        live.interrupt()
        reported = count.communicate()[0].decode().strip()
    # The first tenth fills pools that are kept.
    steady = [kib for at, kib in samples if at > samples[-1][0] / 10]
    middle = (max(steady) + min(steady)) / 2
    print(f"{SESSIONS} sessions of {frames // (SESSIONS // LOOPS)} packets in "
          f"{samples[-1][0]:.0f} s, {reported} reported; {lost(live)} packets lost")
    print(f"resident: {samples[0][1]} KiB at first, then {min(steady)} to {max(steady)} KiB "
          f"(± {(max(steady) - middle) / middle * 100:.1f} %)")
    step = max(1, len(samples) // 10)
    print("KiB over time:", *(kib for _, kib in samples[::step]))


def main():
    what = {"drops": drops, "memory": memory}.get(sys.argv[1] if len(sys.argv) == 2 else "")
    if what is None:
        sys.exit(__doc__)
    namespaces.enter()
    what(Network())


if __name__ == "__main__":
    main()
