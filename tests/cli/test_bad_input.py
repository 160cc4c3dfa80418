#!/usr/bin/python3
"""Captures that are none, or not whole: one clear line, exit 1, and all that could be read is
reported."""

import gzip
import json
import os
import re
import shutil
import struct
import subprocess
import unittest

from cli import DELIVERED, REFUSED, CliTest, Talk, pcap, simple_talk, smtpscope


def outcomes(done):
    return [json.loads(line)["outcome"] for line in done.out.splitlines()]


class BadInput(CliTest):
    def analyze(self, *arguments, **options):
        return smtpscope("-f", "ndjson", *arguments, **options)

    def check_refused(self, path, *parts):
        """The file is refused, and the good one beside it is reported."""
        done = self.analyze(path)
        self.assertEqual((done.status, done.out), (1, ""))
        self.assert_one_line(done, f"{path}: ", *parts)
        done = self.analyze(path, DELIVERED)
        self.assertEqual((done.status, outcomes(done)), (1, ["delivered"]))
        self.assert_one_line(done, f"{path}: ", *parts)
        done = smtpscope(path)
        self.assertEqual(done.status, 1)
        self.assert_one_line(done, f"{path}: ", *parts)

    def test_not_a_capture(self):
        self.check_refused(self.file("text.pcap", b"This is no capture at all.\n" * 20))
        self.check_refused(self.file("short.pcap", b"\xd4\xc3\xb2"))

    def test_empty(self):
        self.check_refused(self.file("empty.pcap", b""), "empty")

    def test_a_directory(self):
        self.check_refused(self.folder, "directory")

    def test_not_there(self):
        self.check_refused(self.folder / "missing.pcap", "No such file")

    def test_no_permission(self):
        if os.geteuid() == 0:
            self.skipTest("root may read everything")
        path = self.file("secret.pcap", DELIVERED.read_bytes())
        path.chmod(0)
        self.check_refused(path, "Permission denied")

    def test_a_name_with_an_escape_sequence_is_shown_without_it(self):
        done = self.analyze(self.folder / "\x1b[31mred\n.pcap")
        self.assertEqual(done.status, 1)
        self.assertNotIn("\x1b", done.err)
        self.assertEqual(len(done.lines), 1, done.err)

    def test_unknown_link_type(self):
        path = self.file("link.pcap", pcap([(1.0, bytes(60))] * 3, link_type=250))
        done = smtpscope(path)
        self.assert_sound(done)
        self.assertEqual(done.status, 1)
        self.assert_one_line(done, f"{path}: ", "link")
        self.assertIn("0 SMTP sessions in 3 packets", done.out)

    def test_zero_packets(self):
        path = self.file("none.pcap", pcap([]))
        for captures in ([path], [path, DELIVERED]):
            done = smtpscope(*captures)
            self.assert_sound(done)
            self.assertEqual(done.status, 1)
            self.assert_one_line(done, f"{path}: ", "no packets")
        self.assertIn("1 delivered", done.out)
        self.assertIn("0 SMTP sessions in 0 packets", smtpscope(path).out)
        self.assertEqual(smtpscope("-f", "ndjson", path).out, "")
        report = json.loads(smtpscope("-f", "json", path).out)
        self.assertEqual((report["sessions"], report["input"]["first"]), ([], None))

    def test_cut_short(self):
        octets = DELIVERED.read_bytes()
        path = self.file("cut.pcap", octets[:-30])
        done = self.analyze(path)
        self.assertEqual((done.status, len(done.out.splitlines())), (1, 1))
        self.assert_one_line(done, f"{path}: ", "packet")
        self.assertRegex(done.err, r"packet \d+")

    def test_a_packet_header_that_cannot_be(self):
        frames = simple_talk().frames
        octets = pcap(frames) + struct.pack("<IIII", 0, 0, 0x7FFFFFFF, 0x7FFFFFFF) + bytes(99)
        path = self.file("broken.pcap", octets)
        done = self.analyze(path)
        self.assertEqual((done.status, outcomes(done)), (1, ["no_mail"]))
        self.assert_one_line(done, f"{path}: ", f"packet {len(frames)}")

    def test_damaged_gzip(self):
        octets = bytearray(gzip.compress(REFUSED.read_bytes()))
        octets[len(octets) // 2] ^= 0xFF
        path = self.file("damaged.pcap.gz", bytes(octets))
        done = self.analyze(path)
        self.assertEqual(done.status, 1)
        self.assert_one_line(done, f"{path}: ")
        path = self.file("cut.pcap.gz", gzip.compress(REFUSED.read_bytes())[:-900])
        done = self.analyze(path)
        self.assertEqual(done.status, 1)
        self.assertGreater(len(done.out.splitlines()), 0)
        self.assert_one_line(done, f"{path}: ")

    @unittest.skipIf(shutil.which("zstd") is None, "zstd is not installed")
    def test_damaged_zstd(self):
        whole = subprocess.run(["zstd", "-q", "-c", REFUSED], capture_output=True,
                               check=True).stdout
        self.assertEqual(self.run_ok("-f", "ndjson", self.file("w.pcap.zst", whole)).status, 0)
        for octets in (whole[:-200], whole[:20] + b"\xff" * 20 + whole[40:]):
            path = self.file("damaged.pcap.zst", octets)
            done = self.analyze(path)
            self.assertEqual(done.status, 1)
            self.assert_one_line(done, f"{path}: ")

    def test_gzip_of_something_else(self):
        self.check_refused(self.file("text.gz", gzip.compress(b"no capture" * 100)))

    def test_standard_input(self):
        octets = DELIVERED.read_bytes()
        self.assertEqual(outcomes(self.analyze("-", stdin=octets)), ["delivered"])
        self.assertEqual(outcomes(self.analyze("-", stdin=gzip.compress(octets))), ["delivered"])
        done = self.analyze("-", stdin=b"nonsense" * 50)
        self.assertEqual(done.status, 1)
        self.assert_one_line(done)
        done = self.analyze("-", stdin=b"")
        self.assertEqual(done.status, 1)
        self.assert_one_line(done, "empty")

    def test_every_bad_file_has_its_line(self):
        bad = [self.file("a", b"x" * 100), self.file("b", b""), self.folder / "c"]
        done = self.analyze(*bad, DELIVERED)
        self.assertEqual((done.status, outcomes(done)), (1, ["delivered"]))
        self.assertEqual(len(done.lines), 3, done.err)
        for path, line in zip(sorted(map(str, bad)), sorted(done.lines)):
            self.assertIn(path, line)

    def test_another_port_that_speaks_smtp_is_hinted_at(self):
        path = self.file("port.pcap", simple_talk(server_port=2525).pcap())
        done = smtpscope(path)
        self.assertEqual(done.status, 0)
        self.assertIn("0 SMTP sessions in 11 packets", done.out)
        self.assertIn("port 2525 speaks SMTP; try --ports +2525", done.out + done.err)
        done = self.run_ok("-f", "ndjson", "--ports", "+2525", path)
        self.assertEqual(outcomes(done), ["no_mail"])
        done = self.run_ok("-f", "ndjson", "--ports", "any", path)
        self.assertEqual(outcomes(done), ["no_mail"])

    def test_ftp_is_no_smtp(self):
        talk = (Talk(server_port=21).open().server(b"220 FTP server ready\r\n")
                .client(b"USER x\r\n").server(b"331 password\r\n").close())
        path = self.file("ftp.pcap", talk.pcap())
        done = smtpscope(path)
        self.assertEqual(done.status, 0)
        self.assertNotIn("speaks SMTP", done.out + done.err)
        self.assertEqual(self.run_ok("-f", "ndjson", "--ports", "any", path).out, "")

    def test_a_hostile_banner_stays_harmless_in_every_format(self):
        banner = (b"220 mx \x1b[31m\x07\x1b]0;owned\x07 %s%n%x \xff\xfe\x80 \xc2\x9b2J </script>"
                  b" ESMTP\r\n")
        talk = simple_talk(banner=banner)
        path = self.file("hostile.pcap", talk.pcap())
        for form in ("text", "summary", "json", "ndjson"):
            for more in ([], ["-v"], ["--color", "always", "-q"]):
                done = self.run_ok("-f", form, *more, path)
                done.octets.decode("utf-8", "strict")
                visible = done.out
                if "--color" in more:
                    visible = re.sub(r"\x1b\[[0-9;]*m", "", visible)
                for octet in ("\x1b", "\x07", "\x9b", "\x00"):
                    self.assertNotIn(octet, visible, (form, more))
                self.assertNotIn("\x1b[31m\x07", done.out)
        record = json.loads(self.run_ok("-f", "ndjson", path).out)
        self.assertIn("%s%n%x", json.dumps(record))

    def test_control_octets_in_every_place_of_a_dialogue(self):
        evil = b"\x1b[2J\x08\x9b\xc2\x85\x7f"
        talk = (Talk().open().server(b"220 mx ESMTP " + evil + b"\r\n")
                .client(b"EHLO " + evil + b"\r\n").server(b"250-mx\r\n250 " + evil + b"\r\n")
                .client(b"MAIL FROM:<" + evil + b"@x.example>\r\n").server(b"250 ok\r\n")
                .client(b"RCPT TO:<" + evil + b"@x.example>\r\n")
                .server(b"550 5.1.1 " + evil + b"\r\n")
                .client(evil + b"\r\n").server(evil + b"\r\n").close())
        path = self.file("evil.pcap", talk.pcap())
        for form in ("text", "summary", "json", "ndjson"):
            done = self.run_ok("-f", form, "-v", "--headers", path)
            done.octets.decode("utf-8", "strict")
            for octet in ("\x1b", "\x08", "\x9b", "\x85", "\x7f"):
                self.assertNotIn(octet, done.out, form)


if __name__ == "__main__":
    unittest.main()
