"""What Grafana does to a query before it sends it: variables and macros, as far as we use them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "deploy" / "grafana" / "dashboards"

VARIABLE = re.compile(r"\$\{(?P<braced>[a-z]\w*)(?::(?P<format>\w+))?\}|\$(?P<bare>[a-z]\w*)")
BUILT_IN = {"__rate_interval": "10s"}


@dataclass(frozen=True)
class Asked:
    """A query of a dashboard, and where it stands."""

    dashboard: str
    title: str
    source: str
    text: str
    now: bool = False

    def __str__(self) -> str:
        return f"{self.dashboard}: {self.title}"


@dataclass(frozen=True)
class Chosen:
    """The value of a variable: what stands for All as it is, or values that are formatted."""

    everything: str | None = None
    values: Sequence[str] = ()

    def written(self, how: str) -> str:
        """The value in the place of the variable."""
        if self.everything is not None:
            return self.everything
        if how == "sqlstring":
            return ",".join("'" + value.replace("'", "''") + "'" for value in self.values)
        if how == "pipe" or len(self.values) == 1:
            return "|".join(self.values)
        return f"({'|'.join(self.values)})"


def dashboards() -> dict[str, dict[str, Any]]:
    """Every dashboard as Grafana will read it, by uid."""
    read = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))]
    return {document["uid"]: document for document in read}


def asked(document: dict[str, Any]) -> Iterator[Asked]:
    """Every query of its panels and annotations."""
    for panel in document["panels"]:
        for target in panel.get("targets", ()):
            yield _asked(document, panel["title"], target["datasource"]["uid"], target)
    for annotation in document["annotations"]["list"]:
        uid = annotation["datasource"]["uid"]
        yield _asked(document, annotation["name"], uid, annotation["target"])


def _asked(document: dict[str, Any], title: str, uid: str, target: dict[str, Any]) -> Asked:
    text = target["expr"] if uid == "yuanqu-prometheus" else target["rawSql"]
    return Asked(document["uid"], title, uid, text, bool(target.get("instant")))


def filled_in(text: str, chosen: Mapping[str, Chosen]) -> str:
    """The text with every variable replaced; an unknown one raises KeyError."""

    def value(found: re.Match[str]) -> str:
        name = found["braced"] or found["bare"]
        return chosen[name].written(found["format"] or "")

    for name, instead in BUILT_IN.items():
        text = text.replace(f"${name}", instead)
    return VARIABLE.sub(value, text)


def expanded(sql: str, since: datetime, until: datetime) -> str:
    """The SQL with its macros expanded, as the PostgreSQL data source expands them."""
    first, last = (f"'{moment.isoformat()}'" for moment in (since, until))
    sql = re.sub(r"\$__timeFilter\((\w+)\)", rf"\1 BETWEEN {first} AND {last}", sql)
    return sql.replace("$__timeFrom()", first).replace("$__timeTo()", last)
