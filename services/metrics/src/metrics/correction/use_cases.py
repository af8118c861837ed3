"""Applying corrections: what their facts counted as is taken out, what they count as now put in."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import select, update

from metrics.correction import rules
from metrics.correction.queries import Heard, corrections_of, hear
from metrics.correction.rules import Correcting, Standing
from metrics.correction.tables import WAITING, Correction
from metrics.fact.queries.store import InHand
from metrics.fact.rules.stored import Place, StoredFact
from metrics.fact.tables import FactKey
from metrics.total.rules.deltas import Deltas, nothing
from metrics.total.rules.grains import minute_slots
from metrics.total.use_cases.numbering import number
from service_chassis.bulk import insert_new, read_rows
from service_chassis.unit_of_work import UnitOfWork

CORRECTIONS = Correction.metadata.tables[Correction.__tablename__]
FACT_KEYS = FactKey.metadata.tables[FactKey.__tablename__]
MOST_WAITING_LOOKED_AT = 1_000
"""When more are waiting, an original leaves its corrections to the sweeper."""
_MOST_VALUES = 5_000


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling changed."""

    minutes: Deltas = field(default_factory=nothing)
    ended_waiting: tuple[tuple[bytes, StoredFact], ...] = ()
    """The corrections that do not wait any more, with their keys."""
    targets: tuple[bytes, ...] = ()
    """The keys of the facts that were there."""


async def record(
    uow: UnitOfWork, columns: Mapping[str, np.ndarray[tuple[int], np.dtype[np.generic]]]
) -> None:
    """Write down corrections that have just been counted once; all of them wait at first."""
    state = np.full(len(columns["key"]), WAITING, np.int16)
    await insert_new(uow.session, CORRECTIONS, "key", {**columns, "state": state})


async def waited_for(uow: UnitOfWork, came: np.ndarray[Any, Any], *, besides: int) -> list[bytes]:
    """Those of the keys, new in this transaction, that corrections have been waiting for.

    `besides` counts the corrections that this transaction wrote down itself. A correction that
    another transaction holds is not seen here, and that one does not see these facts: the sweeper
    brings them together.
    """
    if not len(came):
        return []
    waiting = await uow.session.scalars(
        select(Correction.target_key)
        .where(Correction.state == WAITING)
        .limit(MOST_WAITING_LOOKED_AT + besides)
    )
    awaited = set(waiting)
    return sorted(awaited & {key.tobytes() for key in came}) if awaited else []


async def settle(
    uow: UnitOfWork, targets: Collection[bytes], in_hand: InHand | None = None
) -> Settled:
    """Let the corrections of these facts take effect, as far as the facts are there."""
    if not targets:
        return Settled()
    # Whoever holds a fact's row decides its corrections; another's, committed or not yet, is
    # seen when the row is ours.
    found = await read_rows(
        uow.session,
        FACT_KEYS,
        "key",
        sorted(set(targets)),
        ("key", "batch_id", "row"),
        lock=True,
    )
    facts = {bytes(key): Place(batch_id, row) for key, batch_id, row in found}
    corrections = await corrections_of(uow.session, sorted(facts))
    if not any(row.state == WAITING for row in corrections):
        return Settled(targets=tuple(sorted(facts)))
    corrected = {row.target_key: facts[row.target_key] for row in corrections}
    heard = (await hear(uow.session, corrected, corrections, in_hand)).values()
    await _write_states(uow, heard)
    return Settled(
        await changes(uow, [each.before for each in heard], [each.after for each in heard]),
        tuple(
            (row.key, fact)
            for each in heard
            for row, fact in each.corrections
            if row.state == WAITING
        ),
        tuple(sorted(facts)),
    )


async def changes(
    uow: UnitOfWork, before: Sequence[Standing | None], after: Sequence[Standing | None]
) -> Deltas:
    """The change of the totals from what stood before to what stands after."""
    signed = [(-1, each) for each in before if each] + [(1, each) for each in after if each]
    if not signed:
        return nothing()
    signed.sort(key=lambda each: each[1].platform)
    asked = [
        (platform, [standing.dimensions for _, standing in group])
        for platform, group in groupby(signed, lambda each: each[1].platform)
    ]
    own = await number(uow, asked)
    sign = np.array([each for each, _ in signed], np.int64)
    every = [standing for _, standing in signed]
    return Deltas(
        minute_slots(np.array([each.occurred_ms for each in every], np.int64)),
        np.concatenate([each.seller_id for each in own]),
        np.concatenate([each.dimension_id for each in own]),
        np.array([each.kind for each in every], np.int64),
        sign,
        sign * np.array([each.amount_minor for each in every], np.int64),
    )


async def _write_states(uow: UnitOfWork, heard: Iterable[Heard]) -> None:
    changed: dict[int, list[bytes]] = {}
    for each in heard:
        rows = [row for row, _ in each.corrections]
        decided = rules.states([Correcting(row.kind, row.revision) for row in rows])
        for row, state in zip(rows, decided, strict=True):
            if row.state != state:
                changed.setdefault(state, []).append(row.key)
    for state, keys in sorted(changed.items()):
        for start in range(0, len(keys), _MOST_VALUES):
            await uow.session.execute(
                update(Correction)
                .where(Correction.key.in_(sorted(keys)[start : start + _MOST_VALUES]))
                .values(state=state)
                .execution_options(synchronize_session=False)
            )
