"""The demonstration: published figures to the last digit, from orders that add up to them."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from reference_data import credit_code, customs_modes
from tests.yuanqu.conftest import Installation
from yuanqu.demo import orders as demo
from yuanqu.demo.figures import PUBLISHED
from yuanqu.demo.orders import Orders, demo_orders
from yuanqu.demo.people import demo_firms
from yuanqu.demo.places import PARKS, plans
from yuanqu.demo.splits import split


@pytest.fixture(scope="module")
def loaded() -> Orders:
    return demo_orders(demo_firms(), 1)


def test_the_parts_add_up_to_the_published_totals_to_the_fen(loaded: Orders) -> None:
    total: Counter[str] = Counter()
    for events in loaded.by_platform.values():
        for event in events:
            if event["kind"] == "paid":
                total[event["order_no"].split("-")[1][:4]] += event["amount_minor"]

    assert total["GZ13"] == demo.GZ_2013
    assert total["GZ12"] == demo.GZ_2012
    assert total["HZ16"] == demo.HZ_2016
    assert total["HZ15"] == demo.HZ_2015
    assert total["NB19"] == demo.BASES_2019
    assert total["NB18"] == demo.BASES_2018
    assert total["PZ19"] == demo.PAZHOU_2019
    assert total["HM21"] == sum(demo.HUMEN_2021.values())


@pytest.mark.parametrize(
    ("current", "base", "growth"),
    [
        (demo.GZ_2013, demo.GZ_2012, "0.250000"),
        (demo.GZ_RETAIL_2013, demo.GZ_RETAIL_2012, "0.330000"),
        (demo.HZ_2016, demo.HZ_2015, "0.220000"),
        (demo.BASES_2019, demo.BASES_2018, "0.216000"),
    ],
)
def test_the_bases_are_those_that_the_growth_implies(current: int, base: int, growth: str) -> None:
    assert (Decimal(current) / base - 1).quantize(Decimal("0.000001")) == Decimal(growth)


def test_every_order_keeps_the_rules_of_facts(loaded: Orders) -> None:
    identities = set()
    for platform, events in loaded.by_platform.items():
        for event in events:
            assert 0 < event["amount_minor"] <= 10**13
            mode = event.get("customs_mode")
            if mode is not None:
                assert event["occurred_at"][:10] >= str(customs_modes.effective_from(mode))
            identities.add((platform, event["order_no"], event["kind"], event.get("ref")))
    assert len(identities) == loaded.count - 1


def test_orders_are_the_same_every_time_and_others_in_the_next_generation(loaded: Orders) -> None:
    again, after = demo_orders(demo_firms(), 1), demo_orders(demo_firms(), 2)

    assert again == loaded
    numbers = {event["order_no"] for event in loaded.by_platform["demo-mall"]}
    assert not numbers & {event["order_no"] for event in after.by_platform["demo-mall"]}


def test_credit_codes_are_valid_and_everybody_is_labelled() -> None:
    firms = demo_firms().everyone

    assert all(credit_code.is_valid(firm.uscc) for firm in firms)
    assert len({firm.uscc for firm in firms}) == len(firms)
    assert all("示例" in firm.name_zh and "illustrative" in firm.name_en for firm in firms)
    real = {"GZ-PAZHOU", "GZ-BAIETAN", "DG-HUMEN", "DG-1840", "HZ-CBEC"}
    assert all("示例" in park.name_zh for park in PARKS if park.code not in real)


def test_the_guangzhou_plan_has_one_and_one_and_nine() -> None:
    plan, nodes = plans()[0]

    assert (
        Counter(node["role"] for node in nodes)
        == plan["declared"]
        == {
            "hq": 1,
            "second": 1,
            "district": 9,
        }
    )


@pytest.mark.parametrize("total", [0, 1, 7, 10**15 + 1])
def test_a_split_adds_up(total: int) -> None:
    assert sum(split(total, 13, "seed")) == total


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_loaded_twice_removed_and_loaded_again(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    installation.start()
    try:
        first = installation.command("demo")
        assert "counted 22,450  duplicate 0  rejected 0" in first.out
        assert first.out.index("NOT MET") < first.out.index("one fen more".capitalize())
        _see_figures(installation)

        second = installation.command("demo")
        assert "counted 0  duplicate 22,450  rejected 0" in second.out
        _see_figures(installation)
        reconciled = installation.command("reconcile", "--json").json
        assert reconciled["difference"] == 0

        removed = installation.command("demo", "--remove")
        assert "22,451 order events are void" in removed.out
        empty = installation.command("volumes", "--period", "2013", "--json").json
        assert sum(_amounts(empty)) == 0

        third = installation.command("demo")
        assert "counted 22,450  duplicate 0  rejected 0" in third.out
        _see_figures(installation)
    finally:
        installation.end()


def _see_figures(installation: Installation) -> None:
    for published in PUBLISHED:
        words = published.command().split()[1:]
        answer = installation.command(*words, "--json").json
        [item] = answer["items"]
        [figure] = [
            each
            for each in item["converted"] or item["native"]
            if each["currency"] == published.currency
        ]
        assert figure["amount_minor"] == published.amount_minor, published.title
        if published.growth:
            assert figure["yoy"]["rate"] == published.growth, published.title
    shown = installation.command(*PUBLISHED[0].command().split()[1:]).out
    assert "1.75 tn CNY +25.0 % · US$288.2 bn @ 6.0722" in shown


def _amounts(answer: dict[str, list[dict[str, list[dict[str, int]]]]]) -> list[int]:
    return [figure["amount_minor"] for item in answer["items"] for figure in item["native"]]
