#!/usr/bin/python3
"""That the comparison of two reports sees a difference; for this nobody needs to be root."""

import copy
import pathlib
import unittest

from sessions import analyze, differences

CAPTURE = pathlib.Path(__file__).resolve().parents[2] / "captures/12-550-unknown-554-relay.pcap"


class Comparison(unittest.TestCase):
    def setUp(self):
        self.one = analyze(CAPTURE)
        self.other = copy.deepcopy(self.one)

    def assert_seen(self, by_same_capture, by_another):
        for is_same_capture, is_seen in ((True, by_same_capture), (False, by_another)):
            lines = differences(self.one, self.other, is_same_capture)
            self.assertEqual(bool(lines), is_seen, (is_same_capture, lines))

    def test_a_report_equals_itself(self):
        self.assertGreater(len(self.one), 1)
        self.assert_seen(False, False)

    def test_a_session_too_few(self):
        self.other.pop()
        self.assert_seen(True, True)

    def test_another_reply(self):
        self.other[0]["dialogue"][-1]["code"] = 421
        self.assert_seen(True, True)

    def test_a_reply_too_few(self):
        self.other[0]["dialogue"].pop()
        self.assert_seen(True, True)

    def test_a_packet_too_few(self):
        self.other[0]["tcp"]["client"]["packets"] -= 1
        self.assert_seen(True, True)

    def test_a_name_that_one_has_only(self):
        self.other[0]["tls"] = {"mode": "starttls"}
        self.other[1]["more"] = 1
        self.assert_seen(True, True)

    def test_the_name_of_the_capture_is_nothing(self):
        self.other[0]["capture"] = "eth0"
        self.assert_seen(False, False)

    def test_frames_count_in_the_same_capture_only(self):
        self.other[0]["dialogue"][-1]["frame"] += 1
        self.assert_seen(True, False)

    def test_another_program_stamps_a_little_later(self):
        self.other[0]["dialogue"][-1]["t_ms"] += 20
        self.assert_seen(True, False)

    def test_a_sentence_with_another_time(self):
        for record, text in ((self.one[0], "990 µs"), (self.other[0], "1.01 ms")):
            record["diagnosis"]["summary"] = f"the SYN was answered {text} later"
        self.assert_seen(True, False)
        self.other[0]["diagnosis"]["summary"] += ", badly"
        self.assert_seen(True, True)

    def test_and_not_a_second_later(self):
        self.other[0]["dialogue"][-1]["t_ms"] += 1000
        self.assert_seen(True, True)


if __name__ == "__main__":
    unittest.main()
