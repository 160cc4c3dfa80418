#!/usr/bin/python3
"""floods.py [--rounds N] [--memory MB]: what a packet costs, by the number of connections that a flood
has opened. Started by tools/bench-floods."""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys

BUILD = pathlib.Path("build/bench")
BIN = BUILD / "release/bin"
# Packets a connection.
KINDS = {"syn": 1, "half-open": 2, "one-packet": 1}
COUNTS = (10**4, 10**5, 10**6)
# What a packet touches lies in the nearest cache at the first count, and in none at the last: that is
# worth a third. What grew with the count itself would be worth a hundred times.
FLAT = 2


def cost(capture, memory):
    """Seconds of the processor, and the peak in MB. The rest of the program's time, its start, is
    what it takes for a capture of one packet."""
    with open(capture, "rb") as file:
        program = subprocess.Popen([BIN / "smtpscope", "analyze", "--format", "summary", "--memory",
                                    str(memory), "-"], stdin=file, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(program.pid, 0)
    program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode != 0:
        sys.exit(f"smtpscope: exit {program.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(kind, count, options):
    capture = BUILD / "flood.pcap"
    subprocess.run([BIN / "make-capture", "--flood", kind, "--count", str(count), capture], check=True)
    # Short runs are repeated until there is something to measure.
    rounds = options.rounds * min(10, max(1, 10**5 // count))
    runs = [cost(capture, options.memory) for _ in range(rounds)]
    capture.unlink()
    return statistics.median(run[0] for run in runs), max(run[1] for run in runs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", type=int, default=512)
    options = parser.parse_args()
    is_flat = True
    print(f"nanoseconds a packet, and MB at most (--memory {options.memory})\n")
    print("| flood |" + "".join(f" {count:,} |" for count in COUNTS))
    print("| --- |" + " ---: |" * len(COUNTS))
    for kind, packets in KINDS.items():
        start, _ = measure(kind, 1, argparse.Namespace(rounds=1, memory=options.memory))
        cells = []
        for count in COUNTS:
            seconds, peak = measure(kind, count, options)
            cells.append((max(0, seconds - start) / (count * packets) * 1e9, peak))
        print(f"| {kind} |" + "".join(f" {ns:.0f} ({peak:.0f} MB) |" for ns, peak in cells))
        is_flat = is_flat and cells[-1][0] <= FLAT * cells[0][0]
    if not is_flat:
        sys.exit("the cost of a packet grows with the connections")


main()
