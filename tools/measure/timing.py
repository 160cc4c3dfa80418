"""The part `time`: smtpscope in each format and its peers, over the three workloads, in turn."""

import subprocess
import sys
import time

import peers
from workbench import (BIN, KINDS, OUT, TOP, YARDSTICK, capture_of, clean, factor, keep, load,
                       make, median, run, say, table, truth_of)

# A program that took longer than this over a capture is run over it once.
LONG_SECONDS = 20

# Of the issue that asked for speed: times over the yardstick's, and MB where memory is bounded.
TARGETS = {
    "smtpscope --format summary": {"bulk": 2.0, "chatty": 4.5, "hostile": 2.0},
    "smtpscope --format ndjson --annotate none": {"bulk": 2.2, "chatty": 7, "hostile": 2.5},
    "smtpscope --format ndjson": {"bulk": 2.5, "chatty": 10, "hostile": 3},
}
AIMS = {"bulk": 1.4, "chatty": 3.0, "hostile": 1.3}
# `json` and `text` may take so many times what annotated `ndjson` takes.
BESIDE_NDJSON = 1.5
MOST_MEGABYTES = {"bulk": 64, "hostile": 64}
MOST_KILOBYTES_A_SESSION = 3


def smtpscope(*options, output=OUT):
    return (f"smtpscope {' '.join(options)}", [BIN / "smtpscope", *options, "{capture}"], output, None)


YARDSTICK_TOOL = (YARDSTICK, [BIN / "yardstick", "{capture}"], "/dev/null", None)
OURS = [
    smtpscope("--format", "summary", output="/dev/null"),
    smtpscope("--format", "ndjson", "--annotate", "none"),
    smtpscope("--format", "ndjson"),
    smtpscope("--format", "json"),
    smtpscope("--format", "text"),
]


def check(kind):
    """What smtpscope says of every session is true, or its speed counts for nothing."""
    with OUT.open("wb") as file:
        subprocess.run([BIN / "smtpscope", "--format", "ndjson", "--annotate", "none",
                        capture_of(kind)], stdout=file, check=True)
    done = subprocess.run([sys.executable, TOP / "tests/workloads/check_truth.py", OUT,
                           truth_of(kind)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench: {kind}: smtpscope is wrong\n{done.stdout}")
    return done.stdout.strip()


def measure(arguments):
    """Everything in turn, round by round: whatever else the machine does falls on all alike."""
    began, load_before = time.time(), load()
    tools = [YARDSTICK_TOOL] + OURS + ([] if arguments.no_peers else peers.known())
    checks = {}
    for kind in KINDS:
        make(kind, arguments.scale)
        checks[kind] = check(kind)
        say(f"{kind}: {checks[kind]}")
    runs = {name: {kind: [] for kind in KINDS} for name, *_ in tools}
    wrong = {}
    for number in range(arguments.rounds):
        for kind in KINDS:
            run(*YARDSTICK_TOOL[1:3], kind)  # the file is in memory from here on
            for name, command, output, judge in tools:
                if runs[name][kind] and runs[name][kind][0][0] > LONG_SECONDS:
                    continue
                say(f"round {number + 1} of {arguments.rounds}, {kind}: {name}")
                runs[name][kind].append(run(command, output, kind))
                if judge is not None and number == 0:
                    wrong.setdefault(name, {})[kind] = judge(kind)
    sizes = {kind: capture_of(kind).stat().st_size / 1e6 for kind in KINDS}
    clean()
    keep("time", began, load_before, {
        "runs": runs, "wrong": wrong, "checks": checks, "sizes": sizes, "rounds": arguments.rounds,
        "scale": arguments.scale, "versions": [] if arguments.no_peers else peers.versions()})


def times(result, column, is_judged):
    """Times over the yardstick's; beside those of who is wrong, for how many sessions."""
    runs = result["runs"]
    rows = []
    for name, of_kind in runs.items():
        cells = []
        for kind in KINDS:
            if name == YARDSTICK:
                cells.append(f"{median(of_kind[kind], column):.2f} s")
                continue
            cell = f"{factor(of_kind[kind], runs[YARDSTICK][kind], column):.2f}"
            verdict = result["wrong"].get(name, {}).get(kind) if is_judged else None
            if verdict and verdict["wrong"] > 0:
                cell += f" ({verdict['wrong']:,} of {verdict['sessions']:,} sessions wrong)"
            cells.append(cell)
        rows.append([name, *cells])
    return table(["", *KINDS], rows)


def target(value, most):
    return f"{value:.2f}, at most {most:g}: {'met' if value <= most else '**not met**'}"


def targets(result):
    runs = result["runs"]
    rows = []
    for name, most in TARGETS.items():
        rows.append([name] + [target(factor(runs[name][kind], runs[YARDSTICK][kind], 1), most[kind])
                              for kind in KINDS])
    for name in ("smtpscope --format json", "smtpscope --format text"):
        base = runs["smtpscope --format ndjson"]
        rows.append([f"{name}, over ndjson's"] +
                    [target(factor(runs[name][kind], base[kind], 1), BESIDE_NDJSON) for kind in KINDS])
    summary = runs["smtpscope --format summary"]
    rows.append(["aim of --format summary"] +
                [target(factor(summary[kind], runs[YARDSTICK][kind], 1), AIMS[kind]) for kind in KINDS])
    rows.append(["MB at most, --format ndjson"] +
                [target(median(runs["smtpscope --format ndjson"][kind], 2) / 1024, MOST_MEGABYTES[kind])
                 if kind in MOST_MEGABYTES else "see Growth" for kind in KINDS])
    return table(["", *KINDS], rows)


def memory(result):
    return table(["", *KINDS], [
        [name] + [f"{median(of_kind[kind], 2) / 1024:.1f} MB" for kind in KINDS]
        for name, of_kind in result["runs"].items()])


def wrongs(result):
    """What each peer has wrong, way by way."""
    rows = []
    for name, of_kind in result["wrong"].items():
        for way in of_kind[KINDS[0]]["ways"]:
            rows.append([f"{name}: {way}"] +
                        [f"{of_kind[kind]['ways'][way]:,} of {of_kind[kind]['sessions']:,}"
                         for kind in KINDS])
    return table(["sessions", *KINDS], rows)
