"""`yuanqu run` as somebody starts it: a process of its own over SQLite, with its telemetry port."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from service_chassis.columns import new_id
from service_chassis.database import Database
from service_chassis.tables import OutboxRow
from tests.support.processes import Child, free_ports, wait_until

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Installation:
    """Where it is."""

    folder: Path
    port: int
    telemetry_port: int

    def scrape(self) -> str:
        """What Prometheus reads."""
        return httpx.get(f"http://127.0.0.1:{self.telemetry_port}/metrics", timeout=10).text

    @contextmanager
    def client(self, credential: tuple[str, str] | None = None) -> Iterator[httpx.Client]:
        """HTTP as this client of the platform; its operator by default."""
        if credential is None:
            operator = json.loads((self.folder / "operator.json").read_text())
            credential = (operator["client_id"], operator["client_secret"])
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30) as http:
            granted = http.post(
                "/registry/oauth2/token",
                data={"grant_type": "client_credentials"},
                auth=credential,
            )
            token = granted.raise_for_status().json()["access_token"]
            http.headers["Authorization"] = f"Bearer {token}"
            yield http

    async def announce_nonsense(self) -> None:
        """An event of livestream-supply that nobody can read."""
        database = Database(f"sqlite+aiosqlite:///{self.folder / 'livestream-supply.db'}")
        async with database.unit_of_work() as uow:
            uow.session.add(
                OutboxRow(
                    event_id=new_id(),
                    event_type="livestream_supply.orders_recorded.v1",
                    topic="livestream_supply.orders",
                    key="nonsense",
                    occurred_at=uow.now,
                    headers={},
                    body=b"no columns",
                )
            )
        await database.dispose()


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """A running platform in this folder."""
    port, telemetry_port = free_ports(2)
    settings = {
        "PATH": os.environ["PATH"],
        "YUANQU_DATA_DIR": str(folder / "data"),
        "YUANQU_PORT": str(port),
        "YUANQU_TELEMETRY_PORT": str(telemetry_port),
        "YUANQU_LOG_LEVEL": "WARNING",
    }
    command = ["env", "-i", *(f"{name}={value}" for name, value in settings.items())]
    child = Child([*command, sys.executable, "-m", "yuanqu", "run"], folder / "yuanqu.log")

    def is_ready() -> bool:
        try:
            answer = httpx.get(f"http://127.0.0.1:{telemetry_port}/readyz", timeout=10)
        except httpx.TransportError:
            return False
        return answer.status_code == httpx.codes.OK

    try:
        wait_until(is_ready, child, PATIENCE)
        yield Installation(folder / "data", port, telemetry_port)
    finally:
        child.end(signal.SIGTERM)
