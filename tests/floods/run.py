#!/usr/bin/python3
"""run.py FLOOD COUNT MEMORY: pours a flood of make-capture's into smtpscope, and checks what it
reports of it, and that it kept within --memory."""

import json
import os
import subprocess
import sys

# Octets that the program has beside what --memory counts: its code, the libraries and theirs, and
# what sessions are written with.
BESIDE = 16 << 20

CONNECTIONS = {"syn": 1, "half-open": 1, "one-packet": 1}
HELD_SEGMENTS = 4096  # LIMIT_HELD_SEGMENTS: so many each connection of `holes` has
ENTRIES = 10000  # LIMIT_DIALOGUE_ENTRIES


def require(holds, text):
    if not holds:
        print(f"not as it should be: {text}")
        sys.exit(1)


def limits_of(session):
    return [f["message"] for f in session["findings"] if f["id"] == "limit-reached"]


class Idle:
    """Connections that come one after the other and say no more: the longest idle are given up, and
    say so; the last are there at the end."""

    def __init__(self, count):
        self.count = count
        self.numbers = set()
        self.evicted = 0
        self.kept = set()

    def take(self, session):
        self.numbers.add(session["session"])
        limits = limits_of(session)
        if session["tcp"]["close"] == "evicted":
            self.evicted += 1
            require(len(limits) == 1 and "--memory" in limits[0],
                    f"session {session['session']} was evicted, and says {limits}")
        else:
            require(session["tcp"]["close"] == "open" and not limits,
                    f"session {session['session']} is {session['tcp']['close']}: {limits}")
            self.kept.add(session["session"])

    def finish(self):
        require(self.numbers == set(range(1, self.count + 1)),
                f"{len(self.numbers)} sessions of {self.count}")
        newest = set(range(self.count + 1 - len(self.kept), self.count + 1))
        require(self.kept == newest, "a connection was given up that others had been idle before")
        require(len(self.kept) > 0, "no connection is left")
        print(f"{self.evicted} evicted, {len(self.kept)} kept")


class Holes:
    """Every octet that was seen is counted, or was dropped and the session says so."""

    def __init__(self, count):
        self.count = count
        self.sessions = 0
        self.seen = 0
        self.dropped = 0

    def take(self, session):
        self.sessions += 1
        client = session["tcp"]["client"]
        greeted = len("EHLO client.example.test\r\n")
        segments = min(HELD_SEGMENTS, self.count - (session["session"] - 1) * HELD_SEGMENTS)
        seen = client["bytes"] - greeted
        self.seen += seen
        require(0 <= seen <= segments, f"{seen} octets seen of {segments}")
        if seen < segments:
            self.dropped += segments - seen
            require(limits_of(session) != [], f"session {session['session']} dropped octets silently")
        require(client["bytes"] + client["lost_bytes"] <= greeted + 2 * HELD_SEGMENTS,
                f"more octets than there are in {client}")

    def finish(self):
        expected = (self.count + HELD_SEGMENTS - 1) // HELD_SEGMENTS
        require(self.sessions == expected, f"{self.sessions} sessions of {expected}")
        print(f"{self.seen} octets seen, {self.dropped} dropped")


class One:
    """A session or two, to be looked at."""

    def __init__(self, flood, count):
        self.flood = flood
        self.count = count
        self.sessions = []

    def take(self, session):
        self.sessions.append(session)

    def finish(self):
        require(len(self.sessions) == (2 if self.flood == "bdat" else 1),
                f"{len(self.sessions)} sessions")
        getattr(self, "check_" + self.flood.replace("-", "_"))(self.sessions[-1])

    def check_endless_line(self, session):
        greeted = len("EHLO client.example.test\r\n")
        require(session["tcp"]["client"]["bytes"] == greeted + self.count, "octets are missing")
        require(any("line longer" in text for text in limits_of(session)), "the line was not cut")
        long = [f for f in session["findings"] if f["id"] == "command-line-too-long"]
        require(f"{self.count:,} octets" in long[0]["message"], f"{long}")

    def check_huge_message(self, session):
        line = len("All that is sent is counted, however long it takes to send it.\r\n")
        message = session["messages"][0]
        require(message["octets"] == self.count // line * line, f"{message['octets']} octets")
        require(message["accepted"] is True and session["outcome"] == "delivered", "not delivered")
        require(session["findings"] == [], f"{session['findings']}")

    def check_long_reply(self, session):
        reply = [e for e in session["dialogue"] if e["kind"] == "reply"][2]
        require(reply["code"] == 214 and 1 < len(reply["lines"]) <= 1000, "not cut to 1,000 lines")
        require(any("reply longer" in text for text in limits_of(session)), "cut silently")
        require(session["outcome"] == "no_mail", session["outcome"])

    def check_pipelined(self, session):
        require(len(session["dialogue"]) == ENTRIES and session["dialogue_truncated"] is True,
                "the dialogue is not cut")
        require(any("dialogue entries" in text for text in limits_of(session)), "cut silently")
        require(session["outcome"] == "no_mail", session["outcome"])

    def check_bdat(self, session):
        first = self.sessions[0]
        require("bdat-invalid" in [f["id"] for f in first["findings"]], "2^63 was believed")
        message = session["messages"][0]
        require(message["octets"] == self.count and message["complete"] is False,
                f"{message['octets']} octets, complete: {message['complete']}")


def check_of(flood, count):
    if flood in CONNECTIONS:
        return Idle(count)
    return Holes(count) if flood == "holes" else One(flood, count)


def main(flood, count, memory):
    check = check_of(flood, count)
    maker = subprocess.Popen([os.environ["MAKE_CAPTURE"], "--flood", flood, "--count", str(count),
                              "-"], stdout=subprocess.PIPE)
    program = subprocess.Popen([os.environ["SMTPSCOPE"], "analyze", "--format", "ndjson",
                                "--annotate", "none", "--memory", str(memory), "-"],
                               stdin=maker.stdout, stdout=subprocess.PIPE)
    maker.stdout.close()
    for line in program.stdout:
        check.take(json.loads(line))
    _, status, usage = os.wait4(program.pid, 0)
    program.returncode = os.waitstatus_to_exitcode(status)
    require(maker.wait() == 0, "make-capture failed")
    require(program.returncode == 0, f"exit {program.returncode}")
    check.finish()
    most = usage.ru_maxrss * 1024
    print(f"{most / (1 << 20):.1f} MiB at most, {usage.ru_utime + usage.ru_stime:.1f} s")
    # A sanitizer keeps what was freed, and its own account beside it.
    if os.environ["SMTPSCOPE_SANITIZERS"] == "":
        require(most <= (memory << 20) + BESIDE, f"--memory {memory} was passed")


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
