"""Applying corrections: what their facts counted as is taken out, what they count as now put in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import select, update

from event_contracts.orders_recorded import OrdersRecorded
from metrics.correction import rules
from metrics.correction.rules import Correcting, Standing
from metrics.correction.tables import WAITING, Correction
from metrics.fact.store import Place, Slices, StoredFact, open_facts
from metrics.fact.tables import FactKey
from metrics.total.deltas import Deltas, nothing
from metrics.total.grains import minute_slots
from metrics.total.numbering import number
from service_chassis.bulk import insert_new, read_rows
from service_chassis.unit_of_work import UnitOfWork

CORRECTIONS = Correction.metadata.tables[Correction.__tablename__]
FACT_KEYS = FactKey.metadata.tables[FactKey.__tablename__]
MOST_WAITING_LOOKED_AT = 1_000
"""When more are waiting, an original leaves its corrections to the sweeper."""
_MOST_VALUES = 5_000

InHand = Mapping[int, tuple[Slices, OrdersRecorded]]


class Row(NamedTuple):
    """A correction's row."""

    target_key: bytes
    key: bytes
    kind: int
    revision: int
    state: int
    place: Place


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
    corrections = await _corrections(uow, sorted(facts))
    if not any(row.state == WAITING for row in corrections):
        return Settled(targets=tuple(sorted(facts)))
    by_target = {
        key: list(rows) for key, rows in groupby(corrections, lambda each: each.target_key)
    }
    opened = await open_facts(uow.session, _places(facts, by_target), in_hand)
    before: list[Standing] = []
    after: list[Standing] = []
    for key, rows in by_target.items():
        fact = opened[facts[key]]
        _collect(before, fact, [row for row in rows if row.state != WAITING], opened)
        _collect(after, fact, rows, opened)
    await _write_states(uow, by_target.values())
    return Settled(
        await changes(uow, before, after),
        tuple((row.key, opened[row.place]) for row in corrections if row.state == WAITING),
        tuple(sorted(facts)),
    )


async def standing_now(uow: UnitOfWork, key: bytes, fact: StoredFact) -> Standing | None:
    """What this fact, under the key, counts as with the corrections that have taken effect."""
    rows = [row for row in await _corrections(uow, [key]) if row.state != WAITING]
    opened = await open_facts(uow.session, [row.place for row in rows])
    return _standing(fact, rows, opened)


async def changes(uow: UnitOfWork, before: Sequence[Standing], after: Sequence[Standing]) -> Deltas:
    """The change of the totals from what stood before to what stands after."""
    every = [*before, *after]
    if not every:
        return nothing()
    own = await number(uow, [(each.platform, [each.dimensions]) for each in every])
    sign = np.repeat(np.array([-1, 1]), [len(before), len(after)])
    return Deltas(
        minute_slots(np.array([each.occurred_ms for each in every], np.int64)),
        np.concatenate([each.seller_id for each in own]),
        np.concatenate([each.dimension_id for each in own]),
        np.array([each.kind for each in every], np.int64),
        sign,
        sign * np.array([each.amount_minor for each in every], np.int64),
    )


def _collect(
    into: list[Standing],
    fact: StoredFact,
    rows: Sequence[Row],
    opened: Mapping[Place, StoredFact],
) -> None:
    if stands := _standing(fact, rows, opened):
        into.append(stands)


def _standing(
    fact: StoredFact, rows: Sequence[Row], opened: Mapping[Place, StoredFact]
) -> Standing | None:
    chosen = rules.deciding([Correcting(row.kind, row.revision) for row in rows])
    return rules.standing(fact, None if chosen is None else opened[rows[chosen].place])


def _places(facts: Mapping[bytes, Place], by_target: Mapping[bytes, list[Row]]) -> list[Place]:
    places = [facts[key] for key in by_target]
    return places + [row.place for rows in by_target.values() for row in rows]


async def _corrections(uow: UnitOfWork, targets: Sequence[bytes]) -> list[Row]:
    found = await read_rows(
        uow.session,
        CORRECTIONS,
        "target_key",
        targets,
        ("target_key", "key", "kind", "revision", "state", "batch_id", "row"),
    )
    return [
        Row(bytes(target), bytes(key), kind, revision, state, Place(batch_id, row))
        for target, key, kind, revision, state, batch_id, row in found
    ]


async def _write_states(uow: UnitOfWork, groups: Collection[Sequence[Row]]) -> None:
    changed: dict[int, list[bytes]] = {}
    for rows in groups:
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
