"""docs/performance.md out of what the parts have kept. Every figure comes from there."""

import pathlib
import re
import subprocess

import builds
import growth
import live_section
import timing
from workbench import BIN, KINDS, YARDSTICK, first_line, kept, median

MISSING = "Not measured yet: `tools/bench --only {}`."
FORESEEN_FROM = 1000  # connections (src/tcp/tracker.c)


def processor():
    cpu = {}
    for line in subprocess.run(["lscpu"], capture_output=True, text=True).stdout.splitlines():
        key, _, value = line.partition(":")
        cpu.setdefault(key.strip(), value.strip())
    return cpu


def machine():
    cpu = processor()
    memory = pathlib.Path("/proc/meminfo").read_text().split()[1]
    return "\n".join(f"- {line}" for line in (
        f"{cpu.get('Model name', 'unknown processor')}, {cpu.get('CPU(s)', '?')} cores, caches "
        f"{cpu.get('L1d cache', '?')} / {cpu.get('L2 cache', '?')} / {cpu.get('L3 cache', '?')}",
        f"{int(memory) // 1048576} GB of memory",
        first_line("uname", "-srm"),
        first_line("gcc", "--version")))


def about(result):
    """Under the heading of a part: when, of what, and what else the machine did."""
    a = result["about"]
    scale = result.get("scale", 1)
    return (f"Measured {a['day']} at commit {a['commit']}, in {a['minutes']:.0f} minutes; the load was "
            f"{a['load'][0]:.1f} before and {a['load'][1]:.1f} after (a quiet machine has under 0.5 "
            "before)." + (f" **At scale {scale:g}, not 1.**" if scale != 1 else ""))


def time_method(result):
    sizes = ", ".join(f"{kind} {size:.0f} MB" for kind, size in result["sizes"].items())
    once = sorted({name for name, of_kind in result["runs"].items()
                   if any(len(runs) < result["rounds"] for runs in of_kind.values())})
    checks = "; ".join(f"{kind}: {told}" for kind, told in result["checks"].items())
    seldom = (f" What took longer than {timing.LONG_SECONDS} s over a capture ran over it once "
              f"({', '.join(once)})." if once else "")
    return (
        f"{about(result)}\n\n"
        "The yardstick is a loop over `pcap_next_ex` on `pcap_open_offline` that does nothing "
        "(`tools/measure/yardstick.c`). Every other number is a time divided by the yardstick's on the "
        "same capture in the same rounds.\n\n"
        f"Captures are made by `make-capture` (seed 1): {sizes}. They lie in the page cache. Each "
        f"program runs {result['rounds']} times, all in turn, one after the other; what stands here is "
        f"the median.{seldom} Time and peak memory are the kernel's own account (`wait4`). Reports go "
        "to a file, summaries to `/dev/null`. smtpscope checks all that it ever checks, in one "
        "thread.\n\n"
        "Before anything is measured, every session of every capture is compared with what "
        f"`make-capture` wrote down (replies and what they answer, messages, octets, TLS): {checks}.")


def time_parts(result):
    if result is None:
        return ["## Time", MISSING.format("time")]
    parts = [
        "## Method", time_method(result),
        "## Time of the processor",
        "User and system together, over the yardstick's: what other work on the machine disturbs "
        "least. Beside a peer's time stands how many sessions it has wrong (see below).",
        timing.times(result, 1, True),
        "## What it must reach",
        "Times of the processor over the yardstick's, and what each may be.",
        timing.targets(result),
        "## Time, as it passed", timing.times(result, 0, False),
        "## Memory at most", timing.memory(result),
    ]
    if result["wrong"]:
        parts += [
            "## What the peers have wrong",
            "Sessions whose result is not what `make-capture` wrote down. tshark does not say which reply "
            "answers which command, so that is not asked of it. Commands that were never sent are content "
            "that it read as commands; sessions with TLS, which is switched off for its speed, are left "
            "out of that row. Commands are missing where they came in a group, behind others or behind "
            "content: a pipelined QUIT, or BDAT with what it brings, among them. Suricata tells no "
            "replies at all; senders and "
            "recipients are counted against MAIL and RCPT commands, of which it may leave out those "
            "that were refused. tcpflow "
            "reassembles only: octets that reached its files are counted. tcpdump decodes nothing "
            "here.", timing.wrongs(result)]
    return parts


def octets_of_cache(level):
    text = processor().get(f"{level} cache", "")
    match = re.match(r"([\d.]+) ([KMG])iB(?: \((\d+) instance)?", text)
    if match is None:
        return None
    size = float(match[1]) * {"K": 2**10, "M": 2**20, "G": 2**30}[match[2]]
    return size / int(match[3] or 1)


def knees_open(result):
    """Each step to ten times the connections, told with the memory that they take."""
    points = result["points"]["open"]
    l2, l3 = octets_of_cache("L2"), octets_of_cache("L3")
    least = points[0][1][3]
    lines = []
    for before, after in zip(points, points[1:]):
        change = growth.rate(after) / growth.rate(before) - 1
        took = max(0, after[1][3] - least) * 1024
        where = ("fits the caches of a core" if l2 is None or took <= l2 else
                 "is more than a core's own caches hold" if l3 is None or took <= l3 else
                 "is more than any cache holds")
        lines.append(f"- {before[0]:,} to {after[0]:,}: {change:+.0%}. {took / 1e6:,.1f} MB more are in "
                     f"use than with {points[0][0]:,}, which {where}.")
    if l2 is not None and l3 is not None:
        lines.append(f"\nA core has {l2 / 1e6:.1f} MB of L2 cache; the L3 cache has {l3 / 1e6:.0f} MB, "
                     "which a virtual machine may have to share.")
    return "\n".join(lines)


