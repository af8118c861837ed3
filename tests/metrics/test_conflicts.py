"""Conflicts: kept aside, listed, and decided once by people with a reason."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from service_chassis.testing import FrozenClock
from tests.metrics.asking import Asking, asking
from tests.metrics.conftest import Databases
from tests.metrics.ledger import expected, found, take
from tests.metrics.messages import DIMENSIONS, Fact, Receipt, records
from tests.metrics.outcomes import counted, outcomes

NOW = FrozenClock().now()
FACT = Fact()
OTHER = replace(
    FACT, amount_minor=20_000, dimensions=DIMENSIONS._replace(seller_uscc="91440101MA5AAAAA09")
)
WHY = {"reason": "the platform confirmed it by phone"}


async def test_a_conflict_is_listed_with_what_both_facts_say(
    databases: Databases, tmp_path: Path
) -> None:
    first, late = Receipt([FACT]), Receipt([OTHER])
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(first))
        await take(database, *records(late))

        (listed,) = (await metrics.get("/v1/conflicts")).json()["items"]
        shown = (await metrics.get(f"/v1/conflicts/{listed['id']}")).json()

    assert (listed["state"], listed["kind"], listed["order_no"]) == ("open", "paid", "GZ-0001")
    assert listed["receipt_id"] == str(late.id)
    assert listed["first_receipt_id"] == str(first.id)
    assert shown["standing"]["amount"] == {"amount_minor": 10_000, "currency": "CNY"}
    assert shown["newcomer"]["amount"] == {"amount_minor": 20_000, "currency": "CNY"}


async def test_keeping_leaves_the_totals_and_says_so(databases: Databases, tmp_path: Path) -> None:
    late = Receipt([OTHER])
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt([FACT])))
        await take(database, *records(late))

        answer = await _decide(metrics, "keep")

        assert (answer["state"], answer["decided_by"]) == ("kept", "zhang.san")
        assert await outcomes(database, late) == ["conflict"]
        assert await found(database) == expected([FACT], NOW)


async def test_replacing_moves_the_count_from_one_fact_to_the_other(
    databases: Databases, tmp_path: Path
) -> None:
    first, late, again = Receipt([FACT]), Receipt([OTHER]), Receipt([OTHER])
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(first))
        await take(database, *records(late))
        await take(database, *records(again))

        answer = await _decide(metrics, "replace", place=-1)

        assert answer["state"] == "replaced"
        assert await found(database) == expected([OTHER], NOW)
        assert await counted(database) == {("taobao", "2026-03-01", "paid", "CNY"): (1, 20_000)}
        assert await outcomes(database, first) == ["conflict"]
        assert await outcomes(database, late) == ["counted"]
        assert await outcomes(database, again) == ["duplicate"]

        resent = Receipt([OTHER])
        await take(database, *records(resent))
        assert await outcomes(database, resent) == ["duplicate"]
        await _adds_up(metrics, counted=1, duplicate=2, conflict=1)


async def test_a_decided_conflict_still_shows_the_fact_that_was_replaced(
    databases: Databases, tmp_path: Path
) -> None:
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt([FACT])))
        await take(database, *records(Receipt([OTHER])))
        decided = await _decide(metrics, "replace")
        shown = (await metrics.get(f"/v1/conflicts/{decided['id']}")).json()

    assert shown["standing"]["amount"] == {"amount_minor": 10_000, "currency": "CNY"}
    assert shown["newcomer"]["amount"] == {"amount_minor": 20_000, "currency": "CNY"}


async def test_a_decision_is_made_once(databases: Databases, tmp_path: Path) -> None:
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt([FACT]), Receipt([OTHER])))
        (listed,) = (await metrics.get("/v1/conflicts")).json()["items"]
        await _decide(metrics, "keep")

        answer = await metrics.post(
            f"/v1/conflicts/{listed['id']}:resolve", {"decision": "replace", **WHY}
        )

        assert (answer.status_code, answer.json()["code"]) == (409, "conflict_decided")


async def test_a_replaced_fact_keeps_its_corrections(databases: Databases, tmp_path: Path) -> None:
    amendment = FACT.amended(1, amount_minor=5)
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt([FACT, amendment])))
        await take(database, *records(Receipt([replace(OTHER, occurred_at=NOW)])))

        await _decide(metrics, "replace")

        # What it says is amended; when it happened is its own.
        facts = [replace(OTHER, occurred_at=NOW), amendment]
        assert await found(database) == expected(facts, NOW)


async def test_a_conflicting_amendment_can_replace_the_one_that_came_first(
    databases: Databases, tmp_path: Path
) -> None:
    amendment, other = FACT.amended(1, amount_minor=5), FACT.amended(1, amount_minor=6)
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt([FACT, amendment])))
        await take(database, *records(Receipt([other])))

        await _decide(metrics, "replace")

        assert await found(database) == expected([FACT, other], NOW)


async def test_a_conflicting_amendment_that_waits_is_replaced_and_still_waits(
    databases: Databases, tmp_path: Path
) -> None:
    amendment, other = FACT.amended(1, amount_minor=5), FACT.amended(1, amount_minor=6)
    receipt = Receipt([other])
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt([amendment])))
        await take(database, *records(receipt))

        await _decide(metrics, "replace")

        assert await outcomes(database, receipt) == ["pending"]
        await take(database, *records(Receipt([FACT])))
        assert await found(database) == expected([FACT, other], NOW)
        await _adds_up(metrics, counted=2, conflict=1)


async def test_a_platform_sees_its_own_conflicts_only(databases: Databases, tmp_path: Path) -> None:
    theirs = [replace(fact, platform="douyin") for fact in (FACT, OTHER)]
    async with databases.fresh() as database, asking(database, tmp_path) as metrics:
        await take(database, *records(Receipt([FACT]), Receipt([OTHER])))
        await take(database, *records(*(Receipt([fact]) for fact in theirs)))

        own = await metrics.get("/v1/conflicts", "orders:read", platform="taobao")
        others = await metrics.get(
            "/v1/conflicts?platform=douyin", "orders:read", platform="taobao"
        )
        deciding = await metrics.post(
            f"/v1/conflicts/{own.json()['items'][0]['id']}:resolve",
            {"decision": "keep", **WHY},
            "orders:read",
            platform="taobao",
        )

    assert [each["platform"] for each in own.json()["items"]] == ["taobao"]
    assert others.status_code == 403
    assert deciding.status_code == 403


async def _decide(metrics: Asking, decision: str, place: int = 0) -> dict[str, Any]:
    listed = (await metrics.get("/v1/conflicts?state=open")).json()["items"]
    answer = await metrics.post(
        f"/v1/conflicts/{listed[place]['id']}:resolve", {"decision": decision, **WHY}
    )
    assert answer.status_code == 200, answer.text
    decided: dict[str, Any] = answer.json()
    return decided


async def _adds_up(metrics: Asking, **numbers: int) -> None:
    lines = (await metrics.get("/v1/reconciliation")).json()["lines"]
    # Nobody announced receipts in these tests: everything is judged and unannounced.
    assert [line["judged_unannounced"] for line in lines] == [sum(numbers.values())]
