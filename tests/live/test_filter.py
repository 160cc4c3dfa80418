#!/usr/bin/python3
"""What the default capture filter lets through. The frames are put on the wire as they stand, so
that tags and fragments need no help from the kernel that sends them."""

import pathlib
import socket
import sys
import time

from live_test import LiveTest, main

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from cli import simple_talk  # noqa: E402

BROADCAST = b"\xff" * 6
SOURCE = b"\x02\x00\x00\x00\x00\x01"
FRAGMENT = 256  # octets of an IP payload in one fragment


def frames(client_port, banner=b"220 mx.example ESMTP\r\n"):
    """The frames of a session, each from its EtherType on."""
    return [frame[12:] for _, frame in simple_talk(banner, client_port=client_port).frames]


def tagged(frame, *tags):
    for kind, number in reversed(tags):
        frame = kind + number.to_bytes(2, "big") + frame
    return frame


def fragments(frame):
    """An IPv4 packet, from its EtherType on, in pieces."""
    header, payload = frame[2:22], frame[22:]
    if len(payload) <= FRAGMENT:
        return [frame]
    result = []
    for at in range(0, len(payload), FRAGMENT):
        piece = payload[at:at + FRAGMENT]
        offset = at // 8 | (0x2000 if at + FRAGMENT < len(payload) else 0)
        result.append(frame[:2] + header[:2] + (20 + len(piece)).to_bytes(2, "big") +
                      header[4:6] + offset.to_bytes(2, "big") + header[8:] + piece)
    return result


C_TAG, S_TAG = b"\x81\x00", b"\x88\xa8"


class Filter(LiveTest):
    HAS_POSTFIX = False

    def put_on_the_wire(self, some_frames):
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
            wire.bind(("cli0", 0))
            for frame in some_frames:
                wire.send(BROADCAST + SOURCE + frame)
                time.sleep(0.001)

    def test_tags_and_fragments(self):
        watch = self.watch()
        self.put_on_the_wire(frames(40001))
        self.put_on_the_wire(tagged(frame, (C_TAG, 5)) for frame in frames(40002))
        self.put_on_the_wire(tagged(frame, (S_TAG, 7), (C_TAG, 9)) for frame in frames(40003))
        long_banner = b"220-mx.example " + b"x" * 400 + b"\r\n220 ESMTP\r\n"
        pieces = [piece for frame in frames(40004, long_banner) for piece in fragments(frame)]
        self.assertGreater(len(pieces), len(frames(40004)))
        self.put_on_the_wire(pieces)
        self.put_on_the_wire(tagged(piece, (C_TAG, 11)) for piece in
                             [p for f in frames(40005, long_banner) for p in fragments(f)])
        records = watch.finish()
        self.assertEqual([record["client"]["port"] for record in records],
                         [40001, 40002, 40003, 40004, 40005])
        self.assertEqual([record.get("encapsulation") for record in records],
                         [None, ["vlan:5"], ["vlan:7", "vlan:9"], None, ["vlan:11"]])
        for record in records:
            self.assertEqual((record["outcome"], record["tcp"]["close"]), ("no_mail", "fin"))

    def test_other_ports_are_not_even_seen(self):
        """What the filter leaves out is in neither report nor file."""
        watch = self.watch()
        other = [frame.replace(b"\x00\x19", b"\x00\x50") for frame in frames(40006)]
        self.put_on_the_wire(other)
        self.assertEqual(watch.finish(), [])
        counts = [path.read_bytes().count(b"EHLO") for path in (watch.kept, watch.tcpdump.file)]
        self.assertEqual(counts, [0, 1])

    def test_a_filter_is_added_to_the_default(self):
        """It holds for tagged frames too."""
        live = self.live("portrange 40009-40010")
        for port in (40007, 40009):
            self.put_on_the_wire(frames(port))
            self.put_on_the_wire(tagged(frame, (C_TAG, 5)) for frame in frames(port + 1))
        live.wait_for_sessions(2)
        live.interrupt_cleanly()
        self.assertEqual([record["client"]["port"] for record in live.records()], [40009, 40010])


if __name__ == "__main__":
    main()
