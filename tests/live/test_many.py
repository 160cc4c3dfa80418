#!/usr/bin/python3
"""Much at once: two hundred sessions side by side, and one message of 20 MB."""

import asyncio
import json
import signal

import clients
import namespaces
import sessions
from live_test import LiveTest, main
from network import SERVER4
from postfix import NOBODY, USER
from running import wait_until

SESSIONS = 200
LINE = b"All work and no play makes a dull message, and sixty octets.\r\n"


async def dialogue(everyone_is_here, number):
    """One session; every fourth names a recipient who is none."""
    reader, writer = await asyncio.open_connection(SERVER4, 25)
    await everyone_is_here(number)
    recipient = NOBODY if number % 4 == 0 else USER
    await expect(reader, b"220")
    for line, code in ((b"EHLO client.example", b"250"),
                       (b"MAIL FROM:<%s>" % clients.SENDER.encode(), b"250"),
                       (b"RCPT TO:<%s>" % recipient.encode(),
                        b"550" if recipient == NOBODY else b"250")):
        writer.write(line + b"\r\n")
        await expect(reader, code)
    if recipient == USER:
        writer.write(b"DATA\r\n")
        await expect(reader, b"354")
        writer.write(clients.MESSAGE + b".\r\n")
        await expect(reader, b"250")
    writer.write(b"QUIT\r\n")
    await expect(reader, b"221")
    writer.close()
    await writer.wait_closed()


async def expect(reader, code):
    while True:
        line = await reader.readline()
        if line[:3] != code:
            raise AssertionError(f"expected {code}, got {line}")
        if line[3:4] != b"-":
            return


async def side_by_side():
    """No session goes on before the last one is connected."""
    here = set()
    complete = asyncio.Event()

    async def everyone_is_here(number):
        here.add(number)
        if len(here) == SESSIONS:
            complete.set()
        await complete.wait()

    await asyncio.gather(*(dialogue(everyone_is_here, n) for n in range(SESSIONS)))


class Many(LiveTest):
    SMTPDS = 40

    def large_message(self):
        path = namespaces.WORK / "large"
        path.write_bytes(b"Subject: large\r\n\r\n" + LINE * (20_000_000 // len(LINE) + 1))
        return path

    def test_two_hundred_sessions_at_once(self):
        watch = self.watch()
        asyncio.run(side_by_side())
        records = watch.finish()
        self.assertEqual(len(records), SESSIONS)
        outcomes = [record["outcome"] for record in records]
        self.assertEqual(outcomes.count("rejected"), SESSIONS // 4)
        self.assertEqual(outcomes.count("delivered"), SESSIONS - SESSIONS // 4)
        last_begin = max(sessions.seconds(record["started"]) for record in records)
        first_end = min(sessions.seconds(record["ended"]) for record in records)
        self.assertLess(last_begin, first_end)

    def test_a_message_of_20_megabytes(self):
        path = self.large_message()
        watch = self.watch()
        clients.curl(file=path)
        record = self.only(watch.finish())
        self.assertEqual(record["outcome"], "delivered")
        message = record["messages"][0]
        self.assertEqual((message["octets"], message["lost_octets"]), (path.stat().st_size, 0))

    def test_drops_are_told(self):
        """A sniffer that does not get to run, in front of 2 MiB of buffer and 20 MB of mail."""
        kept, report = namespaces.WORK / "holes.pcap", namespaces.WORK / "holes.json"
        live = self.live("-w", kept, "-o", report)
        talk = clients.Talk().to_data()
        self.addCleanup(talk.close)
        wait_until(lambda: b"354 " in kept.read_bytes(), "the session being read")
        live.signal(signal.SIGSTOP)
        talk.send(self.large_message().read_bytes()).command(".", "250").command("QUIT", "221")
        live.signal(signal.SIGCONT)
        live.wait_until(lambda: any("dropped by the kernel" in line for line in live.err()),
                        "drops on standard error")
        clients.Talk().deliver().quit()
        live.wait_until(lambda: [r for r in live.records() if r["outcome"] == "delivered"],
                        "a session after them")
        live.interrupt_cleanly()
        whole = json.loads(report.read_text())
        dropped = whole["input"]["dropped_by_kernel"]
        self.assertGreater(dropped, 0)
        self.assertIn(f"{dropped:,} dropped by the kernel", live.err()[-1])
        self.assertEqual([record["outcome"] for record in live.records()],
                         ["incomplete", "delivered"])
        self.assertEqual(sessions.differences(live.records(), sessions.analyze(kept), True), [])


if __name__ == "__main__":
    main()
