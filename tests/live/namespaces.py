"""Network namespaces, and the one process that takes everything with it when it ends.

enter() makes the running script the content of a PID namespace: when its first process ends, by
itself or killed for being late, the kernel ends every process inside, and with the last of them go
the namespaces, the interfaces and the file system that held the temporary files. Nothing is named
outside, so that the same script may run twice at once.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys

SKIPPED = 77  # what CTest takes for "skipped"
INSIDE = "SMTPSCOPE_LIVE_INSIDE"
NEEDED = ("unshare", "nsenter", "ip", "nft", "postfix", "swaks", "curl", "openssl", "tcpdump",
          "setcap", "setpriv", "promtool")

# /run becomes a file system of our own: `ip netns` keeps its names there, and we our files.
WORK = pathlib.Path("/run/live")

PROBE = "mount -t tmpfs live /run && ip link add one type veth peer name other"
UNSHARE = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


def skip(reason):
    print(f"SKIPPED: {reason}", flush=True)
    sys.exit(SKIPPED)


def enter():
    """Returns inside the namespaces; the script's own network is the client's."""
    if INSIDE not in os.environ:
        _leave_for_namespaces()
    _be_first_process()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "live", "/run"], check=True)
    WORK.mkdir()
    run("ip", "link", "set", "lo", "up")


def _leave_for_namespaces():
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if os.geteuid() != 0:
        skip("live capture is tested between network namespaces, and only root can make them")
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        sys.exit(f"not installed: {', '.join(missing)}; see: tools/install-packages.sh live")
    probe = subprocess.run([*UNSHARE, "sh", "-c", PROBE], capture_output=True, text=True)
    if probe.returncode != 0:
        skip(f"no namespaces with a veth pair can be made here: {probe.stderr.strip()}")
    os.environ[INSIDE] = "1"
    os.execvp(UNSHARE[0], [*UNSHARE, sys.executable, *sys.argv])


def _be_first_process():
    """The first process of a PID namespace inherits orphans; it waits for them and for the script,
    which goes on in a child."""
    child = os.fork()
    if child == 0:
        # Whoever put us in the background (`&`, nohup) may have us ignore what the tests send, and
        # smtpscope would go on ignoring it.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
            signal.signal(number, signal.SIG_DFL)
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        ended, status = os.wait()
        if ended == child:
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def run(*command, **options):
    """Runs a command to its end; one that fails raises, with what it said."""
    done = subprocess.run([os.fspath(part) for part in command], capture_output=True, text=True,
                          stdin=options.pop("stdin", subprocess.DEVNULL), timeout=60, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit {done.returncode}\n"
                           f"{done.stdout}{done.stderr}")
    return done.stdout


class Here:
    """The namespace that the script itself is in."""

    def command(self, *command):
        return [os.fspath(part) for part in command]

    def run(self, *command, **options):
        return run(*self.command(*command), **options)

    def can(self, *command):
        return subprocess.run(self.command(*command), capture_output=True).returncode == 0


class Namespace(Here):
    """Another one, by a name that is known in here only."""

    def __init__(self, name):
        self.name = name
        run("ip", "netns", "add", name)

    def command(self, *command):
        return ["nsenter", f"--net=/run/netns/{self.name}", *map(os.fspath, command)]

    def delete(self):
        run("ip", "netns", "del", self.name)
