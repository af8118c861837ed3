"""Leaving notes about changed months, and taking them."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select

from metrics.change.tables import ChangedMonth
from metrics.running_total.tables import RunningMonth
from service_chassis.unit_of_work import UnitOfWork

RUNNING_TOTALS, TARGETS = 1, 2
ALL_MONTHS = 0


async def note_changed_months(uow: UnitOfWork, slots: Iterable[int]) -> None:
    """Say that totals of these months change in this transaction.

    Whoever writes to `total` must call this: the running totals are right because of it.
    """
    await _note(uow, (RUNNING_TOTALS, TARGETS), slots)


async def note_changed_attribution(uow: UnitOfWork) -> None:
    """Say that figures of parks may have changed in any month, without any total changing."""
    await _note(uow, (TARGETS,), [ALL_MONTHS])


async def note_moved_sellers(uow: UnitOfWork, first: int, last: int) -> None:
    """Say that sellers were elsewhere in the months [first, last] than the running totals have it.

    Only months that are added up are noted; whoever adds one up waits for the attribution's turn.
    """
    added_up = select(RunningMonth.slot).where(RunningMonth.slot.between(first, last))
    await _note(uow, (RUNNING_TOTALS,), await uow.session.scalars(added_up))


async def take_changed_months(uow: UnitOfWork, reader: int) -> set[int]:
    """The months noted for this reader, which are forgotten when the transaction commits."""
    statement = (
        delete(ChangedMonth).where(ChangedMonth.reader == reader).returning(ChangedMonth.slot)
    )
    return set(await uow.session.scalars(statement))


async def _note(uow: UnitOfWork, readers: Iterable[int], slots: Iterable[int]) -> None:
    rows = [
        {"reader": reader, "slot": slot, "changed_at": uow.now}
        for reader in readers
        for slot in sorted(set(slots))
    ]
    if rows:
        await uow.session.execute(insert(ChangedMonth), rows)
