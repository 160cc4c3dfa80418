#!/usr/bin/python3
"""The interface goes away, goes down, or was never there; and what `interfaces` says of it."""

import clients
from live_test import LiveTest, main
from network import SERVER4, SERVER6
from running import Running
from sniffer import SMTPSCOPE


class Interface(LiveTest):
    """Every test gets a network of its own, to break it."""

    @classmethod
    def setUpClass(cls):
        pass

    def setUp(self):
        self.build(self.addCleanup)

    def run_to_end(self, *command):
        running = Running(self, self.network.server.command(SMTPSCOPE, *command))
        return running.wait(), running

    def lose(self, *change):
        """What live says when the interface changes in the middle of a session."""
        watch = self.watch()
        clients.Talk().deliver().quit()
        watch.live.wait_for_sessions(1)
        talk = clients.Talk().to_data()
        self.addCleanup(talk.close)
        watch.mark()
        self.network.server.run("ip", "link", *change)
        self.assertEqual(watch.live.wait(), 1, watch.live)
        records = watch.live.records()
        self.assertEqual([record["outcome"] for record in records][::2], ["delivered", "refused"])
        self.assertEqual(records[1]["tcp"]["close"], "open")
        self.assertEqual(records[1]["stage"], "data")
        watch.agree(records, watch.kept, is_same_capture=True)
        said = [line for line in watch.live.err() if "srv0" in line]
        self.assertTrue(said and said[-1].startswith("smtpscope: "), watch.live)
        return said[-1]

    def test_interface_removed_while_sniffing(self):
        self.lose("del", "srv0")

    def test_interface_down_while_sniffing(self):
        self.assertIn("down", self.lose("set", "srv0", "down"))

    def test_no_such_interface(self):
        status, running = self.run_to_end("live", "-i", "srv7")
        self.assertEqual(status, 1, running)
        self.assertEqual(len(running.err()), 1, running)
        self.assertIn("srv7", running.err()[0])

    def test_interfaces_with_addresses_and_state(self):
        status, running = self.run_to_end("interfaces")
        self.assertEqual(status, 0, running)
        text = "\n".join(running.out())
        for word in ("srv0", SERVER4, SERVER6, "lo", "any"):
            self.assertIn(word, text)


if __name__ == "__main__":
    main()
