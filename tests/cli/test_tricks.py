#!/usr/bin/python3
"""Segments that somebody who listens takes otherwise than the server does: what the report says of
them, and that it tells the session as client and server lived it."""

import json
import struct
import unittest

from cli import CliTest, Talk, bad_checksum, partial_checksum, smtpscope

FIN, SYN, RST, PSH, ACK, URG = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
GOOD = b"RCPT TO:<good@d.example>\r\n"
EVIL = b"RCPT TO:<evil@d.example>\r\n"


def times(value):
    return struct.pack(">BBBBII", 1, 1, 8, 10, value, 0)


def begin(**options):
    """A dialogue up to its first recipient."""
    return (Talk(**options).open().server(b"220 mx.example ESMTP\r\n")
            .client(b"EHLO client.example\r\n").server(b"250 mx.example\r\n")
            .client(b"MAIL FROM:<a@c.example>\r\n").server(b"250 2.1.0 ok\r\n"))


def finish(talk):
    return (talk.server(b"250 2.1.5 ok\r\n").client(b"DATA\r\n").server(b"354 go on\r\n")
            .client(b"Subject: x\r\n\r\ntext\r\n.\r\n").server(b"250 2.0.0 queued\r\n")
            .client(b"QUIT\r\n").server(b"221 2.0.0 bye\r\n").close())


