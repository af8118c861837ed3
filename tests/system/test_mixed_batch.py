"""A batch as careless partners send it: every item gets its own answer, nothing is half done."""

from typing import Any

import pytest

from service_chassis.testing import Platform
from tests.support.orders import a_fact, a_void, an_amendment, credit_code
from tests.support.scenario import admit, found, outcomes, receipt_of, report, told

SELLER, STRANGER = credit_code(0), credit_code(1)

REJECTED: dict[str, tuple[str, dict[str, Any]]] = {
    "seller_not_authorised": ("/seller_uscc", {"seller_uscc": STRANGER}),
    "occurred_in_future": ("/occurred_at", {"occurred_at": "2026-03-02T10:05:01+08:00"}),
    "occurred_too_early": ("/occurred_at", {"occurred_at": "1991-12-31T23:59:59+08:00"}),
    "moment_invalid": ("/occurred_at", {"occurred_at": "2026-02-29T10:00:00+08:00"}),
    "customs_mode_not_effective": (
        "/customs_mode",
        {
            "trade_flow": "export",
            "customs_mode": "9810",
            "occurred_at": "2020-06-30T12:00:00+08:00",
        },
    ),
    "customs_mode_unknown": ("/customs_mode", {"trade_flow": "export", "customs_mode": "0000"}),
    "customs_mode_wrong_direction": (
        "/customs_mode",
        {"trade_flow": "import", "customs_mode": "9710"},
    ),
    "field_forbidden": ("/ref", {"ref": "R-1"}),
    "field_missing": ("/amount_minor", {"amount_minor": None}),
    "field_unknown": ("/price", {"price": 1}),
    "currency_unknown": ("/currency", {"currency": "RMB"}),
    "amount_out_of_range": ("/amount_minor", {"amount_minor": 10**13 + 1}),
    "amount_not_integer": ("/amount_minor", {"amount_minor": 100.0}),
    "text_too_long": ("/category", {"category": "长" * 33}),
    "text_empty": ("/order_no", {"order_no": ""}),
    "text_has_nul": ("/category", {"category": "a\0b"}),
    "kind_unknown": ("/kind", {"kind": "shipped"}),
    "type_wrong": ("/seller_uscc", {"seller_uscc": 5}),
    "value_unknown": ("/channel", {"channel": "carrier_pigeon"}),
    "revision_out_of_range": (
        "/revision",
        {"kind": "amended", "corrects": {"kind": "paid"}, "revision": 0},
    ),
    "corrects_correction": (
        "/corrects/kind",
        {"kind": "amended", "corrects": {"kind": "amended"}, "revision": 1},
    ),
}


def bad(code: str) -> dict[str, Any]:
    """An item that must be rejected with this code."""
    return a_fact(**{"order_no": f"BAD-{code}", **REJECTED[code][1]})


async def test_good_bad_repeated_and_conflicting_items_each_get_their_own_outcome(
    platform: Platform,
) -> None:
    shop = await admit(platform, "mall", [SELLER])
    known, disputed = a_fact("KNOWN"), a_fact("DISPUTED", amount_minor=500)
    first = await told(platform, shop, [known, disputed])
    twin = a_fact("TWIN")
    batch = [
        a_fact("NEW-1", amount_minor=1),
        bad("currency_unknown"),
        known,
        disputed | {"amount_minor": 501},
        twin | {"amount_minor": 1},
        twin | {"amount_minor": 2},
        a_fact("NEW-2", amount_minor=2),
        a_fact("NEW-1", amount_minor=1),
        a_void(a_fact("NOT-YET")),
    ]

    receipt = await told(platform, shop, batch)

    assert outcomes(receipt) == [
        "counted",
        "rejected",
        "duplicate",
        "conflict",
        "rejected",
        "rejected",
        "counted",
        "duplicate",
        "pending",
    ]
    items = receipt["item_outcomes"]
    assert [items[place]["first_receipt_id"] for place in (2, 3, 7)] == [
        first["id"],
        first["id"],
        receipt["id"],
    ]
    assert [fault["code"] for place in (1, 4, 5) for fault in items[place]["errors"]] == [
        "currency_unknown",
        "identity_repeated",
        "identity_repeated",
    ]
    assert receipt["state"] == "pending"
    assert receipt["summary"] == {
        "counted": 2,
        "duplicate": 2,
        "conflict": 1,
        "rejected": 3,
        "pending": 1,
        "buried": 0,
    }


async def test_every_kind_of_rejection_names_its_item_its_member_and_its_code(
    embedded: Platform,
) -> None:
    shop = await admit(embedded, "mall", [SELLER])
    batch = [item for code in REJECTED for item in (a_fact(f"GOOD-{code}"), bad(code))]

    receipt = await told(embedded, shop, batch)

    assert outcomes(receipt) == ["counted", "rejected"] * len(REJECTED)
    named = [
        [(fault["pointer"], fault["code"]) for fault in item["errors"]]
        for item in receipt["item_outcomes"]
        if item["outcome"] == "rejected"
    ]
    assert named == [
        [(f"/{2 * number + 1}{pointer}", code)]
        for number, (code, (pointer, _)) in enumerate(REJECTED.items())
    ]
    assert all(
        len(fault["detail"]) > 10
        for item in receipt["item_outcomes"]
        for fault in item["errors"] or ()
    )


