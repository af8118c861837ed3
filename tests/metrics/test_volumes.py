"""What an answer about volumes says, and what it refuses to say."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from metrics.comparison.rules import Comparison
from metrics.growth.rules import cohort_hash
from metrics.rate.rules import Kind
from metrics.rate.schemas import RateRecording
from metrics.rate.use_cases import record_rate
from metrics.volume.problems import (
    EnterpriseFiguresRefused,
    OutsideRecordScope,
    QuestionInvalid,
    TooManyGroups,
)
from metrics.volume.queries import cells
from metrics.volume.rules.questions import CohortOf, Scope
from metrics.volume.schemas import Growth, VolumeAnswer, table
from service_chassis.tabular import write_csv
from tests.metrics.figures import Economy, amount, amounts, groups, sale

A, B, C, D = (f"91440101MA5AAAA{number:03}" for number in range(4))
YOY = [Comparison.YOY]
BILLION = 100_000_000_000
"""Yuan, in fen."""
BIGGEST = 10_000_000_000_000


async def sell_in_bulk(
    economy: Economy, seller: str, day: date, total: int, **dimensions: str
) -> None:
    """Sell for a total that no single order may carry."""
    parts = [BIGGEST] * (total // BIGGEST) + ([total % BIGGEST] if total % BIGGEST else [])
    await economy.sell(*(sale(seller, day, part, **dimensions) for part in parts))


async def publish(economy: Economy, rate: str, period: str, kind: Kind = Kind.PRESS_SPOT) -> None:
    """Record a rate of the dollar."""
    async with economy.database.unit_of_work() as uow:
        await record_rate(
            uow,
            RateRecording.model_validate(
                {
                    "base": "USD",
                    "quote": "CNY",
                    "rate": rate,
                    "kind": kind,
                    "period": period,
                    "published_on": "2013-12-24",
                    "source": "the report of the day",
                }
            ),
        )


def growth_of(answer: VolumeAnswer, *, converted: bool = False) -> Growth:
    """The year-on-year growth of the only figure."""
    (item,) = answer.items
    (figure,) = item.converted if converted else item.native
    assert figure.yoy is not None
    return figure.yoy


async def test_guangzhou_to_november_2013_is_the_figure_that_was_published(
    economy: Economy,
) -> None:
    await sell_in_bulk(economy, A, date(2013, 5, 1), 1_750 * BILLION, buyer_type="enterprise")
    await sell_in_bulk(economy, A, date(2012, 5, 1), 1_400 * BILLION, buyer_type="enterprise")
    await sell_in_bulk(economy, A, date(2013, 12, 1), 7 * BILLION)
    await publish(economy, "6.0722", "2013-YTD-11")

    answer = await economy.ask("2013-YTD-11", comparisons=YOY, currencies=["CNY,USD"])

    (item,) = answer.items
    yuan, dollars = item.converted
    assert (yuan.currency, yuan.amount_minor) == ("CNY", 175_000_000_000_000)
    assert yuan.yoy is not None
    assert yuan.yoy.rate == "0.250000"
    assert (dollars.amount, dollars.rates) == ("288198675932.94", [0])
    assert dollars.yoy is not None
    assert (dollars.yoy.rate, dollars.yoy.reason) == (None, "rate_missing")
    (rate,) = answer.rates
    assert (rate.rate, rate.published_on, rate.kind) == ("6.0722", date(2013, 12, 24), "press_spot")
    assert rate.source == "the report of the day"


async def test_hangzhou_2016_grows_in_dollars_and_every_rate_is_named(economy: Economy) -> None:
    export = {"currency": "USD", "trade_flow": "export", "customs_mode": "9610"}
    await economy.sell(
        sale(A, date(2016, 6, 1), 1_800_000_000_00, **export),
        sale(A, date(2015, 6, 1), 1_475_409_836_07, **export),
    )
    await publish(economy, "6.6423", "2016", Kind.YEAR_AVG)
    await publish(economy, "6.2284", "2015", Kind.YEAR_AVG)

    answer = await economy.ask(
        "2016", measures=["CBEC_EXPORT"], comparisons=YOY, currencies=["USD", "CNY"]
    )

    dollars, yuan = answer.items[0].converted
    assert dollars.yoy is not None
    assert (dollars.amount_minor, dollars.yoy.rate) == (180_000_000_000, "0.220000")
    assert yuan.amount_minor == 1_195_614_000_000
    assert yuan.yoy is not None
    assert yuan.yoy.base_amount_minor == 918_944_262_298
    assert yuan.yoy.rate == "0.301073"


async def test_growth_without_a_base_says_so_and_a_negative_base_too(economy: Economy) -> None:
    await economy.sell(sale(A, date(2025, 5, 1), 100))
    missing = growth_of(await economy.ask("2025-05", comparisons=YOY))
    await economy.sell(sale(A, date(2024, 5, 1), 70, "refunded"))
    negative = growth_of(await economy.ask("2025-05", measures=["ECV_NET"], comparisons=YOY))

    assert (missing.rate, missing.reason, missing.base_amount_minor) == (None, "base_missing", None)
    assert (negative.rate, negative.reason) == (None, "base_not_positive")
    assert negative.base_amount_minor == -70


async def test_what_was_voided_is_no_base_any_more(economy: Economy) -> None:
    wrong = replace(sale(A, date(2024, 5, 1), 70), order_no="W-1")
    await economy.sell(wrong, sale(A, date(2025, 5, 1), 100), wrong.voided())

    found = growth_of(await economy.ask("2025-05", comparisons=YOY))

    assert found.reason == "base_missing"


async def test_an_open_period_is_compared_over_equal_elapsed_days(economy: Economy) -> None:
    economy.clock.set(datetime(2026, 3, 15, 4, 0, tzinfo=UTC))
    await economy.sell(
        sale(A, date(2026, 3, 15), 300),
        sale(A, date(2025, 3, 15), 200),
        sale(A, date(2025, 3, 16), 1_000),
        sale(A, date(2025, 1, 1), 50),
    )

    month = growth_of(await economy.ask("2026-03", comparisons=YOY))
    year = growth_of(await economy.ask("2026", comparisons=YOY))
    answer = await economy.ask("2026-03")

    assert (month.rate, month.current.to_date) == ("0.500000", True)
    assert month.base is not None
    assert month.base.until.isoformat() == "2025-03-16T00:00:00+08:00"
    assert (year.rate, year.base_amount_minor) == ("0.200000", 250)
    assert answer.period.to_date


async def test_the_three_growth_rates_of_a_month_come_together(economy: Economy) -> None:
    await economy.sell(
        sale(A, date(2025, 2, 10), 150),
        sale(A, date(2025, 1, 10), 300),
        sale(A, date(2024, 2, 10), 100),
        sale(A, date(2024, 1, 10), 100),
    )

    answer = await economy.ask("2025-02", comparisons=list(Comparison))

    figure = answer.items[0].native[0]
    assert figure.yoy
    assert figure.ytd_yoy
    assert figure.mom
    rates = (figure.yoy.rate, figure.ytd_yoy.rate, figure.mom.rate)
    assert rates == ("0.500000", "1.250000", "-0.500000")


async def test_measures_tell_kinds_and_dimensions_apart(economy: Economy) -> None:
    day = date(2025, 5, 1)
    await economy.sell(
        sale(A, day, 1_000, channel="livestream", attribution="none"),
        sale(A, day, 501, channel="livestream", attribution=None),
        sale(A, day, 200, channel="shelf", buyer_type="enterprise", attribution=None),
        sale(A, day, 40, goods_kind="service", buyer_type="social_group"),
        sale(A, day, 5_000, "created"),
        sale(A, day, 300, "refunded"),
        sale(A, day, 900, "settled"),
    )
    measures = "GMV_ORDERED,ECV_PAID,ECV_NET,ECV_SETTLED,ONLINE_RETAIL,ONLINE_RETAIL_PHYS"
    measures += ",B2B_VOLUME,SERVICE_VOLUME,LIVE_SALES,REFUNDS,ORDERS_PAID,AOV,CBEC_EXPORT"

    answer = await economy.ask("2025-05-01", measures=[measures])

    found = {
        item.measure: (item.native[0].amount_minor, item.native[0].count)
        for item in answer.items
        if item.native
    }
    assert found == {
        "GMV_ORDERED": (5_000, 1),
        "ECV_PAID": (1_741, 4),
        "ECV_NET": (1_441, 5),
        "ECV_SETTLED": (900, 1),
        "ONLINE_RETAIL": (1_541, 3),
        "ONLINE_RETAIL_PHYS": (1_501, 2),
        "B2B_VOLUME": (200, 1),
        "SERVICE_VOLUME": (40, 1),
        "LIVE_SALES": (541, 2),
        "REFUNDS": (300, 1),
        "ORDERS_PAID": (None, 4),
        "AOV": (435, 4),
    }


async def test_the_four_cells_of_trade_mode_and_flow_have_shares(economy: Economy) -> None:
    day = date(2025, 5, 1)
    for mode, flow, paid in (
        ("B2B", "domestic", 400),
        ("B2B", "export", 300),
        ("B2C", "domestic", 200),
        ("B2C", "export", 100),
    ):
        customs = None if flow == "domestic" else "9610"
        await economy.sell(
            sale(A, day, paid, trade_mode=mode, trade_flow=flow, customs_mode=customs)
        )

    answer = await economy.ask("2025", group_by=["trade_mode,trade_flow"], share=True)

    shares = {
        (item.group["trade_mode"].code, item.group["trade_flow"].code): item.native[0].share
        for item in answer.items
    }
    assert {key: found.rate if found else None for key, found in shares.items()} == {
        ("B2B", "domestic"): "0.400000",
        ("B2B", "export"): "0.300000",
        ("B2C", "domestic"): "0.200000",
        ("B2C", "export"): "0.100000",
    }


async def test_pilot_modes_of_2013_count_under_the_national_codes(economy: Economy) -> None:
    await economy.sell(
        sale(A, date(2013, 10, 1), 100, trade_flow="export", customs_mode="gz2013_b2c_export"),
        sale(A, date(2014, 10, 1), 200, trade_flow="export", customs_mode="9610"),
        sale(A, date(2014, 10, 1), 400, trade_flow="export", customs_mode="1210"),
    )

    answer = await economy.ask("2013..2014", group_by=["customs_mode"])
    filtered = await economy.ask("2013..2014", of_facts={"customs_mode": ["9610"]})

    assert amounts(answer, "customs_mode") == {"9610": 300, "1210": 400}
    assert amount(filtered.items[0]) == 300


async def test_like_for_like_compares_those_who_were_there_all_along(economy: Economy) -> None:
    await economy.hear(economy.park("PA"), economy.park("PB"))
    await economy.hear(*(economy.enterprise(each) for each in (A, B, C)))
    await economy.hear(
        economy.tenancy(A, "PA", date(2020, 1, 1)),
        economy.tenancy(B, "PA", date(2020, 1, 1), date(2025, 6, 15)),
        economy.tenancy(B, "PB", date(2025, 6, 15)),
        economy.tenancy(C, "PA", date(2025, 2, 1)),
    )
    for each, then, now in ((A, 100, 150), (B, 1_000, 500), (C, 30, 4_000)):
        await economy.sell(sale(each, date(2024, 5, 1), then), sale(each, date(2025, 5, 1), now))

    answer = await economy.ask("2025", group_by=["park"], comparisons=YOY, like_for_like=True)
    parks = await economy.ask(
        "2025", parks=["PA"], comparisons=YOY, like_for_like=True, cohort=CohortOf.PARKS
    )

    found = groups(answer, "park")["PA"].native[0].yoy
    assert found is not None
    assert (found.rate, found.base_amount_minor) == ("3.227273", 1_100)
    assert found.like_for_like is not None
    same = found.like_for_like
    assert (same.rate, same.current_amount_minor, same.base_amount_minor) == ("0.500000", 150, 100)
    assert (same.cohort.of, same.cohort.count) == ("enterprises", 1)
    assert same.cohort.hash == cohort_hash([A])
    of_parks = growth_of(parks).like_for_like
    assert of_parks is not None
    assert (of_parks.rate, of_parks.cohort.hash) == ("3.227273", cohort_hash(["PA"]))


async def test_enterprises_are_shown_to_those_allowed_only(economy: Economy) -> None:
    await economy.hear(economy.park("PA"), economy.enterprise(A), economy.enterprise(B))
    await economy.hear(economy.tenancy(A, "PA", date(2020, 1, 1)))
    await economy.sell(
        sale(A, date(2025, 5, 1), 100),
        sale(B, date(2025, 5, 1), 10),
    )

    own = await economy.ask(
        "2025",
        group_by=["enterprise"],
        sees_enterprises=False,
        scope=Scope(enterprises=frozenset({A})),
    )
    tenants = await economy.ask("2025", scope=Scope(parks=frozenset({"PA"})))
    reported = await economy.ask("2025", scope=Scope(platform="jd"))

    with pytest.raises(EnterpriseFiguresRefused):
        await economy.ask("2025", group_by=["enterprise"], sees_enterprises=False)
    with pytest.raises(EnterpriseFiguresRefused):
        await economy.ask("2025", enterprises=[A], sees_enterprises=False)
    with pytest.raises(OutsideRecordScope):
        await economy.ask("2025", enterprises=[B], scope=Scope(enterprises=frozenset({A})))
    with pytest.raises(OutsideRecordScope):
        await economy.ask("2025", parks=["PB"], scope=Scope(parks=frozenset({"PA"})))
    with pytest.raises(OutsideRecordScope):
        await economy.ask("2025", regions=["330000"], scope=Scope(region="440100"))
    assert amounts(own, "enterprise") == {A: 100}
    assert own.restricted_to is not None
    assert amount(tenants.items[0]) == 100
    assert amount(reported.items[0]) == 0


async def test_too_many_groups_are_refused_with_their_number(
    economy: Economy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "MOST_GROUPS", 20)
    await economy.sell(
        *(sale(A, date(2025, 5, 1), 1, category=f"c{number}") for number in range(21))
    )

    with pytest.raises(TooManyGroups) as refused:
        await economy.ask("2025", group_by=["category"])

    assert refused.value.members["groups"] == 21
    assert "Filter by" in refused.value.detail


@pytest.mark.parametrize(
    "words",
    [
        {"measures": ["TURNOVER"]},
        {"group_by": ["city"]},
        {"group_by": ["plan_node"]},
        {"nodes": ["N1"]},
        {"nodes": ["N1"], "plan": "none"},
        {"regions": ["999999"]},
        {"by": "ytd"},
        {"currencies": ["RMB"]},
        {"like_for_like": True},
        {"like_for_like": True, "comparisons": YOY, "by": "month"},
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(
    economy: Economy, words: dict[str, object]
) -> None:
    with pytest.raises(QuestionInvalid):
        await economy.ask("2025", **words)


async def test_a_series_has_every_step_with_its_own_growth(economy: Economy) -> None:
    for month in range(1, 13):
        await economy.sell(
            sale(A, date(2025, month, 3), 100 * month), sale(A, date(2024, month, 3), 100)
        )

    answer = await economy.ask("2025", by="month", comparisons=[*YOY, Comparison.MOM])
    weeks = await economy.ask("2025-01", by="week")

    assert [amount(item) for item in answer.items] == [100 * month for month in range(1, 13)]
    rates = [item.native[0].yoy.rate for item in answer.items if item.native[0].yoy]
    assert rates == [f"{month - 1}.000000" for month in range(1, 13)]
    assert answer.items[0].native[0].mom
    assert answer.items[0].native[0].mom.rate == "0.000000"
    assert [item.period.period for item in weeks.items] == [
        "2025-W01",
        "2025-W02",
        "2025-W03",
        "2025-W04",
        "2025-W05",
    ]
    assert sum(amount(item) for item in weeks.items) == 100


async def test_hours_are_there_while_they_are_kept(economy: Economy) -> None:
    await economy.sell(sale(A, date(2026, 3, 1), 100), sale(A, date(2026, 2, 28), 40))

    hour = await economy.ask("2026-03-01T12", comparisons=[Comparison.MOM])
    day = await economy.ask("2026-02-28..2026-03-01", by="hour")
    across = await economy.ask("2026-02-28T12..2026-03-01T11")

    assert amount(hour.items[0]) == 100
    assert amount(across.items[0]) == 40
    assert sum(amount(item) for item in day.items) == 140
    assert len(day.items) == 48


async def test_an_answer_as_csv_holds_no_formula(economy: Economy) -> None:
    await economy.sell(sale(A, date(2025, 5, 1), 123_456, category="=1+1"))

    answer = await economy.ask("2025", group_by=["category"], comparisons=YOY, share=True)
    lines = list(csv.DictReader(io.StringIO(write_csv(*table(answer)).decode("utf-8-sig"))))

    assert lines[0]["category"] == "'=1+1"
    assert (lines[0]["amount_minor"], lines[0]["amount"]) == ("123456", "1234.56")
    assert (lines[0]["yoy"], lines[0]["yoy:reason"]) == ("", "base_missing")
    assert lines[0]["share"] == "1.000000"


async def test_every_answer_says_how_fresh_it_is(economy: Economy) -> None:
    empty = await economy.ask("2025")
    await economy.sell(sale(A, date(2025, 5, 1), 1))
    await economy.sell(replace(sale(A, date(2025, 5, 1), 1), order_no="LATE-1").voided())
    economy.clock.advance(timedelta(minutes=3))

    answer = await economy.ask("2025")

    assert empty.freshness.watermark is None
    assert answer.freshness.watermark is not None
    assert answer.freshness.pending_corrections == 1
    assert answer.freshness.open_conflicts == 0
    assert answer.freshness.chunks_in_transit == 0
