"""The part `growth`: packets a second of the processor's time as connections become more and messages
longer, as data files and plots in docs/performance/."""

import os
import re
import subprocess
import sys
import time

from workbench import BIN, WORK, keep, load, say, table, timed

OPEN = (10**3, 10**4, 10**5, 10**6)
SIZES = tuple(10**power for power in range(3, 10))

# Sessions are one another's contemporaries: where all begin within 0.1 s, all are open at once.
SHORT = ("--kind", "chatty", "--tls", "0", "--messages", "1", "--message-size", "500")
SPREAD = "0.1"
TO_PIPE = ("-", "/dev/null")  # the capture, and no truth
# Few packets are no measure: a small number of connections is opened over and over.
LEAST_SESSIONS = 30_000
OCTETS = 100_000_000  # of messages, at least one
MEGABYTES = 8192  # for smtpscope's --memory: no session is given up
# Counting instructions is slow; it needs no quiet machine and no long capture.
COUNTED_SESSIONS = 3000
COUNTED_OPEN = (30, 300, 3000)
# What a session takes that said next to nothing is the difference of these.
COMMANDS_ALONE = (100_000, 300_000)
# make-capture and smtpscope together, a million sessions open at once.
NEEDED_KILOBYTES_A_SESSION = 10

PLOT = """set terminal svg size 640,360 font "sans,12" background "white"
set output "{output}"
set logscale x
set format x "10^{{%T}}"
set xlabel "{label}"
set ylabel "packets a second, thousands"
set yrange [0:*]
set grid
set key off
plot "{data}" using 1:($2/1000) title "packets a second" with linespoints linewidth 2 pointtype 7
"""


def available_kilobytes():
    with open("/proc/meminfo", encoding="ascii") as file:
        return int(re.search(r"MemAvailable:\s+(\d+)", file.read())[1])


def analyzed(capture, **how):
    """One run over a capture: packets, octets of the capture, seconds of the processor, kilobytes at
    most."""
    summary = WORK / "growth.out"
    _, seconds, kilobytes = timed([BIN / "smtpscope", "analyze", "--format", "summary", "--memory",
                                   str(MEGABYTES), capture], summary, **how)
    packets, octets = (int(number.replace(",", "")) for number in
                       re.search(r"([\d,]+) packets, ([\d,]+) octets", summary.read_text()).groups())
    summary.unlink()
    return packets, octets, seconds, kilobytes


def cost(options):
    """A run over a capture that comes through a pipe, so that no disk is needed for it."""
    maker = subprocess.Popen([BIN / "make-capture", *options], stdout=subprocess.PIPE)
    measured = analyzed("-", stdin=maker.stdout)
    maker.stdout.close()
    if maker.wait() != 0:
        sys.exit(f"bench: growth: make-capture {' '.join(options)}: exit {maker.returncode}")
    return measured


def best(options, rounds):
    """The least of a few runs: whatever disturbs can only add."""
    return min((cost(options) for _ in range(rounds)), key=lambda one: one[2])


def beyond_start(measured, start):
    """Seconds without those of the program's start, but for what cannot be told from them."""
    packets, octets, seconds, kilobytes = measured
    return packets, octets, max(seconds - start, seconds / 10), kilobytes


def instructions(count):
    """Instructions a packet beyond the start's, the same sessions open by so many."""
    capture = WORK / "counted.pcap"
    totals = []
    for sessions in (1, COUNTED_SESSIONS):
        subprocess.run([BIN / "make-capture", *SHORT, "--spread", SPREAD, "--sessions", str(sessions),
                        "--concurrency", str(count), capture, "/dev/null"], check=True)
        done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                               BIN / "smtpscope", "--no-sandbox", "--format", "summary", capture],
                              capture_output=True, text=True, check=True)
        packets = int(re.search(r"([\d,]+) packets", done.stdout)[1].replace(",", ""))
        totals.append((int(re.search(r"Collected : (\d+)", done.stderr)[1]), packets))
    capture.unlink()
    (start, few), (total, many) = totals
    return (total - start) / (many - few)


