"""Capture files of any size, full of deliveries that overlap: what tools/bench-live plays."""

import itertools
import struct

HEADERS = b"Subject: bench\r\nMessage-ID: <%d@client.example>\r\n\r\n"
LINE = b"All work and no play makes a dull message, and sixty octets.\r\n"
SEGMENT = 1448  # of an Ethernet's MTU, with TCP's timestamps
CLIENT_MAC, SERVER_MAC = b"\x02\x00\x00\x00\x00\x0c", b"\x02\x00\x00\x00\x00\x05"

SYN, FIN, ACK, PUSH_ACK = 0x02, 0x11, 0x10, 0x18


class Delivery:
    """One session; frames() gives its frames in order."""

    def __init__(self, number, octets, segment):
        self._number = number
        self._segment = segment
        self._octets = octets
        self._next = {"C": 1000 + number * 7919, "S": 5000 + number * 104729}
        self._address = {"C": bytes((192, 0, 2, 1 + number // 60000 % 250)),
                         "S": bytes((198, 51, 100, 25))}
        self._port = {"C": 1025 + number % 60000, "S": 25}

    def _frame(self, side, flags, payload=b""):
        other = "S" if side == "C" else "C"
        acknowledged = self._next[other] & 0xFFFFFFFF if flags & ACK else 0
        tcp = struct.pack(">HHIIBBHHH", self._port[side], self._port[other],
                          self._next[side] & 0xFFFFFFFF, acknowledged, 5 << 4, flags, 64240, 0, 0)
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), 0, 0x4000, 64, 6, 0,
                         self._address[side], self._address[other])
        self._next[side] += len(payload) + (1 if flags & 0x03 else 0)
        macs = CLIENT_MAC + SERVER_MAC if other == "C" else SERVER_MAC + CLIENT_MAC
        return macs + b"\x08\x00" + ip + tcp + payload

    def _message(self):
        head = HEADERS % self._number
        return head + LINE * max(1, (self._octets - len(head)) // len(LINE)) + b".\r\n"

    def frames(self):
        yield self._frame("C", SYN)
        yield self._frame("S", SYN | ACK)
        yield self._frame("C", ACK)
        yield self._frame("S", PUSH_ACK, b"220 mx.example ESMTP\r\n")
        for command, reply in (
                (b"EHLO client.example", b"250-mx.example\r\n250-PIPELINING\r\n250 8BITMIME"),
                (b"MAIL FROM:<carol@client.example>", b"250 2.1.0 Ok"),
                (b"RCPT TO:<alice@mx.example>", b"250 2.1.5 Ok"),
                (b"DATA", b"354 End data with <CR><LF>.<CR><LF>")):
            yield self._frame("C", PUSH_ACK, command + b"\r\n")
            yield self._frame("S", PUSH_ACK, reply + b"\r\n")
        message = self._message()
        for at in range(0, len(message), self._segment):
            yield self._frame("C", PUSH_ACK, message[at:at + self._segment])
            if at // self._segment % 2:
                yield self._frame("S", ACK)
        yield self._frame("S", PUSH_ACK, b"250 2.0.0 Ok: queued as %X\r\n" % self._number)
        yield self._frame("C", PUSH_ACK, b"QUIT\r\n")
        yield self._frame("S", PUSH_ACK, b"221 2.0.0 Bye\r\n")
        yield self._frame("S", FIN)
        yield self._frame("C", FIN)
        yield self._frame("S", ACK)


def side_by_side(sessions, at_once):
    """The frames of all sessions, of so many at a time in turn."""
    waiting = iter(sessions)
    open_ones = [session.frames() for session in itertools.islice(waiting, at_once)]
    while open_ones:
        for i, frames in enumerate(open_ones):
            frame = next(frames, None)
            if frame is not None:
                yield frame
                continue
            following = next(waiting, None)
            open_ones[i] = following.frames() if following else iter(())
            if following is None:
                open_ones.pop(i)
                break


def write(path, count, octets, at_once=50, segment=SEGMENT):
    """A capture of `count` deliveries of about so many octets each, sent in segments of so many; the
    number of its frames."""
    frames = 0
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        sessions = (Delivery(number, octets, segment) for number in range(count))
        for frame in side_by_side(sessions, at_once):
            file.write(struct.pack("<IIII", 1_795_482_123 + frames // 1_000_000,
                                   frames % 1_000_000, len(frame), len(frame)) + frame)
            frames += 1
    return frames
