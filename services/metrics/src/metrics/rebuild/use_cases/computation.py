"""The totals that the stored facts give, and how those that are kept differ, in one snapshot."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import Executable, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from event_contracts.facts import KINDS, VOIDED
from event_contracts.orders_recorded import OrdersRecorded
from metrics.correction.queries import hear
from metrics.correction.tables import WAITING, Correction
from metrics.correction.use_cases import changes
from metrics.fact.rules.columns import runs_of
from metrics.fact.rules.keys import Run
from metrics.fact.rules.stored import Place
from metrics.fact.tables import FactBatch, FactKey
from metrics.total.rules import grains
from metrics.total.rules.deltas import Deltas, by_grain, joined, nothing
from metrics.total.rules.grains import Int64s, Kept, minute_slots
from metrics.total.rules.numbered import Numbered
from metrics.total.tables import Total
from metrics.total.use_cases.numbering import number
from service_chassis.unit_of_work import UnitOfWork

BATCHES_A_READ = 20
"""Some 40,000 facts: a tenth of a second of work between two looks at the event loop."""
ROWS_A_READ = 50_000
CORRECTED_A_READ = 1_000
ALL_GRAINS = range(grains.MINUTE, grains.MONTH_OF_ALL + 1)


@dataclass(frozen=True, slots=True)
class Differences:
    """What has to be added to the totals to make them right."""

    by_grain: dict[int, Deltas]

    def __len__(self) -> int:
        return sum(len(each) for each in self.by_grain.values())

    def sample(self, most: int) -> list[dict[str, Any]]:
        """The first of them."""
        rows = ((g, row) for g, each in self.by_grain.items() for row in range(len(each)))
        return [_shown(grain, self.by_grain[grain], row) for grain, row in islice(rows, most)]


def _shown(grain: int, each: Deltas, row: int) -> dict[str, Any]:
    return {
        "grain": grain,
        "slot": int(each.slot[row]),
        "seller_id": int(each.seller_id[row]),
        "dimension_id": int(each.dimension_id[row]),
        "kind": KINDS[int(each.kind[row])],
        "missing_count": int(each.count[row]),
        "missing_amount_minor": int(each.amount[row]),
    }


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one look at all facts and all totals found."""

    facts: int
    totals: int
    differences: Differences


class Sums:
    """Deltas of every grain, added up whenever they have doubled."""

    def __init__(self) -> None:
        self._parts: dict[int, list[Deltas]] = {grain: [nothing()] for grain in ALL_GRAINS}

    def add(self, changes_: dict[int, Deltas]) -> None:
        """Add these."""
        for grain, part in changes_.items():
            parts = self._parts[grain]
            parts.append(part)
            if sum(map(len, parts[1:])) > max(len(parts[0]), 500_000):
                parts[:] = [joined(*parts).added_up()]

    def all(self) -> dict[int, Deltas]:
        """All of them, one entry a key."""
        return {grain: joined(*parts).added_up() for grain, parts in self._parts.items()}


async def compare(session: AsyncSession, now: datetime) -> Comparison:
    """Compute every total from the facts that stand and compare; the session is one snapshot."""
    keep = grains.kept(now)
    # Everything stored has its numbers, so numbering only reads.
    uow = UnitOfWork(session, now)
    standing = await _standing(session)
    corrected = await _corrected(session)
    sums = Sums()
    async for batch_ids, batches in _batches(session):
        sums.add(by_grain(await _plain(uow, batch_ids, batches, standing, corrected), keep))
    targets = sorted(corrected.items())
    for start in range(0, len(targets), CORRECTED_A_READ):
        heard = await hear(session, dict(targets[start : start + CORRECTED_A_READ]))
        sums.add(by_grain(await changes(uow, [], [each.before for each in heard.values()]), keep))
    totals, found = await _totals(session, keep)
    sums.add(found)
    return Comparison(len(standing), totals, Differences(sums.all()))


async def _standing(session: AsyncSession) -> Int64s:
    """Where the facts that stand lie, sorted: batch and row in one number."""
    parts: list[Int64s] = [np.empty(0, np.int64)]
    async for rows in _pages(session, select(FactKey.batch_id, FactKey.row)):
        places = np.array([tuple(row) for row in rows], np.int64)
        parts.append(_joint(places[:, 0], places[:, 1]))
    return np.sort(np.concatenate(parts))


