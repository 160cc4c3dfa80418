"""bench.py, run by tools/bench: measures the parts that are asked for, each of which keeps what it
found in build/bench/PART.json, and writes the document of all that is kept."""

import argparse
import json
import pathlib
import subprocess
import sys
import time

import builds
import document
import growth
import timing
from workbench import TOP, WORK, keep, kept, load, say


def measure_live(arguments):
    """tools/bench-live works between network namespaces, and needs root."""
    began, load_before = time.time(), load()
    measured = WORK / "rates.json"
    measured.unlink(missing_ok=True)
    subprocess.run([TOP / "tools/bench-live", "rates", measured, str(arguments.scale)], check=True)
    if not measured.exists():
        sys.exit("bench: live: nothing was measured; the rest is as it was")
    keep("live", began, load_before, {**json.loads(measured.read_text()), "scale": arguments.scale})


PARTS = {
    "time": timing.measure,
    "growth": growth.measure,
    "builds": builds.measure,
    "live": measure_live,
}


def main():
    parser = argparse.ArgumentParser(prog="tools/bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--only", action="append", choices=(*PARTS, "document"))
    parser.add_argument("--output", type=pathlib.Path)
    arguments = parser.parse_args()
    for part, measure in PARTS.items():
        if arguments.only is None or part in arguments.only:
            say(f"part {part}")
            measure(arguments)
    output = arguments.output
    scales = {result.get("scale", 1) for result in map(kept, PARTS) if result is not None}
    if output is None and scales <= {1}:
        output = TOP / "docs/performance.md"
    if output is None:
        output = WORK / "performance.md"
    document.write(output.resolve())
    say(f"written: {output}")


main()