def apart(counted):
    counts = [count for _, count in counted]
    return max(counts) / min(counts) - 1


def counted(result):
    """Whether it is the work that grows, or the wait for memory."""
    told = ", ".join(f"{count:,.0f} with {many:,} open at once" for many, count in result["counted"])
    spread = apart(result["counted"])
    below = apart([one for one in result["counted"] if one[0] < FORESEEN_FROM])
    return (f"Instructions a packet, of the same sessions: {told}, which is {spread:.1%} apart. "
            + ("The work does not grow with the connections; what a packet waits for is memory."
               if spread < 0.05 else
               f"With fewer than {FORESEEN_FROM:,} it is {below:.1%}: from there on what packets will "
               "touch is fetched ahead of them (src/tcp/foresight.h). That is work too, and saves "
               "more waiting than it takes."
               if below < 0.05 else "**The work itself grows with the connections.**"))


def knees_size(result):
    points = result["points"]["size"]
    first, last = points[0], points[-1]
    octets = [one[1][1] / one[1][0] for one in (first, last)]
    best = max(points, key=growth.rate)
    return (f"At {first[0]:,} octets a packet has {octets[0]:.0f} octets on average, at {last[0]:,} "
            f"{octets[1]:.0f}: small messages are mostly commands and replies, each of which is "
            "parsed, kept and judged at the end, large ones are content, which is searched for its "
            f"end. The rate is highest at {best[0]:,} octets, {growth.rate(best) / growth.rate(first):.1f} "
            f"times that of {first[0]:,}; memory is {first[1][3] / 1024:.0f} MB at the smallest and "
            f"{last[1][3] / 1024:.0f} MB at the largest.")


def growth_parts(result, plots):
    if result is None:
        return ["## Growth", MISSING.format("growth")]
    opened, sized = growth.tables(result)
    return [
        "## Growth", about(result),
        "`--format summary`; packets a second of the processor's time for smtpscope alone; what the "
        "program's start takes is taken off. The least of three runs, of one at a million connections. "
        "Captures of many connections come through a pipe from `make-capture`, those of large messages "
        "from files. Data: "
        f"[growth-open.txt]({plots}/growth-open.txt), [growth-size.txt]({plots}/growth-size.txt).",
        "### Open connections",
        f"Small sessions (messages of about 500 octets) that all begin within {growth.SPREAD} s, so "
        "that all are open at once; below 30,000 of them, one follows another. `--memory "
        f"{growth.MEGABYTES}`, so that none is given up.",
        opened, f"![packets a second by open connections]({plots}/growth-open.svg)",
        knees_open(result) + "\n\n" + counted(result) + "\n\n"
        "A connection that is open takes "
        f"{growth.kilobytes_a_session(result):.1f} KB with its dialogue. Beyond its dialogue it takes "
        f"{result['alone'] / 1024:.1f} KB, as one of which a single EHLO was seen (at most "
        f"{timing.MOST_KILOBYTES_A_SESSION} KB are asked for"
        + (")." if result["alone"] / 1024 <= timing.MOST_KILOBYTES_A_SESSION else "): **not met**."),
        "### Size of messages",
        "Captures of 100 MB or of one message, 50 sessions at a time.",
        sized, f"![packets a second by size of messages]({plots}/growth-size.svg)",
        knees_size(result),
    ]


def builds_parts(result):
    if result is None:
        return ["## Builds", MISSING.format("builds")]
    sizes = "; ".join(f"{name} {octets / 1e6:.1f} MB" for name, octets in result["octets"].items())
    summary = timing.TARGETS["smtpscope --format summary"]
    runs = result["runs"]["Debian's flags (dpkg-buildflags)"]
    yardstick = result["runs"][YARDSTICK]
    unmet = [kind for kind in KINDS
             if median(runs[kind], 1) / median(yardstick[kind], 1) > summary[kind]]
    # Where the sources lay is nobody's business.
    flags = " ".join(flag for flag in result["flags"].split() if "prefix-map" not in flag)
    return [
        "## Builds", about(result),
        "`--format summary`, time of the processor over the yardstick's, in brackets against the "
        f"release preset; {result['rounds']} rounds in turn. Debian's flags are "
        f"`{flags}`. The profile for PGO is made of captures by another seed.",
        builds.comparison(result),
        "With Debian's flags the table above is "
        + ("met." if not unmet else f"**not met** on {', '.join(unmet)}.")
        + f" Programs, with symbols: {sizes}.",
    ]


def versions(result):
    lines = subprocess.run([BIN / "smtpscope", "--version"], capture_output=True,
                           text=True).stdout.strip().splitlines()
    return "\n".join(f"- {line}" for line in lines + (result["versions"] if result else []))


def write(output):
    """The document, and the plots in a folder of its name beside it."""
    results = {part: kept(part) for part in ("time", "growth", "builds", "live")}
    plots = output.with_suffix("")
    if results["growth"] is not None:
        growth.draw(results["growth"], plots)
    parts = [
        "# Performance", "Written by `tools/bench`, which makes it all again.",
        "## Machine", machine(),
        *time_parts(results["time"]),
        *growth_parts(results["growth"], plots.name),
        *builds_parts(results["builds"]),
        *live_section.parts(results["live"], about),
        "## Versions", versions(results["time"]),
    ]
    output.write_text("\n\n".join(parts) + "\n")
