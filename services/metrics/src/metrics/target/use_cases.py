"""Evaluating targets when totals have changed, and announcing each crossing once."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from event_contracts.metrics import TargetCrossed
from metrics.change.use_cases import ALL_MONTHS, TARGETS, take_changed_months
from metrics.measure.rules import BY_CODE
from metrics.target.queries import reached
from metrics.target.rules import attained
from metrics.target.tables import Target, TargetStanding
from metrics.volume.problems import QuestionInvalid
from service_chassis.bulk import insert_missing
from service_chassis.service import Runtime
from service_chassis.unit_of_work import UnitOfWork

MONTHS_A_YEAR = 12


async def evaluate_changed(runtime: Runtime) -> None:
    """Evaluate the targets of the years whose totals have changed since the last time."""
    async with runtime.database.unit_of_work() as uow:
        changed = await take_changed_months(uow, TARGETS)
        if changed:
            # A snapshot begun now holds whatever left the notes, and one moment of all totals.
            async with runtime.database.reading(snapshot=True) as session:
                totals = await _totals(session, changed, uow.now)
            for target, total_minor in totals:
                await _stand(uow, target, total_minor)


async def _totals(
    session: AsyncSession, changed: set[int], now: datetime
) -> list[tuple[Target, int]]:
    """The active targets of the years that changed, and what their nodes have reached."""
    targets = select(Target).where(Target.status == "active").order_by(Target.target_id)
    if ALL_MONTHS not in changed:
        years = sorted({slot // MONTHS_A_YEAR for slot in changed})
        targets = targets.where(Target.year.in_(years))
    totals = []
    for target in (await session.scalars(targets)).all():
        if target.measure not in BY_CODE:
            continue
        # The plan or the node may not have been announced; its announcement comes back here.
        with suppress(QuestionInvalid):
            totals.append((target, (await reached(session, target, now)).total_minor))
    return totals


async def _stand(uow: UnitOfWork, target: Target, total_minor: int) -> None:
    await insert_missing(
        uow.session,
        TargetStanding,
        [
            {
                "target_id": target.target_id,
                "attained": False,
                "total_minor": 0,
                "evaluated_at": uow.now,
                "crossed_at": None,
            }
        ],
    )
    # Locked and read again: two evaluations of one target follow each other.
    standing = await uow.session.get_one(
        TargetStanding, target.target_id, with_for_update=True, populate_existing=True
    )
    is_attained = attained(total_minor, target.operator, target.amount_minor)
    crossed = is_attained != standing.attained
    standing.attained, standing.total_minor = is_attained, total_minor
    standing.evaluated_at = uow.now
    if not crossed:
        return
    standing.crossed_at = uow.now
    uow.announce(
        TargetCrossed(
            target_id=target.target_id,
            plan_code=target.plan_code,
            node_code=target.node_code,
            year=target.year,
            measure=target.measure,
            attained=is_attained,
            total_minor=total_minor,
            currency=target.currency,
            crossed_at=uow.now,
        )
    )
    uow.record(
        "target.cross",
        f"target/{target.target_id}",
        before={"attained": not is_attained},
        after={"attained": is_attained, "total_minor": total_minor},
    )
