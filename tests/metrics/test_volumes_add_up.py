"""Figures against the truth, worked out fact by fact."""

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest

from metrics.period.rules import parse
from tests.metrics.figures import Economy, amounts, sale

FIRST, LAST = date(2023, 1, 1), date(2025, 12, 31)
PARKS = ("A", "B", "C")
PERIODS = (
    "2024",
    "2025-YTD-11",
    "2024-Q3",
    "2024-02",
    "2024-W09",
    "2024-02-29",
    "2023-11-05..2025-02-10",
    "2024-03-03..2024-03-28",
    "2023..2025",
    "2024-04..2025-06",
)


class Truth:
    """Who was where on every day, and what everyone sold."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.park_on: dict[tuple[str, date], str] = {}
        self.sold: list[tuple[str, date, int]] = []

    def day(self) -> date:
        return FIRST + timedelta(days=self.random.randrange((LAST - FIRST).days + 1))

    def stays(self, seller: str) -> list[tuple[str, date, date | None]]:
        """Stays that do not overlap, some of them without an end."""
        edges = sorted({self.day() for _ in range(self.random.randrange(5))})
        stays = []
        for place, first in enumerate(edges):
            if self.random.random() < 0.3:
                continue
            until = edges[place + 1] if place + 1 < len(edges) else None
            park = self.random.choice(PARKS)
            stays.append((park, first, until))
            day = first
            while day <= LAST and (until is None or day < until):
                self.park_on[seller, day] = park
                day += timedelta(days=1)
        return stays

    def by_park(self, period: str) -> dict[str | None, int]:
        window = parse(period).window
        found: defaultdict[str | None, int] = defaultdict(int)
        for seller, day, amount in self.sold:
            if window.first_day <= day <= window.last_day:
                found[self.park_on.get((seller, day), "unattributed")] += amount
        return dict(found)


@pytest.mark.parametrize("seed", range(4))
async def test_parks_add_up_day_by_day_however_sellers_moved(economy: Economy, seed: int) -> None:
    truth = Truth(seed)
    sellers = [f"91440101MA5AAAA{number:03}" for number in range(12)]
    known, strangers = sellers[:10], sellers[10:]
    await economy.hear(*(economy.park(code) for code in PARKS))
    await economy.hear(*(economy.enterprise(uscc) for uscc in known))
    early, late = known[:5], known[5:]
    for seller in early:
        await hear_stays(economy, truth, seller)

    await sell_somewhen(economy, truth, sellers)
    for seller in late:
        await hear_stays(economy, truth, seller)
    await check(economy, truth)

    await economy.add_up()
    await check(economy, truth)

    await sell_somewhen(economy, truth, strangers + early)
    await check(economy, truth)

    await economy.add_up()
    assert await economy.months_added_up() == 36
    for seller in strangers:
        await hear_stays(economy, truth, seller)
    await check(economy, truth)

    await economy.add_up()
    await check(economy, truth)


async def hear_stays(economy: Economy, truth: Truth, seller: str) -> None:
    for park, first, until in truth.stays(seller):
        await economy.hear(economy.tenancy(seller, park, first, until))


async def sell_somewhen(economy: Economy, truth: Truth, sellers: list[str]) -> None:
    sold = [
        (truth.random.choice(sellers), truth.day(), truth.random.randrange(1, 10**6))
        for _ in range(400)
    ]
    truth.sold += sold
    await economy.sell(*(sale(*each) for each in sold))


async def check(economy: Economy, truth: Truth) -> None:
    for period in PERIODS:
        expected = truth.by_park(period)
        by_park = await economy.ask(period, group_by=["park"])
        assert amounts(by_park, "park") == expected, period

        whole = await economy.ask(period)
        assert sum(f.amount_minor or 0 for f in whole.items[0].native) == sum(expected.values())

        one = await economy.ask(period, parks=["A"])
        assert sum(f.amount_minor or 0 for f in one.items[0].native) == expected.get("A", 0)

    by_month = await economy.ask("2024-01-15..2025-03-10", by="month", group_by=["park"])
    for item in by_month.items:
        start, until = item.period.start, item.period.until - timedelta(days=1)
        expected = truth.by_park(f"{start:%Y-%m-%d}..{until:%Y-%m-%d}")
        assert item.native[0].amount_minor == expected[item.group["park"].code]
