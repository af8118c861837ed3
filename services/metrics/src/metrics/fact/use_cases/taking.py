"""Taking facts: one transaction from messages to totals, outcomes and reconciliation."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

import numpy as np
from sqlalchemy import event

from event_contracts.facts import REFUNDED, VOIDED, fact_suffix
from event_contracts.metrics import CountedChange
from event_contracts.orders_recorded import OrdersRecorded
from metrics import telemetry
from metrics.conflict.use_cases import Clash, put_aside
from metrics.correction.use_cases import Settled, record, settle, waited_for
from metrics.fact.queries import store
from metrics.fact.queries.store import Recorded
from metrics.fact.rules.columns import Columns, columns_of, refuse_impossible, runs_of
from metrics.fact.rules.keys import KEY
from metrics.fact.rules.stored import Place, Slices, StoredFact
from metrics.fact.use_cases import outcomes
from metrics.fact.use_cases.judging import Judged, judge
from metrics.fact.use_cases.keeping import keep
from metrics.fact.use_cases.outcomes import CONFLICT, COUNTED, NAMES, PENDING, FirstReceipts, Told
from metrics.over_refund.use_cases.hearing import look_at
from metrics.reconciliation.use_cases.noting import Outcomes, Portion, add_outcomes
from metrics.total.rules.deltas import Deltas, joined
from metrics.total.rules.grains import Int64s, minute_slots
from metrics.total.use_cases import adding as totals
from metrics.total.use_cases.numbering import number
from service_chassis.unit_of_work import UnitOfWork

SERVICE = "metrics"


@dataclass(frozen=True, slots=True)
class Coming:
    """The messages of this transaction."""

    batches: list[OrdersRecorded]
    slices: list[Slices]
    by_number: Mapping[int, tuple[Slices, OrdersRecorded]]


async def take(uow: UnitOfWork, recorded: Sequence[Recorded]) -> None:
    """Store, judge and count the facts of these messages, and tell what became of them.

    Every transaction takes its locks in this order, each kind sorted: sellers, dimensions, keys
    (new, then those to correct), totals, portions. So two workers never wait in a circle.
    """
    begun = monotonic()
    for _, batch in recorded:
        refuse_impossible(batch)
    batch_ids = await keep(uow, recorded)
    in_hand = _in_hand(recorded, batch_ids)
    runs = [run for batch in in_hand.batches for run in runs_of(batch)]
    numbered = await number(uow, [(run.platform, run.dimensions) for run in runs])
    facts = columns_of(runs, numbered, batch_ids)
    judged = await judge(uow, facts)
    settled = await _correct(uow, facts, judged, in_hand)
    first = await _first_receipts(uow, judged, in_hand)
    await _put_conflicts_aside(uow, facts, judged, in_hand, first)

    originals = (judged.outcome == COUNTED) & (facts.kind < VOIDED)
    minutes = joined(_deltas(facts, originals), settled.minutes)
    counted = await totals.add(uow, minutes)
    new = set(batch_ids)
    ended = [fact for _, fact in settled.ended_waiting if fact.place.batch_id not in new]
    await add_outcomes(uow, _portions(in_hand, judged.outcome, ended))
    refunded = facts.key[originals & (facts.kind == REFUNDED)]
    look_at(uow, {key.tobytes() for key in refunded}.union(settled.targets))
    outcomes.announce(
        uow,
        chunks=outcomes.judged_chunks(in_hand.slices, facts, judged.outcome, first),
        resolutions=outcomes.in_runs(_ended(fact) for fact in ended),
        counted=counted,
    )
    ages = [(uow.now - record.occurred_at).total_seconds() for record, _ in recorded]
    _show_after_commit(uow, judged.outcome, ages, begun)


async def retry_waiting(uow: UnitOfWork, targets: Sequence[bytes]) -> None:
    """Let corrections take effect whose facts have come without seeing them."""
    settled = await settle(uow, targets)
    counted: list[CountedChange] = await totals.add(uow, settled.minutes)
    ended = [fact for _, fact in settled.ended_waiting]
    await add_outcomes(uow, _ended_portions(ended))
    look_at(uow, settled.targets)
    resolutions = outcomes.in_runs(_ended(fact) for fact in ended)
    outcomes.announce(uow, resolutions=resolutions, counted=counted)


def _in_hand(recorded: Sequence[Recorded], batch_ids: Sequence[int]) -> Coming:
    batches = [batch for _, batch in recorded]
    slices = [store.sliced(*each) for each in recorded]
    by_number = dict(zip(batch_ids, zip(slices, batches, strict=True), strict=True))
    return Coming(batches, slices, by_number)


def _deltas(facts: Columns, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Deltas:
    return Deltas(
        minute_slots(facts.occurred_ms[chosen]),
        facts.seller_id[chosen],
        facts.dimension_id[chosen],
        facts.kind[chosen],
        np.ones(int(chosen.sum()), np.int64),
        facts.amount[chosen],
    )


async def _correct(uow: UnitOfWork, facts: Columns, judged: Judged, in_hand: Coming) -> Settled:
    """Write new corrections down and let those take effect whose facts are there.

    Those that wait are marked pending in `judged`.
    """
    counted = judged.outcome == COUNTED
    places = np.flatnonzero(counted & (facts.kind >= VOIDED))
    targets: dict[int, bytes] = {}
    if len(places):
        places = places[np.argsort(facts.key[places], kind="stable")]
        revisions = []
        for place in places.tolist():
            batch = in_hand.batches[int(facts.chunk[place])]
            corrected = batch.corrections[int(facts.row[place])]
            suffix = fact_suffix(corrected.kind, corrected.ref or "")
            targets[place] = facts.key[place].tobytes()[:12] + suffix
            void = int(facts.kind[place]) == VOIDED
            revisions.append(0 if void else corrected.revision)
        await record(
            uow,
            {
                "key": facts.key[places],
                "target_key": np.frombuffer(b"".join(targets.values()), KEY),
                "batch_id": facts.batch_id[places],
                "revision": np.array(revisions, np.int32),
                "row": facts.row[places].astype(np.int16),
                "kind": facts.kind[places].astype(np.int16),
            },
        )
    came = facts.key[counted & (facts.kind < VOIDED)]
    awaited = await waited_for(uow, came, besides=len(targets))
    settled = await settle(uow, {*targets.values(), *awaited}, in_hand.by_number)
    present = set(settled.targets)
    for place, target in targets.items():
        if target not in present:
            judged.outcome[place] = PENDING
    return settled


async def _first_receipts(uow: UnitOfWork, judged: Judged, in_hand: Coming) -> FirstReceipts:
    """The receipts that brought the facts which stand, for all repeats."""
    receipts: dict[int, UUID] = {}
    which = np.full(len(judged.outcome), -1, np.int64)
    repeats = np.flatnonzero((judged.outcome != COUNTED) & (judged.outcome != PENDING))
    if not len(repeats):
        return FirstReceipts(receipts, which)
    repeats = repeats[np.argsort(judged.standing_batch[repeats], kind="stable")]
    batches = judged.standing_batch[repeats]
    starts = np.flatnonzero(np.concatenate(([True], batches[1:] != batches[:-1])))
    standing = batches[starts].tolist()
    slices = {each: in_hand.by_number[each][0] for each in standing if each in in_hand.by_number}
    read = await store.slices_of(uow.session, [each for each in standing if each not in slices])
    store.remember_slices(uow.session, read)
    slices |= read
    offset = 0
    for batch_id, group in zip(standing, np.split(repeats, starts[1:]), strict=True):
        held = slices[batch_id]
        places = np.searchsorted(held.first_rows, judged.standing_row[group], "right") - 1
        which[group] = offset + places
        for place in np.unique(places).tolist():
            receipts[offset + place] = held.slices[place].receipt_id
        offset += len(held.slices)
    return FirstReceipts(receipts, which)


async def _put_conflicts_aside(
    uow: UnitOfWork,
    facts: Columns,
    judged: Judged,
    in_hand: Coming,
    first: FirstReceipts,
) -> None:
    clashes = []
    for place in np.flatnonzero(judged.outcome == CONFLICT).tolist():
        number, row = int(facts.batch_id[place]), int(facts.row[place])
        clashes.append(
            Clash(
                key=facts.key[place].tobytes(),
                content=int(facts.content[place]),
                fact=store.fact_at(Place(number, row), *in_hand.by_number[number]),
                standing=Place(int(judged.standing_batch[place]), int(judged.standing_row[place])),
                first_receipt_id=first.receipts[int(first.which[place])],
            )
        )
    await put_aside(uow, clashes)


def _portions(
    in_hand: Coming, outcome: Int64s, ended: Sequence[StoredFact]
) -> dict[Portion, Outcomes]:
    portions: dict[Portion, int] = {}
    codes: list[int] = []
    rows: list[int] = []
    for each in in_hand.slices:
        for held in each.slices:
            portion = Portion(each.event_id, held.platform, held.accepted_on)
            codes.append(portions.setdefault(portion, len(portions)))
            rows.append(held.rows)
    code = np.repeat(np.array(codes, np.int64), rows)
    counts = np.bincount(code * len(NAMES) + outcome, minlength=len(portions) * len(NAMES))
    found = {
        portion: Outcomes(*of_portion)
        for portion, of_portion in zip(
            portions, counts.reshape(-1, len(NAMES)).tolist(), strict=True
        )
    }
    return found | _ended_portions(ended)


def _ended_portions(ended: Sequence[StoredFact]) -> dict[Portion, Outcomes]:
    facts = Counter(Portion(fact.event_id, fact.platform, fact.accepted_on) for fact in ended)
    return {portion: Outcomes(counted=n, pending=-n) for portion, n in facts.items()}


def _ended(fact: StoredFact) -> Told:
    return Told(fact.receipt_id, fact.receipt_row, "counted")


def _show_after_commit(
    uow: UnitOfWork, outcome: Int64s, ages: Sequence[float], begun: float
) -> None:
    counts = np.bincount(outcome, minlength=len(NAMES)).tolist()

    def show(_session: object) -> None:
        for name, count in zip(NAMES, counts, strict=True):
            telemetry.FACTS_JUDGED_TOTAL.labels(service=SERVICE, outcome=name).inc(count)
        telemetry.FACTS_A_TRANSACTION.labels(service=SERVICE).observe(len(outcome))
        taken = monotonic() - begun
        for age in ages:
            telemetry.ORDER_TO_FIGURE_SECONDS.labels(SERVICE).observe(max(0.0, age + taken))

    event.listen(uow.session.sync_session, "after_commit", show, once=True)
