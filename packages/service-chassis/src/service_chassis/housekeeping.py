"""What every worker does by the clock: prune what nobody can ask for, show what grows."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select

from event_contracts.topics import TOPICS
from service_chassis import telemetry
from service_chassis.retries import verdict
from service_chassis.service import Runtime, Sweeper
from service_chassis.stopping import Stopping
from service_chassis.tables import DeadLetter, IdempotencyKey, InboxRow, OutboxRow

logger = logging.getLogger(__name__)

# A record older than its topic's retention cannot come again.
INBOX_KEPT = max(topic.retention for topic in TOPICS) + timedelta(days=7)
IDEMPOTENCY_KEPT = timedelta(days=7)


async def prune(runtime: Runtime) -> None:
    """Delete inbox rows and stored answers that nobody can ask for any more."""
    async with runtime.database.unit_of_work() as uow:
        await uow.session.execute(delete(InboxRow).where(InboxRow.taken_at < uow.now - INBOX_KEPT))
        await uow.session.execute(
            delete(IdempotencyKey).where(IdempotencyKey.created_at < uow.now - IDEMPOTENCY_KEPT)
        )


async def show(runtime: Runtime) -> None:
    """Put dead letters and the outbox where Prometheus finds them, whoever relays."""
    name = runtime.service.name
    async with runtime.database.reading() as session:
        buried = await session.scalar(
            select(func.count()).select_from(DeadLetter).where(DeadLetter.state == "buried")
        )
        pending, oldest = (
            await session.execute(
                select(func.count(), func.min(OutboxRow.occurred_at)).select_from(OutboxRow)
            )
        ).one()
    telemetry.DEAD_LETTERS.labels(name).set(buried or 0)
    telemetry.OUTBOX_PENDING.labels(name).set(pending)
    age = (runtime.clock.now() - oldest).total_seconds() if pending else 0.0
    telemetry.OUTBOX_OLDEST_AGE_SECONDS.labels(name).set(max(0.0, age))


PRUNE = Sweeper("housekeeping", timedelta(hours=1), prune)
SHOW = Sweeper("telemetry", timedelta(seconds=10), show, alone=False)


async def sweep(sweeper: Sweeper, runtime: Runtime, stopping: Stopping) -> None:
    """Run a sweeper by its clock; what passes on its own is tried again next time."""
    name = f"sweeper/{runtime.service.name}/{sweeper.name}"
    while not stopping:
        try:
            if not sweeper.alone:
                await sweeper.run(runtime)
            else:
                async with runtime.database.exclusive(name) as mine:
                    if mine is not None:
                        await sweeper.run(runtime)
        except Exception as error:
            if verdict(error) != "passing":
                raise
            logger.warning("%s tries again later: %s", name, error)
        await stopping.sleep(sweeper.every.total_seconds())


def sweepers_of(runtime: Runtime) -> Sequence[Sweeper]:
    """The chassis's own and the service's."""
    return (PRUNE, SHOW, *runtime.service.sweepers)
