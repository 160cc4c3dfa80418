"""Two hosts and the wire between them: the script is the client's host, `server` is the other.

            cli0 -------------------------- srv0              veth pair
            cli0 ---- wire0 [ wire ] wire1 ---- srv0          where the wire is to misbehave
"""

import array
import fcntl
import socket
import struct
import sys
import unittest

from namespaces import Here, Namespace, run

CLIENT4, SERVER4 = "192.0.2.1", "192.0.2.25"
CLIENT6, SERVER6 = "2001:db8::1", "2001:db8::25"

SIOCETHTOOL = 0x8946
ETHTOOL_STXCSUM = 0x17


class Network:
    """`has_wire`: a third namespace stands between the two, with an interface to each side."""

    def __init__(self, has_wire=False):
        self.client = Here()
        self.server = Namespace("server")
        self.wire = Namespace("wire") if has_wire else None
        if has_wire:
            _pair(self.client, "cli0", self.wire, "wire0")
            _pair(self.wire, "wire1", self.server, "srv0")
        else:
            _pair(self.client, "cli0", self.server, "srv0")
        self.server.run("ip", "link", "set", "lo", "up")
        _address(self.client, "cli0", CLIENT4 + "/24", CLIENT6 + "/64")
        _address(self.server, "srv0", SERVER4 + "/24", SERVER6 + "/64")

    def delete(self):
        """The names are free at once; what still runs in a namespace keeps it till it ends."""
        self.client.can("ip", "link", "del", "cli0")  # unless a test did
        for namespace in (self.server, self.wire):
            if namespace is not None:
                namespace.delete()

    def segment_in_software(self):
        """Makes the kernel send what a wire would carry: segments of one MTU with checksums."""
        for namespace, interface in ((self.client, "cli0"), (self.server, "srv0")):
            namespace.run(sys.executable, __file__, interface)


def _pair(one, name, other, other_name):
    """A veth pair, made in here and moved to where its ends belong."""
    run("ip", "link", "add", name, "type", "veth", "peer", "name", other_name)
    for namespace, end in ((one, name), (other, other_name)):
        if isinstance(namespace, Namespace):
            run("ip", "link", "set", end, "netns", namespace.name)
        # No link-local address: nothing but the tests' own packets, and no wait for its probing.
        namespace.run("ip", "link", "set", end, "addrgenmode", "none", "up")


def _address(namespace, interface, ipv4, ipv6):
    namespace.run("ip", "address", "add", ipv4, "dev", interface)
    namespace.run("ip", "address", "add", ipv6, "dev", interface, "nodad")


def leave_no_checksum_to_the_card(interface):
    """What `ethtool -K INTERFACE tx off` does; segmentation goes with it."""
    value = array.array("B", struct.pack("II", ETHTOOL_STXCSUM, 0))
    request = struct.pack("16sP", interface.encode(), value.buffer_info()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCETHTOOL, request)


def nft(namespace, rules):
    """Puts a rule set in place; `rules` is what stands in a chain of the input hook. Skips the
    test where the kernel has no nf_tables or not the expressions used."""
    probe = "add table inet probe"
    if not namespace.can("nft", probe):
        raise unittest.SkipTest("this kernel has no nf_tables")
    lines = "\n".join(f"        {rule}" for rule in rules)
    ruleset = ("table inet live {\n    chain input {\n"
               "        type filter hook input priority 0;\n" + lines + "\n    }\n}\n")
    if not namespace.can("nft", ruleset):
        raise unittest.SkipTest(f"this kernel's nf_tables does not know: {'; '.join(rules)}")


def nft_packets(namespace):
    """What the `counter`s of the rules have counted."""
    words = namespace.run("nft", "list", "table", "inet", "live").split()
    return sum(int(words[i + 1]) for i, word in enumerate(words) if word == "packets")


def nft_clear(namespace):
    namespace.run("nft", "delete", "table", "inet", "live")


if __name__ == "__main__":
    # An interface is spoken to from inside its namespace.
    leave_no_checksum_to_the_card(sys.argv[1])
