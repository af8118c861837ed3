"""Servers that tests start: free ports, waiting, and the promise that none outlives its parent."""

import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


class Unavailable(Exception):
    """This machine cannot run the server; the sentence says what it lacks."""


class NotReady(Exception):
    """The server was started and does not answer; carries the end of its log."""


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on.

    They lie below the ephemeral range (32768 and up on Linux). A client that keeps dialling the
    port of a killed server from inside that range sooner or later connects to itself, and the
    server cannot come back.
    """
    found: list[int] = []
    with ExitStack() as held:
        for port in random.sample(range(20_000, 32_000), 500):
            candidate = held.enter_context(socket.socket())
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
            found.append(port)
            if len(found) == count:
                return found
    raise Unavailable("no free port between 20000 and 32000")


def wait_until(answers: Callable[[], bool], process: "Child", seconds: float) -> None:
    """Return when `answers()`; raise NotReady when the process ends or the time is over."""
    deadline = time.monotonic() + seconds
    while not answers():
        if process.exit_code() is not None:
            raise NotReady(f"it ended with {process.exit_code()}:\n{process.log_tail()}")
        if time.monotonic() > deadline:
            raise NotReady(f"no answer after {seconds} s:\n{process.log_tail()}")
        time.sleep(0.05)


class Child:
    """A server process that dies with its parent, even when the parent is killed.

    A guard holds the other end of a pipe: when the parent is gone the pipe closes and the guard
    sends `last_signal`. (PR_SET_PDEATHSIG would follow the starting thread, maybe a pool's.)
    """

    def __init__(
        self, command: list[str], log: Path, *, last_signal: signal.Signals = signal.SIGKILL
    ) -> None:
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        last_words = f"cat >/dev/null; kill -{last_signal.name[3:]} {self._process.pid}"
        self._guard = subprocess.Popen(
            ["sh", "-c", last_words],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_code(self) -> int | None:
        return self._process.poll()

    def log_tail(self) -> str:
        return self._log.read_text(errors="replace")[-4000:]

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self, number: signal.Signals, *, patience: float = 20) -> None:
        """Send the signal and wait; SIGKILL when the patience is over."""
        self._guard.kill()
        self._guard.wait()
        if self._guard.stdin:
            self._guard.stdin.close()
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def interruptible() -> Iterator[None]:
    """For programs in the foreground: Ctrl-C and SIGTERM leave the body in order."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        print()
