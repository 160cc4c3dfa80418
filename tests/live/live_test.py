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
    SMTPDS = 20  # sessions that Postfix serves at once

    @classmethod
    def setUpClass(cls):
        cls.network = Network(has_wire=cls.HAS_WIRE)
        cls.addClassCleanup(cls.network.delete)
        if cls.HAS_POSTFIX:
            cls.postfix = Postfix(cls.network.server, namespaces.WORK / cls.__name__, cls.SMTPDS)
            cls.addClassCleanup(cls.postfix.stop)

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
