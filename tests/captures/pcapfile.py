"""Capture files taken apart and put together again, just enough to cut them at a packet.

pcap: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html
pcapng: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html
"""

import struct

SECTION_HEADER = 0x0A0D0D0A
INTERFACE = 1
ENHANCED_PACKET = 6
SIMPLE_PACKET = 3


class Packet:
    def __init__(self, octets, stamp, frame):
        self.octets = octets  # as it stands in the file, header included
        self.stamp = stamp  # in units of the file's own; only the order is of use
        self.frame = frame  # what was captured


class CaptureFile:
    """`head` (all that must stand before any packet) and `packets`."""

    def __init__(self, octets):
        self.head = b""
        self.packets = []
        self.is_fine = False  # the header says finer than microseconds
        self.boundaries = set()  # lengths at which the file may end without being damaged
        magic = octets[:4]
        if struct.unpack("<I", magic)[0] == SECTION_HEADER:
            self._read_pcapng(octets)
        else:
            order = "<" if magic in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
            self.is_fine = magic in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d")
            self._read_pcap(octets, order)

    def _read_pcap(self, octets, order):
        self.head = octets[:24]
        at = 24
        self.boundaries.add(at)
        while at < len(octets):
            seconds, fraction, kept, _ = struct.unpack_from(order + "IIII", octets, at)
            end = at + 16 + kept
            self.packets.append(
                Packet(octets[at:end], (seconds, fraction), octets[at + 16:end]))
            at = end
            self.boundaries.add(at)

    def _read_pcapng(self, octets):
        order = "<" if struct.unpack_from("<I", octets, 8)[0] == 0x1A2B3C4D else ">"
        at = 0
        while at < len(octets):
            kind, length = struct.unpack_from(order + "II", octets, at)
            block = octets[at:at + length]
            if kind in (SECTION_HEADER, INTERFACE):
                self.head += block
                # if_tsresol: option 9 of one octet, a power of ten.
                resolution = block.find(struct.pack(order + "HH", 9, 1))
                if kind == INTERFACE and resolution >= 16:
                    self.is_fine = block[resolution + 4] > 6
            elif kind == ENHANCED_PACKET:
                high, low, kept = struct.unpack_from(order + "III", block, 12)
                self.packets.append(Packet(block, (high, low), block[28:28 + kept]))
            at += length
            self.boundaries.add(at)

    def octets_of(self, packets):
        return self.head + b"".join(packet.octets for packet in packets)

    def cuts(self, most):
        """Up to `most` packet numbers, evenly spread, where all before are older than all after."""
        count = len(self.packets)
        newest = None
        later = [None] * (count + 1)
        for i in range(count - 1, -1, -1):
            stamp = self.packets[i].stamp
            later[i] = stamp if later[i + 1] is None else min(stamp, later[i + 1])
        good = []
        for i in range(1, count):
            stamp = self.packets[i - 1].stamp
            newest = stamp if newest is None else max(newest, stamp)
            if newest < later[i]:
                good.append(i)
        step = max(1, len(good) // most)
        return good[::step][:most]


def ends_of(packet):
    """Sender and receiver, (address, port) each, of the TCP segment in an Ethernet frame."""
    frame = packet.frame
    at = 12
    while frame[at:at + 2] in (b"\x81\x00", b"\x88\xa8"):
        at += 4
    kind = frame[at:at + 2]
    at += 2
    if kind == b"\x08\x00":
        transport = at + (frame[at] & 15) * 4
        addresses = frame[at + 12:at + 16], frame[at + 16:at + 20]
    elif kind == b"\x86\xdd":
        transport = at + 40
        addresses = frame[at + 8:at + 24], frame[at + 24:at + 40]
    else:
        return None
    ports = struct.unpack_from(">HH", frame, transport)
    return tuple(zip(addresses, ports))


def zstd_of(octets):
    """A zstd frame of raw blocks (RFC 8878 3.1.1): no compressor is needed to test reading one."""
    out = b"\x28\xb5\x2f\xfd" + b"\x00\x58"  # no size, no checksum; a window of 2 MiB
    at = 0
    while True:
        block = octets[at:at + 65536]
        at += len(block)
        last = at >= len(octets)
        out += struct.pack("<I", (len(block) << 3) | (1 if last else 0))[:3] + block
        if last:
            return out
