"""What every dashboard has around its panels: rows, variables, annotations, links."""

from collections.abc import Sequence
from dataclasses import dataclass

from deploy.grafana.definitions.panels import BOARD, PROMETHEUS, Json, Panel, link

WIDTH = 24
SCHEMA_VERSION = 41

WALL, NIGHT, PARTNERS, PIPELINE = (
    "yuanqu-park-wall",
    "yuanqu-live-sale-night",
    "yuanqu-partners",
    "yuanqu-pipeline",
)
TITLES = {
    WALL: "园区大屏 · Park wall",
    NIGHT: "直播之夜 · Live-sale night",
    PARTNERS: "合作平台 · Partners",
    PIPELINE: "数据管道 · Pipeline",
}
# Grafana puts its own sub-path before what begins with a slash; the dots leave it again.
OUTSIDE = {
    "看板 · Board": "/../board",
    "统计接口 · Metrics API": "/../metrics/docs",
    "订单接口 · Orders API": "/../livestream-supply/docs",
    "登记接口 · Registry API": "/../registry/docs",
}


@dataclass(frozen=True, slots=True)
class Row:
    """Panels side by side, as many lines as they need, under a title."""

    zh: str
    en: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One dashboard; its file is named as its uid without the product."""

    uid: str
    meaning: str
    rows: Sequence[Row]
    variables: Sequence[Json]
    since: str
    refresh: str

    @property
    def file_name(self) -> str:
        """Its file in dashboards/."""
        return f"{self.uid.removeprefix('yuanqu-')}.json"

    def document(self) -> Json:
        """Grafana's document."""
        return {
            "uid": self.uid,
            "title": TITLES[self.uid],
            "description": self.meaning,
            "tags": ["yuanqu"],
            "schemaVersion": SCHEMA_VERSION,
            "version": 1,
            "editable": False,
            "graphTooltip": 1,
            "timezone": "Asia/Shanghai",
            "weekStart": "monday",
            "time": {"from": self.since, "to": "now"},
            "refresh": self.refresh,
            "timepicker": {"refresh_intervals": ["5s", "15s", "1m", "5m", "15m"]},
            "templating": {"list": list(self.variables)},
            "annotations": {"list": [_releases(), _restatements()]},
            "links": [*_dashboards(self.uid), *_outside()],
            "panels": _laid_out(self.rows),
        }


def variable(
    name: str,
    zh: str,
    en: str,
    *,
    source: Json,
    query: str,
    everything: str = "",
) -> Json:
    """A choice read from a source; `everything` is what All stands for, where all can be chosen."""
    found: Json = {
        "name": name,
        "type": "query",
        "label": f"{zh} · {en}",
        "datasource": source,
        "query": query if source is BOARD else {"query": query, "refId": f"var-{name}"},
        "refresh": 2,
        "sort": 0,
        "regex": "",
        "hide": 0,
        "multi": bool(everything),
        "includeAll": bool(everything),
    }
    if everything:
        found |= {
            "allValue": everything,
            "current": {"text": ["All"], "value": ["$__all"], "selected": True},
        }
    return found


def choice(name: str, zh: str, en: str, options: Sequence[tuple[str, str]]) -> Json:
    """A choice of values that the code knows; the first is taken."""
    listed = [
        {"text": text, "value": value, "selected": place == 0}
        for place, (text, value) in enumerate(options)
    ]
    return {
        "name": name,
        "type": "custom",
        "label": f"{zh} · {en}",
        "query": ", ".join(f"{text} : {value}" for text, value in options),
        "options": listed,
        "current": listed[0],
        "hide": 0,
        "multi": False,
        "includeAll": False,
    }


SERVICE = variable(
    "service",
    "服务",
    "Service",
    source=PROMETHEUS,
    query="label_values(build_info, service)",
    everything=".*",
)


def to(uid: str, variables: str = "") -> str:
    """The address of a dashboard over the same time, with variables."""
    return f"/d/{uid}?${{__url_time_range}}{variables}"


def _laid_out(rows: Sequence[Row]) -> list[Json]:
    found: list[Json] = []
    top = 0
    for row in rows:
        place = {"h": 1, "w": WIDTH, "x": 0, "y": top}
        found.append(
            {
                "id": len(found) + 1,
                "type": "row",
                "title": f"{row.zh} · {row.en}",
                "collapsed": False,
                "gridPos": place,
                "panels": [],
            }
        )
        top += 1
        left = line_height = 0
        for panel in row.panels:
            if left + panel.width > WIDTH:
                top, left, line_height = top + line_height, 0, 0
            place = {"h": panel.height, "w": panel.width, "x": left, "y": top}
            found.append(panel.document(len(found) + 1, place))
            left += panel.width
            line_height = max(line_height, panel.height)
        top += line_height
    return found


def _releases() -> Json:
    """A version that this service did not have in the day before."""
    known = "group by (service, version) (last_over_time(build_info[1d] offset 1m))"
    return {
        "name": "发布 · Releases",
        "datasource": PROMETHEUS,
        "enable": True,
        "hide": False,
        "iconColor": "blue",
        "titleFormat": "{{service}} {{version}}",
        "tagKeys": "service,version",
        "useValueForTime": False,
        "target": {
            "refId": "Releases",
            "expr": f"group by (service, version) (build_info) unless {known}",
            "interval": "1m",
        },
    }


def _restatements() -> Json:
    return {
        "name": "数据重述 · Restatements",
        "datasource": BOARD,
        "enable": True,
        "hide": False,
        "iconColor": "purple",
        "target": {
            "refId": "Restatements",
            "editorMode": "code",
            "rawQuery": True,
            "format": "table",
            "rawSql": "SELECT at AS time, sentence AS text, cause AS tags FROM board.restatement "
            "WHERE $__timeFilter(at) ORDER BY at",
        },
    }


def _dashboards(own: str) -> list[Json]:
    return [
        link(title, f"/d/{uid}")
        | {"type": "link", "icon": "dashboard", "keepTime": True, "includeVars": False}
        for uid, title in TITLES.items()
        if uid != own
    ]


def _outside() -> list[Json]:
    return [
        link(title, url)
        | {"type": "link", "icon": "external link", "keepTime": False, "includeVars": False}
        for title, url in OUTSIDE.items()
    ]
