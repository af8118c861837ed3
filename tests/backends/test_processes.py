"""A server of the tests dies with its parent; its ports are safe to dial while it is away."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.support.processes import free_ports


def test_ports_are_distinct_and_outside_the_ephemeral_range() -> None:
    ports = free_ports(20)

    assert len(set(ports)) == 20
    assert all(20_000 <= port < 32_000 for port in ports)


def test_a_server_does_not_outlive_its_parent() -> None:
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests.support.processes import Child\n"
        "print(Child(['sleep', '300'], Path('/dev/null')).pid, flush=True)\n"
        "time.sleep(300)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())

    parent.send_signal(signal.SIGKILL)
    parent.communicate()

    assert _gone_within(5, child)


def _gone_within(seconds: float, pid: int) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if _is_zombie(pid):
            return True
        time.sleep(0.05)
    return False


def _is_zombie(pid: int) -> bool:
    """Ended, and not yet collected by whoever adopted it."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
