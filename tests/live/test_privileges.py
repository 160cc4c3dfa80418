#!/usr/bin/python3
"""What smtpscope may do once it sniffs, and what it says to whom may not."""

import os
import pwd
import shutil

import clients
import namespaces
from live_test import LiveTest, main
from namespaces import run
from running import Running, process_status
from sniffer import IS_SANITIZED, SMTPSCOPE

NOBODY = pwd.getpwnam("nobody")
AS_NOBODY = ("setpriv", f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}", "--clear-groups")
CAPABILITY_SETS = ("CapInh", "CapPrm", "CapEff", "CapAmb")


class Privileges(LiveTest):
    def assert_powerless(self, live, uid=None):
        """After a session, so that all of the start is over."""
        clients.curl()
        live.wait_for_sessions(1)
        status = process_status(live.pid)
        for name in CAPABILITY_SETS:
            self.assertEqual(int(status[name], 16), 0, name)
        for name in ("Uid", "Gid"):
            ids = set(status[name].split())
            self.assertEqual(len(ids), 1, status[name])
            self.assertNotEqual(ids, {"0"}, name)
        self.assertNotIn("0", status["Groups"].split())
        if uid is not None:
            self.assertEqual(status["Uid"].split()[0], str(uid))
        self.assertEqual(status["NoNewPrivs"], "1")
        if not IS_SANITIZED:
            self.assertEqual(status["Seccomp"], "2")
        live.interrupt_cleanly()
        self.assertEqual(len(live.records()), 1)
        return status

    def test_started_by_root(self):
        status = self.assert_powerless(self.live())
        self.assertEqual(int(status["CapBnd"], 16), 0)

    def test_user_named(self):
        self.assert_powerless(self.live("-Z", "nobody"), NOBODY.pw_uid)

    def test_user_who_called_sudo_owns_the_files(self):
        daemon = pwd.getpwnam("daemon")
        folder = namespaces.WORK / "sudo"
        folder.mkdir()
        os.chown(folder, daemon.pw_uid, daemon.pw_gid)
        environment = {**os.environ, "SUDO_UID": str(daemon.pw_uid),
                       "SUDO_GID": str(daemon.pw_gid), "SUDO_USER": "daemon"}
        kept = folder / "mail.pcap"
        self.assert_powerless(self.live("-w", kept, env=environment))
        self.assertEqual(kept.stat().st_uid, daemon.pw_uid)
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)

    def test_unknown_user(self):
        running = self.run_to_end("-Z", "no-such-user")
        self.assertEqual(running.wait(), 2, running)
        self.assertIn("no-such-user", running.err()[0])

    def run_to_end(self, *options, prefix=()):
        return Running(self, self.network.server.command(*prefix, SMTPSCOPE, "live", "-i", "srv0",
                                                         *options))

    def test_nobody_without_a_capability(self):
        """One line that says what to do."""
        running = self.run_to_end(prefix=AS_NOBODY)
        self.assertEqual(running.wait(), 1, running)
        self.assertEqual(len(running.err()), 1, running)
        for words in ("srv0", "sudo", "setcap cap_net_raw+ep"):
            self.assertIn(words, running.err()[0])

    def test_nobody_with_an_ambient_capability(self):
        """As systemd's AmbientCapabilities= starts it."""
        live = self.live(prefix=(*AS_NOBODY, "--inh-caps=+net_raw", "--ambient-caps=+net_raw"))
        self.assert_powerless(live, NOBODY.pw_uid)

    def test_nobody_with_a_capability_of_the_file(self):
        """As `setcap cap_net_raw+ep smtpscope` leaves it."""
        copy = namespaces.WORK / "smtpscope"
        shutil.copy(SMTPSCOPE, copy)
        run("setcap", "cap_net_raw+ep", copy)
        live = self.live(prefix=AS_NOBODY, program=copy)
        self.assert_powerless(live, NOBODY.pw_uid)


if __name__ == "__main__":
    main()
