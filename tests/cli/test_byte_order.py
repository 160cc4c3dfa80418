#!/usr/bin/python3
"""Captures of both byte orders whose link layer's header is in the order of whoever captured: all
sessions are found, with a filter too."""

import json
import struct
import unittest

from cli import CliTest, pcap, simple_talk

ENC, NFLOG = 109, 239


def enc(order, packet):
    return struct.pack(order + "I", 2) + bytes(8) + packet


def nflog(order, packet):
    return (bytes((2, 0, 0, 0)) + struct.pack(order + "HHI", 8, 5, 0)
            + struct.pack(order + "HH", 4 + len(packet), 9) + packet + bytes(-len(packet) % 4))


class ByteOrder(CliTest):
    def test_every_order_tells_the_same(self):
        ethernet = simple_talk().frames
        for link_type, wrap in ((ENC, enc), (NFLOG, nflog)):
            for order in ("<", ">"):
                frames = [(at, wrap(order, frame[14:])) for at, frame in ethernet]
                path = self.file("a.pcap", pcap(frames, link_type, order=order))
                for options in ((), ("-F", "ip")) if link_type == ENC else ((),):
                    done = self.run_ok("-f", "ndjson", *options, path)
                    outcomes = [json.loads(line)["outcome"] for line in done.out.splitlines()]
                    self.assertEqual(outcomes, ["no_mail"], (link_type, order, options))


if __name__ == "__main__":
    unittest.main()
