"""The real Alertmanager and Prometheus of this machine, on free ports, over our own files."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import yaml

from tests.support.processes import Child, free_ports, wait_until
from tests.watching.rules import ALERTMANAGER, PROMETHEUS, program, read

PATIENCE = 60.0


@contextmanager
def alertmanager(folder: Path, given: Mapping[str, str]) -> Iterator[str]:
    """Alertmanager as start.sh starts it; its address."""
    binary = program("prometheus-alertmanager", "alertmanager")
    (port,) = free_ports(1)
    environment = {
        "PATH": os.environ["PATH"],
        "TMPDIR": str(folder),
        "ALERTMANAGER": binary,
        **{f"YUANQU_ALERT_{name}": value for name, value in given.items()},
    }
    command = ["env", "-i", *(f"{name}={value}" for name, value in environment.items())]
    command += [str(ALERTMANAGER / "start.sh"), f"--web.listen-address=127.0.0.1:{port}"]
    command += [f"--storage.path={folder / 'alertmanager'}", "--cluster.listen-address="]
    with served(command, folder / "alertmanager.log", port, "/-/ready"):
        yield f"127.0.0.1:{port}"


@contextmanager
def prometheus(folder: Path, telemetry: str, alertmanager_at: str) -> Iterator[str]:
    """Prometheus over prometheus.embedded.yml, with these addresses and every second; its own."""
    binary = program("prometheus")
    (port,) = free_ports(1)
    configuration = read(PROMETHEUS / "prometheus.embedded.yml")
    configuration["global"] |= {"scrape_interval": "1s", "evaluation_interval": "1s"}
    configuration["rule_files"] = [str(PROMETHEUS / name) for name in configuration["rule_files"]]
    at = {"yuanqu": telemetry, "alertmanager": alertmanager_at}
    for job in configuration["scrape_configs"]:
        job["static_configs"][0]["targets"] = [at[job["job_name"]]]
    [receiver] = configuration["alerting"]["alertmanagers"]
    receiver["static_configs"][0]["targets"] = [alertmanager_at]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    command = [binary, f"--config.file={path}", f"--storage.tsdb.path={folder / 'tsdb'}"]
    # What is sent before Alertmanager has been discovered comes again a minute later otherwise.
    command += [f"--web.listen-address=127.0.0.1:{port}", "--rules.alert.resend-delay=1s"]
    with served(command, folder / "prometheus.log", port, "/-/ready"):
        yield f"127.0.0.1:{port}"


@contextmanager
def served(command: list[str], log: Path, port: int, ready: str) -> Iterator[Child]:
    """A server that answers at the path of its port."""
    child = Child(command, log)

    def answers() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}{ready}").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    try:
        wait_until(answers, child, PATIENCE)
        yield child
    finally:
        child.end(signal.SIGTERM)


def eventually(holds: Callable[[], object], what: str) -> None:
    """Return when it holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"not within {PATIENCE} s: {what}"
        time.sleep(0.1)
