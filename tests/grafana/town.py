"""A year and more of a small town's trade, with everything that makes figures hard to add up.

Sellers come, go and move in the middle of months, a park changes its node, an enterprise is merged;
orders are refunded, voided and amended, in several currencies and through every channel.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from event_contracts.facts import Dimensions
from event_contracts.registry import PlatformRecorded, TargetSet, TenancyRecorded
from metrics.conflict.tables import Conflict
from metrics.fact.reactions import FACTS
from metrics.rebuild.tables import Rebuild
from metrics.reconciliation.tables import Chunk
from metrics.reconciliation.use_cases.noting import Portion, add_accepted
from metrics.target.use_cases import evaluate_changed
from service_chassis.tables import DeadLetter
from tests.metrics.figures import Economy, at_noon
from tests.metrics.messages import DIMENSIONS, Fact

TODAY = date(2026, 3, 2)
DAYS = 480
"""Of trade, today included."""
PLATFORMS = ("cainiao-live", "haohuo", "wholesale-1688")
CHANNELS = ("shelf", "livestream", "short_video", "social", "offline_scan")
CATEGORIES = ("clothing", "household appliances", "food", "cosmetics", "jewellery")
CURRENCIES = ("CNY",) * 8 + ("USD", "JPY", "KWD")
BUYERS = ("individual", "individual", "social_group", "enterprise", "government")
PARKS = ("GZ-PAZHOU", "GZ-BAIYUN", "DG-HUMEN", "FS-LECONG")
PLAN = "GZ-2013"
SELLERS = tuple(f"91440101MA5AAAA{number:03}" for number in range(14))
ORDERS = 1_200
# Whom registry never heard of, and whom it moved nowhere.
STRANGERS = SELLERS[12:]


async def build(economy: Economy, today: date = TODAY, orders: int = ORDERS) -> None:
    """Let the town be founded, trade until today, and change its mind."""
    chance = random.Random(today.toordinal())
    await _found(economy, chance, today)
    facts = list(_facts(chance, orders, today))
    for platform in PLATFORMS:
        theirs = [fact for fact in facts if fact.platform == platform]
        await economy.sell(*theirs)
        await economy.sell(*_second_thoughts(chance, theirs))
        # Sent again: nothing may change.
        await economy.sell(*theirs[:20])
    await economy.sell(Fact(order_no="Y-unknown", platform=PLATFORMS[0]).voided())
    await _aftermath(economy)
    await evaluate_changed(economy.runtime)
    await economy.add_up()


async def _aftermath(economy: Economy) -> None:
    """What livestream-supply announces, what people decide, and a repair of the totals."""
    now = economy.clock.now()
    async with economy.database.unit_of_work() as uow:
        # The first stays unannounced: not the one whose correction waits.
        chunks = list(await uow.session.scalars(select(Chunk).order_by(Chunk.pending)))
        told = {
            Portion(chunk.event_id, chunk.platform, f"{chunk.accepted_on}"): chunk.counted
            + chunk.duplicate
            + chunk.conflict
            + chunk.pending
            for chunk in chunks[1:]
        }
        lost, under_way = uuid4(), uuid4()
        told[Portion(lost, PLATFORMS[1], f"{chunks[0].accepted_on}")] = 12
        told[Portion(under_way, PLATFORMS[1], f"{chunks[0].accepted_on}")] = 5
        await add_accepted(uow, told)
        uow.session.add(_buried(lost, now))
        for conflict in list(await uow.session.scalars(select(Conflict).limit(4)))[:2]:
            conflict.state, conflict.decided_at = "replaced", now
        uow.session.add(
            Rebuild(
                id=uuid4(),
                state="done",
                compare_only=False,
                reason="a restored backup",
                requested_by="operator",
                requested_at=now,
                finished_at=now,
                differences=3,
            )
        )


def _buried(event_id: UUID, now: datetime) -> DeadLetter:
    return DeadLetter(
        id=uuid4(),
        consumer_group=FACTS.group,
        event_id=event_id,
        event_type="livestream_supply.orders_recorded.v1",
        topic="livestream_supply.orders",
        key="",
        occurred_at=now,
        headers={},
        body=b"",
        reason="undecodable",
        detail="",
        buried_at=now,
        state="buried",
    )


async def _found(economy: Economy, chance: random.Random, today: date) -> None:
    await economy.hear(*(economy.park(code) for code in PARKS))
    await economy.hear(
        *(economy.enterprise(code) for code in SELLERS[:11]),
        economy.enterprise(SELLERS[11], merged_into=SELLERS[0]),
    )
    for seller in SELLERS[:10]:
        await economy.hear(*_stays(economy, chance, seller, today))
    await economy.hear(
        economy.plan(
            PLAN,
            {
                "HQ": [("GZ-PAZHOU", date(2010, 1, 1), None)],
                "EAST": [
                    ("GZ-BAIYUN", date(2010, 1, 1), today - timedelta(380)),
                    ("DG-HUMEN", today - timedelta(380), None),
                ],
                "WEST": [
                    ("GZ-BAIYUN", today - timedelta(380), today - timedelta(40)),
                    ("FS-LECONG", today - timedelta(1), None),
                ],
            },
        ),
        *(_platform(economy, code, number) for number, code in enumerate(PLATFORMS)),
        *(_target(economy, today.year, node) for node in ("HQ", "EAST")),
    )


def _target(economy: Economy, year: int, node: str) -> TargetSet:
    return TargetSet(
        version=economy.next_version(),
        target_id=uuid4(),
        plan_code=PLAN,
        node_code=node,
        year=year,
        measure="ECV_PAID",
        operator=">=" if node == "HQ" else ">",
        amount_minor=1_000_000 if node == "HQ" else 90_000_000_00,
        currency="CNY",
        status="active",
    )


def _platform(economy: Economy, code: str, number: int) -> PlatformRecorded:
    return PlatformRecorded(
        version=economy.next_version(),
        code=code,
        name_zh=f"平台{number}",
        name_en=f"Platform {number}",
        status="active",
        reports_every_minutes=(None, 60, 5)[number],
    )


def _stays(
    economy: Economy, chance: random.Random, seller: str, today: date
) -> Iterator[TenancyRecorded]:
    """Stays that do not overlap; the last may have no end."""
    edges = sorted(today - timedelta(chance.randrange(DAYS + 60)) for _ in range(4))
    for first, until in ((edges[0], edges[1]), (edges[2], chance.choice([edges[3], None]))):
        if until is None or first < until:
            yield economy.tenancy(seller, chance.choice(PARKS), first, until)


def _facts(chance: random.Random, orders: int, today: date) -> Iterator[Fact]:
    for number in range(orders):
        ago = chance.randrange(DAYS)
        # Every fourth near the days that figures are compared on.
        if number % 4 == 0:
            ago = chance.choice((0, 0, 1, 2, 7, 7, 364, 365, 366, 367))
        day = today - timedelta(ago)
        kind = chance.choices(("paid", "created", "refunded", "settled"), (8, 2, 2, 1))[0]
        yield Fact(
            order_no=f"Y{number:08}",
            kind=kind,
            amount_minor=chance.randrange(1, 500_000),
            occurred_at=at_noon(day),
            dimensions=_dimensions(chance),
            ref="r1" if kind in {"refunded", "settled"} else None,
            platform=chance.choice(PLATFORMS),
        )


def _dimensions(chance: random.Random) -> Dimensions:
    flow = chance.choices(("domestic", "export", "import"), (8, 1, 1))[0]
    channel = chance.choice(CHANNELS)
    return DIMENSIONS._replace(
        seller_uscc=chance.choice(SELLERS),
        buyer_type=chance.choice(BUYERS),
        channel=channel,
        trade_flow=flow,
        customs_mode=chance.choice(("9610", None)) if flow != "domestic" else None,
        goods_kind=chance.choice(("physical", "physical", "virtual", "service")),
        category=chance.choice(CATEGORIES),
        currency=chance.choice(CURRENCIES),
        attribution=chance.choice(("card", "window", "none", None))
        if channel == "livestream"
        else None,
    )


def _second_thoughts(chance: random.Random, facts: list[Fact]) -> Iterator[Fact]:
    for fact in chance.sample(facts, len(facts) // 12):
        yield fact.voided()
    rest = chance.sample(facts, len(facts) // 12)
    for fact in rest:
        yield fact.amended(1, amount_minor=fact.amount_minor + 7)
    # Another content under an identity that stands already: kept aside.
    for fact in chance.sample(facts, 3):
        yield replace(fact, amount_minor=fact.amount_minor + 1)
