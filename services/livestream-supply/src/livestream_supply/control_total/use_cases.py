"""Keep what was counted, take what partners state, and hold the two together."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from event_contracts.metrics import CountedChange
from livestream_supply import telemetry
from livestream_supply.control_total.schemas import ControlTotalStatement
from livestream_supply.control_total.tables import ControlTotal, CountedTotal
from livestream_supply.receipt.tables import Receipt
from service_chassis.bulk import insert_into
from service_chassis.columns import new_id
from service_chassis.unit_of_work import UnitOfWork


class Counted(NamedTuple):
    """Facts counted and their amount."""

    facts: int = 0
    amount_minor: int = 0


Named = tuple[str, date, str, str]
"""Platform, business date, kind, currency."""


async def add_counted(uow: UnitOfWork, changes: Sequence[CountedChange]) -> None:
    """Add what metrics counted, one row a platform, date, kind and currency."""
    sums: dict[Named, Counted] = {}
    for change in changes:
        name = (
            change.platform,
            date.fromisoformat(change.business_date),
            change.kind,
            change.currency,
        )
        count, amount = sums.get(name, Counted())
        sums[name] = Counted(count + change.count, amount + change.amount_minor)
    names = ("platform", "business_date", "kind", "currency")
    rows = [
        {
            **dict(zip(names, name, strict=True)),
            "count": total.facts,
            "amount_minor": total.amount_minor,
        }
        # Sorted, so that two workers lock the rows in the same order.
        for name, total in sorted(sums.items())
    ]
    for start in range(0, len(rows), 1_000):
        statement = insert_into(uow.session, CountedTotal).values(rows[start : start + 1_000])
        await uow.session.execute(
            statement.on_conflict_do_update(
                index_elements=list(names),
                set_={
                    "count": CountedTotal.count + statement.excluded["count"],
                    "amount_minor": CountedTotal.amount_minor + statement.excluded.amount_minor,
                },
            )
        )


async def state_control_totals(
    uow: UnitOfWork, platform: str, client_id: str, statements: Sequence[ControlTotalStatement]
) -> dict[str, Any]:
    """Store the statements and answer each."""
    rows = [
        {
            "id": new_id(),
            "platform": platform,
            **statement.model_dump(),
            "stated_at": uow.now,
            "client_id": client_id,
        }
        for statement in statements
    ]
    await uow.session.execute(insert(ControlTotal), rows)
    counted = await counted_of(
        uow.session, {(platform, s.business_date, s.kind, s.currency) for s in statements}
    )
    pending = await pending_facts(uow.session, [platform])
    items = [
        compared(row, counted.get((platform, s.business_date, s.kind, s.currency), Counted()))
        for row, s in zip(rows, statements, strict=True)
    ]
    for item in items:
        agreed = "yes" if item["agrees"] else "no"
        telemetry.CONTROL_TOTALS_TOTAL.labels(telemetry.SERVICE, agreed).inc()
    return {"items": items, "pending_facts": pending.get(platform, 0)}


def compared(stated: Mapping[str, Any], counted: Counted) -> dict[str, Any]:
    """A statement beside what was counted; a difference is ours less theirs."""
    difference = (counted.facts - stated["count"], counted.amount_minor - stated["amount_minor"])
    return {
        **stated,
        "counted_count": counted.facts,
        "counted_amount_minor": counted.amount_minor,
        "agrees": difference == (0, 0),
        "difference_count": difference[0],
        "difference_minor": difference[1],
    }


async def counted_of(session: AsyncSession, names: Iterable[Named]) -> dict[Named, Counted]:
    """What was counted under each name."""
    table = CountedTotal
    key = (table.platform, table.business_date, table.kind, table.currency)
    found: dict[Named, Counted] = {}
    wanted = sorted(names)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows = await session.execute(
            select(*key, table.count, table.amount_minor).where(tuple_(*key).in_(part))
        )
        for platform, day, kind, currency, count, amount_minor in rows:
            found[platform, day, kind, currency] = Counted(count, amount_minor)
    return found


async def pending_facts(session: AsyncSession, platforms: Iterable[str]) -> dict[str, int]:
    """How many accepted facts of each platform have no outcome yet."""
    rows = await session.execute(
        select(Receipt.platform, func.sum(Receipt.pending))
        .where(Receipt.platform.in_(list(platforms)), Receipt.pending > 0)
        .group_by(Receipt.platform)
    )
    return {platform: int(pending) for platform, pending in rows}
