#!/usr/bin/python3
"""run.py OPTION...: makes a capture with these options of make-capture, and compares smtpscope's
report of it with the truth."""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=100)
    if done.returncode != 0:
        print(f"{' '.join(map(str, command))}: exit {done.returncode}")
        sys.exit(1)


def main(options):
    with tempfile.TemporaryDirectory() as folder:
        capture = pathlib.Path(folder, "workload.pcap")
        truth = pathlib.Path(folder, "workload.truth.ndjson")
        report = pathlib.Path(folder, "workload.ndjson")
        run(os.environ["MAKE_CAPTURE"], *options, capture, truth)
        run(os.environ["SMTPSCOPE"], "analyze", "--format", "summary", "--annotate",
            "none", "-o", report, capture)
        run(sys.executable, HERE / "check_truth.py", report, truth)


main(sys.argv[1:])
