"""The totals that a set of facts must give, computed without any of the service's code."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from metrics.fact.reactions import FACTS
from metrics.total.tables import Dimension, Seller, Total
from service_chassis.consumer import Consumer
from service_chassis.database import Database
from service_chassis.records import Record
from tests.metrics.messages import Fact

SHANGHAI = ZoneInfo("Asia/Shanghai")
KINDS = ("created", "paid", "refunded", "settled")
GRAINS = {"minute": 1, "hour": 2, "day": 3, "month": 4, "day of all": 5, "month of all": 6}


class Key(NamedTuple):
    """What a total is of."""

    grain: int
    slot: int
    seller: str | None
    dimensions: tuple[Any, ...]
    kind: str


def expected(facts: Iterable[Fact], now: datetime) -> dict[Key, tuple[int, int]]:
    """Count and amount by key, of facts whose identities never clash; repeats are harmless."""
    said: dict[tuple[Any, ...], Fact] = {}
    corrections: dict[tuple[Any, ...], list[Fact]] = defaultdict(list)
    for fact in set(facts):
        if fact.corrects:
            corrections[fact.platform, fact.order_no, *fact.corrects].append(fact)
        else:
            said[fact.platform, fact.order_no, fact.kind, fact.ref] = fact
    counts: Counter[Key] = Counter()
    amounts: Counter[Key] = Counter()
    for identity, fact in said.items():
        heard = corrections[identity]
        if any(each.kind == "voided" for each in heard):
            continue
        content = max(heard, key=lambda each: each.revision, default=fact)
        for key in _keys(fact, content, now):
            counts[key] += 1
            amounts[key] += content.amount_minor
    return {key: (counts[key], amounts[key]) for key in counts}


async def found(database: Database) -> dict[Key, tuple[int, int]]:
    """What the totals say; rows that came back to nothing say nothing."""
    narrow = [getattr(Dimension, name) for name in NARROW]
    async with database.reading() as session:
        rows = await session.execute(
            select(Total, Seller.uscc, *narrow)
            .join(Dimension, Dimension.id == Total.dimension_id)
            .outerjoin(Seller, Seller.id == Total.seller_id)
        )
        return {
            Key(total.grain, total.slot, seller, tuple(dimensions), KINDS[total.kind]): (
                total.count,
                total.amount,
            )
            for total, seller, *dimensions in rows
            if (total.count, total.amount) != (0, 0)
        }


NARROW = (
    "platform",
    "buyer_type",
    "channel",
    "trade_mode",
    "trade_flow",
    "customs_mode",
    "goods_kind",
    "category",
    "currency",
    "attribution",
)


async def take(database: Database, *records: Record) -> None:
    """Have the facts taken, in one transaction."""
    await Consumer(FACTS, database, "metrics").consume(records)


def _keys(fact: Fact, content: Fact, now: datetime) -> Iterable[Key]:
    local = fact.occurred_at.astimezone(SHANGHAI)
    epoch = datetime(1970, 1, 1, tzinfo=SHANGHAI)
    since = local.replace(tzinfo=None) - epoch.replace(tzinfo=None)
    minute = since // timedelta(minutes=1)
    today = now.astimezone(SHANGHAI).date()
    assert content.dimensions is not None
    seller = content.dimensions.seller_uscc
    dimensions = (fact.platform, *(getattr(content.dimensions, name) for name in NARROW[1:]))
    day = (local.date() - date(1970, 1, 1)).days
    month = local.year * 12 + local.month - 1
    if local.date() >= today - timedelta(days=8):
        yield Key(GRAINS["minute"], minute, None, dimensions, fact.kind)
    if local.date() >= today - timedelta(days=62):
        yield Key(GRAINS["hour"], minute // 60, seller, dimensions, fact.kind)
    yield Key(GRAINS["day"], day, seller, dimensions, fact.kind)
    yield Key(GRAINS["month"], month, seller, dimensions, fact.kind)
    yield Key(GRAINS["day of all"], day, None, dimensions, fact.kind)
    yield Key(GRAINS["month of all"], month, None, dimensions, fact.kind)
