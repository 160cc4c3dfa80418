"""What every part of tools/bench works with: where things lie, runs, captures, and what is kept of a
part so that the document can be put together from parts that were measured at different times."""

import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
WORK = TOP / "build/bench"
BIN = WORK / "release/bin"
OUT = WORK / "out"
FOLDER = WORK / "folder"
KINDS = ("bulk", "chatty", "hostile")
YARDSTICK = "yardstick"


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


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
    say(f"making {kind}")
    subprocess.run([maker, *options, capture_of(kind), truth_of(kind)], check=True)
    stamp_file.write_text(stamp)


def timed(words, output, stdin=subprocess.DEVNULL):
    """One run of a command, its standard output into a file: seconds, seconds of the processor,
    kilobytes at most."""
    done = subprocess.run([BIN / "stopwatch", output, *words], stdin=stdin, capture_output=True,
                          text=True, check=True)
    seconds, user, system, kilobytes, status = done.stdout.split()
    if status != "0":
        sys.exit(f"bench: {' '.join(map(str, words))}: exit {status}\n{done.stderr}")
    return float(seconds), float(user) + float(system), int(kilobytes)


def run(command, output, kind):
    """One run: seconds, seconds of the processor, kilobytes at most. FOLDER is what it wrote into
    `{folder}`, until the next run."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    words = [str(w).replace("{capture}", str(capture_of(kind))).replace("{folder}", str(FOLDER))
             for w in command]
    return timed(words, output)


def clean():
    shutil.rmtree(FOLDER, ignore_errors=True)
    OUT.unlink(missing_ok=True)


def median(runs, column):
    return statistics.median(one[column] for one in runs)


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return f"{command[0]}: not there"
    return (done.stdout or done.stderr).strip().splitlines()[0]


def load():
    return os.getloadavg()[0]


def keep(part, began, load_before, result):
    """Writes what a part measured, and what was so while it did."""
    about = {
        "day": time.strftime("%Y-%m-%d", time.gmtime(began)),
        "minutes": (time.time() - began) / 60,
        "load": [load_before, load()],
        "commit": first_line("git", "-C", str(TOP), "describe", "--always", "--dirty"),
    }
    (WORK / f"{part}.json").write_text(json.dumps({"about": about, **result}))


def kept(part):
    """What was measured last; None where nothing was."""
    path = WORK / f"{part}.json"
    return json.loads(path.read_text()) if path.exists() else None


def table(head, rows):
    """A Markdown table: the first column is text, the others are numbers."""
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def factor(runs, yardstick, column):
    return median(runs, column) / median(yardstick, column)
