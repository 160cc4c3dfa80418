"""Reports of the same packets laid side by side."""

import collections
import datetime
import json
import os
import re
import subprocess

# Two captures beside each other stamp a packet when each gets it; the scheduler may step between.
SECONDS_APART = 0.25

# What a report says of the capture itself, not of the session.
OF_THE_CAPTURE = {"capture"}
# What counts packets of one capture file from its beginning, or sessions of one run; and what a
# packet overtook, for packets that two processors deliver may reach two captures in two orders.
OF_THE_NUMBERING = {"session", "frame", "out_of_order"}

DURATION = re.compile(r"\b\d[\d,.]* (?:µs|ms|s|min|h)\b")


def analyze(*arguments):
    """The records that `analyze` has of capture files, in order of their numbers."""
    command = [os.environ["SMTPSCOPE"], "analyze", "-f", "ndjson", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, timeout=100)
    if done.returncode != 0:
        raise AssertionError(f"analyze: exit {done.returncode}\n{done.stderr.decode()}")
    return by_number(json.loads(line) for line in done.stdout.splitlines())


def by_number(records):
    return sorted(records, key=lambda record: record["session"])


def differences(live, other, is_same_capture):
    """Lines that say where two reports differ. With `is_same_capture` (the file that `-w` wrote)
    everything but the capture's name is compared; without (a tcpdump beside), what depends on
    numbers or order of frames is left out, and times may be a little apart."""
    compare = _Comparison(is_same_capture)
    if is_same_capture:
        keys = {"live": [record["session"] for record in live],
                "analyze": [record["session"] for record in other]}
        if keys["live"] != keys["analyze"]:
            return [f"sessions: live has {keys['live']}, analyze has {keys['analyze']}"]
        for one, two in zip(live, other):
            compare.values(f"session {one['session']}", one, two)
        return compare.lines
    groups = _by_ends(live), _by_ends(other)
    for ends in sorted(groups[0].keys() | groups[1].keys()):
        one, two = (group.get(ends, []) for group in groups)
        if len(one) != len(two):
            compare.lines.append(f"{ends}: {len(one)} sessions live, {len(two)} from tcpdump")
        for a, b in zip(one, two):
            compare.values(str(ends), a, b)
    return compare.lines


def _by_ends(records):
    """By both ends; sessions of the same ends in order of time."""
    groups = collections.defaultdict(list)
    for record in records:
        ends = tuple((record[side]["ip"], record[side]["port"]) for side in ("client", "server"))
        groups[ends].append(record)
    for group in groups.values():
        group.sort(key=lambda record: record["started"])
    return groups


class _Comparison:
    def __init__(self, is_same_capture):
        self.lines = []
        self._is_same = is_same_capture
        self._left_out = OF_THE_CAPTURE if is_same_capture else OF_THE_CAPTURE | OF_THE_NUMBERING

    def values(self, where, one, two, key=""):
        if key in self._left_out:
            return
        if isinstance(one, dict) and isinstance(two, dict):
            for name in sorted(one.keys() | two.keys()):
                self.values(f"{where}.{name}", one.get(name), two.get(name), name)
        elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
            for i, (a, b) in enumerate(zip(one, two)):
                self.values(f"{where}[{i}]", a, b)
        elif one != two and not (not self._is_same and _are_near(key, one, two)):
            self.lines.append(f"{where}: {one!r}, and {two!r} from the file")


def _are_near(key, one, two):
    """The same time, or a sentence that holds the same but for a time."""
    if key.endswith("_ms") and _are_numbers(one, two):
        return abs(one - two) <= SECONDS_APART * 1000
    if key in ("started", "ended"):
        return abs(seconds(one) - seconds(two)) <= SECONDS_APART
    if isinstance(one, str) and isinstance(two, str):
        return DURATION.sub("N s", one) == DURATION.sub("N s", two)
    return False


def _are_numbers(*values):
    return all(isinstance(value, (int, float)) for value in values)


def seconds(stamp):
    """A report's RFC 3339 time as seconds since the epoch."""
    whole, fraction = stamp.rstrip("Z").split(".")
    moment = datetime.datetime.fromisoformat(whole + "+00:00")
    return moment.timestamp() + float("0." + fraction)


def replies(record):
    """The session's (verb, code), in order."""
    return [(entry["verb"], entry["code"]) for entry in record["dialogue"]
            if entry["kind"] == "reply"]


def finding_ids(record):
    return {finding["id"] for finding in record["findings"]}
