"""The dashboards as files: current, well-formed, and leading to places that exist."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from deploy.grafana import build
from deploy.grafana.definitions.panels import UNITS
from metrics.measure.rules import MEASURES, Unit
from service_chassis.telemetry import CATALOGUE, Metric
from tests.grafana.grafana import VARIABLE, asked, dashboards

DOCUMENTS = dashboards()
SCHEMA = json.loads((Path(__file__).parent / "dashboard.schema.json").read_text(encoding="utf-8"))
ROOT = Path(__file__).parents[2]
RECORDING = ROOT / "deploy" / "prometheus" / "recording.yml"
OF_PROMETHEUS = {
    "up",
    "ALERTS",
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
    "process_open_fds",
    "process_max_fds",
}
OF_GRAFANA = {"__url_time_range", "__data", "__rate_interval", "__timeFrom", "__timeTo"}

on_every_dashboard = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)


def test_the_files_are_current() -> None:
    assert build.stale() == []


def test_all_four_are_there() -> None:
    assert set(DOCUMENTS) == {
        "yuanqu-park-wall",
        "yuanqu-live-sale-night",
        "yuanqu-partners",
        "yuanqu-pipeline",
    }


@on_every_dashboard
def test_a_dashboard_has_what_we_rely_on(document: dict[str, Any]) -> None:
    faults = [
        f"{'/'.join(map(str, fault.absolute_path))}: {fault.message[:200]}"
        for fault in Draft202012Validator(SCHEMA).iter_errors(document)
    ]

    assert faults == []


@on_every_dashboard
def test_panels_have_ids_of_their_own_and_do_not_overlap(document: dict[str, Any]) -> None:
    panels = document["panels"]
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells

    assert len({panel["id"] for panel in panels}) == len(panels)
    titles = [panel["title"] for panel in panels if panel["type"] != "row"]
    assert len(set(titles)) == len(titles)


@on_every_dashboard
def test_units_are_known(document: dict[str, Any]) -> None:
    units = set(values_of(document["panels"], "unit"))
    units |= {
        each["value"]
        for properties in values_of(document["panels"], "properties")
        for each in properties
        if each["id"] == "unit"
    }

    assert units <= UNITS


@on_every_dashboard
def test_links_lead_somewhere(document: dict[str, Any]) -> None:
    gateway = (ROOT / "deploy" / "gateway" / "server.conf").read_text(encoding="utf-8")
    links = [each for each in all_links(document) if "url" in each]
    assert links
    for each in links:
        url = each["url"]
        if inside := re.match(r"/d/([a-z-]+)", url):
            assert inside[1] in DOCUMENTS, url
            wanted = re.findall(r"var-(\w+)=", url)
            assert set(wanted) <= names(DOCUMENTS[inside[1]]), url
        else:
            assert each["targetBlank"], url
            first = url.removeprefix("/../").split("/")[0]
            assert f"location /{first}/ " in gateway or f"location = /{first} " in gateway, url


def test_every_dashboard_is_reached_from_every_other() -> None:
    for uid, document in DOCUMENTS.items():
        linked = {link["url"] for link in document["links"]}
        assert {f"/d/{other}" for other in DOCUMENTS if other != uid} <= linked
        assert "/../board" in linked


@on_every_dashboard
def test_every_variable_is_there_and_used(document: dict[str, Any]) -> None:
    used: set[str] = set()
    for each in asked(document):
        used |= {found["braced"] or found["bare"] for found in VARIABLE.finditer(each.text)}

    assert used - OF_GRAFANA == names(document)


@pytest.mark.usefixtures("services")  # they declare their metrics
@on_every_dashboard
def test_every_series_is_declared(document: dict[str, Any]) -> None:
    recorded = set(re.findall(r"record: (\S+)", RECORDING.read_text(encoding="utf-8")))
    for each in asked(document):
        if each.source == "yuanqu-prometheus":
            for name in series_of(each.text):
                assert name in {*OF_PROMETHEUS, *recorded} or declared(name), f"{each}: {name}"


@pytest.mark.usefixtures("services")
@on_every_dashboard
def test_every_label_is_one_of_its_series(document: dict[str, Any]) -> None:
    for each in asked(document):
        if each.source == "yuanqu-prometheus":
            known = {"le", "instance", "slo", "alertname", "severity", "alertstate"}
            for name in series_of(each.text):
                known |= set(metric.labels) if (metric := declared(name)) else {"service"}
            used = set(re.findall(r"(\w+)(?:=~|!~|!=|=)\"", each.text))
            for grouping in re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", each.text):
                used |= set(re.findall(r"\w+", grouping))
            assert used <= known, f"{each}: {used - known}"


@on_every_dashboard
def test_money_comes_from_the_database_and_rates_from_prometheus(document: dict[str, Any]) -> None:
    for panel in document["panels"]:
        money = set(values_of([panel], "unit")) & {"suffix:亿元", "suffix:万元", "prefix:¥"}
        if money:
            assert panel["datasource"]["uid"] == "yuanqu-board", panel["title"]


def test_measures_of_money_can_be_chosen() -> None:
    (choice,) = [
        each
        for each in DOCUMENTS["yuanqu-park-wall"]["templating"]["list"]
        if each["name"] == "measure"
    ]

    assert {option["value"] for option in choice["options"]} == {
        measure.code for measure in MEASURES if measure.unit is Unit.MONEY
    }


def names(document: dict[str, Any]) -> set[str]:
    """The variables of a dashboard."""
    return {each["name"] for each in document["templating"]["list"]}


def all_links(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from document["links"]
    for listed in values_of(document["panels"], "links"):
        yield from listed
    for properties in values_of(document["panels"], "properties"):
        for each in properties:
            if each["id"] == "links":
                yield from each["value"]


def values_of(node: Any, key: str) -> Iterator[Any]:
    """Every value under this key, however deep."""
    if isinstance(node, dict):
        if key in node:
            yield node[key]
        for value in node.values():
            yield from values_of(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from values_of(value, key)


# What is no name of a series: groupings, labels, windows and legends.
BESIDE = re.compile(r"\b(?:by|on|without|ignoring)\s*\([^)]*\)|\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"")
NAME = re.compile(r"(?<![\w.])[a-zA-Z_][\w:]*(?!\w)(?!\s*\()")
WORDS = {"or", "unless", "offset", "m", "group", "sum", "max", "min", "count"}


def series_of(expr: str) -> set[str]:
    """The names of the series of an expression."""
    return set(NAME.findall(BESIDE.sub(" ", expr))) - WORDS


def declared(name: str) -> Metric | None:
    """The metric that the code declares, or the one whose part this is."""
    whole = CATALOGUE.get(re.sub(r"_(bucket|sum|count)$", "", name))
    if whole is not None and whole.kind == "histogram":
        return whole
    return CATALOGUE.get(name)
