#!/usr/bin/python3
"""check_laws.py NAME: what must hold of any capture, whatever is in it: the numbering, the same
sessions from every form of the file and from the file cut in two, annotation as asked, and no
invention where only one side was captured."""

import base64
import gzip
import hashlib
import ipaddress
import json
import struct
import sys
import tempfile
from pathlib import Path

from pcapfile import CaptureFile, ends_of, zstd_of
from program import CAPTURES, Failures, Run, capture_path, client_of, ndjson, replies

# Cuts of one capture; each costs two runs.
CUTS = 6

ANNOTATION = ("class", "title", "when_seen", "fix")


def check_numbers(failures, records):
    """`n` counts from 1 without a hole, `answers` names an earlier client entry."""
    for i, record in enumerate(records):
        where = client_of(record)
        failures.equal(f"{where} session", record["session"], i + 1)
        dialogue = record["dialogue"]
        failures.equal(f"{where} n", [entry["n"] for entry in dialogue],
                       list(range(1, len(dialogue) + 1)))
        for reply in replies(record):
            if reply["answers"] is None:
                failures.check(reply["verb"] in (None, "CONNECT"),
                               f"{where} n {reply['n']}: {reply['verb']} answers nothing")
            elif failures.check(1 <= reply["answers"] <= len(dialogue),
                                f"{where} n {reply['n']}: answers {reply['answers']}"):
                asked = dialogue[reply["answers"] - 1]
                failures.check(asked["from"] == "client" and
                               asked["kind"] in ("command", "sasl", "data"),
                               f"{where} n {reply['n']}: answers a {asked['kind']}")
        for number in [record["diagnosis"]["n"]] + [f["n"] for f in record["findings"]]:
            failures.check(number is None or 1 <= number <= len(dialogue),
                           f"{where}: a diagnosis or finding names entry {number}")
        answered = [reply["answers"] for reply in replies(record) if reply["answers"]]
        failures.equal(f"{where} entries answered twice",
                       sorted(n for n in set(answered) if answered.count(n) > 1), [])


def community_id(record):
    """Community ID version 1, seed 0: https://github.com/corelight/community-id-spec"""
    ends = sorted((ipaddress.ip_address(record[side]["ip"]).packed, record[side]["port"])
                  for side in ("client", "server"))
    flow = struct.pack(">H", 0) + ends[0][0] + ends[1][0] + struct.pack(
        ">BBHH", 6, 0, ends[0][1], ends[1][1])
    return "1:" + base64.b64encode(hashlib.sha1(flow).digest()).decode()


def check_identity(failures, capture, records):
    digits = 9 if capture.is_fine else 6
    for record in records:
        where = client_of(record)
        failures.equal(f"{where} community_id", record["community_id"], community_id(record))
        for time in (record["started"], record["ended"]):
            failures.equal(f"{where} length of {time}", len(time),
                           len("2026-11-24T01:02:03.Z") + digits)
        field = "ipv6.addr" if ":" in record["client"]["ip"] else "ip.addr"
        failures.equal(f"{where} filter", record["wireshark_filter"],
                       f"{field} == {record['client']['ip']} && {field} == {record['server']['ip']}"
                       f" && tcp.port == {record['client']['port']}"
                       f" && tcp.port == {record['server']['port']}")
        packets = sum(
            set(ends_of(packet) or ()) == {(ipaddress.ip_address(record[side]["ip"]).packed,
                                            record[side]["port"]) for side in ("client", "server")}
            for packet in capture.packets)
        counted = record["tcp"]["client"]["packets"] + record["tcp"]["server"]["packets"]
        # What comes after the last FIN or RST belongs to no connection any more.
        failures.check(packets - 2 <= counted <= packets,
                       f"{where}: {counted} packets counted, {packets} in the file")


def without_places(records):
    """A copy in which nothing tells which file a packet stood in."""
    copy = json.loads(json.dumps(records))
    for record in copy:
        del record["capture"]
        for part in record["dialogue"] + record["findings"]:
            part.pop("frame", None)
            part.pop("capture", None)
    return copy


