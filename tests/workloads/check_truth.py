#!/usr/bin/python3
"""check_truth.py REPORT TRUTH: every session of a report (NDJSON of smtpscope, `-` is standard
input) against what make-capture wrote down: pairs, messages, octets, TLS."""

import json
import sys

MOST_TOLD = 20


def ends(item):
    client, server = item["client"], item["server"]
    return client["ip"], client["port"], server["ip"], server["port"]


def differences_in_messages(expected, found):
    """Messages whose content was sent whole, and nothing else that claims to be whole."""
    whole = [m for m in found if m["complete"]]
    if len(whole) != len(expected):
        yield f"messages: expected {len(expected)}, got {len(whole)}"
        return
    for number, (truth, message) in enumerate(zip(expected, whole), 1):
        where = f"message {number}"
        if message["via"] != truth["via"]:
            yield f"{where}: expected {truth['via']}, got {message['via']}"
        octets = message["octets"] + message["lost_octets"]
        # What was lost may hold stuffed dots, which nobody can tell from others then.
        most = truth["wire"] if message["lost_octets"] > 0 else truth["octets"]
        if not truth["octets"] <= octets <= most:
            yield f"{where}: expected {truth['octets']} octets, got {octets}"
        if message["code"] != truth["code"]:
            yield f"{where}: expected code {truth['code']}, got {message['code']}"
        # Where every recipient was refused, nothing more is waited for.
        accepted = (None, False) if truth["code"] is None else (truth["code"] < 300,)
        if message["accepted"] not in accepted:
            yield f"{where}: expected accepted {accepted[0]}, got {message['accepted']}"


def differences(truth, record):
    pairs = [[e["verb"], e["code"]] for e in record["dialogue"] if e["kind"] == "reply"]
    if pairs != truth["pairs"]:
        yield f"pairs: expected {truth['pairs']}, got {pairs}"
    mode = record["tls"]["mode"] if record["tls"] is not None else None
    # The hello may have been cut off with the rest.
    if mode != truth["tls"] and (mode is not None or truth["client"]["octets"] > 400):
        yield f"tls: expected {truth['tls']}, got {mode}"
    for side in ("client", "server"):
        octets, missing = truth[side]["octets"], truth[side]["missing"]
        found = record["tcp"][side]
        if found["bytes"] != octets - missing:
            yield f"{side}: expected {octets - missing} octets seen, got {found['bytes']}"
        # Without a FIN nothing tells of what is missing at the very end.
        least = missing if truth["closed"] else 0
        if not least <= found["lost_bytes"] <= missing:
            yield f"{side}: expected {missing} octets missing, got {found['lost_bytes']}"
    yield from differences_in_messages(truth["messages"], record["messages"])


def read_truth(path):
    """Sessions by their endpoints, in the order in which they began."""
    known = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            truth = json.loads(line)
            known.setdefault(ends(truth), []).append(truth)
    for sessions in known.values():
        sessions.sort(key=lambda truth: truth["number"])
    return known


def main(report, truth_path):
    known = read_truth(truth_path)
    found = {}
    wrong = 0
    sessions = 0
    lines = sys.stdin.buffer if report == "-" else open(report, "rb")

    def tell(text):
        nonlocal wrong
        wrong += 1
        if wrong <= MOST_TOLD:
            print(text)

    def compare(truth, record):
        for difference in differences(truth, record):
            tell(f"session {record['session']} (truth {truth['number']}, {ends(record)}): "
                 f"{difference}")

    for line in lines:
        record = json.loads(line)
        sessions += 1
        expected = known.get(ends(record), [])
        if len(expected) == 1 and ends(record) not in found:
            compare(expected[0], record)
            found[ends(record)] = [None]
        else:
            found.setdefault(ends(record), []).append(record)
    for key, expected in known.items():
        got = found.pop(key, [])
        if len(got) != len(expected):
            tell(f"{key}: expected {len(expected)} sessions, got {len(got)}")
            continue
        if got != [None]:
            got.sort(key=lambda record: record["session"])
            for truth, record in zip(expected, got):
                compare(truth, record)
    for key in found:
        tell(f"{key}: a session that nobody held")
    print(f"{sessions} sessions, {wrong} differences")
    sys.exit(1 if wrong > 0 else 0)


main(sys.argv[1], sys.argv[2])
