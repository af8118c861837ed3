"""From a broken event to the telephone: a real platform, Prometheus, Alertmanager and receivers."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from service_chassis.columns import new_id
from service_chassis.database import Database
from service_chassis.tables import OutboxRow
from tests.support.processes import free_ports
from tests.watching.receivers import MailSink, WebhookReceiver, text_of
from tests.watching.servers import alertmanager, eventually, prometheus, served

DUTY = "duty@park.example"


@dataclass(frozen=True, slots=True)
class Installation:
    """`yuanqu run` in a folder."""

    folder: Path
    port: int
    telemetry: int

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """HTTP as its operator."""
        operator = json.loads((self.folder / "operator.json").read_text())
        with httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30) as http:
            granted = http.post(
                "/registry/oauth2/token",
                data={"grant_type": "client_credentials"},
                auth=(operator["client_id"], operator["client_secret"]),
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


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    port, telemetry = free_ports(2)
    folder = tmp_path / "data"
    settings = {
        "PATH": os.environ["PATH"],
        "YUANQU_DATA_DIR": str(folder),
        "YUANQU_PORT": str(port),
        "YUANQU_TELEMETRY_PORT": str(telemetry),
        "YUANQU_LOG_LEVEL": "WARNING",
    }
    command = ["env", "-i", *(f"{name}={value}" for name, value in settings.items())]
    command += [sys.executable, "-m", "yuanqu", "run"]
    with served(command, tmp_path / "yuanqu.log", telemetry, "/readyz"):
        yield Installation(folder, port, telemetry)


@pytest.mark.slow
def test_a_dead_letter_reaches_the_webhook_and_the_mailbox_and_so_does_its_end(
    installation: Installation, tmp_path: Path
) -> None:
    with WebhookReceiver() as hook, MailSink() as mail:
        given = {
            "WEBHOOK_URL": f"{hook.url}/alerts",
            "HEARTBEAT_URL": f"{hook.url}/heartbeat",
            "SMTP_HOST": mail.address,
            "SMTP_TLS": "false",
            "PAGE_TO": DUTY,
            "GROUP_WAIT": "1s",
            "GROUP_INTERVAL": "1s",
        }
        with (
            alertmanager(tmp_path, given) as receiver,
            prometheus(tmp_path, f"127.0.0.1:{installation.telemetry}", receiver) as watcher,
        ):
            eventually(lambda: "Watchdog" in hook.alerts("/heartbeat"), "the heartbeat")
            assert hook.posted("/alerts") == [], "a platform that is well"

            asyncio.run(installation.announce_nonsense())

            eventually(lambda: "DeadLetters" in hook.alerts("/alerts"), "the dead letter's alert")
            eventually(lambda: mail.to(DUTY), "the mail")
            alert = hook.alerts("/alerts")["DeadLetters"]
            assert (alert["labels"]["service"], alert["labels"]["severity"]) == (
                "metrics",
                "ticket",
            )
            assert alert["annotations"]["summary"] == "1 dead letters in metrics"
            assert "docs/runbooks/DeadLetters.md" in text_of(mail.to(DUTY)[0])

            with installation.client() as http:
                [letter] = http.get("/metrics/v1/dead-letters").json()["items"]
                path = f"/metrics/v1/dead-letters/{letter['id']}:discard"
                http.post(path, json={"reason": "made for a test"}).raise_for_status()

            eventually(lambda: "DeadLetters" in hook.alerts("/alerts", "resolved"), "its end")
            eventually(lambda: len(mail.to(DUTY)) > 1, "the mail that it is over")
            assert mail.to(DUTY)[-1]["Subject"].startswith("[over] DeadLetters")
            rules = httpx.get(f"http://{watcher}/api/v1/rules").json()["data"]["groups"]
            broken = [rule for group in rules for rule in group["rules"] if rule["health"] != "ok"]
            assert broken == []
