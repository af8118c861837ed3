"""From a park and its sellers to a figure, and the same figure however often it is sent."""

import json
import random
from collections import Counter
from typing import Any

import zstandard

from service_chassis.testing import Platform
from tests.support.figures import reconciliation, volume, volume_by, volumes
from tests.support.orders import a_fact, paid_orders, sellers, totals
from tests.support.scenario import admit, move_in, outcomes, receipt_of, register_park, told

DAYS = "2026-03-01..2026-03-02"
BATCH = "/livestream-supply/v1/order-events:batch"


def mean_of(facts: list[dict[str, Any]], number: int) -> int:
    """Half-even by hand: the mean to the fen."""
    total: int = sum(fact["amount_minor"] for fact in facts)
    floor, rest = divmod(total, number)
    return floor + (2 * rest > number or (2 * rest == number and floor % 2 == 1))


async def test_orders_become_a_figure_and_the_same_figure_when_all_is_sent_again(
    platform: Platform,
) -> None:
    codes = sellers(6)
    shop = await admit(platform, "mall", codes)
    await register_park(platform, "GZ-PAZHOU", "440105")
    for code in codes[:3]:
        await move_in(platform, code, "GZ-PAZHOU", "2013-11-01")
    facts = list(paid_orders(300, codes))
    expected = totals(facts)

    first = await told(platform, shop, facts)
    figures = await volumes(platform, DAYS, measure="ECV_PAID,ORDERS_PAID,AOV")
    by_park = await volume_by(platform, "park", "2026-03")
    shuffled = list(facts)
    random.Random(5).shuffle(shuffled)
    lines = "\n".join(json.dumps(fact, ensure_ascii=False) for fact in shuffled).encode()
    resent = await platform.post(
        BATCH,
        content=zstandard.ZstdCompressor().compress(lines),
        headers={"Content-Type": "application/x-ndjson", "Content-Encoding": "zstd"},
        client=shop.credential,
    )
    await platform.settle()
    second = await receipt_of(platform, shop, resent.json()["id"])
    again = await volumes(platform, DAYS, measure="ECV_PAID,ORDERS_PAID,AOV")

    assert Counter(outcomes(first)) == {"counted": 300}
    numbers = {item["measure"]: item["native"][0] for item in figures["items"]}
    assert numbers["ECV_PAID"]["amount_minor"] == expected["paid_amount"]
    assert numbers["ORDERS_PAID"]["count"] == expected["paid_count"] == 300
    assert numbers["AOV"]["amount_minor"] == mean_of(facts, 300)
    in_park = sum(fact["amount_minor"] for fact in facts if fact["seller_uscc"] in codes[:3])
    assert by_park == {"GZ-PAZHOU": in_park, "unattributed": expected["paid_amount"] - in_park}
    assert again["items"] == figures["items"]
    assert Counter(outcomes(second)) == {"duplicate": 300}
    assert {item["first_receipt_id"] for item in second["item_outcomes"]} == {first["id"]}
    assert await reconciliation(platform, shop) == {
        "accepted": 600,
        "counted": 300,
        "duplicate": 300,
        "conflict": 0,
        "pending": 0,
        "buried": 0,
        "difference": 0,
    }


PERIODS = {
    "2026-02-28": [0],
    "2026-03-01": [1, 2, 3],
    "2026-03-01T00": [1],
    "2026-03-01T23": [3],
    "2026-03-02": [4],
    "2026-W09": [0, 1, 2, 3],
    "2026-W10": [4],
    "2026-03": [1, 2, 3, 4],
    "2026-Q1": [0, 1, 2, 3, 4],
    "2026": [0, 1, 2, 3, 4],
    "2026-YTD-02": [0],
    "2026-02-28..2026-03-01": [0, 1, 2, 3],
}
"""Period → which of the moments below lie in it."""

MOMENTS = (
    "2026-02-28T15:59:59.999Z",
    "2026-02-28T16:00:00Z",
    "2026-03-01T12:00:00+08:00",
    "2026-03-01T10:59:59.999-05:00",
    "2026-03-02T00:00:00+08:00",
)


async def test_a_fact_belongs_to_the_period_of_its_moment_in_shanghai(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", sellers(1))
    facts = [
        a_fact(f"N{number}", occurred_at=moment, amount_minor=10**number)
        for number, moment in enumerate(MOMENTS)
    ]

    await told(embedded, shop, facts)
    found = {period: await volume(embedded, period) for period in PERIODS}

    assert found == {
        period: sum(10**number for number in numbers) for period, numbers in PERIODS.items()
    }
