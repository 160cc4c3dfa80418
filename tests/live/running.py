"""Processes that run beside a test, their output read as it comes."""

import signal
import subprocess
import threading
import time

# For what takes a moment on an idle machine, and must come on a busy one too.
PATIENCE = 40


def wait_until(condition, what, patience=PATIENCE, pause=0.01):
    end = time.monotonic() + patience
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            text = what() if callable(what) else what
            raise AssertionError(f"after {patience} s still waiting for {text}")
        time.sleep(pause)


class _Reader(threading.Thread):
    """Collects the lines of a stream, each with the time of the clock when it came."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self.lines = []
        self._stream = stream
        self.start()

    def run(self):
        with self._stream:
            for line in self._stream:
                self.lines.append((time.time(), line.decode("utf-8", "replace").rstrip("\n")))


class Running:
    """A process of this test; stop() ends it, whatever became of the test."""

    def __init__(self, test, command, stdout=subprocess.PIPE, **options):
        self.command = command
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout,
                                        stderr=subprocess.PIPE, **options)
        self._out = _Reader(self.process.stdout) if stdout == subprocess.PIPE else None
        self._err = _Reader(self.process.stderr)
        test.addCleanup(self.stop)

    @property
    def pid(self):
        return self.process.pid

    def out(self):
        return [line for _, line in self._out.lines]

    def timed_out(self):
        """(time of arrival, line) of standard output."""
        return list(self._out.lines)

    def err(self):
        return [line for _, line in self._err.lines]

    def is_listening(self):
        """Of a sniffer: both say so."""
        return any("listening on" in line for line in self.err())

    def is_running(self):
        return self.process.poll() is None

    def wait_until(self, condition, what, patience=PATIENCE):
        """Waits; a process that ends meanwhile will not bring it about."""
        def check():
            is_running = self.is_running()
            result = condition()
            if not result and not is_running:
                raise AssertionError(f"{what}: not before the end\n{self}")
            return result
        return wait_until(check, lambda: f"{what}\n{self}", patience)

    def signal(self, number):
        self.process.send_signal(number)

    def interrupt(self):
        """SIGINT, and the exit status that follows."""
        self.signal(signal.SIGINT)
        return self.wait()

    def wait(self, patience=PATIENCE):
        """The exit status, after all output has been read."""
        try:
            status = self.process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"after {patience} s still running\n{self}") from None
        for reader in (self._out, self._err):
            if reader is not None:
                reader.join(PATIENCE)
        return status

    def stop(self):
        if self.is_running():
            self.process.kill()
        self.process.wait()
        for reader in (self._out, self._err):
            if reader is not None:
                reader.join(5)

    def __str__(self):
        lines = [f"{' '.join(self.command)}: status {self.process.poll()}", *self.err()]
        if self._out is not None:
            lines.append(f"and {len(self._out.lines)} lines of output")
        return "\n".join(lines)


def process_status(pid):
    """/proc/PID/status as a dict."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
