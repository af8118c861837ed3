"""Every alert is complete, is tried, and reads what the platform really shows."""

import importlib
import re
import subprocess
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from service_chassis.telemetry import CATALOGUE
from tests.watching.rules import (
    ALERTMANAGER,
    BY_OTHERS,
    PROMETHEUS,
    SUFFIXES,
    Alert,
    alerts,
    metrics_named,
    program,
    read,
    rules,
)

ALERTS = alerts()
TESTS = sorted(PROMETHEUS.glob("*_test.yml"))

every_alert = pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)


@pytest.fixture(scope="module", autouse=True)
def declared() -> None:
    """The services declare their metrics when they are imported."""
    for package in ("registry", "livestream_supply", "metrics"):
        importlib.import_module(f"{package}.service")


def test_an_alert_has_one_rule() -> None:
    assert [
        name for name, rules in Counter(alert.name for alert in ALERTS).items() if rules > 1
    ] == []


@every_alert
def test_an_alert_says_what_people_need(alert: Alert) -> None:
    assert alert.labels["severity"] in {"page", "ticket", "info"}
    assert "service" in alert.labels or re.search(
        r"\bby \([^)]*\bservice\b|service=|\bup\b|process_start_time|on \([^)]*service", alert.expr
    ), "routing and inhibition go by service"
    assert set(alert.annotations) == {"summary", "title_zh", "description", "runbook_url"}
    assert re.search(r"[\u4e00-\u9fff]", alert.annotations["title_zh"])
    assert alert.annotations["runbook_url"] == f"docs/runbooks/{alert.name}.md"
    assert len(alert.annotations["description"]) > 40
    assert alert.annotations["description"].rstrip().endswith((".", "。"))


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_reads_series_that_are_declared(rule: dict[str, Any]) -> None:
    recorded = {each["record"] for each in rules() if "record" in each}
    named = metrics_named(rule["expr"])
    bare = {
        SUFFIXES.sub("", name) if SUFFIXES.sub("", name) in CATALOGUE else name for name in named
    }

    assert bare - recorded - set(CATALOGUE) - BY_OTHERS == set()


@every_alert
def test_an_alert_has_fired_in_a_test_and_has_not_when_all_was_well(alert: Alert) -> None:
    seen: defaultdict[bool, int] = defaultdict(int)
    for path in TESTS:
        for test in read(path)["tests"]:
            for check in test["promql_expr_test"]:
                if re.search(rf'alertname="{alert.name}"', check["expr"]):
                    seen[bool(check.get("exp_samples"))] += 1

    assert seen[True], "no unit test in deploy/prometheus/*_test.yml makes it fire"
    # The watchdog never rests.
    assert seen[False] or alert.name == "Watchdog", "no unit test shows that it rests"


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_the_unit_tests_of_the_rules_pass(path: Path) -> None:
    promtool = program("promtool")

    checked(promtool, "test", "rules", path.name)


def test_prometheus_accepts_its_configuration() -> None:
    promtool = program("promtool")
    for name in ("prometheus.yml", "prometheus.embedded.yml"):
        checked(promtool, "check", "config", name)


def test_what_says_that_figures_are_wrong_is_never_kept_back() -> None:
    [down, page] = read_template()["inhibit_rules"]
    kept_back = down["target_matchers"][0]

    for name in ("ReconciliationDifference", "RebuildFoundDifferences", "Watchdog"):
        assert name in kept_back
        assert name in {alert.name for alert in ALERTS}
    assert kept_back.startswith("alertname!~")
    assert page["target_matchers"] == ['severity="ticket"']


def test_presence_knows_the_jobs_that_are_scraped() -> None:
    [processes] = [
        job
        for job in read(PROMETHEUS / "prometheus.yml")["scrape_configs"]
        if job["job_name"] == "processes"
    ]
    [absent] = [alert for alert in ALERTS if alert.name == "TargetAbsent"]

    assert set(re.findall(r'job="([^"]+)"', absent.expr)) == set(
        processes["dns_sd_configs"][0]["names"]
    )


def checked(*command: str) -> None:
    """Run promtool; what it says is the failure."""
    run = subprocess.run(command, cwd=PROMETHEUS, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout + run.stderr


def read_template() -> Any:
    """Alertmanager's configuration with everything given, as start.sh makes it."""
    given = {
        "YUANQU_ALERT_WEBHOOK_URL": "http://127.0.0.1:1/hook",
        "YUANQU_ALERT_HEARTBEAT_URL": "http://127.0.0.1:1/heart",
        "YUANQU_ALERT_SMTP_HOST": "127.0.0.1:25",
        "YUANQU_ALERT_PAGE_TO": "night@park.example",
        "PATH": "/usr/bin:/bin",
    }
    run = subprocess.run(
        [ALERTMANAGER / "start.sh", "--render"],
        env=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return yaml.safe_load(run.stdout)
