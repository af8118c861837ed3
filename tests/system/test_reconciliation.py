"""Accepted = counted + duplicate + conflict + pending + buried: at every moment, not only after."""

import asyncio
from typing import Any

from service_chassis.testing import Platform
from tests.support.figures import OUTCOMES, reconciliation, volume
from tests.support.orders import a_fact, a_void, batches, paid_orders, sellers, totals
from tests.support.scenario import Partner, admit, found, made, report

SELLERS = sellers(5)
CONTROL = "/livestream-supply/v1/control-totals"


class Watch:
    """Asks for the proof again and again while others work."""

    def __init__(self, platform: Platform, partner: Partner) -> None:
        self.seen: list[dict[str, int]] = []
        self._platform = platform
        self._partner = partner
        self._over = asyncio.Event()

    async def keep(self) -> None:
        while not self._over.is_set():
            self.seen.append(await reconciliation(self._platform, self._partner))
            await asyncio.sleep(0.01)

    def end(self) -> None:
        self._over.set()


async def test_the_proof_holds_at_every_moment_of_a_load(platform: Platform) -> None:
    shop = await admit(platform, "mall", SELLERS)
    facts = list(paid_orders(3_000, SELLERS))
    disputed = [fact | {"amount_minor": fact["amount_minor"] + 1} for fact in facts[:7]]
    early = [a_void(a_fact(f"NOT-YET-{number}")) for number in range(3)]
    watch = Watch(platform, shop)
    watching = asyncio.create_task(watch.keep())

    posts: list[list[dict[str, Any]]] = [*batches(iter(facts), 250), facts[:500], disputed, early]
    for batch in posts:
        answer = await report(platform, shop, batch)
        assert answer.status_code == 202, answer.text
    await platform.settle()
    watch.end()
    await watching

    broken = [each for each in watch.seen if each["difference"]]
    assert broken == []
    assert all(
        each["accepted"] == sum(each[outcome] for outcome in OUTCOMES) for each in watch.seen
    )
    accepted = [each["accepted"] for each in watch.seen]
    assert accepted == sorted(accepted)
    assert len(watch.seen) > 3
    assert await reconciliation(platform, shop) == {
        "accepted": 3_510,
        "counted": 3_000,
        "duplicate": 500,
        "conflict": 7,
        "pending": 3,
        "buried": 0,
        "difference": 0,
    }
    assert await volume(platform, "2026-03") == totals(facts)["paid_amount"]


async def test_control_totals_say_whether_ours_agree_and_by_how_much_not(
    platform: Platform,
) -> None:
    shop = await admit(platform, "mall", SELLERS)
    paid = [a_fact(f"P{number}", amount_minor=100) for number in range(5)]
    refund = a_fact("P0", "refunded", ref="R", amount_minor=40)
    await report(platform, shop, [*paid, refund, *paid[:2]])
    await platform.settle()

    def stated(kind: str, count: int, amount: int, currency: str = "CNY") -> dict[str, Any]:
        return {
            "business_date": "2026-03-01",
            "kind": kind,
            "currency": currency,
            "count": count,
            "amount_minor": amount,
        }

    statements = [
        stated("paid", 5, 500),
        stated("paid", 6, 601),
        stated("refunded", 1, 40),
        stated("paid", 1, 7, "USD"),
    ]
    answer = await made(platform, CONTROL, {"items": statements}, client=shop.credential)
    await report(platform, shop, [a_void(paid[4])])
    await platform.settle()
    differing = await found(platform, CONTROL, params={"differing": "true"}, client=shop.credential)

    assert [
        (each["agrees"], each["difference_count"], each["difference_minor"])
        for each in answer["items"]
    ] == [(True, 0, 0), (False, -1, -101), (True, 0, 0), (False, -1, -7)]
    assert answer["pending_facts"] == 0
    # The void took one away from what is counted: the first statement no longer agrees either.
    assert sorted(each["difference_minor"] for each in differing["items"]) == [-201, -100, -7]
