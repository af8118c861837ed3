"""The command line as people use it: in this process, or beside a server started by it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from tests.support.processes import Child, NotReady, free_ports, wait_until
from yuanqu.command_line import app

READY_SECONDS = 110.0
COMMAND_SECONDS = 110.0


@dataclass(frozen=True)
class Result:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The standard output, read as JSON."""
        return json.loads(self.out)


Command = Callable[..., Result]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home and a data folder of one's own, and nothing of the caller's environment."""
    for name in list(os.environ):
        if name.startswith("YUANQU_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("YUANQU_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "220")
    monkeypatch.setenv("LANG", "C.UTF-8")
    return tmp_path


@pytest.fixture
def yuanqu(alone: Path) -> Command:
    """Run a command in this process."""

    return lambda *words: _invoke(words)


def _invoke(words: Sequence[str], environment: Mapping[str, str | None] | None = None) -> Result:
    done = CliRunner().invoke(app, list(words), env=environment)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Result(done.exit_code, done.stdout, done.stderr)


class Installation:
    """A server started by `yuanqu run` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "var"
        self.port = free_ports(1)[0]
        self.log = folder / "server.log"
        self.environment: dict[str, str] = {
            **{name: value for name, value in os.environ.items() if "YUANQU_" not in name},
            "YUANQU_DATA_DIR": str(self.data),
            "YUANQU_PORT": str(self.port),
            "YUANQU_LOG_LEVEL": "WARNING",
            "XDG_CONFIG_HOME": str(folder / "config"),
            "PYTHONUNBUFFERED": "1",
            "COLUMNS": "220",
            "LANG": "C.UTF-8",
        }
        self._server: Child | None = None
        self._said_before = 0

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """`yuanqu run`, and wait until it is ready."""
        settings = [f"{name}={value}" for name, value in self.environment.items()]
        command = ["env", "-i", *settings, sys.executable, "-m", "yuanqu", "run"]
        self._said_before = len(self.log.read_text()) if self.log.exists() else 0
        self._server = Child(command, self.log)
        try:
            wait_until(self._is_ready, self._server, READY_SECONDS)
        except NotReady:
            self.end(signal.SIGKILL)
            raise

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal to the server and wait for its end."""
        if self._server is not None:
            self._server.end(number, patience=45)
            self._server = None

    def command(self, *words: str, check: bool = True) -> Result:
        """Run a command against the server, in this process."""
        ours = {name: None for name in os.environ if name.startswith("YUANQU_")}
        result = _invoke(words, {**ours, **self.environment})
        assert not check or result.code == 0, result
        return result

    def spawn(self, *words: str) -> Result:
        """Run a command as another process, for those that start a server's parts."""
        done = subprocess.run(
            [sys.executable, "-m", "yuanqu", *words],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def popen(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command that the test will kill."""
        return subprocess.Popen(
            [sys.executable, "-m", "yuanqu", *words],
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _is_ready(self) -> bool:
        """It answers so, and has said where it is: the last thing it does at a start."""
        try:
            answer = httpx.get(f"{self.address}/readyz", timeout=5)
        except httpx.TransportError:
            return False
        said = self.log.read_text()[self._said_before :]
        return answer.status_code == httpx.codes.OK and "yuanqu doctor" in said


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One server for the tests that need not break it."""
    found = Installation(tmp_path_factory.mktemp("installation"))
    found.start()
    yield found
    found.end()
