#!/usr/bin/python3
"""Connections that never come about: a closed port, a silent one, and a host that is forbidden."""

import socket

from live_test import LiveTest, main
from network import CLIENT4, CLIENT6, SERVER4, SERVER6, nft, nft_clear

CLOSED_PORT = 2525


def attempt(server, port=25, patience=40):
    """The error that connecting gives, or None."""
    try:
        socket.create_connection((server, port), timeout=patience).close()
    except OSError as error:
        return error
    return None


class Refusals(LiveTest):
    HAS_POSTFIX = False

    def test_connection_refused(self):
        watch = self.watch(both=("--ports", f"+{CLOSED_PORT}"))
        self.assertIsInstance(attempt(SERVER4, CLOSED_PORT), ConnectionRefusedError)
        record = self.only(watch.finish())
        self.assertEqual((record["outcome"], record["stage"]), ("refused", "connect"))
        self.assertEqual(record["tcp"]["handshake"], "refused")
        self.assertEqual(record["server"], {"ip": SERVER4, "port": CLOSED_PORT})

    def test_blackholed_syn(self):
        nft(self.network.server, ["tcp dport 25 counter drop"])
        self.addCleanup(nft_clear, self.network.server)
        watch = self.watch()
        # Long enough for a second SYN, which Linux sends after one second.
        self.assertIsInstance(attempt(SERVER4, patience=2), TimeoutError)
        record = self.only(watch.finish())
        self.assertEqual((record["outcome"], record["stage"]), ("unanswered", "connect"))
        self.assertEqual(record["tcp"]["handshake"], "unanswered")
        self.assertGreaterEqual(record["tcp"]["client"]["packets"], 2)
        self.assertEqual(record["tcp"]["server"]["packets"], 0)

    def test_forbidden_by_icmp(self):
        nft(self.network.server, ["tcp dport 25 reject with icmpx type admin-prohibited"])
        self.addCleanup(nft_clear, self.network.server)
        watch = self.watch()
        for server in (SERVER4, SERVER6):
            self.assertIsInstance(attempt(server), OSError)
        records = watch.finish()
        self.assertEqual([record["client"]["ip"] for record in records], [CLIENT4, CLIENT6])
        for record in records:
            self.assertEqual(record["outcome"], "refused", record["diagnosis"])

    def test_nothing_at_all(self):
        watch = self.watch()
        self.assertEqual(watch.finish(), [])


if __name__ == "__main__":
    main()
