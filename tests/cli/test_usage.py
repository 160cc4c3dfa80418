#!/usr/bin/python3
"""Arguments: what is refused, how, and what the help says and does not say."""

import re
import unittest

from cli import DELIVERED, TOP, CliTest, smtpscope

WRONG = [
    # arguments, a part of the message
    (["--nonsense", DELIVERED], "unknown option --nonsense"),
    (["-x", DELIVERED], "unknown option -x"),
    (["-f", "xml", DELIVERED], "'xml' is not text, json, ndjson or summary"),
    (["-f"], "--format needs a value"),
    (["--format"], "--format needs a value"),
    (["--headers=yes", DELIVERED], "--headers takes no value"),
    (["-o", "report", DELIVERED], "'report' is not a file name that ends in"),
    (["-o", "report.html", DELIVERED], "'report.html' is not"),
    (["-o", ".json", DELIVERED], "'.json' is not"),
    (["-o", "a.json", "-o", "a.json", DELIVERED], "given twice"),
    (["-o", "x.json", "x.json"], "also a capture"),
    (["--ports", "25,x", DELIVERED], "'25,x' is not a list of ports"),
    (["--ports", "0", DELIVERED], "'0' is not a list of ports"),
    (["--ports", "65536", DELIVERED], "'65536' is not a list of ports"),
    (["--session", "0", DELIVERED], "'0' is not a session's number"),
    (["--session", "x", DELIVERED], "'x' is not a session's number"),
    (["--client", "mx.example", DELIVERED], "'mx.example' is not a numeric address"),
    (["--server", "192.0.2.1:0", DELIVERED], "'192.0.2.1:0' is not a numeric address"),
    (["--server", "192.0.2.1:65536", DELIVERED], "is not a numeric address"),
    (["--server", "[2001:db8::1", DELIVERED], "is not a numeric address"),
    (["--address", "", DELIVERED], "'' is not a mail address"),
    (["--code", "55", DELIVERED], "'55' is not a reply code"),
    (["--code", "6xx", DELIVERED], "'6xx' is not a reply code"),
    (["--code", "5.7", DELIVERED], "'5.7' is not a reply code"),
    (["--outcome", "lost", DELIVERED], "'lost' is not a list of: delivered"),
    (["--finding", "no-such-finding", DELIVERED], "'no-such-finding' is not a finding"),
    (["--since", "yesterday", DELIVERED], "'yesterday' is not a time"),
    (["--until", "2026-02-30", DELIVERED], "'2026-02-30' is not a time"),
    (["--since", "2026-02-02", "--until", "2026-02-01", DELIVERED], "--since is later"),
    (["--lang", "xx", DELIVERED], "'xx' is not en, fr, tr or ar"),
    (["--annotate", "some", DELIVERED], "'some' is not all, refusals or none"),
    (["--color", "maybe", DELIVERED], "'maybe' is not auto, always or never"),
    (["--progress", "maybe", DELIVERED], "'maybe' is not auto, always or never"),
    (["--fail-on", "info", DELIVERED], "'info' is not error or warning"),
    (["--time", "gmt", DELIVERED], "'gmt' is not utc or local"),
    (["-v", "-q", DELIVERED], "at the same time"),
    (["-qv", DELIVERED], "at the same time"),
    (["-F", "tcp", "-F", "udp", DELIVERED], "give one expression"),
    (["-r", DELIVERED, "-F", "tcp", "port", "25"], "give one of the two"),
    (["-F", "no such expression", DELIVERED], "filter: "),
    (["-r", DELIVERED, "no", "such", "expression"], "filter: "),
    (["analyze"], "analyze needs a CAPTURE"),
    (["-f", "json"], "analyze needs a CAPTURE"),
    (["-", "-"], "only once"),
    (["explain"], "explain needs a reply"),
    (["compare", "250"], "compare needs two reply codes"),
    (["compare", "250", "550", "554"], "compare needs two reply codes"),
    (["compare", "550", "5.1.1"], "an enhanced code is for explain"),
    (["codes", "550"], "codes takes no '550'"),
    (["findings", "x"], "findings takes no 'x'"),
    (["interfaces", "x"], "interfaces takes no 'x'"),
    (["live"], "live needs -i IFACE"),
    (["live", "eth0"], "live needs -i IFACE"),
    (["-i", "eth0", "-i", "eth1"], "one interface at a time"),
    (["-i", "eth0", "-C", "1"], "rotate the file of -w"),
    (["-i", "eth0", "--duration", "0"], "'0' is not a length of time"),
    (["-i", "eth0", "-s", "262145"], "'262145' is not a number of octets"),
    (["-i", "eth0", "-r", DELIVERED], "live does not take -r"),
    (["-w", "x.pcap", DELIVERED], "analyze does not take -w"),
    (["explain", "550", "--ports", "25"], "explain does not take --ports"),
    (["codes", "-f", "json"], "codes does not take --format"),
    (["help", "nonsense"], "no command 'nonsense'"),
    (["help", "analyze", "codes"], "help takes one command"),
]

