#!/usr/bin/python3
"""bench_rates.py OUTPUT [SCALE]: how many packets a second smtpscope live and tcpdump take without
losing one, by the size of the frames, and what sessions a second cost of the processor. Run by
tools/bench-live; OUTPUT is JSON, which tools/bench makes a section of docs/performance.md of."""

import json
import pathlib
import re
import sys
import time

import mail_capture
import namespaces
from bench import Stage, lost
from network import Network
from sniffer import Live, Tcpdump

# Octets of a frame of content with its check sequence; 58 of them are headers and that.
FRAMES = (64, 128, 256, 512, 1024, 1518)
HEADERS = 58
PLAYED_FRAMES = 20_000  # in the capture, which is played over and over
STEPS = 5
SECONDS = 2.0

SHORT_MESSAGE = 1500
SESSIONS_A_SECOND = (1000, 2000, 5000)
SESSION_SECONDS = 5.0


def start_tcpdump(stage, network):
    return Tcpdump(stage, network.server, "srv0", "/dev/null", options=())


def start_smtpscope(stage, network):
    report = stage.enter_context(open("/dev/null", "wb"))
    return Live(stage, network.server, "srv0", stdout=report)


PROGRAMS = {"tcpdump": start_tcpdump, "smtpscope": start_smtpscope}


def play(network, path, frames, rate, seconds):
    """Plays the capture for about so long, packets a second or as fast as it goes; returns the rate
    that came of it."""
    speed = ["--topspeed"] if rate is None else [f"--pps={rate:.0f}"]
    loops = max(1, round((rate or 200_000) * seconds / frames))
    said = network.client.run("tcpreplay", "--preload-pcap", f"--loop={loops}", "--unique-ip", "-i",
                              "cli0", *speed, path)
    return float(re.search(r"([\d.]+) pps", said)[1])


def is_taken_whole(start, network, path, frames, rate, seconds):
    """Whether the program lost nothing, and the rate at which it was sent."""
    with Stage() as stage:
        sniffer = start(stage, network)
        sent = play(network, path, frames, rate, seconds)
        time.sleep(0.3)
        sniffer.interrupt()
        return lost(sniffer) == "0", sent


def highest(start, network, path, frames, seconds):
    """The player's most, and the highest rate found at which nothing was lost."""
    is_whole, most = is_taken_whole(start, network, path, frames, None, seconds)
    if is_whole:
        return most, {"rate": most, "is_most": True}
    low, high = 0, most
    for _ in range(STEPS):
        middle = (low + high) / 2
        is_whole, sent = is_taken_whole(start, network, path, frames, middle, seconds)
        # A player that falls behind has not tried the rate that it was asked for.
        low, high = (max(low, sent), high) if is_whole else (low, middle)
        if low >= high:
            break
    return most, {"rate": low, "is_most": False}


def rates(network, scale):
    rows = []
    for frame in FRAMES:
        segment = min(frame - HEADERS, mail_capture.SEGMENT + 12)
        path = namespaces.WORK / "mail.pcap"
        octets = min(50_000, segment * 400)
        per_session = octets // segment * 3 // 2 + 20
        frames = mail_capture.write(path, max(1, PLAYED_FRAMES // per_session), octets,
                                    segment=segment)
        row = {"frame": frame, "most": 0}
        for name, start in PROGRAMS.items():
            most, row[name] = highest(start, network, path, frames, SECONDS * scale)
            row["most"] = max(row["most"], most)
        rows.append(row)
        print(row, flush=True)
    return rows


def seconds_of_processor(pid):
    """What the scheduler has given it; /proc/PID/stat counts whole ticks, which short work misses."""
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def cost(start, network, path, frames, rate, seconds):
    """Per cent of a core while so many packets a second come, packets lost, and the rate."""
    with Stage() as stage:
        sniffer = start(stage, network)
        before, began = seconds_of_processor(sniffer.pid), time.monotonic()
        sent = play(network, path, frames, rate, seconds)
        played = time.monotonic() - began
        # libpcap hands over a part of its buffer within a second.
        time.sleep(1.5)
        percent = (seconds_of_processor(sniffer.pid) - before) / played * 100
        sniffer.interrupt()
        return percent, int(lost(sniffer).replace(",", "")), sent


def costs(network, scale):
    rows = []
    path = namespaces.WORK / "short.pcap"
    count = 1000
    frames = mail_capture.write(path, count, SHORT_MESSAGE)
    for asked in SESSIONS_A_SECOND:
        row = {"asked": asked}
        for name, start in PROGRAMS.items():
            percent, dropped, sent = cost(start, network, path, frames, asked * frames / count,
                                          SESSION_SECONDS * scale)
            row[name] = percent
            row["packets"] = sent
            row["sessions"] = sent * count / frames
            row["lost"] = dropped
        row["smtpscope_per_1000"] = row["smtpscope"] / row["sessions"] * 1000
        rows.append(row)
        print(row, flush=True)
    return rows


def main(output, scale="1"):
    namespaces.enter()
    network = Network()
    result = {"rates": rates(network, float(scale)), "costs": costs(network, float(scale)),
              "steps": STEPS, "seconds": SECONDS * float(scale), "message": SHORT_MESSAGE}
    pathlib.Path(output).write_text(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
