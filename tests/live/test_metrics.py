#!/usr/bin/python3
"""What Prometheus scrapes while mail goes through, held against the sessions that are reported."""

import collections
import re
import socket
import subprocess

import clients
import sessions
from live_test import LiveTest, main
from network import CLIENT4
from postfix import NOBODY
from running import Running, process_status
from sniffer import IS_SANITIZED, SMTPSCOPE, refused_connection

PORT = 9100
AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
SERIES = re.compile(r'^([a-z_]+)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([a-z]+)="([^"]*)"')


class Metrics(LiveTest):
    def curl(self, *options, path="/metrics", host="127.0.0.1"):
        """From within the server's namespace, whose loopback it is."""
        command = self.network.server.command("curl", "-sS", "--max-time", "20", *options,
                                              f"http://{host}:{PORT}{path}")
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def scrape(self, **more):
        """{name: {(values of its labels, sorted by label): value}}"""
        series = collections.defaultdict(dict)
        for line in self.curl(**more).splitlines():
            if line.startswith("#"):
                continue
            name, labels, value = SERIES.match(line).groups()
            key = tuple(text for _, text in sorted(LABEL.findall(labels or "")))
            self.assertNotIn(key, series[name], line)
            series[name][key] = float(value)
        return series

    def mail(self):
        """Sessions of several kinds; how many."""
        for _ in range(2):
            clients.curl()
        clients.swaks(to=NOBODY)
        clients.swaks("--port", "587", "--auth", "PLAIN", "--auth-user", "mallory",
                      "--auth-password", "opensesame")
        clients.curl("--ssl-reqd", "--insecure")
        refused_connection()
        return 6

    def assert_agree(self, series, records):
        counts = {name: collections.Counter() for name in ("sessions", "replies", "findings",
                                                           "latencies", "tls")}
        for record in records:
            counts["sessions"][record["outcome"], record["service"]] += 1
            counts["findings"].update((name,) for name in sessions.finding_ids(record))
            if record["tls"] and record["tls"]["mode"] != "none":
                tls = record["tls"]
                counts["tls"][tls["handshake"], tls["mode"], tls["version"] or "unknown"] += 1
            for entry in record["dialogue"]:
                if entry["kind"] == "reply":
                    counts["replies"][str(entry["code"]), entry["verb"]] += 1
                    if entry["latency_ms"] is not None:
                        counts["latencies"][(entry["verb"],)] += 1
        for name, metric in (("sessions", "sessions_total"), ("replies", "replies_total"),
                             ("findings", "findings_total"), ("tls", "tls_sessions_total"),
                             ("latencies", "command_latency_seconds_count")):
            found = {key: value for key, value in series[f"smtpscope_{metric}"].items() if value}
            self.assertEqual(found, dict(counts[name]), metric)
            self.assertTrue(found, metric)

    def test_counts_are_those_of_the_sessions(self):
        live = self.live("--metrics", str(PORT))
        before = self.scrape()
        self.assertEqual(sum(before["smtpscope_sessions_total"].values()), 0)
        talk = clients.Talk().to_data()
        live.wait_until(lambda: self.scrape()["smtpscope_connections_open"][()] == 1,
                        "an open connection")
        talk.close()
        live.wait_for_sessions(1 + self.mail())
        live.wait_until(lambda: sum(self.scrape()["smtpscope_sessions_total"].values()) == 7,
                        "as many sessions")
        series = self.scrape()
        self.assert_agree(series, live.records())
        self.assertGreater(series["smtpscope_packets_analyzed_total"][()], 50)
        self.assertEqual(series["smtpscope_packets_dropped_total"],
                         {("kernel",): 0, ("interface",): 0})
        self.assertEqual(series["smtpscope_connections_open"][()], 0)
        resident = int(process_status(live.pid)["VmRSS"].split()[0]) * 1024
        self.assertAlmostEqual(series["process_resident_memory_bytes"][()], resident,
                               delta=resident / 4)
        if not IS_SANITIZED:
            self.assertEqual(process_status(live.pid)["Seccomp"], "2")
        live.interrupt_cleanly()

    def test_promtool_finds_nothing_to_complain_of(self):
        live = self.live("--metrics", str(PORT))
        live.wait_for_sessions(self.mail())
        checked = subprocess.run(["promtool", "check", "metrics"], input=self.curl(),
                                 capture_output=True, text=True)
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""))
        live.interrupt_cleanly()

    def test_what_is_left_out_is_counted_apart(self):
        live = self.live("--metrics", str(PORT), "--outcome", "rejected")
        clients.curl()
        clients.swaks(to=NOBODY)
        live.wait_for_sessions(1)
        live.wait_until(lambda: self.scrape()["smtpscope_sessions_unreported_total"][()] == 1,
                        "a session left out")
        self.assert_outcomes({("rejected", "smtp"): 1})
        live.interrupt_cleanly()

    def assert_outcomes(self, expected):
        found = self.scrape()["smtpscope_sessions_total"]
        self.assertEqual({key: value for key, value in found.items() if value}, expected)

    def test_it_listens_where_it_was_told_to(self):
        live = self.live("--metrics", f"[::1]:{PORT}")
        live.wait_until(lambda: any(f"http://[::1]:{PORT}/metrics" in line for line in live.err()),
                        "where the metrics are")
        self.assertIn("smtpscope_build_info", self.curl(host="[::1]"))
        # Nor anywhere else: what the client's host is told is a reset.
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("192.0.2.25", PORT), timeout=20)
        live.interrupt_cleanly()

    def test_other_requests_are_refused(self):
        live = self.live("--metrics", str(PORT))
        status = ("-o", "/dev/null", "-w", "%{http_code}")
        self.assertEqual(self.curl(*status, path="/"), "200")
        self.assertEqual(self.curl(*status, path="/etc/passwd"), "404")
        self.assertEqual(self.curl(*status, "-X", "DELETE"), "405")
        self.assertEqual(self.curl(*status, "--data", "a=b"), "405")
        self.assertEqual(self.curl(*status, "--head"), "200")
        live.interrupt_cleanly()

    def test_who_holds_connections_open_does_not_hold_the_capture_up(self):
        """As many as are served at a time, and more: sessions are reported all the same, and in
        the end the metrics are served again."""
        live = self.live("--metrics", f"192.0.2.25:{PORT}")
        idle = [socket.create_connection(("192.0.2.25", PORT), timeout=20,
                                         source_address=(CLIENT4, 0)) for _ in range(12)]
        for held in idle:
            self.addCleanup(held.close)
            held.sendall(b"GET /metrics HTTP/1.1\r\nHost:")
        clients.curl()
        live.wait_for_sessions(1)
        self.assertEqual(live.records()[0]["outcome"], "delivered")
        for held in idle[:8]:
            while held.recv(65536):
                pass
        for held in idle[8:]:
            held.close()
        self.assertIn("smtpscope_build_info", self.curl(host="192.0.2.25"))
        live.interrupt_cleanly()

    def test_started_with_nothing_but_an_ambient_capability(self):
        """As the systemd service starts it: no root, and in the end no capability either."""
        live = self.live("--metrics", str(PORT), prefix=(
            *AS_NOBODY, "--inh-caps=-all,+net_raw", "--bounding-set=-all,+net_raw",
            "--ambient-caps=-all,+net_raw", "--no-new-privs"))
        clients.curl()
        live.wait_for_sessions(1)
        self.assert_outcomes({("delivered", "smtp"): 1})
        status = process_status(live.pid)
        for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
            self.assertEqual(int(status[name], 16), 0, name)
        live.interrupt_cleanly()

    def test_a_port_that_is_taken_ends_the_program(self):
        live = self.live("--metrics", str(PORT))
        second = Running(self, self.network.server.command(SMTPSCOPE, "live", "-i", "srv0",
                                                           "--metrics", str(PORT)))
        self.assertEqual(second.wait(), 1, second)
        self.assertEqual(second.err(),
                         [f"smtpscope: --metrics 127.0.0.1:{PORT}: Address already in use"])
        live.interrupt_cleanly()


if __name__ == "__main__":
    main()
