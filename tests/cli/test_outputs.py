#!/usr/bin/python3
"""Where reports go, and how the program ends."""

import json
import os
import signal
import subprocess
import time
import unittest

from cli import (DELIVERED, GREYLIST, REFUSED, CliTest, Done, Talk, environment, pcap,
                 simple_talk, smtpscope)


def start(*arguments, **options):
    return subprocess.Popen([os.environ["SMTPSCOPE"], *map(os.fspath, arguments)],
                            env=environment(), stderr=subprocess.PIPE, **options)


class Outputs(CliTest):
    def big_capture(self, sessions=3000):
        frames = []
        for i in range(sessions):
            frames += simple_talk(client_port=1024 + i % 60000,
                                  start=1_795_482_123.0 + 2000.0 * (i // 60000) + i * 0.2).frames
        return self.file("big.pcap", pcap(frames))

    def test_files_hold_what_standard_output_would(self):
        names = {"text": "r.txt", "json": "r.json", "ndjson": "r.ndjson"}
        paths = {form: self.folder / name for form, name in names.items()}
        lines = self.folder / "r.jsonl"
        done = self.run_ok("-f", "summary", *sum((["-o", p] for p in paths.values()), []),
                           "-o", lines, GREYLIST)
        self.assertEqual(done.out, self.run_ok("-f", "summary", GREYLIST).out)
        for form, path in paths.items():
            expected = self.run_ok("-f", form, GREYLIST).octets
            self.assertEqual(path.read_bytes(), expected, form)
        self.assertEqual(lines.read_bytes(), paths["ndjson"].read_bytes())
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()),
                         ["r.json", "r.jsonl", "r.ndjson", "r.txt"])

    def test_a_file_takes_the_rights_that_umask_leaves(self):
        path = self.folder / "r.json"
        self.run_ok("-o", path, DELIVERED, umask=0o027)
        self.assertEqual(path.stat().st_mode & 0o777, 0o640)

    def test_a_link_stays_a_link(self):
        target = self.file("target.json", b"old")
        link = self.folder / "link.json"
        link.symlink_to(target)
        self.run_ok("-o", link, DELIVERED)
        self.assertTrue(link.is_symlink())
        self.assertIn("sessions", json.loads(target.read_text()))

    def test_ndjson_is_begun_anew_in_place(self):
        path = self.file("r.ndjson", b"old\n" * 1000)
        inode = path.stat().st_ino
        self.run_ok("-o", path, DELIVERED)
        self.assertEqual(path.stat().st_ino, inode)
        self.assertEqual(len(path.read_text().splitlines()), 1)

    def test_a_file_that_cannot_be_written_is_one_line(self):
        path = self.folder / "missing" / "r.json"
        done = smtpscope("-f", "ndjson", "-o", path, DELIVERED)
        self.assertEqual(done.status, 1)
        self.assert_one_line(done, f"{path}: ", "No such file")
        self.assertEqual(len(done.out.splitlines()), 1)
        path = self.folder / "folder.json"
        path.mkdir()
        done = smtpscope("-f", "ndjson", "-o", path, DELIVERED)
        self.assertEqual(done.status, 1)
        self.assert_one_line(done, f"{path}: ")

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full here")
    def test_a_full_disk_is_an_error(self):
        for form in ("text", "json", "ndjson", "summary"):
            with open("/dev/full", "wb") as full:
                run = start("-f", form, DELIVERED, stdout=full)
                _, err = run.communicate(timeout=100)
            self.assert_one_line(Done(run.returncode, b"", err), "standard output",
                                 "No space left")
            self.assertEqual(run.returncode, 1, form)
        for name in ("r.json", "r.ndjson", "r.txt"):
            link = self.folder / name
            link.symlink_to("/dev/full")
            done = smtpscope("-f", "ndjson", "-o", link, DELIVERED)
            self.assertEqual((done.status, len(done.out.splitlines())), (1, 1))
            self.assert_one_line(done, f"{link}: ", "No space left")

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full here")
    def test_a_full_disk_is_an_error_for_help_too(self):
        for arguments in (["help"], ["--version"], ["codes"], ["findings"], ["explain", "550"]):
            with open("/dev/full", "wb") as full:
                run = start(*arguments, stdout=full)
                _, err = run.communicate(timeout=100)
            self.assertEqual(run.returncode, 1, arguments)
            self.assert_one_line(Done(1, b"", err), "standard output")

    def test_a_closed_standard_output_is_an_error(self):
        run = subprocess.run(["/bin/sh", "-c", 'exec "$0" "$@" >&-', os.environ["SMTPSCOPE"],
                              "-o", self.folder / "r.json", DELIVERED],
                             capture_output=True, timeout=100, env=environment(), check=False)
        self.assertEqual(run.returncode, 1)
        self.assert_one_line(Done(1, b"", run.stderr), "standard output")
        json.loads((self.folder / "r.json").read_text())

    def test_a_closed_pipe_ends_it_quietly(self):
        path = self.big_capture()
        for form in ("text", "json", "ndjson"):
            run = start("-f", form, "-o", self.folder / "r.json", path, stdout=subprocess.PIPE)
            run.stdout.read(10)
            run.stdout.close()
            _, err = run.communicate(timeout=100)
            self.assertEqual((run.returncode, err), (141, b""), form)
            self.assertEqual([p.name for p in self.folder.iterdir()], ["big.pcap"], form)
        # Closed before it begins: what it writes fits into a pipe, and it may have ended before.
        reading, writing = os.pipe()
        os.close(reading)
        run = start("codes", stdout=writing)
        os.close(writing)
        _, err = run.communicate(timeout=100)
        self.assertEqual((run.returncode, err), (141, b""))

    def test_a_session_is_written_as_it_ends(self):
        frames = simple_talk().frames
        later = simple_talk(client_port=41000, start=1_795_482_523.0).frames
        read, write = os.pipe()
        follow = self.folder / "r.ndjson"
        run = start("-f", "ndjson", "-o", follow, "-", stdin=read, stdout=subprocess.PIPE)
        os.close(read)
        os.write(write, pcap(frames + later))
        line = run.stdout.readline()
        self.assertEqual(json.loads(line)["client"]["port"], 40000)
        deadline = time.monotonic() + 30
        while not follow.read_bytes().startswith(line) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertTrue(follow.read_bytes().startswith(line))
        os.close(write)
        run.communicate(timeout=100)
        self.assertEqual(run.returncode, 0)

    def test_a_signal_takes_temporary_files_away(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            read, write = os.pipe()
            target = self.folder / "r.json"
            run = start("-o", target, "-", stdin=read, stdout=subprocess.PIPE)
            os.close(read)
            os.write(write, pcap(simple_talk().frames))
            deadline = time.monotonic() + 30
            while not list(self.folder.glob("r.json.*")) and time.monotonic() < deadline:
                time.sleep(0.01)
            self.assertEqual(len(list(self.folder.iterdir())), 1)
            run.send_signal(number)
            run.communicate(timeout=100)
            os.close(write)
            self.assertEqual(run.returncode, -number)
            self.assertEqual(list(self.folder.iterdir()), [])

    def test_headers_are_those_of_their_message(self):
        talk = Talk().open().server(b"220 mx.example ESMTP\r\n")
        talk.client(b"EHLO client.example\r\n").server(b"250 mx.example\r\n")
        for subject in (b"first", b"second"):
            talk.client(b"MAIL FROM:<a@b.example>\r\n").server(b"250 OK\r\n")
            talk.client(b"RCPT TO:<c@d.example>\r\n").server(b"250 OK\r\n")
            talk.client(b"DATA\r\n").server(b"354 go on\r\n")
            talk.client(b"Subject: " + subject + b"\r\n\r\nx\r\n.\r\n").server(b"250 OK\r\n")
        talk.client(b"QUIT\r\n").server(b"221 bye\r\n").close()
        out = self.run_ok("--headers", self.file("two.pcap", talk.pcap())).out
        self.assertEqual([line.strip() for line in out.splitlines() if "Subject:" in line],
                         ["Subject: first", "Subject: second"])

    def test_fail_on(self):
        cut = self.file("cut.pcap", REFUSED.read_bytes()[:-30])
        self.assertEqual(smtpscope("--fail-on", "error", REFUSED).status, 3)
        self.assertEqual(smtpscope("--fail-on", "warning", REFUSED).status, 3)
        self.assertEqual(smtpscope(REFUSED).status, 0)
        self.assertEqual(smtpscope("--fail-on", "error", cut).status, 1)
        self.assertEqual(smtpscope("--fail-on", "error", DELIVERED).status, 0)
        # Only what is reported counts.
        self.assertEqual(smtpscope("--fail-on", "error", "--outcome", "delivered", REFUSED).status,
                         0)


if __name__ == "__main__":
    unittest.main()
