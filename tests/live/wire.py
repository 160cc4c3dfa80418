#!/usr/bin/python3
"""The wire between the two hosts, when it misbehaves: passes frames between two interfaces, and
brings every so many late or not at all. Not every kernel has netem, and this one counts.

    wire.py INTERFACE INTERFACE LATE-EVERY LOST-EVERY

Only segments with payload, and of either way by itself. A late frame comes after the three frames
that follow it, or after 30 ms. Prints what it did when it gets SIGTERM.
"""

import selectors
import signal
import socket
import sys
import time

ETH_P_ALL = 3
OVERTAKEN_BY = 3
LATEST = 0.03
PACKET_OUTGOING = 4


class Way:
    """From one interface to the other."""

    def __init__(self, source, target, late_every, lost_every):
        self._source, self._target = source, target
        self._late_every, self._lost_every = late_every, lost_every
        self._seen = 0
        self._held = []  # [frame, when at the latest, frames that may still overtake it]
        self.late = self.lost = self.passed = 0

    def receive(self):
        frame, sender = self._source.recvfrom(65536)
        if sender[2] == PACKET_OUTGOING:
            return
        if payload_length(frame) == 0:
            self._send(frame)
            return
        self._seen += 1
        if self._lost_every and self._seen % self._lost_every == 0:
            self.lost += 1
        elif self._late_every and self._seen % self._late_every == 0:
            self.late += 1
            self._held.append([frame, time.monotonic() + LATEST, OVERTAKEN_BY])
        else:
            self._send(frame)
            self._overtaken()

    def _send(self, frame):
        self.passed += 1
        self._target.send(frame)

    def _overtaken(self):
        for held in self._held:
            held[2] -= 1
        self.release()

    def release(self):
        """Sends what has been held for long enough."""
        now = time.monotonic()
        ready = [held for held in self._held if held[2] <= 0 or held[1] <= now]
        self._held = [held for held in self._held if held not in ready]
        for held in ready:
            self._send(held[0])

    def holds(self):
        return bool(self._held)


def payload_length(frame):
    """Octets of TCP payload in an Ethernet frame with IPv4; 0 for everything else."""
    if frame[12:14] != b"\x08\x00" or frame[23] != socket.IPPROTO_TCP:
        return 0
    header = (frame[14] & 15) * 4
    total = int.from_bytes(frame[16:18], "big")
    return total - header - (frame[14 + header + 12] >> 4) * 4


def opened(interface):
    result = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    result.bind((interface, ETH_P_ALL))
    return result


def main():
    one, other = map(opened, sys.argv[1:3])
    every = [int(word) for word in sys.argv[3:5]]
    ways = Way(one, other, *every), Way(other, one, *every)
    selector = selectors.DefaultSelector()
    selector.register(one, selectors.EVENT_READ, ways[0])
    selector.register(other, selectors.EVENT_READ, ways[1])
    is_asked_to_end = []
    signal.signal(signal.SIGTERM, lambda *_: is_asked_to_end.append(True))
    print("passing", flush=True)
    while not is_asked_to_end:
        for key, _ in selector.select(0.005 if any(way.holds() for way in ways) else 0.2):
            key.data.receive()
        for way in ways:
            way.release()
    for word in ("passed", "late", "lost"):
        print(word, sum(getattr(way, word) for way in ways))


if __name__ == "__main__":
    main()
