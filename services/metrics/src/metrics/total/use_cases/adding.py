"""Adding to the totals, and letting go of minutes and hours nobody asks for any more."""

import numpy as np
from sqlalchemy import delete, or_

from event_contracts.facts import KINDS
from event_contracts.metrics import CountedChange
from metrics.change.use_cases import note_changed_months
from metrics.total.rules import deltas, grains
from metrics.total.rules.deltas import Deltas
from metrics.total.tables import Total
from metrics.total.use_cases.numbering import name
from service_chassis.bulk import upsert_adding
from service_chassis.service import Runtime
from service_chassis.unit_of_work import UnitOfWork

TABLE = Total.metadata.tables[Total.__tablename__]


async def add(uow: UnitOfWork, minutes: Deltas) -> list[CountedChange]:
    """Add changes, whose slots are minutes, to every grain; tell them by platform and date."""
    if not len(minutes):
        return []
    changes = deltas.by_grain(minutes, grains.kept(uow.now))
    await upsert_adding(
        uow.session, TABLE, deltas.KEY_COLUMNS, deltas.SUM_COLUMNS, deltas.rows(changes)
    )
    # Running totals and targets rest on these months.
    await note_changed_months(uow, np.unique(changes[grains.MONTH].slot).tolist())
    return _counted(uow, changes[grains.DAY_OF_ALL])


async def let_go(runtime: Runtime) -> None:
    """Delete the minutes and hours that are past keeping."""
    async with runtime.database.unit_of_work() as uow:
        keep = grains.kept(uow.now)
        await uow.session.execute(
            delete(Total).where(
                or_(
                    (Total.grain == grains.MINUTE) & (Total.slot < keep.minute),
                    (Total.grain == grains.HOUR) & (Total.slot < keep.hour),
                )
            )
        )


def _counted(uow: UnitOfWork, days: Deltas) -> list[CountedChange]:
    numbers, place = np.unique(days.dimension_id, return_inverse=True)
    names = name(uow, numbers.tolist())
    by_code = sorted(set(names))
    codes = {named: code for code, named in enumerate(by_code)}
    code = np.array([codes[named] for named in names], np.int64)[place]
    zeros = np.zeros_like(code)
    changes = Deltas(days.slot, zeros, code, days.kind, days.count, days.amount).added_up()
    return [
        CountedChange(
            platform=by_code[code].platform,
            business_date=grains.day_of(slot).isoformat(),
            kind=KINDS[kind],
            currency=by_code[code].currency,
            count=count,
            amount_minor=amount,
        )
        for slot, code, kind, count, amount in zip(
            changes.slot.tolist(),
            changes.dimension_id.tolist(),
            changes.kind.tolist(),
            changes.count.tolist(),
            changes.amount.tolist(),
            strict=True,
        )
    ]
