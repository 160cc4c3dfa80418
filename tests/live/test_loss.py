#!/usr/bin/python3
"""Packets that the server's host loses after they were captured, and a wire that loses some and
brings others late before they are."""

import pathlib
import signal
import sys
import threading

import clients
import namespaces
from live_test import LiveTest, main
from network import nft, nft_clear, nft_packets
from running import Running
from sessions import finding_ids

LINE = b"All work and no play makes a dull message, and sixty octets.\r\n"
LOST_IN_100 = 4


def long_message(octets):
    path = namespaces.WORK / f"message-{octets}"
    path.write_bytes(b"Subject: long\r\n\r\n" + LINE * (octets // len(LINE)))
    return path


def send_together(count, file):
    """As many clients at once; the errors they met."""
    errors = []

    def send():
        try:
            clients.curl(file=file)
        except RuntimeError as error:
            errors.append(str(error))

    threads = [threading.Thread(target=send) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


class Loss(LiveTest):
    def test_loss_after_the_capture(self):
        """The capture holds what was lost as well as what was sent again."""
        self.network.segment_in_software()
        for namespace in (self.network.client, self.network.server):
            nft(namespace, ["tcp flags & (syn | rst) == 0 "
                            f"numgen random mod 100 < {LOST_IN_100} counter drop"])
        watch = self.watch()
        errors = send_together(3, long_message(250_000))
        lost = sum(nft_packets(namespace)
                   for namespace in (self.network.client, self.network.server))
        for namespace in (self.network.client, self.network.server):
            nft_clear(namespace)
        self.assertEqual(errors, [])
        self.assertGreater(lost, 0)
        records = watch.finish()
        self.assertEqual([record["outcome"] for record in records], ["delivered"] * 3)
        again = sum(record["tcp"][side]["retransmissions"] for record in records
                    for side in ("client", "server"))
        self.assertGreater(again, 0)
        for record in records:
            self.assertEqual(record["tcp"]["client"]["lost_bytes"], 0)


class Wire(LiveTest):
    HAS_WIRE = True

    def test_reordered_and_lost_before_the_capture(self):
        self.network.segment_in_software()
        wire = Running(self, self.network.wire.command(
            sys.executable, pathlib.Path(__file__).with_name("wire.py"),
            "wire0", "wire1", "7", "41"))
        wire.wait_until(lambda: "passing" in wire.out(), "frames being passed")
        watch = self.watch()
        errors = send_together(2, long_message(250_000))
        self.assertEqual(errors, [])
        records = watch.finish()
        wire.signal(signal.SIGTERM)
        self.assertEqual(wire.wait(), 0, wire)
        counts = dict(line.split() for line in wire.out() if " " in line)
        self.assertGreater(int(counts["late"]), 0)
        self.assertGreater(int(counts["lost"]), 0)
        self.assertEqual([record["outcome"] for record in records], ["delivered"] * 2)
        for record in records:
            self.assertGreater(record["tcp"]["client"]["out_of_order"], 0)
            self.assertEqual(record["tcp"]["client"]["lost_bytes"], 0)
            self.assertNotIn("capture-gap", finding_ids(record))


if __name__ == "__main__":
    main()
