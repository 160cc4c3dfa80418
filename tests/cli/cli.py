"""What the tests of the command line share: running the program, and making small captures."""

import os
import pathlib
import struct
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
CAPTURES = TOP / "captures"
DELIVERED = CAPTURES / "01-postfix-pipelining.pcap"
GREYLIST = CAPTURES / "14-450-greylist.pcap"  # one message refused and one delivered, and more
REFUSED = CAPTURES / "12-550-unknown-554-relay.pcap"

CRASH_MARKS = ("Sanitizer", "runtime error:", "Assertion")

ETHERNET = 1


class Done:
    def __init__(self, status, out, err):
        self.status = status
        self.octets = out
        self.out = out.decode("utf-8", "surrogateescape")
        self.err = err.decode("utf-8", "surrogateescape")
        self.lines = self.err.splitlines()


def environment(changes=None):
    result = {name: value for name, value in os.environ.items()
              if name not in ("NO_COLOR", "COLUMNS", "LANG", "LC_ALL", "LC_MESSAGES", "TERM", "TZ")}
    result.update({"TZ": "UTC", "LC_ALL": "C.UTF-8"})
    for name, value in (changes or {}).items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result


def smtpscope(*arguments, stdin=b"", env=None, **options):
    done = subprocess.run([os.environ["SMTPSCOPE"], *map(os.fspath, arguments)], input=stdin,
                          capture_output=True, timeout=100, env=environment(env), **options)
    return Done(done.returncode, done.stdout, done.stderr)


def pcap(frames, link_type=ETHERNET, snap=262144, order="<"):
    """A capture file of (seconds, frame), in the byte order of struct."""
    octets = struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snap, link_type)
    for seconds, frame in frames:
        whole, micro = divmod(round(seconds * 1_000_000), 1_000_000)
        octets += struct.pack(order + "IIII", whole, micro, len(frame), len(frame)) + frame
    return octets


def sum_of(octets):
    """RFC 1071."""
    octets += bytes(len(octets) % 2)
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def good_checksum(pseudo, segment):
    return 0xFFFF - sum_of(pseudo + segment)


def bad_checksum(pseudo, segment):
    return good_checksum(pseudo, segment) ^ 0x0100


def partial_checksum(pseudo, segment):
    """What stands there while the card is yet to do the rest."""
    return sum_of(pseudo)


class Talk:
    """The frames of one TCP connection, put together by hand."""

    def __init__(self, client_port=40000, server_port=25, start=1_795_482_123.0):
        self.ports = {"C": client_port, "S": server_port}
        self.next = {"C": 1000, "S": 5000}
        self.at = start
        self.frames = []

    def _send(self, side, flags, payload=b"", **odd):
        self.segment(side, flags, payload, **odd)
        self.next[side] += len(payload) + (1 if flags & 0x03 else 0)

    def segment(self, side, flags, payload=b"", ahead=0, acknowledges=None, options=b"",
                checksum=good_checksum):
        """A segment out of the dialogue, `ahead` of its side's next octet."""
        other = "S" if side == "C" else "C"
        address = {"C": bytes((192, 0, 2, 1)), "S": bytes((198, 51, 100, 25))}
        if acknowledges is None:
            acknowledges = self.next[other] if flags & 0x10 else 0
        head = struct.pack(">HHIIBBH", self.ports[side], self.ports[other],
                           (self.next[side] + ahead) % 2**32, acknowledges % 2**32,
                           (20 + len(options)) << 2, flags, 64240)
        rest = bytes(2) + options + payload
        pseudo = address[side] + address[other] + struct.pack(">HH", 6, len(head + rest) + 2)
        tcp = head + struct.pack(">H", checksum(pseudo, head + rest)) + rest
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, address[side],
                         address[other])
        self.frames.append((self.at, bytes(12) + b"\x08\x00" + ip + tcp))
        self.at += 0.01

    def open(self):
        self._send("C", 0x02)
        self._send("S", 0x12)
        self._send("C", 0x10)
        return self

    def client(self, octets):
        self._send("C", 0x18, octets)
        return self

    def server(self, octets):
        self._send("S", 0x18, octets)
        return self

    def close(self):
        self._send("C", 0x11)
        self._send("S", 0x11)
        self._send("C", 0x10)
        return self

    def pcap(self):
        return pcap(self.frames)


def simple_talk(banner=b"220 mx.example ESMTP\r\n", **options):
    """A session that ends in good order and sends nothing."""
    return (Talk(**options).open().server(banner).client(b"EHLO client.example\r\n")
            .server(b"250 mx.example\r\n").client(b"QUIT\r\n").server(b"221 bye\r\n").close())


class CliTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = pathlib.Path(self._folder.name)

    def file(self, name, octets):
        path = self.folder / name
        path.write_bytes(octets)
        return path

    def run_ok(self, *arguments, **options):
        done = smtpscope(*arguments, **options)
        self.assertEqual((done.status, done.err), (0, ""), arguments)
        return done

    def assert_sound(self, done):
        for mark in CRASH_MARKS:
            self.assertNotIn(mark, done.err)
        self.assertGreaterEqual(done.status, 0)

    def assert_one_line(self, done, *parts):
        """One problem, one line, and it begins with the program's name."""
        self.assert_sound(done)
        self.assertEqual(len(done.lines), 1, done.err)
        self.assertTrue(done.lines[0].startswith("smtpscope: "), done.err)
        for part in parts:
            self.assertIn(part, done.lines[0])
