"""Real transactions of a real shop, with refunds, sent twice: the sums of plain arithmetic."""

import csv
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from service_chassis.testing import Platform
from tests.support.figures import reconciliation, volumes
from tests.support.orders import a_fact, sellers
from tests.support.scenario import admit, outcomes, told

ROWS = Path(__file__).parent / "data" / "online_retail_2010-12-22.csv"
SELLER = sellers(1)[0]
CANCELLED = "C"
Row = dict[str, str]


def read() -> list[Row]:
    """The lines of the file, in their order."""
    with ROWS.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def as_fact(row: Row, line: int) -> dict[str, Any]:
    """A line as the shop's platform would report it: paid, or refunded where it was cancelled."""
    invoice = row["InvoiceNo"].removeprefix(CANCELLED)
    refunded = row["InvoiceNo"].startswith(CANCELLED)
    known = {"buyer_type": "enterprise", "trade_mode": "B2B"}
    return a_fact(
        f"{invoice}-{line:03}",
        "refunded" if refunded else "paid",
        ref=f"{row['InvoiceNo']}-{row['StockCode']}" if refunded else None,
        occurred_at=f"{row['InvoiceDate'].replace(' ', 'T')}Z",
        seller_uscc=SELLER,
        trade_flow="domestic" if row["Country"] == "United Kingdom" else "export",
        category=row["StockCode"],
        currency="GBP",
        amount_minor=int(abs(int(row["Quantity"])) * Decimal(row["UnitPrice"]) * 100),
        **(known if row["CustomerID"] else {}),
    )


def plainly(rows: list[Row]) -> Counter[tuple[str, str]]:
    """Pounds by measure and business date in Shanghai, eight hours ahead: no code of ours."""
    sums: Counter[tuple[str, str]] = Counter()
    for row in rows:
        moment = datetime.fromisoformat(row["InvoiceDate"]) + timedelta(hours=8)
        day = moment.date().isoformat()
        pence = int(int(row["Quantity"]) * Decimal(row["UnitPrice"]) * 100)
        sums["ECV_NET", day] += pence
        if row["InvoiceNo"].startswith("C"):
            sums["REFUNDS", day] -= pence
            continue
        sums["ECV_PAID", day] += pence
        sums["ORDERS_PAID", day] += 1
        sums["B2B_VOLUME" if row["CustomerID"] else "ONLINE_RETAIL", day] += pence
    return sums


async def test_a_day_of_a_real_shop_sent_twice_adds_up_as_plain_arithmetic_says(
    platform: Platform,
) -> None:
    rows = read()
    facts = [as_fact(row, line) for line, row in enumerate(rows)]
    cancelled = sum(fact["kind"] == "refunded" for fact in facts)
    shop = await admit(platform, "gifts", [SELLER])
    measures = "ECV_PAID,ECV_NET,REFUNDS,ORDERS_PAID,ONLINE_RETAIL,B2B_VOLUME"

    first = await told(platform, shop, facts)
    second = await told(platform, shop, list(reversed(facts)))
    answer = await volumes(platform, "2010-12", measure=measures, by="day")

    assert (len(rows), cancelled) == (291, 5)
    assert outcomes(first) == ["counted"] * len(rows)
    assert outcomes(second) == ["duplicate"] * len(rows)
    found = {
        (item["measure"], item["period"]["period"]): figure["count"]
        if figure["currency"] is None
        else figure["amount_minor"]
        for item in answer["items"]
        for figure in item["native"]
        if figure["currency"] in (None, "GBP")
    }
    expected = plainly(rows)
    assert {key: number for key, number in found.items() if number} == {
        key: number for key, number in expected.items() if number
    }
    # The last invoices of the afternoon are the next day's in Shanghai.
    assert {day for _, day in expected} == {"2010-12-22", "2010-12-23"}
    assert await reconciliation(platform, shop) == {
        "accepted": 582,
        "counted": 291,
        "duplicate": 291,
        "conflict": 0,
        "pending": 0,
        "buried": 0,
        "difference": 0,
    }
