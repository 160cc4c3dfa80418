#!/usr/bin/python3
"""Reading within the sandbox: it is up, and everything that reading and reporting take still works."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import unittest

from cli import (CAPTURES, DELIVERED, GREYLIST, REFUSED, CliTest, Talk, environment, pcap,
                 simple_talk, smtpscope)

INSTRUMENTED = os.environ.get("SMTPSCOPE_INSTRUMENTED") == "1"
FORMATS = ("text", "json", "ndjson", "summary")


def reading(*arguments):
    """The program, after it has read a session from its standard input and waits for more; what
    /proc says of it, and its two ends."""
    run = subprocess.Popen([os.environ["SMTPSCOPE"], *arguments, "-f", "ndjson", "-"],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           env=environment())
    later = simple_talk(client_port=41000, start=1_795_482_523.0).frames
    run.stdin.write(pcap(simple_talk().frames + later))
    run.stdin.flush()
    run.stdout.readline()
    with open(f"/proc/{run.pid}/status", encoding="ascii") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    return run, status


class Sandbox(CliTest):
    def capabilities_and_filter(self, *arguments):
        run, status = reading(*arguments)
        run.communicate(timeout=100)
        self.assertEqual(run.returncode, 0)
        return status["Seccomp"], status["NoNewPrivs"]

    @unittest.skipIf(INSTRUMENTED, "an instrumented build has no sandbox")
    def test_it_is_up_while_reading(self):
        self.assertEqual(self.capabilities_and_filter(), ("2", "1"))

    def test_it_can_be_left_out(self):
        self.assertEqual(self.capabilities_and_filter("--no-sandbox"), ("0", "0"))

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
    def test_capabilities_of_a_user_are_given_up(self):
        with subprocess.Popen(["setpriv", "--reuid=4321", "--regid=4321", "--clear-groups",
                               "--inh-caps=+net_raw", "--ambient-caps=+net_raw",
                               os.environ["SMTPSCOPE"], "-f", "ndjson", "-"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              env=environment()) as run:
            run.stdin.write(pcap(simple_talk().frames +
                                 simple_talk(start=1_795_482_523.0).frames))
            run.stdin.flush()
            run.stdout.readline()
            with open(f"/proc/{run.pid}/status", encoding="ascii") as file:
                lines = dict(line.split(":\t") for line in file if line.startswith("Cap"))
            run.stdin.close()
            run.stdout.read()
        none = "0000000000000000\n"
        if not INSTRUMENTED:
            self.assertEqual([lines[f"Cap{which}"] for which in ("Inh", "Prm", "Eff", "Amb")],
                             [none] * 4)
        self.assertEqual(run.returncode, 0)

    def alike(self, *arguments, **options):
        """The same with the sandbox and without it."""
        within = smtpscope(*arguments, **options)
        without = smtpscope("--no-sandbox", *arguments, **options)
        self.assert_sound(within)
        self.assertEqual((within.status, within.octets, within.err),
                         (without.status, without.octets, without.err), arguments)
        return within

    def test_every_format_and_way_to_read(self):
        everything = sorted(CAPTURES.glob("*.pcap*"))
        for form in FORMATS:
            for arguments in ([DELIVERED], everything, ["-v", "--headers", *everything],
                              ["--time", "local", GREYLIST], ["-F", "tcp port 25", *everything]):
                self.alike("-f", form, *arguments, env={"TZ": "Asia/Kolkata"})
            self.alike("-f", form, "-", stdin=GREYLIST.read_bytes())
            self.alike("-f", form, "/dev/stdin", stdin=GREYLIST.read_bytes())

    def test_packed_captures(self):
        packed = self.file("packed", gzip.compress(REFUSED.read_bytes()))
        self.alike(packed)
        self.alike(packed, DELIVERED)
        self.alike("-", stdin=packed.read_bytes())
        if shutil.which("zstd"):
            path = self.folder / "packed.zst"
            subprocess.run(["zstd", "-q", REFUSED, "-o", path], check=True)
            self.alike(path)
            self.alike(packed, path, DELIVERED)

    def test_charsets_of_headers(self):
        subjects = (b"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", b"=?koi8-r?Q?=F0=D2=C9=D7=C5=D4?=")
        talk = Talk().open().server(b"220 mx.example ESMTP\r\n")
        talk.client(b"EHLO client.example\r\n").server(b"250 mx.example\r\n")
        for subject in subjects:
            talk.client(b"MAIL FROM:<a@b.example>\r\n").server(b"250 OK\r\n")
            talk.client(b"RCPT TO:<c@d.example>\r\n").server(b"250 OK\r\n")
            talk.client(b"DATA\r\n").server(b"354 go on\r\n")
            talk.client(b"Subject: " + subject + b"\r\n\r\nx\r\n.\r\n").server(b"250 OK\r\n")
        talk.client(b"QUIT\r\n").server(b"221 bye\r\n").close()
        capture = self.file("subjects.pcap", talk.pcap())
        out = self.alike("--headers", capture).out
        self.assertIn("\u65e5\u672c", out)
        self.assertIn("\u041f\u0440\u0438\u0432\u0435\u0442", out)

    def test_names_in_a_filter(self):
        self.assertEqual(self.alike("-F", "tcp port smtp", DELIVERED, GREYLIST).status, 0)
        self.assertEqual(self.alike("-F", "host localhost", DELIVERED, GREYLIST).status, 0)
        self.assertEqual(self.alike("-F", "port no-such-service", DELIVERED).status, 2)

    def test_files_written(self):
        names = ("r.txt", "r.json", "r.ndjson")
        results = []
        for arguments in ([], ["--no-sandbox"]):
            outputs = sum((["-o", self.folder / name] for name in names), [])
            done = self.run_ok(*arguments, "-f", "summary", *outputs, DELIVERED, GREYLIST)
            results.append([done.octets] + [(self.folder / n).read_bytes() for n in names])
            self.assertEqual(sorted(p.name for p in self.folder.iterdir()), sorted(names))
        self.assertEqual(results[0], results[1])
        # A name alone, which stands in the folder where the program was started.
        self.run_ok("-o", "bare.json", DELIVERED, cwd=self.folder)
        json.loads((self.folder / "bare.json").read_text())

    def test_a_link_to_elsewhere_and_a_device(self):
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "target.json").write_text("old")
        link = self.folder / "link.json"
        link.symlink_to(elsewhere / "target.json")
        device = self.folder / "device.json"
        device.symlink_to("/dev/null")
        dangling = self.folder / "dangling.ndjson"
        dangling.symlink_to(elsewhere / "made.ndjson")
        self.run_ok("-o", link, "-o", device, "-o", dangling, DELIVERED)
        json.loads((elsewhere / "target.json").read_text())
        self.assertEqual(len((elsewhere / "made.ndjson").read_text().splitlines()), 1)

    def test_what_cannot_be_opened_is_said_in_the_same_words(self):
        missing = self.folder / "missing.pcap"
        for arguments in ([missing, DELIVERED], [self.folder, DELIVERED],
                          ["-o", self.folder / "none" / "r.json", DELIVERED]):
            self.assertEqual(self.alike(*arguments).status, 1)

    def test_a_fifo(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        with subprocess.Popen([os.environ["SMTPSCOPE"], "-q", fifo], stdout=subprocess.PIPE,
                              env=environment()) as run:
            fifo.write_bytes(DELIVERED.read_bytes())
            out, _ = run.communicate(timeout=100)
        self.assertEqual((run.returncode, out), (0, self.run_ok("-q", DELIVERED).octets))

    def test_a_signal_takes_temporary_files_away(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            run, _ = reading("-o", self.folder / "r.json")
            self.assertEqual(len(list(self.folder.iterdir())), 1)
            run.send_signal(number)
            run.communicate(timeout=100)
            self.assertEqual(run.returncode, -number)
            self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_device_that_is_full_and_a_closed_pipe(self):
        with open("/dev/full", "wb") as full:
            run = subprocess.run([os.environ["SMTPSCOPE"], DELIVERED], stdout=full,
                                 stderr=subprocess.PIPE, env=environment(), check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn(b"No space left", run.stderr)
        run = subprocess.Popen([os.environ["SMTPSCOPE"], *sorted(CAPTURES.glob("*.pcap"))],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        run.stdout.close()
        _, err = run.communicate(timeout=100)
        self.assertEqual((run.returncode, err), (141, b""))

    @unittest.skipIf(INSTRUMENTED or not shutil.which("valgrind"), "needs valgrind and a plain build")
    def test_it_stays_down_under_valgrind(self):
        run = subprocess.run(["valgrind", "-q", "--error-exitcode=9", os.environ["SMTPSCOPE"],
                              "-f", "ndjson", DELIVERED],
                             capture_output=True, timeout=100, env=environment(), check=False)
        self.assertEqual((run.returncode, run.stderr), (0, b""))
        self.assertEqual(run.stdout, self.run_ok("-f", "ndjson", DELIVERED).octets)


if __name__ == "__main__":
    unittest.main()
