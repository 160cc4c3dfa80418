"""bench.py, run by tools/bench: makes the captures, checks what smtpscope says of them against the
truth, measures, and writes docs/performance.md."""

import argparse
import hashlib
import json
import pathlib
import shutil
import statistics
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
WORK = TOP / "build/bench"
BIN = WORK / "release/bin"
KINDS = ("bulk", "chatty", "hostile")

# The fields that tshark needs for what smtpscope tells of every session, and nothing more dissected
# than they take.
TSHARK = ["tshark", "-n", "-r", "{capture}", "-Y", "smtp", "-T", "fields", "-e", "tcp.stream", "-e",
          "smtp.req.command", "-e", "smtp.req.parameter", "-e", "smtp.response.code", "-e",
          "smtp.rsp.parameter", "--disable-protocol", "imf", "--disable-protocol",
          "mime_multipart", "--disable-protocol", "tls", "--disable-protocol", "dns",
          "--disable-protocol", "http", "-o", "tcp.calculate_timestamps:FALSE"]

# Name, command, where its standard output goes.
YARDSTICK = ("yardstick", [BIN / "yardstick", "{capture}"], "/dev/null")
OURS = [
    ("smtpscope --format summary", [BIN / "smtpscope", "--format", "summary", "{capture}"],
     "/dev/null"),
    ("smtpscope --format ndjson --annotate none",
     [BIN / "smtpscope", "--format", "ndjson", "--annotate", "none", "{capture}"], WORK / "out"),
    ("smtpscope --format ndjson", [BIN / "smtpscope", "--format", "ndjson", "{capture}"],
     WORK / "out"),
    ("smtpscope --format json", [BIN / "smtpscope", "--format", "json", "{capture}"], WORK / "out"),
    ("smtpscope --format text", [BIN / "smtpscope", "--format", "text", "{capture}"], WORK / "out"),
]
PEERS = [
    ("tcpdump -w /dev/null", ["tcpdump", "-r", "{capture}", "-w", "/dev/null"], "/dev/null"),
    ("tcpflow (reassembly into files)",
     ["tcpflow", "-q", "-x", "netviz", "-x", "http", "-x", "md5", "-o", "{folder}", "-r",
      "{capture}"], "/dev/null"),
    ("tshark, SMTP fields only", TSHARK, WORK / "out"),
    ("tshark, its default listing", ["tshark", "-n", "-r", "{capture}"], WORK / "out"),
]


def capture_of(kind):
    return WORK / f"{kind}.pcap"


def truth_of(kind):
    return WORK / f"{kind}.truth.ndjson"


def make(kind, scale):
    """Makes the capture, unless it is there and made by the same program with the same options."""
    maker = BIN / "make-capture"
    options = ["--kind", kind, "--scale", str(scale)]
    stamp = hashlib.sha256(maker.read_bytes() + repr(options).encode()).hexdigest()
    stamp_file = WORK / f"{kind}.stamp"
    if stamp_file.exists() and stamp_file.read_text() == stamp and capture_of(kind).exists():
        return
    print(f"bench: making {kind}", file=sys.stderr)
    subprocess.run([maker, *options, capture_of(kind), truth_of(kind)], check=True)
    stamp_file.write_text(stamp)


def check(kind):
    """What smtpscope says of every session is true, or its speed counts for nothing."""
    report = WORK / "out"
    with report.open("wb") as file:
        subprocess.run([BIN / "smtpscope", "--format", "ndjson", "--annotate", "none",
                        capture_of(kind)], stdout=file, check=True)
    done = subprocess.run([sys.executable, TOP / "tests/workloads/check_truth.py", report,
                           truth_of(kind)], capture_output=True, text=True)
    report.unlink()
    if done.returncode != 0:
        sys.exit(f"bench: {kind}: smtpscope is wrong\n{done.stdout}")
    return done.stdout.strip()


def run(command, output, kind):
    """One run: seconds, seconds of the processor, kilobytes at most."""
    folder = WORK / "folder"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    words = [str(w).replace("{capture}", str(capture_of(kind))).replace("{folder}", str(folder))
             for w in command]
    done = subprocess.run([BIN / "stopwatch", output, *words], capture_output=True, text=True,
                          check=True)
    shutil.rmtree(folder, ignore_errors=True)
    seconds, user, system, kilobytes, status = done.stdout.split()
    if status != "0":
        sys.exit(f"bench: {' '.join(words)}: exit {status}\n{done.stderr}")
    return float(seconds), float(user) + float(system), int(kilobytes)


