"""What the reader of the dashboards sees is what the API answers, to the fen."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import psycopg
import pytest

from metrics.comparison.rules import Comparison
from metrics.measure.rules import MEASURES, Unit
from metrics.volume.schemas import Figure
from reference_data import currencies
from service_chassis.database import Database
from service_chassis.testing import FrozenClock
from tests.grafana import town
from tests.grafana.traded import Towns, Traded
from tests.metrics.figures import Economy

UNITS = ("day", "month", "quarter", "year")
GROUPS = ("all", "platform", "channel", "category", "park", "plan_node")
TODAYS = (
    town.TODAY,
    # Most of a month has elapsed: the month before less its last days is fewer rows.
    date(2025, 11, 28),
    # The year before has no such day, and a year after it has one day less.
    date(2024, 2, 29),
)


class Shown(NamedTuple):
    """A figure without its name."""

    orders: int
    amount_minor: int | None
    base_orders: int
    base_amount_minor: int | None
    yoy: str | None


@pytest.fixture(scope="module", params=TODAYS, ids=str)
def traded(request: pytest.FixtureRequest, towns: Towns) -> Traded:
    return towns.on(request.param)


@pytest.fixture
def reader(traded: Traded) -> Iterator[psycopg.Connection[Any]]:
    with traded.read() as connection:
        yield connection


@pytest.mark.parametrize("grouped", GROUPS)
async def test_every_measure_and_period_is_the_one_of_the_api(
    traded: Traded, reader: psycopg.Connection[Any], grouped: str
) -> None:
    opened = Database(traded.url, FrozenClock(traded.now))
    try:
        for unit in UNITS:
            expected = await asked(opened, unit, grouped, traded.now)
            assert seen(reader, unit, grouped, traded.now) == expected, unit
            assert len(expected) > 1
    finally:
        await opened.dispose()


async def asked(
    database: Database, unit: str, grouped: str, at: datetime
) -> dict[tuple[str, str | None, str | None], Shown]:
    """Measure, group and currency → the figures of the API."""
    economy = Economy(database, FrozenClock(at))
    answer = await economy.ask(
        period_of(unit, at),
        measures=[measure.code for measure in MEASURES],
        group_by=[] if grouped == "all" else [grouped],
        plan=town.PLAN if grouped == "plan_node" else None,
        comparisons=[Comparison.YOY],
    )
    return {
        (item.measure, item.group[grouped].code if item.group else "all", figure.currency): shown(
            figure
        )
        for item in answer.items
        for figure in item.native
    }


def shown(figure: Figure) -> Shown:
    growth = figure.yoy
    assert growth is not None
    return Shown(
        figure.count,
        figure.amount_minor,
        growth.base_count,
        growth.base_amount_minor,
        growth.rate,
    )


def period_of(unit: str, at: datetime) -> str:
    day = (at + timedelta(hours=8)).date()
    return {
        "day": day.isoformat(),
        "month": f"{day:%Y-%m}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "year": str(day.year),
    }[unit]


def seen(
    reader: psycopg.Connection[Any], unit: str, grouped: str, at: datetime
) -> dict[tuple[str, str | None, str | None], Shown]:
    """The same as the reader of the dashboards sees it."""
    found: dict[tuple[str, str | None, str | None], Shown] = {}
    for kind, question in QUESTIONS.items():
        measures = [measure.code for measure in MEASURES if measure.unit is kind]
        rows = reader.execute(
            question,
            {
                "measures": measures,
                "unit": unit,
                "at": at,
                "grouped": grouped,
                "plan": town.PLAN,
            },
        )
        for measure, code, currency, orders, amount, base_orders, base, yoy in rows:
            found[measure, code, currency] = Shown(
                int(orders),
                None if amount is None else int(amount),
                int(base_orders),
                int(base) if base is not None and base_orders else None,
                None if yoy is None else f"{yoy:.6f}",
            )
    return found


FIGURES = (
    "unnest(%(measures)s::text[]) measure CROSS JOIN LATERAL "
    "board.figures(measure, %(unit)s, %(at)s, %(grouped)s, plan => %(plan)s) f"
)
QUESTIONS = {
    Unit.MONEY: "SELECT measure, code, currency, orders, amount_minor, base_orders, "
    f"base_amount_minor, yoy FROM {FIGURES}",
    Unit.COUNT: "SELECT measure, code, NULL, sum(orders), NULL, sum(base_orders), NULL, "
    "board.growth(sum(orders), sum(base_orders), sum(base_orders)) "
    f"FROM {FIGURES} GROUP BY measure, code",
    Unit.MONEY_PER_ORDER: "SELECT measure, code, currency, orders, coalesce(each, 0), "
    "base_orders, base, board.growth(coalesce(each, 0), base, base_orders) FROM "
    "(SELECT measure, code, currency, orders, board.half_even(amount_minor, orders) AS each, "
    f"base_orders, board.half_even(base_amount_minor, base_orders) AS base FROM {FIGURES}) f",
}


def test_platforms_can_be_chosen(traded: Traded, reader: psycopg.Connection[Any]) -> None:
    def orders(platforms: str) -> int:
        row = reader.execute(
            "SELECT sum(orders) FROM board.figures('ORDERS_PAID', 'year', %s, 'park', "
            f"{platforms})",
            [traded.now],
        ).fetchone()
        assert row
        return int(row[0])

    two = orders("ARRAY['cainiao-live', 'haohuo']")
    assert orders("ARRAY['*']") == two + orders("ARRAY['wholesale-1688']")
    assert two > 0


def test_the_present_day_is_not_cut_off(reader: psycopg.Connection[Any]) -> None:
    row = reader.execute(
        "SELECT first_day, until_day, board.business_date(now()) FROM board.period('year', now())"
    ).fetchone()

    assert row
    first, until, today = row
    assert (first, until) == (date(today.year, 1, 1), date(today.year + 1, 1, 1))


def test_amounts_have_the_decimals_of_their_currency(reader: psycopg.Connection[Any]) -> None:
    codes = sorted(currencies.codes())
    rows = reader.execute(
        "SELECT code, board.whole_units(12345, code) FROM unnest(%s::text[]) code", [codes]
    )

    assert dict(rows.fetchall()) == {code: currencies.major(12345, code) for code in codes}


@pytest.mark.parametrize(
    ("first", "until"),
    [
        (date(2025, 1, 1), date(2026, 1, 1)),
        (date(2025, 1, 1), date(2025, 3, 28)),
        (date(2025, 1, 20), date(2025, 3, 5)),
        (date(2025, 2, 3), date(2025, 2, 27)),
        (date(2025, 2, 3), date(2025, 2, 4)),
        (date(2025, 1, 2), date(2025, 2, 1)),
        (date(2025, 2, 3), date(2025, 2, 3)),
    ],
)
def test_months_and_days_add_up_to_the_same(
    reader: psycopg.Connection[Any], first: date, until: date
) -> None:
    by_runs = reader.execute(
        "SELECT * FROM board.volume_by_park(%s, %s) WHERE n <> 0 OR amount <> 0 ORDER BY 1, 2, 3",
        [first, until],
    ).fetchall()
    by_day = reader.execute(
        "SELECT park_code, dimension_id, kind, sum(n), sum(amount) FROM board.day_by_park "
        "WHERE slot >= board.day_slot(%s) AND slot < board.day_slot(%s) GROUP BY 1, 2, 3 "
        "HAVING sum(n) <> 0 OR sum(amount) <> 0 ORDER BY 1, 2, 3",
        [first, until],
    ).fetchall()

    assert by_runs == by_day
