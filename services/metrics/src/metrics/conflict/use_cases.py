"""Putting conflicting facts aside, and deciding which stands."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select, update

from event_contracts.facts import KINDS, VOIDED, identity_ref
from event_contracts.metrics import CountedChange, Outcome
from metrics.conflict.problems import ConflictDecided, ConflictNotFound
from metrics.conflict.schemas import Decision
from metrics.conflict.tables import Conflict
from metrics.correction.queries import Heard, hear
from metrics.correction.tables import WAITING, Correction
from metrics.correction.use_cases import changes
from metrics.fact.queries.store import open_facts
from metrics.fact.rules.stored import Place, StoredFact
from metrics.fact.tables import FactKey
from metrics.fact.use_cases import outcomes
from metrics.fact.use_cases.outcomes import Told
from metrics.over_refund.use_cases.hearing import look_at
from metrics.reconciliation.use_cases.noting import Outcomes, Portion, add_outcomes
from metrics.total.use_cases import adding as totals
from service_chassis.bulk import read_rows
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


async def resolve(uow: UnitOfWork, conflict_id: UUID, decision: Decision) -> Conflict:
    """Decide a conflict, and with it those that say the same under the same identity."""
    conflict = await uow.session.get(Conflict, conflict_id)
    if conflict is None:
        raise ConflictNotFound(f"No conflict has the id {conflict_id}.")
    # The fact's row is the turn of whoever decides about the fact; then the conflict is read anew.
    facts = await _lock_facts(uow, conflict.key)
    await uow.session.refresh(conflict)
    if conflict.state != "open":
        raise ConflictDecided(f"{conflict.decided_by} decided: {conflict.state}.")
    alike = list(
        await uow.session.scalars(
            select(Conflict)
            .where(
                Conflict.key == conflict.key,
                Conflict.content == conflict.content,
                Conflict.state == "open",
            )
            .order_by(Conflict.id)
        )
    )
    stood = facts[conflict.key]
    for each in alike:
        each.standing_batch_id, each.standing_row = stood.batch_id, stood.row
        each.state = "kept" if decision.decision == "keep" else "replaced"
        each.decided_at = uow.now
        each.decided_by = uow.actor.subject
        each.reason = decision.reason
    if decision.decision == "replace":
        await _replace(uow, conflict, alike, facts)
    else:
        told = [
            Told(fact.receipt_id, fact.receipt_row, "conflict", each.first_receipt_id, "kept")
            for each, fact in await _newcomers(uow, alike)
        ]
        outcomes.announce(uow, resolutions=outcomes.in_runs(told))
    uow.record(
        f"conflict.{conflict.state}",
        f"conflict/{conflict.id}",
        before={"batch_id": conflict.standing_batch_id, "row": conflict.standing_row},
        after={"batch_id": conflict.batch_id, "row": conflict.row},
        reason=decision.reason,
    )
    return conflict


async def _replace(
    uow: UnitOfWork, chosen: Conflict, alike: Sequence[Conflict], facts: dict[bytes, Place]
) -> None:
    """Turn the key to the newcomer; the totals follow by what stood before and stands after."""
    old = facts[chosen.key]
    before = await _heard(uow, facts)
    await _turn(uow, chosen)
    facts[chosen.key] = Place(chosen.batch_id, chosen.row)
    after = await _heard(uow, facts)
    minutes = await changes(uow, [each.before for each in before], [each.before for each in after])
    counted: list[CountedChange] = await totals.add(uow, minutes)
    look_at(uow, facts)

    pending = await _is_waiting(uow, chosen.key)
    stands: Outcome = "pending" if pending else "counted"
    displaced = (await open_facts(uow.session, [old]))[old]
    told = [
        Told(displaced.receipt_id, displaced.receipt_row, "conflict", chosen.receipt_id, "replaced")
    ]
    portions: Counter[tuple[Portion, str]] = Counter()
    _move(portions, displaced, stands, "conflict")
    for each, fact in await _newcomers(uow, alike):
        outcome: Outcome = stands if each is chosen else "duplicate"
        first = None if each is chosen else chosen.receipt_id
        told.append(Told(fact.receipt_id, fact.receipt_row, outcome, first))
        _move(portions, fact, "conflict", outcome)
    await add_outcomes(uow, _by_portion(portions))
    outcomes.announce(uow, resolutions=outcomes.in_runs(told), counted=counted)


async def _lock_facts(uow: UnitOfWork, key: bytes) -> dict[bytes, Place]:
    """Lock the fact under the key and, where it is a correction, the fact that it names."""
    target = await uow.session.scalar(select(Correction.target_key).where(Correction.key == key))
    found = await read_rows(
        uow.session,
        FactKey.metadata.tables[FactKey.__tablename__],
        "key",
        sorted({key, target or key}),
        ("key", "batch_id", "row"),
        lock=True,
    )
    return {bytes(each): Place(batch_id, row) for each, batch_id, row in found}


async def _heard(uow: UnitOfWork, facts: dict[bytes, Place]) -> list[Heard]:
    """The original among them: the fact in question, or the one that it corrects, if there."""
    heard = await hear(uow.session, facts)
    return [each for each in heard.values() if each.fact.kind < VOIDED]


async def _turn(uow: UnitOfWork, chosen: Conflict) -> None:
    place = {"batch_id": chosen.batch_id, "row": chosen.row}
    await uow.session.execute(
        update(FactKey)
        .where(FactKey.key == chosen.key)
        .values(content=chosen.content, **place)
        .execution_options(synchronize_session=False)
    )
    await uow.session.execute(
        update(Correction)
        .where(Correction.key == chosen.key)
        .values(**place)
        .execution_options(synchronize_session=False)
    )


async def _is_waiting(uow: UnitOfWork, key: bytes) -> bool:
    state = await uow.session.scalar(select(Correction.state).where(Correction.key == key))
    return state == WAITING


async def _newcomers(
    uow: UnitOfWork, conflicts: Sequence[Conflict]
) -> list[tuple[Conflict, StoredFact]]:
    places = [Place(each.batch_id, each.row) for each in conflicts]
    opened = await open_facts(uow.session, places)
    return [(each, opened[place]) for each, place in zip(conflicts, places, strict=True)]


def _move(portions: Counter[tuple[Portion, str]], fact: StoredFact, left: str, came: str) -> None:
    portion = Portion(fact.event_id, fact.platform, fact.accepted_on)
    portions[portion, left] -= 1
    portions[portion, came] += 1


def _by_portion(moves: Counter[tuple[Portion, str]]) -> dict[Portion, Outcomes]:
    portions = {portion for portion, _ in moves}
    return {
        portion: Outcomes(**{name: moves[portion, name] for name in Outcomes._fields})
        for portion in portions
    }
