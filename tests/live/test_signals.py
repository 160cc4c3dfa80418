#!/usr/bin/python3
"""Signals: the end in good order, the end at once, the counts, and files opened anew."""

import array
import fcntl
import json
import os
import pathlib
import pwd
import signal
import sys
import termios
import time

import clients
import namespaces
import sessions
from live_test import LiveTest, main
from running import wait_until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "captures"))
from check_schema import validators  # noqa: E402

HALF = b"Half a message, and then "


class Signals(LiveTest):
    def begin_message(self, kept):
        """A client in the middle of a message, which is in the file `kept`."""
        talk = clients.Talk().to_data()
        self.addCleanup(talk.close)
        talk.send(b"Subject: never finished\r\n\r\n" + HALF)
        wait_until(lambda: kept.exists() and HALF in kept.read_bytes(), "half a message kept")
        return talk

    def end_in_the_middle(self, number):
        watch = self.watch()
        clients.curl()
        talk = self.begin_message(watch.kept)
        watch.mark()
        watch.live.signal(number)
        self.assertEqual(watch.live.wait(), 0, watch.live)
        watch.tcpdump.interrupt()
        records = watch.live.records()
        self.assertEqual(len(records), 3, records)
        delivered, stopped, _ = records
        self.assertEqual(delivered["outcome"], "delivered")
        self.assertEqual(stopped["client"]["port"], talk.port)
        self.assertEqual(stopped["tcp"]["close"], "open")
        self.assertEqual(stopped["stage"], "data")
        self.assertFalse(stopped["messages"][0]["complete"])
        watch.agree(records, watch.kept, is_same_capture=True)
        watch.agree(records, watch.tcpdump.file, is_same_capture=False)
        self.assert_counts("\n".join(watch.live.err()))

    def assert_counts(self, text):
        """As libpcap counts them; nothing was dropped."""
        self.assertRegex(text, r"smtpscope: \d[\d,]* packets? seen, \d[\d,]* analysed, "
                               r"0 dropped by the kernel, 0 by the interface")

    def test_interrupt_in_the_middle_of_a_message(self):
        self.end_in_the_middle(signal.SIGINT)

    def test_terminate_in_the_middle_of_a_message(self):
        self.end_in_the_middle(signal.SIGTERM)

    def test_json_is_complete_after_an_interrupt(self):
        live = self.live("-w", namespaces.WORK / "json.pcap", form="json")
        clients.curl()
        self.begin_message(namespaces.WORK / "json.pcap")
        live.interrupt_cleanly()
        report = json.loads("\n".join(live.out()))
        validators()[1].validate(report)
        self.assertEqual([record["tcp"]["close"] for record in report["sessions"]],
                         ["fin", "open"])

    def test_a_second_interrupt_leaves_at_once(self):
        """Where nobody reads its report, the first one cannot come to its end."""
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        size = fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        live = self.live(stdout=writer)
        os.close(writer)
        clients.curl()  # whose report is longer than the pipe
        live.wait_until(lambda: waiting_in(reader) == size, "a full pipe")
        live.signal(signal.SIGINT)
        time.sleep(0.5)
        self.assertTrue(live.is_running(), live)
        live.signal(signal.SIGINT)
        self.assertNotEqual(live.wait(), 0)

    def test_counts_on_request(self):
        live = self.live()
        clients.curl()
        live.wait_for_sessions(1)
        before = len(live.err())
        live.signal(signal.SIGUSR1)
        live.wait_until(lambda: len(live.err()) > before, "counts on standard error")
        self.assert_counts(live.err()[before])
        clients.curl()
        live.wait_for_sessions(2)
        live.interrupt_cleanly()

    def test_counts_every_so_often(self):
        live = self.live("--stats", "0.3")
        before = len(live.err())
        live.wait_until(lambda: len(live.err()) >= before + 2, "counts on standard error, twice")
        live.interrupt_cleanly()
        for line in live.err()[before:]:
            self.assert_counts(line)

    def test_hangup_opens_the_report_anew(self):
        """As logrotate does it: rename, then SIGHUP. The folder is the user's, as a log's is."""
        folder = namespaces.WORK / "log"
        folder.mkdir()
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        report, old = folder / "sessions.ndjson", folder / "sessions.ndjson.1"
        live = self.live("-o", report, "-Z", "nobody")
        clients.curl()
        live.wait_until(lambda: lines(report) == 1, "a session in the file")
        report.rename(old)
        live.signal(signal.SIGHUP)
        live.wait_until(report.exists, "a new file")
        clients.curl()
        clients.curl()
        live.wait_until(lambda: lines(report) == 2, "two sessions in the new file")
        live.interrupt_cleanly()
        self.assertEqual(lines(old), 1)
        in_files = [json.loads(line) for path in (old, report)
                    for line in path.read_text().splitlines()]
        self.assertEqual(sessions.by_number(in_files), live.records())


def waiting_in(pipe):
    """Octets that can be read."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


def lines(path):
    return path.read_bytes().count(b"\n") if path.exists() else 0


if __name__ == "__main__":
    main()
