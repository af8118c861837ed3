"""What is there of the demonstration, and whether its figures are the published ones."""

import time
from collections.abc import Mapping
from typing import Any

from yuanqu.api import Api
from yuanqu.demo.figures import FOUR_CELLS, PUBLISHED, Published
from yuanqu.demo.orders import Orders, demo_orders
from yuanqu.demo.people import Firms
from yuanqu.failures import Failure, Refused
from yuanqu.figures.facts import path_of
from yuanqu.figures.volumes import PATH as VOLUMES
from yuanqu.figures.volumes import question
from yuanqu.money import exact, percent
from yuanqu.printing import Column, print_table, say
from yuanqu.records.targets import ATTAINMENT, attainment_line

NOT_FOUND = 404
AGREES = "ok"
HEARD_WITHIN_SECONDS = 30.0
PAUSE_SECONDS = 0.5
VOID = "void"


def present_orders(api: Api, firms: Firms) -> tuple[Orders, bool]:
    """The generation that is there, or the one to load next; whether it is there."""
    number = 1
    while True:
        orders = demo_orders(firms, number)
        state = _state(api, *orders.marker)
        if state is None:
            return orders, False
        if state != VOID:
            return orders, True
        number += 1


def is_half_removed(api: Api, orders: Orders) -> bool:
    """Whether a removal was interrupted: the first order is void, the marker still stands."""
    return _state(api, *orders.first_to_go) == VOID


def _state(api: Api, platform: str, order_no: str) -> str | None:
    try:
        found = api.get(path_of(platform, order_no))
    except Refused as refused:
        if refused.status == NOT_FOUND:
            return None
        raise
    paid = [fact for fact in found["facts"] if fact["kind"] == "paid"]
    return str(paid[0]["state"]) if paid else None


def print_published(api: Api) -> None:
    """Each published figure beside the one computed here. Failure when one differs."""
    rows = _settled(api)
    columns = (
        Column("", "agrees"),
        Column("figure", "title"),
        Column("published", "said"),
        Column("computed here", "computed", "right"),
        Column("growth", "growth", "right"),
    )
    print_table("Published figures", columns, rows)
    for published in PUBLISHED:
        if published.scope:
            say(f"{published.title}: {published.scope}", style="dim")
    say("Ask for them yourself:")
    for published in PUBLISHED:
        say(f"  {published.command()}")
    say(f"  {FOUR_CELLS}")
    wrong = [row["title"] for row in rows if row["agrees"] != AGREES]
    if wrong:
        raise Failure(
            f"{len(wrong)} figures are not the published ones: {', '.join(wrong)}",
            next_step="Were other orders reported for the same sellers? `yuanqu doctor` looks at "
            "the pipeline; `yuanqu demo --remove` takes the demonstration back.",
        )


def _settled(api: Api) -> list[dict[str, Any]]:
    """The comparison, once tenancies and plans have arrived everywhere."""
    deadline = time.monotonic() + HEARD_WITHIN_SECONDS
    while True:
        rows = [_compared(api, published) for published in PUBLISHED]
        if all(row["agrees"] == AGREES for row in rows) or time.monotonic() > deadline:
            return rows
        time.sleep(PAUSE_SECONDS)


def _compared(api: Api, published: Published) -> dict[str, Any]:
    currencies = [published.currency, *published.converted]
    answer = api.get(
        VOLUMES,
        question(
            measure=published.measure,
            period=published.period,
            yoy=published.growth is not None,
            currency=currencies,
            **published.filters,
        ),
    )
    found = _figures(answer)
    wanted = {published.currency: published.amount_minor, **published.converted}
    amounts = {currency: found.get(currency, {}).get("amount_minor") for currency in wanted}
    growth = (found.get(published.currency, {}).get("yoy") or {}).get("rate")
    return {
        "agrees": AGREES if amounts == wanted and growth == published.growth else "DIFFERS",
        "title": published.title,
        "said": published.said,
        "computed": " · ".join(
            f"{exact(amount or 0, currency)} {currency}" for currency, amount in amounts.items()
        ),
        "growth": percent(growth) if published.growth else "",
    }


def _figures(answer: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {figure["currency"]: figure for item in answer["items"] for figure in item["converted"]}


def print_attainment(api: Api, target_id: str) -> None:
    """How far Pazhou's target is."""
    path = f"{ATTAINMENT}/{target_id}/attainment"
    deadline = time.monotonic() + HEARD_WITHIN_SECONDS
    while True:
        try:
            say(attainment_line(api.get(path)))
        except Refused as refused:
            if refused.status != NOT_FOUND or time.monotonic() > deadline:
                raise
            # registry has the target; news of it travels to metrics.
            time.sleep(PAUSE_SECONDS)
        else:
            return
