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
        """The line names the file; what was analysed is on standard output."""
        live = self.live(option, path)
        sent = 0
        end = time.monotonic() + 30
        message = namespaces.WORK / "hundred-kilobytes"
        message.write_bytes(b"Subject: long\r\n\r\n" + b"A line.\r\n" * 12_000)
        while live.is_running() and time.monotonic() < end:
            clients.curl(file=message)
            sent += 1
        self.assertEqual(live.wait(), 1, live)
        self.assertTrue(any(str(path) in line and "No space left" in line for line in live.err()),
                        live)
        self.assertGreaterEqual(len(live.records()), 1)
        self.assertLessEqual(len(live.records()), sent)

    def test_reader_that_leaves(self):
        """As `| head -n 1` does: quietly, and with the status that a shell shows for SIGPIPE."""
        with subprocess.Popen(["head", "-n", "1"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as head:
            live = self.live(stdout=head.stdin)
            head.stdin.close()
            clients.curl()
            head.wait(timeout=40)
            said = live.err()
            while live.is_running():
                clients.curl()
        self.assertEqual(live.wait(), 141, live)
        self.assertEqual(live.err(), said)

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
