#!/usr/bin/env python3
"""Makes the fuzz targets' first inputs of captures, dialogues and command lines in the tree.

usage: tests/fuzz/seeds.py FOLDER    writes FOLDER/MODULE/NAME for every module

What the corpora hold is what libFuzzer left of these and of its own: tools/fuzz.sh --merge.
"""
import gzip
import pathlib
import re
import struct
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
CLIENT, SERVER = 0, 1
FILE_MAX = 6000  # octets of a capture; what is cut off cuts a packet too


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    to = Writer(pathlib.Path(sys.argv[1]))
    for path in sorted((TOP / "captures").glob("*.pcap*")):
        of_capture(to, path.stem, path.read_bytes())
    for path in sorted((TOP / "tests/dialogs").glob("*.dialog")):
        of_dialog(to, path.stem, path.read_text())
    of_lists(to)


class Writer:
    def __init__(self, folder):
        self.folder = folder

    def put(self, module, name, octets):
        folder = self.folder / module
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(octets)


def frames_of_pcap(octets):
    order = "<" if octets[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link_type = struct.unpack_from(order + "I", octets, 20)[0]
    at = 24
    while at + 16 <= len(octets):
        kept, sent = struct.unpack_from(order + "II", octets, at + 8)
        yield link_type, octets[at + 16:at + 16 + kept], sent
        at += 16 + kept


def frames_of_pcapng(octets):
    at, link_type = 0, 1
    while at + 12 <= len(octets):
        kind, size = struct.unpack_from("<II", octets, at)
        if kind == 1:
            link_type = struct.unpack_from("<H", octets, at + 8)[0]
        if kind == 6:
            kept, sent = struct.unpack_from("<II", octets, at + 20)
            yield link_type, octets[at + 28:at + 28 + kept], sent
        at += size


def frames_of(octets):
    if octets[:4] == b"\x0a\x0d\x0d\x0a":
        return list(frames_of_pcapng(octets))
    return list(frames_of_pcap(octets))


def ip_of(link_type, frame):
    """The octets from the IP header on."""
    at = {1: 12, 113: 14, 276: 0}.get(link_type)
    if at is None:
        return b""
    if link_type == 276:
        return frame[20:]
    while frame[at:at + 2] == b"\x81\x00":
        at += 4
    return frame[at + 2:]


def segment_of(ip):
    """(addresses and ports, sequence, flags, payload), or None."""
    if not ip:
        return None
    if ip[0] >> 4 == 4 and ip[9] == 6:
        ends = ip[12:16], ip[16:20]
        tcp = ip[(ip[0] & 15) * 4:struct.unpack_from(">H", ip, 2)[0] or None]
    elif ip[0] >> 4 == 6 and ip[6] == 6:
        ends = ip[8:24], ip[24:40]
        tcp = ip[40:40 + struct.unpack_from(">H", ip, 4)[0]]
    else:
        return None
    if len(tcp) < 20:
        return None
    ports = struct.unpack_from(">HH", tcp)
    key = (ends[0], ports[0]), (ends[1], ports[1])
    return key, struct.unpack_from(">I", tcp, 4)[0], tcp[13], tcp[(tcp[12] >> 4) * 4:]


def conversations(frames):
    """Lists of (side, octets) in the order of the packets, repetitions left out."""
    talks, seen = {}, set()
    for link_type, frame, _ in frames:
        found = segment_of(ip_of(link_type, frame))
        if found is None or not found[3] or (found[0], found[1]) in seen:
            continue
        key, sequence, _, payload = found
        seen.add((key, sequence))
        side = SERVER if key[0][1] in (25, 465, 587, 2525) else CLIENT
        talk = talks.setdefault(frozenset(key), [])
        if talk and talk[-1][0] == side:
            talk[-1][1] += payload
        else:
            talk.append([side, bytearray(payload)])
    return list(talks.values())


def literal(octets):
    """As fuzz/turns.h has it: what parts turns is made literal."""
    return re.sub(rb"[\xf8-\xfd\xff]", lambda m: b"\xff" + m.group(), bytes(octets))


def turns(talk, most=1500):
    return b"".join((b"\xf8", b"\xf9")[side] + literal(octets[:most]) for side, octets in talk)


def of_talk(to, name, talk):
    written = turns(talk)
    to.put("smtp_parser", name, b"\0\7" + written)
    to.put("conversation", name, b"\0\0\x50\x40" + written)
    for side, octets in talk:
        if side == CLIENT and b"\n.\r\n" in octets or b"Subject" in octets:
            to.put("content", name, b"\0\3" + literal(octets[:3000]))
    replies = b"".join(bytes(octets[:400]) for side, octets in talk if side == SERVER)
    to.put("reply", name, b"\x05" + replies[:1500])
    tls = [i for i, (side, octets) in enumerate(talk) if octets[:2] == b"\x16\x03"]
    if tls:
        to.put("tls_handshake", name, b"\x09" + turns(talk[tls[0]:tls[0] + 6]))
        to.put("tls_record", name, bytes(talk[tls[0]][1][:8]))


def of_capture(to, name, octets):
    frames = frames_of(octets)
    for module in "pcap_file", "capture":
        to.put(module, name, b"\x04" + octets[:FILE_MAX])
    to.put("pcap_file", name + ".gz", b"\0" + gzip.compress(octets[:FILE_MAX], mtime=0))
    link_type = frames[0][0]
    packed = [b"\0" + struct.pack(">H", len(f)) + f for _, f, _ in frames[:8] if len(f) < 700]
    to.put("frame", name, struct.pack(">HB", link_type, 1) + b"".join(packed))
    ip = [ip_of(link_type, f) for _, f, _ in frames[:3] if len(f) < 700]
    for kind, head in (101, b""), (0, b"\2\0\0\0"), (108, b"\0\0\0\2"), (113, b"\0" * 14 + b"\x08\0"):
        packed = [b"\0" + struct.pack(">H", len(head + p)) + head + p for p in ip]
        to.put("frame", f"{name}-{kind}", struct.pack(">HB", kind, 0) + b"".join(packed))
    for i, talk in enumerate(conversations(frames)[:2]):
        of_talk(to, f"{name}-{i}", talk)


def unescape(text):
    plain = {"r": b"\r", "n": b"\n", "0": b"\0"}

    def one(match):
        what = match.group(1)
        return bytes([int(what[1:], 16)]) if what[0] == "x" and len(what) == 3 else plain.get(
            what, what.encode())
    parts = re.split(r"(\\(?:x[0-9a-fA-F]{2}|.))", text)
    return b"".join(one(re.match(r"\\(.*)", p)) if p[:1] == "\\" else p.encode() for p in parts)


def of_dialog(to, name, text):
    """See tests/support/script.h."""
    out, option = bytearray(), 0
    for line in text.split("\n---\n")[0].splitlines():
        option |= line == "midstream"
        match = re.match(r"([CS])([:|+*!]) ?(.*)", line)
        if line.startswith("wait "):
            out += b"\xfc\xff"
        if not match:
            continue
        side, how, rest = match.groups()
        if how == "!":
            out += bytes([0xfa + (side == "S"), min(int(rest) - 1, 199)])
            continue
        times = 1
        if how == "*":
            times, rest = rest.split(" ", 1)
        octets = literal(unescape(rest)) + (b"\r\n" if how == ":" else b"")
        if how != "+":
            out += b"\xf9" if side == "S" else b"\xf8"
        out += octets
        for _ in range((int(times) - 1) // 255):
            out += b"\xfd\xff"
    to.put("smtp_parser", name, bytes([option, 7]) + out[:4000])
    to.put("conversation", name, bytes([0, 3 * option, 7, 5]) + out[:4000])


def segment(flags, offset, length, acknowledged=0, time=1, window=200):
    return struct.pack(">BHBHBB", flags, offset, length, acknowledged, time, window)


def of_lists(to):
    tracker = {
        "in_order": [segment(0, 1, 20), segment(1, 1, 30, 21), segment(0, 21, 9, 31),
                     segment(4, 30, 0, 31), segment(5, 31, 0, 31)],
        "out_of_order": [segment(0, 41, 20), segment(0, 1, 20), segment(0, 21, 20)],
        "overlap": [segment(0, 11, 20), segment(32, 1, 20), segment(0, 1, 40, 0, 20)],
        "gap": [segment(0, 61, 20), segment(1, 1, 9, 200), segment(1, 10, 9, 200, 20)],
        "reset": [segment(0, 1, 20), segment(9, 1, 0, 21), segment(0, 21, 20)],
        "neighbours": [segment(128, 1, 20, i) for i in range(8)],
        "syn_again": [segment(2, 7, 0), segment(3, 7, 0), segment(0, 1, 4)],
    }
    for name, segments in tracker.items():
        for mode in 0, 1, 3, 4, 5, 9:
            to.put("tracker", f"{name}-{mode}", bytes([mode, 9, 0]) + b"".join(segments))
    pieces = [struct.pack(">BBHBB", 0, 1, 0, 10, 0), struct.pack(">BBHBB", 0, 1, 10, 10, 0),
              struct.pack(">BBHBB", 9, 1, 20, 1, 0)]
    to.put("fragments", "in_order", b"".join(pieces))
    to.put("fragments", "reversed", b"".join(reversed(pieces)))
    to.put("fragments", "overlap", b"".join([pieces[0], pieces[0], *pieces]))
    to.put("fragments", "late", pieces[0] + struct.pack(">BBHBB", 1, 1, 10, 10, 255))
    for i in range(8):
        to.put("redact", f"exchange-{i}", bytes([7, 0, 7 * i, 2, 0, 35 * i, 130, 66, 3, 6, i]))
    texts(to)


def texts(to):
    bodies = [b"=?utf-8?Q?caf=C3=A9?=", b"=?iso-2022-jp?B?GyRCJDMkcxsoQg==?=",
              b"=?utf-8?b?w6k=?=\r\n =?utf-8?b?w6k=?=", b"plain \xc3\xa9 \xff\r\n\tfolded",
              b"=?utf-7?q?+AOk-?= =?big5?b?pKQ=?= =?x-odd?q?a?=", b"=?koi8-r*ru?Q?=F0?="]
    for i, body in enumerate(bodies):
        to.put("header_text", f"body-{i}", b"\x20" + body)
    shown = [b"plain", b"caf\xc3\xa9 \xe2\x80\xae \x1b[31m", b"\\x41\\x4", b"\xc2\x85\xff\xed\xa0\x80",
             "e\u0301\u0301\u0301\u0301\u0301".encode(), "\U0001f600\u3042\u2028".encode()]
    for i, octets in enumerate(shown):
        to.put("escape", f"text-{i}", b"\x05" + octets)
    to.put("json_writer", "values", bytes(range(40)) * 3 + b"\xff\xfe\x0c\x0c\x02" + bytes(range(90)))
    for i, octets in enumerate([b"5.7.26", b"5.1.1 User", b"4.999.999", b"18446744073709551615",
                                b"AHVzZXIAcGFzcw==", b"MAIL FROM:<a@b>", b"a" * 70 + b"\r\n\0\x80"]):
        to.put("reply_code", f"text-{i}", octets)
    catalogs(to)
    lines = [l.split("#")[0].split(None, 2) for l in (TOP / "tests/golden/cases.txt").open()]
    words = {" ".join(l[2:]).strip() for l in lines if len(l) > 1}
    words |= {"live -i eth0 -w out.pcap -C 1 -G 60 -W 3 -Z nobody --duration 5m --stats 10",
              "-r a.pcap tcp port 25 and host 192.0.2.1", "--since 2026-11-24T01:02:03.5+02:00 a",
              "--until 1795482123.5 --client [2001:db8::1]:25 --server 192.0.2.1:25 a",
              "--ports +2525,26 --code 5xx,550,5.7.1 --outcome rejected --finding bare-lf a",
              "--filter ip6[40]=6&&vlan analyze a -o b.json --format ndjson --lang fr",
              "compare 250 550", "explain 550 5.7.1 no", "help analyze", "live --metrics [::1]:9"}
    for i, line in enumerate(sorted(words)):
        to.put("options", f"line-{i}", line.encode().replace(b" ", b"\0"))
    pasted = [b"550", b"550 5.7.1 Message rejected", b"5.1.1", b"250-a\n250-b\n250 c",
              b"postfix/smtp[1]: AB: to=<a@b>, relay=mx[192.0.2.25]:25, delay=300, dsn=5.1.1, "
              b"status=bounced (host mx[192.0.2.25] said: 550 5.1.1 <a@b>: User unknown (in reply "
              b"to RCPT TO command))", b"421-4.7.0 try\n421 4.7.0 later", b"x.7.26", b"599 what"]
    for i, line in enumerate(pasted):
        to.put("explain", f"reply-{i}", b"\x50" + line)


def catalogs(to):
    whole = '"title":"t","description":"d","when_seen":"w","fix":"f"'
    sections = [
        '"codes":[{"code":550,%s},{"code":298,%s}]' % (whole, whole),
        '"enhanced":[{"enhanced":"x.7.1",%s,"by_class":{"5":{"fix":"g"}}}]' % whole,
        '"specific":[{"code":[550,551],"enhanced":[null,"5.9.1"],"verb":["MAIL","."],%s}]' % whole,
        '"phrases":[{"phrase":["user unknown","no such"],"code":550,"add":"A sentence."}]',
        '"phrases":[{"phrase":"blocked","enhanced":"x.7.1","verb":"RCPT","replace":{%s}}]' % whole,
        '"labels":{"fr":{"description":"1","when_seen":"2","fix":"3","key_differences":"4",'
        '"when_to_use":"5"}}', '"classes":{}', '"codes":[{"code":"550"}]',
    ]
    for i, section in enumerate(sections):
        to.put("catalog", f"small-{i}", ('{"schema":"smtpscope.catalog/1",%s}' % section).encode())
    to.put("catalog", "list", b"[]")


main()
