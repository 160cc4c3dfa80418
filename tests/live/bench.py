#!/usr/bin/python3
"""Measures, and judges nothing: packets lost at full load beside tcpdump, and memory over many
sessions. Run by tools/bench-live.

    bench.py drops|memory [OPTION-OF-LIVE...]
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
SESSIONS_PER_LOOP = 5_000
SESSIONS_PER_SECOND = 500
# Closed connections are remembered for 240 s (LIMIT_CLOSED_LINGER): until then memory has to grow.
WARM_UP_SECONDS = 260
SESSIONS = 100_000  # after that


class Stage(contextlib.ExitStack):
    """What a test case is to processes that want to be ended with it."""

    def addCleanup(self, function, *arguments):
        self.callback(function, *arguments)


def drops(network, options):
    path = namespaces.WORK / "mail.pcap"
    sessions = PLAYED_OCTETS // (MESSAGE_OCTETS + MESSAGE_OCTETS // mail_capture.SEGMENT * 90)
    frames = mail_capture.write(path, sessions, MESSAGE_OCTETS)
    print(f"{path.stat().st_size / 1e6:.0f} MB, {frames} packets, {sessions} sessions\n")
    print("| asked, Mbit/s | sent, Mbit/s | packets/s | lost by tcpdump -w "
          "| lost by smtpscope live -f ndjson | sessions reported |")
    print("| --- | --- | --- | --- | --- | --- |")
    for rate in RATES:
        print("|", " | ".join(map(str, play_beside(network, path, rate, options))), "|", flush=True)


def play_beside(network, path, rate, options):
    """One row of the table."""
    with Stage() as stage:
        kept = namespaces.WORK / "tcpdump.pcap"
        report = stage.enter_context(open(namespaces.WORK / "sessions.ndjson", "wb"))
        # tcpdump as one runs it, with the buffer that libpcap gives who does not ask.
        tcpdump = Tcpdump(stage, network.server, "srv0", kept, options=())
        live = Live(stage, network.server, "srv0", *options, stdout=report)
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


def memory(network, options):
    path = namespaces.WORK / "short.pcap"
    frames = mail_capture.write(path, SESSIONS_PER_LOOP, SHORT_MESSAGE)
    packets = frames // SESSIONS_PER_LOOP
    loops = (WARM_UP_SECONDS * SESSIONS_PER_SECOND + SESSIONS) // SESSIONS_PER_LOOP
    with Stage() as stage:
        count = subprocess.Popen(["wc", "-l"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        live = Live(stage, network.server, "srv0", *options, stdout=count.stdin)
        count.stdin.close()
        # Every loop has addresses of its own.
        player = subprocess.Popen(["tcpreplay", "-q", "--preload-pcap", f"--loop={loops}",
                                   "--unique-ip", f"--pps={SESSIONS_PER_SECOND * packets}",
                                   "-i", "cli0", str(path)], stdout=subprocess.DEVNULL)
        samples = watch_memory(live, player)
        time.sleep(2)
        live.interrupt()
        with count.stdout:
            reported = int(count.stdout.read())
        count.wait()
    steady = [kib for at, kib in samples if at > WARM_UP_SECONDS]
    middle = (max(steady) + min(steady)) / 2
    print(f"{loops * SESSIONS_PER_LOOP} sessions of {packets} packets in {samples[-1][0]:.0f} s, "
          f"{reported} reported; {lost(live)} packets lost")
    print(f"resident over the last {SESSIONS}: {min(steady)} to {max(steady)} KiB "
          f"(± {(max(steady) - middle) / middle * 100:.1f} %)")
    print("KiB from the start, in tenths:",
          *(kib for _, kib in samples[::max(1, len(samples) // 10)]))


def watch_memory(live, player):
    """(seconds, KiB) while the player plays."""
    samples = []
    begin = time.monotonic()
    while player.poll() is None:
        samples.append((time.monotonic() - begin,
                        int(process_status(live.pid)["VmRSS"].split()[0])))
        time.sleep(0.5)
    return samples


def main():
    what = {"drops": drops, "memory": memory}.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if what is None:
        sys.exit(__doc__)
    namespaces.enter()
    what(Network(), sys.argv[2:])


if __name__ == "__main__":
    main()
