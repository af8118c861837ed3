"""What metrics says of the facts: every receipt keeps its own account."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import numpy as np
from sqlalchemy import insert, select, update

from event_contracts.metrics import Exceptional, FactsJudged
from livestream_supply.control_total.use_cases import add_counted
from livestream_supply.receipt.queries import runs_of, spans_of
from livestream_supply.receipt.rules import CONFLICT, Painting, painted
from livestream_supply.receipt.tables import ExceptionRun, Receipt, ReceiptChunk
from livestream_supply.tables import take_positions
from service_chassis.consumer import Subscription
from service_chassis.unit_of_work import UnitOfWork


async def keep_outcomes(uow: UnitOfWork, events: Sequence[FactsJudged]) -> None:
    """Mark what was judged, keep the exceptions, count again the receipts concerned."""
    chunks = [chunk for event in events for chunk in event.chunks]
    told = [run for chunk in chunks for run in chunk.exceptions]
    told += [run for event in events for run in event.resolutions]
    judged = [chunk.event_id for chunk in chunks]
    parts = await _parts_of(uow, judged)
    touched = {part.receipt_id for part in parts} | {run.receipt_id for run in told}
    receipts = await _locked(uow, touched)
    told = [*_judged_again(parts, receipts), *told]
    if judged:
        await uow.session.execute(
            update(ReceiptChunk).where(ReceiptChunk.event_id.in_(judged)).values(judged_at=uow.now)
        )
    if receipts:
        before = await _paintings(uow, receipts) if told else {}
        await _keep_runs(uow, told, receipts, before)
        await _count_again(uow, receipts)
    await add_counted(uow, [change for event in events for change in event.counted])


async def _parts_of(uow: UnitOfWork, judged: Sequence[UUID]) -> Sequence[ReceiptChunk]:
    if not judged:
        return []
    found = await uow.session.scalars(select(ReceiptChunk).where(ReceiptChunk.event_id.in_(judged)))
    return found.all()


def _judged_again(
    parts: Sequence[ReceiptChunk], receipts: Mapping[UUID, Receipt]
) -> list[Exceptional]:
    """Messages that were buried and have been judged after all: they begin as counted."""
    return [
        Exceptional(
            receipt_id=part.receipt_id, first_row=part.first_row, rows=part.rows, outcome="counted"
        )
        for part in parts
        if part.receipt_id in receipts and receipts[part.receipt_id].buried
    ]


async def _locked(uow: UnitOfWork, wanted: Iterable[UUID]) -> dict[UUID, Receipt]:
    """The receipts, held until the commit: another worker may judge their other messages."""
    found = await uow.session.scalars(
        select(Receipt).where(Receipt.id.in_(list(wanted))).order_by(Receipt.id).with_for_update()
    )
    return {receipt.id: receipt for receipt in found}


async def _paintings(uow: UnitOfWork, receipts: dict[UUID, Receipt]) -> dict[UUID, Painting]:
    spans = await spans_of(uow.session, receipts)
    runs = await runs_of(uow.session, receipts)
    return {
        receipt.id: painted(
            receipt.items - receipt.rejected, spans.get(receipt.id, []), runs.get(receipt.id, [])
        )
        for receipt in receipts.values()
    }


async def _keep_runs(
    uow: UnitOfWork,
    told: Sequence[Exceptional],
    receipts: dict[UUID, Receipt],
    before: dict[UUID, Painting],
) -> None:
    known = [run for run in told if run.receipt_id in receipts]
    in_feed = [run for run in known if _is_of_a_conflict(run, before[run.receipt_id])]
    positions: dict[int, int] = {}
    if in_feed:
        wanted = Counter(receipts[run.receipt_id].platform for run in in_feed)
        next_position = dict(await take_positions(uow.session, wanted))
        for run in in_feed:
            platform = receipts[run.receipt_id].platform
            positions[id(run)] = next_position[platform]
            next_position[platform] += 1
    if known:
        await uow.session.execute(
            insert(ExceptionRun),
            [
                {
                    "receipt_id": run.receipt_id,
                    "first_row": run.first_row,
                    "rows": run.rows,
                    "outcome": run.outcome,
                    "first_receipt_id": run.first_receipt_id,
                    "detail": run.detail,
                    "platform": receipts[run.receipt_id].platform,
                    "position": positions.get(id(run)),
                    "told_at": uow.now,
                }
                for run in known
            ],
        )


def _is_of_a_conflict(run: Exceptional, before: Painting) -> bool:
    rows = slice(run.first_row, run.first_row + run.rows)
    return run.outcome == "conflict" or bool(np.any(before.outcome[rows] == CONFLICT))


async def _count_again(uow: UnitOfWork, receipts: dict[UUID, Receipt]) -> None:
    for receipt_id, painting in (await _paintings(uow, receipts)).items():
        receipt, counts = receipts[receipt_id], painting.counts()
        receipt.counted = counts["counted"]
        receipt.duplicates = counts["duplicate"]
        receipt.conflicts = counts["conflict"]
        receipt.pending = counts["pending"]
        receipt.buried = counts["buried"]


OUTCOMES = Subscription(
    "livestream-supply.outcomes", (FactsJudged,), keep_outcomes, max_records=100
)