def connections(count, scale, rounds):
    count = max(1, int(count * scale))
    sessions = max(int(LEAST_SESSIONS * scale), count)
    return count, best([*SHORT, "--spread", SPREAD, "--sessions", str(sessions), "--concurrency",
                        str(count), *TO_PIPE], rounds)


def message(size, scale, rounds):
    """From a file: of a message that is made while it is read, every piece would be waited for."""
    size = max(1000, int(size * scale))
    sessions = max(1, int(OCTETS * scale) // size)
    capture = WORK / "growth.pcap"
    subprocess.run([BIN / "make-capture", "--kind", "bulk", "--message-size", str(size), "--sessions",
                    str(sessions), "--concurrency", "50", capture, "/dev/null"], check=True)
    measured = min((analyzed(capture) for _ in range(rounds)), key=lambda one: one[2])
    capture.unlink()
    return size, measured


def commands_alone(scale):
    """Octets of a session that is open and of which a single EHLO was seen: all but the dialogue."""
    few, many = (int(count * scale) for count in COMMANDS_ALONE)
    least, most = (cost(["--flood", "one-packet", "--count", str(count), "-"])[3]
                   for count in (few, many))
    return (most - least) * 1024 / (many - few)


def measure(arguments):
    began, load_before = time.time(), load()
    points = {"open": [], "size": []}
    for count in OPEN:
        if available_kilobytes() < count * arguments.scale * NEEDED_KILOBYTES_A_SESSION:
            say(f"growth: too little memory for {count:,} open connections")
            break
        say(f"growth: {count:,} open connections, times {arguments.scale}")
        points["open"].append(connections(count, arguments.scale, 1 if count >= 10**6 else 3))
    for size in SIZES:
        say(f"growth: messages of {size:,} octets, times {arguments.scale}")
        points["size"].append(message(size, arguments.scale, 3))
    # A capture of one short session is next to nothing but the start.
    start = best([*SHORT, "--sessions", "1", *TO_PIPE], 5)[2]
    points = {name: [(x, beyond_start(measured, start)) for x, measured in row]
              for name, row in points.items()}
    say("growth: instructions")
    counted = [(count, instructions(count)) for count in COUNTED_OPEN]
    keep("growth", began, load_before, {"points": points, "counted": counted,
                                        "alone": commands_alone(arguments.scale),
                                        "scale": arguments.scale})


def rate(point):
    _, (packets, _, seconds, _) = point
    return packets / seconds


def draw(result, folder):
    """Data files and plots of both rows of points."""
    folder.mkdir(exist_ok=True)
    for name, head, label in (
            ("open", "open connections", "connections open at once"),
            ("size", "octets a message", "octets a message")):
        data = folder / f"growth-{name}.txt"
        lines = [f"# Written by tools/bench: {head}, packets a second, MB a second, peak MB"]
        for point in result["points"][name]:
            x, (_, octets, seconds, kilobytes) = point
            lines.append(f"{x} {rate(point):.0f} {octets / seconds / 1e6:.1f} {kilobytes / 1024:.1f}")
        data.write_text("\n".join(lines) + "\n")
        plot = PLOT.format(output=folder / f"growth-{name}.svg", data=data, label=label)
        subprocess.run(["gnuplot"], input=plot, text=True, check=True)


def rows(points, form):
    return [[form(x), f"{packets / seconds:,.0f}", f"{octets / seconds / 1e6:,.0f}",
             f"{kilobytes / 1024:,.1f}"] for x, (packets, octets, seconds, kilobytes) in points]


def tables(result):
    """The two tables as Markdown."""
    head = ["packets a second", "MB a second", "MB at most"]
    return (table(["connections open", *head], rows(result["points"]["open"], "{:,}".format)),
            table(["octets a message", *head], rows(result["points"]["size"], "{:,}".format)))


def kilobytes_a_session(result):
    """Of the most connections, beyond what the fewest took."""
    (few, least), (many, most) = result["points"]["open"][0], result["points"]["open"][-1]
    return (most[3] - least[3]) / (many - few)
