"""Bringing together corrections and facts that two workers took at the same time."""

from sqlalchemy import select

from metrics.correction.tables import WAITING, Correction
from metrics.fact.tables import FactKey
from metrics.fact.use_cases.taking import retry_waiting
from service_chassis.service import Runtime

MOST_A_TRANSACTION = 1_000


async def retry_all_waiting(runtime: Runtime) -> None:
    """Let every correction take effect whose fact is there."""
    while True:
        async with runtime.database.reading() as session:
            found = await session.scalars(
                select(Correction.target_key)
                .join(FactKey, FactKey.key == Correction.target_key)
                .where(Correction.state == WAITING)
                .distinct()
                .limit(MOST_A_TRANSACTION)
            )
            targets = sorted(found)
        if targets:
            async with runtime.database.unit_of_work() as uow:
                await retry_waiting(uow, targets)
        if len(targets) < MOST_A_TRANSACTION:
            return
