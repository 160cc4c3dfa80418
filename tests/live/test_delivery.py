#!/usr/bin/python3
"""Mail as it goes every day, and as it is refused: swaks and curl to Postfix."""

import clients
from live_test import LiveTest, main
from network import SERVER4, SERVER6
from postfix import NOBODY, USER
from sessions import replies


class Delivery(LiveTest):
    def test_delivery(self):
        watch = self.watch()
        self.assertEqual(clients.swaks(), 0)
        record = self.only(watch.finish())
        self.assertEqual((record["outcome"], record["stage"]), ("delivered", "data"))
        self.assertEqual(record["server"], {"ip": SERVER4, "port": 25})
        self.assertEqual(replies(record), [("CONNECT", 220), ("EHLO", 250), ("MAIL", 250),
                                           ("RCPT", 250), ("DATA", 354), (".", 250),
                                           ("QUIT", 221)])
        self.assertEqual(record["tcp"]["close"], "fin")

    def test_delivery_over_ipv6(self):
        watch = self.watch()
        clients.curl(server=SERVER6)
        record = self.only(watch.finish())
        self.assertEqual((record["outcome"], record["server"]["ip"]), ("delivered", SERVER6))

    def test_delivery_seen_on_any_interface(self):
        watch = self.watch(interface="any")
        clients.curl()
        record = self.only(watch.finish())
        self.assertEqual(record["outcome"], "delivered")

    def test_unknown_recipient(self):
        watch = self.watch()
        self.assertNotEqual(clients.swaks(to=NOBODY), 0)
        record = self.only(watch.finish())
        self.assertEqual((record["outcome"], record["stage"]), ("rejected", "rcpt"))
        self.assertEqual(record["diagnosis"]["code"], 550)
        self.assertIn(f"<{NOBODY}>", record["diagnosis"]["summary"])

    def test_one_recipient_of_two(self):
        watch = self.watch()
        clients.swaks(to=f"{USER},{NOBODY}")
        record = self.only(watch.finish())
        self.assertEqual(record["outcome"], "partial")

    def test_authentication_failure(self):
        watch = self.watch()
        status = clients.swaks("--port", "587", "--auth", "PLAIN", "--auth-user", "mallory",
                               "--auth-password", "opensesame")
        self.assertNotEqual(status, 0)
        record = self.only(watch.finish())
        self.assertEqual((record["outcome"], record["stage"]), ("rejected", "auth"))
        self.assertEqual(record["diagnosis"]["code"], 535)
        self.assertNotIn("opensesame", "\n".join(watch.live.out()))
        self.assertNotIn("AG1hbGxvcnk", "\n".join(watch.live.out()))

    def test_starttls(self):
        watch = self.watch()
        clients.curl("--ssl-reqd", "--insecure")
        record = self.only(watch.finish())
        self.assertEqual(record["outcome"], "encrypted")
        self.assertEqual((record["tls"]["mode"], record["tls"]["handshake"]),
                         ("starttls", "complete"))

    def test_certificate_refused_by_the_client(self):
        watch = self.watch()
        with self.assertRaises(RuntimeError):
            clients.curl("--ssl-reqd")
        record = self.only(watch.finish())
        self.assertEqual((record["outcome"], record["stage"]), ("aborted", "tls"))


if __name__ == "__main__":
    main()
