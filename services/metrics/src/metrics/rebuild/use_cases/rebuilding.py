"""Computing the totals again beside the live ones, and adding what they lack."""

from uuid import UUID

from sqlalchemy import select

from metrics.change.use_cases import note_changed_months
from metrics.rebuild.schemas import RebuildRequest
from metrics.rebuild.tables import Rebuild
from metrics.rebuild.use_cases import computation
from metrics.rebuild.use_cases.computation import Comparison
from metrics.total.rules import deltas, grains
from metrics.total.use_cases.adding import TABLE
from service_chassis.bulk import upsert_adding
from service_chassis.columns import new_id
from service_chassis.service import Runtime
from service_chassis.unit_of_work import UnitOfWork

MOST_SHOWN = 20


async def request(uow: UnitOfWork, asked: RebuildRequest) -> Rebuild:
    """Write a rebuild down; the worker takes it."""
    rebuild = Rebuild(
        id=new_id(),
        state="requested",
        compare_only=asked.compare_only,
        reason=asked.reason,
        requested_by=uow.actor.subject,
        requested_at=uow.now,
    )
    uow.session.add(rebuild)
    uow.record(
        "rebuild.requested",
        f"rebuild/{rebuild.id}",
        after={"compare_only": asked.compare_only},
        reason=asked.reason,
    )
    return rebuild


async def work_off(runtime: Runtime) -> None:
    """Do what was requested, and what a worker that is gone has left half done."""
    while (begun := await _begin(runtime)) is not None:
        rebuild_id, attempt = begun
        async with runtime.database.reading(snapshot=True) as session:
            comparison = await computation.compare(session, runtime.clock.now())
        async with runtime.database.unit_of_work() as uow:
            await _finish(uow, rebuild_id, attempt, comparison)


async def _begin(runtime: Runtime) -> tuple[UUID, UUID] | None:
    async with runtime.database.unit_of_work() as uow:
        rebuild = await uow.session.scalar(
            select(Rebuild)
            .where(Rebuild.state.in_(["requested", "running"]))
            .order_by(Rebuild.id)
            .limit(1)
            .with_for_update()
        )
        if rebuild is None:
            return None
        rebuild.state = "running"
        rebuild.started_at = uow.now
        rebuild.attempt = new_id()
        return rebuild.id, rebuild.attempt


async def _finish(uow: UnitOfWork, rebuild_id: UUID, attempt: UUID, comparison: Comparison) -> None:
    """Add the differences: what the live fold has added since the snapshot stays added.

    Of two workers that computed the same rebuild only the last that began may add.
    """
    rebuild = await uow.session.get(Rebuild, rebuild_id, with_for_update=True)
    if rebuild is None or rebuild.state != "running" or rebuild.attempt != attempt:
        return
    differences = comparison.differences
    rebuild.state = "done"
    rebuild.finished_at = uow.now
    rebuild.facts = comparison.facts
    rebuild.totals = comparison.totals
    rebuild.differences = len(differences)
    rebuild.sample = differences.sample(MOST_SHOWN)
    if len(differences) and not rebuild.compare_only:
        await upsert_adding(
            uow.session,
            TABLE,
            deltas.KEY_COLUMNS,
            deltas.SUM_COLUMNS,
            deltas.rows(differences.by_grain),
        )
        months = differences.by_grain[grains.MONTH].slot
        of_all = differences.by_grain[grains.MONTH_OF_ALL].slot
        await note_changed_months(uow, [*months.tolist(), *of_all.tolist()])
    uow.record(
        "rebuild.done",
        f"rebuild/{rebuild_id}",
        after={"differences": len(differences), "added": not rebuild.compare_only},
        reason=rebuild.reason,
    )
