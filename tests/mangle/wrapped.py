#!/usr/bin/python3
"""wrapped.py NAME: a capture's sessions are the same in every encapsulation, and in some of them
nested; only the way to them differs, and is told."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/captures"))

from pcapfile import CaptureFile  # noqa: E402
from program import Failures, Run, capture_path, ndjson  # noqa: E402

# Innermost first.
NESTED = [
    ("vxlan", "vlan"),
    ("qinq", "vxlan", "qinq", "pseudowire"),
    ("gre", "gre-full", "ip-in-ipv4", "ip-in-ipv6"),
    ("geneve", "gtp-u", "pppoe", "vlan", "pseudowire-cw"),
    ("teredo", "erspan-3", "pbb"),
    ("nvgre", "l2tp", "radiotap"),
    ("vxlan", "erspan-2", "amsdu"),
    ("pptp", "nflog"),
]


def wraps(version):
    """Name to link type and way, as `mangle --list` has them."""
    lines = subprocess.run([os.environ["MANGLE"], "--list"], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    rows = [line.split("\t") for line in lines]
    return {name: way6.split() if version == 6 else way4.split()
            for name, _, way4, way6 in rows}


def without_place(records):
    copy = json.loads(json.dumps(records))
    for record in copy:
        record.pop("encapsulation", None)
        del record["capture"]
        # The names of the interfaces are lost, and pcap's nanoseconds stand in for microseconds.
        for time in ("started", "ended"):
            record[time] = record[time].rstrip("Z")[:26]
        for part in record["dialogue"] + record["findings"]:
            part.pop("capture", None)
    return copy


def check(failures, source, expected, names, ways, folder):
    what = ",".join(names)
    out = folder / f"{what}.pcap"
    done = subprocess.run([os.environ["MANGLE"], "--wrap", what, str(source), str(out)],
                          capture_output=True, text=True)
    # ARP and the like would be left out by some wraps; these captures have nothing but IP.
    if not failures.check(done.returncode == 0 and done.stderr == "",
                          f"{what}: mangle: {done.stderr}"):
        return
    frames = [packet.frame for packet in CaptureFile(source.read_bytes()).packets]
    wrapped = [packet.frame for packet in CaptureFile(out.read_bytes()).packets]
    failures.check(len(wrapped) == len(frames) and
                   (what == "vlan" or all(whole[14:] in new or what == "raw"
                                          for whole, new in zip(frames, wrapped))),
                   f"{what}: the packets are not those of the original")
    run = Run([out], "--format", "json")
    if not failures.check(run.status == 0 and not run.crashed(),
                          f"{what}: exit status {run.status}: {run.errors}"):
        return
    report = json.loads(run.output)
    failures.equal(f"{what}: skipped", report["input"]["skipped"], {})
    records = report["sessions"]
    failures.check(without_place(records) == expected, f"{what}: other sessions")
    # A filter is compiled for every link type that libpcap has one for, before any is met.
    filtered = Run([out], "--format", "summary", "--filter", "greater 1")
    failures.check(filtered.status == 0 or "not implemented" in filtered.errors,
                   f"{what}: with a filter: {filtered.errors}")
    failures.check(filtered.status != 0 or b"\n0 SMTP sessions" not in filtered.output,
                   f"{what}: a filter hides everything")
    for record in records:
        failures.equal(f"{what}: encapsulation", record.get("encapsulation", []), ways)


def main(name):
    failures = Failures()
    source = capture_path(name)
    original = ndjson([source])
    failures.check(len(original) > 0, "no sessions")
    expected = without_place(original)
    version = 6 if ":" in original[0]["client"]["ip"] else 4
    known = wraps(version)
    outer = wraps(4)
    with tempfile.TemporaryDirectory() as folder:
        for wrap in known:
            if wrap != ("ipv4" if version == 6 else "ipv6"):
                check(failures, source, expected, (wrap,), known[wrap], pathlib.Path(folder))
        for names in NESTED:
            ways = [known[names[0]]]
            for before, wrap in zip(names, names[1:]):
                # What is around IPv6 now decides what an IP tunnel is called.
                is_six = before in ("gre-full", "ip-in-ipv6")
                ways.append(wraps(6)[wrap] if is_six else outer[wrap])
            check(failures, source, expected, names, sum(reversed(ways), []),
                  pathlib.Path(folder))
    failures.exit()


main(sys.argv[1])
