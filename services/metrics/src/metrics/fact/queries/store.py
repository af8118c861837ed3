"""The fact store: bodies kept as they came, facts opened again by where they lie."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from itertools import groupby
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec
import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from event_contracts.orders_recorded import NO_DIMENSIONS, OrdersRecorded, Slice
from metrics.fact.rules.stored import Place, Slices, StoredFact
from metrics.fact.tables import FactBatch
from service_chassis.records import Record

MOST_READ = 100
"""Batches a statement; each is up to some hundred kilobytes."""
MOST_OPENED = 64
MOST_SLICED = 8_192

Recorded = tuple[Record, OrdersRecorded]


InHand = Mapping[int, tuple[Slices, OrdersRecorded]]
"""Batches that this transaction stores, by number."""


class _Remembered:
    """Batches never change, so what was read of them stays true."""

    def __init__(self) -> None:
        self.slices: OrderedDict[int, Slices] = OrderedDict()
        self.opened: OrderedDict[int, tuple[Slices, OrdersRecorded]] = OrderedDict()


_REMEMBERED: WeakKeyDictionary[object, _Remembered] = WeakKeyDictionary()


async def slices_of(session: AsyncSession, batch_ids: Iterable[int]) -> dict[int, Slices]:
    """Whose rows the rows of these batches are."""
    remembered = _remembered(session).slices
    found = {number: remembered[number] for number in batch_ids if number in remembered}
    missing = sorted(set(batch_ids) - found.keys())
    for start in range(0, len(missing), 1_000):
        rows = await session.execute(
            select(FactBatch.id, FactBatch.event_id, FactBatch.slices).where(
                FactBatch.id.in_(missing[start : start + 1_000])
            )
        )
        for number, event_id, packed in rows:
            found[number] = _sliced(event_id, _unpack(packed))
    return found


def remember_slices(session: AsyncSession, found: Mapping[int, Slices]) -> None:
    """Keep slices at hand; only those of batches that another transaction has committed."""
    remembered = _remembered(session).slices
    remembered.update(found)
    while len(remembered) > MOST_SLICED:
        remembered.popitem(last=False)


async def open_facts(
    session: AsyncSession,
    places: Iterable[Place],
    in_hand: InHand | None = None,
) -> dict[Place, StoredFact]:
    """Open the facts that lie there, with one read for many batches."""
    remembered = _remembered(session).opened
    in_hand = in_hand or {}
    wanted = sorted(set(places))
    found: dict[Place, StoredFact] = {}
    by_batch = {number: list(group) for number, group in groupby(wanted, lambda each: each[0])}
    missing: list[int] = []
    for number, group in by_batch.items():
        if opened := in_hand.get(number) or remembered.get(number):
            found.update((place, fact_at(place, *opened)) for place in group)
        else:
            missing.append(number)
    for start in range(0, len(missing), MOST_READ):
        rows = await session.execute(
            select(FactBatch.id, FactBatch.event_id, FactBatch.body).where(
                FactBatch.id.in_(missing[start : start + MOST_READ])
            )
        )
        for number, event_id, body in rows:
            batch = OrdersRecorded.from_body(body)
            opened = (_sliced(event_id, batch.slices), batch)
            remembered[number] = opened
            found.update((place, fact_at(place, *opened)) for place in by_batch[number])
        while len(remembered) > MOST_OPENED:
            remembered.popitem(last=False)
    return found


def sliced(record: Record, batch: OrdersRecorded) -> Slices:
    """The slices of a batch in hand."""
    return _sliced(record.event_id, batch.slices)


def fact_at(place: Place, slices: Slices, batch: OrdersRecorded) -> StoredFact:
    """The fact at a place in its batch."""
    row = place.row
    slice_ = slices.holding(row)
    dimension = int(batch.dimension[row])
    return StoredFact(
        place=place,
        event_id=slices.event_id,
        receipt_id=slice_.receipt_id,
        receipt_row=slice_.receipt_row + row - slice_.first_row,
        platform=slice_.platform,
        accepted_on=slice_.accepted_on,
        kind=int(batch.kind[row]),
        order_no=batch.order_no[row],
        ref=batch.refs.get(row),
        occurred_ms=int(batch.occurred_ms[row]),
        amount_minor=int(batch.amount_minor[row]),
        dimensions=None if dimension == NO_DIMENSIONS else batch.dimensions[dimension],
        correction=batch.corrections.get(row),
    )


def _remembered(session: AsyncSession) -> _Remembered:
    return _REMEMBERED.setdefault(session.sync_session.get_bind(), _Remembered())


def _sliced(event_id: UUID, slices: list[Slice]) -> Slices:
    first_rows = np.fromiter((each.first_row for each in slices), np.int64, len(slices))
    return Slices(event_id, slices, first_rows)


def _unpack(packed: bytes) -> list[Slice]:
    return [Slice(UUID(bytes=each[0]), *each[1:]) for each in msgspec.msgpack.decode(packed)]
