#!/usr/bin/python3
"""check_expect.py NAME: pairs, accepted messages, TLS facts, outcome, stage, findings and diagnosis of
each session of a capture, and the patterns across them, against what the client recorded
(NAME.expect.json) and against what was worked out by hand (NAME.outcome.json)."""

import json
import sys

from program import CAPTURES, Failures, capture_path, client_of, replies, report

KNOWN_VERBS = set("""HELO EHLO LHLO MAIL RCPT DATA BDAT BURL RSET NOOP QUIT VRFY EXPN HELP SEND SOML
SAML TURN ATRN ETRN AUTH STARTTLS X-ANONYMOUSTLS XCLIENT XFORWARD""".split())

PSEUDO_VERBS = {
    "<greeting>": "CONNECT",
    "<auth>": "AUTH",
    "<unsolicited>": None,
    "BDAT LAST": "BDAT",
    ".": ".",
}


def verb_of(expected):
    if expected in PSEUDO_VERBS:
        return PSEUDO_VERBS[expected]
    return expected if expected in KNOWN_VERBS else "?"


def expected_pairs(session):
    """The pairs that the capture shows in clear; a command without a reply is no pair here."""
    pairs = session.get("server_view_pairs", session["pairs"])
    if session["tls"] is not None:
        pairs = pairs[:session["tls"]["after_pairs"]]
    return [[verb_of(verb), code] for verb, code in pairs if code is not None]


def check_tls(failures, where, expected, record):
    if expected["tls"] is None:
        failures.equal(f"{where} tls", record["tls"], None)
        return
    if not failures.check(record["tls"] is not None, f"{where}: no TLS reported"):
        return
    tls = record["tls"]
    implicit = expected["transport"] == "implicit-tls"
    failures.equal(f"{where} tls.mode", tls["mode"], "implicit" if implicit else "starttls")
    failures.equal(f"{where} tls.sni", tls["sni"], expected["tls"]["sni"])
    if expected["tls"]["result"] == "ok":
        failures.equal(f"{where} tls.handshake", tls["handshake"], "complete")
        failures.equal(f"{where} tls.version", tls["version"], expected["tls"]["version"])
    else:
        failures.equal(f"{where} tls.handshake", tls["handshake"], "failed")


def finding_text(finding):
    """As outcome.json has it: severity, id, the entry it was first seen at, how often."""
    text = f"{finding['severity']} {finding['id']}"
    if finding["n"] is not None:
        text += f" at {finding['n']}"
    return text if finding["count"] == 1 else f"{text} x{finding['count']}"


def check_diagnosis(failures, where, judged, record):
    """Words that the sentence must have; where none stand, it is not compared."""
    for words in judged.get("diagnosis", []):
        failures.check(words in record["diagnosis"]["summary"],
                       f"{where} diagnosis: {record['diagnosis']['summary']!r} lacks {words!r}")


def pattern_text(pattern):
    """As outcome.json has it: severity, id, the sessions by number."""
    sessions = ", ".join(map(str, pattern["sessions"]))
    return f"{pattern['severity']} {pattern['id']} in {sessions}"


def check_session(failures, where, expected, judged, record):
    pairs = [[reply["verb"], reply["code"]] for reply in replies(record)]
    failures.equal(f"{where} pairs", pairs, expected_pairs(expected))
    if expected["tls"] is None:
        accepted = sum(message["accepted"] is True for message in record["messages"])
        failures.equal(f"{where} messages accepted", accepted, expected["messages_accepted"])
    check_tls(failures, where, expected, record)
    failures.equal(f"{where} outcome", record["outcome"], judged["outcome"])
    failures.equal(f"{where} stage", record["stage"], judged["stage"])
    failures.equal(f"{where} findings", [finding_text(f) for f in record["findings"]],
                   judged["findings"])
    check_diagnosis(failures, where, judged, record)
    server = f"{record['server']['ip']} port {record['server']['port']}"
    failures.equal(f"{where} server", server, expected["server"])
    for reply in replies(record):
        if reply["verb"] in (".", "BDAT") and reply["answers"] is not None:
            answered = record["dialogue"][reply["answers"] - 1]
            failures.check(answered["kind"] == "data" or reply["verb"] == "BDAT",
                           f"{where} n {reply['n']}: {reply['verb']} answers no data entry")


def main(name):
    failures = Failures()
    expected = json.loads((CAPTURES / f"{name}.expect.json").read_text())["sessions"]
    outcome = json.loads((CAPTURES / f"{name}.outcome.json").read_text())
    judged = outcome["sessions"]
    whole = report([capture_path(name)])
    records = {client_of(record): record for record in whole["sessions"]}
    failures.equal("clients", sorted(records), sorted(s["client"] for s in expected))
    failures.equal("clients in outcome.json", [s["client"] for s in judged],
                   [s["client"] for s in expected])
    for session, judgement in zip(expected, judged):
        if session["client"] in records:
            check_session(failures, session["client"], session, judgement,
                          records[session["client"]])
    failures.equal("patterns", [pattern_text(pattern) for pattern in whole["patterns"]],
                   outcome.get("patterns", []))
    failures.exit()


main(sys.argv[1])
