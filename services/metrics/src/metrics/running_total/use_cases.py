"""Adding months up, one a transaction, once nothing has changed them for a while."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, func, insert, literal, select, union_all

from metrics.attribution.tables import SellerSpan
from metrics.attribution.use_cases import take_turn
from metrics.change.tables import ChangedMonth
from metrics.change.use_cases import RUNNING_TOTALS
from metrics.running_total.rules import MONTHS, next_to_add_up
from metrics.running_total.tables import RunningMonth, RunningTotal
from metrics.total.rules.grains import DAY, MONTH, day_slot, month_of
from metrics.total.tables import Total
from service_chassis.bulk import insert_missing
from service_chassis.service import Runtime
from service_chassis.unit_of_work import UnitOfWork

QUIET_AFTER = timedelta(seconds=15)
"""A month that orders still stream into would be added up for nothing."""
MOST_MONTHS_A_SWEEP = 24
Rows = Select[int, int, int, int, int, int]
"""Place, seller, dimension set, kind, count and amount."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def keep_added_up(runtime: Runtime) -> None:
    """Add up the months that have been quiet, the earliest first."""
    for _ in range(MOST_MONTHS_A_SWEEP):
        async with runtime.database.unit_of_work() as uow:
            if not await add_up_next(uow):
                return


async def add_up_next(uow: UnitOfWork) -> bool:
    """Add up one month; False when there is none to add up."""
    notes = await uow.session.execute(
        select(
            ChangedMonth.slot,
            func.max(ChangedMonth.changed_at),
            func.max(ChangedMonth.id),
            func.count(),
        )
        .where(ChangedMonth.reader == RUNNING_TOTALS)
        .group_by(ChangedMonth.slot)
    )
    quiet, restless = set(), set()
    for slot, changed_at, newest, notes_there in notes.all():
        if changed_at <= uow.now - QUIET_AFTER:
            quiet.add(slot)
            continue
        restless.add(slot)
        if notes_there > 1:
            await _forget(uow, slot, before=newest)
    there = set(await uow.session.scalars(select(RunningMonth.slot)))
    chosen = next_to_add_up(there, quiet, restless)
    if chosen is None:
        return False
    # Stays that change meanwhile would find no month to note.
    await take_turn(uow)
    await _add_up(uow, chosen)
    after = chosen + 1
    if after in there and after % MONTHS:
        uow.session.add(ChangedMonth(reader=RUNNING_TOTALS, slot=after, changed_at=LONG_AGO))
    return True


async def _add_up(uow: UnitOfWork, slot: int) -> None:
    # The notes go first: what commits after this statement leaves a note that stays.
    await _forget(uow, slot)
    session, table = uow.session, RunningTotal
    await session.execute(delete(table).where(table.slot == slot))
    parts: list[Rows] = [_month(slot), _edges(slot)]
    if slot % MONTHS:
        parts.append(
            select(
                table.place_id,
                table.seller_id,
                table.dimension_id,
                table.kind,
                table.count,
                table.amount,
            ).where(table.slot == slot - 1)
        )
    rows = union_all(*parts).subquery()
    keys = (rows.c.place_id, rows.c.seller_id, rows.c.dimension_id, rows.c.kind)
    names = ["slot", "place_id", "seller_id", "dimension_id", "kind", "count", "amount"]
    added = (
        select(literal(slot), *keys, func.sum(rows.c.count), func.sum(rows.c.amount))
        .group_by(*keys)
        .order_by(*keys)
    )
    await session.execute(insert(table).from_select(names, added))
    await session.execute(delete(RunningMonth).where(RunningMonth.slot == slot))
    await insert_missing(session, RunningMonth, [{"slot": slot, "added_up_at": uow.now}])


def _month(slot: int) -> Rows:
    """What sellers had who were in one place all month."""
    return _attributed(MONTH, (Total.slot == slot) & (SellerSpan.from_slot <= slot)).where(
        SellerSpan.to_slot >= slot
    )


def _edges(slot: int) -> Rows:
    """What the others had, day by day."""
    first, until = day_slot(month_of(slot)), day_slot(month_of(slot + 1))
    return _attributed(DAY, Total.slot.between(SellerSpan.from_slot, SellerSpan.to_slot)).where(
        Total.slot.between(first, until - 1),
        SellerSpan.from_slot < until,
        SellerSpan.to_slot >= first,
    )


def _attributed(grain: int, where: ColumnElement[bool]) -> Rows:
    return (
        select(
            SellerSpan.place_id,
            Total.seller_id,
            Total.dimension_id,
            Total.kind,
            Total.count,
            Total.amount,
        )
        .join(SellerSpan, SellerSpan.seller_id == Total.seller_id)
        .where(
            Total.grain == grain,
            SellerSpan.resolution == MONTH,
            SellerSpan.grain == grain,
            where,
        )
    )


async def _forget(uow: UnitOfWork, slot: int, before: int | None = None) -> None:
    statement = delete(ChangedMonth).where(
        ChangedMonth.reader == RUNNING_TOTALS, ChangedMonth.slot == slot
    )
    if before is not None:
        statement = statement.where(ChangedMonth.id < before)
    await uow.session.execute(statement)
