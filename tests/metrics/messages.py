"""Facts as tests and benchmarks write them, and the messages that carry them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import numpy as np

from event_contracts.facts import KINDS, Correction, Dimensions
from event_contracts.orders_recorded import NO_DIMENSIONS, OrdersRecorded, Slice
from service_chassis.records import Record

DIMENSIONS = Dimensions(
    seller_uscc="91440101MA5AAAAA01",
    buyer_type="individual",
    channel="livestream",
    trade_mode="B2C",
    trade_flow="domestic",
    customs_mode=None,
    goods_kind="physical",
    category="clothing",
    currency="CNY",
    attribution="card",
    session_no=None,
    region_code=None,
)
MOMENT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Fact:
    """One fact of an order."""

    order_no: str = "GZ-0001"
    kind: str = "paid"
    amount_minor: int = 10_000
    occurred_at: datetime = MOMENT
    dimensions: Dimensions | None = DIMENSIONS
    ref: str | None = None
    corrects: tuple[str, str | None] | None = None
    revision: int = 0
    reason: str | None = None
    platform: str = "taobao"

    def voided(self, reason: str = "sent by mistake") -> "Fact":
        """The void of this fact."""
        return replace(
            self,
            kind="voided",
            amount_minor=0,
            dimensions=None,
            ref=None,
            corrects=(self.kind, self.ref),
            reason=reason,
        )

    def amended(self, revision: int, **changes: object) -> "Fact":
        """An amendment of this fact."""
        amendment = replace(
            self, kind="amended", ref=None, corrects=(self.kind, self.ref), revision=revision
        )
        return replace(amendment, **changes)  # type: ignore[arg-type]

    @property
    def occurred_ms(self) -> int:
        return int(self.occurred_at.timestamp() * 1000)


@dataclass
class Receipt:
    """The facts of one post."""

    facts: Sequence[Fact]
    id: UUID = field(default_factory=uuid4)
    accepted_on: str = "2026-03-02"
    first_row: int = 0
    """The place of the first of these facts in the receipt."""


def message(*receipts: Receipt) -> tuple[Record, OrdersRecorded]:
    """One message with the facts of these receipts."""
    facts = [fact for receipt in receipts for fact in receipt.facts]
    places: dict[Dimensions, int] = {}
    dimension = [
        NO_DIMENSIONS
        if fact.dimensions is None
        else places.setdefault(fact.dimensions, len(places))
        for fact in facts
    ]
    batch = OrdersRecorded(
        slices=_slices(receipts),
        dimensions=list(places),
        dimension=np.array(dimension, np.uint16),
        kind=np.array([KINDS.index(fact.kind) for fact in facts], np.uint8),
        occurred_ms=np.array([fact.occurred_ms for fact in facts], np.int64),
        amount_minor=np.array([fact.amount_minor for fact in facts], np.int64),
        order_no=[fact.order_no for fact in facts],
        refs={row: fact.ref for row, fact in enumerate(facts) if fact.ref is not None},
        corrections={
            row: Correction(
                KINDS.index(fact.corrects[0]), fact.corrects[1], fact.revision, fact.reason
            )
            for row, fact in enumerate(facts)
            if fact.corrects is not None
        },
    )
    return record_of(batch), batch


def record_of(batch: OrdersRecorded, event_id: UUID | None = None) -> Record:
    """The batch on the wire."""
    return Record(
        topic=batch.topic,
        key=batch.partition_key(),
        event_id=event_id or uuid4(),
        event_type=batch.event_type,
        occurred_at=MOMENT,
        body=batch.to_body(),
    )


def records(*receipts: Receipt) -> list[Record]:
    """A message for every receipt."""
    return [message(receipt)[0] for receipt in receipts]


def _slices(receipts: Iterable[Receipt]) -> list[Slice]:
    slices: list[Slice] = []
    first_row = 0
    for receipt in receipts:
        slices.append(
            Slice(
                receipt.id,
                receipt.facts[0].platform,
                receipt.accepted_on,
                first_row,
                len(receipt.facts),
                receipt.first_row,
            )
        )
        first_row += len(receipt.facts)
    return slices
