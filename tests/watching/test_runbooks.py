"""Every alert has its page, and every page its alert."""

import importlib
import re
from pathlib import Path

import pytest

from service_chassis.telemetry import CATALOGUE
from tests.watching.rules import BY_OTHERS, ROOT, RUNBOOKS, SUFFIXES, alerts, metrics_named, rules

HEADINGS = ["What it means", "What to look at", "What to do", "How to know it is over"]
ALERTS = {alert.name: alert for alert in alerts()}
PAGES = {path.stem: path for path in RUNBOOKS.glob("*.md") if path.stem != "README"}

every_page = pytest.mark.parametrize("page", PAGES.values(), ids=lambda page: page.stem)


def test_every_alert_has_its_page_and_every_page_its_alert() -> None:
    assert set(PAGES) == set(ALERTS)


@every_page
def test_a_page_has_the_fixed_headings_and_the_title_of_its_alert(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert text.startswith(f"# {page.stem} · ")
    assert re.search(r"[\u4e00-\u9fff]", text.splitlines()[0])
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == HEADINGS


@every_page
def test_a_page_says_what_to_type(page: Path) -> None:
    sections = re.split(r"^## .+$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert "```sh" in sections[2], "what to look at"


@every_page
def test_a_page_asks_prometheus_for_series_that_there_are(page: Path) -> None:
    known = {rule["record"] for rule in rules() if "record" in rule} | BY_OTHERS
    for query in re.findall(r"--data-urlencode 'query=([^']+)'", page.read_text(encoding="utf-8")):
        for name in metrics_named(query) - known - {"ALERTS", "process_cpu_seconds_total"}:
            assert {name, SUFFIXES.sub("", name)} & declared(), f"{name} in {query}"


@every_page
def test_links_lead_to_pages(page: Path) -> None:
    for target in re.findall(r"\]\((\w+)\.md\)", page.read_text(encoding="utf-8")):
        assert target in PAGES


def test_the_overview_lists_each_page_under_its_severity() -> None:
    overview = (RUNBOOKS / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:4] for line in overview.splitlines() if line.startswith("| ")][2:]
    for column, severity in enumerate(("page", "ticket", "info")):
        listed = re.findall(r"\[(\w+)\]", "".join(row[column] for row in rows))

        wanted = sorted(name for name in ALERTS if ALERTS[name].labels["severity"] == severity)
        assert listed == wanted


@pytest.mark.parametrize(
    "page", sorted((ROOT / "services").glob("*/README.md")), ids=lambda page: page.parent.name
)
def test_a_service_names_alerts_that_there_are(page: Path) -> None:
    alerts_of_service = page.read_text(encoding="utf-8").split("## Alerts")[1]
    named = re.findall(r"\[(\w+)\]\(\.\./\.\./docs/runbooks/(\w+)\.md\)", alerts_of_service)

    assert all(name == target and name in ALERTS for name, target in named)
    assert "docs/runbooks" in alerts_of_service


def declared() -> set[str]:
    """The metrics the services declare."""
    for package in ("registry", "livestream_supply", "metrics"):
        importlib.import_module(f"{package}.service")
    return set(CATALOGUE)
