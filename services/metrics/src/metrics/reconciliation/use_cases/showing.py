"""Putting the proof where Prometheus finds it."""

from datetime import timedelta

from sqlalchemy import func, select

from metrics import telemetry
from metrics.conflict.tables import Conflict
from metrics.correction.tables import WAITING, Correction
from metrics.rebuild.tables import Rebuild
from metrics.reconciliation.queries import reconcile
from reference_data.shanghai import business_date
from service_chassis.service import Runtime

LOOKED_BACK = timedelta(days=14)


async def show_reconciliation(runtime: Runtime) -> None:
    """Show what does not add up, and what people have to decide."""
    now = runtime.clock.now()
    service = runtime.service.name
    async with runtime.database.reading() as session:
        today = business_date(now)
        lines = await reconcile(session, today - LOOKED_BACK, today, None, now)
        waiting = await session.scalar(
            select(func.count()).select_from(Correction).where(Correction.state == WAITING)
        )
        conflicts = await session.scalar(
            select(func.count()).select_from(Conflict).where(Conflict.state == "open")
        )
        # From the table: a worker that did an earlier rebuild would show what that one found.
        differences = await session.scalar(
            select(Rebuild.differences)
            .where(Rebuild.state == "done")
            .order_by(Rebuild.id.desc())
            .limit(1)
        )
    telemetry.REBUILD_DIFFERENCES.labels(service=service).set(differences or 0)
    telemetry.RECONCILIATION_DIFFERENCE.labels(service=service).set(
        sum(abs(line.difference) for line in lines)
    )
    telemetry.RECONCILIATION_OVERDUE_FACTS.labels(service=service).set(
        sum(line.overdue for line in lines)
    )
    telemetry.CORRECTIONS_WAITING.labels(service=service).set(waiting or 0)
    telemetry.CONFLICTS_OPEN.labels(service=service).set(conflicts or 0)