class Tricks(CliTest):
    def analyze(self, talk, *arguments):
        done = self.run_ok("-f", "ndjson", *arguments, self.file("a.pcap", talk.pcap()))
        sessions = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual(len(sessions), 1)
        return sessions[0]

    def text(self, talk, *arguments):
        """The text report, each run of blanks as one."""
        done = self.run_ok(*arguments, self.file("a.pcap", talk.pcap()))
        return " ".join(done.out.split())

    def findings(self, session):
        return {finding["id"]: finding for finding in session["findings"]}

    def recipients(self, session):
        return [recipient["address"] for message in session["messages"]
                for recipient in message["recipients"]]

    def check_delivered(self, session):
        """One message to the good recipient, and nothing that would cast doubt on it."""
        self.assertEqual(session["outcome"], "delivered")
        self.assertEqual(self.recipients(session), ["good@d.example"])
        self.assertEqual(session["tcp"]["client"]["gaps"], 0)
        self.assertNotIn("tcp-overlap-conflict", self.findings(session))
        self.assertNotIn("connection-reset", self.findings(session))

    def test_a_second_copy_that_differs(self):
        talk = begin().client(GOOD)
        talk.segment("C", PSH | ACK, EVIL, ahead=-len(EVIL))
        session = self.analyze(finish(talk))
        self.assertEqual(self.recipients(session), ["good@d.example"])
        self.assertEqual(session["tcp"]["client"]["overlap_conflicts"], 1)
        finding = self.findings(session)["tcp-overlap-conflict"]
        self.assertEqual((finding["severity"], finding["frame"]), ("error", 10))
        self.assertEqual(
            finding["message"],
            "the client sent the same octets twice, and the copies differ from offset 55 of its "
            "stream on: first \"good@d.e\" in frame 9, then \"evil@d.e\" in frame 10")

    def test_a_second_copy_with_control_characters_is_shown_escaped(self):
        talk = begin().client(GOOD)
        talk.segment("C", PSH | ACK, b"\x1b[31m\r\n", ahead=-7)
        done = self.run_ok(self.file("a.pcap", finish(talk).pcap()))
        self.assertNotIn("\x1b", done.out)
        self.assertIn("in frame 9", " ".join(done.out.split()))

    def test_a_copy_whose_checksum_is_wrong_is_believed_unless_asked_not_to(self):
        talk = begin()
        talk.segment("C", PSH | ACK, EVIL, checksum=bad_checksum)
        talk = finish(talk.client(GOOD))
        session = self.analyze(talk)
        self.assertEqual(self.recipients(session), ["evil@d.example"])
        self.assertEqual(session["tcp"]["client"]["checksum_errors"], 1)
        self.assertIn("tcp-overlap-conflict", self.findings(session))
        self.check_delivered(self.analyze(talk, "--checksums"))
        report = json.loads(self.run_ok("-f", "json", "--checksums",
                                        self.file("b.pcap", talk.pcap())).out)
        self.assertEqual(report["input"]["skipped"], {"bad_checksum": 1})
        self.assertIn("1 wrong checksum, analysed all the same", self.text(talk, "-f", "summary"))
        self.assertIn("1 of wrong checksum", self.text(talk, "--checksums"))

    def test_checksums_left_to_the_card_are_no_wrong_ones(self):
        talk = begin()
        talk._send("C", PSH | ACK, GOOD, checksum=partial_checksum)
        talk = finish(talk)
        self.check_delivered(self.analyze(talk, "--checksums"))
        self.assertIn("1 checksum left to the network card", self.text(talk, "-f", "summary"))

    def test_rst_and_fin_outside_the_window(self):
        talk = begin()
        for ahead in (-100, 200_000, 2**30):
            talk.segment("C", RST, ahead=ahead)
            talk.segment("S", RST | ACK, ahead=ahead)
        talk.segment("C", FIN | ACK, ahead=2**29)
        talk.segment("S", FIN | ACK, ahead=2**29)
        session = self.analyze(finish(talk.client(GOOD)))
        self.check_delivered(session)
        self.assertEqual(session["tcp"]["close"], "fin")

    def test_octets_that_the_server_does_not_take(self):
        talk = begin()
        talk.segment("C", PSH, EVIL)
        talk.segment("C", PSH | ACK, EVIL, acknowledges=0x70000000)
        talk.segment("C", PSH | ACK, EVIL, ahead=2**28)
        talk.segment("C", PSH | ACK, EVIL, ahead=70_000)
        talk = finish(talk.client(GOOD))
        self.check_delivered(self.analyze(talk))
        self.assertIn("3 unacceptable segments", self.text(talk, "-v"))

    def test_octets_older_than_what_came_before(self):
        talk = Talk()
        talk._send("C", SYN, options=times(1000))
        talk._send("S", SYN | ACK, options=times(1))
        talk._send("C", ACK, options=times(1001))
        talk.server(b"220 mx.example ESMTP\r\n")
        talk._send("C", PSH | ACK, b"EHLO client.example\r\n", options=times(1002))
        talk.server(b"250 mx.example\r\n")
        talk._send("C", ACK, options=times(1003))
        talk._send("C", PSH | ACK, b"MAIL FROM:<a@c.example>\r\n", options=times(1004))
        talk.server(b"250 2.1.0 ok\r\n")
        talk.segment("C", PSH | ACK, EVIL, options=times(500))
        self.check_delivered(self.analyze(finish(talk.client(GOOD))))

    def test_the_octets_of_a_syn(self):
        for taken in (True, False):
            talk = Talk()
            talk.segment("C", SYN, b"EHLO client.example\r\n")
            talk.next["C"] += 1 + (21 if taken else 0)
            talk._send("S", SYN | ACK)
            talk._send("C", ACK)
            talk.server(b"220 mx.example ESMTP\r\n")
            if not taken:
                talk.client(b"HELO client.example\r\n")
            talk.server(b"250 mx.example\r\n").client(b"QUIT\r\n").server(b"221 bye\r\n").close()
            session = self.analyze(talk)
            verbs = [entry["verb"] for entry in session["dialogue"] if entry["kind"] == "reply"]
            self.assertEqual(verbs, ["CONNECT", "EHLO" if taken else "HELO", "QUIT"])
            self.assertNotIn("tcp-overlap-conflict", self.findings(session))

    def test_an_urgent_octet(self):
        talk = begin()
        talk._send("C", PSH | ACK | URG, GOOD)
        self.assertIn("1 urgent octet left in place", self.text(finish(talk), "-v"))

    def test_multipath_tcp(self):
        talk = Talk()
        talk._send("C", SYN, options=b"\x1e\x04\x01\x81")
        talk._send("S", SYN | ACK, options=b"\x1e\x04\x01\x81")
        talk._send("C", ACK)
        talk.server(b"220 mx.example ESMTP\r\n").client(b"QUIT\r\n").server(b"221 bye\r\n").close()
        finding = self.findings(self.analyze(talk))["capture-one-sided"]
        self.assertEqual(finding["severity"], "info")
        self.assertIn("Multipath TCP", finding["message"])
        self.assertIn("Multipath TCP: what went another way is not here", self.text(talk, "-v"))

    def test_keep_alives(self):
        talk = begin()
        for _ in range(3):
            talk.segment("C", ACK, b"\0", ahead=-1)
            talk.segment("S", ACK)
        session = self.analyze(finish(talk.client(GOOD)))
        self.check_delivered(session)
        self.assertEqual(session["tcp"]["client"]["retransmissions"], 0)


if __name__ == "__main__":
    unittest.main()
