"""The sections of a board as HTML: what a page begins with, and what its stream replaces."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from metrics.board.rules import amounts
from metrics.board.rules.amounts import YUAN
from metrics.board.rules.chart import NARROW, WIDE, chart
from metrics.board.rules.walls import Language
from metrics.board.schemas.cells import Teller
from metrics.board.schemas.pictures import OfTarget, Partner, Picture
from reference_data.shanghai import DAY, first_of_next_month

MOST_PARKS, MOST_NODES, MOST_CATEGORIES = 10, 12, 8

TEMPLATES = Environment(
    loader=PackageLoader("metrics.board", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Sections:
    """HTML by the id of its element, and a name for all of it together."""

    html: Mapping[str, str]
    digest: str


def sections(picture: Picture, language: Language, path: str) -> Sections:
    """Every section; `path` is where the board is found."""
    teller = Teller(language)
    shared = {"t": teller.words, "f": teller, "picture": picture, "path": path}
    html = {
        name: TEMPLATES.get_template(f"{name}.html").render(shared, **view(picture, teller))
        for name, view in _VIEWS.items()
    }
    text = "\0".join(f"{name}\0{part}" for name, part in html.items())
    return Sections(html, sha256(text.encode()).hexdigest()[:16])


def _notice(picture: Picture, teller: Teller) -> dict[str, Any]:
    key = "empty" if picture.is_empty and picture.latest is None else "empty_year"
    empty = not teller.of(picture.year)
    return {"empty": empty, "title": teller.words[key].format(year=picture.on.year)}


def _headline(picture: Picture, teller: Teller) -> dict[str, Any]:
    live = picture.is_live
    words = teller.words
    today, orders = teller.orders(picture.day), teller.orders(picture.year)
    told = words["orders_today" if live else "orders_on_day"]
    return {
        "cards": [
            {
                "id": name,
                "title": words[title],
                "money": teller.money(teller.of(answer)),
                "grown": teller.grown(teller.of(answer)),
                "against": words[against],
            }
            for name, title, answer, against in (
                (
                    "today",
                    "today" if live else "on_day",
                    picture.day,
                    "yoy_day" if live else "yoy",
                ),
                ("month", "month", picture.month, "yoy"),
                ("year", "year", picture.year, "yoy"),
            )
        ],
        "orders": orders.count if orders else 0,
        "orders_text": amounts.count(orders.count if orders else 0),
        "orders_grown": teller.growth(orders.yoy if orders else None),
        "orders_today": told.format(n=amounts.count(today.count if today else 0)),
    }


def _chart(picture: Picture, teller: Teller) -> dict[str, Any]:
    year = picture.on.year
    by_month: dict[str, int | None] = {
        item.period.period: next(
            (each.amount_minor for each in item.native if each.currency == YUAN), None
        )
        for item in picture.months.items
    }
    now, before = (
        [by_month.get(f"{each}-{month:02}") for month in range(1, 13)] for each in (year, year - 1)
    )
    # The evening of its last day closes a month; a board that follows the clock is not there yet.
    is_open = picture.is_live or first_of_next_month(picture.on) - DAY != picture.on
    open_month = picture.on.month if is_open else None
    title = teller.words["chart"].format(now=year, before=year - 1)
    return {
        "title": title,
        "years": (year, year - 1),
        "rows": [
            {
                "month": teller.words["open_month"].format(month=place + 1)
                if place + 1 == open_month
                else str(place + 1),
                "cells": [
                    None if amount is None else (amount, teller.exact(amount, YUAN))
                    for amount in (now[place], before[place])
                ],
            }
            for place in range(12)
        ],
        "charts": [
            (name, chart(frame, now, before, teller.language, open_month=open_month))
            for name, frame in (("wide", WIDE), ("narrow", NARROW))
        ],
    }


def _parks(picture: Picture, teller: Teller) -> dict[str, Any]:
    return {"lines": teller.lines(picture.parks, MOST_PARKS)}


def _plans(picture: Picture, teller: Teller) -> dict[str, Any]:
    return {
        "plans": [
            (teller.name(each.plan), lines)
            for each in picture.plans
            if (lines := teller.lines(each.volumes, MOST_NODES)).shown
        ]
    }


def _mix(picture: Picture, teller: Teller) -> dict[str, Any]:
    return {
        "tables": [
            ("channels", "channel", teller.lines(picture.channels, MOST_CATEGORIES)),
            ("categories", "category", teller.lines(picture.categories, MOST_CATEGORIES)),
        ]
    }


def _targets(picture: Picture, teller: Teller) -> dict[str, Any]:
    return {
        "title": teller.words["targets"].format(year=picture.on.year),
        "targets": None
        if picture.targets is None
        else [_target(each, teller) for each in picture.targets],
    }


def _target(each: OfTarget, teller: Teller) -> dict[str, Any]:
    found, words = each.attainment, teller.words
    currency = found.currency
    crossed = None
    if found.crossed_at is not None:
        told = words["met_at" if found.attained else "unmet_at"]
        crossed = told.format(at=teller.moment(found.crossed_at))
    ratio = amounts.percent(found.ratio)
    # A bar never looks full before the target is met.
    met = 100 if found.attained else 99
    filled = min(met, found.total_minor * 100 // max(1, found.target.amount_minor))
    return {
        "id": str(found.target.target_id),
        "node": teller.name(each.node),
        "measure": found.target.measure,
        "operator": found.target.operator,
        "target": amounts.large(found.target.amount_minor, currency, teller.language),
        "target_exact": teller.exact(found.target.amount_minor, currency),
        "total_minor": found.total_minor,
        "total": amounts.large(found.total_minor, currency, teller.language),
        "total_exact": teller.exact(found.total_minor, currency),
        "ratio": ratio,
        "filled": max(0, filled),
        "attained": found.attained,
        "missing": teller.exact(found.missing_minor, currency) if found.missing_minor else None,
        "crossed": crossed,
    }


def _partners(picture: Picture, teller: Teller) -> dict[str, Any]:
    return {
        "partners": None
        if picture.partners is None
        else [_partner(each, picture, teller) for each in picture.partners]
    }


def _partner(each: Partner, picture: Picture, teller: Teller) -> dict[str, Any]:
    words, today = teller.words, each.today

    def ago(lasted: str) -> str:
        return words["ago"].format(age=lasted)

    if not each.is_active:
        state, tone = words["suspended"], "off"
    elif each.overdue_since is not None:
        late = amounts.age(picture.as_of - each.overdue_since, teller.language)
        state, tone = words["overdue"].format(age=late), "bad"
    elif each.every_minutes is None:
        state, tone = words["no_interval"], "off"
    else:
        state, tone = words["on_time"], "good"
    exceptions = [
        f"{words[name]} {amounts.count(number)}"
        for name in ("duplicate", "conflict", "pending_facts", "buried")
        if today and (number := getattr(today, name.removesuffix("_facts")))
    ]
    return {
        "code": each.platform.code,
        "name": teller.name(each.platform),
        "state": state,
        "tone": tone,
        "heard": words["never"]
        if each.heard_at is None
        else ago(amounts.age(picture.as_of - each.heard_at, teller.language)),
        "accepted": today.accepted if today else 0,
        "accepted_text": amounts.count(today.accepted if today else 0),
        "exceptions": " · ".join(exceptions),
        "troubled": bool(today and (today.conflict or today.pending or today.buried)),
    }


def _pipeline(picture: Picture, teller: Teller) -> dict[str, Any]:
    lines, fresh = picture.reconciliation, picture.freshness
    difference = overdue = None
    if lines is not None:
        difference = sum(abs(line.difference) for line in lines)
        overdue = sum(line.overdue for line in lines)
    lag = fresh.lag_seconds
    return {
        "fresh": fresh,
        "lag": f"{amounts.count(lag)} {teller.words['seconds']}",
        "lag_tone": "good" if lag < SLOW_SECONDS else "warn" if lag < LATE_SECONDS else "bad",
        "count": amounts.count,
        "difference": difference,
        "overdue": overdue,
    }


SLOW_SECONDS, LATE_SECONDS = 60, 300
"""As on the park wall."""

_VIEWS: dict[str, Callable[[Picture, Teller], dict[str, Any]]] = {
    "notice": _notice,
    "headline": _headline,
    "chart": _chart,
    "parks": _parks,
    "plans": _plans,
    "mix": _mix,
    "targets": _targets,
    "partners": _partners,
    "pipeline": _pipeline,
}
NAMES = tuple(_VIEWS)
