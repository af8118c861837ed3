"""Putting conflicting facts aside, and deciding which stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert

from event_contracts.facts import KINDS, identity_ref
from metrics.conflict.tables import Conflict
from metrics.fact.store import Place, StoredFact
from service_chassis.columns import new_id
from service_chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Clash:
    """A fact whose identity another fact has."""

    key: bytes
    content: int
    fact: StoredFact
    standing: Place
    first_receipt_id: UUID


async def put_aside(uow: UnitOfWork, clashes: Sequence[Clash]) -> None:
    """List these facts for somebody to decide; until then what stood stands."""
    if not clashes:
        return
    await uow.session.execute(
        insert(Conflict),
        [
            {
                "id": new_id(),
                "key": clash.key,
                "content": clash.content,
                "batch_id": clash.fact.place.batch_id,
                "row": clash.fact.place.row,
                "standing_batch_id": clash.standing.batch_id,
                "standing_row": clash.standing.row,
                "platform": clash.fact.platform,
                "order_no": clash.fact.order_no,
                "kind": KINDS[clash.fact.kind],
                "ref": identity_ref(clash.fact.kind, clash.fact.ref, clash.fact.correction),
                "receipt_id": clash.fact.receipt_id,
                "first_receipt_id": clash.first_receipt_id,
                "detected_at": uow.now,
                "state": "open",
            }
            for clash in clashes
        ],
    )
