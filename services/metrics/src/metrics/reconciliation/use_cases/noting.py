"""Writing down what became of the facts of every message."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from metrics.reconciliation.tables import Chunk
from service_chassis.bulk import insert_into
from service_chassis.unit_of_work import UnitOfWork

_MOST_ROWS = 1_000


class Portion(NamedTuple):
    """The facts of one message that one platform had accepted on one date."""

    event_id: UUID
    platform: str
    accepted_on: str


class Outcomes(NamedTuple):
    """How many facts came to what; negative where some left."""

    counted: int = 0
    duplicate: int = 0
    conflict: int = 0
    pending: int = 0


async def add_outcomes(uow: UnitOfWork, changes: Mapping[Portion, Outcomes]) -> None:
    """Add these numbers; a portion that nobody told of before is judged now."""
    portions = sorted(changes)
    for start in range(0, len(portions), _MOST_ROWS):
        statement = insert_into(uow.session, Chunk).values(
            [
                {
                    "event_id": portion.event_id,
                    "platform": portion.platform,
                    "accepted_on": date.fromisoformat(portion.accepted_on),
                    "judged_at": uow.now,
                    **changes[portion]._asdict(),
                }
                for portion in portions[start : start + _MOST_ROWS]
            ]
        )
        sums = {name: getattr(Chunk, name) + statement.excluded[name] for name in Outcomes._fields}
        await uow.session.execute(
            statement.on_conflict_do_update(
                index_elements=["event_id", "platform", "accepted_on"],
                set_={**sums, "judged_at": statement.excluded.judged_at},
            )
        )


async def add_accepted(uow: UnitOfWork, changes: Mapping[Portion, int]) -> None:
    """Add how many facts livestream-supply says it accepted."""
    portions = sorted(changes)
    for start in range(0, len(portions), _MOST_ROWS):
        statement = insert_into(uow.session, Chunk).values(
            [
                {
                    "event_id": portion.event_id,
                    "platform": portion.platform,
                    "accepted_on": date.fromisoformat(portion.accepted_on),
                    "announced_at": uow.now,
                    "accepted": changes[portion],
                    **Outcomes()._asdict(),
                }
                for portion in portions[start : start + _MOST_ROWS]
            ]
        )
        await uow.session.execute(
            statement.on_conflict_do_update(
                index_elements=["event_id", "platform", "accepted_on"],
                set_={
                    "accepted": statement.excluded.accepted,
                    "announced_at": statement.excluded.announced_at,
                },
            )
        )


async def note_buried(uow: UnitOfWork, portions: Collection[Portion]) -> None:
    """Remember that the burial of these was told."""
    ordered = sorted(portions)
    for start in range(0, len(ordered), _MOST_ROWS):
        statement = insert_into(uow.session, Chunk).values(
            [
                {
                    "event_id": portion.event_id,
                    "platform": portion.platform,
                    "accepted_on": date.fromisoformat(portion.accepted_on),
                    "buried_at": uow.now,
                    **Outcomes()._asdict(),
                }
                for portion in ordered[start : start + _MOST_ROWS]
            ]
        )
        await uow.session.execute(
            statement.on_conflict_do_update(
                index_elements=["event_id", "platform", "accepted_on"],
                set_={"buried_at": statement.excluded.buried_at},
            )
        )
