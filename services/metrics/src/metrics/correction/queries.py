"""Facts together with the corrections that name them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from metrics.correction import rules
from metrics.correction.rules import Correcting, Standing
from metrics.correction.tables import WAITING, Correction
from metrics.fact.queries.store import InHand, open_facts
from metrics.fact.rules.stored import Place, StoredFact
from service_chassis.bulk import read_rows

CORRECTIONS = Correction.metadata.tables[Correction.__tablename__]


class Row(NamedTuple):
    """A correction's row."""

    target_key: bytes
    key: bytes
    kind: int
    revision: int
    state: int
    place: Place


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact, its corrections as they came, and what it counts as."""

    fact: StoredFact
    corrections: tuple[tuple[Row, StoredFact], ...]

    @property
    def before(self) -> Standing | None:
        """What it counts as under the corrections that have taken effect."""
        return self._standing([pair for pair in self.corrections if pair[0].state != WAITING])

    @property
    def after(self) -> Standing | None:
        """What it counts as when all of them have."""
        return self._standing(self.corrections)

    def _standing(self, heard: Sequence[tuple[Row, StoredFact]]) -> Standing | None:
        chosen = rules.deciding([Correcting(row.kind, row.revision) for row, _ in heard])
        return rules.standing(self.fact, None if chosen is None else heard[chosen][1])


async def corrections_of(session: AsyncSession, targets: Sequence[bytes]) -> list[Row]:
    """The corrections that name these facts, by fact."""
    found = await read_rows(
        session,
        CORRECTIONS,
        "target_key",
        targets,
        ("target_key", "key", "kind", "revision", "state", "batch_id", "row"),
    )
    return [
        Row(bytes(target), bytes(key), kind, revision, state, Place(batch_id, row))
        for target, key, kind, revision, state, batch_id, row in found
    ]


async def hear(
    session: AsyncSession,
    facts: Mapping[bytes, Place],
    corrections: Sequence[Row] | None = None,
    in_hand: InHand | None = None,
) -> dict[bytes, Heard]:
    """Open the facts that lie under these keys, with their corrections."""
    if corrections is None:
        corrections = await corrections_of(session, sorted(facts))
    by_target = {
        key: list(rows) for key, rows in groupby(corrections, lambda each: each.target_key)
    }
    places = [*facts.values(), *(row.place for row in corrections)]
    opened = await open_facts(session, places, in_hand)
    return {
        key: Heard(opened[place], tuple((row, opened[row.place]) for row in by_target.get(key, ())))
        for key, place in facts.items()
    }
