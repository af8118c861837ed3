"""Who is told what: routes, groups, inhibition and mail of the real Alertmanager."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.watching.receivers import MailSink, WebhookReceiver, text_of
from tests.watching.rules import ALERTMANAGER
from tests.watching.servers import alertmanager, eventually

NIGHT, MORNING = "night@park.example", "morning@park.example"


@dataclass(frozen=True, slots=True)
class Watch:
    """A running Alertmanager and where its notifications arrive."""

    address: str
    hook: WebhookReceiver
    mail: MailSink

    def raise_alerts(self, *alerts: tuple[str, str, str]) -> None:
        """Tell of these (name, severity, service) at once, as Prometheus does."""
        told = [
            {
                "labels": {"alertname": name, "severity": severity, "service": service},
                "annotations": {
                    "summary": f"{name} in {service}",
                    "title_zh": f"{service} 的告警",
                    "description": "What happened.",
                    "runbook_url": f"docs/runbooks/{name}.md",
                },
            }
            for name, severity, service in alerts
        ]
        httpx.post(f"http://{self.address}/api/v2/alerts", json=told).raise_for_status()


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    with WebhookReceiver() as hook, MailSink() as mail:
        secret = tmp_path / "webhook_url"
        secret.write_text(f"{hook.url}/alerts\n")
        given = {
            "WEBHOOK_URL_FILE": str(secret),
            "HEARTBEAT_URL": f"{hook.url}/heartbeat",
            "SMTP_HOST": mail.address,
            "SMTP_TLS": "false",
            "PAGE_TO": NIGHT,
            "TICKET_TO": MORNING,
            "GROUP_WAIT": "1s",
            "GROUP_INTERVAL": "1s",
        }
        with alertmanager(tmp_path, given) as address:
            yield Watch(address, hook, mail)


def test_pages_and_tickets_reach_their_people_and_the_heartbeat_its_own_address(
    watch: Watch,
) -> None:
    watch.raise_alerts(
        ("Watchdog", "info", "prometheus"),
        ("FiguresStale", "page", "metrics"),
        ("DeadLetters", "ticket", "registry"),
    )

    eventually(lambda: len(watch.hook.alerts("/alerts")) == 2, "two alerts at the webhook")
    eventually(lambda: watch.mail.to(NIGHT) and watch.mail.to(MORNING), "two mails")
    eventually(lambda: watch.hook.alerts("/heartbeat"), "the heartbeat")
    assert set(watch.hook.alerts("/alerts")) == {"FiguresStale", "DeadLetters"}
    assert set(watch.hook.alerts("/heartbeat")) == {"Watchdog"}
    [page], [ticket] = watch.mail.to(NIGHT), watch.mail.to(MORNING)
    assert page["Subject"] == "[page] FiguresStale · metrics · metrics 的告警"
    assert ticket["Subject"].startswith("[ticket] DeadLetters · registry")
    assert "docs/runbooks/FiguresStale.md" in text_of(page)
    assert "FIRING 触发" in text_of(page)


def test_what_explains_the_rest_keeps_the_rest_back_but_never_wrong_figures(watch: Watch) -> None:
    watch.raise_alerts(
        ("TargetDown", "page", "metrics"),
        ("FiguresStale", "page", "metrics"),
        ("ReconciliationDifference", "page", "metrics"),
        ("DatabaseAway", "page", "registry"),
        ("DeadLetters", "ticket", "registry"),
        ("DeadLetters", "ticket", "livestream-supply"),
    )

    eventually(lambda: len(watch.hook.posted("/alerts")) == 4, "four groups")
    told = {
        (alert["labels"]["alertname"], alert["labels"]["service"])
        for document in watch.hook.posted("/alerts")
        for alert in document["alerts"]
    }
    assert told == {
        ("TargetDown", "metrics"),
        ("ReconciliationDifference", "metrics"),
        ("DatabaseAway", "registry"),
        ("DeadLetters", "livestream-supply"),
    }
    states = httpx.get(f"http://{watch.address}/api/v2/alerts").json()
    kept_back = [each["labels"]["alertname"] for each in states if each["status"]["inhibitedBy"]]
    assert sorted(kept_back) == ["DeadLetters", "FiguresStale"]


def rendered(**given: str) -> subprocess.CompletedProcess[str]:
    """What start.sh makes of these values."""
    return subprocess.run(
        [ALERTMANAGER / "start.sh", "--render"],
        env={"PATH": "/usr/bin:/bin"}
        | {f"YUANQU_ALERT_{name}": value for name, value in given.items()},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_an_address_alertmanager_starts_and_says_that_nobody_hears() -> None:
    run = rendered()

    assert run.returncode == 0
    assert "sent to nobody" in run.stderr
    assert "webhook_configs" not in run.stdout
    assert "smtp" not in run.stdout


def test_mail_without_a_recipient_and_values_of_several_lines_are_refused() -> None:
    nobody = rendered(SMTP_HOST="mail:25")
    broken = rendered(WEBHOOK_URL="http://a\nroute: nobody")

    assert (nobody.returncode, broken.returncode) == (2, 2)
    assert "says nobody" in nobody.stderr
    assert "YUANQU_ALERT_WEBHOOK_URL" in broken.stderr


def test_a_secret_with_quotes_stays_one_value() -> None:
    run = rendered(
        SMTP_HOST="mail:25", PAGE_TO=NIGHT, SMTP_USER="park", SMTP_PASSWORD='it\'s: "so" #1 \\n'
    )

    assert """smtp_auth_password: 'it''s: "so" #1 \\n'""" in run.stdout
