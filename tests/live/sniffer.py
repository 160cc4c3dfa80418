"""smtpscope live and, beside it, tcpdump, on one interface; and the mark that ends a watch."""

import json
import os
import socket
import struct

import sessions
from namespaces import WORK
from network import CLIENT4, SERVER4
from running import Running, wait_until

MARK_PORT = 465  # nothing listens there, and smtpscope follows it

SMTPSCOPE = os.environ.get("SMTPSCOPE", "")
# Under the sanitizers everything is slower and larger, and the system call filter is left out.
IS_SANITIZED = bool(os.environ.get("SMTPSCOPE_SANITIZERS"))


class Live(Running):
    """`smtpscope live -i INTERFACE OPTION...` in a namespace; it sniffs when this returns. `prefix`
    is a command that starts it."""

    def __init__(self, test, namespace, interface, *options, prefix=(), program=SMTPSCOPE,
                 form="ndjson", **popen_options):
        command = [*prefix, program, "live", "-i", interface, "-f", form, *options]
        super().__init__(test, namespace.command(*command), **popen_options)
        # Before that, libpcap may already take packets, and lose some while it sets the filter.
        self.wait_until(self.is_listening, "listening")

    def records(self):
        """What standard output has of sessions, numbers in order."""
        return sessions.by_number(json.loads(line) for line in self.out())

    def wait_for_sessions(self, count):
        self.wait_until(lambda: len(self.out()) >= count, f"{count} sessions reported")

    def interrupt_cleanly(self):
        status = self.interrupt()
        if status != 0:
            raise AssertionError(f"after SIGINT: exit {status}\n{self}")


class Tcpdump(Running):
    """Keeps every packet of an interface in `file`. Without options of its own it has much room
    for packets to come, and writes them as it gets them. That is up to a second later, but in its
    immediate mode libpcap has room for few packets, each of the largest size."""

    CAREFUL = ("-U", "-B", "65536", "--time-stamp-precision=nano")

    def __init__(self, test, namespace, interface, file, options=CAREFUL):
        super().__init__(test, namespace.command(
            "tcpdump", "-i", interface, "-w", file, "-n", "-Z", "root", *options))
        self.file = file
        self.wait_until(self.is_listening, "listening")

    def has(self, octets):
        return self.file.exists() and octets in self.file.read_bytes()


class Watch:
    """Both sniffers over one scenario. `live` also keeps what it analyses, so that its report can
    be held against two files: its own, octet for octet, and that of another program."""

    count = 0

    def __init__(self, test, namespace, interface, options=(), both=()):
        Watch.count += 1
        self._test = test
        self._both = both
        self.folder = WORK / f"watch{Watch.count}"
        self.folder.mkdir()
        self.kept = self.folder / "live.pcap"
        self.tcpdump = Tcpdump(test, namespace, interface, self.folder / "tcpdump.pcap")
        # Room for a burst of the 20 MB that one scenario sends.
        self.live = Live(test, namespace, interface, "-w", self.kept, "-B", "65536",
                         *options, *both)

    def mark(self):
        """Waits until both sniffers have got all that was sent before: a connection is refused
        after it, which is a session of its own at once."""
        port = refused_connection()
        self.live.wait_until(lambda: any(_is_mark(r) and r["client"]["port"] == port
                                         for r in self.live.records()), "the mark's session")
        reset = (socket.inet_aton(SERVER4) + socket.inet_aton(CLIENT4) +
                 struct.pack(">HH", MARK_PORT, port))
        wait_until(lambda: self.tcpdump.has(reset), "the mark's packets in tcpdump's file")

    def finish(self):
        """Ends both after a mark; returns the records, which agree with both files."""
        self.mark()
        self.live.interrupt_cleanly()
        self.tcpdump.interrupt()
        records = self.live.records()
        self.agree(records, self.kept, is_same_capture=True)
        self.agree(records, self.tcpdump.file, is_same_capture=False)
        return without_marks(records)

    def agree(self, records, file, is_same_capture):
        lines = sessions.differences(records, sessions.analyze(file, *self._both), is_same_capture)
        if lines:
            self._test.fail(f"live and analyze of {file.name}: {len(lines)} differences:\n" +
                            "\n".join([*lines[:20], str(self.live), str(self.tcpdump)]))


def refused_connection():
    """The client's port of a connection that the server refuses."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.bind((CLIENT4, 0))
        try:
            client.connect((SERVER4, MARK_PORT))
        except ConnectionRefusedError:
            return client.getsockname()[1]
    raise AssertionError(f"port {MARK_PORT} was not refused")


def _is_mark(record):
    return record["server"] == {"ip": SERVER4, "port": MARK_PORT}


def without_marks(records):
    return [record for record in records if not _is_mark(record)]