def measure(tools, rounds):
    """Everything in turn, round by round: whatever else the machine does falls on all alike."""
    results = {name: {kind: [] for kind in KINDS} for name, _, _ in tools}
    for number in range(rounds):
        for kind in KINDS:
            run(YARDSTICK[1], YARDSTICK[2], kind)  # the file is in memory from here on
            for name, command, output in tools:
                print(f"bench: round {number + 1} of {rounds}, {kind}: {name}", file=sys.stderr)
                results[name][kind].append(run(command, output, kind))
    return results


def median(runs, column):
    return statistics.median(one[column] for one in runs)


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return f"{command[0]}: not there"
    return (done.stdout or done.stderr).strip().splitlines()[0]


def machine():
    cpu = {}
    for line in subprocess.run(["lscpu"], capture_output=True, text=True).stdout.splitlines():
        key, _, value = line.partition(":")
        cpu.setdefault(key.strip(), value.strip())
    memory = pathlib.Path("/proc/meminfo").read_text().split()[1]
    return [
        f"{cpu.get('Model name', 'unknown processor')}, {cpu.get('CPU(s)', '?')} cores, caches "
        f"{cpu.get('L1d cache', '?')} / {cpu.get('L2 cache', '?')} / {cpu.get('L3 cache', '?')}",
        f"{int(memory) // 1048576} GB of memory",
        first_line("uname", "-srm"),
        first_line("gcc", "--version"),
        f"load when the table was written: {pathlib.Path('/proc/loadavg').read_text()[:14]} (a quiet "
        "machine has under 1.5)",
    ]


def versions(with_peers):
    lines = subprocess.run([BIN / "smtpscope", "--version"], capture_output=True,
                           text=True).stdout.strip().splitlines()
    if with_peers:
        lines += [first_line("tcpdump", "--version"), first_line("tcpflow", "--version"),
                  first_line("tshark", "--version")]
    return lines


def table(results, tools, column, form):
    lines = ["| | " + " | ".join(KINDS) + " |", "| --- |" + " ---: |" * len(KINDS)]
    for name, _, _ in tools:
        cells = [form(results, name, kind, column) for kind in KINDS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def factor(results, name, kind, column):
    base = median(results[YARDSTICK[0]][kind], column)
    value = median(results[name][kind], column)
    return f"{value:.2f} s" if name == YARDSTICK[0] else f"{value / base:.2f}"


def megabytes(results, name, kind, column):
    return f"{median(results[name][kind], column) / 1024:.1f} MB"


def document(results, tools, checks, arguments):
    sizes = ", ".join(f"{kind} {capture_of(kind).stat().st_size / 1e6:.0f} MB" for kind in KINDS)
    parts = [
        "# Performance",
        "Written by `tools/bench`, which makes it all again.",
        "## Method",
        "The yardstick is a loop over `pcap_next_ex` on `pcap_open_offline` that does nothing "
        "(`tools/measure/yardstick.c`). Every other number is a time divided by the yardstick's on "
        "the same capture in the same rounds.\n\n"
        f"Captures are made by `make-capture` (seed 1): {sizes}. They lie in the page cache. Each "
        f"program runs {arguments.rounds} times, all in turn, one after the other; what stands here "
        "is the median. Time and peak memory are the kernel's own account (`wait4`). Reports go to a "
        "file, summaries to `/dev/null`.\n\n"
        "Before anything is measured, every session of every capture is compared with what "
        "`make-capture` wrote down (replies and what they answer, messages, octets, TLS): "
        + "; ".join(f"{kind}: {told}" for kind, told in checks.items()) + ".",
        "## Machine",
        "\n".join(f"- {line}" for line in machine()),
        "## Time, as it passed",
        table(results, tools, 0, factor),
        "## Time of the processor",
        "User and system together: what other work on the machine disturbs least.",
        table(results, tools, 1, factor),
        "## Memory at most",
        table(results, tools, 2, megabytes),
        "## Versions",
        "\n".join(f"- {line}" for line in versions(not arguments.no_peers)),
    ]
    return "\n\n".join(parts) + "\n"


def main():
    parser = argparse.ArgumentParser(prog="tools/bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--output", type=pathlib.Path)
    arguments = parser.parse_args()
    tools = [YARDSTICK] + OURS + ([] if arguments.no_peers else PEERS)
    checks = {}
    for kind in KINDS:
        make(kind, arguments.scale)
        checks[kind] = check(kind)
        print(f"bench: {kind}: {checks[kind]}", file=sys.stderr)
    results = measure(tools, arguments.rounds)
    (WORK / "results.json").write_text(json.dumps(results))
    (WORK / "out").unlink(missing_ok=True)
    text = document(results, tools, checks, arguments)
    output = arguments.output
    if output is None and arguments.scale == 1:
        output = TOP / "docs/performance.md"
    if output is None:
        print(text)
    else:
        output.write_text(text)


main()
