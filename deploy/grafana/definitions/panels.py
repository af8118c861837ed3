"""Panels: what they ask, how they draw it and which unit it has. No coordinates: rows lay out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

PROMETHEUS: Json = {"type": "prometheus", "uid": "yuanqu-prometheus"}
BOARD: Json = {"type": "grafana-postgresql-datasource", "uid": "yuanqu-board"}

# Whole yuan are scaled in SQL, because Grafana would write thousands and millions.
YUAN = "prefix:¥"
WAN = "suffix:万元"
YI = "suffix:亿元"
RATIO = "percentunit"
COUNT = "locale"
PLAIN = "short"
SECONDS = "s"
BYTES = "bytes"
PER_SECOND = "cps"
WHEN = "dateTimeAsIso"
DAY = "time:YYYY-MM-DD"
YES_NO = "bool_yes_no"
UNITS = frozenset(
    {YUAN, WAN, YI, RATIO, COUNT, PLAIN, SECONDS, BYTES, PER_SECOND, WHEN, DAY, YES_NO}
)

GOOD, WARN, BAD, CALM = "green", "orange", "red", "blue"


@dataclass(frozen=True, slots=True)
class Prom:
    """A question to Prometheus; `now` asks for the last value alone."""

    expr: str
    legend: str = ""
    now: bool = False
    as_table: bool = False

    @property
    def source(self) -> Json:
        return PROMETHEUS

    def target(self, ref: str) -> Json:
        """The question as a panel holds it."""
        return {
            "refId": ref,
            "datasource": PROMETHEUS,
            "editorMode": "code",
            "expr": " ".join(self.expr.split()),
            "legendFormat": self.legend or "__auto",
            "instant": self.now,
            "range": not self.now,
            "format": "table" if self.as_table else "time_series",
        }


@dataclass(frozen=True, slots=True)
class Sql:
    """A question to the views of schema `board`."""

    text: str
    series: bool = False

    @property
    def source(self) -> Json:
        return BOARD

    def target(self, ref: str) -> Json:
        """The question as a panel holds it."""
        return {
            "refId": ref,
            "datasource": BOARD,
            "editorMode": "code",
            "rawQuery": True,
            "rawSql": " ".join(self.text.split()),
            "format": "time_series" if self.series else "table",
        }


@dataclass(frozen=True, slots=True)
class Column:
    """How one field of a panel is shown, by its name."""

    name: str
    unit: str = ""
    decimals: int | None = None
    url: str = ""
    """Where a click leads; `title` says so."""
    title: str = ""
    hidden: bool = False
    coloured: bool = False
    """By the panel's thresholds."""
    gauge: bool = False
    width: int = 0

    def override(self) -> Json:
        """The override of the field."""
        properties: list[Json] = []

        def put(name: str, value: Any) -> None:
            properties.append({"id": name, "value": value})

        if self.unit:
            put("unit", self.unit)
        if self.decimals is not None:
            put("decimals", self.decimals)
        if self.url:
            put("links", [link(self.title, self.url)])
        if self.hidden:
            put("custom.hidden", True)  # noqa: FBT003 - Grafana's value
        if self.coloured:
            put("custom.cellOptions", {"type": "color-text"})
        if self.gauge:
            put("custom.cellOptions", {"type": "gauge", "mode": "basic"})
            put("min", 0)
            put("max", 1)
        if self.width:
            put("custom.width", self.width)
        return {"matcher": {"id": "byName", "options": self.name}, "properties": properties}


Kind = Literal["stat", "timeseries", "table", "barchart", "piechart"]


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel in both languages."""

    kind: Kind
    zh: str
    en: str
    asks: Sequence[Prom | Sql]
    unit: str
    width: int = 8
    height: int = 8
    decimals: int | None = None
    meaning: str = ""
    columns: Sequence[Column] = ()
    steps: Sequence[tuple[float | None, str]] = ((None, GOOD),)
    """Thresholds: from this value on, this colour."""
    stacked: bool = False
    bars: bool = False
    horizontal: bool = False
    links: Sequence[Json] = ()
    least: float | None = None
    colour: Literal["thresholds", "palette-classic"] = "palette-classic"
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """中文 · English."""
        return f"{self.zh} · {self.en}"

    def document(self, number: int, place: Json) -> Json:
        """The panel at its place."""
        return {
            "id": number,
            "type": self.kind,
            "title": self.title,
            "description": self.meaning,
            "gridPos": place,
            "datasource": self.asks[0].source,
            "targets": [ask.target(chr(65 + n)) for n, ask in enumerate(self.asks)],
            "fieldConfig": self._fields(),
            "options": _OPTIONS[self.kind](self) | dict(self.options),
            "links": list(self.links),
        }

    def _fields(self) -> Json:
        defaults: Json = {
            "unit": self.unit,
            "noValue": "—",
            "color": {"mode": self.colour},
            "thresholds": {
                "mode": "absolute",
                "steps": [{"value": value, "color": colour} for value, colour in self.steps],
            },
            "custom": self._custom(),
        }
        if self.decimals is not None:
            defaults["decimals"] = self.decimals
        if self.least is not None:
            defaults["min"] = self.least
        return {"defaults": defaults, "overrides": [each.override() for each in self.columns]}

    def _custom(self) -> Json:
        if self.kind == "timeseries":
            return {
                "drawStyle": "bars" if self.bars else "line",
                "lineWidth": 1,
                "fillOpacity": 70 if self.bars else 10,
                "showPoints": "never",
                "spanNulls": False,
                "stacking": {"mode": "normal" if self.stacked else "none", "group": "A"},
            }
        if self.kind == "barchart":
            return {"fillOpacity": 80, "lineWidth": 0}
        return {}


def link(title: str, url: str) -> Json:
    """A link; one that leaves Grafana opens a page of its own: its router must not see it."""
    return {"title": title, "url": url, "targetBlank": url.startswith("/../")}


def _stat(panel: Panel) -> Json:
    return {
        "colorMode": "value" if panel.colour == "thresholds" else "none",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "textMode": "auto",
        "wideLayout": True,
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "/.*/", "values": False},
    }


def _timeseries(_panel: Panel) -> Json:
    return {
        "legend": {"displayMode": "table", "placement": "bottom", "calcs": ["lastNotNull", "max"]},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }


def _table(_panel: Panel) -> Json:
    return {"showHeader": True, "cellHeight": "sm"}


def _barchart(panel: Panel) -> Json:
    return {
        "orientation": "horizontal" if panel.horizontal else "auto",
        "legend": {"displayMode": "list", "placement": "bottom", "calcs": []},
        "showValue": "auto",
        "stacking": "none",
        "tooltip": {"mode": "multi", "sort": "none"},
        "xTickLabelMaxLength": 24,
    }


def _piechart(_panel: Panel) -> Json:
    return {
        "pieType": "donut",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": True},
        "legend": {"displayMode": "table", "placement": "right", "values": ["value", "percent"]},
        "tooltip": {"mode": "single"},
    }


_OPTIONS = {
    "stat": _stat,
    "timeseries": _timeseries,
    "table": _table,
    "barchart": _barchart,
    "piechart": _piechart,
}


def zero_without(expr: str) -> str:
    """The expression, or 0 where nothing of the kind has happened since the processes started."""
    return f"{expr} or on () vector(0)"
