"""Voids, amendments, refunds and conflicts: the totals are right after each, in any order."""

from itertools import permutations
from typing import Any

from service_chassis.testing import Platform
from tests.support.figures import reconciliation, volume
from tests.support.orders import a_fact, a_void, an_amendment, sellers
from tests.support.plain_count import PlainCount
from tests.support.scenario import admit, found, made, outcomes, receipt_of, told

DAY = "2026-03-01"
SELLERS = sellers(2)
CONFLICTS = "/metrics/v1/conflicts"


def corrected(order_no: str) -> list[dict[str, Any]]:
    """An order that was paid, amended twice and voided in the end."""
    paid = a_fact(order_no, amount_minor=1_000)
    later = "2026-03-02T09:00:00+08:00"
    return [
        paid,
        an_amendment(paid, 1, amount_minor=700, occurred_at=later),
        an_amendment(paid, 2, amount_minor=900, channel="livestream", seller_uscc=SELLERS[1]),
        a_void(paid),
    ]


async def test_every_order_of_arrival_comes_to_the_same_end(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", SELLERS)
    plain = PlainCount()
    arrivals = [
        [corrected(f"P{number:02}")[place] for place in order]
        for number, order in enumerate(permutations(range(4)))
    ]

    for step in range(4):
        batch = [arrival[step] for arrival in arrivals]
        expected = plain.take(batch)
        receipt = await told(embedded, shop, batch)

        assert outcomes(receipt) == expected
        assert await volume(embedded, DAY) == plain.sums()["paid", "CNY"]
        assert await volume(embedded, "2026-03-02") == 0
        assert (await reconciliation(embedded, shop))["pending"] == plain.pending()

    assert plain.sums()["paid", "CNY"] == 0
    assert plain.pending() == 0


async def test_corrections_before_and_after_their_fact_count_in_its_own_period(
    platform: Platform,
) -> None:
    shop = await admit(platform, "mall", SELLERS)
    early, late = a_fact("EARLY", amount_minor=1_000), a_fact("LATE", amount_minor=2_000)

    waiting = await told(
        platform, shop, [an_amendment(late, 2, amount_minor=2_200), an_amendment(late, 1), early]
    )
    first = await volume(platform, DAY)
    await told(platform, shop, [late, an_amendment(early, 1, amount_minor=1_100)])
    second = await volume(platform, DAY)
    arrived = await receipt_of(platform, shop, waiting["id"])
    void = await told(platform, shop, [a_void(early)])
    third = await volume(platform, DAY)
    too_late = await told(platform, shop, [an_amendment(early, 2, amount_minor=9_999)])
    fourth = await volume(platform, DAY)
    told_of_order = await found(platform, f"/metrics/v1/facts/{shop.code}/EARLY")

    assert outcomes(waiting) == ["pending", "pending", "counted"]
    assert outcomes(arrived) == ["counted", "counted", "counted"]
    assert arrived["state"] == "final"
    assert [first, second, third, fourth] == [1_000, 2_200 + 1_100, 2_200, 2_200]
    assert outcomes(void) == ["counted"]
    assert outcomes(too_late) == ["counted"]
    (fact,) = told_of_order["facts"]
    assert fact["state"] == "void"
    assert fact["amount"] == {"amount_minor": 1_000, "currency": "CNY"}
    assert fact["counted_as"] is None
    assert {(each["kind"], each["revision"], each["state"]) for each in fact["corrections"]} == {
        ("amended", 1, "superseded"),
        ("amended", 2, "superseded"),
        ("voided", None, "applied"),
    }
    assert (await reconciliation(platform, shop))["difference"] == 0


async def test_an_amendment_moves_the_amount_to_the_new_dimensions(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", SELLERS)
    paid = a_fact("MOVED", amount_minor=500)
    await told(embedded, shop, [paid])
    amendment = an_amendment(
        paid, 1, channel="livestream", attribution="card", buyer_type="enterprise", currency="USD"
    )

    await told(embedded, shop, [amendment])

    assert await volume(embedded, DAY) == 0
    assert await volume(embedded, DAY, currency="USD") == 500
    assert await volume(embedded, DAY, "ONLINE_RETAIL", currency="USD") == 0
    assert await volume(embedded, DAY, "B2B_VOLUME", currency="USD") == 500
    assert await volume(embedded, DAY, "LIVE_SALES", currency="USD") == 500


async def test_equal_revisions_with_other_content_conflict_and_the_first_stands(
    embedded: Platform,
) -> None:
    shop = await admit(embedded, "mall", SELLERS)
    paid = a_fact("TWICE", amount_minor=500)
    await told(embedded, shop, [paid, an_amendment(paid, 1, amount_minor=600)])

    receipt = await told(embedded, shop, [an_amendment(paid, 1, amount_minor=700)])

    assert outcomes(receipt) == ["conflict"]
    assert await volume(embedded, DAY) == 600


async def test_refunds_count_on_their_own_date_and_too_many_are_listed(platform: Platform) -> None:
    shop = await admit(platform, "mall", SELLERS)
    paid = a_fact("BACK", amount_minor=1_000)
    next_day = {"occurred_at": "2026-03-02T09:00:00+08:00"}
    refunds = [
        a_fact("BACK", "refunded", ref="R-1", amount_minor=600, **next_day),
        a_fact("BACK", "refunded", ref="R-2", amount_minor=600, **next_day),
        a_fact("NEVER-PAID", "refunded", ref="R-1", amount_minor=1, **next_day),
    ]

    receipt = await told(platform, shop, [paid, *refunds])
    await platform.sweep("metrics", "over-refunds")
    listed = await found(platform, "/metrics/v1/over-refunds", params={"platform": shop.code})

    assert outcomes(receipt) == ["counted"] * 4
    assert await volume(platform, DAY, "ECV_NET") == 1_000
    assert await volume(platform, "2026-03-02", "REFUNDS") == 1_201
    assert await volume(platform, "2026-03-02", "ECV_NET") == -1_201
    assert await volume(platform, "2026-03", "ECV_NET") == -201
    assert [
        (each["order_no"], each["paid_minor"], each["refunded_minor"]) for each in listed["items"]
    ] == [("BACK", 1_000, 1_200), ("NEVER-PAID", 0, 1)]

    await told(platform, shop, [a_void(refunds[1])])
    await platform.sweep("metrics", "over-refunds")
    still = await found(platform, "/metrics/v1/over-refunds", params={"platform": shop.code})

    assert [each["order_no"] for each in still["items"]] == ["NEVER-PAID"]


async def test_a_conflict_is_kept_or_replaced_by_a_person_and_everyone_hears_of_it(
    platform: Platform,
) -> None:
    shop = await admit(platform, "mall", SELLERS)
    kept, replaced = a_fact("KEPT", amount_minor=100), a_fact("REPLACED", amount_minor=100)
    first = await told(platform, shop, [kept, replaced])
    second = await told(
        platform, shop, [kept | {"amount_minor": 101}, replaced | {"amount_minor": 105}]
    )
    disputed = await found(platform, CONFLICTS, params={"state": "open"})
    ids = {each["order_no"]: each["id"] for each in disputed["items"]}
    before = await volume(platform, DAY)

    await made(
        platform,
        f"{CONFLICTS}/{ids['KEPT']}:resolve",
        {"decision": "keep", "reason": "the second was a test"},
    )
    await made(
        platform,
        f"{CONFLICTS}/{ids['REPLACED']}:resolve",
        {"decision": "replace", "reason": "confirmed by phone"},
    )
    await platform.settle()
    again = await platform.post(
        f"{CONFLICTS}/{ids['KEPT']}:resolve", {"decision": "replace", "reason": "no, the other"}
    )
    later = await told(platform, shop, [replaced | {"amount_minor": 105}])
    latest = await told(platform, shop, [replaced])

    assert outcomes(second) == ["conflict", "conflict"]
    assert before == 200
    assert await volume(platform, DAY) == 100 + 105
    assert outcomes(await receipt_of(platform, shop, first["id"])) == ["counted", "conflict"]
    assert outcomes(await receipt_of(platform, shop, second["id"])) == ["conflict", "counted"]
    assert again.status_code == 409
    assert outcomes(later) == ["duplicate"]
    assert outcomes(latest) == ["conflict"]
    assert await reconciliation(platform, shop) == {
        "accepted": 6,
        "counted": 2,
        "duplicate": 1,
        "conflict": 3,
        "pending": 0,
        "buried": 0,
        "difference": 0,
    }
