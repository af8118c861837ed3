"""The figures that were printed, from small sets of facts: to the last digit."""

from typing import Any

from reference_data import customs_modes
from service_chassis.testing import Platform
from tests.support.figures import volume, volumes
from tests.support.orders import a_fact, a_void, sellers
from tests.support.scenario import Partner, admit, made, move_in, outcomes, register_park, told

SELLERS = sellers(3)
MOST = 10**13
"""The largest amount of one fact, in minor units."""
TRILLION, BILLION = 10**12 * 100, 10**9 * 100


def adding_up_to(total: int, name: str, day: str, **members: Any) -> list[dict[str, Any]]:
    """Facts of one day whose amounts add up to a total."""
    amounts = [MOST] * (total // MOST) + ([total % MOST] if total % MOST else [])
    moment = f"{day}T12:00:00+08:00"
    return [
        a_fact(f"{name}-{number}", occurred_at=moment, amount_minor=amount, **members)
        for number, amount in enumerate(amounts)
    ]


async def guangzhou(platform: Platform) -> tuple[Partner, list[dict[str, Any]]]:
    """Guangzhou to November: 1.75 tn yuan, of which 320 bn were retail; the year before, less."""
    shop = await admit(platform, "mall", SELLERS[:1], region="440105")
    retail = {"buyer_type": "individual"}
    trade = {"buyer_type": "enterprise", "trade_mode": "B2B"}
    before = 24_060_150_375_940  # 320 bn / 1.33
    facts = [
        *adding_up_to(320 * BILLION, "R13", "2013-11-30", **retail),
        *adding_up_to(1_750 * BILLION - 320 * BILLION, "T13", "2013-01-01", **trade),
        *adding_up_to(before, "R12", "2012-11-30", **retail),
        *adding_up_to(1_400 * BILLION - before, "T12", "2012-01-01", **trade),
        # December is in neither: a year to date is not a year.
        *adding_up_to(999, "D13", "2013-12-01", **retail),
        *adding_up_to(888, "D12", "2012-12-01", **retail),
    ]
    receipt = await told(platform, shop, facts)
    assert set(outcomes(receipt)) == {"counted"}
    return shop, facts


async def test_guangzhou_to_november_2013(platform: Platform) -> None:
    shop, facts = await guangzhou(platform)
    rate = {
        "base": "USD",
        "quote": "CNY",
        "rate": "6.0722",
        "kind": "press_spot",
        "period": "2013-YTD-11",
        "published_on": "2013-12-24",
        "source": "implied by the report",
    }
    await made(platform, "/metrics/v1/exchange-rates", rate)
    asked: dict[str, Any] = {
        "measure": "ECV_PAID,ONLINE_RETAIL",
        "region": "440100",
        "yoy": True,
        "currency": "CNY,USD",
    }

    first = await volumes(platform, "2013-YTD-11", **asked)
    again = await told(platform, shop, facts)
    second = await volumes(platform, "2013-YTD-11", **asked)

    paid, retail = (item["native"][0] for item in first["items"])
    assert (paid["amount_minor"], paid["yoy"]["rate"]) == (1_750 * BILLION, "0.250000")
    assert paid["yoy"]["base_amount_minor"] == 1_400 * BILLION
    assert (retail["amount_minor"], retail["yoy"]["rate"]) == (320 * BILLION, "0.330000")
    dollars = next(each for each in first["items"][0]["converted"] if each["currency"] == "USD")
    # 175,000,000,000,000 fen / 6.0722, half-even to the cent.
    assert dollars["amount_minor"] == 28_819_867_593_294
    (used,) = (first["rates"][place] for place in dollars["rates"])
    assert (used["rate"], used["published_on"]) == ("6.0722", "2013-12-24")
    assert set(outcomes(again)) == {"duplicate"}
    assert second["items"] == first["items"]


async def test_a_wholesale_order_raises_trade_alone_and_a_void_lowers_it_by_itself(
    embedded: Platform,
) -> None:
    shop, _ = await guangzhou(embedded)
    members = {"buyer_type": "enterprise", "trade_mode": "B2B"}
    (order,) = adding_up_to(12_345, "ONE-MORE", "2013-06-01", **members)

    await told(embedded, shop, [order])
    raised = await volume(embedded, "2013-YTD-11")
    retail = await volume(embedded, "2013-YTD-11", "ONLINE_RETAIL")
    await told(embedded, shop, [a_void(order)])
    lowered = await volume(embedded, "2013-YTD-11")

    assert raised == 1_750 * BILLION + 12_345
    assert retail == 320 * BILLION
    assert lowered == 1_750 * BILLION


async def test_hangzhou_2016_in_dollars(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", SELLERS[:1], region="330106")
    exported = {"currency": "USD", "trade_flow": "export", "customs_mode": "9610"}
    before = 147_540_983_607  # 1.80 bn / 1.22, in cents
    await told(
        embedded,
        shop,
        [
            *adding_up_to(18 * BILLION // 10, "Z16", "2016-07-01", **exported),
            *adding_up_to(before, "Z15", "2015-07-01", **exported),
        ],
    )

    answer = await volumes(
        embedded, "2016", measure="CBEC_EXPORT", region="330100", yoy=True, currency="USD"
    )

    (item,) = answer["items"]
    (native,) = item["native"]
    assert native["currency"] == "USD"
    assert native["amount_minor"] == 180_000_000_000
    assert native["yoy"]["rate"] == "0.220000"
    assert native["yoy"]["base_amount_minor"] == before
    assert item["converted"][0]["amount_minor"] == 180_000_000_000


async def test_national_bases_2019(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", SELLERS[:1], region="110000")
    before = 441_611_842_105_263  # 5.37 tn / 1.216
    await told(
        embedded,
        shop,
        [
            *adding_up_to(537 * TRILLION // 100, "N19", "2019-05-01"),
            *adding_up_to(before, "N18", "2018-05-01"),
        ],
    )

    answer = await volumes(embedded, "2019", yoy=True)

    (figure,) = answer["items"][0]["native"]
    assert figure["amount_minor"] == 5_370 * BILLION
    assert figure["yoy"]["rate"] == "0.216000"


async def test_growth_without_a_base_is_null_and_says_why(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", SELLERS[:1])
    refund = a_fact(
        "BACK", "refunded", ref="R", amount_minor=5, occurred_at="2024-03-01T12:00:00+08:00"
    )
    paid = a_fact("PAID", amount_minor=7, occurred_at="2025-03-01T12:00:00+08:00")
    await told(embedded, shop, [refund, paid])

    missing = await volumes(embedded, "2025", measure="ECV_PAID", yoy=True)
    negative = await volumes(embedded, "2025", measure="ECV_NET", yoy=True)
    no_rate = await volumes(embedded, "2025", currency="USD")

    growths = [answer["items"][0]["native"][0]["yoy"] for answer in (missing, negative)]
    assert [(growth["rate"], growth["reason"]) for growth in growths] == [
        (None, "base_missing"),
        (None, "base_not_positive"),
    ]
    (converted,) = no_rate["items"][0]["converted"]
    assert (converted["amount_minor"], converted["reason"]) == (None, "rate_missing")


async def test_an_open_period_is_compared_over_equal_elapsed_days(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", SELLERS[:1])
    amounts = {"2026-03-01": 50, "2025-03-01": 40, "2025-03-02": 1, "2025-03-03": 1_000}
    await told(
        embedded,
        shop,
        [
            a_fact(day, occurred_at=f"{day}T09:00:00+08:00", amount_minor=amount)
            for day, amount in amounts.items()
        ],
    )

    answer = await volumes(embedded, "2026-03", yoy=True)

    growth = answer["items"][0]["native"][0]["yoy"]
    assert growth["current"]["to_date"] is True
    assert growth["base_amount_minor"] == 41
    assert growth["rate"] == "0.219512"


async def test_like_for_like_growth_leaves_the_newcomer_out_and_names_its_cohort(
    embedded: Platform,
) -> None:
    shop = await admit(embedded, "mall", SELLERS)
    await register_park(embedded, "GZ-PAZHOU", "440105")
    for seller, since in zip(SELLERS, ("2017-01-01", "2017-01-01", "2019-06-01"), strict=True):
        await move_in(embedded, seller, "GZ-PAZHOU", since)
    amounts = {
        (0, "2018-07-01"): 100,
        (0, "2019-07-01"): 110,
        (1, "2018-07-01"): 100,
        (1, "2019-07-01"): 110,
        (2, "2019-07-01"): 500,
    }
    await told(
        embedded,
        shop,
        [
            a_fact(
                f"{number}-{day}",
                seller_uscc=SELLERS[number],
                occurred_at=f"{day}T12:00:00+08:00",
                amount_minor=amount,
            )
            for (number, day), amount in amounts.items()
        ],
    )

    answer = await volumes(embedded, "2019", group_by="park", yoy=True, like_for_like=True)

    growth = answer["items"][0]["native"][0]["yoy"]
    assert growth["rate"] == "2.600000"
    assert growth["like_for_like"]["rate"] == "0.100000"
    assert growth["like_for_like"]["cohort"]["count"] == 2
    assert len(growth["like_for_like"]["cohort"]["hash"]) == 64


async def test_the_four_cells_of_humen_count_once_however_often_they_are_sent(
    embedded: Platform,
) -> None:
    shop = await admit(embedded, "mall", SELLERS[:1])
    cells = [(mode, flow) for mode in ("B2B", "B2C") for flow in ("domestic", "export")]
    orders = [
        a_fact(f"{mode}-{flow}", trade_mode=mode, trade_flow=flow, amount_minor=10**place)
        for place, (mode, flow) in enumerate(cells)
    ]

    first = await told(embedded, shop, orders)
    second = await told(embedded, shop, orders)
    answer = await volumes(embedded, "2026-03", group_by="trade_mode,trade_flow", share=True)

    assert outcomes(first) == ["counted"] * 4
    assert outcomes(second) == ["duplicate"] * 4
    found = {}
    for item in answer["items"]:
        group = item["group"]
        cell = group["trade_mode"]["code"], group["trade_flow"]["code"]
        found[cell] = item["native"][0]
    assert {cell: (each["count"], each["amount_minor"]) for cell, each in found.items()} == {
        cell: (1, 10**place) for place, cell in enumerate(cells)
    }
    assert found["B2C", "export"]["share"]["rate"] == "0.900090"


async def test_the_three_modes_of_guangzhou_open_on_24_september_2013(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", SELLERS[:1])
    pilots = sorted(
        code
        for code in customs_modes.codes()
        if customs_modes.effective_from(code).isoformat() == "2013-09-24"
        and customs_modes.allows(code, "export")
    )
    exported: dict[str, Any] = {"trade_flow": "export", "amount_minor": 1}

    early = await told(
        embedded,
        shop,
        [
            a_fact(
                f"E-{code}", customs_mode=code, occurred_at="2013-09-23T23:59:59+08:00", **exported
            )
            for code in pilots
        ],
    )
    open_now = await told(
        embedded,
        shop,
        [
            a_fact(
                f"O-{code}", customs_mode=code, occurred_at="2013-09-24T00:00:00+08:00", **exported
            )
            for code in pilots
        ],
    )
    answer = await volumes(embedded, "2013", measure="CBEC_EXPORT", group_by="customs_mode")

    assert len(pilots) == 3
    assert outcomes(early) == ["rejected"] * 3
    assert {fault["code"] for item in early["item_outcomes"] for fault in item["errors"]} == {
        "customs_mode_not_effective"
    }
    assert outcomes(open_now) == ["counted"] * 3
    assert [item["native"][0]["count"] for item in answer["items"]] == [1, 1, 1]
