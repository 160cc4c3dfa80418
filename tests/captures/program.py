"""Runs the program under test and reads what it reports; shared by the scripts of this folder."""

import json
import os
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
CAPTURES = TOP / "captures"

# What a crash looks like from outside, whichever sanitizer is built in.
CRASH_MARKS = ("Sanitizer", "runtime error:", "Assertion")


class Failures:
    """Collects what is wrong, so that one run shows all of it."""

    def __init__(self):
        self.lines = []

    def check(self, holds, text):
        if not holds:
            self.lines.append(text)
        return holds

    def equal(self, what, got, expected):
        return self.check(got == expected, f"{what}: expected {expected!r}, got {got!r}")

    def exit(self):
        for line in self.lines:
            print(line)
        print(f"{len(self.lines)} failures" if self.lines else "ok")
        sys.exit(1 if self.lines else 0)


class Run:
    """One run of `analyze`; its standard output is kept as octets."""

    def __init__(self, files, *options, stdin=None):
        self.command = [os.environ["SMTPSCOPE"], "analyze", *options, *map(str, files)]
        done = subprocess.run(self.command, input=stdin, capture_output=True, timeout=100,
                              stdin=None if stdin is not None else subprocess.DEVNULL)
        self.status = done.returncode
        self.output = done.stdout
        self.errors = done.stderr.decode("utf-8", "backslashreplace")

    def crashed(self):
        return self.status < 0 or self.status > 3 or any(m in self.errors for m in CRASH_MARKS)

    def sessions(self):
        """The records of NDJSON output, by session number."""
        records = [json.loads(line) for line in self.output.splitlines()]
        return sorted(records, key=lambda record: record["session"])


def succeeding(files, *options, stdin=None):
    """A run of `files`; one that fails ends the test."""
    run = Run(files, *options, stdin=stdin)
    if run.status != 0:
        print(f"{' '.join(run.command)}\nexit {run.status}\n{run.errors}")
        sys.exit(1)
    return run


def ndjson(files, *options, stdin=None):
    """The sessions of `files`."""
    return succeeding(files, "--format", "ndjson", *options, stdin=stdin).sessions()


def report(files, *options):
    """The whole report of `files`."""
    return json.loads(succeeding(files, "--format", "json", *options).output)


def capture_path(name):
    """The capture called `name`, its ending left out."""
    for ending in (".pcap", ".pcapng"):
        path = CAPTURES / (name + ending)
        if path.exists():
            return path
    sys.exit(f"no capture called {name}")


def replies(record):
    return [entry for entry in record["dialogue"] if entry["kind"] == "reply"]


def client_of(record):
    """As expect.json and outcome.json name it."""
    return f"{record['client']['ip']} port {record['client']['port']}"