async def _corrected(session: AsyncSession) -> dict[bytes, Place]:
    """The facts under corrections that have taken effect."""
    target = aliased(FactKey)
    statement = (
        select(target.key, target.batch_id, target.row)
        .join(Correction, Correction.target_key == target.key)
        .where(Correction.state != WAITING)
        .distinct()
    )
    found: dict[bytes, Place] = {}
    async for rows in _pages(session, statement):
        found |= {bytes(key): Place(batch_id, row) for key, batch_id, row in rows}
    return found


async def _batches(
    session: AsyncSession,
) -> AsyncIterator[tuple[list[int], list[OrdersRecorded]]]:
    last = 0
    while True:
        found = (
            await session.execute(
                select(FactBatch.id, FactBatch.body)
                .where(FactBatch.id > last)
                .order_by(FactBatch.id)
                .limit(BATCHES_A_READ)
            )
        ).all()
        if not found:
            return
        last = found[-1][0]
        yield [each for each, _ in found], [OrdersRecorded.from_body(body) for _, body in found]


async def _plain(
    uow: UnitOfWork,
    batch_ids: Sequence[int],
    batches: Sequence[OrdersRecorded],
    standing: Int64s,
    corrected: dict[bytes, Place],
) -> Deltas:
    """What the originals of these batches count as, those with corrections left out."""
    aside = {place for place in corrected.values() if place.batch_id in set(batch_ids)}
    runs = [
        (batch_id, run)
        for batch_id, batch in zip(batch_ids, batches, strict=True)
        for run in runs_of(batch)
    ]
    numbered = await number(uow, [(run.platform, run.dimensions) for _, run in runs])
    parts = [nothing()]
    for (batch_id, run), own in zip(runs, numbered, strict=True):
        rows = np.arange(run.start, run.stop)
        places = _joint(np.full(len(rows), batch_id), rows)
        at = np.minimum(np.searchsorted(standing, places), max(len(standing) - 1, 0))
        chosen = (standing[at] == places) if len(standing) else np.zeros(len(rows), np.bool_)
        chosen &= run.batch.kind[run.start : run.stop] < VOIDED
        for place in aside:
            if place.batch_id == batch_id and run.start <= place.row < run.stop:
                chosen[place.row - run.start] = False
        parts.append(_deltas(run, own).where(chosen))
    return joined(*parts)


def _deltas(run: Run, own: Numbered) -> Deltas:
    batch, start, stop = run.batch, run.start, run.stop
    return Deltas(
        minute_slots(batch.occurred_ms[start:stop]),
        np.append(own.seller_id, 0)[run.dimension],
        np.append(own.dimension_id, 0)[run.dimension],
        batch.kind[start:stop].astype(np.int64),
        np.ones(stop - start, np.int64),
        batch.amount_minor[start:stop],
    )


async def _totals(session: AsyncSession, keep: Kept) -> tuple[int, dict[int, Deltas]]:
    """The totals that are kept, with their signs turned."""
    compared = 0
    parts: dict[int, list[Deltas]] = {grain: [nothing()] for grain in ALL_GRAINS}
    statement = select(
        Total.grain,
        Total.slot,
        Total.seller_id,
        Total.dimension_id,
        Total.kind,
        Total.count,
        Total.amount,
    )
    async for rows in _pages(session, statement):
        columns = np.array([tuple(row) for row in rows], np.int64).T
        oldest = np.zeros_like(columns[0])
        oldest[columns[0] == grains.MINUTE] = keep.minute
        oldest[columns[0] == grains.HOUR] = keep.hour
        columns = columns[:, columns[1] >= oldest]
        compared += columns.shape[1]
        for grain in np.unique(columns[0]).tolist():
            own = columns[1:, columns[0] == grain]
            slot, seller_id, dimension_id, kind, count, amount = own
            parts[grain].append(Deltas(slot, seller_id, dimension_id, kind, -count, -amount))
    return compared, {grain: joined(*own) for grain, own in parts.items()}


async def _pages(session: AsyncSession, statement: Executable) -> AsyncIterator[Sequence[Any]]:
    result = await session.stream(statement.execution_options(yield_per=ROWS_A_READ))
    async for rows in result.partitions():
        yield rows


def _joint(batch_id: Int64s, row: Int64s) -> Int64s:
    joint: Int64s = (batch_id << 16) | row
    return joint