ABSENT = [["ui", DELIVERED], ["help", "ui"]]

COMMANDS = ["analyze", "live", "interfaces", "explain", "compare", "codes", "findings", "help"]


class Usage(CliTest):
    def test_wrong_arguments_are_one_line_and_a_pointer(self):
        for arguments, part in WRONG:
            with self.subTest(arguments=arguments):
                done = smtpscope(*arguments)
                self.assert_sound(done)
                self.assertEqual((done.status, done.out), (2, ""), done.err)
                self.assertEqual(len(done.lines), 2, done.err)
                self.assertTrue(done.lines[0].startswith("smtpscope: "), done.err)
                self.assertIn(part, done.lines[0])
                self.assertRegex(done.lines[1], r"^see smtpscope help( [a-z]+)?$")

    def test_what_is_not_in_this_version_says_so(self):
        for arguments in ABSENT:
            with self.subTest(arguments=arguments):
                done = smtpscope(*arguments)
                self.assertEqual((done.status, done.out), (2, ""))
                self.assertIn("not in this version", done.lines[0])

    def test_no_arguments_at_all(self):
        done = smtpscope()
        self.assertEqual((done.status, done.out), (2, ""))
        self.assertTrue(done.err.startswith("usage: smtpscope"))

    def test_wrong_words_are_shown_without_their_control_octets(self):
        for word in ("\x1b[31mred", "a\nb", "\x9b1m".encode("latin-1").decode("latin-1")):
            done = smtpscope("--format", word, DELIVERED)
            self.assertEqual(done.status, 2)
            self.assertEqual(len(done.lines), 2, done.err)
            self.assertNotIn("\x1b", done.err)
            self.assertNotIn("\x9b", done.err)

    def test_every_command_has_a_help(self):
        for command in COMMANDS:
            by_word = self.run_ok("help", command).out
            self.assertEqual(self.run_ok(command, "--help").out, by_word)
            self.assertEqual(self.run_ok("-h", command).out, by_word)
            self.assertTrue(by_word.startswith("usage: smtpscope"), by_word)
            self.assertIn(command, by_word)
        general = self.run_ok("help").out
        self.assertEqual(self.run_ok("--help").out, general)
        for command in COMMANDS:
            self.assertIn(f"  {command} ", general)
        self.assertEqual(self.run_ok("help", "analyse").out, self.run_ok("help", "analyze").out)

    def test_help_fits_a_terminal(self):
        for command in COMMANDS:
            for line in self.run_ok("help", command).out.splitlines():
                self.assertLessEqual(len(line), 84, line)

    def test_help_promises_nothing_that_is_not_there(self):
        text = self.run_ok("help").out + "".join(self.run_ok("help", c).out for c in COMMANDS)
        for word in ("html", "keylog", "write-session", "write-message"):
            self.assertNotIn(word, text.lower())
        self.assertIsNone(re.search(r"(?<![\w-])ui\b", text))

    def test_every_option_that_help_names_is_known(self):
        text = self.run_ok("help", "analyze").out
        names = set(re.findall(r"--[a-z][a-z-]*", text))
        self.assertGreater(len(names), 20)
        for name in names:
            done = smtpscope(name)
            self.assertNotIn("unknown", done.err, name)

    def test_version_names_the_libraries(self):
        done = self.run_ok("--version")
        self.assertRegex(done.out.splitlines()[0], r"^smtpscope \d+\.\d+\.\d+$")
        for library in ("libpcap", "OpenSSL", "zlib", "zstd", "jansson", "libmicrohttpd"):
            self.assertIn(library, done.out)
        self.assertEqual(self.run_ok("-V").out, done.out)

    def test_the_ways_to_say_analyze(self):
        expected = self.run_ok("analyze", DELIVERED).out
        for arguments in (["analyse", DELIVERED], [DELIVERED], ["-r", DELIVERED],
                          ["analyze", "-r", DELIVERED], ["--", DELIVERED],
                          [DELIVERED, "--format", "text"], ["--form=text", DELIVERED],
                          ["-r", DELIVERED, "port", "25"], [DELIVERED, "--filter", "port 25"]):
            self.assertEqual(self.run_ok(*arguments).out, expected, arguments)

    def test_a_filter_in_tcpdumps_way_applies(self):
        done = self.run_ok("-r", DELIVERED, "not", "port", "25")
        self.assertIn("0 SMTP sessions", done.out)

    def test_explain_takes_a_line_in_one_word_or_in_many(self):
        one = self.run_ok("explain", "550 5.7.1 some text").out
        self.assertEqual(self.run_ok("explain", "550", "5.7.1", "some", "text").out, one)
        self.assertIn("550", one)

    def test_explain_and_compare_show_no_control_octets(self):
        for arguments in (["explain", "550 5.7.1 \x1b[31mred\x07"], ["explain", "\x1b]0;x\x07"],
                          ["compare", "250", "\x1b[2J"], ["compare", "\x1b[2J", "250"]):
            done = smtpscope(*arguments)
            self.assert_sound(done)
            self.assertIn(done.status, (0, 2))
            for text in (done.out, done.err):
                self.assertNotIn("\x1b", text)
                self.assertNotIn("\x07", text)

    def test_a_code_that_is_none_is_a_wrong_argument(self):
        for arguments in (["explain", "nonsense"], ["compare", "250", "nonsense"]):
            done = smtpscope(*arguments)
            self.assertEqual((done.status, done.out), (2, ""), arguments)
            self.assertTrue(done.lines[0].startswith("smtpscope: "))

    def test_the_references_list_what_they_know(self):
        codes = self.run_ok("codes").out
        for code in ("235", "250", "354", "500", "502", "530", "550", "x.7.1", "x.7.26"):
            self.assertRegex(codes, rf"(?m)^\s*{re.escape(code)}\b")
            line = code.replace("x", "5")
            self.assertEqual(self.run_ok("explain", line).out.split("  ")[0], line)
        self.assertIn("SMTP 250 OK vs 354 Start Mail Input",
                      self.run_ok("compare", "250", "354").out)

    def test_findings_are_those_of_the_documentation(self):
        """docs/findings.md is written from the table (docs/findings checks that), so this is it."""
        page = (TOP / "docs" / "findings.md").read_text(encoding="utf-8")
        rows = re.findall(r"(?m)^## (\S+)\n\nSeverity: (\w+)\. Reference: (.*)\.\n\n(.*)$", page)
        listed = re.findall(r"(?m)^(\S+)  (\w+)  (.*)\n((?:    .*\n)+)",
                            self.run_ok("findings").out)
        self.assertEqual([row[:3] + (" ".join(row[3].split()),) for row in listed], rows)
        self.assertGreater(len(rows), 50)


if __name__ == "__main__":
    unittest.main()
