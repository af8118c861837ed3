"""The rules of Prometheus and their unit tests, as this repository has them."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy/prometheus"
ALERTMANAGER = ROOT / "deploy/alertmanager"
RUNBOOKS = ROOT / "docs/runbooks"

# Shown by Prometheus, Alertmanager and every process, not by our list.
BY_OTHERS = {"up", "process_start_time_seconds", "alertmanager_notifications_failed_total"}
SUFFIXES = re.compile(r"_(bucket|count|sum)$")


@dataclass(frozen=True, slots=True)
class Alert:
    """An alerting rule."""

    name: str
    expr: str
    labels: dict[str, str]
    annotations: dict[str, str]


def read(path: Path) -> Any:
    """A YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def rules() -> list[dict[str, Any]]:
    """Every rule of every file that prometheus.yml names."""
    files = read(PROMETHEUS / "prometheus.yml")["rule_files"]
    return [
        rule
        for file in files
        for group in read(PROMETHEUS / file)["groups"]
        for rule in group["rules"]
    ]


def alerts() -> list[Alert]:
    """Every alert."""
    return [
        Alert(rule["alert"], rule["expr"], rule["labels"], rule["annotations"])
        for rule in rules()
        if "alert" in rule
    ]


def program(*names: str) -> str:
    """The path of a program; without it the test is skipped, or fails where it was promised."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        do_without(f"{names[0]} is missing: apt-get install prometheus prometheus-alertmanager")
    return found


def do_without(reason: str) -> NoReturn:
    """Skip, except where YUANQU_REQUIRE_BACKENDS=1 promises that everything is there."""
    if os.environ.get("YUANQU_REQUIRE_BACKENDS") == "1":
        pytest.fail(f"YUANQU_REQUIRE_BACKENDS=1, and: {reason}", pytrace=False)
    pytest.skip(reason)


def metrics_named(expr: str) -> set[str]:
    """The names of series in an expression."""
    bare = re.sub(r'"[^"]*"', "", expr)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", bare)
    bare = re.sub(r"\b(by|on|ignoring|without)\s*\([^)]*\)", " ", bare)
    return {
        name
        for name in re.findall(r"[a-zA-Z_][\w:]*(?!\w*\s*\()", bare)
        if name not in {"and", "or", "unless", "bool", "group_left", "group_right", "offset"}
    }
