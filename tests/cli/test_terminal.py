#!/usr/bin/python3
"""On a terminal: colour, width, the progress line."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import unittest

from cli import DELIVERED, GREYLIST, CliTest, environment, smtpscope

COLOUR = re.compile(rb"\x1b\[[0-9;]*m")


def on_terminal(*arguments, columns=100, env=None, errors_too=False):
    """Runs with standard output (and standard error, if asked) on a terminal of its own; what came
    out, with line ends as the program wrote them."""
    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    run = subprocess.Popen([os.environ["SMTPSCOPE"], *map(os.fspath, arguments)], stdout=other,
                           stderr=other if errors_too else subprocess.PIPE,
                           env=environment({"TERM": "xterm", **(env or {})}))
    os.close(other)
    octets = b""
    while True:
        try:
            piece = os.read(main, 65536)
        except OSError:
            break
        if not piece:
            break
        octets += piece
    _, err = run.communicate(timeout=100)
    os.close(main)
    return run.returncode, octets.replace(b"\r\n", b"\n"), err


def width(octets):
    text = COLOUR.sub(b"", octets).decode()
    return max(len(line) for line in text.splitlines())


class Terminal(CliTest):
    def test_colour_on_a_terminal_only(self):
        status, octets, _ = on_terminal(GREYLIST)
        self.assertEqual(status, 0)
        self.assertTrue(COLOUR.search(octets))
        self.assertNotIn("\x1b", self.run_ok(GREYLIST).out)

    def test_colour_when_asked_or_not(self):
        self.assertIn("\x1b[", self.run_ok("--color", "always", GREYLIST).out)
        self.assertIn("\x1b[", self.run_ok("--color", "always", GREYLIST,
                                           env={"NO_COLOR": "1"}).out)
        _, octets, _ = on_terminal("--color", "never", GREYLIST)
        self.assertIsNone(COLOUR.search(octets))

    def test_no_color_and_a_dumb_terminal(self):
        for env, coloured in (({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True),
                              ({"TERM": "dumb"}, False)):
            _, octets, _ = on_terminal(GREYLIST, env=env)
            self.assertEqual(bool(COLOUR.search(octets)), coloured, env)

    def test_the_same_text_with_colour_and_without(self):
        coloured = self.run_ok("--color", "always", GREYLIST).octets
        self.assertEqual(COLOUR.sub(b"", coloured), self.run_ok(GREYLIST).octets)

    def test_json_has_no_colour(self):
        for form in ("json", "ndjson"):
            self.assertNotIn("\x1b", self.run_ok("-f", form, "--color", "always", GREYLIST).out)

    def test_text_is_wrapped_to_the_terminal(self):
        for columns in (60, 80, 120):
            _, octets, _ = on_terminal(GREYLIST, columns=columns, env={"COLUMNS": "70"})
            self.assertLessEqual(width(octets), columns)
        wide = width(on_terminal(GREYLIST, columns=160)[1])
        self.assertGreater(wide, 80)

    def test_columns_counts_where_there_is_no_terminal(self):
        self.assertLessEqual(width(self.run_ok(GREYLIST).octets), 80)
        self.assertLessEqual(width(self.run_ok(GREYLIST, env={"COLUMNS": "60"}).octets), 60)
        self.assertGreater(width(self.run_ok(GREYLIST, env={"COLUMNS": "150"}).octets), 80)
        for nonsense in ("", "x", "-1", "0", "99999999999999999999"):
            done = self.run_ok(GREYLIST, env={"COLUMNS": nonsense})
            self.assertLessEqual(width(done.octets), 80, nonsense)

    def test_progress_is_erased(self):
        done = smtpscope("--progress", "always", "-f", "ndjson", DELIVERED)
        self.assertEqual(done.status, 0)
        if done.err:
            self.assertTrue(done.err.endswith("\r\x1b[K"), done.err)
        self.assertEqual(self.run_ok("--progress", "auto", DELIVERED).err, "")

    def test_progress_leaves_nothing_on_a_shared_screen(self):
        status, octets, _ = on_terminal("--color", "never", "--progress", "always", GREYLIST,
                                        errors_too=True, columns=80)
        self.assertEqual(status, 0)
        shown = re.sub(rb"[^\n]*\r\x1b\[K", b"", octets)
        self.assertEqual(shown, self.run_ok(GREYLIST).octets)

    def test_the_language_of_labels_comes_from_the_environment(self):
        def text(**env):
            return self.run_ok("explain", "550", env=env).out

        english = text(LC_ALL="C.UTF-8")
        french = self.run_ok("explain", "550", "--lang", "fr").out
        self.assertNotEqual(english, french)
        self.assertEqual(text(LC_ALL="fr_FR.UTF-8", LANG="tr_TR.UTF-8"), french)
        self.assertEqual(text(LC_ALL=None, LC_MESSAGES="fr_CA", LANG="tr_TR.UTF-8"), french)
        self.assertEqual(text(LC_ALL=None, LANG="fr"), french)
        self.assertEqual(text(LC_ALL=None, LANG="xx_YY.UTF-8"), english)
        self.assertEqual(text(LC_ALL=None), english)

    def test_times_are_local_or_utc(self):
        local = self.run_ok(GREYLIST, env={"TZ": "Asia/Kolkata"}).out
        utc = self.run_ok(GREYLIST, "--time", "utc", env={"TZ": "Asia/Kolkata"}).out
        self.assertNotEqual(local, utc)
        self.assertEqual(self.run_ok("-f", "json", GREYLIST, env={"TZ": "Asia/Kolkata"}).out,
                         self.run_ok("-f", "json", GREYLIST).out)


if __name__ == "__main__":
    unittest.main()
