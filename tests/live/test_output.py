#!/usr/bin/python3
"""Where reports and packets go: files that rotate, a full disk, a reader that leaves; and runs that
end by themselves."""

import subprocess
import time

import clients
import namespaces
import sessions
from live_test import LiveTest, main
from namespaces import run
from running import wait_until


class Output(LiveTest):
    def folder(self, *options):
        """A file system of its own, so that it can be made small."""
        folder = namespaces.WORK / self.id().rsplit(".", 1)[1]
        folder.mkdir()
        run("mount", "-t", "tmpfs", *options, "live", folder)
        self.addCleanup(run, "umount", "-l", folder)
        return folder

    def test_rotated_packet_files_hold_the_same_sessions(self):
        """-C counts millions of octets; names as tcpdump has them."""
        folder = self.folder()
        live = self.live("-w", folder / "mail.pcap", "-C", "1", "-B", "65536")
        message = folder / "message"
        message.write_bytes(b"Subject: long\r\n\r\n" + b"Sixty octets and two, and the line ends "
                            b"where it should end.\r\n" * 25_000)
        for _ in range(2):
            clients.curl(file=message)
        live.wait_for_sessions(2)
        live.interrupt_cleanly()
        files = sorted(folder.glob("mail.pcap*"), key=lambda path: (len(path.name), path.name))
        self.assertGreaterEqual(len(files), 3)
        self.assertEqual([path.name for path in files[:3]],
                         ["mail.pcap", "mail.pcap1", "mail.pcap2"])
        for path in files:
            self.assertEqual(path.stat().st_mode & 0o777, 0o600, path)
        # Each file counts its frames from 1, so everything but the numbers is compared.
        self.assertEqual(sessions.differences(live.records(), sessions.analyze(*files), False), [])

    def test_ring_of_packet_files(self):
        folder = self.folder()
        live = self.live("-w", folder / "mail.pcap", "-C", "1", "-W", "2", "-B", "65536")
        message = folder / "message"
        message.write_bytes(b"Subject: long\r\n\r\n" + b"A line.\r\n" * 200_000)
        for _ in range(3):
            clients.curl(file=message)
        live.wait_for_sessions(3)
        live.interrupt_cleanly()
        self.assertEqual(sorted(path.name for path in folder.glob("mail.pcap*")),
                         ["mail.pcap0", "mail.pcap1"])

    def test_disk_full_of_packets(self):
        folder = self.folder("-o", "size=256k")
        self.assert_disk_full(folder / "mail.pcap", "-w")

    def test_disk_full_of_reports(self):
        folder = self.folder("-o", "size=16k")
        self.assert_disk_full(folder / "mail.ndjson", "-o")

    def assert_disk_full(self, path, option):
        """It ends, with a line that names the file; what was analysed is on standard output."""
        message = namespaces.WORK / "hundred-kilobytes"
        message.write_bytes(b"Subject: long\r\n\r\n" + b"A line.\r\n" * 12_000)
        live = self.live(option, path)
        sent = 0
        end = time.monotonic() + 60
        while live.is_running() and time.monotonic() < end:
            clients.curl(file=message)
            sent += 1
        self.assertEqual(live.wait(), 1, live)
        said = [line for line in live.err() if str(path) in line]
        self.assertEqual(len(said), 1, live)
        self.assertIn("No space left on device", said[0])
        self.assertGreaterEqual(len(live.records()), 1)
        self.assertLessEqual(len(live.records()), sent)
        if option == "-w":
            # What fitted is whole, to the last frame.
            self.assertGreaterEqual(len(sessions.analyze(path)), 1)

    def test_reader_that_leaves(self):
        """As `| head -n 1` does: quietly, and with the status that a shell shows for SIGPIPE."""
        with subprocess.Popen(["head", "-n", "1"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as head:
            live = self.live(stdout=head.stdin)
            head.stdin.close()
            clients.curl()
            self.assertEqual(head.stdout.read().count(b"\n"), 1)
        said = live.err()

        def has_ended():
            clients.curl()
            return not live.is_running()

        wait_until(has_ended, "the end after another session")
        self.assertEqual(live.wait(), 141, live)
        self.assertEqual(live.err(), said)

    def test_verbose_text_comes_as_it_is_said(self):
        """Not at the end of the session, which is still open here."""
        live = self.live("-v", form="text")
        talk = clients.Talk().to_data()
        self.addCleanup(talk.close)
        for words in ("EHLO client.example", "RCPT TO:", "354 "):
            live.wait_until(lambda: any(words in line for line in live.out()), words)
        live.interrupt_cleanly()

    def test_a_number_of_sessions(self):
        live = self.live("-c", "2")
        for _ in range(2):
            clients.curl()
        self.assertEqual(live.wait(), 0, live)
        self.assertEqual(len(live.records()), 2)

    def test_a_length_of_time(self):
        begin = time.monotonic()
        live = self.live("--duration", "1.5")
        clients.curl()
        self.assertEqual(live.wait(), 0, live)
        self.assertGreaterEqual(time.monotonic() - begin, 1.5)
        self.assertEqual(len(live.records()), 1)


if __name__ == "__main__":
    main()
