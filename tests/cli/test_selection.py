#!/usr/bin/python3
"""The selection options, on captures whose sessions are known."""

import json
import unittest

from cli import CAPTURES, GREYLIST, REFUSED, CliTest, simple_talk, smtpscope


class Selection(CliTest):
    def numbers(self, capture, *options):
        done = self.run_ok("-f", "ndjson", *options, capture)
        return sorted(json.loads(line)["session"] for line in done.out.splitlines())

    def records(self, capture):
        done = self.run_ok("-f", "ndjson", capture)
        return [json.loads(line) for line in done.out.splitlines()]

    def check(self, capture, option, value, holds):
        expected = sorted(r["session"] for r in self.records(capture) if holds(r))
        self.assertEqual(self.numbers(capture, option, value), expected, (option, value))
        return expected

    def test_by_number(self):
        self.check(GREYLIST, "--session", "2", lambda r: r["session"] == 2)
        self.check(GREYLIST, "--session", "1,3", lambda r: r["session"] in (1, 3))
        self.assertEqual(self.numbers(GREYLIST, "--session", "99"), [])

    def test_by_outcome(self):
        outcomes = {r["outcome"] for r in self.records(GREYLIST)}
        self.assertGreater(len(outcomes), 1)
        for outcome in outcomes:
            self.check(GREYLIST, "--outcome", outcome, lambda r: r["outcome"] == outcome)
        self.assertEqual(self.numbers(GREYLIST, "--outcome", ",".join(outcomes)),
                         self.numbers(GREYLIST))

    def test_by_code(self):
        def has(record, matches):
            return any(e["kind"] == "reply" and matches(e) for e in record["dialogue"])

        capture = CAPTURES / "18-503-bad-sequence.pcap"
        for capture in (capture, REFUSED, GREYLIST):
            for code in (250, 450, 503, 550, 554):
                self.check(capture, "--code", str(code),
                           lambda r: has(r, lambda e: e["code"] == code))
            for digit in (2, 4, 5):
                self.check(capture, "--code", f"{digit}xx",
                           lambda r: has(r, lambda e: (e["code"] or 0) // 100 == digit))
            for enhanced in ("5.1.1", "5.7.1", "2.1.0"):
                self.check(capture, "--code", enhanced,
                           lambda r: has(r, lambda e: e["enhanced"] == enhanced))

    def test_by_endpoint(self):
        for record in self.records(REFUSED):
            for side in ("client", "server"):
                ip, port = record[side]["ip"], record[side]["port"]
                self.check(REFUSED, f"--{side}", ip, lambda r: r[side]["ip"] == ip)
                both = f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
                self.check(REFUSED, f"--{side}", both, lambda r: r[side] == record[side])
        v6 = CAPTURES / "01b-postfix-pipelining-ipv6.pcapng"
        server = self.records(v6)[0]["server"]
        for text in (server["ip"], f"[{server['ip']}]", f"[{server['ip']}]:{server['port']}"):
            self.assertEqual(self.numbers(v6, "--server", text), [1])
        self.assertEqual(self.numbers(v6, "--server", f"[{server['ip']}]:26"), [])

    def test_by_address(self):
        for record in self.records(REFUSED):
            for message in record["messages"]:
                for recipient in message["recipients"]:
                    numbers = self.numbers(REFUSED, "--address", recipient["address"].upper())
                    self.assertIn(record["session"], numbers)
        self.assertEqual(self.numbers(REFUSED, "--address", "nobody-at-all.invalid"), [])

    def test_by_id(self):
        found = 0
        for record in self.records(GREYLIST):
            for message in record["messages"]:
                for text in (message["message_id"], message["queue_id"]):
                    if text:
                        found += 1
                        self.assertIn(record["session"], self.numbers(GREYLIST, "--id", text))
                        self.assertIn(record["session"],
                                      self.numbers(GREYLIST, "--id", f"<{text}>"))
        self.assertGreater(found, 0)
        self.assertEqual(self.numbers(GREYLIST, "--id", "x"), [])

    def test_by_finding(self):
        ids = {f["id"] for r in self.records(REFUSED) for f in r["findings"]}
        for name in ids | {"connection-idle"}:
            self.check(REFUSED, "--finding", name,
                       lambda r: any(f["id"] == name for f in r["findings"]))

    def test_a_finding_that_is_listed_can_be_named_and_no_other(self):
        lines = self.run_ok("findings").out.splitlines()
        listed = [line.split()[0] for line in lines if line and not line.startswith(" ")]
        self.assertEqual(len(listed), len(set(listed)))
        raised = {f["id"] for r in self.records(REFUSED) for f in r["findings"]}
        self.assertLessEqual(raised, set(listed))
        self.assertEqual(smtpscope("--finding", "not-yet-found", GREYLIST).status, 2)

    def test_by_time(self):
        path = self.file("t.pcap", simple_talk().pcap())
        begin, end = "2026-11-24T01:02:03Z", "2026-11-24T01:02:03.1Z"
        for options, hit in ((["--since", begin], True), (["--until", begin], True),
                             (["--since", end], True),
                             (["--since", "2026-11-24T01:02:03.101Z"], False),
                             (["--until", "2026-11-24T01:02:02.999Z"], False),
                             (["--since", "2026-11-24 01:02", "--until", "2026-11-24 01:03"], True),
                             (["--since", "1795482123.05", "--until", "1795482123.06"], True),
                             (["--since", "1795482124"], False)):
            self.assertEqual(self.numbers(path, *options), [1] if hit else [], options)

    def test_all_must_match(self):
        outcome = self.records(GREYLIST)[0]["outcome"]
        self.assertEqual(self.numbers(GREYLIST, "--session", "1", "--outcome", outcome), [1])
        self.assertEqual(self.numbers(GREYLIST, "--session", "1", "--outcome", outcome,
                                      "--code", "559"), [])

    def test_the_summary_counts_what_is_reported(self):
        whole = json.loads(self.run_ok("-f", "json", GREYLIST).out)
        part = json.loads(self.run_ok("-f", "json", "--session", "1", GREYLIST).out)
        self.assertEqual(len(part["sessions"]), 1)
        self.assertEqual(part["summary"]["sessions"], 1)
        self.assertEqual(part["input"]["packets"], whole["input"]["packets"])

    def test_ports_any_finds_the_same_sessions(self):
        for capture in (GREYLIST, REFUSED):
            self.assertEqual(self.numbers(capture, "--ports", "any"), self.numbers(capture))


if __name__ == "__main__":
    unittest.main()
