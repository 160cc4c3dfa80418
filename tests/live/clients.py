"""Mail clients: swaks and curl as their users call them, and one that can stop in the middle."""

import socket
import subprocess

from namespaces import run
from network import SERVER4
from postfix import USER

SENDER = "carol@client.example"
MESSAGE = b"Subject: test\r\nMessage-ID: <1@client.example>\r\n\r\nHello.\r\n"


def swaks(*options, to=USER, server=SERVER4):
    """Exit status of swaks; a refusal is not 0."""
    done = subprocess.run(["swaks", "--server", server, "--ehlo", "client.example", "--from",
                           SENDER, "--to", to, *options],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    return done.returncode


def curl(*options, to=USER, server=SERVER4, port=25, file=None):
    """Sends a message, from `file` if given; raises where curl says that it was not taken."""
    host = f"[{server}]" if ":" in server else server
    url = f"smtp://{host}:{port}/client.example"
    if file is not None:
        return run("curl", "-sS", *options, url, "--mail-from", SENDER, "--mail-rcpt", to,
                   "--upload-file", file)
    done = subprocess.run(["curl", "-sS", *options, url, "--mail-from", SENDER, "--mail-rcpt", to,
                           "--upload-file", "-"], input=MESSAGE, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"curl: exit {done.returncode}: {done.stderr.decode()}")
    return done.stdout


class Talk:
    """A client that says what it is told, line by line."""

    def __init__(self, server=SERVER4, port=25):
        self._socket = socket.create_connection((server, port), timeout=40)
        self._file = self._socket.makefile("rb")

    @property
    def port(self):
        return self._socket.getsockname()[1]

    def expect(self, code):
        """Reads one reply, of any number of lines."""
        while True:
            line = self._file.readline().decode()
            if line[:3] != code:
                raise AssertionError(f"expected {code}, got {line!r}")
            if line[3:4] != "-":
                return self

    def send(self, octets):
        self._socket.sendall(octets)
        return self

    def command(self, line, code):
        return self.send(line.encode() + b"\r\n").expect(code)

    def to_data(self):
        """From the greeting to the 354."""
        self.expect("220").command("EHLO client.example", "250")
        self.command(f"MAIL FROM:<{SENDER}>", "250").command(f"RCPT TO:<{USER}>", "250")
        return self.command("DATA", "354")

    def deliver(self):
        """A whole session but for its end."""
        return self.to_data().send(MESSAGE).command(".", "250")

    def quit(self):
        self.command("QUIT", "221")
        self.close()

    def close(self):
        self._file.close()
        self._socket.close()
