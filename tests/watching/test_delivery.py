"""From a broken event to the telephone: a real platform, Prometheus, Alertmanager and receivers."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.installation import Installation, installed
from tests.watching.receivers import MailSink, WebhookReceiver, text_of
from tests.watching.servers import alertmanager, eventually, prometheus

DUTY = "duty@park.example"


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with installed(tmp_path) as running:
        yield running


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
            prometheus(tmp_path, f"127.0.0.1:{installation.telemetry_port}", receiver) as watcher,
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
            assert alert["annotations"]["summary"] == "Dead letters in metrics: 1"
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
