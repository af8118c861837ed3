"""Telling partners of messages that could not be taken."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select

from event_contracts.metrics import Exceptional, JudgedChunk
from event_contracts.orders_recorded import OrdersRecorded, Slice
from metrics.fact.tables import FACTS_GROUP
from metrics.fact.use_cases import outcomes
from metrics.reconciliation.tables import Chunk
from metrics.reconciliation.use_cases.noting import Portion, note_buried
from service_chassis.service import Runtime
from service_chassis.tables import DeadLetter
from service_chassis.unit_of_work import UnitOfWork

MOST_A_TRANSACTION = 50


async def tell_burials(runtime: Runtime) -> None:
    """Announce as buried what is among the dead letters and was neither told nor judged.

    A message that cannot be read names no receipts: it shows in the reconciliation alone.
    """
    last = UUID(int=0)
    while True:
        async with runtime.database.unit_of_work() as uow:
            letters = await _untold(uow, last)
            await _tell(uow, letters)
        if len(letters) < MOST_A_TRANSACTION:
            return
        last = letters[-1].id


async def _untold(uow: UnitOfWork, after: UUID) -> list[DeadLetter]:
    settled = select(Chunk.event_id).where(
        Chunk.event_id == DeadLetter.event_id,
        or_(Chunk.buried_at.is_not(None), Chunk.judged_at.is_not(None)),
    )
    found = await uow.session.scalars(
        select(DeadLetter)
        .where(
            DeadLetter.id > after,
            DeadLetter.consumer_group == FACTS_GROUP,
            DeadLetter.state.in_(["buried", "discarded"]),
            ~settled.exists(),
        )
        .order_by(DeadLetter.id)
        .limit(MOST_A_TRANSACTION)
    )
    return list(found)


async def _tell(uow: UnitOfWork, letters: Sequence[DeadLetter]) -> None:
    chunks: list[JudgedChunk] = []
    portions: set[Portion] = set()
    for letter in letters:
        slices = _slices(letter.body)
        if not slices:
            continue
        portions |= {Portion(letter.event_id, each.platform, each.accepted_on) for each in slices}
        exceptions = [
            Exceptional(
                receipt_id=each.receipt_id,
                first_row=each.receipt_row,
                rows=each.rows,
                outcome="buried",
                detail=letter.detail[:200],
            )
            for each in slices
        ]
        chunks.append(JudgedChunk(event_id=letter.event_id, exceptions=exceptions))
    await note_buried(uow, portions)
    outcomes.announce(uow, chunks=chunks)


def _slices(body: bytes) -> list[Slice]:
    try:
        return OrdersRecorded.from_body(body).slices
    except ValueError:
        return []
