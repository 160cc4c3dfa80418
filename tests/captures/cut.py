#!/usr/bin/python3
"""cut.py NAME COUNT: the capture cut short at COUNT places spread over it (0: at every octet) never
crashes the program; but for a cut between two packets it exits 1 with one line that names the file,
and what it writes is NDJSON all the same."""

import json
import sys
import tempfile
from pathlib import Path

from pcapfile import CaptureFile
from program import Failures, Run, capture_path


def check_cut(failures, path, octets, length, may_end_here):
    path.write_bytes(octets[:length])
    run = Run([path], "--format", "ndjson")
    where = f"cut at octet {length}"
    failures.check(not run.crashed(), f"{where}: exit {run.status}, {run.errors[:2000]}")
    if not may_end_here or run.status != 0:
        lines = run.errors.splitlines()
        failures.equal(f"{where}: exit status", run.status, 1)
        failures.check(len(lines) == 1 and path.name in lines[0],
                       f"{where}: not one line that names the file: {run.errors[:500]!r}")
    try:
        for line in run.output.decode("utf-8", "strict").splitlines():
            json.loads(line)
    except ValueError as error:
        failures.check(False, f"{where}: {error}")


def main(name, count):
    failures = Failures()
    original = capture_path(name)
    octets = original.read_bytes()
    boundaries = CaptureFile(octets).boundaries
    # A step that is odd and no multiple of 4 meets every phase of a header.
    step = 1 if count == 0 else max(1, len(octets) // count) | 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / original.name
        for length in range(0, len(octets), step):
            check_cut(failures, path, octets, length, length in boundaries)
    failures.exit()


main(sys.argv[1], int(sys.argv[2]))
