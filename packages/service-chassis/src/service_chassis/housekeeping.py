"""What every worker does by the clock: prune what nobody can ask for, show what grows."""

import asyncio
import logging
import shutil
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select

from event_contracts.topics import TOPICS
from service_chassis import telemetry
from service_chassis.database import Database
from service_chassis.retries import verdict
from service_chassis.service import Runtime, Sweeper
from service_chassis.stopping import Stopping
from service_chassis.tables import DeadLetter, IdempotencyKey, InboxRow

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
    """Put dead letters, connections and free disk where Prometheus finds them."""
    name = runtime.service.name
    async with runtime.database.reading() as session:
        buried = await session.scalar(
            select(func.count()).select_from(DeadLetter).where(DeadLetter.state == "buried")
        )
    telemetry.DEAD_LETTERS.labels(service=name).set(buried or 0)
    telemetry.DATABASE_POOL_CONNECTIONS.labels(service=name, state="in_use").set(
        runtime.database.pool_connections()
    )
    folder = runtime.settings.data_dir
    usage = await asyncio.to_thread(shutil.disk_usage, folder if folder.exists() else "/")
    telemetry.DISK_FREE_BYTES.labels(service=name).set(usage.free)


PRUNE = Sweeper("housekeeping", timedelta(hours=1), prune)
SHOW = Sweeper("telemetry", timedelta(seconds=10), show)


async def sweep(sweeper: Sweeper, runtime: Runtime, stopping: Stopping) -> None:
    """Run a sweeper by its clock; what passes on its own is tried again next time."""
    name = f"sweeper/{runtime.service.name}/{sweeper.name}"
    while not stopping:
        try:
            async with _turn(runtime.database, name) as mine:
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


_turn = Database.exclusive
