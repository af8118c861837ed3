"""The figures of a stack, asked through its gateway: what has to be the same before and after."""

from collections.abc import Mapping
from typing import Any

from yuanqu.api import Api
from yuanqu.demo.figures import PUBLISHED
from yuanqu.figures.reconcile import PATH as RECONCILIATION
from yuanqu.figures.volumes import PATH as VOLUMES
from yuanqu.figures.volumes import question

MEASURES = ("ECV_PAID", "ECV_NET")


def figures(api: Api, year: int) -> dict[str, Any]:
    """The published figures of the demonstration, and this year by platform; without the clock."""
    found = {
        published.title: api.get(
            VOLUMES,
            question(
                measure=published.measure,
                period=published.period,
                yoy=published.growth is not None,
                currency=[published.currency],
                **published.filters,
            ),
        )["items"]
        for published in PUBLISHED
    }
    for measure in MEASURES:
        found[f"{measure} {year}"] = _of_year(api, measure, year)
    return found


def paid_minor(api: Api, year: int) -> int:
    """What was paid in a year, in fen, over all platforms."""
    return sum(
        figure["amount_minor"]
        for item in _of_year(api, "ECV_PAID", year)
        for figure in item["native"]
        if figure["currency"] == "CNY"
    )


def _of_year(api: Api, measure: str, year: int) -> list[Mapping[str, Any]]:
    asked = question(measure=measure, period=str(year), group_by=["platform"])
    items: list[Mapping[str, Any]] = api.get(VOLUMES, asked)["items"]
    return items


def lost(api: Api) -> tuple[int, int]:
    """Facts accepted and never judged, and facts that are late: both are 0 in a stack at rest."""
    answer = api.get(RECONCILIATION)
    return int(answer["difference"]), int(answer["overdue"])
