"""The fact store takes what it keeps for ever."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import insert

from event_contracts.orders_recorded import Slice
from metrics.fact.queries.store import Recorded
from metrics.fact.tables import FactBatch
from service_chassis.unit_of_work import UnitOfWork


async def keep(uow: UnitOfWork, recorded: Sequence[Recorded]) -> list[int]:
    """Store these batches for ever and return their numbers."""
    numbers = await uow.session.scalars(
        insert(FactBatch).returning(FactBatch.id, sort_by_parameter_order=True),
        [
            {
                "event_id": record.event_id,
                "received_at": uow.now,
                "rows": len(batch.order_no),
                "slices": _pack(batch.slices),
                "body": record.body,
            }
            for record, batch in recorded
        ],
    )
    return list(numbers)


def _pack(slices: Sequence[Slice]) -> bytes:
    return msgspec.msgpack.encode([(each.receipt_id.bytes, *each[1:]) for each in slices])