async def test_a_rejected_item_leaves_no_identity_behind(platform: Platform) -> None:
    shop = await admit(platform, "mall", [SELLER])
    wrong = a_fact("ONCE", currency="RMB")

    refused = await told(platform, shop, [wrong])
    mended = await told(platform, shop, [wrong | {"currency": "CNY"}])

    assert outcomes(refused) == ["rejected"]
    assert outcomes(mended) == ["counted"]


async def test_an_atomic_batch_with_one_bad_item_stores_nothing(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", [SELLER])
    good = a_fact("GOOD")

    refused = await report(
        embedded, shop, [good, bad("currency_unknown")], params={"atomic": "true"}
    )
    receipts = await found(embedded, "/livestream-supply/v1/receipts", client=shop.credential)
    rejections = await found(embedded, "/livestream-supply/v1/rejections", client=shop.credential)
    later = await told(embedded, shop, [good], params={"atomic": "true"})

    assert refused.status_code == 422
    problem = refused.json()
    assert problem["code"] == "batch_rejected"
    assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [
        ("/1/currency", "currency_unknown")
    ]
    assert receipts["items"] == []
    assert rejections["items"] == []
    assert outcomes(later) == ["counted"]


async def test_a_batch_sent_again_under_its_key_is_answered_again_and_not_counted_again(
    platform: Platform,
) -> None:
    shop = await admit(platform, "mall", [SELLER])
    batch = [a_fact("A"), bad("currency_unknown"), a_fact("B")]
    key = {"Idempotency-Key": "the-night-of-11-11"}

    first = await report(platform, shop, batch, headers=key)
    await platform.settle()
    again = await report(platform, shop, batch, headers=key)
    await platform.settle()
    other = await report(platform, shop, batch[:1], headers=key)

    assert first.status_code == again.status_code == 202
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    receipt = await receipt_of(platform, shop, first.json()["id"])
    assert receipt["summary"]["counted"] == 2
    assert receipt["summary"]["duplicate"] == 0


async def test_whoever_prefers_to_wait_is_answered_with_the_outcome(platform: Platform) -> None:
    shop = await admit(platform, "mall", [SELLER])
    await told(platform, shop, [a_fact("A")])

    answer = await report(platform, shop, [a_fact("A"), a_fact("B")], headers={"Prefer": "wait=20"})

    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == "wait=20"
    told_now = answer.json()
    assert told_now["state"] == "final"
    assert told_now["summary"]["counted"] == 1
    assert [(item["item"], item["outcome"]) for item in told_now["exceptions"]] == [
        (0, "duplicate")
    ]


@pytest.mark.parametrize("size", [1, 2000, 2001, 10_000])
async def test_a_batch_of_any_size_is_counted_whole(embedded: Platform, size: int) -> None:
    shop = await admit(embedded, "mall", [SELLER])
    batch = [a_fact(f"N{number:05}") for number in range(size)]

    answer = await report(embedded, shop, batch, headers={"Prefer": "wait=30"})

    assert answer.status_code == 200, answer.text
    assert answer.json()["summary"]["counted"] == size


async def test_feeds_tell_of_rejections_and_conflicts_since_a_cursor(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", [SELLER])
    disputed = a_fact("DISPUTED")
    first = await told(embedded, shop, [disputed, bad("currency_unknown")])
    cursors = {
        feed: (await found(embedded, f"/livestream-supply/v1/{feed}", client=shop.credential))[
            "next_since"
        ]
        for feed in ("receipts", "rejections", "conflicts")
    }

    second = await told(
        embedded, shop, [bad("field_unknown"), disputed | {"amount_minor": 1}, a_fact("NEW")]
    )

    news = {
        feed: (
            await found(
                embedded,
                f"/livestream-supply/v1/{feed}",
                params={"since": cursor},
                client=shop.credential,
            )
        )["items"]
        for feed, cursor in cursors.items()
    }
    assert [each["id"] for each in news["receipts"]] == [second["id"]]
    assert [(each["receipt_id"], each["item"]) for each in news["rejections"]] == [
        (second["id"], 0)
    ]
    assert [
        (each["receipt_id"], each["items"], each["first_receipt_id"]) for each in news["conflicts"]
    ] == [(second["id"], [1], first["id"])]


async def test_an_amendment_and_a_void_wait_together_in_one_batch(embedded: Platform) -> None:
    shop = await admit(embedded, "mall", [SELLER])
    paid = a_fact("LATE")

    receipt = await told(embedded, shop, [an_amendment(paid, 1, amount_minor=5), a_void(paid)])

    assert outcomes(receipt) == ["pending", "pending"]
