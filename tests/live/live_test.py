"""What the test scripts of this folder share: each is run by itself and goes into namespaces."""

import unittest

import namespaces
from network import Network
from postfix import Postfix
from sniffer import Live, Watch


class LiveTest(unittest.TestCase):
    """One network and one Postfix for all tests of a class."""

    HAS_WIRE = False
    HAS_POSTFIX = True
    builds = 0
    SMTPDS = 20  # sessions that Postfix serves at once

    @classmethod
    def setUpClass(cls):
        cls.build(cls, cls.addClassCleanup)

    def build(self, add_cleanup):
        """`self` is what the network belongs to: the class, or one test."""
        self.network = Network(has_wire=self.HAS_WIRE)
        add_cleanup(self.network.delete)
        if self.HAS_POSTFIX:
            builds = LiveTest.builds = LiveTest.builds + 1
            postfix = Postfix(self.network.server, namespaces.WORK / f"postfix{builds}",
                              self.SMTPDS)
            add_cleanup(postfix.stop)

    def watch(self, *options, interface="srv0", both=()):
        """Both sniffers on an interface of the server's; `both` are options that `analyze` gets
        as well."""
        return Watch(self, self.network.server, interface, options, both)

    def live(self, *options, **more):
        return Live(self, self.network.server, "srv0", *options, **more)

    def only(self, records):
        self.assertEqual(len(records), 1, records)
        return records[0]


def main():
    namespaces.enter()
    unittest.main(verbosity=2, warnings="ignore")
