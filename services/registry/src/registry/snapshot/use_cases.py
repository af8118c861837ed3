"""Announcing everything again, chunk by chunk, each in a transaction of its own."""

from collections import Counter

from sqlalchemy import select

from event_contracts.registry import SnapshotCompleted
from registry.snapshot.queries import KINDS, chunk
from registry.snapshot.tables import Snapshot
from service_chassis.service import Runtime
from service_chassis.unit_of_work import UnitOfWork

CHUNK = 1_000


async def begin_snapshot(uow: UnitOfWork) -> Snapshot:
    """Ask for a snapshot; the sweeper announces it."""
    snapshot = Snapshot(
        status="running",
        requested_by=uow.actor.subject,
        started_at=uow.now,
        completed_at=None,
        position=0,
        after_key=None,
        counts={},
    )
    uow.session.add(snapshot)
    await uow.session.flush()
    uow.record("snapshot.begun", f"snapshot/{snapshot.id}")
    return snapshot


async def carry_on_snapshots(runtime: Runtime) -> None:
    """Announce what running snapshots still owe; a killed process leaves the rest to the next."""
    more = True
    while more:
        async with runtime.database.unit_of_work() as uow:
            more = await announce_chunk(uow)


async def announce_chunk(uow: UnitOfWork) -> bool:
    """Announce the next rows of the oldest running snapshot; says whether one was running."""
    snapshot = await uow.session.scalar(
        select(Snapshot)
        .where(Snapshot.status == "running")
        .order_by(Snapshot.started_at, Snapshot.id)
        .limit(1)
        .with_for_update()
    )
    if snapshot is None:
        return False
    if snapshot.position == len(KINDS):
        snapshot.status, snapshot.completed_at = "completed", uow.now
        uow.announce(
            SnapshotCompleted(
                snapshot_id=snapshot.id, started_at=snapshot.started_at, counts=snapshot.counts
            )
        )
        uow.record("snapshot.completed", f"snapshot/{snapshot.id}", after=snapshot.counts)
        return True
    kind = KINDS[snapshot.position]
    rows, last = await chunk(uow.session, kind, snapshot.after_key, CHUNK)
    announced = [kind.event(row, snapshot.id) for row in rows]
    for event in announced:
        uow.announce(event)
    counts = Counter(snapshot.counts)
    counts.update(event.event_type for event in announced)
    snapshot.counts = dict(counts)
    snapshot.after_key = last
    if last is None:
        snapshot.position += 1
    return True