def first_difference(a, b, path=""):
    """Where two values of JSON first differ, for the message."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(set(a) | set(b)):
            if a.get(key) != b.get(key):
                return first_difference(a.get(key), b.get(key), f"{path}/{key}")
    if isinstance(a, list) and isinstance(b, list):
        for i, (one, other) in enumerate(zip(a, b)):
            if one != other:
                return first_difference(one, other, f"{path}/{i}")
        if len(a) != len(b):
            return f"{path}: {len(a)} items, {len(b)} items"
    return f"{path}: {json.dumps(a)[:200]}, {json.dumps(b)[:200]}"


def check_same(failures, what, got, expected):
    failures.check(got == expected, f"{what}: {first_difference(expected, got)}")


def check_forms(failures, path, records, folder):
    octets = path.read_bytes()
    expected = without_places(records)
    packed = folder / (path.name + ".gz")
    packed.write_bytes(gzip.compress(octets))
    check_same(failures, "gz", without_places(ndjson([packed])), expected)
    packed = folder / (path.name + ".zst")
    packed.write_bytes(zstd_of(octets))
    check_same(failures, "zst", without_places(ndjson([packed])), expected)
    check_same(failures, "stdin", without_places(ndjson(["-"], stdin=octets)), expected)
    check_same(failures, "stdin, gz",
               without_places(ndjson(["-"], stdin=gzip.compress(octets))), expected)


def check_split(failures, capture, path, records, folder):
    expected = without_places(records)
    for cut in capture.cuts(CUTS):
        parts = [folder / f"first{path.suffix}", folder / f"second{path.suffix}"]
        parts[0].write_bytes(capture.octets_of(capture.packets[:cut]))
        parts[1].write_bytes(capture.octets_of(capture.packets[cut:]))
        for order in (parts, parts[::-1]):
            check_same(failures, f"cut after packet {cut}, {order[0].stem} part first",
                       without_places(ndjson(order)), expected)


def without_annotation(records, kept):
    copy = json.loads(json.dumps(records))
    for record in copy:
        for reply in replies(record):
            if not kept(reply):
                reply.update(dict.fromkeys(ANNOTATION))
    return copy


def check_annotation(failures, path, records):
    for record in records:
        for reply in replies(record):
            missing = [key for key in ANNOTATION if not reply[key]]
            failures.check(not missing or reply["code"] == 0,
                           f"{client_of(record)} n {reply['n']}: {reply['code']} lacks {missing}")
    check_same(failures, "--annotate none", ndjson([path], "--annotate", "none"),
               without_annotation(records, lambda reply: False))
    check_same(failures, "--annotate refusals", ndjson([path], "--annotate", "refusals"),
               without_annotation(records, lambda reply: 400 <= reply["code"] <= 599))


def check_one_sided(failures, name, capture, records, folder):
    """Of a session all of which was accepted, one side alone still tells that side's lines."""
    expected = json.loads((CAPTURES / f"{name}.expect.json").read_text())["sessions"]
    looks_alike = {s["client"] for s in expected if "server_view_pairs" in s}
    for record in records:
        if record["outcome"] != "delivered" or client_of(record) in looks_alike:
            continue
        ends = {side: (ipaddress.ip_address(record[side]["ip"]).packed, record[side]["port"])
                for side in ("client", "server")}
        for side, other in (("client", "server"), ("server", "client")):
            part = folder / f"{side}{capture_path(name).suffix}"
            part.write_bytes(capture.octets_of(
                [p for p in capture.packets if ends_of(p) == (ends[side], ends[other])]))
            alone = ndjson([part])
            where = f"{client_of(record)}, {side} alone"
            if not failures.equal(f"{where}: sessions", len(alone), 1):
                continue
            failures.equal(f"{where}: outcome", alone[0]["outcome"], "incomplete")
            if side == "server":
                failures.equal(f"{where}: codes", [r["code"] for r in replies(alone[0])],
                               [r["code"] for r in replies(record)])
            else:
                failures.equal(f"{where}: lines", lines_of(alone[0]), lines_of(record))


def lines_of(record):
    return [entry.get("line", entry["octets"]) for entry in record["dialogue"]
            if entry["from"] == "client" and entry["kind"] in ("command", "data")]


def main(name):
    failures = Failures()
    path = capture_path(name)
    capture = CaptureFile(path.read_bytes())
    records = ndjson([path])
    check_numbers(failures, records)
    check_identity(failures, capture, records)
    check_annotation(failures, path, records)
    first, second = (Run([path], "--format", "ndjson").output for _ in range(2))
    failures.check(first == second, "two runs differ")
    with tempfile.TemporaryDirectory() as folder:
        check_forms(failures, path, records, Path(folder))
        check_split(failures, capture, path, records, Path(folder))
        check_one_sided(failures, name, capture, records, Path(folder))
    failures.exit()


main(sys.argv[1])
