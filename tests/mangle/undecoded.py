#!/usr/bin/python3
"""undecoded.py: what cannot be decoded is counted by reason and link type, in JSON, in the summary
and in the last line of text; the report stays valid."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/captures"))

from pcapfile import CaptureFile  # noqa: E402
from program import Failures, Run, capture_path  # noqa: E402

RECORD_HEADER = 16
PROTECTED = 0x40  # in the second octet of Frame Control (IEEE 802.11-2020 9.2.4.1)


def protected(path):
    """Every 802.11 frame of the file says that it is encrypted; returns how many there are."""
    capture = CaptureFile(path.read_bytes())
    for packet in capture.packets:
        octets = bytearray(packet.octets)
        octets[RECORD_HEADER + 1] |= PROTECTED
        packet.octets = bytes(octets)
    path.write_bytes(capture.octets_of(capture.packets))
    return len(capture.packets)


def main():
    failures = Failures()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "wlan.pcap"
        subprocess.run([os.environ["MANGLE"], "--wrap", "wlan",
                        str(capture_path("01-postfix-pipelining")), str(path)], check=True)
        count = protected(path)
        report = json.loads(Run([path], "--format", "json").output)
        text = Run([path]).output.decode()
        summary = Run([path], "--format", "summary").output.decode()
    schema = json.loads((TOP / "docs/schema/report.schema.json").read_text())
    jsonschema.validate(report["input"], schema["properties"]["input"])
    failures.equal("skipped", report["input"]["skipped"], {"encrypted": count})
    failures.equal("undecoded", report["input"]["undecoded"],
                   [{"reason": "encrypted", "link_type": 105, "link_name": "IEEE802_11",
                     "packets": count}])
    told = f"not analysed: {count} encrypted below IP or TCP (IEEE802_11)"
    for name, output in (("text", text), ("summary", summary)):
        failures.check(told in " ".join(output.split()), f"{name}: {output}")
    failures.exit()


main()
